"""Survival claims put in order: the rates of a cohort, the groups that divide it, their shares, and the follow-up."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from oligomet.audit.claims import Claim, Paper
from oligomet.audit.claims_format import Place
from oligomet.audit.mixtures import ANY_RATE, Part, least_gap, pooling_error
from oligomet.audit.printed import Interval

DAYS_PER_MONTH = 30.4375
ALLOWED_DEVIATIONS = 2  # of `pooling_error`, which overstates chance, before a whole is held against its parts
SHARE_LOST = 0.1  # of those without the event, lost before the closing date: unstated, so allowed for


def rates_of(paper: Paper, endpoint: str, place: Place) -> dict[float, Claim]:
    """The claims of the rates of those in a place, by month; where one is printed twice, the first."""
    rates: dict[float, Claim] = {}
    for claim in paper.select(kind="rate", place=place, followed=endpoint):
        if claim.time is not None:
            rates.setdefault(claim.time, claim)
    return dict(sorted(rates.items()))


@dataclass(frozen=True)
class Shares:
    """How a division divides its population: shares of its levels and of those it leaves out; how they are known."""

    levels: dict[str, Interval]
    others: Interval
    known: bool
    claims: tuple[Claim, ...]  # the first says how many there are in all

    @property
    def subjects(self) -> float:
        """How many there are in the population that is divided."""
        return self.claims[0].value


@dataclass(frozen=True)
class Division:
    """Rates of the levels of one factor as one section prints them: `rates[level][time]`, time None if not stated."""

    paper: Paper = field(repr=False, compare=False)
    section: str
    endpoint: str
    population: str
    factor: str
    rates: dict[str, dict[float | None, Claim]] = field(hash=False)

    @property
    def says(self) -> str:
        """The factor in words."""
        return self.paper.declared.factors[self.factor].says

    @property
    def times(self) -> list[float | None]:
        """The times at which every level has a rate."""
        common = set.intersection(*(set(rates) for rates in self.rates.values()))
        return sorted(common, key=lambda time: -1 if time is None else time)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims of all its rates."""
        return tuple(claim for rates in self.rates.values() for claim in rates.values())

    def at(self, time: float | None) -> list[Claim]:
        """The claims of the levels' rates at a time."""
        return [rates[time] for rates in self.rates.values()]

    @property
    def single(self) -> bool:
        """Whether there is one rate a level, at a time that all share or that is not stated."""
        return all(len(rates) == 1 for rates in self.rates.values()) and len(self.times) == 1

    @cached_property
    def whole(self) -> dict[float, Claim]:
        """The rates of the population that is divided, by month."""
        return rates_of(self.paper, self.endpoint, (self.population, ()))

    @cached_property
    def shares(self) -> Shares | None:
        """The shares of its levels, as `shares_of` finds them."""
        return shares_of(self)

    def parts(self, times: Sequence[float | None], swapped: bool = False) -> list[Part]:
        """The groups with their rates at `times`; `swapped`: two levels with each other's rates."""
        assert self.shares is not None, "of unknown shares there are no parts"
        names = list(self.rates)
        parts = [
            Part(self.shares.levels[name], tuple(self.rates[other][time].interval.within(0, 100) for time in times))
            for name, other in zip(names, names[::-1] if swapped else names, strict=True)
        ]
        return [*parts, Part(self.shares.others, (ANY_RATE,) * len(times))] if self.shares.others.high > 0 else parts

    def gap(self, times: Sequence[float], chance: bool = True, swapped: bool = False) -> float:
        """The least discrepancy, in points, of the cohort's rates and its groups', beyond what chance may put there."""
        rates = [self.whole[time].interval.within(0, 100) for time in times]
        allowed = [self.allowance(time) for time in times] if chance else None
        return least_gap(rates, self.parts(times, swapped), allowed)

    def allowance(self, time: float | None, months: float | None = None) -> float:
        """How many points chance in follow-up may put between the cohort's rate and the average of its groups'.

        Parameters
        ----------
        time
            Under which the rates are printed; None if no time is stated.
        months
            Of which they are taken to be, where that is another time than the printed one.
        """
        assert self.shares is not None, "of unknown shares there is no average"
        highs = [share.high for share in self.shares.levels.values()]
        followed = share_followed(self.paper, time if months is None else months)
        rates = [claim.value for claim in self.at(time)]
        chance = pooling_error([high / sum(highs) for high in highs], rates, self.shares.subjects, followed)
        return ALLOWED_DEVIATIONS * chance


def divisions(paper: Paper) -> Iterator[Division]:
    """Every section's rates by the levels of a factor, if of two levels or more."""
    found: dict[tuple, dict[str, dict]] = defaultdict(lambda: defaultdict(dict))
    for claim in paper.select(kind="rate"):
        if len(claim.group) == 1:
            factor, level = claim.group[0]
            if level in paper.declared.factors[factor].top_levels:
                key = claim.section, claim.followed, claim.population, factor
                found[key][level].setdefault(claim.time, claim)
    for key, rates in found.items():
        if len(rates) > 1:
            yield Division(paper, *key, dict(rates))


def shares_of(division: Division) -> Shares | None:
    """The shares of a division's levels: by their counts, or limited by the counts of their lesions.

    Patients grouped by a classification of lesions have, each, a lesion at their level: there are at most as many of
    them as lesions at it. Those whom it leaves out have no classified lesion: at most as many as unclassified
    lesions. None if nothing limits them.
    """
    paper, levels, factor = division.paper, list(division.rates), division.factor
    total = paper.counted((division.population, ()))
    if total is None or not total.value:
        return None
    counts = paper.counted_each((division.population, ((factor, level),)) for level in levels)
    if counts:
        known = {level: Interval.at(claim.value / total.value) for level, claim in zip(levels, counts, strict=True)}
        rest = 1 - sum(share.low for share in known.values())
        others = Interval.at(rest if rest >= 1e-9 else 0.0)
        return Shares(known, others, True, (total, *counts)) if rest >= -1e-9 else None
    population = paper.declared.factors[factor].of
    whole = paper.counted((paper.declared.populations[population].part_of or population, ()))
    at_level = [counted_or_summed(paper, population, factor, level) for level in levels]
    if whole is None or not all(at_level):
        return None
    numbers = [sum(claim.value for claim in claims) for claims in at_level]
    limits = {level: Interval(0, min(1, n / total.value)) for level, n in zip(levels, numbers, strict=True)}
    others = Interval(0, min(1, max(0.0, whole.value - sum(numbers)) / total.value))
    return Shares(limits, others, False, (total, whole, *(claim for claims in at_level for claim in claims)))


def counted_or_summed(paper: Paper, population: str, factor: str, level: str) -> list[Claim]:
    """The claims that say how many are at a level: its own, or of all the levels that make it up; else none."""
    claim = paper.counted((population, ((factor, level),)))
    if claim is not None:
        return [claim]
    unions = paper.declared.factors[factor].levels[level].union.items()
    return paper.counted_each((population, ((other, name),)) for other, names in unions for name in names)


def share_followed(paper: Paper, months: float | None) -> float:
    """Of those without the event, the share still under observation: even accrual to the closing date, some lost.

    One half where the dates or the months are not stated.
    """
    dates = [paper.setting(name) for name in ("accrual_start", "accrual_end", "data_cut")]
    stated = [claim.value for claim in dates if claim is not None]
    if len(stated) < len(dates) or months is None:
        return 0.5
    first, last, cut = stated
    least, most = (cut - last) / DAYS_PER_MONTH, (cut - first) / DAYS_PER_MONTH
    share = 1.0 if most <= least else min(1.0, max(0.0, (most - months) / (most - least)))
    return max(0.05, (1 - SHARE_LOST) * share)


def longest_follow_up(paper: Paper) -> float:
    """Months from the first possible patient to the closing date; infinite if not stated."""
    first, cut = paper.setting("accrual_start"), paper.setting("data_cut")
    return (cut.interval.high - first.interval.low) / DAYS_PER_MONTH if first and cut else math.inf
