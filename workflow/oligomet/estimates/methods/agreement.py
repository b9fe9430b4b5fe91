"""Agreement of two judges beyond chance: Cohen's kappa, from statsmodels, with intervals by resampled clusters."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods_python_lacks.resamples import draw

REPLICATES, SEED = 2000, 1


def kappa(one: ArrayLike, other: ArrayLike) -> float:
    """Cohen's kappa of two judges who say 0 or 1 of each (n,); as psych::cohen.kappa in R, without weights.

    Raises
    ------
    Undefined
        If nothing was judged, or both say the same of everything.
    """
    from statsmodels.stats.inter_rater import cohens_kappa

    one, other = np.asarray(one, int), np.asarray(other, int)
    if not len(one):
        raise Undefined("no observations")
    if (one == one[0]).all() and (other == one[0]).all():
        raise Undefined("all judgements are the same")
    table = np.bincount(2 * one + other, minlength=4).reshape(2, 2)
    return float(cohens_kappa(table, return_results=False))


def kappa_interval(
    one: ArrayLike, other: ArrayLike, cluster: ArrayLike, *, confidence: float = 0.95
) -> tuple[float, float]:
    """Percentile interval of kappa over resampled clusters; a resample with one judgement only is left out.

    Raises
    ------
    Undefined
        If there is one cluster only, or nothing was judged.
    """
    one, other = np.asarray(one, int), np.asarray(other, int)
    if not len(one):
        raise Undefined("no observations")
    weights = draw(cluster, REPLICATES, SEED)
    said = np.stack([(one == a) & (other == b) for a in (0, 1) for b in (0, 1)], axis=1)
    cells = weights @ said / weights.sum(axis=1, keepdims=True)
    agreed = cells[:, 0] + cells[:, 3]
    first, second = cells[:, 2] + cells[:, 3], cells[:, 1] + cells[:, 3]
    chance = first * second + (1 - first) * (1 - second)
    some = chance < 1
    tail = (1 - confidence) / 2
    low, high = np.quantile((agreed[some] - chance[some]) / (1 - chance[some]), [tail, 1 - tail])
    return float(low), float(high)
