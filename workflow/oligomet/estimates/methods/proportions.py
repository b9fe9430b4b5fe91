"""Intervals for a proportion. From statsmodels."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from oligomet.estimates.methods.common import Estimate, Undefined

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
