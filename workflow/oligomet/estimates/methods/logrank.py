"""Log-rank test of any number of groups, with or without strata."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from oligomet.estimates.methods.common import ChiSquare, Undefined, codes, quadratic_test, survival_data


@dataclass(frozen=True)
class LogRank(ChiSquare):
    """The test, and `groups`: a row a group with n, observed and expected events."""

    groups: pd.DataFrame


def logrank(time: ArrayLike, event: ArrayLike, group: ArrayLike, *, strata: ArrayLike | None = None) -> LogRank:
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
    As survival::survdiff in R: hypergeometric variance, a group without expected events does not count.
    """
    time, event = survival_data(time, event)
    numbers, names = codes(group, "group")
    if len(names) < 2:
        raise Undefined("one group only")
    if not event.any():
        raise Undefined("no events")
    stratum = np.zeros(len(time), int) if strata is None else codes(strata, "stratum")[0]
    observed = np.bincount(numbers, event, len(names))
    expected, variance = np.zeros(len(names)), np.zeros((len(names), len(names)))
    for this in np.unique(stratum):
        inside = stratum == this
        more = _expected(time[inside], event[inside], numbers[inside], len(names))
        expected, variance = expected + more[0], variance + more[1]
    compared = np.flatnonzero(expected > 0)[1:]  # the groups' differences add to zero: one is redundant
    if not len(compared):
        raise Undefined("groups never at risk together")
    try:
        test = quadratic_test((observed - expected)[compared], variance[np.ix_(compared, compared)])
    except Undefined:
        raise Undefined("groups never at risk together") from None
    columns = {"n": np.bincount(numbers), "observed": observed.astype(int), "expected": expected}
    return LogRank(test.chi_square, test.df, test.p_value, pd.DataFrame(columns, index=names))


def _expected(time: np.ndarray, event: np.ndarray, numbers: np.ndarray, groups: int) -> tuple[np.ndarray, np.ndarray]:
    """Expected events (k,) and their hypergeometric covariance (k, k) in one stratum."""
    times, deaths = np.unique(time[event], return_counts=True)
    members = [np.sort(time[numbers == group]) for group in range(groups)]
    at_risk = np.stack([len(own) - np.searchsorted(own, times, side="left") for own in members], axis=1)
    n = at_risk.sum(axis=1)
    share = at_risk / n[:, None]
    weight = deaths * (n - deaths) / np.maximum(n - 1, 1)
    variance = np.diag(weight @ share) - (share * weight[:, None]).T @ share
    return deaths @ share, variance
