import numpy as np
import pandas as pd
import pytest
from followed_cohort import cohort, study
from hypothesis import given
from hypothesis import strategies as st

from asked import row, rows
from oligomet.estimates.methods_python_lacks.e_value import e_value, e_value_of_limit, risk_ratio
from oligomet.estimates.robustness.dose_response import estimate_dose_response
from oligomet.schemas import ESTIMATE_KEY, validate

DECLARED = study(dose_response={"endpoint": "LC", "factor": "dose", "adjust": ["site", "size"]})


def test_e_values_of_the_first_publication():
    # VanderWeele & Ding 2017: risk ratio 3.9 (1.8 to 8.7), E-values 7.26 and 3.0
    assert e_value(3.9) == pytest.approx(7.26, abs=0.005)
    assert e_value_of_limit(1.8, 8.7) == pytest.approx(3.0, abs=0.005)
    assert e_value(1 / 3.9) == pytest.approx(e_value(3.9))


@given(st.floats(0.05, 20), st.floats(0, 1))
def test_risk_ratios_are_nearer_to_one_than_hazard_ratios(ratio, share):
    risks = risk_ratio(ratio, share)
    assert abs(np.log(risks)) <= abs(np.log(ratio)) + 1e-12
    assert risk_ratio(1 / ratio, share) == pytest.approx(1 / risks)
    assert e_value(risks) >= 1
    assert e_value_of_limit(min(risks, 1), max(risks, 1)) == 1


def by_dose(lesion):
    return 0.05 * np.exp(-0.4 * (lesion["bed10_gy"] - 60) / 10)


def test_a_dose_response_is_found_in_every_model():
    found = validate(estimate_dose_response(*cohort(200, hazard=by_dose, lesions_each=2), DECLARED), "estimates")
    for how in ("unadjusted", "adjusted", "stratified"):
        ratio = row(found, analysis=f"dose_response_{how}", form="per 10 Gy", statistic="hazard_ratio")
        assert ratio["conf_low"] < np.exp(-0.4) < ratio["conf_high"] < 1
        assert "variance by patient" in ratio["method"]
        assert row(found, analysis=f"dose_response_{how}", form="per 10 Gy", statistic="e_value_limit")["estimate"] > 1
    quarters = rows(found, analysis="dose_response_quarters", time_months=12)
    assert quarters["estimate"].is_monotonic_increasing
    assert quarters["n"].sum() == 400


def test_confounding_by_site_and_size_is_taken_out_by_adjustment():
    """Bones get the higher dose and fail more often; dose itself does nothing."""
    times, patients, lesions = cohort(1000, hazard=lambda lesion: np.where(lesion["site"] == "bone", 0.08, 0.02))
    lesions["bed10_gy"] += np.where(lesions["site"] == "bone", 30, 0)
    found = estimate_dose_response(times, patients, lesions, DECLARED)
    ratios = rows(found, form="per 10 Gy", statistic="hazard_ratio").set_index("analysis")
    assert ratios.loc["dose_response_unadjusted", "conf_low"] > 1.1
    for how in ("adjusted", "stratified"):
        low, high = ratios.loc[f"dose_response_{how}", ["conf_low", "conf_high"]]
        assert low < 1 < high


def test_a_site_without_events_leaves_the_adjusted_model():
    times, patients, lesions = cohort(200, hazard=by_dose)
    quiet = times["subject_id"].isin(lesions.loc[lesions["site"] == "neck", "lesion_id"])
    times.loc[quiet, "event"] = 0
    ratios = rows(
        estimate_dose_response(times, patients, lesions, DECLARED), form="per 10 Gy", statistic="hazard_ratio"
    )
    counts = ratios.set_index("analysis")["n"]
    assert counts["dose_response_adjusted"] == (lesions["site"] == "bone").sum() < counts["dose_response_unadjusted"]
    assert ratios["reason"].isna().all()


def test_nothing_is_said_where_nothing_happened_but_why():
    times, patients, lesions = cohort(50)
    found = validate(estimate_dose_response(times.assign(event=0), patients, lesions, DECLARED), "estimates")
    assert (rows(found, statistic="hazard_ratio")["reason"] == "no events").all()
    assert not found.duplicated(ESTIMATE_KEY).any()
    assert estimate_dose_response(times, patients, lesions, study()).empty


def test_curves_are_against_the_median_dose():
    found = estimate_dose_response(*cohort(200, hazard=by_dose), DECLARED)
    for how in ("unadjusted", "adjusted"):
        curve = rows(found, analysis="dose_response_curve", statistic=f"{how}_hazard_ratio")
        at = curve["value"]
        low, high = (np.interp(dose, at, curve["estimate"]) for dose in (50, 80))
        assert high < 1 < low
        assert pd.to_numeric(curve["n"]).sum() <= 200
