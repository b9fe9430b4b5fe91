"""Restricted cubic splines: a continuous factor without cut-points.

patsy's `cr` spans the same curves (rank 4 with ours, 4 alone), but no column is linear (correlation at most 0.79), so
that non-linearity has no coefficients to test.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from oligomet.estimates.methods.inference import Undefined

QUANTILES = {  # Harrell 2015, Regression Modeling Strategies, table 2.3
    3: (0.10, 0.50, 0.90),
    4: (0.05, 0.35, 0.65, 0.95),
    5: (0.05, 0.275, 0.50, 0.725, 0.95),
}


def knots(values: ArrayLike, count: int = 3) -> np.ndarray:
    """Harrell's knots: fixed quantiles of the values.

    Raises
    ------
    Undefined
        If the values are so few or so heaped that knots coincide.
    """
    if count not in QUANTILES:
        raise ValueError(f"the number of knots is one of {', '.join(map(str, QUANTILES))}, not {count}")
    places = np.nanquantile(np.asarray(values, float), QUANTILES[count])
    if (np.diff(places) <= 0).any():
        raise Undefined("too few distinct values for a spline")
    return places


def spline_basis(values: ArrayLike, at: ArrayLike, name: str = "x") -> pd.DataFrame:
    """Values and their restricted cubic spline terms, linear beyond the outer knots.

    Harrell 2015, equation 2.25: terms divided by the squared distance of the outer knots, as rms::rcs in R.

    Parameters
    ----------
    values
        (n,) The factor.
    at
        (k,) Knots in increasing order, k of at least 3.

    Returns
    -------
    (n, k - 1) The factor itself as `name`, and the terms of curvature as `name`', `name`'' ...: their joint test is the
    test of linearity.
    """
    values, at = np.asarray(values, float), np.asarray(at, float)
    if len(at) < 3 or (np.diff(at) <= 0).any():
        raise ValueError("a restricted cubic spline needs three or more increasing knots")
    last, before = at[-1], at[-2]
    cubes = np.maximum(values[:, None] - at, 0) ** 3
    share = (last - at[:-2]) / (last - before)
    terms = cubes[:, :-2] - cubes[:, [-2]] * share + cubes[:, [-1]] * (share - 1)
    columns = [name + "'" * order for order in range(len(at) - 1)]
    return pd.DataFrame(np.column_stack([values, terms / (last - at[0]) ** 2]), columns=columns)
