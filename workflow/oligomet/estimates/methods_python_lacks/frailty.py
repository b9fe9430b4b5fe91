"""Cox regression with a gamma frailty shared within clusters.

The word frailty is not in the source of lifelines, statsmodels, firthmodels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtrc, digamma, gammaln

from oligomet.estimates.methods.inference import (
    ChiSquare,
    Fit,
    Undefined,
    codes,
)
from oligomet.estimates.methods_python_lacks.cox_kernel import cox_kernel
from oligomet.estimates.methods_python_lacks.partial_likelihood import Evaluation, PartialLikelihood, Ties, risk_sets


@dataclass(frozen=True)
class FrailtyFit(Fit):
    """A fitted model; its ratios are those within a cluster, `covariance` is at the estimated variance of the frailty.

    Attributes
    ----------
    loglik
        Marginal log likelihood, the frailty integrated out.
    variance
        Variance of the frailty (mean 1).
    test
        Likelihood-ratio test that the variance is 0; as that is the edge of what is possible, p is half the
        chi-square's.
    frailty
        Each cluster's estimated frailty.
    """

    variance: float
    test: ChiSquare
    frailty: pd.Series


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
    likelihood = risk_sets(covariates, time, event, ties=ties)
    names = likelihood.names
    numbers, labels = codes(cluster, "cluster")
    if np.bincount(numbers).max() < 2:
        raise Undefined("no cluster with two members")
    deaths = np.bincount(numbers[likelihood.event_rows], minlength=len(labels))
    shared = _Penalised(likelihood, numbers, deaths)
    start = np.r_[plain.log_ratio, np.zeros(len(labels))]

    def slope(log_variance: float) -> float:
        """Of the marginal log likelihood, to the shape of the frailty's distribution (1 / variance)."""
        nonlocal start
        shape = np.exp(-log_variance)
        start, _ = shared.maximise(start, 1 / shape)
        log_frailty = start[len(names) :]
        change = log_frailty - np.exp(log_frailty) + 1 + np.log(shape / (shape + deaths))
        return float((change + digamma(shape + deaths) - digamma(shape)).sum())

    if variance is None:
        grid = np.log(np.geomspace(1e-4, 100, 7))
        slopes = np.array([slope(value) for value in grid])
        if slopes[-1] < 0:  # a smaller shape, a larger variance, still fits better
            raise Undefined("the variance of the frailty does not converge")
        peak = np.flatnonzero((slopes[:-1] < 0) & (slopes[1:] >= 0))
        variance = float(np.exp(brentq(slope, grid[peak[0]], grid[peak[0] + 1], xtol=1e-11))) if len(peak) else 0.0
    if variance == 0:
        return _result(plain.log_ratio, plain.covariance, 0.0, 0.0, plain, np.ones(len(labels)), labels)
    estimates, at = shared.maximise(start, variance)
    loglik = at.value + _integrated(deaths, 1 / variance)
    unit = np.eye(len(estimates), len(names))
    inverse = np.column_stack([shared.solve(at, column, 1e-13)[: len(names)] for column in unit.T])
    covariance = pd.DataFrame((inverse + inverse.T) / 2, index=names, columns=names)
    log_ratio, frailty = pd.Series(estimates[: len(names)], index=names), np.exp(estimates[len(names) :])
    return _result(log_ratio, covariance, variance, 2 * (loglik - plain.loglik), plain, frailty, labels)


def _result(log_ratio, covariance, variance, chi_square, plain: Fit, frailty, labels) -> FrailtyFit:
    return FrailtyFit(
        log_ratio=log_ratio,
        covariance=covariance,
        variance=float(variance),
        test=ChiSquare(float(chi_square), 1, float(chdtrc(1, chi_square) / 2) if chi_square > 0 else 1.0),
        loglik_null=plain.loglik_null,
        loglik=float(plain.loglik + chi_square / 2),
        frailty=pd.Series(frailty, index=labels),
        n=plain.n,
        events=plain.events,
        confidence=plain.confidence,
    )


@dataclass(frozen=True)
class _At:
    """The penalised log likelihood at coefficients and log frailties, its score, and what solves with its information.

    `likelihood` is of the covariates; `penalty` (clusters,) the penalty's part of the information, `of_clusters`
    (clusters,) the diagonal of the clusters' whole.
    """

    value: float
    score: np.ndarray
    likelihood: Evaluation
    penalty: np.ndarray
    of_clusters: np.ndarray


@dataclass(frozen=True)
class _Penalised:
    """The penalised partial likelihood of p covariates and a log frailty for each of J clusters.

    The information of the frailties is a diagonal less the products of the risk sets' shares, which is as dense as it
    is wide. It is never written down: its product with a vector is sums over clusters and risk sets, and conjugate
    gradients, which the diagonal and the covariates' own block precede, need some dozens of these.
    """

    likelihood: PartialLikelihood
    cluster: np.ndarray
    deaths: np.ndarray

    def evaluate(self, values: np.ndarray, variance: float) -> _At:
        p = len(values) - len(self.deaths)
        log_frailty = values[p:]
        at = self.likelihood.evaluate(values[:p], log_frailty[self.cluster])
        expected = self._by_cluster(at.risk * at.row_hazard)
        with np.errstate(over="ignore"):  # a step too far: the caller sees it in value
            penalty = np.exp(log_frailty) / variance
        return _At(
            value=at.loglik + (log_frailty / variance - penalty).sum(),
            score=np.r_[at.score, self.deaths - expected + 1 / variance - penalty],
            likelihood=at,
            penalty=penalty,
            of_clusters=expected + penalty,
        )

    def solve(self, at: _At, right: np.ndarray, precision: float) -> np.ndarray:
        """The solution of information @ solution = right (p + J,), to a share of the length of `right`."""
        from scipy.sparse.linalg import LinearOperator, cg

        p, whole = len(right) - len(self.deaths), (len(right), len(right))

        def product(values: np.ndarray) -> np.ndarray:
            of_rows = self.likelihood.x @ values[:p] + values[p:][self.cluster]
            parts = self.likelihood.curvature(of_rows[:, None], at.likelihood)[:, 0]
            return np.r_[parts @ self.likelihood.x, self._by_cluster(parts) + at.penalty * values[p:]]

        block = np.linalg.inv(at.likelihood.information)
        before = LinearOperator(whole, lambda values: np.r_[block @ values[:p], values[p:] / at.of_clusters])
        solution, failed = cg(LinearOperator(whole, product), right, rtol=precision, maxiter=1000, M=before)
        if failed:
            raise Undefined("the fit did not converge")
        return solution

    def maximise(self, values: np.ndarray, variance: float) -> tuple[np.ndarray, _At]:
        """Coefficients and log frailties (p + J,) at a given variance of the frailty, by Newton's method."""
        at = self.evaluate(values, variance)
        for _ in range(100):
            step = self.solve(at, at.score, 1e-5)  # the next one mends what is left of this
            new = self.evaluate(values + step, variance)
            while not new.value >= at.value - 1e-10 * (1 + abs(at.value)):
                step = step / 2
                if np.abs(step).max() < 1e-12:
                    raise Undefined("the fit did not converge")
                new = self.evaluate(values + step, variance)
            values, at = values + step, new
            if np.abs(step).max() < 1e-10:
                return values, at
        raise Undefined("the fit did not converge")

    def _by_cluster(self, of_rows: np.ndarray) -> np.ndarray:
        return np.bincount(self.cluster, of_rows, len(self.deaths))


def _integrated(deaths: np.ndarray, shape: float) -> float:
    """What the marginal log likelihood is beyond the penalised one."""
    total = shape + deaths
    of_cluster = deaths + shape - total * np.log(total) + shape * np.log(shape) + gammaln(total) - gammaln(shape)
    return float(of_cluster.sum())
