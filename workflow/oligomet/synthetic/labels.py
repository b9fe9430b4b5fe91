"""Which patients bear a label (platinum sensitive, a large lesion, ...), so that its log-rank tests come out as published."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from oligomet.synthetic.anneal import anneal
from oligomet.synthetic.curves import chi_square, critical, tally


def z_score(months: np.ndarray, events: np.ndarray, member: np.ndarray) -> float:
    """Signed root of the log-rank chi-square: above 0 where the members have more events than expected."""
    counts = tally(months, events, member.astype(int), 2)
    deaths, at_risk = counts[:, 0].sum(axis=0), np.maximum(counts[:, 1].sum(axis=0), 1)
    share = counts[1, 1] / at_risk
    variance = (deaths * share * (1 - share) * (at_risk - deaths) / np.maximum(at_risk - 1, 1)).sum()
    return float((counts[1, 0] - deaths * share).sum() / np.sqrt(max(variance, 1e-9)))


def choose(
    compared: np.ndarray,
    eligible: np.ndarray,
    size: int,
    tests: list[tuple[np.ndarray, np.ndarray, float, float]],
    penalty: Callable[[np.ndarray], float],
    rng: np.random.Generator,
    steps: int = 6000,
) -> np.ndarray:
    """A set of `size` patients, as a mask over all, that is worse off as far as each of the `tests` says.

    Parameters
    ----------
    compared, eligible
        Indices of the patients who are compared, and of those among them who can bear the label.
    tests
        Months, events, the p value to reach (the members being worse off; negative: better off), and the slack in z.
    penalty
        What else the set must respect, 0 if it does.
    """
    aims = [
        (months[compared], events[compared], np.sign(p) * critical(abs(p)) ** 0.5, slack)
        for months, events, p, slack in tests
    ]
    can = np.flatnonzero(np.isin(compared, eligible))

    def loss(member: np.ndarray) -> float:
        off = sum(max(abs(z_score(months, events, member) - aim) - slack, 0) for months, events, aim, slack in aims)
        return off + penalty(compared[member])

    def propose(member: np.ndarray) -> np.ndarray:
        member = member.copy()
        inside, outside = can[member[can]], can[~member[can]]
        member[inside[rng.integers(inside.size)]] = False
        member[outside[rng.integers(outside.size)]] = True
        return member

    start = np.isin(np.arange(compared.size), rng.permutation(can)[:size])
    member, _ = anneal(start, propose, loss, rng, steps, hot=0.3, cold=0.01)
    return np.isin(np.arange(len(tests[0][0])), compared[member])


def choose_levels(
    sizes: dict[str, int], months: np.ndarray, events: np.ndarray, p: float, rng: np.random.Generator, steps: int = 3000
) -> np.ndarray:
    """A level for every patient, as many of each as `sizes` says, whose log-rank test over all levels gives `p`."""
    aim = critical(p, len(sizes) - 1)
    levels = np.array(list(sizes), dtype=object)

    def loss(level: np.ndarray) -> float:
        return max(abs(chi_square(tally(months, events, level, len(sizes))) - aim) - 0.03, 0)

    def propose(level: np.ndarray) -> np.ndarray:
        level = level.copy()
        one, other = rng.integers(level.size, size=2)
        level[one], level[other] = level[other], level[one]
        return level

    level, _ = anneal(
        rng.permutation(np.repeat(np.arange(len(sizes)), list(sizes.values()))), propose, loss, rng, steps
    )
    return levels[level]
