"""Multiple imputation by chained equations with predictive mean matching.

statsmodels' `MICEData` stops at a column of text (TypeError), also where it is complete.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable

import numpy as np
import pandas as pd

from oligomet.estimates.methods.inference import Undefined, sum_by

DONORS = 5
CYCLES = 10
RIDGE = 1e-5  # of the predictors' variances, so that collinear ones do no harm


def impute(
    variables: pd.DataFrame,
    outcome: pd.DataFrame,
    datasets: int,
    seed: int,
    *,
    cluster: pd.Series | None = None,
    of_cluster: Collection[Hashable] = (),
) -> list[pd.DataFrame]:
    """Complete the incomplete ones of `variables`, `datasets` times.

    Each incomplete variable in turn is predicted from all others and the outcome; who lacks it is given the observed
    value of one of the five subjects whose prediction is nearest (van Buuren 2018, Flexible Imputation of Missing Data,
    sections 3.4 and 4.5; matching of type 1, as mice::mice.impute.pmm in R). So only values that occur are imputed. A
    variable of words is predicted as the indicators of its words and matched on all of them together.

    What is true of a cluster, as a patient's age is of her lesions, is imputed once a cluster, from the means of the
    predictors over its rows, and from the values of other clusters (as mice::mice.impute.2lonly.pmm in R).

    Parameters
    ----------
    variables
        Numbers, flags or words, missing where unknown.
    outcome
        (n, q) Numbers, complete; predict, and are never imputed.
    datasets, seed
        How many, and where chance starts: the same seed gives the same values for the same order of rows.
    cluster
        (n,) Whom a row belongs to.
    of_cluster
        The variables that are the cluster's: known or unknown, and the same, in all of its rows.

    Returns
    -------
    The incomplete columns of `variables`, complete, a frame a data set, with the index and types of `variables`.

    Raises
    ------
    Undefined
        If a variable is known of fewer than ten subjects, or clusters.
    """
    each = np.arange(len(variables))
    member = each if cluster is None else pd.factorize(cluster)[0]
    levels = {name: member if name in of_cluster else each for name in variables}
    holes = {name: variables[name].isna().to_numpy() for name in variables if variables[name].isna().any()}
    scarce = [name for name, hole in holes.items() if len(np.unique(levels[name][~hole])) < 2 * DONORS]
    if scarce:
        raise Undefined(f"too few known values of {', '.join(map(str, scarce))} to impute the others")
    random = np.random.default_rng(seed)
    whole = {name: _columns(variables[name]) for name in variables}
    return [_data_set(variables, whole, holes, levels, outcome.to_numpy(float), random) for _ in range(datasets)]


def _columns(values: pd.Series) -> np.ndarray:
    """A variable as numbers (n, k): itself, or an indicator for each of its words; rows of NaN where it is unknown."""
    if pd.api.types.is_numeric_dtype(values):
        return values.to_numpy(float, na_value=np.nan)[:, None]
    words = pd.get_dummies(values, dtype=float)
    return words.mask(values.isna()).to_numpy(float)


def _data_set(variables, whole, holes, levels, outcome, random) -> pd.DataFrame:
    """A completed data set; `levels` says of each variable which rows share one value (n,)."""
    donor = {name: np.arange(len(variables)) for name in holes}
    first = {name: np.unique(levels[name], return_index=True)[1] for name in holes}  # a row for each value to be had
    for name, hole in holes.items():
        once = hole[first[name]]
        drawn = first[name].copy()
        drawn[once] = random.choice(first[name][~once], once.sum())
        donor[name] = drawn[levels[name]]
    for _ in range(CYCLES if len(holes) > 1 else 1):  # a single one depends on nothing that would change
        for name, hole in holes.items():
            others = [
                whole[other][donor[other]] if other in holes else whole[other] for other in whole if other != name
            ]
            predictors = _means(np.hstack([*others, outcome]), levels[name])
            once, rows = hole[first[name]], first[name].copy()
            rows[once] = rows[_match(predictors, whole[name][rows], once, random)]
            donor[name] = rows[levels[name]]
    return pd.DataFrame({name: variables[name].array.take(rows) for name, rows in donor.items()}, variables.index)


def _means(values: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Means of the rows (n, k) that share a value."""
    size = np.bincount(level)
    return values if len(size) == len(values) else sum_by(level, values, len(size)) / size[:, None]


def _match(x: np.ndarray, y: np.ndarray, hole: np.ndarray, random) -> np.ndarray:
    """For each hole, the row of a known subject whose prediction is among the nearest."""
    spread = x.std(axis=0)
    x = np.column_stack([np.ones(len(x)), (x - x.mean(axis=0))[:, spread > 0] / spread[spread > 0]])
    known, wanted, of = x[~hole], x[hole], y[~hole]
    crossed = known.T @ known
    inverse = np.linalg.inv(crossed + RIDGE * np.diag(np.diag(crossed)))
    best = inverse @ known.T @ of
    spare = max(len(known) - x.shape[1], 1)
    residual = ((of - known @ best) ** 2).sum(axis=0)
    sigma = np.sqrt(residual / random.chisquare(spare, y.shape[1]))
    drawn = best + np.linalg.cholesky(inverse) @ random.standard_normal(best.shape) * sigma
    away = ((wanted @ drawn)[:, None, :] - (known @ best)[None, :, :]) ** 2
    nearest = np.argsort(away.sum(axis=2), axis=1, kind="stable")[:, :DONORS]
    picked = nearest[np.arange(len(nearest)), random.integers(DONORS, size=len(nearest))]
    return np.flatnonzero(~hole)[picked]
