"""Numbers at risk and of events, against the curve they belong to, and medians that were not reached."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

from oligomet.audit.claims import Claim, Paper, narrowed
from oligomet.audit.findings import POINTS, Finding, Findings, Severity, held
from oligomet.audit.printed import NOT_REACHED, Interval

AT_THE_TIME = 0.05  # of those at risk at a time, who can have the event just then: months are whole numbers to many


def rates_of(paper: Paper, claim: Claim) -> list[Claim]:
    """The rates of the curve that a claim is of."""
    rates = paper.select(kind="rate", place=claim.place, followed=claim.followed)
    return [rate for rate in rates if rate.time is not None]


def check_numbers_at_risk(paper: Paper) -> Findings:
    """Numbers at risk start with all, never rise, and leave a curve at or above their share of all.

    Events and losses both lower the number at risk, and only events the curve: S(t) is at least n(t)/n(0).
    """
    curves: dict[tuple, list[Claim]] = defaultdict(list)
    for claim in paper.select(kind="at_risk"):
        curves[claim.section, claim.endpoint, claim.place].append(claim)
    for claims in curves.values():
        claims.sort(key=lambda claim: claim.time or 0)
        for earlier, later in pairwise(claims):
            words = f"{earlier.printed} are at risk at {earlier.time or 0:g} months, and no more at {later.time or 0:g}"
            yield held(later, Interval(0, earlier.value), words, earlier, "subjects")
        first, total = claims[0], paper.counted(claims[0].place)
        if total is None or not total.value:
            continue
        if first.time == 0 and first.value != total.value:
            says = f"{first.printed} are at risk at the beginning, but there are {total.printed}."
            yield Finding("inconsistent", (first,), says, (total,), abs(first.value - total.value), "subjects")
        rates = {rate.time: rate for rate in rates_of(paper, first)}
        for claim in (claim for claim in claims if claim.time in rates):
            rate, share = rates[claim.time], 100 * claim.value / total.value
            still = f"With {claim.printed} of {total.printed} still at risk at {claim.time or 0:g} months"
            yield held(
                rate, Interval((1 - AT_THE_TIME) * share, 100), f"{still} the curve is at {share:.1f}% or above",
                (claim, total), POINTS, "inconsistent", printed=f"{rate.printed}%",
            )  # fmt: skip


def check_numbers_of_events(paper: Paper) -> Findings:
    """Events against their subjects, against the sum over groups, and against the curve where it is known to end.

    Each event takes 1/N or more off the curve: of E events all but those still at risk at t came before it.
    """
    for claim in paper.select(kind="events"):
        total = paper.counted(claim.place)
        if total is None or not total.value:
            continue
        yield held(claim, Interval(0, total.value), f"There can be events of {total.printed}", total, "events")
        for rate in rates_of(paper, claim):
            still = paper.first(kind="at_risk", endpoint=claim.endpoint, time=rate.time, group=claim.group)
            if still is None:
                continue
            before = max(0.0, claim.value - still.value)
            most = 100 * (1 - before / total.value)
            came = f"Of {claim.printed} events {before:g} or more came by {rate.time or 0:g} months"
            words = f"{came}, when {still.printed} were still at risk: the curve is at {most:.1f}% or below"
            yield held(
                (rate, claim), Interval(0, most), words, (still, total), POINTS, "inconsistent",
                printed=f"{rate.printed}%",
            )  # fmt: skip
    for factor, declared in paper.declared.factors.items():
        for whole in paper.select(kind="events"):
            places = [narrowed(whole.place, factor, level) for level in declared.top_levels]
            parts = [paper.first(kind="events", endpoint=whole.endpoint, place=place) for place in places]
            known = [part for part in parts if part is not None]
            incomplete = declared.within or declared.overlapping or declared.partial or len(known) < max(2, len(parts))
            if factor in dict(whole.group) or incomplete:
                continue
            added = sum(part.value for part in known)
            words = f"{' + '.join(part.printed for part in known)} = {added:g} events"
            severity: Severity = "impossible" if added > whole.value else "inconsistent"
            yield held(whole, Interval.at(added), words, known, "events", severity)


def check_medians_not_reached(paper: Paper) -> Findings:
    """A median that was not reached: no rate of the same curve is below one half."""
    for claim in paper.claims:
        if claim.kind == "median" and claim.printed == NOT_REACHED and claim.endpoint:
            for rate in rates_of(paper, claim):
                yield held(
                    claim, Interval(50, 100), f"At {rate.time or 0:g} months the curve is at {rate.printed}%", rate,
                    POINTS, found=rate.interval, printed="above one half for good",
                )  # fmt: skip


CHECKS = (check_numbers_at_risk, check_numbers_of_events, check_medians_not_reached)
