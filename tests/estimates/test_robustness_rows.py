"""What must hold of the robustness rows of any cohort."""

import numpy as np
import pandas as pd
import pytest
from robust_cohort import draw, study

from asked import row, rows
from oligomet.estimates.robustness.adjusted_p_values import estimate_multiplicity
from oligomet.estimates.robustness.bootstrap import estimate_bootstrap
from oligomet.estimates.robustness.clustering import estimate_clustering
from oligomet.estimates.robustness.competing import estimate_competing
from oligomet.estimates.robustness.landmark import estimate_landmark
from oligomet.estimates.robustness.multivariable import estimate_multivariable
from oligomet.estimates.robustness.proportionality import estimate_proportionality
from oligomet.estimates.robustness.specifications import estimate_specifications
from oligomet.schemas import ESTIMATE_KEY, validate

STUDY = study()
WITHOUT_DATES = (
    estimate_clustering, estimate_competing, estimate_proportionality, estimate_multivariable, estimate_multiplicity,
)  # fmt: skip


def everything(times, patients, lesions, responses, declared=STUDY):
    parts = [estimate(times, patients, lesions, declared) for estimate in (*WITHOUT_DATES, estimate_bootstrap)]
    parts += [estimate(times, patients, lesions, responses, declared) for estimate in (estimate_landmark, estimate_specifications)]  # fmt: skip # noqa: E501
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def cohort():
    return draw(seed=3, patients=60)


@pytest.fixture(scope="module")
def found(cohort):
    return everything(*cohort)


def test_rows_are_valid_named_once_and_never_empty_without_a_reason(found):
    validate(found, "estimates")
    assert not found.duplicated(ESTIMATE_KEY).any()
    assert found.loc[found["estimate"].isna(), "reason"].notna().all()
    ratios = found[found["statistic"].str.endswith("_ratio") & found["estimate"].notna()]
    assert (ratios["conf_low"] <= ratios["estimate"]).all()
    assert (ratios["estimate"] <= ratios["conf_high"]).all()


def test_neither_order_nor_names_of_the_subjects_matter(cohort, found):
    times, patients, lesions, responses = (part.sample(frac=1, random_state=1) for part in cohort)
    names = {name: f"X{9999 - number}" for number, name in enumerate(patients["patient_id"])}
    for part in (times, patients, lesions, responses):
        for column in {"patient_id", "lesion_id", "subject_id"} & {*part}:
            part[column] = [names[name.split("-")[0]] + name[3:] for name in part[column]]
    again = everything(times, patients, lesions, responses)
    computed = found["analysis"] != "bootstrap"  # whose samples go by the order of the names
    for column in ("estimate", "conf_low", "conf_high", "p_value", "n", "events"):
        here, there = (frame.loc[computed, column].astype(float) for frame in (found, again))
        np.testing.assert_allclose(here, there, rtol=1e-6, atol=1e-9, err_msg=column)


def test_lesions_counted_twice_narrow_the_naive_interval_only():
    times, patients, lesions, _ = draw(seed=4, patients=50, lesions=(1, 2))
    copy = lesions.assign(lesion_id=lesions["lesion_id"] + "b")
    again = times[times["endpoint"] == "LRFS_lesion"]
    again = again.assign(subject_id=again["subject_id"] + "b")
    once = estimate_clustering(times, patients, lesions, STUDY)
    twice = estimate_clustering(pd.concat([times, again]), patients, pd.concat([lesions, copy]), STUDY)

    def width(frame, statistic):
        one = row(frame, endpoint="LRFS_lesion", factor="age", statistic=statistic)
        return np.log(one["conf_high"] / one["conf_low"])

    assert width(twice, "naive_hazard_ratio") == pytest.approx(width(once, "naive_hazard_ratio") / np.sqrt(2))
    assert width(twice, "clustered_hazard_ratio") == pytest.approx(width(once, "clustered_hazard_ratio"))
    for outcome in ("naive_odds_ratio", "clustered_odds_ratio"):
        ratios = [
            row(frame, endpoint="response", factor="age", statistic=outcome)["estimate"] for frame in (once, twice)
        ]
        assert ratios[0] == pytest.approx(ratios[1])


def test_a_patient_with_one_lesion_each_has_no_frailty_and_the_table_says_so():
    times, patients, lesions, _ = draw(seed=4, patients=30, lesions=(1, 2))
    found = rows(estimate_clustering(times, patients, lesions, STUDY), statistic="frailty_hazard_ratio")
    assert set(found["reason"]) == {"no cluster with two members"}


def test_separation_takes_the_ratios_and_leaves_the_score_tests():
    times, patients, lesions, _ = draw(seed=5, patients=40)
    old = lesions["patient_id"].isin(patients.loc[patients["age_years"] >= 60, "patient_id"])
    spared = times["subject_id"].isin(lesions.loc[old, "lesion_id"])
    times = times.assign(event=times["event"].mask(spared, 0))
    found = rows(estimate_clustering(times, patients, lesions, STUDY), endpoint="LRFS_lesion", factor="age")
    for statistic in ("naive_hazard_ratio", "clustered_hazard_ratio"):
        assert row(found, statistic=statistic)["reason"].startswith("monotone likelihood")
    tests = rows(found, statistic="chi_square")
    assert len(tests) == 2
    assert (tests["p_value"] < 0.01).all()
    assert tests["estimate"].nunique() == 2  # the one by patient is another


def test_death_censored_overstates_the_incidence_and_without_deaths_nothing_does(cohort):
    times, patients, lesions, _ = cohort

    def two(some):
        found = estimate_competing(some, patients, lesions, STUDY)
        names = ("kaplan_meier_complement", "cumulative_incidence")
        return [rows(found, statistic=name)["estimate"].to_numpy(float) for name in names]

    complement, incidence = two(times)
    assert (incidence <= complement).all()
    assert (incidence < complement).any()
    np.testing.assert_allclose(*two(times.assign(competing=0)), atol=1e-12)


def test_holm_is_never_below_benjamini_hochberg_nor_that_below_the_raw_p(found):
    p = {name: rows(found, statistic=name)["p_value"].to_numpy() for name in ("p_value", "benjamini_hochberg", "holm")}
    assert (p["p_value"] <= p["benjamini_hochberg"] + 1e-15).all()
    assert (p["benjamini_hochberg"] <= p["holm"] + 1e-15).all()


def test_events_per_variable_are_events_over_coefficients(found):
    one = row(found, analysis="multivariable_prespecified", endpoint="OS", statistic="events_per_variable")
    assert (one["n"], one["estimate"]) == (2, one["events"] / 2)


def test_a_selection_of_nothing_says_so(cohort):
    times, patients, lesions, _ = cohort
    strict = study()
    strict.analyses = strict.analyses.model_copy(update={"significance": 1e-9})
    found = rows(estimate_multivariable(times, patients, lesions, strict), analysis="multivariable_selected")
    assert set(found["reason"]) == {"no factor with p < 1e-09"}


def test_without_events_each_row_has_its_reason(cohort):
    times, *others = cohort
    found = everything(times.assign(event=0), *others)
    ratios = found[found["statistic"].str.endswith("hazard_ratio")]
    assert ratios["estimate"].isna().all()
    assert ratios["reason"].notna().all()


def test_a_group_that_is_not_followed_to_the_horizon_has_no_restricted_mean(cohort):
    times, patients, lesions, _ = cohort
    far = study(rmst_months=600)
    found = rows(estimate_proportionality(times, patients, lesions, far), statistic="restricted_mean_difference")
    assert found["reason"].str.startswith("nobody followed to 600").any()
