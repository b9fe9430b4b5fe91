"""Cox proportional-hazards regression."""

from __future__ import annotations

import contextlib
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from oligomet.estimates.methods.common import (
    ChiSquare,
    Undefined,
    codes,
    design_matrix,
    quadratic_test,
    sandwich,
    sum_by,
    survival_data,
)
from oligomet.estimates.methods.cox_fit import CoxFit
from oligomet.estimates.methods_python_lacks.exact_ties import DiscreteLikelihood
from oligomet.estimates.methods_python_lacks.newton import maximise
from oligomet.estimates.methods_python_lacks.partial_likelihood import PartialLikelihood, Ties


def cox_kernel(
    covariates: pd.DataFrame,
    time: ArrayLike,
    event: ArrayLike,
    *,
    start: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    ties: Ties | Literal["exact"] = "efron",
    confidence: float = 0.95,
) -> CoxFit:
    """Fit a Cox model by Newton's method.

    Parameters
    ----------
    covariates
        (n, p) Numbers (indicators for factors), no missing value.
    time, event
        (n,) Time of the event or of censoring, and 1 or 0.
    start
        (n,) For time-dependent covariates or delayed entry: a row is at risk in (start, time].
    strata
        (n,) Labels of strata with baseline hazards of their own.
    cluster
        (n,) Whom a row belongs to: the covariance is then the sandwich over clusters, and `wald` and `table` use it.
        A cluster for every row gives the robust covariance of independent rows.
    ties
        breslow, efron, or exact: the discrete likelihood, without `start` and `cluster`.

    Raises
    ------
    Undefined
        If there is no event, a value is missing, a time is negative, an interval is empty, a covariate does not vary
        where events happen, covariates are collinear, there are no more clusters than covariates, or the likelihood is
        monotone (a covariate separates those with the event from those at risk: its hazard ratio is infinite).

    Notes
    -----
    As survival::coxph in R.
    """
    time, event = survival_data(time, event)
    x, names = design_matrix(covariates)
    if ties == "exact":
        if start is not None or cluster is not None:
            raise ValueError("exact ties are for right-censored, independent rows")
        likelihood = DiscreteLikelihood(x, time, event, _strata(x, time, event, strata))
    else:
        likelihood = risk_sets(x, time, event, start=start, strata=strata, ties=ties)
    null = likelihood.evaluate(np.zeros(len(names)))
    beta, at = maximise(likelihood.evaluate, null, x, names, "monotone likelihood")
    model = np.linalg.inv(at.information)
    covariance, robust_score, clusters = model, None, None
    if cluster is not None:
        numbers, labels = codes(cluster, "cluster")
        clusters = len(labels)
        if clusters <= len(names):
            raise Undefined("one cluster only" if clusters == 1 else "no more clusters than covariates")
        covariance = sandwich(sum_by(numbers, likelihood.score_residuals(at), clusters), at.information)
        residuals = sum_by(numbers, likelihood.score_residuals(null), clusters)
        with contextlib.suppress(Undefined):
            robust_score = quadratic_test(null.score, residuals.T @ residuals)
    return CoxFit(
        log_hr=pd.Series(beta, index=names),
        covariance=pd.DataFrame(covariance, index=names, columns=names),
        model_covariance=pd.DataFrame(model, index=names, columns=names),
        loglik_null=null.loglik,
        loglik=at.loglik,
        score=quadratic_test(null.score, null.information),
        robust_score=robust_score,
        n=len(time),
        events=int(event.sum()),
        clusters=clusters,
        confidence=confidence,
        likelihood=likelihood,
        at=at,
    )


def score_test(
    covariates: pd.DataFrame,
    time: ArrayLike,
    event: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    ties: Ties = "efron",
) -> ChiSquare:
    """Score test that all log hazard ratios are zero; with clusters, from the variance of their scores.

    It needs no estimate, and so stands where separation makes that infinite. With Breslow's ties and one 0/1 covariate
    the clustered test is the log-rank test for clustered observations.

    Raises
    ------
    Undefined
        If there is no event, or the scores have no joint variance.
    """
    time, event = survival_data(time, event)
    x, names = design_matrix(covariates)
    likelihood = risk_sets(x, time, event, start=None, strata=strata, ties=ties)
    null = likelihood.evaluate(np.zeros(len(names)))
    if cluster is None:
        return quadratic_test(null.score, null.information)
    numbers, labels = codes(cluster, "cluster")
    scores = sum_by(numbers, likelihood.score_residuals(null), len(labels))
    return quadratic_test(null.score, scores.T @ scores)


def risk_sets(x: np.ndarray, time: np.ndarray, event: np.ndarray, *, start, strata, ties: Ties) -> PartialLikelihood:
    """The partial likelihood of checked times and events, for `cox` and its relatives."""
    stratum = _strata(x, time, event, strata)
    begin = np.full(len(x), -np.inf)
    if start is not None:
        begin, _ = survival_data(start, np.zeros(len(x)))
        if (begin >= time).any():
            raise Undefined("interval without length")
    return PartialLikelihood(x, begin, time, event, stratum, ties)


def _strata(x, time, event, strata) -> np.ndarray:
    if len(x) != len(time):
        raise ValueError(f"{len(x)} rows of covariates but {len(time)} times")
    if not event.any():
        raise Undefined("no events")
    return np.zeros(len(x), int) if strata is None else codes(strata, "stratum")[0]
