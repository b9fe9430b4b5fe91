"""Kaplan-Meier and Cox of many resamples of one data set at once: a row of weights a sample.

PHReg takes more than twenty times as long for a resample.

A weight says how often a subject was drawn. The answers are those of `km.kaplan_meier` and `cox.cox` for the subjects
repeated that often, by arrays of (samples, times) instead of a loop over the samples.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from oligomet.estimates.methods.inference import Undefined, codes, design_matrix, survival_data
from oligomet.estimates.methods_python_lacks.partial_likelihood import Ties


def draw(cluster: ArrayLike, replicates: int, seed: int) -> np.ndarray:
    """How often each row is drawn when as many clusters as there are are drawn with replacement: (replicates, n).

    Raises
    ------
    Undefined
        If there is one cluster only.
    """
    numbers, names = codes(cluster, "cluster")
    if len(names) < 2:
        raise Undefined("one cluster only")
    drawn = np.random.default_rng(seed).integers(len(names), size=(replicates, len(names)))
    flat = drawn + len(names) * np.arange(replicates)[:, None]
    counts = np.bincount(flat.ravel(), minlength=replicates * len(names)).reshape(replicates, len(names))
    return counts[:, numbers].astype(float)


def survival_at(weights: np.ndarray, time: ArrayLike, event: ArrayLike, at: ArrayLike) -> np.ndarray:
    """Kaplan-Meier survival of each sample at the times `at`: (samples, times).

    NaN beyond the last observation of a sample in which somebody survives it.
    """
    time, event = survival_data(time, event)
    at = np.asarray(at, float)
    observed, survival = _curves(weights, time, event)
    position = np.searchsorted(observed, at, side="right")
    last = np.where(weights > 0, time, -np.inf).max(axis=1)
    values = np.column_stack([np.ones(len(weights)), survival])[:, position]
    beyond = (at > last[:, None]) & (survival[:, [-1]] > 0)
    return np.where(beyond, np.nan, values)


def medians(weights: np.ndarray, time: ArrayLike, event: ArrayLike) -> np.ndarray:
    """Median survival time of each sample, infinite where it is not reached: (samples,)."""
    time, event = survival_data(time, event)
    observed, survival = _curves(weights, time, event)
    tolerance = np.sqrt(np.finfo(float).eps)
    below = survival < 0.5 + tolerance
    first = below.argmax(axis=1)
    here = np.take_along_axis(survival, first[:, None], axis=1)
    lower = survival < here - tolerance
    next_step = np.where(lower.any(axis=1), observed[lower.argmax(axis=1)], observed[first])
    at_half = np.abs(here[:, 0] - 0.5) < tolerance
    found = np.where(at_half, (observed[first] + next_step) / 2, observed[first])
    return np.where(below.any(axis=1), found, np.inf)


def _curves(weights: np.ndarray, time: np.ndarray, event: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The times of events, and the survival of each sample at them: (samples, times)."""
    observed = np.unique(time[event]) if event.any() else np.array([time.max()])
    at_risk, events = _counted(weights, time, event, observed)
    share = np.divide(events, at_risk, out=np.zeros_like(events), where=at_risk > 0)
    return observed, np.cumprod(1 - share, axis=1)


def _counted(
    weights: np.ndarray, time: np.ndarray, event: np.ndarray, observed: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """At risk, and with the event, at each of the times `observed` in each sample: two arrays (samples, times).

    The weights are whole numbers, so their sums are exact in whatever order.
    """
    from scipy.sparse import csr_array  # late: it takes a while to import

    def summed(rows: np.ndarray) -> np.ndarray:
        ones = csr_array((np.ones(len(rows)), (place[rows], rows)), shape=(len(observed), len(time)))
        return (ones @ weights.T).T

    place = np.searchsorted(observed, time, side="right") - 1  # the last of them that the row has reached
    reached = summed(np.flatnonzero(place >= 0))
    return reached[:, ::-1].cumsum(axis=1)[:, ::-1], summed(np.flatnonzero(event))


def cox_log_hr(
    weights: np.ndarray, covariates: pd.DataFrame, time: ArrayLike, event: ArrayLike, *, ties: Ties = "efron"
) -> np.ndarray:
    """Log hazard ratios of a Cox model in each sample: (samples, covariates).

    Subjects of the same covariates are taken together, so this is for indicators: the arrays are (samples, times,
    distinct rows of `covariates`). NaN where Newton's method does not settle: no event, or an infinite estimate.

    Raises
    ------
    Undefined
        If there is no event at all.
    """
    time, event = survival_data(time, event)
    x, _ = design_matrix(covariates)
    if not event.any():
        raise Undefined("no events")
    patterns, member = np.unique(x, axis=0, return_inverse=True)
    member = member.reshape(-1)
    observed = np.unique(time[event])
    shape = (len(weights), len(observed), len(patterns))
    at_risk, deaths = np.empty(shape), np.empty(shape)
    for pattern in range(len(patterns)):
        inside = member == pattern
        counted = _counted(weights[:, inside], time[inside], event[inside], observed)
        at_risk[:, :, pattern], deaths[:, :, pattern] = counted
    return _newton(patterns - patterns.mean(axis=0), at_risk, deaths, ties)


def _newton(patterns: np.ndarray, at_risk: np.ndarray, deaths: np.ndarray, ties: Ties) -> np.ndarray:
    samples, _, _ = at_risk.shape
    beta = np.zeros((samples, patterns.shape[1]))
    settled = np.zeros(samples, bool)
    own = deaths.sum(axis=1) @ patterns
    for _ in range(25):
        score, information = _derivatives(patterns, at_risk, deaths, beta, ties)
        usable = np.linalg.det(information) > 1e-12
        information[~usable] = np.eye(patterns.shape[1])
        step = np.linalg.solve(information, (own - score)[:, :, None])[:, :, 0]
        step = np.clip(step, -2, 2)
        step[~usable] = np.nan
        beta = beta + step
        settled = np.abs(step).max(axis=1) < 1e-9
        if (settled | np.isnan(beta).any(axis=1)).all():
            break
    return np.where((settled & (np.abs(beta) < 12).all(axis=1))[:, None], beta, np.nan)


def _derivatives(patterns, at_risk, deaths, beta, ties: Ties) -> tuple[np.ndarray, np.ndarray]:
    """Sums over events of the mean covariates of their risk sets (samples, p), and their variances (samples, p, p)."""
    risk = np.exp(beta @ patterns.T)[:, None, :]
    total, dying = at_risk * risk, deaths * risk
    number = deaths.sum(axis=2)
    products = (patterns[:, :, None] * patterns[:, None, :]).reshape(len(patterns), -1)
    p = patterns.shape[1]
    score, information = np.zeros(beta.shape), np.zeros((len(beta), p, p))
    for order in range(int(number.max()) if ties == "efron" else 1):  # the tied deaths leave the risk set one by one
        counted = (order < number).astype(float) if ties == "efron" else number
        gone = np.divide(order, number, out=np.zeros_like(number), where=number > 0)
        left = total - gone[:, :, None] * dying
        size = left.sum(axis=2, keepdims=True)
        share = np.divide(left, size, out=np.zeros_like(left), where=size > 0)
        mean = share @ patterns
        score += np.einsum("bt,btp->bp", counted, mean)
        information += (np.einsum("bt,btk->bk", counted, share) @ products).reshape(-1, p, p)
        information -= np.einsum("bt,btp,btq->bpq", counted, mean, mean)
    return score, information
