"""Who bears a label, chosen so that its log-rank tests come out as published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import chdtri

from generator.anneal import anneal
from generator.curves import chi_square, tally, z_score


@dataclass(frozen=True)
class LogRankAim:
    """A log-rank test of members against others: the endpoint, the p value to reach, whether members fare worse."""

    months: np.ndarray
    events: np.ndarray
    p: float
    worse: bool = True
    slack: float = 0.01  # in z

    def off(self, compared: np.ndarray, member: np.ndarray) -> float:
        """How far, beyond the slack, z is from that of the p value, among those `compared`."""
        aim = chdtri(1, self.p) ** 0.5 * (1 if self.worse else -1)
        z = z_score(self.months[compared], self.events[compared], member[compared])
        return max(abs(z - aim) - self.slack, 0)


def choose_members(
    size: int,
    tests: list[LogRankAim],
    rng: np.random.Generator,
    eligible: np.ndarray | None = None,
    compared: np.ndarray | None = None,
    penalty: Callable[[np.ndarray], float] = lambda member: 0.0,
) -> np.ndarray:
    """A mask of `size` members among the `eligible`, whom the `tests` compare with the others of those `compared`.

    `eligible` and `compared` are masks, by default of all; `penalty` is what else a mask of members costs.
    """
    everyone = np.ones(len(tests[0].months), bool)
    eligible = everyone if eligible is None else eligible
    compared = everyone if compared is None else compared

    def loss(member: np.ndarray) -> float:
        return sum(test.off(compared, member) for test in tests) + penalty(member)

    def propose(member: np.ndarray) -> np.ndarray:
        member = member.copy()
        inside, outside = np.flatnonzero(member), np.flatnonzero(eligible & ~member)
        member[inside[rng.integers(inside.size)]] = False
        member[outside[rng.integers(outside.size)]] = True
        return member

    start = np.isin(np.arange(everyone.size), rng.permutation(np.flatnonzero(eligible))[:size])
    return anneal(start, propose, loss, rng, steps=8_000, restarts=1)


def choose_levels(
    sizes: dict[str, int],
    test: LogRankAim,
    rng: np.random.Generator,
    penalty: Callable[[np.ndarray], float] = lambda level: 0.0,
) -> np.ndarray:
    """A level for everyone, as many of each as `sizes` says, whose log-rank `test` gives its p value.

    `penalty` is what else the numbers of the levels, in the order of `sizes`, cost.
    """
    aim = chdtri(len(sizes) - 1, test.p)

    def loss(level: np.ndarray) -> float:
        off = abs(chi_square(tally(test.months, test.events, level, len(sizes))) - aim)
        return max(off - 0.03, 0) + penalty(level)

    def propose(level: np.ndarray) -> np.ndarray:
        level = level.copy()
        one, other = rng.integers(level.size, size=2)
        level[[one, other]] = level[[other, one]]
        return level

    start = rng.permutation(np.repeat(np.arange(len(sizes)), list(sizes.values())))
    return np.array(list(sizes))[anneal(start, propose, loss, rng, steps=8_000, restarts=1)]


def spread(members: pd.Series, lesions: pd.DataFrame, total: int, rng: np.random.Generator) -> pd.Series:
    """A mask of `total` of the `lesions`, at least one of each of the members (a mask of persons) who has any."""
    theirs = lesions[lesions["person"].map(members)].sample(frac=1, random_state=rng)
    first = theirs.drop_duplicates("person").index
    more = theirs.index[~theirs.index.isin(first)][: total - len(first)]
    return pd.Series(lesions.index.isin(first.append(more)), index=lesions.index)
