"""P values of many tests. From statsmodels."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

METHODS = {"holm": "holm", "benjamini-hochberg": "fdr_bh", "bonferroni": "bonferroni"}  # our name: statsmodels'


def adjust(p_values: ArrayLike, method: Literal["holm", "benjamini-hochberg", "bonferroni"]) -> np.ndarray:
    """Adjusted p values, in the order given; a missing p value is no test and stays missing.

    Bonferroni and Holm 1979 bound the chance of any false finding, Benjamini & Hochberg 1995 the expected share of
    false ones among the findings. As stats::p.adjust in R.
    """
    from statsmodels.stats.multitest import multipletests

    if method not in METHODS:
        raise ValueError(f"method is {', '.join(METHODS)}, not {method!r}")
    given = np.asarray(p_values, float)
    adjusted = np.full(given.shape, np.nan)
    known = ~np.isnan(given)
    if known.any():
        adjusted[known] = multipletests(given[known], method=METHODS[method])[1]
    return adjusted
