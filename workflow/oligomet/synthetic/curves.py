"""Survival statistics on whole months, for a generator that asks for them hundreds of thousands of times.

A cohort is a tally: events and persons at risk by group and month. Counts are held as floats, whose sums are exact, so that a
cohort generated on one machine is generated on all.
"""

from __future__ import annotations

from functools import cache
from math import erfc, exp, sqrt

import numpy as np

HORIZON = 112  # months, beyond the longest follow-up: January 2013 to December 2021


def tally(months: np.ndarray, events: np.ndarray, groups: np.ndarray, n_groups: int) -> np.ndarray:
    """Events and persons at risk, shape (n_groups, 2, HORIZON), of whole `months`, 0/1 `events` and `groups` 0, 1, ..."""
    where = groups * HORIZON + months
    left = np.bincount(where, minlength=n_groups * HORIZON).reshape(n_groups, HORIZON)
    counts = np.empty((n_groups, 2, HORIZON))
    counts[:, 0] = np.bincount(where, weights=events, minlength=n_groups * HORIZON).reshape(n_groups, HORIZON)
    counts[:, 1] = left[:, ::-1].cumsum(axis=1)[:, ::-1]
    return counts


def survival(counts: np.ndarray, at: tuple[int, ...] = (12, 24, 60)) -> np.ndarray:
    """Kaplan-Meier estimates of each group at the months `at`, shape (groups, len(at)); events in a month count as past it."""
    staying = 1 - counts[:, 0] / np.maximum(counts[:, 1], 1)
    starts = [0, *(month + 1 for month in at)]
    return np.multiply.reduceat(staying, starts, axis=1)[:, :-1].cumprod(axis=1)


def contrast(first: np.ndarray, second: np.ndarray, ratio: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """Log-rank chi-square of pairs of groups, and their Breslow hazard ratio (first : second) a Newton step away from `ratio`.

    `first` and `second` have the shape (pairs, 2, HORIZON). The step is exact enough within some hundredths of `ratio`.
    """
    deaths = first[:, 0] + second[:, 0]
    at_risk = np.maximum(first[:, 1] + second[:, 1], 1)
    share = first[:, 1] / at_risk
    variance = (deaths * share * (1 - share) * (at_risk - deaths) / np.maximum(at_risk - 1, 1)).sum(axis=1)
    excess = (first[:, 0] - deaths * share).sum(axis=1)
    weighted = first[:, 1] * np.reshape(ratio, (-1, 1))
    share = weighted / np.maximum(weighted + second[:, 1], 1e-9)
    step = (first[:, 0] - deaths * share).sum(axis=1) / np.maximum((deaths * share * (1 - share)).sum(axis=1), 1e-9)
    return excess * excess / np.maximum(variance, 1e-9), ratio * (1 + step)


def chi_square(counts: np.ndarray) -> float:
    """Log-rank chi-square of a tally with two groups or more."""
    deaths, at_risk = counts[:, 0].sum(axis=0), np.maximum(counts[:, 1].sum(axis=0), 1)
    share = counts[:-1, 1] / at_risk
    excess = (counts[:-1, 0] - deaths * share).sum(axis=1)
    weight = deaths * (at_risk - deaths) / np.maximum(at_risk - 1, 1)
    together = (weight * share)[:, None, :] * share[None, :, :]
    covariance = np.diag((weight * share).sum(axis=1)) - together.sum(axis=2)
    return float(excess @ np.linalg.solve(covariance, excess))


def p_value(chi_square: float, freedom: int = 1) -> float:
    """Upper tail of the chi-square distribution for 1, 2 or 3 degrees of freedom, in closed form."""
    tail = erfc(sqrt(chi_square / 2))
    if freedom == 1:
        return tail
    if freedom == 2:
        return exp(-chi_square / 2)
    return tail + sqrt(2 * chi_square / 3.141592653589793) * exp(-chi_square / 2)


@cache
def critical(p: float, freedom: int = 1) -> float:
    """The chi-square whose upper tail is `p`, by bisection."""
    low, high = 0.0, 100.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if p_value(middle, freedom) > p else (low, middle)
    return (low + high) / 2
