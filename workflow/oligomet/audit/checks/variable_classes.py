"""Classes of a variable: the totals they allow, the limits they have, and the order of two variables."""

from __future__ import annotations

import math
from collections.abc import Iterable

from oligomet.audit.claims import Claim, Paper, counts_by_factor
from oligomet.audit.claims_format import PaperLevel
from oligomet.audit.findings import Finding, Findings, Severity, held, judged
from oligomet.audit.printed import Interval


def total_of_classes(classes: Iterable[tuple[int, float, float]]) -> Interval:
    """Bounds of a sum over subjects, from classes (subjects, least, most of each).

    67 patients with 1 lesion and 75 with 2 to 5 have 217 to 442.
    """
    return sum((Interval(n * least, n * most) for n, least, most in classes if n), Interval.at(0))


def most_per_patient(paper: Paper) -> float:
    """The most lesions that a patient can have, by the widest class that has an upper limit; infinite if none has."""
    names = {name for name, variable in paper.declared.variables.items() if variable.totals}
    levels = [level for _, factor, _, level in paper.declared.levels() if factor.variable in names]
    limits = [class_limits(level, integer=True)[1] for level in levels]
    return max((limit for limit in limits if math.isfinite(limit)), default=math.inf)


def check_class_totals(paper: Paper) -> Findings:
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
        patients, repair = sum(claim.value for claim in claims.values()), ""
        if variable.at_least is not None and patients * variable.at_least <= total.value < bounds.low:
            what = paper.declared.populations[variable.totals].says
            whose = f"each of the {patients:g} {paper.describe(place)}"
            repair = f"{total.value:g} {what} as a selection, {variable.at_least:g} or more of {whose}"
        parts = " + ".join(f"{claim.value:g} × {limits[level][0]:g}" for level, claim in claims.items())
        fine = f"The classes hold {bounds}, and {total.value:g} is among them."
        few = f"{parts} = {bounds.low:g} at the least, more than {total.value:g}."
        many = f"The classes hold at most {bounds.high:g}, less than {total.value:g}."
        off = bounds.apart(Interval.at(total.value))
        severity: Severity = "inconsistent" if repair else "impossible"
        wrong = many if total.value > bounds.high else few
        finding = judged(total, off, fine, wrong, claims.values(), f"{total.unit}s", severity, repair)
        if name not in worst or off > (0 if math.isnan(worst[name].size) else worst[name].size):
            worst[name] = finding
    yield from worst.values()


def check_classes_of_both(paper: Paper) -> Findings:
    """What is counted of a class of subjects, in another table: 67 patients with one lesion have 67 lesions."""
    for name, factor, label, level in paper.declared.levels():
        variable = paper.declared.variables.get(factor.variable or "")
        if variable is None or variable.totals is None:
            continue
        group = ((name, label),)
        subjects, counted = paper.counted((variable.of, group)), paper.counted((variable.totals, group))
        low, high = class_limits(level, variable.integer, variable.at_least)
        if subjects is None or counted is None or not math.isfinite(low):
            continue
        bounds = total_of_classes([(int(subjects.value), low, high)])
        what = paper.declared.populations[variable.totals].says
        words = f"{subjects.printed} {paper.describe((variable.of, group))} have {bounds} {what}"
        severity: Severity = "inconsistent" if counted.value < bounds.low else "impossible"
        yield held(counted, bounds, words, subjects, f"{counted.unit}s", severity)


def class_limits(level: PaperLevel, integer: bool, least: float | None = None) -> tuple[float, float]:
    """The least and the most that a variable can be at a level: 'below 60' is at most 59 if it is a whole number.

    `least` is the least that the variable can be anywhere.
    """
    step = 1 if integer else 0
    low = level.at_least if level.at_least is not None else level.above + step if level.above is not None else -math.inf
    high = level.at_most if level.at_most is not None else level.below - step if level.below is not None else math.inf
    return (max(low, least) if least is not None else low), high


def check_ordered_variables(paper: Paper) -> Findings:
    """If one variable is never below another, at least as many subjects reach a common cut-point with it."""
    for name, variable in paper.declared.variables.items():
        if variable.not_below is None:
            continue
        longer, shorter = (_above_cuts(paper, each) for each in (name, variable.not_below))
        for cut in longer.keys() & shorter.keys():
            (more, rest), (fewer, _) = longer[cut], shorter[cut]
            off = fewer.value - more.value
            if off <= 0:
                says = f"{more.value:g} reach {cut:g}, and {fewer.value:g} of the other."
                yield Finding("sound", (more,), says, (fewer,))
                continue
            repair = "the labels of the two groups swapped" if rest is not None and rest.value >= fewer.value else ""
            unless = f" unless {variable.unless}" if variable.unless else ""
            says = (
                f"{variable.says} is never below {paper.declared.variables[variable.not_below].says.lower()}{unless}, "
                f"but {fewer.value:g} subjects reach {cut:g} with the shorter and {more.value:g} with the longer: at "
                f"least {off:g} must be below it."
            )
            claims = (more, rest) if rest else (more,)
            severity: Severity = "inconsistent" if unless else "impossible"
            yield Finding(severity, claims, says, (fewer,), off, "subjects", repair)


def _above_cuts(paper: Paper, variable: str) -> dict[float, tuple[Claim, Claim | None]]:
    """By cut-point: how many subjects reach it, and how many do not."""
    cuts = {}
    for name, factor, label, level in paper.declared.levels():
        claim = paper.counted((factor.of, ((name, label),))) if factor.variable == variable else None
        if level.at_least is not None and level.at_most is None and claim is not None:
            below = [other for other, each in factor.levels.items() if each.below == level.at_least]
            cuts[level.at_least] = claim, paper.counted((factor.of, ((name, below[0]),))) if below else None
    return cuts


def check_class_limits(paper: Paper) -> Findings:
    """Classes that hold subjects beyond a limit that all are said to keep."""
    for name, factor in paper.declared.factors.items():
        variable = paper.declared.variables.get(factor.variable or "")
        if variable is None:
            continue
        limits = paper.select(kind="maximum", variable=factor.variable, group=())
        for limit in (each for each in limits if each.relation in "<≤"):
            most = limit.interval.high - (1 if variable.integer and limit.relation == "<" else 0)
            for label, level in factor.levels.items():
                low, high = class_limits(level, variable.integer, variable.at_least)
                counts = [c for c in paper.select(kind="count", group=((name, label),)) if c.value > 0]
                if not counts or not most < high < math.inf:
                    continue
                severity: Severity = "ambiguous" if low <= most else "impossible"
                says = f"The class {label} reaches {high:g}, but {variable.says.lower()} is said to be {limit.printed}."
                repair = f"≤ {high:g} in place of {limit.printed}"
                yield Finding(severity, (limit,), says, (counts[0],), high - most, "lesions", repair)


CHECKS = (check_class_totals, check_classes_of_both, check_class_limits, check_ordered_variables)
