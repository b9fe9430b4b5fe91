import numpy as np
import pytest
from hand_cohort import lesions, patients, responses, study
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from asked import row, rows
from oligomet.estimates.response import estimate_response
from oligomet.schemas import ESTIMATE_KEY, RESPONSES, validate

COHORT = patients("P1 serous 5.0 PD 0", "P2 germ_cell 2.0 SD 1", "P3 serous - NE -")
LESIONS = lesions(
    "P1-L1 neck 5.0 PR CR", "P1-L2 neck 1.0 PD PD", "P1-L3 neck 2.0 CR CR", "P2-L1 neck 2.0 SD PR", "P3-L1 bone - NE NE"
)


def estimates(irradiated=LESIONS, cohort=COHORT, **analyses):
    return validate(estimate_response(irradiated, cohort, responses(irradiated), study(**analyses)), "estimates")


def test_rates_with_their_exact_intervals():
    found = rows(estimates(), endpoint="first", unit="lesion", factor=None)
    evaluable = rows(found, population="evaluable")
    assert dict(zip(evaluable["statistic"], evaluable["events"], strict=True)) == {
        "CR": 1, "PR": 1, "SD": 1, "PD": 1, "ORR": 2, "DCR": 3,
    }  # fmt: skip
    control = row(evaluable, statistic="DCR")
    limits = binomtest(3, 4).proportion_ci(method="exact")
    assert [control.estimate, control.conf_low, control.conf_high] == pytest.approx([0.75, *limits])
    everybody = row(found, population="all", statistic="NE")
    assert (everybody["events"], everybody["n"]) == (1, 5)


def test_best_response_and_the_patients_own():
    found = estimates()
    assert (
        row(found, endpoint="best", unit="lesion", population="evaluable", factor=None, statistic="CR")["events"] == 2
    )
    of_patients = rows(found, endpoint="first", unit="patient", population="evaluable", factor=None)
    assert row(of_patients, statistic="DCR")["estimate"] == 0.5
    assert row(of_patients, statistic="ORR")["estimate"] == 0


def test_a_group_without_evaluable_lesions_says_so():
    bone = rows(estimates(), endpoint="first", unit="lesion", population="evaluable", factor="site", group="Bone")
    assert len(bone) == 6 and bone["estimate"].isna().all() and (bone["n"] == 0).all()
    assert bone["reason"].notna().all()


def test_response_is_not_a_factor_of_itself():
    assert "control" not in set(estimates()["factor"].dropna())


def test_wilson_where_it_is_declared():
    found = estimates(proportion_interval="wilson", confidence=0.9)
    rate = row(found, endpoint="first", unit="lesion", population="evaluable", factor=None, statistic="CR")
    limits = binomtest(1, 4).proportion_ci(0.9, method="wilson")
    assert [rate.conf_low, rate.conf_high] == pytest.approx(list(limits))
    assert rate["method"].startswith("90 % Wilson interval")


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["neck", "bone"]), st.sampled_from(RESPONSES)), min_size=1), st.randoms())
def test_parts_add_up_and_order_does_not_matter(kinds, random):
    irradiated = lesions(*(f"P{i}-L1 {site} 1.0 {found} {found}" for i, (site, found) in enumerate(kinds)))
    found = rows(estimates(irradiated), endpoint="first", unit="lesion", population="all")
    whole = rows(found, factor=None).set_index("statistic")
    assert whole.loc[list(RESPONSES), "estimate"].sum() == pytest.approx(1)
    sites = rows(found, factor="site").groupby("statistic")["events"].sum()
    np.testing.assert_array_equal(sites[whole.index], whole["events"])
    shuffled = irradiated.sample(frac=1, random_state=random.randrange(2**32))
    again = rows(estimates(shuffled), endpoint="first", unit="lesion", population="all")
    assert again.to_csv() == found.to_csv()


def test_no_key_stands_twice():
    assert not estimates().duplicated(ESTIMATE_KEY).any()
