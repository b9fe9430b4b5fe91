import numpy as np
import pandas as pd
import pytest
from followed_cohort import cohort, study

from asked import row, rows
from oligomet.estimates.methods.cox import cox
from oligomet.estimates.methods_python_lacks.splines import spline_basis
from oligomet.estimates.robustness.continuous import estimate_continuous
from oligomet.schemas import ESTIMATE_KEY, validate


def estimates(hazard=lambda lesion: 0.03, factor="size", **options):
    data = cohort(hazard=hazard, **options)
    return validate(estimate_continuous(*data, study(continuous={"OS": [factor]}, knots=4)), "estimates"), data


def test_a_log_linear_hazard_shows_as_linear():
    found, _ = estimates(lambda lesion: 0.01 * np.exp(0.3 * lesion["gtv_diameter_cm"]))
    tests = rows(found, analysis="continuous")
    assert row(tests, form="spline", statistic="likelihood_ratio")["p_value"] < 1e-4
    assert row(tests, form="spline", statistic="non_linearity")["p_value"] > 0.05
    aic = rows(tests, statistic="aic").set_index("form")["estimate"]
    assert aic["linear"] < aic["spline"] < aic["cut"]


def test_the_cut_costs_subjects_where_the_truth_has_no_step():
    found, _ = estimates(lambda lesion: 0.01 * np.exp(0.3 * lesion["gtv_diameter_cm"]))
    adequacy = row(found, statistic="adequacy")
    assert 0 < adequacy["estimate"] < 0.9
    assert row(found, statistic="lost_subjects")["estimate"] == pytest.approx(300 * (1 - adequacy["estimate"]))
    assert row(found, statistic="left_out")["p_value"] < 0.01


def test_the_cut_costs_little_where_the_truth_is_that_step():
    found, _ = estimates(lambda lesion: np.where(lesion["gtv_diameter_cm"] < 3, 0.01, 0.05))
    assert row(found, statistic="adequacy")["estimate"] > 0.9
    assert row(found, statistic="left_out")["p_value"] > 0.05


def test_without_an_association_there_is_nothing_to_lose():
    found, _ = estimates()
    lost = row(found, statistic="lost_subjects")
    assert pd.isna(lost["estimate"])
    assert lost["reason"] == "no association beyond chance"


def test_a_u_shape_is_seen_by_the_spline_alone():
    found, _ = estimates(lambda lesion: 0.01 * np.exp(((lesion["bed10_gy"] - 65) / 15) ** 2), factor="dose")
    tests = rows(found, statistic="likelihood_ratio").set_index("form")["p_value"]
    assert tests["spline"] < 1e-3 < min(tests["linear"], tests["cut"])


def test_the_curve_is_the_model_s_and_passes_one_at_the_median():
    found, (times, patients, _) = estimates(lambda lesion: 0.01 * np.exp(0.3 * lesion["gtv_diameter_cm"]))
    curve = rows(found, analysis="continuous_curve", statistic="spline_hazard_ratio")
    values = patients["gtv_diameter_cm"]
    at, middle = np.quantile(values, [0.05, 0.35, 0.65, 0.95]), values.median()
    os = times[times["endpoint"] == "OS"]
    fit = cox(spline_basis(values, at), os["months"], os["event"])
    shown = curve["value"].to_numpy()
    away = spline_basis(shown, at) - spline_basis([middle], at).iloc[0]
    log_hr = np.log(curve["estimate"].to_numpy(float))
    assert log_hr == pytest.approx(away.to_numpy() @ fit.log_ratio.to_numpy(), abs=1e-9)
    assert np.interp(middle, shown, curve["estimate"]) == pytest.approx(1, abs=0.01)
    assert (curve["conf_low"] <= curve["estimate"]).all()
    assert (curve["estimate"] <= curve["conf_high"]).all()
    step = rows(found, analysis="continuous_curve", statistic="cut_hazard_ratio")
    assert step["estimate"].nunique() == 2
    assert curve["n"].sum() == pytest.approx(0.9 * len(values), abs=0.05 * len(values))


def test_knots_give_way_to_heaped_values_and_a_flag_has_no_spline():
    times, patients, lesions = cohort()
    patients["bed10_gy"] = np.where(np.arange(300) % 10 < 7, 60.0, patients["bed10_gy"])
    found = estimate_continuous(times, patients, lesions, study(continuous={"OS": ["dose"]}, knots=5))
    assert "3 knots" in row(found, form="spline", statistic="aic")["method"]
    patients["bed10_gy"] = np.where(np.arange(300) % 3, 50.0, 70.0)
    found = estimate_continuous(times, patients, lesions, study(continuous={"OS": ["dose"]}))
    assert list(found["reason"]) == ["too few distinct values for a spline"]


def test_the_order_of_the_rows_does_not_matter():
    times, patients, lesions = cohort()
    declared = study(continuous={"OS": ["size"], "LC": ["dose"]})
    once = estimate_continuous(times, patients, lesions, declared)
    again = estimate_continuous(times[::-1], patients[::-1], lesions[::-1], declared)
    pd.testing.assert_frame_equal(once, again, rtol=1e-6)
    assert not once.duplicated(ESTIMATE_KEY).any()
