"""Counts: sums against totals, parts against wholes, and the overlaps that counts force."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from oligomet.audit.checks.percentages import known_values
from oligomet.audit.checks.variable_classes import most_per_patient
from oligomet.audit.claims import Claim, Paper, counts_by_factor, narrowed
from oligomet.audit.claims_format import Place
from oligomet.audit.findings import Finding, Severity
from oligomet.audit.printed import Interval
from oligomet.audit.wording import describe_place


def overlap(parts: Iterable[int], whole: int) -> Interval:
    """How many of `whole` are in two parts or more, if the parts cover it (inclusion-exclusion, Bonferroni).

    25 with acute and 20 with late toxicity among 44: 1 has both.

    With sum S of k parts, S - N memberships are second or later ones. A member holds at most k - 1 of them, and the
    number in two parts is at most S - N, at least (S - N) / (k - 1).
    """
    parts = list(parts)
    extra = sum(parts) - whole
    return Interval(math.ceil(extra / max(1, len(parts) - 1)), extra)


def check_sums(paper: Paper) -> Iterator[Finding]:
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
    arithmetic = f"{' + '.join(f'{claim.value:g}' for claim in claims)} = {found:g}"
    what = describe_place(paper.declared, place)
    if found == whole:
        return Finding("sound", claims, f"{arithmetic}, as many as {what}.", (total,))
    declared = paper.declared.factors[factor]
    beside = set(parts) <= set(declared.top_levels)  # and not parts of a level
    missing = [level for level in declared.top_levels if level not in parts] if beside else []
    elsewhere = any(_counted_anywhere(paper, narrowed(place, factor, level)) for level in missing)
    if found < whole and (declared.partial or (missing and not elsewhere)):
        return Finding("sound", claims, f"{arithmetic} of {whole:g} {what}; not all levels are printed.", (total,))
    if found < whole and beside and known_values(paper, factor, place, claims[0].section, whole):
        return Finding("sound", claims, f"{arithmetic} of {whole:g} {what} whose value is known.", (total,))
    repairs = [
        f"the {found:g} {describe_place(paper.declared, claim.place)} as denominator"
        for claim in paper.select(kind="count", value=found)
        if claim.population != total.population and claim.unit == total.unit and not claim.group
    ][:1]
    for level in missing:
        least = max((c.value for c in _narrower(paper, narrowed(place, factor, level))), default=0)
        if found < whole and whole - found >= least:
            repairs.append(
                f"a line '{level}' of {whole - found:g}" + (f" (at least {least:g} by other claims)" if least else "")
            )
    severity: Severity = "impossible" if found > whole else "inconsistent"
    wrong = f"{abs(whole - found):g} {'too many' if found > whole else 'missing'}"
    says = f"{arithmetic}, but there are {whole:g} {what}: {wrong}."
    return Finding(severity, claims, says, (total,), abs(found - whole), "subjects", "; ".join(repairs))


def _counted_anywhere(paper: Paper, place: Place) -> bool:
    return any(claim.value > 0 for claim in [*paper.counts(place), *_narrower(paper, place)])


def _narrower(paper: Paper, place: Place) -> list[Claim]:
    """Counts of the same levels in populations that are part of this one."""
    parts = [name for name, population in paper.declared.populations.items() if population.part_of == place[0]]
    return [claim for part in parts for claim in paper.counts((part, place[1]))]


def check_unions(paper: Paper) -> Iterator[Finding]:
    """A level that is made up of levels of another factor against their sum."""
    for name, factor in paper.declared.factors.items():
        for label, level in factor.levels.items():
            for other, parts in level.union.items():
                for claim in paper.select(kind="count", group=((name, label),)):
                    found = paper.counted_each((claim.population, ((other, part),)) for part in parts)
                    if not found:
                        continue
                    added = sum(part.value for part in found)
                    arithmetic = f"{' + '.join(f'{part.value:g}' for part in found)} = {added:g}"
                    if added == claim.value:
                        yield Finding("sound", (claim,), f"{arithmetic}.", tuple(found))
                    else:
                        says = f"{arithmetic}, not {claim.value:g}."
                        yield Finding("impossible", (claim,), says, tuple(found), abs(added - claim.value), "subjects")


def check_subsets(paper: Paper) -> Iterator[Finding]:
    """A part of a population cannot hold more at a level than the population; patients not more than their lesions."""
    for claim in paper.select(kind="count"):
        population = paper.declared.populations[claim.population]
        if population.part_of:
            whole = paper.counted((population.part_of, claim.group))
            if whole is not None:
                yield _within(claim, whole, "part of")
        if population.nested_in:
            patients = paper.counted((population.nested_in, claim.group))
            if patients is not None:
                yield _within(patients, claim, "with at least one each of")
                yield from _not_too_many(paper, patients, claim)


def _within(part: Claim, whole: Claim, how: str) -> Finding:
    if part.value <= whole.value:
        return Finding("sound", (part,), f"{part.value:g}, {how} {whole.value:g}.", (whole,))
    says = f"{part.value:g} cannot be {how} {whole.value:g}."
    return Finding("impossible", (part,), says, (whole,), part.value - whole.value, "subjects")


def _not_too_many(paper: Paper, patients: Claim, lesions: Claim) -> Iterator[Finding]:
    """Lesions of a group of patients against the most that a patient can have."""
    own = all(
        paper.declared.populations[paper.declared.factors[factor].of].unit == "patient" for factor, _ in patients.group
    )
    most = most_per_patient(paper)
    if own and math.isfinite(most) and lesions.value > most * patients.value:
        says = f"{lesions.value:g} lesions are more than {most:g} in each of {patients.value:g} patients."
        excess = lesions.value - most * patients.value
        yield Finding("impossible", (lesions,), says, (patients,), excess, "lesions")


def check_overlaps(paper: Paper) -> Iterator[Finding]:
    """Levels that may overlap and together cover a group: at most all, and at least so many in common."""
    for factor, place, claims in counts_by_factor(paper):
        if not paper.declared.factors[factor].overlapping or len(claims) < len(paper.declared.factors[factor].levels):
            continue
        whole = _size(paper, place)
        if whole is None:
            continue
        size, against = whole
        values = [claim.value for claim in claims.values()]
        sums = " + ".join(f"{value:g}" for value in values)
        what = describe_place(paper.declared, place)
        if max(values) > size or sum(values) < size:
            off = max(values) - size if max(values) > size else size - sum(values)
            says = f"{sums} cannot cover the {size:g} {what} with none outside them."
            yield Finding("impossible", tuple(claims.values()), says, against, off, "subjects")
        else:
            both = overlap([int(value) for value in values], int(size))
            says = f"{sums} = {sum(values):g} for {size:g} {what}: {both} in more than one."
            yield Finding("sound", tuple(claims.values()), says, against)


def _size(paper: Paper, place: Place) -> tuple[float, tuple[Claim, ...]] | None:
    """How many are in a place: as counted, or as what its sister levels leave."""
    counted = paper.counted(place)
    if counted is not None:
        return counted.value, (counted,)
    for factor, level in place[1]:
        rest = place[0], tuple(item for item in place[1] if item[0] != factor)
        sisters = paper.counted_each(
            narrowed(rest, factor, other) for other in paper.declared.factors[factor].top_levels if other != level
        )
        whole = paper.counted(rest)
        if whole is not None and sisters:
            return whole.value - sum(c.value for c in sisters), (whole, *sisters)
    return None


CHECKS = (check_sums, check_unions, check_subsets, check_overlaps)
