"""Numbers at risk and of events, against the curve they belong to, and medians that were not reached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from oligomet.audit.claims import Claim, Paper, narrowed
from oligomet.audit.findings import Finding, Severity, held
from oligomet.audit.printed import NOT_REACHED, Interval
from oligomet.audit.survival_claims import canonical_endpoint

AT_THE_TIME = 0.05  # of those at risk at a time, who can have the event just then: months are whole numbers to many


def rates_of(paper: Paper, claim: Claim) -> list[Claim]:
    """The rates of the curve that a claim is of."""
    return [
        rate
        for rate in paper.select(kind="rate", population=claim.population, group=claim.group)
        if rate.time is not None
        and canonical_endpoint(paper, rate.endpoint) == canonical_endpoint(paper, claim.endpoint)
    ]


def check_numbers_at_risk(paper: Paper) -> Iterator[Finding]:
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
            yield held((later,), Interval(0, earlier.value), words, (earlier,), "subjects")
        total = paper.counted(claims[0].place)
        if total is None or not total.value:
            continue
        first = claims[0]
        if first.time == 0 and first.value != total.value:
            says = f"{first.printed} are at risk at the beginning, but there are {total.printed}."
            yield Finding("inconsistent", (first,), says, (total,), abs(first.value - total.value), "subjects")
        rates = {rate.time: rate for rate in rates_of(paper, first)}
        for claim in claims:
            rate = rates.get(claim.time)
            if rate is None:
                continue
            least = 100 * (1 - AT_THE_TIME) * claim.value / total.value
            share = 100 * claim.value / total.value
            words = f"With {claim.printed} of {total.printed} still at risk at {claim.time or 0:g} months the curve"
            yield held(
                (rate,), Interval(least, 100), f"{words} is at {share:.1f}% or above", (claim, total),
                "percentage points", "inconsistent", printed=f"{rate.printed}%",
            )  # fmt: skip


def check_numbers_of_events(paper: Paper) -> Iterator[Finding]:
    """Events against their subjects, against the sum over groups, and against the curve where it is known to end.

    Each event takes 1/N or more off the curve: of E events all but those still at risk at t came before it.
    """
    for claim in paper.select(kind="events"):
        total = paper.counted(claim.place)
        if total is None or not total.value:
            continue
        words = f"There can be events of {total.printed}"
        yield held((claim,), Interval(0, total.value), words, (total,), "events")
        for rate in rates_of(paper, claim):
            still = paper.select(kind="at_risk", endpoint=claim.endpoint, time=rate.time, group=claim.group)
            if not still:
                continue
            before, left, at = max(0.0, claim.value - still[0].value), still[0].printed, f"{rate.time or 0:g} months"
            most = 100 * (1 - before / total.value)
            words = (
                f"Of {claim.printed} events {before:g} or more came by {at}, when {left} were still at risk: the curve"
            )
            yield held(
                (rate, claim), Interval(0, most), f"{words} is at {most:.1f}% or below", (still[0], total),
                "percentage points", "inconsistent", printed=f"{rate.printed}%",
            )  # fmt: skip
    for factor, declared in paper.declared.factors.items():
        for whole in paper.select(kind="events"):
            if factor in dict(whole.group) or declared.within:
                continue
            places = [narrowed(whole.place, factor, level) for level in declared.top_levels]
            parts = [
                next(iter(paper.select(kind="events", endpoint=whole.endpoint, population=at[0], group=at[1])), None)
                for at in places
            ]
            known = [part for part in parts if part is not None]
            if declared.overlapping or declared.partial or len(known) < max(2, len(parts)):
                continue
            added = sum(part.value for part in known)
            words = f"{' + '.join(part.printed for part in known)} = {added:g} events"
            severity: Severity = "impossible" if added > whole.value else "inconsistent"
            yield held((whole,), Interval(added, added), words, tuple(known), "events", severity)


def check_medians_not_reached(paper: Paper) -> Iterator[Finding]:
    """A median that was not reached: no rate of the same curve is below one half."""
    for claim in paper.claims:
        if claim.kind == "median" and claim.printed == NOT_REACHED and claim.endpoint:
            for rate in rates_of(paper, claim):
                words = f"At {rate.time or 0:g} months the curve is at {rate.printed}%"
                yield held(
                    (claim,), Interval(50, 100), words, (rate,), "percentage points", found=rate.interval,
                    printed="above one half for good",
                )  # fmt: skip


CHECKS = (check_numbers_at_risk, check_numbers_of_events, check_medians_not_reached)
