"""The declarations of a claims.yaml: what it names is declared there, and nothing is a part of itself."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from oligomet.audit.claims_file import Location, Mistake, in_words
from oligomet.audit.claims_format import BY_MONTH, KINDS, PaperEntry, PaperFile
from oligomet.audit.inspect_sr import NUMBERS

MONTHS = re.compile(r"\d+(?:\.\d+)?")
Named = tuple[Location, str, str | None]  # where a name stands, and one of what it should be


def read_declarations(raw: dict[str, Any]) -> tuple[PaperFile | None, list[Mistake], set[str]]:
    """The declarations and what is wrong with them; without that, named third, so that the claims can be checked."""
    mistakes: list[Mistake] = []
    left_out: set[str] = set()
    whole = copy.deepcopy(raw)
    for depth in (None, 2):  # what is wrong, or else the whole population, variable, ... of which it is
        try:
            return PaperFile.model_validate(whole), mistakes, left_out
        except ValidationError as error:
            mistakes = mistakes or in_words(error)
            for each in error.errors():
                *path, last = each["loc"][:depth] or ("",)
                at: Any = whole
                for key in path:
                    at = at.get(key) if isinstance(at, dict) else None
                if isinstance(at, dict) and at.pop(last, None) is not None:
                    left_out.add(str(last))
    try:
        return PaperFile.model_validate(whole), mistakes, left_out
    except ValidationError:
        return None, mistakes, left_out


def entries_of(claims: Any, mistakes: list[Mistake]) -> Iterator[tuple[Location, Any]]:
    """Each entry of the sections with where it stands; what is no list of entries is a mistake."""
    if not isinstance(claims, dict):
        mistakes.append(Mistake(("claims",), "should have sections of the paper, each with a list of entries"))
        return
    for section, entries in claims.items():
        if isinstance(entries, list):
            yield from ((("claims", section, number), entry) for number, entry in enumerate(entries))
        elif entries:
            mistakes.append(Mistake(("claims", section), "should be a list of entries"))


def mistakes_of_declarations(declared: PaperFile) -> list[Mistake]:
    """What the declarations say that they cannot: names that are none, and what would be a part of itself."""
    mistakes = [
        Mistake(("tolerances", kind), f"not one of {', '.join(KINDS)}")
        for kind in declared.tolerances
        if kind not in KINDS
    ]
    mistakes += [
        Mistake(("inspected", number), "no check of INSPECT-SR, which are 1.1 to 4.11")
        for number in declared.inspected
        if number not in NUMBERS
    ]
    mistakes += [each for named in _named(declared) for each in _unknown(declared, *named)]
    mistakes += [each for where, levels in _levels_named(declared) for each in _wrong_levels(declared, where, levels)]
    for name, factor in declared.factors.items():
        mistakes += [
            Mistake(("factors", name, "levels", label, "within"), f"{level.within} is not one of its levels")
            for label, level in factor.levels.items()
            if level.within is not None and level.within not in factor.levels
        ]
    return mistakes or _circles(declared)


def mistakes_of_entry(declared: PaperFile, entry: PaperEntry, where: Location) -> list[Mistake]:
    """What an entry of the claims names that is not declared, and what it lacks."""
    levels = entry.of if isinstance(entry.of, dict) else {}
    mistakes = _wrong_levels(declared, (*where, "of"), levels)
    for key, what, name in (
        ("of", "populations", None if levels else entry.of), ("in", "populations", entry.in_),
        ("by", "factors", entry.by), ("factor", "factors", entry.factor),
        ("variable", "variables", entry.variable), ("endpoint", "endpoints", entry.endpoint),
    ):  # fmt: skip
        mistakes += _unknown(declared, (*where, key), what, name if isinstance(name, str) else None)
    mistakes += _wrong_levels(declared, (*where, "outcome"), entry.outcome or {})
    if entry.contrast:
        for key in ("level", "reference"):
            compared = {entry.contrast.factor: getattr(entry.contrast, key)}
            mistakes += _wrong_levels(declared, (*where, "contrast", key), compared)
    for kind in KINDS:
        value = getattr(entry, kind)
        if isinstance(value, dict) and kind in BY_MONTH:
            mistakes += [
                Mistake((*where, kind, time), "not a number of months") for time in value if not MONTHS.fullmatch(time)
            ]
        elif isinstance(value, dict) and entry.by is None:
            mistakes.append(Mistake((*where, kind), "has a value a level, so `by` must name their factor"))
        elif isinstance(value, dict):
            for level in value.keys() - {"total"}:
                mistakes += _wrong_levels(declared, (*where, kind, level), {entry.by or "": level})
    if not any((entry.of, entry.in_, entry.endpoint, entry.variable, entry.setting, entry.contrast, entry.factor)):
        mistakes.append(Mistake(where, "say what it is of: of, in, endpoint, variable or setting"))
    return mistakes


def _named(declared: PaperFile) -> Iterator[Named]:
    for name, population in declared.populations.items():
        for key in ("part_of", "nested_in"):
            yield ("populations", name, key), "populations", getattr(population, key)
    for name, variable in declared.variables.items():
        for key in ("of", "totals"):
            yield ("variables", name, key), "populations", getattr(variable, key)
        for key in ("fraction", "fractions", "not_below"):
            yield ("variables", name, key), "variables", getattr(variable, key)
        yield from ((("variables", name, "dose"), "variables", dose) for dose in variable.dose)
    for name, factor in declared.factors.items():
        yield ("factors", name, "of"), "populations", factor.of
        yield ("factors", name, "variable"), "variables", factor.variable
    for name, endpoint in declared.endpoints.items():
        yield ("endpoints", name, "of"), "populations", endpoint.of
        yield ("endpoints", name, "same_as"), "endpoints", endpoint.same_as
        if endpoint.fails_with:
            yield ("endpoints", name, "fails_with", "assessed"), "variables", endpoint.fails_with.assessed
    for number, curve in enumerate(declared.curves):
        yield ("curves", number, "endpoint"), "endpoints", curve.endpoint
        yield ("curves", number, "in"), "populations", curve.in_


def _levels_named(declared: PaperFile) -> Iterator[tuple[Location, dict[str, str]]]:
    for name, factor in declared.factors.items():
        yield ("factors", name, "within"), factor.within
        for label, level in factor.levels.items():
            for other, parts in level.union.items():
                yield from ((("factors", name, "levels", label, "union"), {other: part}) for part in parts)
    for name, endpoint in declared.endpoints.items():
        if endpoint.fails_with:
            yield ("endpoints", name, "fails_with"), {endpoint.fails_with.factor: endpoint.fails_with.level}
    yield from ((("curves", number, "of"), curve.of) for number, curve in enumerate(declared.curves))


def _unknown(declared: PaperFile, where: Location, what: str, name: str | None) -> list[Mistake]:
    known = getattr(declared, what)
    return [] if name is None or name in known else [Mistake(where, f"{name} is not one of the {what}")]


def _wrong_levels(declared: PaperFile, where: Location, levels: dict[str, str]) -> list[Mistake]:
    mistakes = []
    for factor, level in levels.items():
        mistakes += _unknown(declared, where, "factors", factor)
        if factor in declared.factors and level not in (known := declared.factors[factor].levels):
            mistakes.append(Mistake(where, f"{level} is not a level of {factor} ({', '.join(known)})"))
    return mistakes


def _circles(declared: PaperFile) -> list[Mistake]:
    leads_to: dict[tuple[str, ...], dict[str, list[str]]] = {
        ("populations", "part_of"): {k: [v.part_of] for k, v in declared.populations.items() if v.part_of},
        ("populations", "nested_in"): {k: [v.nested_in] for k, v in declared.populations.items() if v.nested_in},
        ("variables", "not_below"): {k: [v.not_below] for k, v in declared.variables.items() if v.not_below},
        ("factors", "within"): {k: list(v.within) for k, v in declared.factors.items()},
        ("endpoints", "same_as"): {k: [v.same_as] for k, v in declared.endpoints.items() if v.same_as},
        ("factors", "union"): {
            k: [other for level in v.levels.values() for other in level.union] for k, v in declared.factors.items()
        },
    }
    for name, factor in declared.factors.items():
        within = {k: [v.within] for k, v in factor.levels.items() if v.within}
        leads_to["factors", name, "levels", "within"] = within
    return [
        Mistake((*path[:-1], name, path[-1]), f"leads back to {name}")
        for path, graph in leads_to.items()
        for name in graph
        if name in _reached(graph, name)
    ]


def _reached(graph: dict[str, list[str]], start: str) -> set[str]:
    """Where a name leads to, step by step."""
    found: set[str] = set()
    todo = list(graph.get(start, []))
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += graph.get(name, [])
    return found
