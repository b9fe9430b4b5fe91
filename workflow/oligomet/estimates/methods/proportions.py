"""Intervals for a proportion."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv

from oligomet.estimates.methods.common import Estimate, Undefined, normal_quantile


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
    events, n = np.broadcast_arrays(np.asarray(events, float), np.asarray(n, float))
    if (n == 0).any():
        raise Undefined("no observations")
    if not ((events >= 0) & (events <= n)).all():
        raise ValueError("events are between 0 and n")
    p = events / n
    if interval == "exact":
        tail = (1 - confidence) / 2
        low = np.where(events > 0, betaincinv(np.maximum(events, 1), n - events + 1, tail), 0.0)
        high = np.where(events < n, betaincinv(events + 1, np.maximum(n - events, 1), 1 - tail), 1.0)
    elif interval == "wilson":
        z = normal_quantile(confidence)
        centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
        low = np.where(events > 0, centre - half, 0.0)  # exactly 0 and 1, not a rounding error beside them
        high = np.where(events < n, centre + half, 1.0)
    else:
        raise ValueError(f"interval is exact or wilson, not {interval!r}")
    return Estimate(*(value.item() if value.ndim == 0 else value for value in (p, low, high)))
