"""Cox regression with exact handling of ties, the discrete partial likelihood, for covariates of few values."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import gammaln

STEP = 1e-4  # of the central differences that give the information


def cox_exact(covariates: ArrayLike, time: ArrayLike, event: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Log hazard ratios and their covariance, as survival::coxph(ties = "exact") in R.

    At a time with d events among those at risk the likelihood is that of these d of all subsets of d (Cox 1972). The
    sum over subsets is the coefficient of z^d in the product of (1 + w z) over those at risk, w = exp(x b); those of
    equal covariates make one factor (1 + w z)^n, a row of binomial coefficients.

    Parameters
    ----------
    covariates
        (n, p) Indicators, or others of few distinct rows.
    time, event
        (n,) Times and 0/1.

    Raises
    ------
    ValueError
        If there are no events, or the likelihood has no maximum.
    """
    x, time, event = np.asarray(covariates, float), np.asarray(time, float), np.asarray(event, int)
    patterns, which = np.unique(x, axis=0, return_inverse=True)
    steps = []
    for at in np.unique(time[event == 1]):
        at_risk = np.bincount(which[time >= at], minlength=len(patterns))
        happened = (time == at) & (event == 1)
        d = int(happened.sum())
        steps.append((d, x[happened].sum(axis=0), *_binomials(at_risk, d)))
    if not steps:
        raise ValueError("no events")

    def loss(beta: np.ndarray) -> float:
        logs = patterns @ beta
        shift = logs.max()  # keeps the powers of the weights within range
        weights = np.exp(logs - shift)
        return -sum(s @ beta - d * shift - _log_subsets(d, rows, weights) - scale for d, s, rows, scale in steps)

    p = x.shape[1]
    found = minimize(loss, np.zeros(p), method="BFGS", options={"gtol": 1e-6})
    if not np.all(np.abs(found.x) < 15):
        raise ValueError("the likelihood has no maximum")
    information = np.empty((p, p))
    unit = np.eye(p) * STEP
    for i in range(p):
        for j in range(i, p):
            corners = [loss(found.x + a * unit[i] + b * unit[j]) * a * b for a in (1, -1) for b in (1, -1)]
            information[i, j] = information[j, i] = sum(corners) / (4 * STEP**2)
    return found.x, np.linalg.inv(information)


def _binomials(at_risk: np.ndarray, d: int) -> tuple[list[tuple[int, np.ndarray]], float]:
    """Of each pattern at risk its number and the coefficients of (1 + z)^n up to z^d, scaled; the log of the scales."""
    rows, scale = [], 0.0
    for pattern, n in enumerate(at_risk):
        if n:
            k = np.arange(min(n, d) + 1)
            logs = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
            rows.append((pattern, np.exp(logs - logs.max())))
            scale += logs.max()
    return rows, scale


def _log_subsets(d: int, rows: list[tuple[int, np.ndarray]], weights: np.ndarray) -> float:
    """Log of the (scaled) sum over all subsets of d of those at risk of the product of their weights."""
    product = np.ones(1)
    for pattern, binomials in rows:
        product = np.convolve(product, binomials * weights[pattern] ** np.arange(len(binomials)))[: d + 1]
    return float(np.log(product[d]))
