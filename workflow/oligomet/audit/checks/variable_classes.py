"""Classes of a variable: the totals they allow, the limits they have, and the order of two variables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from oligomet.audit.claims import Claim, Paper, counts_by_factor
from oligomet.audit.claims_format import PaperLevel
from oligomet.audit.findings import Finding, Severity, held
from oligomet.audit.printed import Interval
from oligomet.audit.wording import describe_place


def total_of_classes(classes: Iterable[tuple[int, float, float]]) -> Interval:
    """Bounds of a sum over subjects, from classes (subjects, least, most of each).

    67 patients with 1 lesion and 75 with 2 to 5 have 217 to 442.
    """
    classes = list(classes)
    return Interval(sum(n * least for n, least, _ in classes), sum(n * most for n, _, most in classes))


def most_per_patient(paper: Paper) -> float:
    """The most lesions that a patient can have, by the widest class that has an upper limit; infinite if none has."""
    names = {name for name, variable in paper.declared.variables.items() if variable.totals}
    limits = [
        level.at_most if level.at_most is not None else (math.inf if level.below is None else level.below - 1)
        for factor in paper.declared.factors.values()
        if factor.variable in names
        for level in factor.levels.values()
    ]
    finite = [limit for limit in limits if math.isfinite(limit)]
    return max(finite, default=math.inf)


def check_class_totals(paper: Paper) -> Iterator[Finding]:
    """Subjects by class of a count (such as lesions of a patient) against the total of what is counted.

    Of several classifications of one variable the one that is furthest off speaks for all.
    """
    worst: dict[str, Finding] = {}
    for factor, place, claims in counts_by_factor(paper):
        declared = paper.declared.factors[factor]
        variable = paper.declared.variables.get(name := declared.variable or "")
        if variable is None or variable.totals is None or place != (variable.of, ()):
            continue
        total = paper.counted((variable.totals, ()))
        if total is None or set(claims) != set(declared.top_levels):
            continue
        limits = {level: class_limits(declared.levels[level], variable.integer, variable.at_least) for level in claims}
        bounds = total_of_classes((int(claim.value), *limits[level]) for level, claim in claims.items())
        parts = " + ".join(f"{claim.value:g} × {limits[level][0]:g}" for level, claim in claims.items())
        if bounds.holds(total.value):
            says = f"The classes hold {bounds}, and {total.value:g} is among them."
            worst.setdefault(name, Finding("sound", (total,), says, tuple(claims.values()), 0))
            continue
        off = abs(bounds.gap(Interval(total.value, total.value)))
        patients = sum(claim.value for claim in claims.values())
        repair = ""
        if variable.at_least is not None and patients * variable.at_least <= total.value < bounds.low:
            what = paper.declared.populations[variable.totals].says
            whose = f"each of the {patients:g} {describe_place(paper.declared, place)}"
            repair = f"{total.value:g} {what} as a selection, {variable.at_least:g} or more of {whose}"
        says = f"{parts} = {bounds.low:g} at the least, more than {total.value:g}."
        if total.value > bounds.high:
            says = f"The classes hold at most {bounds.high:g}, less than {total.value:g}."
        finding = Finding(
            "inconsistent" if repair else "impossible",
            (total,),
            says,
            tuple(claims.values()),
            off,
            total.unit + "s",
            repair,
        )
        if name not in worst or off > worst[name].size:
            worst[name] = finding
    yield from worst.values()


def check_classes_of_both(paper: Paper) -> Iterator[Finding]:
    """What is counted of a class of subjects, in another table: 67 patients with one lesion have 67 lesions."""
    for name, factor in paper.declared.factors.items():
        variable = paper.declared.variables.get(factor.variable or "")
        if variable is None or variable.totals is None:
            continue
        for label, level in factor.levels.items():
            group = ((name, label),)
            subjects, counted = paper.counted((variable.of, group)), paper.counted((variable.totals, group))
            low, high = class_limits(level, variable.integer, variable.at_least)
            if subjects is None or counted is None or not math.isfinite(low):
                continue
            bounds = total_of_classes([(int(subjects.value), low, high)])
            of = f"{subjects.printed} {describe_place(paper.declared, (variable.of, group))}"
            what = paper.declared.populations[variable.totals].says
            severity: Severity = "inconsistent" if counted.value < bounds.low else "impossible"
            words = f"{of} have {bounds} {what}"
            yield held((counted,), bounds, words, (subjects,), counted.unit + "s", severity)


def class_limits(level: PaperLevel, integer: bool, least: float | None = None) -> tuple[float, float]:
    """The least and the most that a variable can be at a level: 'below 60' is at most 59 if it is a whole number.

    `least` is the least that the variable can be anywhere.
    """
    step = 1 if integer else 0
    low = level.at_least if level.at_least is not None else level.above + step if level.above is not None else -math.inf
    high = level.at_most if level.at_most is not None else level.below - step if level.below is not None else math.inf
    return (max(low, least) if least is not None else low), high


def check_ordered_variables(paper: Paper) -> Iterator[Finding]:
    """If one variable is never below another, at least as many subjects reach a common cut-point with it."""
    for name, variable in paper.declared.variables.items():
        if variable.not_below is None:
            continue
        longer, shorter = (_above_cuts(paper, each) for each in (name, variable.not_below))
        for cut in longer.keys() & shorter.keys():
            (more, rest), (fewer, _) = longer[cut], shorter[cut]
            words = f"{variable.says} is never below {paper.declared.variables[variable.not_below].says.lower()}"
            if more.value >= fewer.value:
                yield Finding(
                    "sound", (more,), f"{more.value:g} reach {cut:g}, and {fewer.value:g} of the other.", (fewer,)
                )
                continue
            repair = "the labels of the two groups swapped" if rest is not None and rest.value >= fewer.value else ""
            unless = f" unless {variable.unless}" if variable.unless else ""
            says = (
                f"{words}{unless}, but {fewer.value:g} subjects reach {cut:g} with the shorter and {more.value:g} with "
                f"the longer: at least {fewer.value - more.value:g} must be below it."
            )
            severity: Severity = "inconsistent" if variable.unless else "impossible"
            claims = (more, *([rest] if rest else []))
            yield Finding(severity, claims, says, (fewer,), fewer.value - more.value, "subjects", repair)


def _above_cuts(paper: Paper, variable: str) -> dict[float, tuple[Claim, Claim | None]]:
    """By cut-point: how many subjects reach it, and how many do not."""
    cuts = {}
    for name, factor in paper.declared.factors.items():
        if factor.variable == variable:
            for label, level in factor.levels.items():
                claim = paper.counted((factor.of, ((name, label),)))
                if level.at_least is not None and level.at_most is None and claim is not None:
                    below = [other for other, each in factor.levels.items() if each.below == level.at_least]
                    rest = paper.counted((factor.of, ((name, below[0]),))) if below else None
                    cuts[level.at_least] = claim, rest
    return cuts


def check_class_limits(paper: Paper) -> Iterator[Finding]:
    """Classes that hold subjects beyond a limit that all are said to keep."""
    for name, factor in paper.declared.factors.items():
        variable = paper.declared.variables.get(factor.variable or "")
        if variable is None:
            continue
        for limit in paper.select(kind="maximum", variable=factor.variable, group=()):
            if limit.relation not in "<≤":
                continue
            most = limit.interval.high - (1 if variable.integer and limit.relation == "<" else 0)
            for label, level in factor.levels.items():
                low, high = class_limits(level, variable.integer, variable.at_least)
                claim = next(
                    (c for c in paper.select(kind="count") if c.group == ((name, label),) and c.value > 0), None
                )
                if claim is None or not math.isfinite(high) or high <= most:
                    continue
                severity: Severity = "ambiguous" if low <= most else "impossible"
                says = f"The class {label} reaches {high:g}, but {variable.says.lower()} is said to be {limit.printed}."
                yield Finding(
                    severity,
                    (limit,),
                    says,
                    (claim,),
                    high - most,
                    "lesions",
                    f"≤ {high:g} in place of {limit.printed}",
                )


CHECKS = (check_class_totals, check_classes_of_both, check_class_limits, check_ordered_variables)
