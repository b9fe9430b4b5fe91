"""Intervals and tests for a proportion, of independent or of clustered observations. The exact ones from libraries."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtrc, expit, stdtr

from oligomet.estimates.methods.inference import Estimate, Undefined, codes, normal_quantile

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
    return Estimate(*np.array([events / n, low, high]))


def usual_limits(events: float, n: int, *, confidence: float = 0.95) -> list[tuple[float, float]]:
    """The limits that papers print of a proportion: by Wald, by Wilson and by Clopper and Pearson.

    `events` need not be whole: of a rate they are the rate times those at risk.
    """
    from statsmodels.stats.proportion import proportion_confint

    return [proportion_confint(events, n, alpha=1 - confidence, method=name) for name in ("normal", "wilson", "beta")]


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
    sums = _by_cluster(outcome, cluster)
    if outcome.mean() in (0, 1):
        raise Undefined("all outcomes are the same")
    return Estimate(*(float(value) for value in interval_of_sums(*sums, confidence)))


def interval_of_sums(events: np.ndarray, sizes: np.ndarray, confidence: float) -> tuple[np.ndarray, ...]:
    """Share and limits as `clustered_proportion` has them, from events and sizes of clusters on the last axis.

    NaN where all outcomes are the same. Clusters of size 0 do no harm, so that samples of different sizes fit in one
    array (samples, clusters).
    """
    n = sizes.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = events.sum(axis=-1) / n
        scores = events - sizes * share[..., None]
        width = normal_quantile(confidence) * np.sqrt((scores**2).sum(axis=-1)) / (n * share * (1 - share))
        logit = np.log(share / (1 - share))
    return share, expit(logit - width), expit(logit + width)


def p_above(outcome: ArrayLike, null: float, *, cluster: ArrayLike | None = None) -> float:
    """One-sided p of a proportion at or below `null`: exact binomial or, with clusters, as `clustered_p_above`.

    Raises
    ------
    Undefined
        If nobody is observed, or there is one cluster only.
    """
    outcome = np.asarray(outcome, float)
    if not len(outcome):
        raise Undefined("no observations")
    if cluster is None:
        return float(exact_p_above(outcome.sum(), len(outcome), null))
    return float(clustered_p_above(*_by_cluster(outcome, cluster), null))


def exact_p_above(events: ArrayLike, n: ArrayLike, null: float) -> np.ndarray:
    """The chance of as many events or more of n if `null` is the rate (stats::binom.test in R); shapes broadcast."""
    events = np.asarray(events, float)
    return np.where(events > 0, bdtrc(np.maximum(events - 1, 0), np.asarray(n, int), null), 1.0)


def clustered_p_above(events: np.ndarray, sizes: np.ndarray, null: float) -> np.ndarray:
    """One-sided p of a proportion at or below `null` by Rao and Scott's design effect, against Student's t.

    The design effect is the proportion's variance between clusters over its binomial one (Rao & Scott 1992, Biometrics
    48:577), 1 at least: members of a cluster may be alike, not unlike. It multiplies the variance that the null rate
    has. Where all outcomes are the same they tell nothing of it, and it is that of clusters of members all alike.

    Parameters
    ----------
    events, sizes
        Of clusters, on the last axis; a cluster may be of size 0.

    Notes
    -----
    The generalised score test, whose variance is the sum of squares of what each cluster has above `null`, errs with
    the skewness of these: that sum is large in the samples in which the proportion is. docs/methods.md has the sizes
    of both.
    """
    n, clusters = sizes.sum(axis=-1), (sizes > 0).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = events.sum(axis=-1) / n
        between = ((events - sizes * share[..., None]) ** 2).sum(axis=-1) * clusters / (clusters - 1)
        effect = np.maximum(between / (n * share * (1 - share)), 1)
        effect = np.where((share == 0) | (share == 1), (sizes**2).sum(axis=-1) / n, effect)
        return stdtr(clusters - 1, (null - share) / np.sqrt(effect * null * (1 - null) / n))


def _by_cluster(outcome: np.ndarray, cluster: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Events and sizes of the clusters."""
    if not len(outcome):
        raise Undefined("no observations")
    numbers, names = codes(cluster, "cluster")
    if len(names) < 2:
        raise Undefined("one cluster only")
    return np.bincount(numbers, outcome, len(names)), np.bincount(numbers, minlength=len(names))
