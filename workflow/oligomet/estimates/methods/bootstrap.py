"""Intervals by resampling whole clusters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from oligomet.estimates.methods.common import Undefined, codes


@dataclass(frozen=True)
class Bootstrap:
    """Percentile intervals of one or more statistics.

    Attributes
    ----------
    conf_low, conf_high
        (statistics,) Limits.
    replicates
        (replicates, statistics) The statistics of each sample; NaN where they were undefined.
    undefined
        (statistics,) Share of samples without a value.
    """

    conf_low: np.ndarray
    conf_high: np.ndarray
    replicates: np.ndarray
    undefined: np.ndarray


def resampled_rows(cluster: ArrayLike, replicates: int, seed: int) -> list[np.ndarray]:
    """Row numbers of each sample: as many clusters as there are, drawn with replacement, each with all of its rows.

    Raises
    ------
    Undefined
        If there is one cluster only.
    """
    numbers, names = codes(cluster, "cluster")
    if len(names) < 2:
        raise Undefined("one cluster only")
    order = np.argsort(numbers, kind="stable")
    size = np.bincount(numbers)
    first = np.cumsum(size) - size
    drawn = np.random.default_rng(seed).integers(len(names), size=(replicates, len(names)))
    samples = []
    for clusters in drawn:
        sizes = size[clusters]
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        samples.append(order[np.repeat(first[clusters], sizes) + within])
    return samples


def bootstrap(
    statistic: Callable[[np.ndarray], ArrayLike],
    cluster: ArrayLike,
    *,
    replicates: int = 1000,
    seed: int,
    confidence: float = 0.95,
    tolerated: float = 0.05,
) -> Bootstrap:
    """Percentile bootstrap over clusters (Davison & Hinkley 1997, section 3.8).

    Parameters
    ----------
    statistic
        Takes row numbers (a cluster drawn twice gives its rows twice) and returns one or more numbers. NaN, or raising
        Undefined, means that this sample has none.
    cluster
        (n,) Whom each row belongs to.
    tolerated
        Share of samples that may be without a value: with more, an interval of the others would flatter.

    Raises
    ------
    Undefined
        If there is one cluster only, or a statistic is undefined in more samples than tolerated.
    """
    rows = resampled_rows(cluster, replicates, seed)
    collected: list[np.ndarray | None] = []
    for sample in rows:
        try:
            collected.append(np.atleast_1d(np.asarray(statistic(sample), float)))
        except Undefined:
            collected.append(None)
    width = max((len(value) for value in collected if value is not None), default=1)
    values = np.array([np.full(width, np.nan) if value is None else value for value in collected])
    undefined = np.isnan(values).mean(axis=0)
    if (undefined > tolerated).any():
        raise Undefined(f"undefined in {undefined.max():.0%} of bootstrap samples")
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(values, [tail, 1 - tail], axis=0)
    return Bootstrap(low, high, values, undefined)
