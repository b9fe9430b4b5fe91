"""What a study declares and cannot mean: words with two meanings, windows that are none, groups that overlap.

Each check takes the sections that it is about and yields lines 'place: what is wrong. What was expected.'
"""

from __future__ import annotations

import datetime as dt
import math
import unicodedata
from collections.abc import Iterator
from typing import Any

from oligomet.declarations import Condition, Endpoint, Factor, Figure, Parsing, Response, Table
from oligomet.schemas import TABLES, Column
from oligomet.validate.problems import did_you_mean

PATIENT, LESION = TABLES["outcomes/patients"], TABLES["outcomes/lesions"]
COLUMNS = {**LESION, **PATIENT}
NUMBERS = ("integer", "flag", "number", "length_cm", "dose_gy")
LIMITS = ("below", "at_least", "above", "at_most")


def check_parsing(parsing: Parsing, data_cut: dt.date) -> Iterator[str]:
    """Words that mean two things, formats of dates that read one date as two, and a first day after the last."""
    lists = {name: getattr(parsing, name) for name in ("true_words", "false_words", "missing")}
    meant: dict[str, list[str]] = {}
    for name, words in lists.items():
        for word in {unicodedata.normalize("NFKC", word).casefold() for word in words}:
            meant.setdefault(word, []).append(name)
    for word, names in meant.items():
        if len(names) > 1:
            yield f'parsing.{names[1]}: "{word}" is under {" and under ".join(names)}. Keep it where it is meant.'
    orders = {"".join(part for part in declared if part in "dmb"): declared for declared in parsing.dates}
    both = [orders[order] for order in ("dm", "md") if order in orders]
    if len(both) == 2 and _signs(both[0]) & _signs(both[1]):
        yield (
            f'parsing.dates: "{both[0]}" and "{both[1]}" read one text as two dates. Keep one of them here and declare '
            "the other where it is used: sources.<role>.columns.<column>.dates."
        )
    if parsing.earliest > data_cut:
        yield f"parsing.earliest: {parsing.earliest} is after the data cut, {data_cut}."


def _signs(declared: str) -> set[str]:
    return {sign for sign in declared if not sign.isalnum() and sign not in "% "}


def check_response(response: Response) -> Iterator[str]:
    """Windows that end before they begin."""
    for name in ("baseline_days", "first_assessment_days", "best_response_days"):
        first, last = getattr(response, name)
        if first > last:
            yield f"response.{name}: from {first} to {last} is no window. Expected the earlier day first."


def check_condition(where: str, condition: Condition, column: Column, terms: dict[str, dict]) -> Iterator[str]:
    """Values that a column cannot have, and limits between which nothing is."""
    wanted = [(name, getattr(condition, name)) for name in ("is_", "is_not", *LIMITS)]
    for name, given in wanted:
        for value in given if isinstance(given, list) else [] if given is None else [given]:
            yield from _value_problems(f"{where}.{name.rstrip('_')}", value, column, terms)
    if column.kind in NUMBERS and _interval(condition) and not _bounded(*_interval(condition), column):
        yield f"{where}: nothing is within these limits."


def _value_problems(where: str, value: Any, column: Column, terms: dict[str, dict]) -> Iterator[str]:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if column.kind in NUMBERS and not number:
        yield f'{where}: "{value}" cannot be compared with {column.meaning}. Expected a number.'
    elif column.kind == "date" and not isinstance(value, dt.date):
        yield f'{where}: "{value}" cannot be compared with {column.meaning}. Expected a day, e.g. 2021-12-30.'
    elif column.kind == "term":
        codes = [*column.allowed, *terms.get(column.terms or "", {})]
        if value not in codes:
            listed = f"terms.{column.terms}" if column.terms else column.meaning
            known = f"{did_you_mean(value, codes)} Words are {', '.join(codes)}."
            yield f'{where}: "{value}" is no word of {listed}.{known}'


def _interval(condition: Condition) -> tuple[float, bool, float, bool] | None:
    """The lower limit and whether it is within, the upper and whether it is; None where words or days are asked for."""
    limits = {name: getattr(condition, name) for name in LIMITS}
    if condition.is_ is not None or condition.is_not is not None:
        return None
    if not all(value is None or isinstance(value, int | float) for value in limits.values()):
        return None
    low = max(
        [(limits[name], name == "above") for name in ("at_least", "above") if limits[name] is not None],
        default=(-math.inf, True),
    )
    high = min(
        [(limits[name], name == "at_most") for name in ("at_most", "below") if limits[name] is not None],
        default=(math.inf, False),
    )
    return low[0], not low[1], high[0], high[1]


def _bounded(low: float, low_in: bool, high: float, high_in: bool, column: Column) -> bool:
    """Whether there is a value between the limits."""
    if column.kind in ("integer", "flag") and math.isfinite(low) and math.isfinite(high):
        first = math.ceil(low) if low_in or low != math.ceil(low) else low + 1
        last = math.floor(high) if high_in or high != math.floor(high) else high - 1
        return first <= last
    return low < high or (low == high and low_in and high_in)


def check_factors(factors: dict[str, Factor], terms: dict[str, dict]) -> Iterator[str]:
    """Groups that overlap or leave a gap between them, sub-levels within nothing, and values that there are not."""
    for name, factor in factors.items():
        where, column = f"factors.{name}", COLUMNS.get(factor.variable)
        if column:
            for group, condition in factor.groups.items():
                yield from check_condition(f"{where}.groups.{group}", condition, column, terms)
        yield from _nested(where, factor)
        for level in dict.fromkeys(group.within for group in factor.groups.values()):
            groups = {key: group for key, group in factor.groups.items() if group.within == level}
            yield from _overlaps(f"{where}.groups", groups, column)
            if column and level is None:
                yield from _gaps(f"{where}.groups", groups, column)


def _nested(where: str, factor: Factor) -> Iterator[str]:
    for name, group in factor.groups.items():
        if group.within is not None and group.within not in factor.groups:
            near = did_you_mean(group.within, factor.groups)
            yield f"{where}.groups.{name}.within: {group.within} is not one of its groups.{near}"
        met, within = [name], group.within
        while within in factor.groups and within not in met:
            met.append(within)
            within = factor.groups[within].within
        if within == name:
            yield f"{where}.groups.{name}.within: a group within itself ({' within '.join([*met, name])})."


def _overlaps(where: str, groups: dict[str, Condition], column: Column | None) -> Iterator[str]:
    names = list(groups)
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            if common := _common(groups[one], groups[other], column):
                yield f"{where}.{other}: it overlaps with {one}: {common} is in both. Expected each value in one group."


def _common(one: Condition, other: Condition, column: Column | None) -> str:
    """A value that two groups share, in words; empty where they share none, or none can be told."""
    listed = [_listed(condition) for condition in (one, other)]
    if all(listed):
        return ", ".join(str(value) for value in listed[0] if value in listed[1])
    spans = [_interval(condition) for condition in (one, other)]
    if any(listed):
        words, span = (listed[0], spans[1]) if listed[0] else (listed[1], spans[0])
        numbers = [value for value in words if isinstance(value, int | float)]
        return ", ".join(f"{value:g}" for value in numbers if span and _within(value, *span))
    if not all(spans) or column is None:
        return ""
    (low, low_in, high, high_in), (low_2, low_in_2, high_2, high_in_2) = spans
    begin = max((low, not low_in), (low_2, not low_in_2))
    end = min((high, high_in), (high_2, high_in_2))
    if not _bounded(begin[0], not begin[1], end[0], end[1], column):
        return ""
    return f"{begin[0]:g}" if math.isfinite(begin[0]) else f"what is {'at most' if end[1] else 'below'} {end[0]:g}"


def _listed(condition: Condition) -> list:
    return condition.is_ if isinstance(condition.is_, list) else [] if condition.is_ is None else [condition.is_]


def _within(value: float, low: float, low_in: bool, high: float, high_in: bool) -> bool:
    return (low < value or (low_in and low == value)) and (value < high or (high_in and value == high))


def _gaps(where: str, groups: dict[str, Condition], column: Column) -> Iterator[str]:
    """What lies between the groups of a number and is in none; what lies below or above all of them is not told."""
    spans = []
    for name, group in groups.items():
        numbers = [value for value in _listed(group) if isinstance(value, int | float)]
        spans += [(value, True, value, True, name) for value in numbers]
        spans += [(*_interval(group), name)] if _interval(group) else []
    if column.kind not in NUMBERS or len(spans) < len(groups):
        return
    spans.sort(key=lambda span: span[0])
    reach = spans[0]
    for span in spans[1:]:
        apart = span[0] > reach[2] or (span[0] == reach[2] and not span[1] and not reach[3])
        if apart and _bounded(reach[2], not reach[3], span[0], not span[1], column):
            between = f"{reach[2]:g}" if reach[2] == span[0] else f"what is between {reach[2]:g} and {span[0]:g}"
            yield f"{where}.{span[4]}: {between} is in no group, between {reach[4]} and {span[4]}."
        reach = max(reach, span, key=lambda one: (one[2], one[3]))


def check_units(
    endpoints: dict[str, Endpoint],
    factors: dict[str, Factor],
    compared: dict[str, dict[str, list[str]]],
    tables: dict[str, Table],
    figures: dict[str, Figure],
) -> Iterator[str]:
    """Factors of lesions on patients, and displays without what they show. `compared` is by place and endpoint."""
    asked = [(f"{part}.{name}", name, names) for part, by in compared.items() for name, names in by.items()]
    asked += [(f"figures.{name}.panels", figure.endpoint, figure.panels) for name, figure in figures.items()]
    asked += [(f"tables.{name}.factors", table.endpoint, table.factors) for name, table in tables.items()]
    units = [(where, endpoints[name].per, names) for where, name, names in asked if name in endpoints]
    units += [(f"tables.{name}.factors", table.unit, table.factors) for name, table in tables.items() if table.unit]
    for where, unit, names in units:
        for name in names:
            variable = factors[name].variable if name in factors else None
            if unit == "patient" and variable in LESION and variable not in PATIENT:
                yield f"{where}: {name} is a factor of lesions ({variable}); expected factors of patients here."
    for name, figure in figures.items():
        if figure.kind == "survival" and figure.endpoint is None:
            yield f"figures.{name}.endpoint: this must be declared. Expected one of {', '.join(endpoints)}."
