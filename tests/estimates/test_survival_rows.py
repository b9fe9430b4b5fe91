import numpy as np
import pandas as pd
import pytest
from hand_cohort import lesions, patients, study, times
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import CensoredData, logrank

from asked import row, rows
from oligomet.estimates.survival import estimate_survival
from oligomet.schemas import ESTIMATE_KEY, validate

COHORT = patients(
    "P1 serous 1.0 PR 1", "P2 serous 2.0 PD 0", "P3 germ_cell 4.0 SD 1", "P4 serous 5.0 PD 0", "P5 serous - NE -"
)
OS = times("OS", "P1 6 1", "P2 12 1", "P3 12 0", "P4 24 1", "P5 30 0")


def estimates(followed=OS, cohort=COHORT, **analyses):
    declared = study(endpoints={"OS": "patient"}, **{"compare": {"OS": ["gtv"]}, **analyses})
    return validate(estimate_survival(followed, cohort, lesions("P1-L1 neck 1.0 PR PR"), declared), "estimates")


def test_rates_are_those_of_the_product_limit_by_hand():
    found = rows(estimates(), analysis="survival", statistic="survival", factor=None)
    assert found["time_months"].tolist() == [12, 24]
    assert found["estimate"].tolist() == pytest.approx([4 / 5 * 3 / 4, 4 / 5 * 3 / 4 * 1 / 2])
    assert found["n"].tolist() == [4, 2]  # followed to 12 months or longer, to 24 or longer
    assert found["events"].tolist() == [2, 3]


def test_interval_is_greenwood_on_the_declared_scale():
    found = row(
        estimates(survival_interval="plain"), analysis="survival", statistic="survival", factor=None, time_months=12
    )
    half = 1.959963985 * 0.6 * np.sqrt(1 / (5 * 4) + 1 / (4 * 3))
    assert [found["conf_low"], found["conf_high"]] == pytest.approx([0.6 - half, min(0.6 + half, 1)])
    assert found["method"] == "Kaplan-Meier, 95 % plain interval"


def test_median_range_and_follow_up():
    found = rows(estimates(), analysis="survival", factor=None).set_index("statistic")
    assert found.loc["median", ["estimate", "n", "events"]].tolist() == [24, 5, 3]
    assert (found.loc["min", "estimate"], found.loc["max", "estimate"]) == (6, 30)
    # the event censors: 3 still followed when P3 leaves at 12 (2/3 remain), 1 when P5 does at 30 (0 remain)
    assert found.loc["follow_up_median", "estimate"] == 30


def test_a_median_that_is_not_reached_says_so():
    found = row(
        estimates(times("OS", "P1 6 1", "P2 12 0", "P3 12 0")), analysis="survival", factor=None, statistic="median"
    )
    assert pd.isna(found["estimate"]) and found["reason"] == "not reached"


def test_a_rate_beyond_all_follow_up_says_so():
    found = estimates(times("OS", "P1 6 1", "P2 12 0"))
    beyond = row(found, analysis="survival", statistic="survival", factor=None, time_months=24)
    assert pd.isna(beyond["estimate"]) and beyond["reason"] == "nobody followed to 24" and beyond["n"] == 0


def test_the_curve_has_its_origin_steps_marks_and_numbers_at_risk():
    found = rows(estimates(), analysis="curve", factor=None)
    steps = rows(found, statistic="survival")
    assert steps["time_months"].tolist() == [0, 6, 12, 24, 30]
    assert steps["estimate"].tolist() == pytest.approx([1, 0.8, 0.6, 0.3, 0.3])
    assert steps["n"].tolist() == [5, 5, 4, 2, 1] and steps["events"].tolist() == [0, 1, 1, 1, 0]
    marks = rows(found, statistic="censored")
    assert marks[["time_months", "events"]].to_numpy().tolist() == [[12, 1], [30, 1]]
    assert marks["estimate"].tolist() == pytest.approx([0.6, 0.3])
    at_risk = rows(found, statistic="at_risk")
    assert at_risk[["time_months", "n"]].to_numpy().tolist() == [[0, 5], [12, 4], [24, 2]]


def test_log_rank_is_of_those_whose_group_is_known():
    found = row(estimates(), analysis="logrank")
    small, large = CensoredData(uncensored=[6, 12]), CensoredData(uncensored=[24], right=[12])
    expected = logrank(small, large)
    assert found["estimate"] == pytest.approx(expected.statistic**2)
    assert found["p_value"] == pytest.approx(expected.pvalue)
    assert (found["n"], found["events"]) == (4, 3)
    assert found["method"] == "log-rank test, 1 degree of freedom"


def test_a_level_without_anybody_has_its_rows_and_the_reason():
    cohort = COHORT.assign(gtv_diameter_cm=1.0)
    found = estimates(cohort=cohort)
    empty = rows(found, factor="gtv", group="≥ 3")
    assert empty["statistic"].tolist() == ["survival", "survival", "median"]
    assert empty["estimate"].isna().all() and set(empty["reason"]) == {"no observations"} and (empty["n"] == 0).all()
    assert row(found, analysis="logrank")["reason"] == "one group only"


def test_the_lesions_of_one_patient_have_no_estimate_but_their_times():
    declared = study(endpoints={"LC": "lesion"}, compare={})
    of_one = lesions("P1-L1 neck 1.0 PR PR", "P1-L2 neck 4.0 PD PD")
    found = estimate_survival(times("LC", "P1-L1 6 1", "P1-L2 9 0"), COHORT, of_one, declared)
    found = rows(found, analysis="survival").set_index("statistic")
    assert found.loc["median", "reason"] == "one cluster only"
    assert found.loc[["min", "max"], "estimate"].tolist() == [6, 9]


def test_lesions_of_a_patient_are_a_cluster():
    irradiated = lesions("P1-L1 neck 1.0 PR PR", "P1-L2 neck 4.0 PD PD", "P2-L1 bone 4.0 PD PD", "P3-L1 neck 1.0 SD SD")
    followed = times("LC", "P1-L1 6 1", "P1-L2 6 1", "P2-L1 9 0", "P3-L1 20 1")
    declared = study(endpoints={"LC": "lesion"}, compare={"LC": ["gtv", "histology"]}, survival_interval="log")
    found = validate(estimate_survival(followed, COHORT, irradiated, declared), "estimates")
    at_12 = row(found, analysis="survival", statistic="survival", factor=None, time_months=12)
    assert (at_12["estimate"], at_12["n"]) == (0.5, 1)
    assert at_12["method"] == "Kaplan-Meier, 95 % log interval, variance by patient"
    # influence of each lesion on the logarithm: -1/4 and -1/4 (both P1, together -1/2), 1/4 (P2), 1/4 (P3)
    assert at_12["conf_low"] == pytest.approx(0.5 * np.exp(-1.959963985 * np.sqrt(1 / 4 + 1 / 16 + 1 / 16)))
    assert row(found, analysis="logrank", factor="gtv")["method"].endswith("lesions taken as independent")
    assert row(found, analysis="survival", statistic="median", factor="histology", group="Germ cell")["n"] == 1


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 40), st.integers(0, 1), st.sampled_from(["1.0", "4.0"])), min_size=2, max_size=12
    ),
    st.randoms(),
)
def test_order_and_names_of_the_patients_do_not_matter(people, random):
    def of(people, name):
        cohort = patients(*(f"{name}{i} serous {size} PR 1" for i, (_, _, size) in enumerate(people)))
        return estimates(
            times("OS", *(f"{name}{i} {month} {event}" for i, (month, event, _) in enumerate(people))), cohort
        )

    first = of(people, "P")
    shuffled = random.sample(people, len(people))
    pd.testing.assert_frame_equal(of(shuffled, "Q"), first, rtol=1e-12)
    curve = rows(first, analysis="curve", statistic="survival", factor=None)
    assert curve["estimate"].is_monotonic_decreasing and curve["estimate"].between(0, 1).all()
    counts = rows(first, analysis="survival", statistic="median", factor="gtv")
    assert counts["n"].sum() == len(people)


def test_no_key_stands_twice():
    assert not estimates().duplicated(ESTIMATE_KEY).any()
