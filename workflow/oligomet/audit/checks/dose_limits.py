"""Doses: whether fractions, dose per fraction and total dose can make the printed biologically effective doses.

BED = n d (1 + d / (alpha/beta)), the linear-quadratic model (Fowler 1989, Br J Radiol 62:679).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from oligomet.audit.claims import Claim, Paper
from oligomet.audit.claims_format import PaperVariable
from oligomet.audit.findings import Finding, held
from oligomet.audit.printed import Interval

Span = tuple[Interval, tuple[Claim, Claim]]  # all values, and the claims of the least and the most


def bed_range(fraction: Interval, fractions: Interval, dose: Interval, alpha_beta: float) -> Interval | None:
    """The smallest and largest BED of any plan within the limits; None if no plan is.

    For a number of fractions n the dose per fraction d can run from max(d_low, D_low / n) to min(d_high, D_high / n),
    and BED grows with d: its extremes over the whole numbers n are the answer.

    1.8 to 8 Gy in 5 to 28 fractions, 24 to 60 Gy in all, at 10 Gy: 28.43 to 105 Gy.
    """
    values = []
    for n in range(max(1, math.ceil(fractions.low)), math.floor(fractions.high) + 1):
        low, high = max(fraction.low, dose.low / n), min(fraction.high, dose.high / n)
        if low <= high * (1 + 1e-9):
            values += [n * d * (1 + d / alpha_beta) for d in (low, high)]
    return Interval(min(values), max(values)) if values else None


def smallest_dose_for(
    bed: float, fraction: Interval, fractions: Interval, alpha_beta: float
) -> tuple[float, int] | None:
    """The smallest total dose that reaches a BED, and its number of fractions; None if none within the limits does.

    A BED of 115 Gy takes, in 5 to 28 fractions of at most 8 Gy at 10 Gy, 63.9 Gy in 8.
    """
    plans = []
    for n in range(max(1, math.ceil(fractions.low)), math.floor(fractions.high) + 1):
        d = alpha_beta / 2 * (math.sqrt(1 + 4 * bed / (n * alpha_beta)) - 1)
        if fraction.holds(d):
            plans.append((n * d, n))
    return min(plans, default=None)


def check_doses(paper: Paper) -> Iterator[Finding]:
    """The extremes of a BED against the extremes of what it is computed from."""
    for name, variable in paper.declared.variables.items():
        if variable.formula != "bed":
            continue
        fraction, fractions = (_span(paper, each) for each in (variable.fraction, variable.fractions))
        doses = [span for each in variable.dose if (span := _span(paper, each))]
        if not (fraction and fractions and doses):
            continue
        yield from _two_levels(paper, name, variable, fraction, fractions)
        dose = Interval(min(span[0].low for span in doses), max(span[0].high for span in doses))
        against = tuple(claim for _, claims in (fraction, fractions, *doses) for claim in claims)
        bounds = bed_range(fraction[0], fractions[0], dose, variable.alpha_beta)
        if bounds is None:
            says = f"No plan has {fraction[0]} Gy in {fractions[0]} fractions and {dose} Gy in all."
            yield Finding("impossible", against, says)
            continue
        for kind in ("minimum", "median", "maximum"):
            for claim in paper.select(kind=kind, variable=name):
                yield _judge(claim, bounds, fraction, fractions, doses, variable)


def _two_levels(paper: Paper, name: str, variable: PaperVariable, fraction: Span, fractions: Span) -> Iterator[Finding]:
    """Extremes of a BED that only different doses can give: two prescription levels, pooled as one variable."""
    spans = {dose: span for dose in variable.dose if (span := _span(paper, dose))}
    bounds = {dose: bed_range(fraction[0], fractions[0], span[0], variable.alpha_beta) for dose, span in spans.items()}
    for claim in paper.select(kind="minimum", variable=name):
        can = [dose for dose, bound in bounds.items() if bound and bound.meets(claim.interval)]
        cannot = [dose for dose, bound in bounds.items() if bound and bound.low > claim.interval.high]
        tops = [c for c in paper.select(kind="maximum", variable=name) if c.section == claim.section]
        reach = [d for d in can for top in tops if (bound := bounds[d]) and bound.high >= top.interval.low]
        if can and cannot and tops and not reach:
            says = {dose: paper.declared.variables[dose].says for dose in bounds}
            least = bounds[cannot[0]]
            dose, other = _lower(says[can[0]]), _lower(says[cannot[0]])
            words = (
                f"A BED of {claim.printed} Gy is of the {dose}: the {other}, {spans[cannot[0]][1][0].printed} Gy or "
                f"more, gives at least {least.low if least else 0:.1f}. {tops[0].printed} is not of the {dose}: two "
                "prescription levels are pooled as one."
            )
            off = abs(least.gap(claim.interval)) if least else math.nan
            against = (*spans[can[0]][1], *spans[cannot[0]][1])
            yield Finding("ambiguous", (claim, tops[0]), words, against, off, "Gy", "the BED of each level by itself")


def check_fractions_and_doses(paper: Paper) -> Iterator[Finding]:
    """Of any group: fractions times dose per fraction against the total dose."""
    products = {(v.fraction, v.fractions, dose) for v in paper.declared.variables.values() for dose in v.dose}
    for fraction, fractions, dose in sorted(products, key=str):
        for total in [c for kind in ("minimum", "maximum") for c in paper.select(kind=kind, variable=dose)]:
            of = {"population": total.population, "group": total.group, "relation": "="}
            ends = [
                (paper.select(kind="minimum", variable=name, **of), paper.select(kind="maximum", variable=name, **of))
                for name in (fraction, fractions)
            ]
            if total.relation != "=" or not all(low and high for low, high in ends):
                continue
            (d_low, d_high), (n_low, n_high) = ((low[0], high[0]) for low, high in ends)
            bounds = Interval(
                max(0, d_low.interval.low) * max(0, n_low.interval.low), d_high.interval.high * n_high.interval.high
            )
            plan = f"{d_low.printed} to {d_high.printed} Gy in {n_low.printed} to {n_high.printed} fractions"
            against = d_low, d_high, n_low, n_high
            yield held((total,), bounds, f"{plan} are {bounds} Gy in all", against, "Gy")


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _judge(
    claim: Claim, bounds: Interval, fraction: Span, fractions: Span, doses: list[Span], variable: PaperVariable
) -> Finding:
    against = tuple(limit for _, limits in (fraction, fractions, *doses) for limit in limits)
    if bounds.meets(claim.interval):
        return Finding("sound", (claim,), f"The printed doses allow {bounds} Gy.", against)
    least = min((low for _, (low, _) in doses), key=lambda claim: claim.value)
    most = max((high for _, (_, high) in doses), key=lambda claim: claim.value)
    total = f"{least.printed} to {most.printed}"
    limits = f"{_printed(fraction)} Gy a fraction, {_printed(fractions)} fractions and {total} Gy in all"
    repair = ""
    if claim.interval.low > bounds.high:
        found = smallest_dose_for(claim.interval.low, fraction[0], fractions[0], variable.alpha_beta)
        if found:
            repair = f"a total dose of {found[0]:.1f} Gy, in {found[1]} fractions of {found[0] / found[1]:.2f} Gy"
    says = f"{limits} allow a BED of {bounds} Gy, rounding included, not {claim.printed}."
    return Finding("impossible", (claim,), says, against, abs(bounds.gap(claim.interval)), "Gy", repair)


def _printed(span: Span) -> str:
    return f"{span[1][0].printed} to {span[1][1].printed}"


def _span(paper: Paper, variable: str | None) -> Span | None:
    """From the least to the most that is printed of a variable anywhere, as far as rounding allows."""
    lows, highs = (paper.select(kind=kind, variable=variable, relation="=") for kind in ("minimum", "maximum"))
    if variable is None or not (lows and highs):
        return None
    low, high = min(lows, key=lambda c: c.interval.low), max(highs, key=lambda c: c.interval.high)
    return Interval(low.interval.low, high.interval.high), (low, high)


CHECKS = (check_doses, check_fractions_and_doses)
