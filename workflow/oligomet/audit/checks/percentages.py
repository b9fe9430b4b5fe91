"""Percentages against counts, and the denominators and slips that explain one that is off.

GRIM (Brown & Heathers 2017, Soc Psychol Personal Sci 8:363) asks of a mean of whole numbers what is asked here of a
share: whether any count gives it.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable

from oligomet.audit.claims import Claim, Paper, narrowed
from oligomet.audit.claims_format import Place
from oligomet.audit.findings import POINTS, Finding, Findings, Severity, held, judged
from oligomet.audit.printed import Interval, as_printed, read_number


def percentage_holds(printed: str, count: int, total: int) -> bool:
    """Whether `count` of `total` can print as this percentage: 101 of 142 as 71.13, but not as 71.17."""
    return total > 0 and read_number(printed).interval.holds(100 * count / total)


def counts_behind(printed: str, total: int) -> list[int]:
    """The counts of `total` that print as this percentage: 47.2% of 142 are 67. None if no count does (GRIM)."""
    interval = read_number(printed).interval.within(0, 100)
    low, high = (math.ceil(interval.low * total / 100 - 1e-9), math.floor(interval.high * total / 100 + 1e-9))
    return list(range(max(0, low), min(total, high) + 1))


def swapped_digits(printed: str) -> list[str]:
    """What a number could have been before two neighbouring digits were swapped: '58.2' from '85.2' or '52.8'."""
    pairs = re.finditer(r"(?=(\d)(\D?)(\d))", printed)  # across the decimal point too
    return [
        printed[: pair.start()] + pair[3] + pair[2] + pair[1] + printed[pair.end(3) :]
        for pair in pairs
        if pair[1] != pair[3]
    ]


def numerator(paper: Paper, claim: Claim) -> tuple[float, tuple[Claim, ...]] | None:
    """How many are in the group that a percentage is of, and the claims that say so.

    As the same row counts it, or another place; or else the sum of the levels that make the group up. None if neither.
    """
    beside = paper.first(kind="count", place=claim.place, section=claim.section, row=claim.row)
    if counted := beside or paper.counted(claim.place, claim.section):
        return counted.value, (counted,)
    for factor, level in claim.group:
        rest = claim.population, tuple(item for item in claim.group if item[0] != factor)
        for other, parts in paper.declared.factors[factor].levels[level].union.items():
            if found := paper.counted_each((narrowed(rest, other, part) for part in parts), claim.section):
                return sum(c.value for c in found), tuple(found)
    return None


UNKNOWN = re.compile(r"unknown|missing|not (?:known|available|reported|stated|assess|evalu)|n/?a$|ne$", re.IGNORECASE)


def known_values(paper: Paper, factor: str, place: Place, section: str, whole: float) -> tuple[Claim, ...]:
    """The counts of a factor's levels whose percentages are of their sum, as usual where some values are not known.

    45 (60%) and 30 (40%) of 100 patients: of 75 the value is known. None of them where percentages are of the whole,
    or where the same section gives the unknown of another factor a percentage, so that all of them have to be.
    """
    levels = [level for level in paper.declared.factors[factor].top_levels if not UNKNOWN.match(level)]
    found = (paper.first(kind="count", place=narrowed(place, factor, level), section=section) for level in levels)
    counted = tuple(claim for claim in found if claim is not None)
    known = sum(claim.value for claim in counted)
    shares = [(paper.select(kind="percentage", section=section, place=claim.place), claim.value) for claim in counted]
    if not 0 < known < whole or not any(printed for printed, _ in shares):
        return ()
    of_known = all(claim.interval.holds(100 * count / known) for printed, count in shares for claim in printed)
    of_section = paper.select(kind="percentage", section=section, population=place[0])
    of_all = any(UNKNOWN.match(level) for claim in of_section for _, level in claim.group)
    return counted if of_known and not of_all else ()


def check_percentages(paper: Paper) -> Findings:
    """A percentage against its count and the number of those it is a share of."""
    for claim in paper.select(kind="percentage"):
        factors = dict.fromkeys((claim.divides, *(factor for factor, _ in claim.group))) if claim.group else {}
        wholes = [(factor, paper.counted(paper.divided(claim, factor), claim.section)) for factor in factors]
        totals = [(factor, total) for factor, total in wholes if total is not None and total.value]
        part = numerator(paper, claim)
        if not totals:
            continue
        if part is None:
            yield _share_alone(paper, claim, [total for _, total in totals])
            continue
        count, counted = part
        fitting = [each for each in totals if claim.interval.holds(100 * count / each[1].value)]
        factor, total = (*fitting, *totals)[0]  # of a row or of a column
        actual, decimals = 100 * count / total.value, max(2, claim.decimals)
        place = paper.divided(claim, factor)
        known = () if fitting else known_values(paper, factor, place, claim.section, total.value)
        if claim.group in (each.group for each in known):
            size = sum(each.value for each in known)
            says = f"{count:g} of the {size:g} whose value is known is {as_printed(100 * count / size, decimals)}%."
            yield Finding("sound", (claim,), says, known)
            continue
        repairs = [] if fitting else _percentage_repairs(paper, claim, count, total)
        slight = round(total.value * claim.value / 100) == count or _wrongly_rounded(claim, actual)
        elsewhere = any(repair.startswith("out of") for repair in repairs)
        severity: Severity = "slip" if slight else "inconsistent" if elsewhere else "impossible"
        yield held(
            (claim,), Interval.at(actual), f"{count:g} of {total.value:g} is {as_printed(actual, decimals)}%",
            (*counted, total), POINTS, severity, "; ".join(repairs), printed=f"{claim.printed}%",
        )  # fmt: skip


def _wrongly_rounded(claim: Claim, actual: float) -> bool:
    """Whether it was rounded up or cut off where it should not: 17.42 as 18, 14.29 as 14.2."""
    return abs(actual - claim.value) < 10.0**-claim.decimals


def _share_alone(paper: Paper, claim: Claim, totals: list[Claim]) -> Finding:
    """A percentage whose count is not printed: some count of those it is a share of has to print so.

    How many it is of is a reading, so it is inconsistent at most; which smaller number would do is said.
    """
    for total in totals:
        if behind := counts_behind(claim.printed, int(total.value)):
            return Finding("sound", (claim,), f"{claim.printed}% of {total.value:g} is {behind[0]} of them.", (total,))
    total, size = totals[0], int(totals[0].value)
    rest, others = _left_by_others(paper, claim, size)
    if rest is not None and _wrongly_rounded(claim, 100 * rest / size):
        actual = 100 * rest / size
        says = f"{rest} of {size}, whom the other shares leave, is {as_printed(actual, 2)}%, not {claim.printed}%."
        return Finding("slip", (claim,), says, (total, *others), abs(actual - claim.value), POINTS)
    says = f"{claim.printed}% of {size} is no whole number of them."
    populations = [c for c in paper.select(kind="count", unit=claim.unit, group=()) if c.value != size]
    of_others = [c for c in populations if counts_behind(claim.printed, int(c.value))]
    if of_others:
        repair = f"out of the {of_others[0].value:g} {paper.describe(of_others[0].place)}"
        return Finding("inconsistent", (claim,), says, (total,), math.nan, POINTS, repair)
    fewer = next((n for n in range(size - 1, 0, -1) if counts_behind(claim.printed, n)), 0)
    return Finding("inconsistent", (claim,), says, (total,), math.nan, POINTS, f"out of {fewer} of them" * bool(fewer))


def _left_by_others(paper: Paper, claim: Claim, size: int) -> tuple[int | None, list[Claim]]:
    """How many the shares beside it leave to a share, if all are printed and each is of one count only; and they."""
    others = [each for each in _column(paper, claim) if each.group != claim.group]
    counts = [counts_behind(each.printed, size) for each in others]
    complete = len(others) + 1 == len(paper.declared.factors[claim.divides].top_levels)
    if not complete or any(len(each) != 1 for each in counts):
        return None, others
    rest = size - sum(each[0] for each in counts)
    return (rest if rest >= 0 else None), others


def _percentage_repairs(paper: Paper, claim: Claim, count: float, total: Claim) -> list[str]:
    whole = int(total.value)
    others = [c for c in paper.select(kind="count", unit=claim.unit, group=()) if c.value != total.value]
    repairs = [
        *(
            f"out of the {other.value:g} {paper.describe(other.place)}"
            for other in others
            if percentage_holds(claim.printed, int(count), int(other.value))
        ),
        *(
            f"two digits swapped: {shown}%"
            for shown in swapped_digits(claim.printed)
            if percentage_holds(shown, int(count), whole)
        ),
        *(f"a count of {nearby}" for nearby in counts_behind(claim.printed, whole) if abs(nearby - count) <= 1),
    ]
    if abs(100 * count / total.value - claim.value) <= 5 * 10**-claim.decimals:
        repairs += _adjusted_to_add_up(paper, claim, count, total)
    return list(dict.fromkeys(repairs))


def _adjusted_to_add_up(paper: Paper, claim: Claim, count: float, total: Claim) -> list[str]:
    """A last digit that was changed so that a column adds up to what stands above it, or to 100."""
    factor = claim.divides
    parent = paper.declared.factors[factor].levels[dict(claim.group)[factor]].within
    column, above = _column(paper, claim), 100.0
    if parent is not None:
        printed = paper.first(kind="percentage", section=claim.section, group=((factor, parent),))
        if printed is None:
            return []
        above = printed.value
    added = sum(other.value for other in column)
    correct = float(as_printed(100 * count / total.value, claim.decimals))
    if len(column) > 1 and abs(added - above) < 1e-6 and abs(added - claim.value + correct - above) > 1e-6:
        return [f"the last digits changed so that the column adds up to {above:g}"]
    return []


def _column(paper: Paper, claim: Claim) -> list[Claim]:
    """The shares beside a share, itself included: of the same whole, by the levels that stand beside its level."""
    factor = claim.divides
    levels, place = paper.declared.factors[factor].levels, paper.divided(claim, factor)
    parent = levels[dict(claim.group)[factor]].within
    return [
        other
        for other in paper.select(kind="percentage", section=claim.section, divides=factor)
        if paper.divided(other, factor) == place and levels[dict(other.group)[factor]].within == parent
    ]


def denominators(pairs: Iterable[tuple[int, str]], at_most: int = 100_000) -> list[int]:
    """The denominators with which every (count, percentage) prints as it does, up to `at_most`.

    Of (291, 65.2), (106, 23.8) and (33, 7.4) only 446 is one.
    """
    low, high = 1, at_most
    for count, printed in pairs:
        interval = read_number(printed).interval
        low = max(low, count, math.ceil(100 * count / interval.high - 1e-9) if interval.high > 0 else 1)
        high = min(high, math.floor(100 * count / interval.low + 1e-9) if interval.low > 0 else at_most)
    return list(range(low, high + 1))


def check_denominators(paper: Paper) -> Findings:
    """Percentages of a population whose size is not printed: a denominator has to give them all."""
    for name, population in paper.declared.populations.items():
        claims = [c for c in paper.select(kind="percentage", population=name) if len(c.group) == 1]
        pairs = [(part[0], claim) for claim in claims if (part := numerator(paper, claim)) and part[0] > 0]
        if paper.counted((name, ())) is not None or not pairs:
            continue
        found = denominators((int(count), claim.printed) for count, claim in pairs)
        printed = ", ".join(dict.fromkeys(f"{count:g} ({claim.printed}%)" for count, claim in pairs))
        span = " to ".join(dict.fromkeys(f"{each}" for each in (*found[:1], *found[-1:])))
        fine, wrong = f"{printed}: of {span} {population.says}.", f"No number of {population.says} gives {printed}."
        yield judged((claim for _, claim in pairs), 0 if found else math.nan, fine, wrong)


def check_columns(paper: Paper) -> Findings:
    """Percentages of all the levels of a factor, of which not all are counted, add up to 100, or to their parent."""
    columns: dict[tuple, dict[str, Claim]] = defaultdict(dict)
    for claim in paper.select(kind="percentage", relation="="):
        if claim.divides:
            rest = tuple(item for item in claim.group if item[0] != claim.divides)
            place = claim.population, rest
            columns[claim.section, claim.divides, place].setdefault(dict(claim.group)[claim.divides], claim)
    for (_, factor, place), printed in columns.items():
        declared = paper.declared.factors[factor]
        for parent in (None, *printed):
            names = [name for name, each in declared.levels.items() if each.within == parent]
            claims = [printed[name] for name in names if name in printed]
            counted = all(paper.counted(narrowed(place, factor, name)) for name in names)
            if len(claims) < max(2, len(names)) or counted or declared.overlapping or declared.partial:
                continue
            whole = printed[parent].interval if parent else Interval.at(100)
            added = sum((claim.interval for claim in claims), Interval.at(0))
            words = f"{' + '.join(claim.printed for claim in claims)} = {sum(claim.value for claim in claims):g}%"
            yield held(
                claims, whole, words, printed[parent] if parent else (), POINTS,
                "impossible" if added.low > whole.high else "inconsistent", found=added,
                printed=f"{printed[parent].printed if parent else 100}%",
            )  # fmt: skip


CHECKS = (check_percentages, check_denominators, check_columns)
