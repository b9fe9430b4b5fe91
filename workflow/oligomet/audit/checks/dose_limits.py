"""Doses: whether fractions, dose per fraction and total dose can make the printed biologically effective doses.

BED = n d (1 + d / (alpha/beta)), the linear-quadratic model (Fowler 1989, Br J Radiol 62:679).
"""

from __future__ import annotations

import math

from oligomet.audit.claims import Claim, Paper
from oligomet.audit.claims_format import PaperVariable
from oligomet.audit.findings import Finding, Findings, held, judged
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


def check_doses(paper: Paper) -> Findings:
    """The extremes of a BED against the extremes of what it is computed from."""
    for name, variable in paper.declared.variables.items():
        if variable.formula != "bed":
            continue
        fraction, fractions = (_span(paper, each) for each in (variable.fraction, variable.fractions))
        doses = {dose: span for dose in variable.dose if (span := _span(paper, dose))}
        if not (fraction and fractions and doses):
            continue
        yield from _two_levels(paper, name, variable, fraction, fractions, doses)
        dose = Interval(min(span.low for span, _ in doses.values()), max(span.high for span, _ in doses.values()))
        against = [claim for _, ends in (fraction, fractions, *doses.values()) for claim in ends]
        bounds = bed_range(fraction[0], fractions[0], dose, variable.alpha_beta)
        if bounds is None:
            says = f"No plan has {fraction[0]} Gy in {fractions[0]} fractions and {dose} Gy in all."
            yield Finding("impossible", tuple(against), says)
            continue
        least = min((low for _, (low, _) in doses.values()), key=lambda claim: claim.value)
        most = max((high for _, (_, high) in doses.values()), key=lambda claim: claim.value)
        limits = (
            f"{_printed(*fraction[1])} Gy a fraction, {_printed(*fractions[1])} fractions and {_printed(least, most)} "
            f"Gy in all allow a BED of {bounds} Gy, rounding included"
        )
        for claim in paper.select(kind=("minimum", "median", "maximum"), variable=name):
            above, repair = claim.interval.low, ""
            if above > bounds.high and (
                plan := smallest_dose_for(above, fraction[0], fractions[0], variable.alpha_beta)
            ):
                repair = f"a total dose of {plan[0]:.1f} Gy, in {plan[1]} fractions of {plan[0] / plan[1]:.2f} Gy"
            fine, wrong = f"The printed doses allow {bounds} Gy.", f"{limits}, not {claim.printed}."
            yield judged(claim, bounds.apart(claim.interval), fine, wrong, against, "Gy", repair=repair)


def _two_levels(
    paper: Paper, name: str, variable: PaperVariable, fraction: Span, fractions: Span, doses: dict[str, Span]
) -> Findings:
    """Extremes of a BED that only different doses can give: two prescription levels, pooled as one variable."""
    made = {dose: bed_range(fraction[0], fractions[0], span, variable.alpha_beta) for dose, (span, _) in doses.items()}
    bounds = {dose: bound for dose, bound in made.items() if bound is not None}
    says = {dose: paper.declared.variables[dose].says for dose in bounds}
    for claim in paper.select(kind="minimum", variable=name):
        can = [dose for dose, bound in bounds.items() if bound.meets(claim.interval)]
        cannot = [dose for dose, bound in bounds.items() if bound.low > claim.interval.high]
        tops = paper.select(kind="maximum", variable=name, section=claim.section)
        reach = [dose for dose in can for top in tops if bounds[dose].high >= top.interval.low]
        if can and cannot and tops and not reach:
            dose, other = (says[each][:1].lower() + says[each][1:] for each in (can[0], cannot[0]))
            least = bounds[cannot[0]]
            words = (
                f"A BED of {claim.printed} Gy is of the {dose}: the {other}, {doses[cannot[0]][1][0].printed} Gy or "
                f"more, gives at least {least.low:.1f}. {tops[0].printed} is not of the {dose}: two prescription "
                "levels are pooled as one."
            )
            against = (*doses[can[0]][1], *doses[cannot[0]][1])
            repair, off = "the BED of each level by itself", least.apart(claim.interval)
            yield Finding("ambiguous", (claim, tops[0]), words, against, off, "Gy", repair)


def check_fractions_and_doses(paper: Paper) -> Findings:
    """Of any group: fractions times dose per fraction against the total dose."""
    products = {(v.fraction, v.fractions, dose) for v in paper.declared.variables.values() for dose in v.dose}
    for fraction, fractions, dose in sorted(products, key=str):
        for total in paper.select(kind=("minimum", "maximum"), variable=dose, relation="="):
            ends = [
                paper.first(kind=kind, variable=name, place=total.place, relation="=")
                for name in (fraction, fractions)
                for kind in ("minimum", "maximum")
            ]
            known = [claim for claim in ends if claim is not None]
            if len(known) < len(ends):
                continue
            d_low, d_high, n_low, n_high = known
            low = max(0, d_low.interval.low) * max(0, n_low.interval.low)
            bounds = Interval(low, d_high.interval.high * n_high.interval.high)
            plan = f"{_printed(d_low, d_high)} Gy in {_printed(n_low, n_high)} fractions"
            yield held(total, bounds, f"{plan} are {bounds} Gy in all", known, "Gy")


def _printed(low: Claim, high: Claim) -> str:
    return f"{low.printed} to {high.printed}"


def _span(paper: Paper, variable: str | None) -> Span | None:
    """From the least to the most that is printed of a variable anywhere, as far as rounding allows."""
    lows, highs = (paper.select(kind=kind, variable=variable, relation="=") for kind in ("minimum", "maximum"))
    if variable is None or not (lows and highs):
        return None
    low, high = min(lows, key=lambda c: c.interval.low), max(highs, key=lambda c: c.interval.high)
    return Interval(low.interval.low, high.interval.high), (low, high)


CHECKS = (check_doses, check_fractions_and_doses)
