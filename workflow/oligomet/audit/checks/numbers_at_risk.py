"""Numbers at risk and of events, against the curve they belong to, and medians that were not reached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from oligomet.audit.claims import Claim, Paper, narrowed
from oligomet.audit.findings import Finding, held
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
            yield held(
                (later,),
                Interval(0, earlier.value),
                later.interval,
                f"{later.printed} at risk after {earlier.printed}.",
                f"{later.printed} cannot be at risk at {later.time or 0:g} months: at {earlier.time or 0:g} they were "
                f"{earlier.printed}.",
                (earlier,),
                measure="subjects",
            )
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
            yield held(
                (rate,),
                Interval(least, 100),
                rate.interval,
                f"{claim.printed} of {total.printed} still at risk allow {rate.printed}%.",
                f"With {claim.printed} of {total.printed} still at risk at {claim.time or 0:g} months the curve is at "
                f"{100 * claim.value / total.value:.1f}% or above, not at {rate.printed}%.",
                (claim, total),
                measure="percentage points",
                severity="inconsistent",
            )


def check_numbers_of_events(paper: Paper) -> Iterator[Finding]:
    """Events against their subjects, against the sum over groups, and against the curve where it is known to end.

    Each event takes 1/N or more off the curve: of E events all but those still at risk at t came before it.
    """
    for claim in paper.select(kind="events"):
        total = paper.counted(claim.place)
        if total is None or not total.value:
            continue
        yield held(
            (claim,),
            Interval(0, total.value),
            claim.interval,
            f"{claim.printed} events of {total.printed}.",
            f"{claim.printed} events cannot be of {total.printed}.",
            (total,),
            measure="events",
        )
        for rate in rates_of(paper, claim):
            still = paper.select(kind="at_risk", endpoint=claim.endpoint, time=rate.time, group=claim.group)
            if not still:
                continue
            before, left, at = max(0.0, claim.value - still[0].value), still[0].printed, f"{rate.time or 0:g} months"
            yield held(
                (rate, claim),
                Interval(0, 100 * (1 - before / total.value)),
                rate.interval,
                f"{before:g} events or more by {at} allow {rate.printed}%.",
                f"Of {claim.printed} events at least {before:g} came by {at}, when {left} were still at risk: the "
                f"curve is at {100 * (1 - before / total.value):.1f}% or below, not at {rate.printed}%.",
                (still[0], total),
                measure="percentage points",
                severity="inconsistent",
            )
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
            yield held(
                (whole,),
                Interval(added, added),
                whole.interval,
                f"{' + '.join(part.printed for part in known)} events are {added:g}.",
                f"{' + '.join(part.printed for part in known)} = {added:g} events, not {whole.printed}.",
                tuple(known),
                measure="events",
                severity="impossible" if added > whole.value else "inconsistent",
            )


def check_medians_not_reached(paper: Paper) -> Iterator[Finding]:
    """A median that was not reached: no rate of the same curve is below one half."""
    for claim in paper.claims:
        if claim.kind == "median" and claim.printed == NOT_REACHED and claim.endpoint:
            for rate in rates_of(paper, claim):
                yield held(
                    (claim,),
                    Interval(50, 100),
                    rate.interval,
                    f"{rate.printed}% at {rate.time or 0:g} months.",
                    f"The median is not reached, but {rate.printed}% at {rate.time or 0:g} months is past it.",
                    (rate,),
                    measure="percentage points",
                )


CHECKS = (check_numbers_at_risk, check_numbers_of_events, check_medians_not_reached)
