"""Library and own kernel give one answer, and two libraries where both have the method: a second opinion without R."""

import numpy as np
import pandas as pd
import pytest

from oligomet.estimates.methods.cox import cox, fit_cox
from oligomet.estimates.methods.firth import firth_cox
from oligomet.estimates.methods.km import fit_kaplan_meier, kaplan_meier
from oligomet.estimates.methods.logrank import logrank
from oligomet.estimates.methods_python_lacks.cox_kernel import cox_kernel, score_test
from oligomet.estimates.methods_python_lacks.firth_efron import firth_kernel
from oligomet.estimates.methods_python_lacks.km_kernel import km_kernel
from oligomet.estimates.methods_python_lacks.partial_likelihood import risk_sets
from oligomet.estimates.methods_python_lacks.resamples import cox_log_hr, draw, medians, survival_at


def cohort(seed: int, n: int, whole: bool) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    z, x = rng.integers(0, 2, n), rng.normal(size=n)
    event, end = rng.exponential(20 * np.exp(-0.6 * z - 0.3 * x)), rng.uniform(0, 40, n)
    time = np.minimum(event, end)
    return pd.DataFrame(
        {
            "time": np.ceil(time) if whole else time,
            "status": (event <= end).astype(int),
            "group": rng.choice(["a", "b", "c"], n),
            "stratum": rng.integers(0, 2, n),
            "z": z.astype(float),
            "w": rng.integers(0, 2, n).astype(float),
            "x": x,
            "patient": np.arange(n) // 2,
        }
    )


COHORTS = [cohort(seed, n, whole) for seed, (n, whole) in enumerate([(30, False), (40, True), (90, True), (189, True)])]
each = pytest.mark.parametrize("d", COHORTS, ids=lambda d: f"n={len(d)}")


def data(d: pd.DataFrame, *columns: str) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    return d[list(columns)], d["time"], d["status"]


@each
def test_kaplan_meier_of_lifelines_statsmodels_and_the_kernels(d):
    from statsmodels.duration.survfunc import SurvfuncRight

    fitted, of = fit_kaplan_meier(d["time"], d["status"]), SurvfuncRight(d["time"], d["status"])
    at = np.unique(d["time"][d["status"] == 1])
    curve = fitted.survival_function_at_times(at)
    np.testing.assert_allclose(of.surv_prob, curve, atol=1e-12)
    np.testing.assert_allclose(survival_at(np.ones((1, len(d))), d["time"], d["status"], at)[0], curve, atol=1e-12)
    ours, kernel = kaplan_meier(d["time"], d["status"]), km_kernel(d["time"], d["status"])
    pd.testing.assert_frame_equal(ours.steps, kernel.steps, check_dtype=False, atol=1e-12)
    assert ours.median == kernel.median
    rows = ours.steps.set_index("time").loc[at]
    np.testing.assert_allclose(rows["std_error"][rows["survival"] > 0], of.surv_prob_se[of.surv_prob > 0], atol=1e-12)


@each
def test_median_of_lifelines_but_where_the_curve_runs_at_one_half(d):
    weights = draw(d["patient"], 20, seed=3)
    for weight, median in zip(weights, medians(weights, d["time"], d["status"]), strict=True):
        rows = np.repeat(np.arange(len(d)), weight.astype(int))
        fitted = fit_kaplan_meier(d["time"].iloc[rows], d["status"].iloc[rows])
        at_half = np.isclose(fitted.survival_function_.iloc[:, 0], 0.5).any()
        assert median == fitted.median_survival_time_ or at_half


def test_median_in_the_middle_of_the_step_at_one_half():
    time, event = [1, 3, 4, 5], [1, 1, 1, 1]
    assert fit_kaplan_meier(time, event).median_survival_time_ == 3  # the first time at or below one half
    assert kaplan_meier(time, event).median.estimate == 3.5  # R's rule: 3 to 4 is as well one half


@each
@pytest.mark.parametrize("strata", [None, "stratum"])
def test_log_rank_of_statsmodels_and_the_score_of_cox(d, strata):
    """Without ties the log-rank test of two groups is the score test."""
    untied = d.assign(time=d["time"] + np.linspace(0, 0.5, len(d)))
    within = {"strata": untied[strata]} if strata else {}
    test = logrank(untied["time"], untied["status"], untied["z"], **within)
    score = score_test(*data(untied, "z"), ties="breslow", **within)
    assert test.chi_square == pytest.approx(score.chi_square, rel=1e-9)


@each
def test_log_rank_of_statsmodels_and_lifelines(d):
    from lifelines.statistics import multivariate_logrank_test

    test, other = (
        logrank(d["time"], d["status"], d["group"]),
        multivariate_logrank_test(d["time"], d["group"], d["status"]),
    )
    assert (test.chi_square, test.p_value) == pytest.approx((other.test_statistic, other.p_value), rel=1e-9)


@each
@pytest.mark.parametrize("ties", ["breslow", "efron"])
@pytest.mark.parametrize("strata", [None, "stratum"])
def test_cox_of_statsmodels_and_the_kernel(d, ties, strata):
    within = {"strata": d[strata]} if strata else {}
    fitted = fit_cox(*data(d, "z", "x"), ties=ties, **within)
    kernel = cox_kernel(*data(d, "z", "x"), ties=ties, **within)
    np.testing.assert_allclose(fitted.params, kernel.log_ratio, atol=1e-7)
    np.testing.assert_allclose(fitted.bse, kernel.table["std_error"], rtol=1e-7)
    assert fitted.llf == pytest.approx(kernel.loglik, abs=1e-9)


@each
def test_clustered_cox_of_statsmodels_and_the_kernel(d):
    by = {"cluster": d["patient"], "ties": "breslow"}
    fitted, kernel = cox(*data(d, "z", "x"), **by), cox_kernel(*data(d, "z", "x"), **by)
    np.testing.assert_allclose(fitted.covariance, kernel.covariance, rtol=1e-7)


@each
def test_cox_of_lifelines_and_the_kernel(d):
    from lifelines import CoxPHFitter

    fitted = CoxPHFitter().fit(
        d[["time", "status", "z", "x", "stratum"]],
        "time",
        "status",
        strata=["stratum"],
        fit_options={"precision": 1e-18, "r_precision": 1e-15},
    )
    kernel = cox_kernel(*data(d, "z", "x"), ties="efron", strata=d["stratum"])
    np.testing.assert_allclose(fitted.params_, kernel.log_ratio, atol=1e-7)
    np.testing.assert_allclose(fitted.standard_errors_, kernel.table["std_error"], rtol=1e-6)
    assert fitted.log_likelihood_ == pytest.approx(kernel.loglik, abs=1e-8)


@each
def test_firth_of_firthmodels_and_the_kernel(d):
    fitted = firth_cox(*data(d, "z", "x"), ties="breslow").table
    x, time, event = data(d, "z", "x")
    values, _ = firth_kernel(risk_sets(x, time, event, ties="breslow"))
    np.testing.assert_allclose(fitted["log_ratio"], values[0], atol=1e-5)
    np.testing.assert_allclose(fitted["std_error"], values[1], rtol=1e-5)
    np.testing.assert_allclose(np.log(fitted[["conf_low", "conf_high"]].T), values[2:4], atol=1e-5)
    np.testing.assert_allclose(fitted["p_value"], values[4], atol=1e-5)


def test_firth_of_both_under_separation():
    d = COHORTS[1].assign(status=lambda d: d["status"] * (d["z"] == 0))
    fitted = firth_cox(*data(d, "z", "x"), ties="breslow").table
    x, time, event = data(d, "z", "x")
    values, _ = firth_kernel(risk_sets(x, time, event, ties="breslow"))
    np.testing.assert_allclose(fitted["log_ratio"], values[0], atol=1e-5)
    np.testing.assert_allclose(np.log(fitted["conf_high"]), values[3], atol=1e-5)


@each
@pytest.mark.parametrize("ties", ["breslow", "efron"])
def test_resamples_are_the_library_s_fit_of_the_repeated_rows(d, ties):
    weights = draw(d["patient"], 12, seed=7)
    found = cox_log_hr(weights, d[["z", "w"]], d["time"], d["status"], ties=ties)
    assert np.isfinite(found).all()
    for weight, log_hr in zip(weights, found, strict=True):
        rows = d.iloc[np.repeat(np.arange(len(d)), weight.astype(int))]
        np.testing.assert_allclose(fit_cox(*data(rows, "z", "w"), ties=ties).params, log_hr, atol=1e-6)
