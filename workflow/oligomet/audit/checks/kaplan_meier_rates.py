"""Kaplan-Meier rates against each other: in time, between endpoints, and a cohort's against its groups'."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise, product

from oligomet.audit.claims import Claim, Paper
from oligomet.audit.claims_format import PaperEndpoint, Place
from oligomet.audit.findings import POINTS, Findings, Severity, judged
from oligomet.audit.mixtures import ANY_SHARE, Part, least_gap, mixture, pooling_error
from oligomet.audit.printed import Interval
from oligomet.audit.survival_claims import (
    ALLOWED_DEVIATIONS,
    Division,
    Shares,
    divisions,
    rates_of,
    share_followed,
)

Named = tuple[str, PaperEndpoint]
FEW = 10  # subjects, taken for those of a place where they are not counted


def check_monotony(paper: Paper) -> Findings:
    """Survival does not rise with time."""
    curves = defaultdict(list)
    for claim in paper.select(kind="rate"):
        if claim.time is not None:
            curves[claim.section, claim.followed, claim.place].append(claim)
    for claims in curves.values():
        for earlier, later in pairwise(sorted(claims, key=lambda claim: claim.time or 0)):
            if later.time != earlier.time:
                before, after = (f"{claim.printed}% at {claim.time:g}" for claim in (earlier, later))
                fine, wrong = f"{before} months, {after}.", f"{after} months is more than {before}."
                off = later.interval.low - earlier.interval.high
                yield judged(later, off, fine, wrong, earlier, POINTS, together=True)


def check_endpoints(paper: Paper) -> Findings:
    """An endpoint that counts more kinds of events cannot have the better rate.

    Of one cohort, followed for both, the two differ by subjects who leave the risk set earlier for the first. Without
    losses to follow-up the order is exact; in 57,000 drawn pairs of 20 to 300 subjects with losses it was reversed by
    half a binomial standard error, which is allowed, in seven.
    """
    for (wide, more), (narrow, fewer), place in _nested_endpoints(paper, "rate"):
        low, high = rates_of(paper, wide, place), rates_of(paper, narrow, place)
        total = paper.counted(place)
        for time in low.keys() & high.keys():
            share = min(0.95, max(0.05, high[time].value / 100))
            chance = 50 * math.sqrt(share * (1 - share) / max(1.0, total.value if total else FEW))
            above = low[time].interval.low - high[time].interval.high - chance
            words = f"{more.says} {low[time].printed}%, {fewer.says.lower()} {high[time].printed}% at {time:g} months"
            words += _whose(paper, place)
            wrong = f"{words}, though the first{_usually(more)} counts every event of the second."
            yield judged(low[time], above, f"{words}.", wrong, high[time], POINTS, "inconsistent", together=True)


def check_medians_of_endpoints(paper: Paper) -> Findings:
    """An endpoint that counts more kinds of events cannot have the longer median; a tenth is left to chance."""
    for (wide, more), (narrow, fewer), place in _nested_endpoints(paper, "median"):
        first, second = (paper.first(kind="median", place=place, followed=name) for name in (wide, narrow))
        if first is not None and second is not None:
            above = first.interval.low - 1.1 * second.interval.high
            words = f"Median {more.says.lower()} {first.printed}, {fewer.says.lower()} {second.printed} months"
            words += _whose(paper, place)
            wrong = f"{words}, though the first{_usually(more)} counts every event of the second."
            yield judged(first, above, f"{words}.", wrong, second, "months", "inconsistent", together=True)


def _nested_endpoints(paper: Paper, kind: str) -> Iterator[tuple[Named, Named, Place]]:
    """Pairs of endpoints of which the first counts more kinds of events, and where both have a number of this kind."""
    for wide, narrow in product(paper.declared.endpoints.items(), repeat=2):
        if set(narrow[1].events) < set(wide[1].events) and narrow[1].of == wide[1].of:
            others = {claim.place for claim in paper.select(kind=kind, followed=narrow[0])}
            places = dict.fromkeys(claim.place for claim in paper.select(kind=kind, followed=wide[0]))
            yield from ((wide, narrow, place) for place in places if place in others)


def _whose(paper: Paper, place: Place) -> str:
    return f" ({paper.describe(place)})" if place[1] else ""


def _usually(endpoint: PaperEndpoint) -> str:
    return "" if endpoint.defined else ", as usually defined,"


def check_whole_and_groups(paper: Paper) -> Findings:
    """A cohort's rates against the rates and sizes of its groups, at all their common times together."""
    for division in divisions(paper):
        whole, shares = division.whole, division.shares
        times = [time for time in division.times if time in whole]
        if division.single or shares is None or not times:
            continue
        gap = division.gap(times)
        if gap == math.inf:  # rates that rise, of which `check_monotony` speaks
            continue
        against, named, wrong, repair, outside = (*shares.claims, *division.claims), times, "", "", []
        if gap > 0:
            outside = [time for time in times if _outside(division, shares, time) > 0]
            named = outside or [time for time in times if division.gap([time]) > 0] or times
            raw = division.gap(times, chance=False)
            apart = (
                f"{raw:.1f} points apart"
                if shares.known
                else f"no shares of the groups bring all closer than {raw:.1f} points"
            )
            explained = f"of which chance in follow-up explains {max(0.0, raw - gap):.1f}"
            wrong = f"{_arithmetic(division, shares, named if shares.known else times)}: {apart}, {explained}."
            if shares.known and len(division.rates) == 2 and division.gap(times, swapped=True) == 0:
                repair = "the labels of the two groups swapped"
        severity: Severity = "impossible" if outside else "inconsistent"
        claims = [whole[time] for time in named]
        yield judged(claims, gap, _arithmetic(division, shares, times), wrong, against, POINTS, severity, repair)


def _outside(division: Division, shares: Shares, time: float) -> float:
    """How far a whole lies outside the range of its groups, whatever their shares at risk."""
    parts, groups = division.parts([time]), len(shares.levels)
    free = [Part(ANY_SHARE, part.rates) for part in parts[:groups]]
    return least_gap([division.whole[time].interval], [*free, *parts[groups:]])


def _arithmetic(division: Division, shares: Shares, times: list) -> str:
    lines = []
    parts = division.parts(times)
    for n, time in enumerate(times):
        rates = " and ".join(f"{rates[time].printed}% ({level})" for level, rates in division.rates.items())
        average = f"averaging {mixture(parts, n)}%" if shares.known else "in unknown shares"
        if not shares.known and len(division.rates) == 2:
            first, second = (claim.value for claim in division.at(time))
            share = (division.whole[time].value - second) / (first - second) if first != second else None
            average = f"a share of {'any size' if share is None else f'{share:.0%}'} for the first"
        lines.append(f"at {time:g} months {rates}, {average}, against {division.whole[time].printed}% of all")
    return f"By {division.factor.replace('_', ' ')} {'; '.join(lines)}"


def check_conditional_survival(paper: Paper) -> Findings:
    """Survival from one time to the next: the cohort's must lie among its groups', whatever their shares at risk."""
    for division in divisions(paper):
        whole, shares = division.whole, division.shares
        if shares is None:
            continue
        for first, last in pairwise(time for time in division.times if time in whole and whole[time].value > 0):
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
            of_groups = (f"{50 * (each.low + each.high):.1f}% ({level})" for level, each in groups.items())
            share = 100 * whole[last].value / whole[first].value
            words = f"From {first:g} to {last:g} months {' and '.join(of_groups)}, of all {share:.1f}%"
            against = [rates[time] for rates in division.rates.values() for time in (first, last)]
            off = 100 * Interval(low, high).apart(cohort) - _chance(division, shares, groups, first, last)
            wrong = f"{words}: outside the range of its groups."
            yield judged((whole[first], whole[last]), off, f"{words}.", wrong, against, POINTS)


def _chance(division: Division, shares: Shares, groups: dict[str, Interval], first: float, last: float) -> float:
    """Points that chance may put between a cohort's conditional survival and its groups'."""
    at_risk = [shares.levels[level].high * division.rates[level][first].value for level in groups]
    followed = [share_followed(division.paper, time) for time in (first, last)]
    subjects = shares.subjects * sum(at_risk) / 100 * followed[0]
    rates = [50 * (each.low + each.high) for each in groups.values()]
    shares_at_risk, still = [each / sum(at_risk) for each in at_risk], min(0.99, followed[1] / followed[0])
    return ALLOWED_DEVIATIONS * pooling_error(shares_at_risk, rates, max(1.0, subjects), still)


def _conditional(first: Claim, last: Claim) -> Interval:
    low = max(0, last.interval.low) / first.interval.high
    return Interval(low, min(1.0, last.interval.high / max(1e-9, first.interval.low)))


CHECKS = (
    check_monotony, check_endpoints, check_medians_of_endpoints, check_whole_and_groups, check_conditional_survival,
)  # fmt: skip
