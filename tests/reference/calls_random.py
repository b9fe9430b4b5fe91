"""The project's own call for each method of random/reference.json: from a cohort, the numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
from calls_other import odds
from calls_survival import cox_numbers, errors, exact_score, fine_gray_of, mean_of

from oligomet.estimates.methods.cox import cox, likelihood_ratio_of
from oligomet.estimates.methods.inference import quadratic_test
from oligomet.estimates.methods.km import follow_up, kaplan_meier
from oligomet.estimates.methods.logistic import logistic
from oligomet.estimates.methods.logrank import logrank
from oligomet.estimates.methods.proportions import proportion
from oligomet.estimates.methods_python_lacks.competing_risks import cumulative_incidence, gray
from oligomet.estimates.methods_python_lacks.cox_kernel import cox_kernel, score_test
from oligomet.estimates.methods_python_lacks.frailty import cox_frailty
from oligomet.estimates.methods_python_lacks.partial_likelihood import risk_sets
from oligomet.estimates.methods_python_lacks.restricted_mean import restricted_mean, restricted_mean_difference
from oligomet.estimates.methods_python_lacks.zph import proportional_hazards

Numbers = dict[str, object]
METHODS: dict[str, Callable[[pd.DataFrame], Numbers]] = {}


# Survival, one curve
def tenths(time: pd.Series) -> np.ndarray:
    return np.unique(np.quantile(time, np.arange(1, 11) / 10, method="inverted_cdf"))


def curve(km, d: pd.DataFrame) -> Numbers:
    rows, median = km.at(tenths(d["time"])), km.median
    columns = {"time": "time", "n.risk": "at_risk", "surv": "survival", "std.err": "std_error"}
    return {
        **{theirs: rows[ours] for theirs, ours in columns.items()},
        "low": rows["conf_low"],
        "high": rows["conf_high"],
        "median": [median.estimate, median.conf_low, median.conf_high],
        "at_risk": km.at_risk([0, 3, 12, 24, 60]),
    }


def smallest(d: pd.DataFrame) -> pd.DataFrame:
    return d[d["group"] == d["group"].value_counts().sort_index().idxmin()]


def curve_of(d: pd.DataFrame, estimate=kaplan_meier, **options) -> Numbers:
    return curve(estimate(d["time"], d["status"], **options), d)


for scale in ("plain", "log", "log-log"):
    METHODS[f"Kaplan-Meier, {scale} interval"] = partial(curve_of, interval=scale)
METHODS["Kaplan-Meier, clustered"] = lambda d: curve_of(d, cluster=d["patient"])
METHODS["Kaplan-Meier, smallest group"] = lambda d: curve_of(smallest(d))
METHODS["Reverse Kaplan-Meier follow-up"] = partial(curve_of, estimate=follow_up)


def horizon(d: pd.DataFrame) -> float:
    return float(np.quantile(d["time"], 0.7, method="inverted_cdf"))


def difference(d: pd.DataFrame, cluster=None):
    return restricted_mean_difference(d["time"], d["status"], d["z"] == 1, horizon(d), cluster=cluster)


def mean(d: pd.DataFrame, cluster=None):
    return restricted_mean(d["time"], d["status"], horizon(d), cluster=cluster)


METHODS["Restricted mean survival"] = lambda d: mean_of(mean(d))
METHODS["Restricted mean survival, clustered"] = lambda d: {"std_error": mean(d, d["patient"]).std_error}
METHODS["Restricted mean survival, difference"] = lambda d: {
    "difference": difference(d).estimate,
    "std_error": difference(d).std_error,
}
METHODS["Restricted mean survival, clustered difference"] = lambda d: {
    "std_error": difference(d, d["patient"]).std_error
}


# Groups, Cox
def test_of(test) -> Numbers:
    return {"chi_square": test.chi_square, "p_value": test.p_value}


METHODS["Log-rank"] = lambda d: test_of(logrank(d["time"], d["status"], d["group"]))
METHODS["Log-rank, stratified"] = lambda d: test_of(logrank(d["time"], d["status"], d["group"], strata=d["z"]))


def cox_of(
    d: pd.DataFrame,
    ties: str,
    *,
    columns: Callable[[pd.DataFrame], pd.DataFrame] = lambda d: d[["z", "x"]],
    strata: str | None = None,
    cluster: str | None = None,
    entry: bool = False,
) -> Numbers:
    d = d[d["time"] > 0] if entry else d
    data = columns(d), d["time"], d["status"]
    options = {"ties": ties, "strata": d[strata] if strata else None, **({"start": d["start"]} if entry else {})}
    engine = cox_kernel if ties == "exact" else cox
    if ties == "exact":
        score = exact_score(*data, options["strata"])
    else:
        null = risk_sets(*data, **options).null
        score = quadratic_test(null.score, null.information)
    fit = engine(*data, **options, cluster=d[cluster] if cluster else None)
    if not cluster:
        return cox_numbers(fit, score)
    return cox_numbers(fit, score) | {"model_error": errors(engine(*data, **options).covariance)}


def once(d: pd.DataFrame, ties: str) -> Numbers:
    """Lesions weighted by one over how many the patient has."""
    weights = 1 / d.groupby("patient")["time"].transform("size")
    fit = cox(d[["z", "x"]], d["time"], d["status"], cluster=d["patient"], weights=weights, ties=ties)
    return {"coefficient": fit.log_ratio, "std_error": fit.table["std_error"], "loglik": [fit.loglik_null, fit.loglik]}


def groups(d: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"b": d["group"] == "b", "c": d["group"] == "c"}, dtype=float)


def nested(d: pd.DataFrame, ties: str) -> Numbers:
    test = likelihood_ratio_of(["z"], d[["x", "z"]], d["time"], d["status"], ties=ties)
    return {"likelihood_ratio": [test.chi_square, test.p_value]}


def score_tests(d: pd.DataFrame, ties: str) -> Numbers:
    data = d[["z"]], d["time"], d["status"]
    return {
        "score": score_test(*data, ties=ties).chi_square,
        "robust_score": score_test(*data, ties=ties, cluster=d["patient"]).chi_square,
    }


for ties in ("breslow", "efron", "exact"):
    METHODS[f"Cox, {ties}"] = partial(cox_of, ties=ties)
    METHODS[f"Cox, {ties}, stratified"] = partial(cox_of, ties=ties, strata="group")
    if ties == "exact":
        continue
    METHODS[f"Cox, {ties}, groups"] = partial(cox_of, ties=ties, columns=groups)
    METHODS[f"Cox, {ties}, clustered"] = partial(cox_of, ties=ties, cluster="patient")
    METHODS[f"Cox, {ties}, each patient once"] = partial(once, ties=ties)
    METHODS[f"Cox, {ties}, clustered and stratified"] = partial(cox_of, ties=ties, cluster="patient", strata="group")
    METHODS[f"Cox, {ties}, delayed entry"] = partial(cox_of, ties=ties, entry=True)
    METHODS[f"Cox, {ties}, delayed entry, clustered"] = partial(cox_of, ties=ties, entry=True, cluster="patient")
    METHODS[f"Cox, {ties}, nested models"] = partial(nested, ties=ties)
    METHODS[f"Cox, {ties}, score tests"] = partial(score_tests, ties=ties)
    METHODS[f"Proportional hazards, {ties}"] = lambda d, ties=ties: dict(
        proportional_hazards(d[["z", "x"]], d["time"], d["status"], ties=ties)
    )


def frailty(d: pd.DataFrame, variance: float | None):
    return cox_frailty(d[["z", "x"]], d["time"], d["status"], d["patient"], variance=variance)


def frailty_numbers(d: pd.DataFrame) -> Numbers:
    fit = frailty(d, 0.5)
    return {"coefficient": fit.log_ratio, "std_error": fit.table["std_error"], "loglik": fit.loglik}


def frailty_variance(d: pd.DataFrame) -> Numbers:
    fit = frailty(d, None)
    return {"variance": fit.variance, "loglik": fit.loglik}


METHODS["Cox, gamma frailty"] = frailty_numbers
METHODS["Cox, gamma frailty, estimated variance"] = frailty_variance


# Competing risks
def incidence(d: pd.DataFrame, of: int) -> Numbers:
    rows = cumulative_incidence(d["time"], d["cause"], of=of).at(tenths(d["time"]))
    return {"incidence": rows["incidence"], "variance": rows["std_error"] ** 2}


def clustered_incidence(d: pd.DataFrame) -> Numbers:
    rows = cumulative_incidence(d["time"], d["cause"], cluster=d["patient"]).at(tenths(d["time"]))
    return dict(rows[["incidence", "std_error"]])


METHODS["Cumulative incidence"] = partial(incidence, of=1)
METHODS["Cumulative incidence of the competing event"] = partial(incidence, of=2)
METHODS["Cumulative incidence, clustered"] = clustered_incidence
METHODS["Gray's test"] = lambda d: test_of(gray(d["time"], d["cause"], d["group"]))
METHODS["Gray's test, stratified"] = lambda d: test_of(gray(d["time"], d["cause"], d["z"], strata=d["group"]))
METHODS["Fine-Gray"] = lambda d: fine_gray_of(d[["z", "x"]], d)
METHODS["Fine-Gray, competing event"] = lambda d: fine_gray_of(d[["z", "x"]], d, of=2)


# Responses
def logistic_numbers(d: pd.DataFrame) -> Numbers:
    fit = logistic(d[["z", "x"]], d["response"])
    return odds(fit) | {"loglik": fit.loglik, "likelihood_ratio": fit.likelihood_ratio.chi_square}


def gee(d: pd.DataFrame, correlation: str) -> Numbers:
    fit = logistic(d[["z", "x"]], d["response"], cluster=d["patient"], correlation=correlation)
    return odds(fit) | ({"correlation": fit.correlation} if correlation == "exchangeable" else {})


def limits(d: pd.DataFrame, interval: str) -> Numbers:
    of = d.groupby("group")["status"]
    result = proportion(of.sum(), of.count(), interval=interval)
    return {"low": result.conf_low, "high": result.conf_high}


METHODS["Logistic"] = logistic_numbers
METHODS["GEE logistic, independence"] = partial(gee, correlation="independence")
METHODS["GEE logistic, exchangeable"] = partial(gee, correlation="exchangeable")
METHODS["Clopper-Pearson interval"] = partial(limits, interval="exact")
METHODS["Wilson interval"] = partial(limits, interval="wilson")
