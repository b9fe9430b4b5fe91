"""What rates that stand alone can be: a rate at some time, a median, a mean, with the labels as printed or swapped.

A rate at time t has to lie between the group's own rates printed for earlier and later times, and the groups' average
between the cohort's. A median in months has to lie between the times at which the group's rates pass one half. A mean
is the area under the group's curve, which printed rates bound from both sides.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from oligomet.audit.checks.rates_against_results import progression_limits
from oligomet.audit.claims import Paper
from oligomet.audit.findings import POINTS, Finding, Findings, Severity, judged
from oligomet.audit.mixtures import least_gap, mixture
from oligomet.audit.printed import Interval
from oligomet.audit.survival_claims import Division, divisions, longest_follow_up

SHARED = 3  # factors of a column, from which on most of them speak against one
RatesByMonth = dict[float, Interval]  # rates in percent by month


def mean_within(curve: RatesByMonth, horizon: float) -> Interval:
    """Bounds of the mean survival time up to `horizon` months, from rates at some times.

    The curve lies below the steps down to each rate at its time, and above the steps at the time before. 60% at 12 and
    40% at 24 months are a mean of 12 to 33.6 months out of 60.
    """
    times = [0.0, *curve]
    rates = [Interval(100, 100), *curve.values()]
    ends = [*curve, max(horizon, times[-1])]
    low = sum((end - start) * rate.low for start, end, rate in zip(times, ends[:-1], rates[1:], strict=False))
    high = sum((end - start) * rate.high for start, end, rate in zip(times, ends, rates, strict=True))
    return Interval(low / 100, high / 100)


def can_be_median(months: Interval, curve: RatesByMonth) -> bool:
    """Whether a median can be so many months: before it the rates are at least one half, from it on at most."""
    early = all(rate.high >= 50 for time, rate in curve.items() if time < months.low)
    return early and all(rate.low <= 50 for time, rate in curve.items() if time >= months.high)


@dataclass(frozen=True)
class Reading:
    """A meaning under which the numbers of a division agree with all else, maybe only with the labels swapped."""

    words: str
    swapped: bool
    exactly: tuple[float, ...] = ()  # printed times at which the numbers can be rates


@dataclass(frozen=True)
class Span:
    """Months (or one), the cohort's rate then, and each level's."""

    months: Interval
    whole: Interval
    limits: dict[str, Interval]


def readings(division: Division) -> list[Reading]:
    """Every meaning that rates of a factor's levels can have, one number each: rates at some time, medians, means."""
    horizon = longest_follow_up(division.paper)
    own = {level: _own_curve(division, level) for level in division.rates}
    found = []
    for swapped in (False, True) if len(division.rates) == 2 else (False,):
        values, fitting = _values(division, swapped), _fitting(division, swapped)
        exactly = tuple(span.months.low for span in fitting if span.months.low == span.months.high)
        found += [Reading(words, swapped, exactly) for words in _joined(fitting, horizon)]
        if not all(own.values()):
            continue
        if all(can_be_median(value, own[level]) for level, value in values.items()):
            found.append(Reading("medians in months", swapped))
        if math.isfinite(horizon) and all(mean_within(own[level], horizon).meets(values[level]) for level in values):
            found.append(Reading("mean survival times in months", swapped))
    return found


def _fitting(division: Division, swapped: bool = False) -> list[Span]:
    """The printed times, and the stretches between them, at which the numbers of a division can be rates."""
    time, values = division.times[0], _values(division, swapped)
    parts = division.parts([time], swapped)
    return [
        span
        for span in _spans(division)
        if all(span.limits[level].meets(values[level]) for level in values)
        and least_gap([span.whole], parts, [division.allowance(time, span.months.low)]) == 0
    ]


def _spans(division: Division) -> list[Span]:
    """The printed times themselves and the stretches between them."""
    whole = {time: claim.interval for time, claim in division.whole.items()}
    own = {level: _own_curve(division, level) for level in division.rates}
    after, most = _after_assessment(division)
    printed = {0.0, *whole, *(time for curve in own.values() for time in curve), after}
    cuts = sorted(time for time in printed if time < math.inf)

    def between(curve: RatesByMonth, start: float, end: float) -> Interval:
        highs = [rate.high for time, rate in curve.items() if time <= start]
        lows = [rate.low for time, rate in curve.items() if time >= end]
        return Interval(max(lows, default=0.0), min(highs, default=100.0))

    spans = []
    horizon = longest_follow_up(division.paper)
    for start, end in [*((cut, cut) for cut in cuts[1:]), *zip(cuts, [*cuts[1:], horizon], strict=True)]:
        limits = {level: between(curve, start, end) for level, curve in own.items()}
        cohort = between(whole, start, end)
        cohort = Interval(cohort.low, min(cohort.high, most) if start >= after else cohort.high)
        if all(each.low <= each.high for each in (cohort, *limits.values())):
            spans.append(Span(Interval(start, end), cohort, limits))
    return spans


def _after_assessment(division: Division) -> tuple[float, float]:
    """From which month on the lesions already progressing limit the cohort's rate, and to what; never, if none do."""
    limits = progression_limits(division.paper, division.endpoint)
    unit = division.paper.declared.populations[division.population].unit
    return (limits[2], limits[0] if unit == "patient" else limits[1]) if limits else (math.inf, 100.0)


def _own_curve(division: Division, level: str) -> RatesByMonth:
    """The level's rates as other sections print them, or this one at other times."""
    place = division.population, ((division.factor, level),)
    rates = {
        claim.time: claim.interval
        for claim in division.paper.select(kind="rate", place=place, followed=division.endpoint)
        if claim.time is not None and claim not in division.claims
    }
    return dict(sorted(rates.items()))


def _values(division: Division, swapped: bool) -> dict[str, Interval]:
    values = [claim.interval for claim in division.at(division.times[0])]
    return dict(zip(division.rates, values[::-1] if swapped else values, strict=True))


def _joined(spans: Iterable[Span], horizon: float) -> list[str]:
    """Times and stretches that fit, those that touch as one, in words."""
    merged: list[Interval] = []
    for months in sorted((span.months for span in spans), key=lambda months: (months.low, months.high)):
        if merged and months.low <= merged[-1].high:
            merged[-1] = Interval(merged[-1].low, max(merged[-1].high, months.high))
        else:
            merged.append(months)
    return [f"rates {_when(months, horizon)}" for months in merged]


def _when(months: Interval, horizon: float) -> str:
    if months.low == months.high:
        return f"at {months.low:g} months"
    if months.low == 0:
        return "at any time" if months.high >= horizon else f"before {months.high:g} months"
    if months.high >= horizon:
        return f"after {months.low:g} months"
    return f"between {months.low:g} and {months.high:.0f} months"


def check_readings(paper: Paper) -> Findings:
    """Whether one number a level can be what it is said to be, or anything at all."""
    for division in divisions(paper):
        shares = division.shares
        if not division.single or shares is None:
            continue
        time, whole, possible = division.times[0], division.whole, readings(division)
        plain, exchanged = ([r for r in possible if r.swapped is swapped] for swapped in (False, True))
        exact = any(time in reading.exactly for reading in plain)
        swapping = (exchanged and not plain) or any(time in reading.exactly for reading in exchanged)
        words, swap = (" or ".join(reading.words for reading in each) for each in (plain, exchanged))
        repairs = [f"read as {words}"] * bool(plain)
        repairs += [f"with the labels swapped, read as {swap}"] * bool(shares.known and swapping)
        told = " and ".join(f"{rates[time].printed} ({level})" for level, rates in division.rates.items())
        printed = told + (f", averaging {mixture(division.parts([time]))}%," if shares.known else "")
        against = (*whole.values(), *shares.claims)
        if time is not None and (exact or not whole):
            fine = f"{printed} can be rates at {time:g} months."
            free = f"{told}: nothing printed speaks against rates at {time:g} months."
            yield Finding("sound", division.claims, fine if exact else free, against)
            continue
        if plain and time is None:
            says = f"{printed} have no time; they can be {words}."
            yield Finding("ambiguous", division.claims, says, against, repair="; ".join(repairs))
            continue
        says = f"{printed} can be neither rates at any one time nor medians nor means, as labelled."
        if plain and time is not None:
            of_all = f"{whole[time].printed}% of all" if time in whole else "by what is printed for other times"
            says = f"{printed} cannot be rates at {time:g} months ({of_all}); they can be {words}."
        off = math.nan if time is None or time not in whole else division.gap([time], chance=False)
        severity: Severity = "inconsistent" if plain else "impossible"
        yield Finding(severity, division.claims, says, against, off, POINTS, "; ".join(repairs))


def _columns(paper: Paper) -> list[list[Division]]:
    """Divisions of one cohort that stand side by side, one rate a level, under one time, by known or limited shares."""
    columns: dict[tuple, list[Division]] = defaultdict(list)
    for division in divisions(paper):
        if division.single and division.shares is not None:
            columns[division.section, division.endpoint, division.population, division.times[0]].append(division)
    return list(columns.values())


def check_one_time(paper: Paper) -> Findings:
    """Several pairs of rates of one column, each of which fits some time, against a time that fits them all."""
    horizon = longest_follow_up(paper)
    for divided in _columns(paper):
        fits = [(division, spans) for division in divided if (spans := _fitting(division))]
        if len(fits) < 2:  # of those that fit none `check_readings` speaks
            continue
        starts = sorted({span.months.low for _, spans in fits for span in spans})
        common = [
            start for start in starts if all(any(span.months.holds(start) for span in spans) for _, spans in fits)
        ]
        names = ", ".join(division.says for division, _ in fits)
        fine = f"{names}: rates at one time, {common[0]:g} months, are possible." if common else ""
        each = "; ".join(f"{division.says} {' or '.join(_joined(spans, horizon))}" for division, spans in fits)
        claims = [claim for division, _ in fits for claim in division.claims]
        wrong = f"No one time fits all pairs of the column: {each}."
        yield judged(claims, 0 if common else math.nan, fine, wrong, severity="inconsistent")


def check_one_column(paper: Paper) -> Findings:
    """Divisions of one cohort in one column should average to one rate; else time or labels differ."""
    for column in _columns(paper):
        time = column[0].times[0]
        if len(column) < SHARED or time is None:
            continue
        averages = [mixture(division.parts([time])) for division in column]
        agreed = _most_shared(averages)
        for division, average in zip(column, averages, strict=True):
            shares, whole = division.shares, division.whole.get(time)
            chance = math.sqrt(2) * division.allowance(time)  # of each of two averages
            off, repair = agreed.apart(average), ""
            if whole and average.widened(chance).meets(whole.interval):
                repair = f"this factor at {time:g} months ({whole.printed}% of all), the others at another time"
            if len(division.rates) == 2 and shares is not None and shares.known:
                swapped = mixture(division.parts([time], swapped=True))
                if agreed.apart(swapped) <= chance:
                    repair = f"the labels of the two groups swapped: {swapped}%"
            words = f"{division.says} averages to {average}%"
            fine = f"{words}, as do most factors of the column ({agreed}%)."
            wrong = (
                f"{words}, most factors of the column to {agreed}%: one column, but not one time or not these labels."
            )
            within = average.widened(chance).meets(agreed)
            against = shares.claims if shares else ()
            yield judged(division.claims, 0 if within else off, fine, wrong, against, POINTS, "inconsistent", repair)


def _most_shared(averages: list[Interval]) -> Interval:
    """Where most of the averages lie: the narrowest range that holds half of those that are known to a point."""
    narrow = sorted((each for each in averages if each.high - each.low < 1), key=lambda each: each.low)
    half = (len(narrow) + 1) // 2
    ranges = [Interval(first.low, last.high) for first, last in zip(narrow, narrow[half - 1 :], strict=False)]
    return min(ranges, key=lambda each: each.high - each.low, default=Interval(0, 100))


CHECKS = (check_readings, check_one_time, check_one_column)
