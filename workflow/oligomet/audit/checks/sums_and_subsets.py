"""Counts: sums against totals, parts against wholes, and the overlaps that counts force."""

from __future__ import annotations

import math
from collections.abc import Iterable

from oligomet.audit.checks.percentages import known_values
from oligomet.audit.checks.variable_classes import most_per_patient
from oligomet.audit.claims import Claim, Paper, counts_by_factor, narrowed
from oligomet.audit.claims_format import Place
from oligomet.audit.findings import Finding, Findings, Severity, judged
from oligomet.audit.printed import Interval
from oligomet.audit.wording import plus


def overlap(parts: Iterable[int], whole: int) -> Interval:
    """How many of `whole` are in two parts or more, if the parts cover it (inclusion-exclusion, Bonferroni).

    25 with acute and 20 with late toxicity among 44: 1 has both.

    With sum S of k parts, S - N memberships are second or later ones. A member holds at most k - 1 of them, and the
    number in two parts is at most S - N, at least (S - N) / (k - 1).
    """
    parts = list(parts)
    extra = sum(parts) - whole
    return Interval(math.ceil(extra / max(1, len(parts) - 1)), extra)


def check_sums(paper: Paper) -> Findings:
    """The levels of a factor, printed in one section, against the number of those they divide."""
    for factor, place, claims in counts_by_factor(paper):
        declared = paper.declared.factors[factor]
        if declared.overlapping:
            continue
        top = {level: claim for level, claim in claims.items() if level in declared.top_levels}
        for parent in {level.within for level in declared.levels.values() if level.within}:
            parts = {level: claim for level, claim in claims.items() if declared.levels[level].within == parent}
            if parent in top and len(parts) > 1:
                yield _sum(paper, factor, parts, top[parent], narrowed(place, factor, parent))
        total = paper.counted(place, next(iter(claims.values())).section)
        if total is not None and len(top) > 1:
            yield _sum(paper, factor, top, total, place)


def _sum(paper: Paper, factor: str, parts: dict[str, Claim], total: Claim, place: Place) -> Finding:
    claims = tuple(parts.values())
    found, whole = sum(claim.value for claim in claims), total.value
    arithmetic, what = plus(claims), paper.describe(place)
    declared = paper.declared.factors[factor]
    beside = set(parts) <= set(declared.top_levels)  # and not parts of a level
    missing = [level for level in declared.top_levels if level not in parts] if beside else []
    elsewhere = any(_counted_anywhere(paper, narrowed(place, factor, level)) for level in missing)
    if found < whole and (declared.partial or (missing and not elsewhere)):
        return Finding("sound", claims, f"{arithmetic} of {whole:g} {what}; not all levels are printed.", (total,))
    if found < whole and beside and known_values(paper, factor, place, claims[0].section, whole):
        return Finding("sound", claims, f"{arithmetic} of {whole:g} {what} whose value is known.", (total,))
    repairs = [
        f"the {found:g} {paper.describe(claim.place)} as denominator"
        for claim in paper.select(kind="count", value=found, unit=total.unit, group=())
        if claim.population != total.population
    ][:1]
    for level in missing:
        least = max((c.value for c in _narrower(paper, narrowed(place, factor, level))), default=0)
        if found < whole and whole - found >= least:
            by_others = f" (at least {least:g} by other claims)" if least else ""
            repairs.append(f"a line '{level}' of {whole - found:g}{by_others}")
    off = abs(whole - found)
    wrong = f"{arithmetic}, but there are {whole:g} {what}: {off:g} {'too many' if found > whole else 'missing'}."
    severity: Severity = "impossible" if found > whole else "inconsistent"
    return judged(
        claims, off, f"{arithmetic}, as many as {what}.", wrong, total, "subjects", severity, "; ".join(repairs)
    )


def _counted_anywhere(paper: Paper, place: Place) -> bool:
    return any(claim.value > 0 for claim in [*paper.counts(place), *_narrower(paper, place)])


def _narrower(paper: Paper, place: Place) -> list[Claim]:
    """Counts of the same levels in populations that are part of this one."""
    parts = [name for name, population in paper.declared.populations.items() if population.part_of == place[0]]
    return [claim for part in parts for claim in paper.counts((part, place[1]))]


def check_unions(paper: Paper) -> Findings:
    """A level that is made up of levels of another factor against their sum."""
    for name, _, label, level in paper.declared.levels():
        for other, parts in level.union.items():
            for claim in paper.select(kind="count", group=((name, label),)):
                found = paper.counted_each((claim.population, ((other, part),)) for part in parts)
                if found:
                    off = abs(sum(part.value for part in found) - claim.value)
                    fine, wrong = f"{plus(found)}.", f"{plus(found)}, not {claim.value:g}."
                    yield judged(claim, off, fine, wrong, found, "subjects")


def check_subsets(paper: Paper) -> Findings:
    """A part of a population cannot hold more at a level than the population; patients not more than their lesions."""
    for claim in paper.select(kind="count"):
        population = paper.declared.populations[claim.population]
        whole = paper.counted((population.part_of, claim.group)) if population.part_of else None
        if whole is not None:
            yield _within(claim, whole, "part of")
        patients = paper.counted((population.nested_in, claim.group)) if population.nested_in else None
        if patients is not None:
            yield _within(patients, claim, "with at least one each of")
            yield from _not_too_many(paper, patients, claim)


def _within(part: Claim, whole: Claim, how: str) -> Finding:
    fine, wrong = f"{part.value:g}, {how} {whole.value:g}.", f"{part.value:g} cannot be {how} {whole.value:g}."
    return judged(part, part.value - whole.value, fine, wrong, whole, "subjects")


def _not_too_many(paper: Paper, patients: Claim, lesions: Claim) -> Findings:
    """Lesions of a group of patients against the most that a patient can have."""
    declared, most = paper.declared, most_per_patient(paper)
    own = all(declared.populations[declared.factors[factor].of].unit == "patient" for factor, _ in patients.group)
    if own and math.isfinite(most) and (excess := lesions.value - most * patients.value) > 0:
        says = f"{lesions.value:g} lesions are more than {most:g} in each of {patients.value:g} patients."
        yield Finding("impossible", (lesions,), says, (patients,), excess, "lesions")


def check_overlaps(paper: Paper) -> Findings:
    """Levels that may overlap and together cover a group: at most all, and at least so many in common."""
    for factor, place, claims in counts_by_factor(paper):
        declared = paper.declared.factors[factor]
        whole = _size(paper, place) if declared.overlapping and len(claims) == len(declared.levels) else None
        if whole is None:
            continue
        (size, against), values = whole, [int(claim.value) for claim in claims.values()]
        who, added = f"{size:g} {paper.describe(place)}", plus(claims.values())
        off = max(values) - size if max(values) > size or declared.partial else size - sum(values)
        fine = f"{added} for {who}: {overlap(values, int(size))} in more than one."
        if declared.partial:
            fine = f"{added} among {who}, of whom some can be at none."
        wrong = f"{added.split(' = ')[0]} cannot cover the {who} with none outside them."
        yield judged(claims.values(), off, fine, wrong, against, "subjects")


def _size(paper: Paper, place: Place) -> tuple[float, tuple[Claim, ...]] | None:
    """How many are in a place: as counted, or as what its sister levels leave."""
    counted = paper.counted(place)
    if counted is not None:
        return counted.value, (counted,)
    for factor, level in place[1]:
        rest = place[0], tuple(item for item in place[1] if item[0] != factor)
        others = [other for other in paper.declared.factors[factor].top_levels if other != level]
        sisters, whole = paper.counted_each(narrowed(rest, factor, other) for other in others), paper.counted(rest)
        if whole is not None and sisters:
            return whole.value - sum(c.value for c in sisters), (whole, *sisters)
    return None


CHECKS = (check_sums, check_unions, check_subsets, check_overlaps)
