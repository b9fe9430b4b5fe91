"""Firth's penalised likelihood: Cox and logistic regression that survive separation. From firthmodels."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from oligomet.estimates.methods.identifiable import refuse_uninformative
from oligomet.estimates.methods.inference import Undefined, design_matrix
from oligomet.estimates.methods.logistic import binary
from oligomet.estimates.methods_python_lacks.firth_efron import firth_kernel
from oligomet.estimates.methods_python_lacks.partial_likelihood import Ties, checked, risk_sets

PRECISE: dict[str, Any] = {"gtol": 1e-6, "xtol": 1e-8, "max_iter": 200, "max_halfstep": 30}


@dataclass(frozen=True)
class FirthFit:
    """A fitted model.

    Attributes
    ----------
    table
        A row a covariate: log_ratio, std_error, estimate (the ratio), conf_low, conf_high, p_value. Interval and p come
        from the profile of the penalised likelihood, which is far from symmetrical where this method is needed.
        std_error is the information's; of logistic regression, as logistf in R, the augmented information's. A limit is
        NaN where the data set no bound on that side.
    loglik
        The penalised log likelihood at the estimates.
    n, events
        Rows and events.
    """

    table: pd.DataFrame
    loglik: float
    n: int
    events: int


def firth_cox(
    covariates: pd.DataFrame, time: ArrayLike, event: ArrayLike, *, ties: Ties = "efron", confidence: float = 0.95
) -> FirthFit:
    """Cox regression with Firth's penalty (Heinze & Schemper 2001, Biometrics 57:114). Parameters as `cox.cox`.

    Raises
    ------
    Undefined
        If there is no event, or a covariate does not vary where events happen, or covariates are collinear.

    Notes
    -----
    firthmodels has Breslow's ties; Efron's are fitted by the own kernel.
    """
    likelihood = risk_sets(covariates, time, event, ties=ties)
    refuse_uninformative(likelihood.null.information, likelihood.x, likelihood.names)
    if ties == "efron":
        values, loglik = firth_kernel(likelihood, confidence=confidence)
    else:
        from firthmodels import FirthCoxPH

        x, _, time, event, _ = checked(covariates, time, event, None)
        values, loglik = _fitted(FirthCoxPH(backend="numpy", **PRECISE), x, (event, time), confidence)
    return FirthFit(_table(values, likelihood.names), loglik, len(likelihood.x), len(likelihood.event_rows))


def firth_logistic(covariates: pd.DataFrame, outcome: ArrayLike, *, confidence: float = 0.95) -> FirthFit:
    """Logistic regression with an intercept and Firth's penalty (Heinze & Schemper 2002, Stat Med 21:2409).

    Parameters
    ----------
    covariates
        (n, p) Numbers, no missing value.
    outcome
        (n,) 0 or 1.

    Raises
    ------
    Undefined
        If the outcomes are all the same, a covariate does not vary or covariates are collinear, or values are missing.
    """
    from firthmodels import FirthLogisticRegression

    x, names = design_matrix(covariates)
    y = binary(outcome, len(x))
    if y.all() or not y.any():
        raise Undefined("no events" if not y.any() else "everybody has the event")
    whole = np.column_stack([np.ones(len(x)), x])
    refuse_uninformative(whole.T @ whole / 4, whole, ["intercept", *names])
    alike, count = np.unique(np.column_stack([x, y]), axis=0, return_counts=True)  # of 140,000 lesions a few hundred
    model = FirthLogisticRegression(backend="numpy", **PRECISE)
    values, loglik = _fitted(model, alike[:, :-1], alike[:, -1], confidence, sample_weight=count)
    return FirthFit(_table(values, names), loglik, len(y), int(y.sum()))


def _fitted(model, x: np.ndarray, outcome, confidence: float, **options) -> tuple[np.ndarray, float]:
    """Estimates, their standard errors, lower and upper limits and p values (5, p), and the log likelihood."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what did not converge is told below
        model.fit(x, outcome, **options)
        if not model.converged_:  # the likelihood is flat at its maximum: its rounding can refuse the last steps
            model.set_params(max_halfstep=0).fit(x, outcome, **options)
        if not model.converged_:
            raise Undefined("the fit did not converge")
        model.set_params(xtol=1e-6)  # for the same reason; chi-square has twice the digits
        model.lrt(warm_start=True)
        limits = model.conf_int(alpha=1 - confidence, method="pl", tol=1e-8, max_iter=200)
    return np.vstack(
        [model.coef_, model.bse_[: x.shape[1]], limits[: x.shape[1]].T, model.lrt_pvalues_[: x.shape[1]]]
    ), model.loglik_


def _table(values: np.ndarray, names: list[str]) -> pd.DataFrame:
    estimate, error, low, high, p_value = values
    columns = {"log_ratio": estimate, "std_error": error, "estimate": np.exp(estimate)}
    return pd.DataFrame({**columns, "conf_low": np.exp(low), "conf_high": np.exp(high), "p_value": p_value}, names)
