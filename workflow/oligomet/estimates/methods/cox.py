"""Cox proportional-hazards regression."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from oligomet.estimates.methods.common import (
    ChiSquare,
    Undefined,
    codes,
    coefficient_table,
    design_matrix,
    quadratic_test,
    sandwich,
    sum_by,
    survival_data,
)
from oligomet.estimates.methods.exact_ties import DiscreteLikelihood
from oligomet.estimates.methods.newton import Derivatives, maximise
from oligomet.estimates.methods.partial_likelihood import PartialLikelihood, Ties


@dataclass(frozen=True)
class CoxFit:
    """A fitted model.

    Attributes
    ----------
    log_hr
        Log hazard ratios, by covariate.
    covariance
        Their covariance: of the clusters (Lin & Wei 1989) where clusters were given, else of the model.
    model_covariance
        The inverse of the information, whatever `covariance` is.
    loglik_null, loglik
        Log partial likelihood at zero and at the estimates.
    score, robust_score
        Score tests at zero, of the model and by cluster (None without clusters, or where their scores have no joint
        variance). With Breslow's ties and one 0/1 covariate the second is the log-rank test for clustered observations.
    n, events, clusters
        Rows, events and clusters (None without).
    """

    log_hr: pd.Series
    covariance: pd.DataFrame
    model_covariance: pd.DataFrame
    loglik_null: float
    loglik: float
    score: ChiSquare
    robust_score: ChiSquare | None
    n: int
    events: int
    clusters: int | None
    confidence: float
    likelihood: PartialLikelihood | DiscreteLikelihood = field(repr=False, compare=False)
    at: Derivatives = field(repr=False, compare=False)

    @property
    def table(self) -> pd.DataFrame:
        """A row a covariate: log_hr, std_error, hazard_ratio, conf_low, conf_high, z, p_value (Wald)."""
        return coefficient_table(self.log_hr, self.covariance, self.confidence, "log_hr", "hazard_ratio")

    def wald(self, names: Sequence[str] | None = None) -> ChiSquare:
        """Wald test that the log hazard ratios of `names` (default: all) are zero, with `covariance`."""
        names = list(self.log_hr.index if names is None else names)
        return quadratic_test(self.log_hr[names], self.covariance.loc[names, names])

    @property
    def likelihood_ratio(self) -> ChiSquare:
        """Likelihood-ratio test of all covariates. It takes rows as independent, clusters or not."""
        return ChiSquare.of(2 * (self.loglik - self.loglik_null), len(self.log_hr))


def likelihood_ratio(full: CoxFit, reduced: CoxFit) -> ChiSquare:
    """Likelihood-ratio test of the covariates of `full` that are not in `reduced`; both fitted to the same rows."""
    if (full.n, full.events) != (reduced.n, reduced.events):
        raise ValueError("the models were fitted to different rows")
    return ChiSquare.of(2 * (full.loglik - reduced.loglik), len(full.log_hr) - len(reduced.log_hr))


def cox(
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
