"""The project's own call for the other methods of reference.json: from a cohort and its name, the numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
from scipy.special import chdtri

from oligomet.estimates.methods.firth import FirthFit, firth_cox, firth_logistic
from oligomet.estimates.methods.logistic import LogisticFit, logistic
from oligomet.estimates.methods.multiplicity import adjust
from oligomet.estimates.methods.proportions import proportion
from oligomet.estimates.methods_python_lacks.meta_analysis import pool_proportions
from oligomet.estimates.methods_python_lacks.rubin import pool
from oligomet.estimates.methods_python_lacks.splines import knots, spline_basis

Numbers = dict[str, object]
METHODS: dict[str, Callable[[pd.DataFrame, str], Numbers]] = {}


# Firth's penalty
def profile(fit: FirthFit) -> Numbers:
    table = fit.table
    return {
        "estimate": table.iloc[:, 0],
        "loglik": fit.loglik,
        "chi_square": chdtri(1, table["p_value"]),
        "low": np.log(table["conf_low"]),
        "high": np.log(table["conf_high"]),
    }


def firth_cox_numbers(d: pd.DataFrame, _: str, ties: str) -> Numbers:
    fit = firth_cox(d[["z", "x"]], d["time"], d["status"], ties=ties)
    return profile(fit) | {"std_error": fit.table["std_error"]}


def firth_odds(d: pd.DataFrame) -> FirthFit:
    return firth_logistic(d[["one", "x"]], d["response"])


for ties in ("breslow", "efron"):
    METHODS[f"Firth's Cox, {ties}"] = partial(firth_cox_numbers, ties=ties)
METHODS["Firth's logistic, profile"] = lambda d, _: profile(firth_odds(d))
METHODS["Firth's logistic"] = lambda d, _: {"log_or": firth_odds(d).table["log_ratio"]}


# Logistic, GEE
def odds(fit: LogisticFit) -> Numbers:
    return {"log_or": fit.log_ratio, "std_error": np.sqrt(np.diag(fit.covariance))}


def logistic_numbers(d: pd.DataFrame, name: str) -> Numbers:
    if name == "veteran":
        fit = logistic(d[["trt", "karno", "age"]], d["long"])
    else:
        fit = logistic(d[["z", "x"]], d["response"])
    return odds(fit) | {"loglik": fit.loglik, "likelihood_ratio": fit.likelihood_ratio.chi_square}


def gee_numbers(d: pd.DataFrame, name: str, correlation: str) -> Numbers:
    if name == "ohio":
        fit = logistic(d[["age", "smoke"]], d["resp"], cluster=d["id"], correlation=correlation)
    else:
        fit = logistic(d[["z", "x"]], d["response"], cluster=d["patient"], correlation=correlation)
    return odds(fit) | ({"correlation": fit.correlation} if correlation == "exchangeable" else {})


METHODS["Logistic"] = logistic_numbers
METHODS["GEE logistic, independence"] = partial(gee_numbers, correlation="independence")
METHODS["GEE logistic, exchangeable"] = partial(gee_numbers, correlation="exchangeable")


# Proportions and their pooling
def limits(d: pd.DataFrame, _: str, interval: str) -> Numbers:
    result = proportion(d["xi"], d["ni"], interval=interval)
    return {"low": result.conf_low, "high": result.conf_high}


def random_effects(d: pd.DataFrame, _: str) -> Numbers:
    result = pool_proportions(d["xi"], d["ni"])
    pooled, prediction = result.pooled, result.prediction
    return {
        "pooled": [pooled.estimate, pooled.conf_low, pooled.conf_high],
        "prediction": [prediction.conf_low, prediction.conf_high],
        "tau2": result.tau2,
        "i2": result.i2,
        "q": result.q,
        "q_p_value": result.q_p_value,
        "weights": result.weights,
    }


METHODS["Clopper-Pearson interval"] = partial(limits, interval="exact")
METHODS["Wilson interval"] = partial(limits, interval="wilson")
METHODS["Random effects, logit REML Hartung-Knapp"] = random_effects


# Imputation, multiplicity, restricted splines
def rubin(d: pd.DataFrame, _: str, df_complete: float = np.inf) -> Numbers:
    result = pool(d["chl"], d["v16"], df_complete=df_complete)
    return {name: getattr(result, name) for name in ("estimate", "std_error", "df", "missing_information")}


def spline(d: pd.DataFrame, _: str, count: int) -> Numbers:
    at = knots(d["age"], count)
    return {"knots": at, "basis": spline_basis(d["age"], at).to_numpy().T}


METHODS["Rubin's rules"] = rubin
METHODS["Rubin's rules, Barnard-Rubin"] = partial(rubin, df_complete=25 - 4)
METHODS["Holm"] = lambda d, _: {"p_value": adjust(d["p"], "holm")}
METHODS["Benjamini-Hochberg"] = lambda d, _: {"p_value": adjust(d["p"], "benjamini-hochberg")}
for count in (3, 4, 5):
    METHODS[f"Restricted cubic spline, {count} knots"] = partial(spline, count=count)
