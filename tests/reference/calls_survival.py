"""The project's own call for each survival method of reference.json: from a cohort and its name, the numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from oligomet.estimates.methods.cox import cox
from oligomet.estimates.methods.inference import quadratic_test
from oligomet.estimates.methods.km import follow_up, kaplan_meier
from oligomet.estimates.methods.logrank import logrank
from oligomet.estimates.methods_python_lacks.competing_risks import cumulative_incidence, gray
from oligomet.estimates.methods_python_lacks.cox_kernel import cox_kernel, score_test
from oligomet.estimates.methods_python_lacks.exact_ties import DiscreteLikelihood
from oligomet.estimates.methods_python_lacks.fine_gray import fine_gray
from oligomet.estimates.methods_python_lacks.frailty import cox_frailty
from oligomet.estimates.methods_python_lacks.partial_likelihood import checked, risk_sets
from oligomet.estimates.methods_python_lacks.restricted_mean import restricted_mean, restricted_mean_difference
from oligomet.estimates.methods_python_lacks.zph import proportional_hazards

Numbers = dict[str, object]
METHODS: dict[str, Callable[[pd.DataFrame, str], Numbers]] = {}

COVARIATES = {
    "veteran": ["trt", "karno", "age"],
    "lung": ["age", "sex", "ph.ecog"],
    "ovarian": ["age", "rx"],
    "kidney": ["age", "sex"],
    "one_event": ["x"],
    "bladder": ["x1", "number", "size"],
    "heart": ["age", "surgery", "transplant"],
    "mgus": ["age", "mspike"],
}


def covariates(d: pd.DataFrame, name: str) -> pd.DataFrame:
    return d[COVARIATES.get(name, ["z", "x"])]


def errors(covariance: pd.DataFrame) -> np.ndarray:
    return np.sqrt(np.diag(covariance))


# Survival curves
def curve(km) -> Numbers:
    s, median = km.steps, km.median
    return {
        "time": s["time"],
        "n.risk": s["at_risk"],
        "n.event": s["events"],
        "surv": s["survival"],
        "std.err": s["std_error"],
        "low": s["conf_low"],
        "high": s["conf_high"],
        "median": [median.estimate, median.conf_low, median.conf_high],
        "at_risk": km.at_risk([3, 12, 24, 60, 300]),
    }


for scale in ("plain", "log", "log-log"):
    METHODS[f"Kaplan-Meier, {scale} interval"] = lambda d, _, scale=scale: curve(
        kaplan_meier(d["time"], d["status"], interval=scale)
    )
METHODS["Kaplan-Meier, clustered"] = lambda d, _: curve(kaplan_meier(d["time"], d["status"], cluster=d["patient"]))
METHODS["Reverse Kaplan-Meier follow-up"] = lambda d, _: curve(follow_up(d["time"], d["status"]))


def mean_of(result) -> Numbers:
    return {"mean": [result.estimate, result.std_error]}


def difference_of(d: pd.DataFrame, cluster: pd.Series | None = None):
    return restricted_mean_difference(d["time"], d["status"], d["z"] == 1, 20, cluster=cluster)


METHODS["Restricted mean survival"] = lambda d, _: mean_of(restricted_mean(d["time"], d["status"], 20))
METHODS["Restricted mean survival, clustered"] = lambda d, _: {
    "std_error": restricted_mean(d["time"], d["status"], 20, cluster=d["patient"]).std_error
}
METHODS["Restricted mean survival, difference"] = lambda d, _: {
    "difference": difference_of(d).estimate,
    "std_error": difference_of(d).std_error,
}
METHODS["Restricted mean survival, clustered difference"] = lambda d, _: {
    "std_error": difference_of(d, d["patient"]).std_error
}


# Groups, Cox
def logrank_of(d: pd.DataFrame, group: str, strata: str | None = None) -> Numbers:
    test = logrank(d["time"], d["status"], d[group], strata=d[strata] if strata else None)
    return {"chi_square": test.chi_square, "p_value": test.p_value}


METHODS["Log-rank"] = lambda d, name: logrank_of(d, "celltype" if name == "veteran" else "group")
METHODS["Log-rank, stratified"] = lambda d, _: logrank_of(d, "z", "group")


def cox_numbers(fit, score) -> Numbers:
    ratio = fit.likelihood_ratio
    return {
        "log_hr": fit.log_ratio,
        "std_error": fit.table["std_error"],
        "loglik": [fit.loglik_null, fit.loglik],
        "score": score.chi_square,
        "wald": fit.wald().chi_square,
        "likelihood_ratio": [ratio.chi_square, ratio.p_value],
        "p_value": fit.table["p_value"],
    }


def exact_score(x: pd.DataFrame, time: pd.Series, event: pd.Series, strata: pd.Series | None = None):
    null = DiscreteLikelihood(*checked(x, time, event, strata)).null
    return quadratic_test(null.score, null.information)


def cox_of(d: pd.DataFrame, name: str, ties: str, engine=cox, **options) -> Numbers:
    data = covariates(d, name), d["time"], d["status"]
    if ties == "exact":
        return cox_numbers(cox_kernel(*data, ties=ties, **options), exact_score(*data, **options))
    return cox_numbers(engine(*data, ties=ties, **options), score_test(*data, ties=ties, **options))


def robust_of(data: tuple, cluster: pd.Series, ties: str, engine=cox, **options) -> Numbers:
    naive, score = engine(*data, ties=ties, **options), score_test(*data, ties=ties, **options)
    robust = {
        "model_error": errors(naive.covariance),
        "robust_score": score_test(*data, cluster=cluster, ties=ties, **options).chi_square,
    }
    return cox_numbers(engine(*data, cluster=cluster, ties=ties, **options), score) | robust


def subject(d: pd.DataFrame, name: str) -> pd.Series | pd.Index:
    return {"kidney": d.get("id"), "ovarian": d.index}.get(name, d.get("patient"))


def cox_bladder(d: pd.DataFrame, name: str, ties: str) -> Numbers:
    return robust_of((covariates(d, name), d["stop"], d["event"]), d["id"], ties, strata=d["enum"])


def cox_heart(d: pd.DataFrame, name: str, ties: str) -> Numbers:
    x = d[COVARIATES[name]]
    fit = cox(x, d["stop"], d["event"], start=d["start"], ties=ties)
    null = risk_sets(x, d["stop"], d["event"], start=d["start"], ties=ties).null
    return cox_numbers(fit, quadratic_test(null.score, null.information))


for ties in ("breslow", "efron", "exact"):
    plain = partial(cox_of, ties=ties)
    METHODS[f"Cox, {ties}"] = plain
    METHODS[f"Cox, {ties}, stratified"] = lambda d, name, fit=plain: fit(d, name, strata=d["group"])
    if ties == "exact":
        continue
    for kind in ("robust", "clustered"):
        METHODS[f"Cox, {ties}, {kind}"] = lambda d, name, ties=ties: robust_of(
            (covariates(d, name), d["time"], d["status"]), subject(d, name), ties
        )
    METHODS[f"Cox, {ties}, clustered and stratified"] = partial(cox_bladder, ties=ties)
    METHODS[f"Cox, {ties}, time-dependent covariate"] = partial(cox_heart, ties=ties)


def frailty_of(d: pd.DataFrame, name: str, variance: float | None):
    return cox_frailty(covariates(d, name), d["time"], d["status"], subject(d, name), variance=variance)


def frailty_numbers(d: pd.DataFrame, name: str) -> Numbers:
    fit = frailty_of(d, name, 0.5)
    return {"log_hr": fit.log_ratio, "std_error": fit.table["std_error"], "loglik": fit.loglik}


def frailty_variance(d: pd.DataFrame, name: str) -> Numbers:
    fit = frailty_of(d, name, None)
    return {"variance": fit.variance, "loglik": fit.loglik}


METHODS["Cox, gamma frailty"] = frailty_numbers
METHODS["Cox, gamma frailty, estimated variance"] = frailty_variance


def zph_of(d: pd.DataFrame, name: str) -> Numbers:
    if name == "veteran":
        cells = ["small", "adeno", "large"]
        terms = {"trt": ["trt"], "karno": ["karno"], "celltype": cells}
        x = d[["trt", "karno", *cells]]
        return dict(proportional_hazards(x, d["time"], d["status"], strata=d["prior"], terms=terms))
    if name == "heart":
        return dict(proportional_hazards(d[["age", "transplant"]], d["stop"], d["event"], start=d["start"]))
    return dict(proportional_hazards(covariates(d, name), d["time"], d["status"], ties="breslow"))


METHODS["Proportional hazards, km"] = zph_of


# Competing risks
def incidence_of(d: pd.DataFrame, _: str, of: int) -> Numbers:
    rows = cumulative_incidence(d["time"], d["cause"], of=of).at([5, 10, 20])
    return {"incidence": rows["incidence"], "variance": rows["std_error"] ** 2}


def clustered_incidence(d: pd.DataFrame, _: str) -> Numbers:
    return dict(
        cumulative_incidence(d["time"], d["cause"], cluster=d["patient"]).at([5, 10, 20])[["incidence", "std_error"]]
    )


def gray_of(d: pd.DataFrame, group: str, strata: str | None = None) -> Numbers:
    chosen = d[strata] if strata else None
    tests = [gray(d["time"], d["cause"], d[group], of=of, strata=chosen) for of in (1, 2)]
    return {"chi_square": [test.chi_square for test in tests], "p_value": [test.p_value for test in tests]}


def fine_gray_of(x: pd.DataFrame, d: pd.DataFrame, of: int = 1) -> Numbers:
    fit = fine_gray(x, d["time"], d["cause"], of=of)
    return {"log_shr": fit.log_ratio, "covariance": fit.covariance, "loglik": [fit.loglik_null, fit.loglik]}


METHODS["Cumulative incidence"] = partial(incidence_of, of=1)
METHODS["Cumulative incidence of the competing event"] = partial(incidence_of, of=2)
METHODS["Cumulative incidence, clustered"] = clustered_incidence
METHODS["Gray's test"] = lambda d, name: gray_of(d, "female" if name == "mgus" else "group")
METHODS["Gray's test, stratified"] = lambda d, _: gray_of(d, "z", "group")
METHODS["Fine-Gray"] = lambda d, name: fine_gray_of(covariates(d, name), d)
METHODS["Fine-Gray, competing event"] = lambda d, name: fine_gray_of(covariates(d, name), d, of=2)
