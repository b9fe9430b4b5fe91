"""What becomes of the patients, in whole months from the end of radiotherapy.

Death, local failure, progression and the next therapy are annealed on monthly tallies until the published rates,
hazard ratios and p values hold. The month NEVER means that it did not happen.

To the first two patients nothing happens, and nothing moves them: one is followed for the longest time in print, one
is lost so early that the printed PFS at 12 months, which no whole number of 142 patients gives, can be had.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtri

from generator import targets
from generator.anneal import anneal
from generator.curves import HORIZON, contrast, survival, tally

NEVER = HORIZON - 1
FOLLOWED = targets.LONGEST, 4  # months, of the first two patients

# A stratum is the response of the patient's worst lesion, with one metastasis (even) or several (odd).
RESPONSE, SEVERAL = np.divmod(np.arange(8), 2)
CR_PR, SD, PD, NE = range(4)
GROUPS = np.array(  # the strata that make up each group of targets.OVERALL_SURVIVAL, in its order
    [
        RESPONSE <= NE,
        SEVERAL == 0,
        SEVERAL == 1,
        RESPONSE <= SD,
        RESPONSE == PD,
        RESPONSE == CR_PR,
        (RESPONSE == SD) | (RESPONSE == PD),
    ],
    dtype=float,
)
EARLY_DEATHS, EARLY_FAILURES = 27, 3  # within 10 months, without PD; more, and the median PFS is below 11 months
START_HAZARD = np.array([0.5, 0.55, 0.85, 1, 0.8, 1.1, 0.9, 1.1]) / 30  # deaths a month in the strata, to begin with


@dataclass(frozen=True)
class Course:
    """An endpoint of every patient: whole months to the event or to its censoring, and 1 or 0."""

    months: np.ndarray
    events: np.ndarray


def observed(month: np.ndarray, followed: np.ndarray) -> Course:
    """The endpoint of an event in `month`, for patients `followed` for so many months."""
    happened = month <= followed
    return Course(np.where(happened, month, followed), happened.astype(int))


def overall_survival(followed: np.ndarray, strata: np.ndarray, rng: np.random.Generator) -> tuple[Course, np.ndarray]:
    """Death or last contact of patients who can be `followed` for so many months, and the stratum of each.

    `strata` says how many belong to each; who does is found together with the deaths, because the follow-up that a
    stratum has decides how far its rates can differ from those of the whole.
    """
    printed, tolerance, reachable = (np.array(part) for part in zip(*targets.OVERALL_SURVIVAL.values(), strict=True))
    slack = tolerance - np.abs(reachable - printed)
    ratios = np.array(list(targets.HAZARD_RATIOS.values()))
    least = chdtri(1, [0.8 * limit for _, limit in targets.HAZARD_RATIO_P.values()])

    def loss(state: tuple[np.ndarray, np.ndarray]) -> float:
        month, stratum = state
        course = observed(month, followed)
        counts = tally(course.months, course.events, stratum, len(RESPONSE)).reshape(len(RESPONSE), -1)
        counts = (GROUPS @ counts).reshape(len(GROUPS), 2, HORIZON)
        chi_square, ratio = contrast(counts[1::2], counts[2::2], ratios)
        off = np.abs(100 * survival(counts, targets.LANDMARKS) - reachable)
        return (
            3 * np.maximum(off - 0.92 * slack, 0).sum()
            + 0.1 * np.maximum(off - 0.6 * slack, 0).sum()  # better not at the edge
            + 100 * np.maximum(np.abs(ratio - ratios) - 0.0035, 0).sum()
            + np.maximum(least - chi_square, 0).sum()
            + 0.1 * max(counts[0, 0, :11].sum() - counts[4, 0, :11].sum() - EARLY_DEATHS, 0)
            + 0.1 * max(2 - counts[3, 0, targets.SBRT_MEDIAN_SURVIVAL], 0)  # a death that can be their median
        )

    def propose(state: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        month, stratum = state
        kind = rng.random()
        one, other = rng.integers(len(FOLLOWED), len(followed), size=2)
        if kind < 0.8:
            month = month.copy()
            if kind < 0.15:
                month[one] = NEVER
            elif kind < 0.6:
                month[one] = rng.integers(2, followed[one] + 1)
            else:
                month[one] = min(max(2, month[one] + rng.integers(-4, 5)), NEVER)
            return month, stratum
        stratum = stratum.copy()
        stratum[[one, other]] = stratum[[other, one]]
        if kind < 0.9:
            month = month.copy()
            month[[one, other]] = month[[other, one]]
        return month, stratum

    start = np.clip(np.ceil(rng.exponential(1 / START_HAZARD[strata])), 2, NEVER).astype(int)
    start[: len(FOLLOWED)] = NEVER
    month, stratum = anneal((start, strata), propose, loss, rng, steps=80_000, restarts=2, enough=0.1)
    return observed(month, followed), stratum


def local_failure(
    death: Course, several: np.ndarray, known: np.ndarray, earliest: int, rng: np.random.Generator
) -> np.ndarray:
    """Month of local failure, not before `earliest`, before death or until last contact; `known` where it is not 0."""
    latest = np.where(death.events == 1, death.months - 1, death.months)
    single = chdtri(1, targets.LOCAL_CONTROL_P["lesion_count"][0])

    def loss(month: np.ndarray) -> float:
        course = observed(month, death.months)
        counts = tally(course.months, course.events, several, 2)
        chi_square, ratio = contrast(counts[:1], counts[1:], 1.0)
        rates = 100 * survival(counts.sum(axis=0, keepdims=True), targets.LANDMARKS)[0]
        return (
            np.maximum(np.abs(rates - targets.LOCAL_CONTROL) - 0.4, 0).sum()
            + max(abs(chi_square[0] - single) - 0.03, 0)
            + (10 if ratio[0] > 1 else 0)
            + 0.1 * max(((known == 0) & (month <= 10)).sum() - EARLY_FAILURES, 0)
        )

    free = np.flatnonzero((known == 0) & (latest >= earliest))
    start = np.where(known > 0, known, NEVER)
    return _anneal_months(start, free, np.full(len(known), earliest), latest, np.full(len(known), True), loss, rng)


def progression(
    death: Course, failure: np.ndarray, known: np.ndarray, earliest: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Month of progression or death, at the latest that of local `failure`; `known` where it is not 0."""
    latest = np.minimum(failure, death.months)
    certain = (failure < NEVER) | (death.events == 1)

    def loss(month: np.ndarray) -> float:
        course = observed(month, death.months)
        counts = tally(course.months, course.events, np.zeros(len(month), int), 1)
        rates = 100 * survival(counts, targets.LANDMARKS)[0]
        return (
            np.maximum(np.abs(rates - targets.PROGRESSION_FREE) - 0.06, 0).sum()
            + _off_median(counts, targets.PROGRESSION_FREE_MEDIAN)
            + 0.2 * max(np.sort(course.months)[-2] - 90, 0)
        )

    free = np.flatnonzero((known == 0) & (latest >= earliest))
    start = np.where(known > 0, known, np.where(certain, latest, NEVER))
    return _anneal_months(start, free, earliest, latest, ~certain, loss, rng)


def next_therapy(death: Course, earliest: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Month of the next systemic therapy, from the `earliest` on, before the month of death or last contact."""
    latest = death.months - 1
    free = np.flatnonzero(latest >= earliest)
    treated = free[(rng.random(free.size) < 0.85) & (free >= len(FOLLOWED))]
    start = np.full(len(earliest), NEVER)
    start[treated] = np.minimum(earliest[treated] + rng.integers(0, 4, treated.size), latest[treated])

    def loss(month: np.ndarray) -> float:
        course = observed(month, death.months)
        counts = tally(course.months, course.events, np.zeros(len(month), int), 1)
        return (
            _off_median(counts, targets.CHEMOTHERAPY_FREE_MEDIAN)
            + abs(int(course.months.min()) - 1)
            + 0.2 * max(np.sort(course.months)[-2] - 95, 0)
        )

    return _anneal_months(start, free, earliest, latest, np.full(len(earliest), True), loss, rng)


def _off_median(counts: np.ndarray, median: int) -> float:
    """Points by which the estimate is not yet below 50 % at the month `median`, or was so a month before."""
    before, at = 100 * survival(counts, (median - 1, median))[0]
    return max(50.3 - before, 0) + max(at - 49.7, 0)


def _anneal_months(
    start: np.ndarray,
    free: np.ndarray,
    earliest: np.ndarray,
    latest: np.ndarray,
    may_be_never: np.ndarray,
    loss: Callable[[np.ndarray], float],
    rng: np.random.Generator,
) -> np.ndarray:
    """The months of the `free` patients but the first two, moved within their limits; NEVER where it may be."""
    free = free[free >= len(FOLLOWED)]

    def propose(month: np.ndarray) -> np.ndarray:
        month = month.copy()
        one = free[rng.integers(free.size)]
        kind = rng.random()
        if kind < 0.3 and may_be_never[one]:
            month[one] = NEVER
        elif kind < 0.65 or month[one] == NEVER:
            month[one] = rng.integers(earliest[one], latest[one] + 1)
        else:
            month[one] = min(max(month[one] + rng.integers(-3, 4), earliest[one]), latest[one])
        return month

    return anneal(start, propose, loss, rng, steps=20_000, restarts=4, hot=2.0)
