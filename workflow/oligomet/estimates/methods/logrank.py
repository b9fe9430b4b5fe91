"""Log-rank test of any number of groups, with or without strata. From statsmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from oligomet.estimates.methods.inference import ChiSquare, Undefined, codes, survival_data


def logrank(time: ArrayLike, event: ArrayLike, group: ArrayLike, *, strata: ArrayLike | None = None) -> ChiSquare:
    """Mantel's log-rank test that the groups' hazards are equal (within strata, if given).

    Parameters
    ----------
    time, event, group, strata
        (n,) Times, 0/1 events, labels of the groups, labels of the strata.

    Raises
    ------
    Undefined
        If there is one group only, no event, or no time at which two groups are at risk; or the data are unusable.

    Notes
    -----
    As survival::survdiff in R: hypergeometric variance, a group that is never at risk at an event does not count.
    """
    from statsmodels.duration.survfunc import survdiff

    time, event = survival_data(time, event)
    numbers, names = codes(group, "group")
    if len(names) < 2:
        raise Undefined("one group only")
    if not event.any():
        raise Undefined("no events")
    stratum = np.zeros(len(time), int) if strata is None else codes(strata, "stratum")[0]
    tells = _tells(time, event, stratum)
    if not _compared(numbers[tells], stratum[tells]):
        raise Undefined("groups never at risk together")
    within = None if strata is None else stratum[tells]
    chi_square, _ = survdiff(time[tells], event[tells].astype(int), numbers[tells], strata=within)
    return ChiSquare.of(chi_square, len(np.unique(numbers[tells])) - 1)


def _tells(time: np.ndarray, event: np.ndarray, stratum: np.ndarray) -> np.ndarray:
    """Who is at risk at the first event of the stratum, where not everybody has it at once: the others add nothing."""
    rows = pd.DataFrame({"time": time, "stratum": stratum})
    first = rows["stratum"].map(rows["time"].where(event).groupby(stratum).min())
    at_risk = rows["time"] >= first
    survivors = ((rows["time"] > first) | (at_risk & ~event)).groupby(stratum).transform("any")
    return (at_risk & survivors).to_numpy()


def _compared(numbers: np.ndarray, stratum: np.ndarray) -> bool:
    """Whether the strata connect all groups, two at least, so that their differences have a variance."""
    from scipy.sparse.csgraph import connected_components

    meet = pd.crosstab(numbers, stratum).gt(0).astype(int)
    return len(meet) > 1 and connected_components((meet @ meet.T).to_numpy())[0] == 1
