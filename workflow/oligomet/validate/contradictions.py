"""What a study declares and cannot mean, beyond what a declaration can tell of itself: it takes the tables' columns.

Each check takes the sections that it is about and yields lines 'place: what is wrong. What was expected.'
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from typing import Any

from oligomet.columns import Column
from oligomet.declarations import Condition, Factor, Parsing
from oligomet.display_declarations import Figure, Table
from oligomet.eligibility_declarations import (
    NO_ELIGIBLE_LESION,
    NO_RADIOTHERAPY,
    OF_LESIONS,
    OF_PATIENTS,
    Eligibility,
)
from oligomet.follow_up_declarations import Endpoint
from oligomet.schemas import SOURCES
from oligomet.validate.problems import did_you_mean
from oligomet.variables import Variable, columns_of

NUMBERS = ("integer", "flag", "number", "length_cm", "dose_gy")
LIMITS = ("below", "at_least", "above", "at_most")


def check_parsing(parsing: Parsing, data_cut: dt.date) -> Iterator[str]:
    """Words that mean something and nothing, and a first day after the last."""
    missing = {word.strip().casefold() for word in parsing.missing}
    for name in ("true_words", "false_words"):
        for word in getattr(parsing, name):
            if word.strip().casefold() in missing:
                yield f'parsing.{name}: "{word}" is under missing, too. Keep it where it is meant.'
    if parsing.earliest > data_cut:
        yield f"parsing.earliest: {parsing.earliest} is after the data cut, {data_cut}."


def check_eligibility(
    rules: list[Eligibility], variables: dict[str, Variable], terms: dict[str, dict]
) -> Iterator[str]:
    """Rules that share a name or ask for what there is not, and values that a column of their subjects cannot have."""
    of_patients = {**SOURCES["patients"], **columns_of("outcomes/patients", variables)}
    columns = {"patients": of_patients, "lesions": columns_of("outcomes/lesions", variables)}
    known = {"patients": list(OF_PATIENTS), "lesions": list(OF_LESIONS)}
    for unit, names in known.items():
        for name, one in variables.items():
            names += [name] * (one.of == unit and set(one.ingredients) <= set(names))
    ids = [NO_RADIOTHERAPY[0], NO_ELIGIBLE_LESION[0], *(rule.id for rule in rules)]
    for name in dict.fromkeys(ids):
        if ids.count(name) > 1:
            yield f"eligibility.{name}: the id is taken more than once."
    for rule in rules:
        for name in rule.variables:
            if name not in known[rule.of]:
                other = "lesions" if rule.of == "patients" else "patients"
                elsewhere = f" It is of {other}: of: {other}." if name in known[other] else ""
                near = elsewhere or did_you_mean(name, known[rule.of])
                there = f"Variables are {', '.join(known[rule.of])}."
                yield f"eligibility.{rule.id}: there is no variable {name} of {rule.of}.{near} {there}"
        for asked in rule.asked:
            if column := columns[rule.of].get(str(asked.variable)):
                where = f"eligibility.{rule.id}" + (f": {asked.variable}" if rule.variable is None else "")
                yield from check_condition(where, asked, column, terms)


def check_condition(where: str, condition: Condition, column: Column, terms: dict[str, dict]) -> Iterator[str]:
    """Values that a column cannot have, and limits between which nothing is."""
    wanted = [(name, getattr(condition, name)) for name in ("is_", "is_not", *LIMITS)]
    for name, given in wanted:
        for value in given if isinstance(given, list) else [] if given is None else [given]:
            yield from _value_problems(f"{where}.{name.rstrip('_')}", value, column, terms)
    limits = _interval(condition)
    if column.kind in NUMBERS and limits and not _bounded(*limits, column):
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


def check_factors(factors: dict[str, Factor], variables: dict[str, Variable], terms: dict[str, dict]) -> Iterator[str]:
    """Values that a variable cannot have, and gaps between groups."""
    columns = {**columns_of("outcomes/lesions", variables), **columns_of("outcomes/patients", variables)}
    for name, factor in factors.items():
        column = columns.get(factor.variable)
        if column:
            for group, condition in factor.groups.items():
                yield from check_condition(f"factors.{name}.groups.{group}", condition, column, terms)
            yield from _gaps(f"factors.{name}.groups", {level: factor.groups[level] for level in factor.levels}, column)


def _listed(condition: Condition) -> list:
    return condition.is_ if isinstance(condition.is_, list) else [] if condition.is_ is None else [condition.is_]


def _gaps(where: str, groups: dict[str, Condition], column: Column) -> Iterator[str]:
    """What lies between the groups of a number and is in none; what lies below or above all of them is not told."""
    spans = []
    for name, group in groups.items():
        numbers = [value for value in _listed(group) if isinstance(value, int | float)]
        spans += [(value, True, value, True, name) for value in numbers]
        limits = _interval(group)
        spans += [(*limits, name)] if limits else []
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


def check_endpoints(endpoints: dict[str, Endpoint], scheduled: bool) -> Iterator[str]:
    """Scans that are missed though none was due."""
    for name, endpoint in endpoints.items():
        if endpoint.missed_scans and not scheduled:
            yield f"endpoints.{name}.missed_scans: no scan was due. Declare imaging_schedule."


def check_displays(
    tables: dict[str, Table], figures: dict[str, Figure], endpoints: dict[str, Endpoint], compare: dict[str, list[str]]
) -> Iterator[str]:
    """Curves of nothing, and tables and panels of comparisons that nobody asked for."""
    for name, figure in figures.items():
        if figure.kind in ("survival", "factors") and figure.endpoint is None:
            yield f"figures.{name}.endpoint: this must be declared. Expected one of {', '.join(endpoints)}."
        if figure.incidence and figure.endpoint in endpoints and not endpoints[figure.endpoint].competing:
            yield f"figures.{name}.incidence: no event competes with {figure.endpoint}. Declare endpoints.competing."
    for name, table in tables.items():
        if table.kind == "subgroup" and not (table.by and table.unit):
            yield f"tables.{name}: a table of subgroups needs unit, patient or lesion, and by, a factor"
    apart = {name: [table.by or ""] if table.kind == "subgroup" else table.factors for name, table in tables.items()}
    shown = [(f"tables.{name}.factors", table.endpoint, apart[name]) for name, table in tables.items()]
    shown += [(f"figures.{name}.panels", figure.endpoint, figure.panels) for name, figure in figures.items()]
    for place, endpoint, factors in shown:
        for factor in factors if endpoint in endpoints else []:
            if factor != "all" and factor not in compare.get(str(endpoint), []):
                yield f"{place}: {factor} is not compared for {endpoint}. Add it to analyses.compare.{endpoint}."
