"""A whole and its parts: which Kaplan-Meier rate of a cohort the rates of its groups allow.

Without censoring the rate of a cohort is the average of its groups' rates, weighted by their sizes. With censoring that
does not depend on the group this still holds up to chance, whose size is known (`pooling_error`). Where follow-up does
differ, the cohort's hazard at each time remains an average of the groups' hazards, with weights that are the groups'
shares among those at risk: so a rate outside the range of all groups' rates takes hazards that cross and follow-up that
differs, together. The audit calls such a rate impossible, and says so in its report.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from oligomet.audit.printed import Interval

ANY_SHARE = Interval(0, 1)
ANY_RATE = Interval(0, 100)


@dataclass(frozen=True)
class Part:
    """A group of a cohort: its share of it (0 to 1), and its rates in percent, one for each time that is looked at."""

    share: Interval
    rates: tuple[Interval, ...]


def least_gap(whole: Sequence[Interval], parts: Sequence[Part], allowance: Sequence[float] | None = None) -> float:
    """The smallest discrepancy, in points, that any shares and any rounding leave between a whole and its parts.

    A linear program: with s the shares and v = s * rate, sum v_t within the whole's interval widened by the gap (and
    by the allowance), v within the rate's interval times s, v not increasing in time, shares within theirs and adding
    to 1.

    Parameters
    ----------
    whole
        The cohort's rates in percent at increasing times.
    parts
        The groups, those of which nothing is printed included (any rate).
    allowance
        Points that chance may add at each time.

    Returns
    -------
    float
        0 if they agree; infinite if the shares cannot add to 1.
    """
    times, groups = len(whole), len(parts)
    allowed = np.zeros(times) if allowance is None else np.asarray(allowance)
    if times == 1:
        if sum(part.share.low for part in parts) > 1 + 1e-9 or sum(part.share.high for part in parts) < 1 - 1e-9:
            return math.inf
        gap = whole[0].widened(float(allowed[0])).apart(mixture(parts))
        return gap if gap > 1e-6 else 0.0
    from scipy.optimize import linprog  # late: 0.2 s, and only several times at once need it

    low, high = (
        np.array([[getattr(rate, end) for rate in part.rates] for part in parts]).ravel() for end in ("low", "high")
    )
    ends = np.array([(rate.low, rate.high) for rate in whole])
    of_group, each = np.repeat(np.eye(groups), times, axis=0), np.eye(groups * times)  # a row a group and time
    added, falling = np.tile(np.eye(times), groups), np.kron(np.eye(groups), np.diff(np.eye(times), axis=0))
    blocks = [  # columns: shares, v by group and time, gap; rows: what is at most `limits`
        [np.zeros((times, groups)), added, -np.ones((times, 1))],
        [np.zeros((times, groups)), -added, -np.ones((times, 1))],
        [-of_group * high[:, None], each, np.zeros((len(each), 1))],
        [of_group * low[:, None], -each, np.zeros((len(each), 1))],
        [np.zeros((len(falling), groups)), falling, np.zeros((len(falling), 1))],
    ]
    limits = np.concatenate([ends[:, 1] + allowed, allowed - ends[:, 0], np.zeros(2 * len(each) + len(falling))])
    rows = np.block(blocks)
    cost, shares = np.zeros(rows.shape[1]), np.zeros((1, rows.shape[1]))
    cost[-1], shares[0, :groups] = 1, 1
    bounds = [(part.share.low, part.share.high) for part in parts] + [(0, None)] * (groups * times + 1)
    found = linprog(cost, rows, limits, shares, [1.0], bounds)
    return (0.0 if found.fun < 1e-6 else float(found.fun)) if found.success else math.inf


def mixture(parts: Sequence[Part], time: int = 0) -> Interval:
    """Bounds of the whole's rate at one of the times: the least and greatest average that shares and rounding allow.

    Groups of 20% and 80% with rates of 80% and 40% make 48%.
    """
    ends = []
    for sign in (1, -1):
        rates = [part.rates[time].low if sign == 1 else part.rates[time].high for part in parts]
        shares = [part.share.low for part in parts]
        left = 1 - sum(shares)
        for g in sorted(range(len(parts)), key=lambda g: sign * rates[g]):  # the rest goes where it pulls most
            extra = min(left, parts[g].share.high - shares[g])
            shares[g] += extra
            left -= extra
        ends.append(sum(share * rate for share, rate in zip(shares, rates, strict=True)))
    return Interval(*ends)


def pooling_error(shares: Sequence[float], rates: Sequence[float], subjects: float, followed: float) -> float:
    """Standard deviation, in points, of a cohort's Kaplan-Meier rate about the average of its groups' rates.

    With the same chance c of still being followed in every group, the groups' numbers under observation vary by
    chance: the log of a group's share among them by (1 - c) / (c n S). To first order the cohort's cumulative hazard
    moves with f_g (L_g - L) times that, f being the shares at risk and L the cumulative hazards (delta method; the
    deviation at the end stands for the whole way, which overstates it). Groups that end at the same rate may have
    come there on different ways: a quarter of L is allowed for that. In 4,500 divisions of drawn cohorts
    (`fabricated_papers`) the largest deviation was 1.3 of these.

    Parameters
    ----------
    shares, rates
        Of the groups, adding to 1, and in percent.
    subjects
        In the cohort.
    followed
        Of those without the event, the share still under observation at that time.
    """
    weight = np.asarray(shares, float)
    survival = np.maximum(np.asarray(rates, float) / 100, 0.5 / np.maximum(subjects * weight, 1))
    together = (weight * survival).sum()
    at_risk = weight * survival / together
    hazard = -np.log(survival)
    mean = (at_risk * hazard).sum()
    expected = np.maximum(subjects * weight * survival, 0.5)
    variance = (at_risk**2 * ((hazard - mean) ** 2 + (mean / 4) ** 2) * (1 - followed) / followed / expected).sum()
    return float(100 * together * math.sqrt(variance))
