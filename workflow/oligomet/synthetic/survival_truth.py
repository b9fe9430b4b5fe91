"""What becomes of the patients, in whole months from the end of radiotherapy: death, local failure, progression, next therapy.

Each is annealed on monthly tallies until the published rates, hazard ratios and p values hold (see `targets`). A month of
NEVER means that it did not happen within the follow-up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from oligomet.synthetic import targets
from oligomet.synthetic.anneal import anneal
from oligomet.synthetic.curves import HORIZON, contrast, critical, survival, tally

NEVER = HORIZON - 1

# Strata: response of the patient's worst lesion (0 CR or PR, 1 SD, 2 PD, 3 not evaluable), twice, plus 1 for two or more metastases.
RESPONSE, SEVERAL = np.divmod(np.arange(8), 2)
GROUPS = np.array(  # which strata each group of targets.OVERALL_SURVIVAL holds, in its order
    [
        RESPONSE >= 0,
        SEVERAL == 0,
        SEVERAL == 1,
        RESPONSE <= 1,
        RESPONSE == 2,
        RESPONSE == 0,
        (RESPONSE == 1) | (RESPONSE == 2),
    ],
    dtype=float,
)


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
    """Death or last contact for patients who could be `followed` for so many months, and the stratum of each.

    The patients of the several strata may trade places, so that the follow-up that a stratum has is found as well. The first
    patient never progresses and is censored at the longest time that the paper prints; her place is fixed.
    """
    wanted, slack = targets.OVERALL_SURVIVAL_AIM, targets.OVERALL_SURVIVAL_SLACK
    ratios, least = targets.HAZARD_RATIOS, np.array([critical(p) for p in targets.HAZARD_RATIO_P_AIM])
    patients = len(followed)

    def loss(state: tuple[np.ndarray, np.ndarray]) -> float:
        course = observed(state[0], followed)
        counts = tally(course.months, course.events, state[1], 8).reshape(8, -1)
        counts = (GROUPS @ counts).reshape(len(GROUPS), 2, HORIZON)
        chi_square, ratio = contrast(counts[1::2], counts[2::2], ratios)
        return (
            np.maximum(np.abs(100 * survival(counts) - wanted) - slack, 0).sum()
            + 100 * np.maximum(np.abs(ratio - ratios) - 0.0035, 0).sum()
            + np.maximum(least - chi_square, 0).sum()
        )

    def propose(state: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        month, stratum = state
        kind = rng.random()
        one, other = rng.integers(1, patients, size=2)
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
        stratum[one], stratum[other] = stratum[other], stratum[one]
        if kind < 0.9:
            month = month.copy()
            month[one], month[other] = month[other], month[one]
        return month, stratum

    hazard = np.array([0.5, 0.55, 0.85, 1, 0.8, 1.1, 0.9, 1.1])[strata] / 30
    start = np.clip(np.ceil(rng.exponential(1 / hazard)), 2, NEVER).astype(int)
    start[0] = NEVER
    (month, stratum), _ = _several_times(3, lambda: anneal((start, strata), propose, loss, rng, steps=110_000))
    return observed(month, followed), stratum


def local_failure(
    death: Course, several: np.ndarray, known: np.ndarray, earliest: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Month of local failure, at least `earliest`, before death and not after last contact; `known` where it is already (else 0)."""
    latest = np.where(death.events == 1, death.months - 1, death.months)
    free = np.flatnonzero((known == 0) & (latest >= earliest))
    free = free[free > 0]
    aim, slack = targets.LOCAL_CONTROL_AIM, targets.LOCAL_CONTROL_SLACK
    single = critical(targets.LOCAL_CONTROL_P["lesion_count"])

    def loss(month: np.ndarray) -> float:
        course = observed(month, death.months)
        counts = tally(course.months, course.events, several, 2)
        chi_square, ratio = contrast(counts[:1], counts[1:], 1.0)
        return (
            np.maximum(np.abs(100 * survival(counts.sum(axis=0)[None])[0] - aim) - slack, 0).sum()
            + max(abs(chi_square[0] - single) - 0.03, 0)
            + (10 if ratio[0] > 1 else 0)
        )

    return _anneal_months(
        np.where(known > 0, known, NEVER), free, earliest, latest, np.full(len(known), True), loss, rng, 20_000
    )


def progression(
    death: Course, failure: np.ndarray, known: np.ndarray, earliest: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Month of progression or death, not after local `failure`; `known` where the first imaging showed it (else 0)."""
    latest = np.minimum(failure, death.months)
    certain = (failure < NEVER) | (death.events == 1)
    free = np.flatnonzero((known == 0) & (latest >= earliest))
    free = free[free > 0]
    start = np.where(known > 0, known, np.where(certain, latest, NEVER))

    def loss(month: np.ndarray) -> float:
        course = observed(month, death.months)
        counts = tally(course.months, course.events, np.zeros(len(month), int), 1)
        return (
            np.maximum(np.abs(100 * survival(counts)[0] - targets.PROGRESSION_FREE) - 0.045, 0).sum()
            + _off_median(counts, targets.PROGRESSION_FREE_MEDIAN)
            + 0.5 * max(np.sort(course.months)[-2] - 90, 0)
        )

    return _anneal_months(start, free, earliest, latest, ~certain, loss, rng, 30_000)


def next_therapy(death: Course, earliest: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Month of the next systemic therapy, at least `earliest` (after progression) and before the month of death or last contact."""
    latest = death.months - 1
    free = np.flatnonzero(latest >= earliest)
    free = free[free > 0]
    start = np.full(len(earliest), NEVER)
    treated = free[rng.random(free.size) < 0.85]
    start[treated] = np.minimum(earliest[treated] + rng.integers(0, 4, treated.size), latest[treated])

    def loss(month: np.ndarray) -> float:
        course = observed(month, death.months)
        counts = tally(course.months, course.events, np.zeros(len(month), int), 1)
        return (
            _off_median(counts, targets.CHEMOTHERAPY_FREE_MEDIAN)
            + abs(int(course.months.min()) - 1)
            + 0.2 * max(np.sort(course.months)[-2] - 96, 0)
        )

    return _anneal_months(start, free, earliest, latest, np.full(len(earliest), True), loss, rng, 20_000)


def _off_median(counts: np.ndarray, median: int) -> float:
    """Points by which the estimate is not yet below 50 % at `median` months, or was so already a month before."""
    before, at = 100 * survival(counts, (median - 1, median))[0]
    return max(50.3 - before, 0) + max(at - 49.7, 0)


def _anneal_months(start, free, earliest, latest, may_be_never, loss, rng, steps) -> np.ndarray:
    """Anneal the months of the `free` patients within their limits; NEVER is a choice for those who `may_be_never`."""

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

    found, _ = _several_times(3, lambda: anneal(start, propose, loss, rng, steps))
    return found


def _several_times(times: int, search):
    """The best of several searches, each (state, loss); no further one once the loss is 0."""
    best = search()
    for _ in range(times - 1):
        if best[1] <= 0:
            break
        best = min(best, search(), key=lambda found: found[1])
    return best
