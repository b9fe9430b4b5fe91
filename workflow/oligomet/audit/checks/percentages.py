"""Percentages against counts, and the denominators and slips that explain one that is off.

GRIM (Brown & Heathers 2017, Soc Psychol Personal Sci 8:363) asks of a mean of whole numbers what is asked here of a
share: whether any count gives it.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from oligomet.audit.claims import Claim, Paper, narrowed
from oligomet.audit.claims_format import Place
from oligomet.audit.findings import Finding, Severity, held
from oligomet.audit.printed import Interval, as_printed, read_number
from oligomet.audit.wording import describe_place


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
    swaps = []
    for i in range(len(printed) - 1):
        for j in (i + 1, i + 2):  # across the decimal point too
            if j < len(printed) and printed[i].isdigit() and printed[j].isdigit() and printed[i] != printed[j]:
                if j == i + 2 and printed[i + 1].isdigit():
                    continue
                letters = list(printed)
                letters[i], letters[j] = letters[j], letters[i]
                swaps.append("".join(letters))
    return swaps


def numerator(paper: Paper, claim: Claim) -> tuple[float, tuple[Claim, ...]] | None:
    """How many are in the group that a percentage is of, and the claims that say so.

    As the same row counts it, or another place; or else the sum of the levels that make the group up. None if neither.
    """
    counted = next((c for c in paper.counts(claim.place) if (c.section, c.row) == (claim.section, claim.row)), None)
    counted = counted or paper.counted(claim.place, claim.section)
    if counted is not None:
        return counted.value, (counted,)
    for factor, level in claim.group:
        rest = claim.population, tuple(item for item in claim.group if item[0] != factor)
        for other, parts in paper.declared.factors[factor].levels[level].union.items():
            found = paper.counted_each((narrowed(rest, other, part) for part in parts), claim.section)
            if found:
                return sum(c.value for c in found), tuple(found)
    return None


UNKNOWN = re.compile(r"unknown|missing|not (?:known|available|reported|stated|assess|evalu)|n/?a$|ne$", re.IGNORECASE)


def known_values(paper: Paper, factor: str, place: Place, section: str, whole: float) -> tuple[Claim, ...]:
    """The counts of a factor's levels whose percentages are of their sum, as usual where some values are not known.

    45 (60%) and 30 (40%) of 100 patients: of 75 the value is known. None of them where percentages are of the whole,
    or where the same section gives the unknown of another factor a percentage, so that all of them have to be.
    """
    counted: list[Claim] = []
    for level in paper.declared.factors[factor].top_levels:
        here = [c for c in paper.counts(narrowed(place, factor, level)) if c.section == section]
        counted += here[:1] if not UNKNOWN.match(level) else []
    known = sum(claim.value for claim in counted)
    printed = [
        c
        for claim in counted
        for c in paper.select(kind="percentage", section=section, population=claim.population, group=claim.group)
    ]
    if not 0 < known < whole or not printed:
        return ()
    of_known = all(
        c.interval.holds(100 * claim.value / known) for c in printed for claim in counted if claim.group == c.group
    )
    of_all = any(
        UNKNOWN.match(level)
        for claim in paper.select(kind="percentage", section=section, population=place[0])
        for _, level in claim.group
    )
    return tuple(counted) if of_known and not of_all else ()


def check_percentages(paper: Paper) -> Iterator[Finding]:
    """A percentage against its count and the number of those it is a share of."""
    for claim in paper.select(kind="percentage"):
        if not claim.group:
            continue
        factor = claim.group[-1][0]
        rest = tuple(item for item in claim.group if item[0] != factor)
        population, base = paper.base(factor, claim.population)
        total = paper.counted((population, tuple(sorted({*rest, *base}))), claim.section)
        if total is None or total.value == 0:
            continue
        part = numerator(paper, claim)
        if part is None:
            behind = counts_behind(claim.printed, int(total.value))
            if behind:
                yield Finding(
                    "sound", (claim,), f"{claim.printed}% of {total.value:g} is {behind[0]} of them.", (total,)
                )
            else:
                says = f"{claim.printed}% of {total.value:g} is no whole number of them."
                yield Finding("impossible", (claim,), says, (total,), math.nan, "percentage points")
            continue
        count, counted = part
        actual = 100 * count / total.value
        arithmetic = f"{count:g} of {total.value:g} is {as_printed(actual, max(2, claim.decimals))}%"
        if claim.interval.holds(actual):
            yield Finding("sound", (claim,), f"{arithmetic}.", (*counted, total))
            continue
        known = known_values(paper, factor, (population, tuple(sorted({*rest, *base}))), claim.section, total.value)
        if known and claim.group in (each.group for each in known):
            size = sum(each.value for each in known)
            share = as_printed(100 * count / size, max(2, claim.decimals))
            says = f"{count:g} of the {size:g} whose value is known is {share}%."
            yield Finding("sound", (claim,), says, known)
            continue
        off = abs(claim.interval.gap(Interval(actual, actual)))
        repairs = _percentage_repairs(paper, claim, count, total)
        elsewhere = [r for r in repairs if r.startswith("out of")]
        slight = round(total.value * claim.value / 100) == count
        severity: Severity = "slip" if slight else "inconsistent" if elsewhere else "impossible"
        says = f"{arithmetic}, not {claim.printed}%."
        yield Finding(severity, (claim,), says, (*counted, total), off, "percentage points", "; ".join(repairs))


def _percentage_repairs(paper: Paper, claim: Claim, count: float, total: Claim) -> list[str]:
    repairs = []
    for other in paper.select(kind="count", unit=claim.unit, group=()):
        if other.value != total.value and percentage_holds(claim.printed, int(count), int(other.value)):
            repairs.append(f"out of the {other.value:g} {describe_place(paper.declared, other.place)}")
    for shown in swapped_digits(claim.printed):
        if percentage_holds(shown, int(count), int(total.value)):
            repairs.append(f"two digits swapped: {shown}%")
    for nearby in counts_behind(claim.printed, int(total.value)):
        if abs(nearby - count) <= 1:
            repairs.append(f"a count of {nearby}")
    off = abs(100 * count / total.value - claim.value)
    if off <= 5 * 10**-claim.decimals:
        repairs += _adjusted_to_add_up(paper, claim, count, total)
    return list(dict.fromkeys(repairs))


def _adjusted_to_add_up(paper: Paper, claim: Claim, count: float, total: Claim) -> list[str]:
    """A last digit that was changed so that a column adds up to what stands above it, or to 100."""
    factor, level = claim.group[-1]
    declared = paper.declared.factors[factor]
    parent = declared.levels[level].within
    column = [
        other
        for other in paper.select(kind="percentage", section=claim.section, population=claim.population)
        if other.group and other.group[-1][0] == factor and declared.levels[other.group[-1][1]].within == parent
    ]
    above = 100.0
    if parent is not None:
        printed = [c for c in paper.select(kind="percentage", section=claim.section) if c.group == ((factor, parent),)]
        if not printed:
            return []
        above = printed[0].value
    added = sum(other.value for other in column)
    correct = float(as_printed(100 * count / total.value, claim.decimals))
    if len(column) > 1 and abs(added - above) < 1e-6 and abs(added - claim.value + correct - above) > 1e-6:
        return [f"the last digits changed so that the column adds up to {above:g}"]
    return []


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


def check_denominators(paper: Paper) -> Iterator[Finding]:
    """Percentages of a population whose size is not printed: a denominator has to give them all."""
    for name, population in paper.declared.populations.items():
        claims = [c for c in paper.select(kind="percentage", population=name) if len(c.group) == 1]
        pairs = [(part[0], claim) for claim in claims if (part := numerator(paper, claim)) and part[0] > 0]
        if paper.counted((name, ())) is not None or not pairs:
            continue
        found = denominators((int(count), claim.printed) for count, claim in pairs)
        printed = ", ".join(dict.fromkeys(f"{count:g} ({claim.printed}%)" for count, claim in pairs))
        if not found:
            says = f"No number of {population.says} gives {printed}."
            yield Finding("impossible", tuple(claim for _, claim in pairs), says)
        else:
            span = f"{found[0]}" if len(found) == 1 else f"{found[0]} to {found[-1]}"
            yield Finding("sound", tuple(claim for _, claim in pairs), f"{printed}: of {span} {population.says}.")


def check_columns(paper: Paper) -> Iterator[Finding]:
    """Percentages of all the levels of a factor, of which not all are counted, add up to 100, or to their parent."""
    columns: dict[tuple, dict[str, Claim]] = defaultdict(dict)
    for claim in paper.select(kind="percentage", relation="="):
        for factor, level in claim.group:
            rest = tuple(item for item in claim.group if item[0] != factor)
            columns[claim.section, claim.population, factor, rest].setdefault(level, claim)
    for (_, population, factor, rest), printed in columns.items():
        declared = paper.declared.factors[factor]
        for parent in (None, *printed):
            names = [name for name, each in declared.levels.items() if each.within == parent]
            claims = tuple(printed[name] for name in names if name in printed)
            counted = all(paper.counted((population, tuple(sorted({*rest, (factor, n)})))) for n in names)
            whole = printed[parent].interval if parent else Interval(100, 100)
            if len(claims) < max(2, len(names)) or counted or declared.overlapping or declared.partial:
                continue
            added = Interval(sum(c.interval.low for c in claims), sum(c.interval.high for c in claims))
            words = f"{' + '.join(claim.printed for claim in claims)} = {sum(claim.value for claim in claims):g}%"
            severity: Severity = "impossible" if added.low > whole.high else "inconsistent"
            yield held(
                claims, whole, words, (printed[parent],) if parent else (), "percentage points", severity, found=added,
                printed=f"{printed[parent].printed if parent else 100}%",
            )  # fmt: skip


CHECKS = (check_percentages, check_denominators, check_columns)
