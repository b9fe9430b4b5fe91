"""P values of many tests."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike


def adjust(p_values: ArrayLike, method: Literal["holm", "benjamini-hochberg"]) -> np.ndarray:
    """Adjusted p values, in the order given; a missing p value is no test and stays missing.

    Holm 1979 bounds the chance of any false finding, Benjamini & Hochberg 1995 the expected share of false ones among
    the findings. As stats::p.adjust in R.
    """
    given = np.asarray(p_values, float)
    adjusted = np.full(given.shape, np.nan)
    known = np.flatnonzero(~np.isnan(given))
    order = known[np.argsort(given[known], kind="stable")]
    rank = np.arange(1, len(order) + 1)
    if method == "holm":
        raised = np.maximum.accumulate(given[order] * (len(order) + 1 - rank))
    elif method == "benjamini-hochberg":
        raised = np.minimum.accumulate((given[order] * len(order) / rank)[::-1])[::-1]
    else:
        raise ValueError(f"method is holm or benjamini-hochberg, not {method!r}")
    adjusted[order] = np.minimum(raised, 1)
    return adjusted
