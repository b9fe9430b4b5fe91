"""Cox regression with a gamma frailty shared within clusters.

The word frailty is not in the source of lifelines, statsmodels, firthmodels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtrc, digamma, gammaln

from oligomet.estimates.methods.common import (
    ChiSquare,
    Undefined,
    codes,
    coefficient_table,
    design_matrix,
    survival_data,
)
from oligomet.estimates.methods.cox_fit import CoxFit
from oligomet.estimates.methods_python_lacks.cox_kernel import cox_kernel, risk_sets
from oligomet.estimates.methods_python_lacks.partial_likelihood import PartialLikelihood, Ties


@dataclass(frozen=True)
class FrailtyFit:
    """A fitted model.

    Attributes
    ----------
    log_hr, covariance
        Log hazard ratios within a cluster, by covariate, and their covariance at the estimated variance of the frailty.
    variance
        Variance of the frailty (mean 1).
    test
        Likelihood-ratio test that the variance is 0; as that is the edge of what is possible, p is half the
        chi-square's.
    loglik
        Marginal log likelihood, the frailty integrated out.
    frailty
        Each cluster's estimated frailty.
    """

    log_hr: pd.Series
    covariance: pd.DataFrame
    variance: float
    test: ChiSquare
    loglik: float
    frailty: pd.Series
    n: int
    events: int
    confidence: float

    @property
    def table(self) -> pd.DataFrame:
        """A row a covariate: log_hr, std_error, hazard_ratio, conf_low, conf_high, z, p_value (Wald)."""
        return coefficient_table(self.log_hr, self.covariance, self.confidence, "log_hr", "hazard_ratio")


def cox_frailty(
    covariates: pd.DataFrame,
    time: ArrayLike,
    event: ArrayLike,
    cluster: ArrayLike,
    *,
    variance: float | None = None,
    ties: Ties = "efron",
    confidence: float = 0.95,
) -> FrailtyFit:
    """Cox regression in which the members of a cluster share an unobserved factor of their hazard.

    The marginal likelihood is maximised through the penalised partial likelihood (Therneau & Grambsch 2000, section
    9.6).

    Parameters
    ----------
    covariates, time, event
        As `cox.cox`.
    cluster
        (n,) Who shares a frailty.
    variance
        Variance of the frailty, if it is not to be estimated.

    Raises
    ------
    Undefined
        As `cox.cox`; or if no cluster has two members, or the variance grows beyond 100.

    Notes
    -----
    As survival::coxph(Surv(time, event) ~ x + frailty(cluster, sparse = FALSE)) in R, where the default sparse = TRUE
    gives the same estimates with an approximate variance.
    """
    from scipy.optimize import brentq  # late: it takes a second to import

    plain = cox_kernel(covariates, time, event, ties=ties, confidence=confidence)  # refuses what no frailty mends
    time, event = survival_data(time, event)
    x, names = design_matrix(covariates)
    numbers, labels = codes(cluster, "cluster")
    if np.bincount(numbers).max() < 2:
        raise Undefined("no cluster with two members")
    members = (numbers[:, None] == np.arange(len(labels))).astype(float)
    likelihood = risk_sets(np.hstack([x, members]), time, event, start=None, strata=None, ties=ties)
    deaths = np.bincount(numbers, event, len(labels))
    start = np.r_[plain.log_hr, np.zeros(len(labels))]

    def slope(log_variance: float) -> float:
        """Of the marginal log likelihood, to the shape of the frailty's distribution (1 / variance)."""
        nonlocal start
        shape = np.exp(-log_variance)
        start, _, _ = _penalised(likelihood, start, deaths, 1 / shape)
        log_frailty = start[len(names) :]
        change = log_frailty - np.exp(log_frailty) + 1 + np.log(shape / (shape + deaths))
        return float((change + digamma(shape + deaths) - digamma(shape)).sum())

    if variance is None:
        grid = np.log(np.geomspace(1e-4, 100, 13))
        slopes = np.array([slope(value) for value in grid])
        if slopes[-1] < 0:  # a smaller shape, a larger variance, still fits better
            raise Undefined("the variance of the frailty does not converge")
        peak = np.flatnonzero((slopes[:-1] < 0) & (slopes[1:] >= 0))
        variance = float(np.exp(brentq(slope, grid[peak[0]], grid[peak[0] + 1], xtol=1e-11))) if len(peak) else 0.0
    if variance == 0:
        return _result(plain.log_hr, plain.covariance, 0.0, 0.0, plain, np.ones(len(labels)), labels)
    estimates, loglik, information = _penalised(likelihood, start, deaths, variance)
    covariance = pd.DataFrame(np.linalg.inv(information)[: len(names), : len(names)], index=names, columns=names)
    log_hr, frailty = pd.Series(estimates[: len(names)], index=names), np.exp(estimates[len(names) :])
    return _result(log_hr, covariance, variance, 2 * (loglik - plain.loglik), plain, frailty, labels)


def _result(log_hr, covariance, variance, chi_square, plain: CoxFit, frailty, labels) -> FrailtyFit:
    return FrailtyFit(
        log_hr=log_hr,
        covariance=covariance,
        variance=float(variance),
        test=ChiSquare(float(chi_square), 1, float(chdtrc(1, chi_square) / 2) if chi_square > 0 else 1.0),
        loglik=float(plain.loglik + chi_square / 2),
        frailty=pd.Series(frailty, index=labels),
        n=plain.n,
        events=plain.events,
        confidence=plain.confidence,
    )


def _penalised(
    likelihood: PartialLikelihood, estimates: np.ndarray, deaths: np.ndarray, variance: float
) -> tuple[np.ndarray, float, np.ndarray]:
    """Coefficients and log frailties at a given variance; marginal log likelihood; penalised information."""
    shape = 1 / variance
    p = len(estimates) - len(deaths)

    def evaluate(values: np.ndarray):
        at = likelihood.evaluate(values)
        frailty = np.exp(values[p:])
        score, information = at.score.copy(), at.information.copy()
        score[p:] += shape * (1 - frailty)
        information[np.arange(p, len(values)), np.arange(p, len(values))] += shape * frailty
        return at.loglik + shape * (values[p:] - frailty).sum(), score, information

    value, score, information = evaluate(estimates)
    for _ in range(100):
        step = np.linalg.solve(information, score)
        new = evaluate(estimates + step)
        while not new[0] >= value - 1e-10 * (1 + abs(value)):
            step = step / 2
            if np.abs(step).max() < 1e-12:
                raise Undefined("the fit did not converge")
            new = evaluate(estimates + step)
        estimates, (value, score, information) = estimates + step, new
        if np.abs(step).max() < 1e-10:
            total = shape + deaths
            integrated = (
                deaths + shape - total * np.log(total) + shape * np.log(shape) + gammaln(total) - gammaln(shape)
            )
            return estimates, float(value + integrated.sum()), information
    raise Undefined("the fit did not converge")
