"""Kaplan-Meier rates against each other: in time, between endpoints, and a cohort's against its groups'."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise, product

from oligomet.audit.claims import Claim, Paper
from oligomet.audit.findings import Finding, Severity
from oligomet.audit.mixtures import ANY_SHARE, Part, least_gap, mixture, pooling_error
from oligomet.audit.printed import Interval
from oligomet.audit.survival_claims import (
    ALLOWED_DEVIATIONS,
    Division,
    Shares,
    allowance,
    canonical_endpoint,
    divisions,
    share_followed,
    shares_of,
    whole_rates,
)


def check_monotony(paper: Paper) -> Iterator[Finding]:
    """Survival does not rise with time."""
    curves = defaultdict(list)
    for claim in paper.select(kind="rate"):
        if claim.time is not None:
            curves[claim.section, canonical_endpoint(paper, claim.endpoint), claim.place].append(claim)
    for claims in curves.values():
        claims = sorted(claims, key=lambda claim: claim.time or 0)
        for earlier, later in pairwise(claims):
            if later.time == earlier.time:
                continue
            if later.interval.low <= earlier.interval.high:
                says = f"{earlier.printed}% at {earlier.time:g} months, {later.printed}% at {later.time:g}."
                yield Finding("sound", (later,), says, (earlier,))
            else:
                off = later.interval.low - earlier.interval.high
                says = f"{later.printed}% at {later.time:g} months is more than {earlier.printed}% at {earlier.time:g}."
                yield Finding("impossible", (later, earlier), says, (), off, "percentage points")


def check_endpoints(paper: Paper) -> Iterator[Finding]:
    """An endpoint that counts more kinds of events cannot have the better rate.

    Of one cohort, followed for both, the two differ by subjects who leave the risk set earlier for the first. Without
    losses to follow-up the order is exact; in 57,000 drawn pairs of 20 to 300 subjects with losses it was reversed by
    half a binomial standard error, which is allowed, in seven.
    """
    for wide, narrow in _nested_endpoints(paper):
        more, fewer = paper.declared.endpoints[wide], paper.declared.endpoints[narrow]
        low, high = whole_rates(paper, wide, more.of), whole_rates(paper, narrow, fewer.of)
        for time in low.keys() & high.keys():
            total = paper.counted((more.of, ()))
            share = min(0.95, max(0.05, high[time].value / 100))
            chance = 50 * math.sqrt(share * (1 - share) / max(1.0, total.value)) if total else 0.0
            above = low[time].interval.low - high[time].interval.high - chance
            words = f"{more.says} {low[time].printed}%, {fewer.says.lower()} {high[time].printed}% at {time:g} months"
            if above <= 0:
                yield Finding("sound", (low[time],), f"{words}.", (high[time],))
            else:
                says = f"{words}, though the first counts every event of the second."
                yield Finding("inconsistent", (low[time], high[time]), says, (), above, "percentage points")


def check_medians_of_endpoints(paper: Paper) -> Iterator[Finding]:
    """An endpoint that counts more kinds of events cannot have the longer median; a tenth is left to chance."""
    for wide, narrow in _nested_endpoints(paper):
        more, fewer = paper.declared.endpoints[wide], paper.declared.endpoints[narrow]
        longer, shorter = (
            [
                c
                for c in paper.select(kind="median", population=more.of, group=())
                if canonical_endpoint(paper, c.endpoint) == name
            ]
            for name in (wide, narrow)
        )
        for first, second in product(longer[:1], shorter[:1]):
            above = first.interval.low - 1.1 * second.interval.high
            words = f"Median {more.says.lower()} {first.printed}, {fewer.says.lower()} {second.printed} months"
            if above <= 0:
                yield Finding("sound", (first,), f"{words}.", (second,))
            else:
                says = f"{words}, though the first counts every event of the second."
                yield Finding("inconsistent", (first, second), says, (), above, "months")


def _nested_endpoints(paper: Paper) -> Iterator[tuple[str, str]]:
    """Pairs of endpoints of one population of which the first counts more kinds of events than the second."""
    for (wide, more), (narrow, fewer) in product(paper.declared.endpoints.items(), repeat=2):
        if set(fewer.events) < set(more.events) and fewer.of == more.of:
            yield wide, narrow


def check_whole_and_groups(paper: Paper) -> Iterator[Finding]:
    """A cohort's rates against the rates and sizes of its groups, at all their common times together."""
    for division in divisions(paper):
        whole, shares = whole_rates(paper, division.endpoint, division.population), shares_of(paper, division)
        times = [time for time in division.times if time in whole]
        if division.single or shares is None or not times:
            continue
        intervals = [whole[time].interval.within(0, 100) for time in times]
        allowed = [allowance(paper, division, shares, time) for time in times]
        gap = least_gap(intervals, shares.parts(division, times), allowed)
        against = (*shares.claims, *division.claims)
        claims = tuple(whole[time] for time in times)
        if gap == math.inf:  # rates that rise, of which `check_monotony` speaks
            continue
        if gap == 0:
            yield Finding("sound", claims, f"{_arithmetic(division, shares, times, whole)}", against)
            continue
        outside = [time for time in times if _outside(division, shares, time, whole[time]) > 0]
        worst = [
            time
            for time in times
            if least_gap(
                [whole[time].interval], shares.parts(division, [time]), [allowance(paper, division, shares, time)]
            )
            > 0
        ]
        named = tuple(whole[time] for time in (outside or worst or times))
        raw = least_gap(intervals, shares.parts(division, times))
        chance = f"of which chance in follow-up explains {max(0.0, raw - gap):.1f}."
        if shares.known:
            says = (
                f"{_arithmetic(division, shares, outside or worst or times, whole)}: {raw:.1f} points apart, {chance}"
            )
        else:
            apart = f"no shares of the groups bring all closer than {raw:.1f} points, {chance}"
            says = f"{_arithmetic(division, shares, times, whole)}: {apart}"
        repair = ""
        if (
            len(division.rates) == 2
            and least_gap(intervals, shares.parts(division, times, swapped=True), allowed) == 0
            and shares.known
        ):
            repair = "the labels of the two groups swapped"
        severity: Severity = "impossible" if outside else "inconsistent"
        yield Finding(severity, named, says, against, gap, "percentage points", repair)


def _outside(division: Division, shares: Shares, time: float, whole: Claim) -> float:
    """How far a whole lies outside the range of its groups, whatever their shares at risk."""
    parts = shares.parts(division, [time])
    free = [Part(ANY_SHARE, part.rates) for part in parts[: len(division.rates)]]
    return least_gap([whole.interval], [*free, *parts[len(division.rates) :]])


def _arithmetic(division: Division, shares: Shares, times: list, whole: dict[float, Claim]) -> str:
    lines = []
    for n, time in enumerate(times):
        rates = ", ".join(f"{level} {division.rates[level][time].printed}%" for level in division.rates)
        parts = shares.parts(division, times)
        average = f"averaging {mixture(parts, n)}%" if shares.known else "in unknown shares"
        if not shares.known and len(division.rates) == 2:
            average = f"a share of {_share(division, time, whole[time])} for the first"
        lines.append(f"at {time:g} months {rates} ({average}) against {whole[time].printed}% of all")
    return f"By {division.factor.replace('_', ' ')} {'; '.join(lines)}"


def _share(division: Division, time: float, whole: Claim) -> str:
    """The share of the first of two groups that gives the whole."""
    first, second = (division.rates[level][time].value for level in division.rates)
    return f"{(whole.value - second) / (first - second):.0%}" if first != second else "any size"


def check_conditional_survival(paper: Paper) -> Iterator[Finding]:
    """Survival from one time to the next: the cohort's must lie among its groups', whatever their shares at risk."""
    for division in divisions(paper):
        whole, shares = whole_rates(paper, division.endpoint, division.population), shares_of(paper, division)
        times = [time for time in division.times if time in whole and whole[time].value > 0]
        if shares is None or len(times) < 2:
            continue
        for first, last in pairwise(times):
            groups = {
                level: _conditional(rates[first], rates[last])
                for level, rates in division.rates.items()
                if rates[first].value > 0
            }
            if len(groups) < 2:
                continue
            cohort = _conditional(whole[first], whole[last])
            others = min(1.0, shares.others.high / max(1e-9, whole[first].interval.low / 100))
            low = (1 - others) * min(each.low for each in groups.values())
            high = (1 - others) * max(each.high for each in groups.values()) + others
            printed = ", ".join(f"{level} {100 * (each.low + each.high) / 2:.1f}%" for level, each in groups.items())
            words = (
                f"From {first:g} to {last:g} months {printed}, all {100 * whole[last].value / whole[first].value:.1f}%"
            )
            against = tuple(c for rates in division.rates.values() for c in (rates[first], rates[last]))
            off = max(
                0.0, 100 * abs(Interval(low, high).gap(cohort)) - _chance(paper, division, shares, groups, first, last)
            )
            if off == 0:
                yield Finding("sound", (whole[first], whole[last]), f"{words}.", against)
            else:
                says = f"{words}: outside the range of its groups."
                yield Finding("impossible", (whole[first], whole[last]), says, against, off, "percentage points")


def _chance(paper: Paper, division: Division, shares: Shares, groups: dict, first: float, last: float) -> float:
    """Points that chance may put between a cohort's conditional survival and its groups'."""
    at_risk = {level: shares.levels[level].high * division.rates[level][first].value for level in groups}
    scale = sum(at_risk.values())
    subjects = shares.subjects * scale / 100 * share_followed(paper, first)
    still = min(0.99, share_followed(paper, last) / share_followed(paper, first))
    rates = [50 * (each.low + each.high) for each in groups.values()]
    return ALLOWED_DEVIATIONS * pooling_error(
        [each / scale for each in at_risk.values()], rates, max(1.0, subjects), still
    )


def _conditional(first: Claim, last: Claim) -> Interval:
    return Interval(
        max(0, last.interval.low) / first.interval.high, min(1.0, last.interval.high / max(1e-9, first.interval.low))
    )


CHECKS = (
    check_monotony,
    check_endpoints,
    check_medians_of_endpoints,
    check_whole_and_groups,
    check_conditional_survival,
)
