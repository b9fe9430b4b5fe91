"""Exact sizes of a single-arm study of a proportion: one stage, and the two stages of Simon.

Simon 1989, Control Clin Trials 10:1. statsmodels has sizes by the normal approximation only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr, bdtrc

from oligomet.estimates.methods.inference import Undefined

LARGEST = 2000  # a single stage of more lesions is none
LONGER = 1.5  # two stages are sought up to so many times one


@dataclass(frozen=True)
class Stages:
    """A design: the null is rejected with at least `reject_from` events among `n`.

    Attributes
    ----------
    first_n, stop_at
        After `first_n` the study ends for lack of activity with `stop_at` events or fewer; None with one stage.
    significance, power
        The chances of rejecting under the null and under the target rate.
    stopped_early, expected_n
        Under the null rate.
    """

    n: int
    reject_from: int
    significance: float
    power: float
    first_n: int | None = None
    stop_at: int | None = None
    stopped_early: float = 0.0
    expected_n: float = np.nan


def of_size(n: int, null: float, target: float, significance: float) -> Stages:
    """The exact test of n with the smallest number of events that rejects.

    Raises
    ------
    Undefined
        If even n of n events do not reject.
    """
    counts = np.arange(n + 1)
    rejects = np.flatnonzero(_at_least(counts, n, null) <= significance)
    if not len(rejects):
        raise Undefined(f"{n} are too few to reject {null:g}")
    first = int(rejects[0])
    attained, power = (float(_at_least(np.array(first), n, rate)) for rate in (null, target))
    return Stages(n, first, attained, power, expected_n=n)


def one_stage(null: float, target: float, significance: float, power: float) -> Stages:
    """The smallest exact test with this power.

    Raises
    ------
    Undefined
        If more than `LARGEST` are needed.
    """
    for n in range(1, LARGEST + 1):
        try:
            found = of_size(n, null, target, significance)
        except Undefined:
            continue
        if found.power >= power:
            return found
    raise Undefined(f"more than {LARGEST} are needed")


def simon(null: float, target: float, significance: float, power: float) -> tuple[Stages, Stages]:
    """Simon's optimal design (fewest expected under the null) and his minimax design (fewest at most).

    Among designs with the fewest at most, minimax is the one with the fewest expected. Sizes are sought up to `LONGER`
    times that of one stage.

    Raises
    ------
    Undefined
        As `one_stage`, or if there is none up to that size.
    """
    largest = int(np.ceil(LONGER * one_stage(null, target, significance, power).n))
    optimal: Stages | None = None
    minimax: Stages | None = None
    for n in range(2, largest + 1):
        of_this_n = [
            found for first in range(1, n) if (found := _best(first, n, null, target, significance, power)) is not None
        ]
        if not of_this_n:
            continue
        best = min(of_this_n, key=lambda one: one.expected_n)
        minimax = minimax or best
        if optimal is None or best.expected_n < optimal.expected_n:
            optimal = best
    if optimal is None or minimax is None:
        raise Undefined(f"no two stages of up to {largest}")
    return optimal, minimax


def _at_least(events: np.ndarray, n: int, rate: float) -> np.ndarray:
    """The chance of as many events or more."""
    return np.where(events > 0, bdtrc(np.maximum(events - 1, 0), n, rate), 1.0)


def _best(first: int, n: int, null: float, target: float, significance: float, power: float) -> Stages | None:
    """Of the designs with these two sizes the one with the fewest expected under the null."""
    rejecting = [_rejecting(first, n, rate) for rate in (null, target)]
    found = (rejecting[0] <= significance) & (rejecting[1] >= power)
    stops = np.flatnonzero(found.any(axis=1))
    if not len(stops):
        return None
    stop = int(stops[-1])  # the later it stops, the fewer are expected
    reject = int(np.flatnonzero(found[stop])[0])
    early = float(bdtr(stop, first, null))
    attained, reached = (float(table[stop, reject]) for table in rejecting)
    return Stages(n, reject, attained, reached, first, stop, early, first + (1 - early) * (n - first))


def _rejecting(first: int, n: int, rate: float) -> np.ndarray:
    """The chance of going on beyond `stop` of `first` events and of at least `reject` of n: (stop, reject)."""
    counts = np.arange(first + 1)
    of_first = np.diff(np.r_[0.0, bdtr(counts, first, rate)])
    more = np.arange(n + 1)[None, :] - counts[:, None]  # events that the second stage must have
    of_second = np.where(more <= n - first, _at_least(np.clip(more, 0, n - first), n - first, rate), 0.0)
    beyond = np.cumsum((of_first[:, None] * of_second)[::-1], axis=0)[::-1]
    return np.vstack([beyond[1:], np.zeros(n + 1)])
