"""Logistic regression, of independent or of clustered observations (GEE)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import expit

from oligomet.estimates.methods.common import (
    ChiSquare,
    Undefined,
    codes,
    coefficient_table,
    design_matrix,
    quadratic_test,
    sandwich,
    sum_by,
)
from oligomet.estimates.methods_python_lacks.newton import maximise


@dataclass(frozen=True)
class LogisticFit:
    """A fitted model with an intercept.

    Attributes
    ----------
    log_or
        Log odds ratios, by covariate; `intercept` first.
    covariance
        Their covariance: the model's, or the sandwich over clusters where clusters were given.
    loglik_null, loglik
        Log likelihood with the intercept alone and at the estimates; NaN for an exchangeable correlation, which has
        none.
    correlation
        Working correlation of two observations of a cluster (0 for independence).
    n, events, clusters
        Rows, events and clusters (None without).
    """

    log_or: pd.Series
    covariance: pd.DataFrame
    loglik_null: float
    loglik: float
    correlation: float
    n: int
    events: int
    clusters: int | None
    confidence: float

    @property
    def table(self) -> pd.DataFrame:
        """A row a covariate: log_or, std_error, odds_ratio, conf_low, conf_high, z, p_value (Wald)."""
        names = list(self.log_or.index[1:])
        covariance = self.covariance.loc[names, names]
        return coefficient_table(self.log_or[names], covariance, self.confidence, "log_or", "odds_ratio")

    def wald(self, names: Sequence[str] | None = None) -> ChiSquare:
        """Wald test that the log odds ratios of `names` (default: all covariates) are zero."""
        names = list(self.log_or.index[1:] if names is None else names)
        return quadratic_test(self.log_or[names], self.covariance.loc[names, names])

    @property
    def likelihood_ratio(self) -> ChiSquare:
        """Likelihood-ratio test of all covariates. It takes rows as independent, clusters or not."""
        return ChiSquare.of(2 * (self.loglik - self.loglik_null), len(self.log_or) - 1)


@dataclass(frozen=True)
class _Evaluation:
    loglik: float
    score: np.ndarray
    information: np.ndarray


def logistic(
    covariates: pd.DataFrame,
    outcome: ArrayLike,
    *,
    cluster: ArrayLike | None = None,
    correlation: Literal["independence", "exchangeable"] = "independence",
    confidence: float = 0.95,
) -> LogisticFit:
    """Logistic regression by maximum likelihood, or by generalised estimating equations where clusters are given.

    Parameters
    ----------
    covariates
        (n, p) Numbers, no missing value; an intercept is added.
    outcome
        (n,) 0 or 1.
    cluster
        (n,) Whom a row belongs to.
    correlation
        Working correlation within clusters: independence (the maximum-likelihood estimates with a sandwich variance)
        or exchangeable (Liang & Zeger 1986), for which clusters are needed.

    Raises
    ------
    Undefined
        If the outcomes are all the same, a covariate does not vary, covariates are collinear, there are no more
        clusters than coefficients, or a covariate separates the outcomes (its odds ratio is infinite).

    Notes
    -----
    As stats::glm and geepack::geeglm in R (moment estimates of scale and correlation without a correction for the
    number of coefficients; no small-sample correction of the variance).
    """
    x, names = with_intercept(*design_matrix(covariates))
    y = binary(outcome, len(x))
    if y.all() or not y.any():
        raise Undefined("no events" if not y.any() else "everybody has the event")

    def evaluate(beta: np.ndarray) -> _Evaluation:
        eta = x @ beta
        p = expit(eta)
        information = (x * (p * (1 - p))[:, None]).T @ x
        return _Evaluation(float(y @ eta - np.logaddexp(0, eta).sum()), x.T @ (y - p), information)

    beta, at = maximise(evaluate, evaluate(np.zeros(len(names))), x, names, "separation")
    covariance, alpha, clusters, loglik = np.linalg.inv(at.information), 0.0, None, at.loglik
    if cluster is None and correlation != "independence":
        raise ValueError("an exchangeable correlation needs clusters")
    if cluster is not None:
        numbers, labels = codes(cluster, "cluster")
        clusters = len(labels)
        if clusters <= len(names):
            raise Undefined("one cluster only" if clusters == 1 else "no more clusters than coefficients")
        if correlation == "exchangeable":
            beta, alpha = _exchangeable(x, y, beta, numbers)
            loglik = np.nan
        covariance = sandwich(*_estimating_equations(x, y, beta, numbers, alpha))
    share = y.mean()
    return LogisticFit(
        log_or=pd.Series(beta, index=names),
        covariance=pd.DataFrame(covariance, index=names, columns=names),
        loglik_null=float(len(y) * (share * np.log(share) + (1 - share) * np.log1p(-share))),
        loglik=loglik,
        correlation=float(alpha),
        n=len(y),
        events=int(y.sum()),
        clusters=clusters,
        confidence=confidence,
    )


def with_intercept(x: np.ndarray, names: list[str]) -> tuple[np.ndarray, list[str]]:
    return np.column_stack([np.ones(len(x)), x]), ["intercept", *names]


def binary(outcome: ArrayLike, n: int) -> np.ndarray:
    """Outcomes as 0.0 or 1.0, checked."""
    y = pd.to_numeric(pd.Series(np.asarray(outcome).ravel()), errors="coerce").to_numpy(float, na_value=np.nan)
    if len(y) != n:
        raise ValueError(f"{n} rows of covariates but {len(y)} outcomes")
    if np.isnan(y).any():
        raise Undefined("missing outcome")
    if not np.isin(y, (0, 1)).all():
        raise ValueError(f"an outcome is 0 or 1, not {y[~np.isin(y, (0, 1))][0]:g}")
    return y


def _exchangeable(x, y, beta, numbers) -> tuple[np.ndarray, float]:
    """Estimates under an exchangeable correlation: estimating equations and moments in turn until neither moves."""
    size = np.bincount(numbers)
    pairs = (size * (size - 1)).sum()
    if not pairs:
        return beta, 0.0
    for _ in range(200):
        p = expit(x @ beta)
        pearson = (y - p) / np.sqrt(p * (1 - p))
        squares = pearson @ pearson
        alpha = (np.sum(np.bincount(numbers, pearson) ** 2) - squares) / pairs / (squares / len(y))
        if alpha >= 1 or 1 + (size.max() - 1) * alpha <= 0:
            raise Undefined("the working correlation is out of range")
        scores, information = _estimating_equations(x, y, beta, numbers, alpha)
        step = np.linalg.solve(information, scores.sum(axis=0))
        beta = beta + step
        if np.abs(step).max() < 1e-12 * (1 + np.abs(beta).max()):
            return beta, float(alpha)
    raise Undefined("the fit did not converge")


def _estimating_equations(x, y, beta, numbers, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    """Clusters' scores (clusters, p) and their expected derivative (p, p).

    The inverse of an exchangeable correlation matrix of m is (I - J alpha / (1 + (m - 1) alpha)) / (1 - alpha).
    """
    p = expit(x @ beta)
    deviation = np.sqrt(p * (1 - p))
    rows, pearson = x * deviation[:, None], (y - p) / deviation
    size = np.bincount(numbers)
    shared = alpha / (1 + (size - 1) * alpha)
    total, residual = sum_by(numbers, rows, len(size)), np.bincount(numbers, pearson)
    scores = sum_by(numbers, rows * pearson[:, None], len(size)) - (shared * residual)[:, None] * total
    information = rows.T @ rows - (total * shared[:, None]).T @ total
    return scores / (1 - alpha), information / (1 - alpha)
