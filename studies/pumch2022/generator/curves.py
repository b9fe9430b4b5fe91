"""Survival statistics on whole months, for a generator that asks for them a hundred thousand times.

A cohort is a tally: events and persons at risk by group and month. Counts are floats, whose sums are exact whatever
their order, so that what is generated on one machine is generated on all.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

HORIZON = 112  # months, beyond the longest follow-up: January 2013 to December 2021


def tally(months: np.ndarray, events: np.ndarray, groups: np.ndarray, n_groups: int) -> np.ndarray:
    """Events and persons at risk, shape (n_groups, 2, HORIZON), of whole months, 0/1 events and groups 0, 1, ..."""
    where = groups * HORIZON + months
    left = np.bincount(where, minlength=n_groups * HORIZON).reshape(n_groups, HORIZON)
    counts = np.empty((n_groups, 2, HORIZON))
    counts[:, 0] = np.bincount(where, weights=events, minlength=n_groups * HORIZON).reshape(n_groups, HORIZON)
    counts[:, 1] = left[:, ::-1].cumsum(axis=1)[:, ::-1]
    return counts


def survival(counts: np.ndarray, at: tuple[int, ...]) -> np.ndarray:
    """Kaplan-Meier estimates at the months `at`, shape (groups, len(at)); events of a month have happened by it."""
    staying = 1 - counts[:, 0] / np.maximum(counts[:, 1], 1)
    starts = [0, *(month + 1 for month in at)]
    return np.multiply.reduceat(staying, starts, axis=1)[:, :-1].cumprod(axis=1)


def median(counts: np.ndarray) -> float:
    """The first month by which the Kaplan-Meier estimate of one group, shape (2, HORIZON), is one half or less."""
    below = np.flatnonzero((1 - counts[0] / np.maximum(counts[1], 1)).cumprod() <= 0.5 + 1e-12)
    return float(below[0]) if below.size else np.inf


def contrast(first: np.ndarray, second: np.ndarray, ratio: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """Log-rank chi-square of pairs of groups, and a Newton step from `ratio` to Breslow's hazard ratio, first : second.

    `first` and `second` have the shape (pairs, 2, HORIZON). Near the solution one step is enough.
    """
    events = first[:, 0] + second[:, 0]
    at_risk = np.maximum(first[:, 1] + second[:, 1], 1)
    share = first[:, 1] / at_risk
    excess = (first[:, 0] - events * share).sum(axis=1)
    variance = (events * share * (1 - share) * (at_risk - events) / np.maximum(at_risk - 1, 1)).sum(axis=1)
    weighted = first[:, 1] * np.reshape(ratio, (-1, 1))
    share = weighted / np.maximum(weighted + second[:, 1], 1e-9)
    score = (first[:, 0] - events * share).sum(axis=1)
    information = (events * share * (1 - share)).sum(axis=1)
    return excess * excess / np.maximum(variance, 1e-9), ratio * (1 + score / np.maximum(information, 1e-9))


def chi_square(counts: np.ndarray) -> float:
    """Log-rank chi-square of two groups or more, with the hypergeometric covariance."""
    events, at_risk = counts[:, 0].sum(axis=0), np.maximum(counts[:, 1].sum(axis=0), 1)
    share = counts[:-1, 1] / at_risk
    excess = (counts[:-1, 0] - events * share).sum(axis=1)
    weighted = share * (events * (at_risk - events) / np.maximum(at_risk - 1, 1))
    covariance = np.diag(weighted.sum(axis=1)) - (weighted[:, None, :] * share[None, :, :]).sum(axis=2)
    return float(excess @ np.linalg.solve(covariance, excess))


def z_score(months: np.ndarray, events: np.ndarray, member: np.ndarray) -> float:
    """Signed root of the log-rank chi-square of members and others: above 0 where the members have more events."""
    counts = tally(months, events, 1 - member.astype(int), 2)
    expected = counts[:, 0].sum(axis=0) * counts[0, 1] / np.maximum(counts[:, 1].sum(axis=0), 1)
    sign = 1 if counts[0, 0].sum() >= expected.sum() else -1
    return sign * sqrt(contrast(counts[:1], counts[1:], 1.0)[0][0])
