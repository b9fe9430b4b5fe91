"""What rates that stand alone can be: a rate at some time, a median, a mean, with the labels as printed or swapped.

A rate at time t has to lie between the group's own rates printed for earlier and later times, and the groups' average
between the cohort's. A median in months has to lie between the times at which the group's rates pass one half. A mean
is the area under the group's curve, which printed rates bound from both sides.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from oligomet.audit.checks.rates_against_results import progression_limits
from oligomet.audit.claims import Claim, Paper
from oligomet.audit.findings import Finding
from oligomet.audit.mixtures import least_gap, mixture
from oligomet.audit.printed import Interval
from oligomet.audit.survival_claims import (
    Division,
    Shares,
    allowance,
    canonical_endpoint,
    divisions,
    longest_follow_up,
    shares_of,
    whole_rates,
)

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


def readings(paper: Paper, division: Division, shares: Shares) -> list[Reading]:
    """Every meaning that rates of a factor's levels can have, one number each: rates at some time, medians, means."""
    own = {level: _own_curve(paper, division, level) for level in division.rates}
    time = division.times[0]
    found = []
    for swapped in (False, True):
        if swapped and len(division.rates) != 2:
            continue
        values = _values(division, time, swapped)
        fitting = _fitting(paper, division, shares, swapped)
        exactly = tuple(span.months.low for span in fitting if span.months.low == span.months.high)
        found += [Reading(words, swapped, exactly) for words in _joined(fitting, longest_follow_up(paper))]
        if own and all(own.values()) and all(can_be_median(value, own[level]) for level, value in values.items()):
            found.append(Reading("medians in months", swapped))
        horizon = longest_follow_up(paper)
        if all(own.values()) and math.isfinite(horizon):
            means = {level: mean_within(curve, horizon) for level, curve in own.items()}
            if all(means[level].meets(values[level]) for level in values):
                found.append(Reading("mean survival times in months", swapped))
    return found


def _fitting(paper: Paper, division: Division, shares: Shares, swapped: bool = False) -> list[_Span]:
    """The printed times, and the stretches between them, at which the numbers of a division can be rates."""
    whole = {time: claim.interval for time, claim in whole_rates(paper, division.endpoint, division.population).items()}
    own = {level: _own_curve(paper, division, level) for level in division.rates}
    time = division.times[0]
    values = _values(division, time, swapped)
    parts = shares.parts(division, [time], swapped)
    return [
        span
        for span in _spans(paper, division, whole, own)
        if all(span.limits[level].meets(values[level]) for level in values)
        and least_gap([span.whole], parts, [allowance(paper, division, shares, time, span.months.low)]) == 0
    ]


@dataclass(frozen=True)
class _Span:
    """Months, the cohort's rate then, and each level's."""

    months: Interval
    whole: Interval
    limits: dict[str, Interval]


def _spans(paper: Paper, division: Division, whole: RatesByMonth, own: dict[str, RatesByMonth]) -> list[_Span]:
    """The printed times themselves and the stretches between them."""
    after = _after_assessment(paper, division)
    cuts = sorted({0.0, *whole, *(time for curve in own.values() for time in curve), *([after[0]] if after else [])})

    def between(curve: RatesByMonth, start: float, end: float) -> Interval:
        highs = [rate.high for time, rate in curve.items() if time <= start]
        lows = [rate.low for time, rate in curve.items() if time >= end]
        high = min(highs, default=100.0)
        if after and curve is whole and start >= after[0]:
            high = min(high, after[1])
        return Interval(max(lows, default=0.0), high)

    horizon = longest_follow_up(paper)
    stretches = [*((cut, cut) for cut in cuts[1:]), *zip(cuts, [*cuts[1:], horizon], strict=True)]
    spans = []
    for start, end in stretches:
        limits = {level: between(own[level], start, end) for level in division.rates}
        cohort = between(whole, start, end)
        if cohort.low <= cohort.high and all(each.low <= each.high for each in limits.values()):
            spans.append(_Span(Interval(start, end), cohort, limits))
    return spans


def _after_assessment(paper: Paper, division: Division) -> tuple[float, float] | None:
    """From which month on the lesions already progressing limit the cohort's rate, and to what."""
    limits = progression_limits(paper, division.endpoint)
    unit = paper.declared.populations[division.population].unit
    return (limits[2], limits[0] if unit == "patient" else limits[1]) if limits else None


def _own_curve(paper: Paper, division: Division, level: str) -> RatesByMonth:
    """The level's rates as other sections print them, or this one at other times."""
    rates = {
        claim.time: claim.interval
        for claim in paper.select(kind="rate", population=division.population, group=((division.factor, level),))
        if canonical_endpoint(paper, claim.endpoint) == division.endpoint
        and claim.time is not None
        and claim not in division.claims
    }
    return dict(sorted(rates.items()))


def _values(division: Division, time: float | None, swapped: bool) -> dict[str, Interval]:
    names = list(division.rates)
    order = names[::-1] if swapped else names
    return {name: division.rates[other][time].interval for name, other in zip(names, order, strict=True)}


def _joined(spans: list[_Span], horizon: float) -> list[str]:
    """Times and stretches that fit, those that touch as one, in words."""
    merged: list[Interval] = []
    for months in sorted((span.months for span in spans), key=lambda months: (months.low, months.high)):
        if merged and months.low <= merged[-1].high:
            merged[-1] = Interval(merged[-1].low, max(merged[-1].high, months.high))
        else:
            merged.append(months)
    return [_months(months, horizon) for months in merged]


def _months(months: Interval, horizon: float) -> str:
    if months.low == months.high:
        return f"rates at {months.low:g} months"
    if months.low == 0:
        return "rates at any time" if months.high >= horizon else f"rates before {months.high:g} months"
    if months.high >= horizon:
        return f"rates after {months.low:g} months"
    return f"rates between {months.low:g} and {months.high:.0f} months"


def check_readings(paper: Paper) -> Iterator[Finding]:
    """Whether one number a level can be what it is said to be, or anything at all."""
    for division in divisions(paper):
        shares = shares_of(paper, division)
        if not division.single or shares is None:
            continue
        time = division.times[0]
        whole = whole_rates(paper, division.endpoint, division.population)
        possible = readings(paper, division, shares)
        plain, exchanged = ([r for r in possible if r.swapped is swapped] for swapped in (False, True))
        printed = " and ".join(f"{rates[time].printed} ({level})" for level, rates in division.rates.items())
        average = f", averaging {mixture(shares.parts(division, [time]))}%," if shares.known else ""
        words = " or ".join(reading.words for reading in plain)
        against = (*whole.values(), *shares.claims)
        swapping = shares.known and (
            (bool(exchanged) and not plain) or any(time in reading.exactly for reading in exchanged)
        )
        swap = " or ".join(reading.words for reading in exchanged)
        repairs = [f"read as {words}"] * bool(plain) + [f"with the labels swapped, read as {swap}"] * swapping
        if time is not None and any(time in reading.exactly for reading in plain):
            yield Finding("sound", division.claims, f"{printed}{average} can be rates at {time:g} months.", against)
        elif time is not None and not whole:
            yield Finding(
                "sound",
                division.claims,
                f"{printed}: nothing printed speaks against rates at {time:g} months.",
                against,
            )
        elif not plain:
            says = f"{printed}{average} can be neither rates at any one time nor medians nor means, as labelled."
            yield Finding(
                "impossible",
                division.claims,
                says,
                against,
                _distance(paper, division, shares, whole),
                "percentage points",
                "; ".join(repairs),
            )
        elif time is None:
            says = f"{printed}{average} have no time; they can be {words}."
            yield Finding("ambiguous", division.claims, says, against, math.nan, "", "; ".join(repairs))
        else:
            says = f"{printed}{average} cannot be rates at {time:g} months ({_all(whole, time)}); they can be {words}."
            yield Finding(
                "inconsistent",
                division.claims,
                says,
                against,
                _distance(paper, division, shares, whole),
                "percentage points",
                "; ".join(repairs),
            )


def check_one_time(paper: Paper) -> Iterator[Finding]:
    """Several pairs of rates of one column, each of which fits some time, against a time that fits them all."""
    columns: dict[tuple, list[tuple[Division, list[_Span]]]] = {}
    for division in divisions(paper):
        shares = shares_of(paper, division)
        if division.single and shares is not None:
            fits = _fitting(paper, division, shares)
            if fits:  # of the others `check_readings` speaks
                of = division.section, division.endpoint, division.population, division.times[0]
                columns.setdefault(of, []).append((division, fits))
    for column in columns.values():
        if len(column) < 2:
            continue
        claims = tuple(claim for division, _ in column for claim in division.claims)
        common = [
            low for low in sorted({span.months.low for _, spans in column for span in spans})
            if all(any(span.months.holds(low) for span in spans) for _, spans in column)
        ]  # fmt: skip
        names = ", ".join(paper.declared.factors[division.factor].says for division, _ in column)
        if common:
            yield Finding("sound", claims, f"{names}: rates at one time, {common[0]:g} months, are possible.")
        else:
            horizon = longest_follow_up(paper)
            each = "; ".join(
                f"{paper.declared.factors[division.factor].says} {' or '.join(_joined(spans, horizon))}"
                for division, spans in column
            )
            yield Finding("inconsistent", claims, f"No one time fits all pairs of the column: {each}.")


def _all(whole: dict[float, Claim], time: float) -> str:
    return f"{whole[time].printed}% of all" if time in whole else "by what is printed for other times"


def _distance(paper: Paper, division: Division, shares: Shares, whole: dict[float, Claim]) -> float:
    """Points by which the groups' average misses the cohort's rate at the stated time."""
    time = division.times[0]
    if time not in whole:
        return math.nan
    return least_gap([whole[time].interval], shares.parts(division, [time]))


def check_one_column(paper: Paper) -> Iterator[Finding]:
    """Divisions of one cohort in one column should average to one rate; else time or labels differ."""
    columns: dict[tuple, list[tuple[Division, Shares]]] = {}
    for division in divisions(paper):
        shares = shares_of(paper, division)
        if division.single and shares is not None and division.times[0] is not None:
            columns.setdefault(
                (division.section, division.endpoint, division.population, division.times[0]), []
            ).append((division, shares))
    for column in columns.values():
        if len(column) < 3:
            continue
        averages = [mixture(shares.parts(division, division.times)) for division, shares in column]
        agreed = _most_shared(averages)
        for (division, shares), average in zip(column, averages, strict=True):
            chance = math.sqrt(2) * allowance(paper, division, shares, division.times[0])  # of each of two averages
            words = f"{paper.declared.factors[division.factor].says} averages to {average}%"
            if average.widened(chance).meets(agreed):
                yield Finding(
                    "sound", division.claims, f"{words}, as do most factors of the column ({agreed}%).", shares.claims
                )
                continue
            swapped = (
                mixture(shares.parts(division, division.times, swapped=True)) if len(division.rates) == 2 else None
            )
            repair = ""
            whole = whole_rates(paper, division.endpoint, division.population).get(division.times[0] or 0)
            if whole and average.widened(chance).meets(whole.interval):
                repair = (
                    f"this factor at {division.times[0]:g} months ({whole.printed}% of all), the others at another time"
                )
            if swapped and shares.known and abs(agreed.gap(swapped)) <= chance:
                repair = f"the labels of the two groups swapped: {swapped}%"
            says = (
                f"{words}, most factors of the column to {agreed}%: one column, but not one time or not these labels."
            )
            yield Finding(
                "inconsistent",
                division.claims,
                says,
                shares.claims,
                abs(agreed.gap(average)),
                "percentage points",
                repair,
            )


def _most_shared(averages: list[Interval]) -> Interval:
    """Where most of the averages lie: the narrowest range that holds half of those that are known to a point."""
    narrow = sorted((each for each in averages if each.high - each.low < 1), key=lambda each: each.low)
    if not narrow:
        return Interval(0, 100)
    half = (len(narrow) + 1) // 2
    start = min(range(len(narrow) - half + 1), key=lambda i: narrow[i + half - 1].high - narrow[i].low)
    return Interval(narrow[start].low, narrow[start + half - 1].high)


CHECKS = (check_readings, check_one_time, check_one_column)
