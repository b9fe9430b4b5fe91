"""What is declared under `sources`, `terms` and `sites`, against the columns that the exports must have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from oligomet.collected import COLUMNS
from oligomet.schemas import ALL_SOURCES, SOURCES
from oligomet.validate.problems import did_you_mean
from oligomet.variables import columns_of

if TYPE_CHECKING:
    from oligomet.columns import Column
    from oligomet.source_declarations import Source
    from oligomet.study import Study

# The keys of these sources are no decision: everything else is joined by them.
_JOINED_BY = {
    "patients": ["patient_id"],
    "lesions": ["patient_id", "lesion_number"],
    "plans": ["patient_id", "lesion_number"],
    "image_features": ["patient_id", "lesion_number"],
}


def check_sources(study: Study) -> list[str]:
    """Columns that a source does not have, or has and nobody knows; keys, vocabularies and sites that are not there."""
    problems = [
        f"sources: {role} is not declared; declare it 'not collected' if there is no such record"
        for role in SOURCES
        if role not in study.sources and study.collects(role)
    ]
    with_centre = [role for role, source in study.sources.items() if "centre" in source.columns]
    if with_centre:
        problems += [
            f"sources.{role}.columns: centre is missing; record numbers are the centre's own, and others have it"
            for role in study.sources
            if role not in with_centre
        ]
    for role, source in study.sources.items():
        problems += [
            f"sources.{role}.columns: {name} is missing; declare its heading"
            + (f", or {name}: not collected" if name in COLUMNS.get(role, ()) else "")
            for name in ALL_SOURCES[role]
            if name not in source.columns and study.collects(f"{role}.{name}")
        ]
        there = columns_of(role, study.variables)
        problems += [
            f"sources.{role}.columns: {name} is not a column of {role}.{did_you_mean(name, there)} It has "
            f"{', '.join(there)}; another of patients, lesions or measurements is declared under variables"
            for name in source.columns
            if name not in there and name != "centre" and (role, name) != ("follow_up", "death_date")
        ]
        problems += [
            f"sources.{role}.key: {name} is not one of its columns" for name in source.key if name not in there
        ]
        joined_by = _JOINED_BY.get(role, source.key)
        besides = {"start_date"} if role == "plans" else set()  # a lesion can be irradiated again
        if set(source.key) - besides != set(joined_by) - besides or "patient_id" not in source.key:
            expected = ", ".join(joined_by) if role in _JOINED_BY else "patient_id among others"
            problems.append(f"sources.{role}.key: expected {expected}; it has {', '.join(source.key)}")
        problems += [
            f"sources.{role}.identifying: {column.header} is read as {name}; it cannot be both"
            for name, column in source.columns.items()
            if column.header in source.identifying
        ]
        problems += _unit_problems(role, source, there)
        for name, column in ALL_SOURCES[role].items():
            if column.terms and column.terms not in study.terms:
                problems.append(f"terms.{column.terms} is missing; sources.{role}.columns.{name} needs it")
    for vocabulary, codes in study.terms.items():
        for code, patterns in codes.items():
            for pattern in patterns:
                try:
                    re.compile(pattern)
                except re.error as error:
                    problems.append(f"terms.{vocabulary}.{code}: {pattern!r} is not a regular expression ({error})")
    problems += [
        f"sites: {code} is a term but has no site" for code in study.terms.get("site", {}) if code not in study.sites
    ]
    return problems


def _unit_problems(role: str, source: Source, columns: dict[str, Column]) -> Iterator[str]:
    """Headings that name another unit than the one that is taken since none is declared, and units of nothing."""
    for name, at in source.columns.items():
        column = columns.get(name)
        if column is None:
            continue
        usual = column.unit or {"length_cm": "cm", "dose_gy": "Gy"}.get(column.kind)
        family = next((units for units in (("mm", "cm"), ("Gy", "cGy")) if usual in units), ())
        where = f"sources.{role}.columns.{name}"
        if at.unit and at.unit not in family:
            yield f"{where}.unit: {at.unit} is no unit of {column.meaning}; expected {' or '.join(family) or 'none'}"
        named = [unit for unit in family if re.search(rf"(?<![^\W_]){unit}(?![^\W_])", at.header)]
        if at.unit is None and len(named) == 1 and named[0] != usual:
            yield f"{where}: the heading {at.header} says {named[0]}, and without a declared unit it is {usual}"
