"""Intervals and tests for a proportion, of independent or of clustered observations. The exact ones from libraries."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtrc, ndtr

from oligomet.estimates.methods.common import Estimate, Undefined, codes, normal_quantile

METHODS = {"exact": "beta", "wilson": "wilson"}  # our name: statsmodels'


def proportion(
    events: ArrayLike, n: ArrayLike, *, interval: Literal["exact", "wilson"] = "exact", confidence: float = 0.95
) -> Estimate:
    """A proportion and its interval; shapes broadcast, and numbers give numbers.

    Parameters
    ----------
    events, n
        How many had it, of how many.
    interval
        exact: Clopper & Pearson 1934 (stats::binom.test); wilson: Wilson 1927, without continuity correction
        (stats::prop.test).

    Raises
    ------
    Undefined
        If an n is 0.
    ValueError
        If events are negative or more than n.
    """
    from statsmodels.stats.proportion import proportion_confint

    if interval not in METHODS:
        raise ValueError(f"interval is exact or wilson, not {interval!r}")
    events, n = np.broadcast_arrays(np.asarray(events, float), np.asarray(n, float))
    if (n == 0).any():
        raise Undefined("no observations")
    if not ((events >= 0) & (events <= n)).all():
        raise ValueError("events are between 0 and n")
    low, high = proportion_confint(events, n, alpha=1 - confidence, method=METHODS[interval])
    low, high = np.where(events > 0, low, 0.0), np.where(events < n, high, 1.0)  # not a rounding error beside them
    return Estimate(*(value.item() if value.ndim == 0 else value for value in (events / n, low, high)))


def clustered_proportion(outcome: ArrayLike, cluster: ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """A proportion of observations of which those of a cluster are alike, and its interval on the logit scale.

    Parameters
    ----------
    outcome, cluster
        (n,) 0 or 1, and whom it belongs to.

    Raises
    ------
    Undefined
        If nobody is observed, all outcomes are the same, or there is one cluster only.

    Notes
    -----
    Generalised estimating equations with an intercept alone and an independent working correlation, which for a
    proportion have this closed form; as geepack::geeglm(outcome ~ 1, binomial, id) in R.
    """
    outcome = np.asarray(outcome, float)
    if not len(outcome):
        raise Undefined("no observations")
    share = outcome.mean()
    if share in (0, 1):
        raise Undefined("all outcomes are the same")
    scores = _sums_by_cluster(outcome - share, cluster)
    width = normal_quantile(confidence) * np.sqrt((scores**2).sum()) / (len(outcome) * share * (1 - share))
    logit = np.log(share / (1 - share))
    low, high = 1 / (1 + np.exp(-(logit + np.array([-width, width]))))
    return Estimate(float(share), float(low), float(high))


def p_above(outcome: ArrayLike, null: float, *, cluster: ArrayLike | None = None) -> float:
    """One-sided p of a proportion at or below `null`: exact binomial or, with clusters, a score test by cluster.

    The score test sums what each cluster has above `null` and divides by the root of the sum of their squares, against
    the normal distribution; it is the generalised score test of the model of `clustered_proportion`.

    Raises
    ------
    Undefined
        If nobody is observed, or there is one cluster only.
    """
    outcome = np.asarray(outcome, float)
    if not len(outcome):
        raise Undefined("no observations")
    if cluster is None:
        return float(bdtrc(outcome.sum() - 1, len(outcome), null)) if outcome.any() else 1.0
    above = _sums_by_cluster(outcome - null, cluster)
    return float(ndtr(-above.sum() / np.sqrt((above**2).sum())))


def _sums_by_cluster(values: np.ndarray, cluster: ArrayLike) -> np.ndarray:
    numbers, names = codes(cluster, "cluster")
    if len(names) < 2:
        raise Undefined("one cluster only")
    return np.bincount(numbers, values, len(names))
