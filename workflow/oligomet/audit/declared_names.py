"""The declarations of a claims.yaml: what it names is declared there, and nothing is a part of itself."""

from __future__ import annotations

import copy
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from oligomet.audit.claims_file import Location, Mistake, in_words
from oligomet.audit.claims_format import BY_MONTH, KINDS, PaperEntry, PaperFile
from oligomet.audit.inspect_sr import NUMBERS

MONTHS = re.compile(r"\d+(?:\.\d+)?")
Named = tuple[Location, str, dict[str, list[str]] | list[str]]  # where names stand, of which section, and the names


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
    known = {"tolerances": KINDS, "inspected": NUMBERS}
    mistakes = [
        Mistake((section, name), f"not one of {', '.join(names)}")
        for section, names in known.items()
        for name in getattr(declared, section)
        if name not in names
    ]
    mistakes += [
        Mistake(("factors", name, "levels", label, "within"), f"{level.within} is not one of its levels")
        for name, factor, label, level in declared.levels()
        if level.within is not None and level.within not in factor.levels
    ]
    mistakes += [each for named in _named(declared) for each in _unknown(declared, *named)]
    return mistakes or _circles(declared)


def mistakes_of_entry(declared: PaperFile, entry: PaperEntry, where: Location) -> list[Mistake]:
    """What an entry of the claims names that is not declared, and what it lacks."""
    mistakes = [each for named in _named(entry, where) for each in _unknown(declared, *named)]
    for kind, values in ((kind, getattr(entry, kind)) for kind in KINDS):
        if not isinstance(values, dict):
            continue
        if kind in BY_MONTH:
            wrong = [time for time in values if not MONTHS.fullmatch(time)]
            mistakes += [Mistake((*where, kind, time), "not a number of months") for time in wrong]
        elif entry.by is None:
            mistakes.append(Mistake((*where, kind), "has a value a level, so `by` must name their factor"))
        else:
            for level in (level for level in values if level != "total"):
                mistakes += _unknown(declared, (*where, kind, level), "levels", {entry.by: [level]})
    if not any((entry.of, entry.in_, entry.endpoint, entry.variable, entry.setting, entry.contrast, entry.factor)):
        mistakes.append(Mistake(where, "say what it is of: of, in, endpoint, variable or setting"))
    return mistakes


def _named(at: BaseModel, where: Location = ()) -> Iterator[Named]:
    """What is named in a declaration and all that it holds, as `claims_format.names` marks it."""
    for field, info in type(at).model_fields.items():
        value, place = getattr(at, field), (*where, info.alias or field)
        marked = info.json_schema_extra
        if isinstance(marked, dict) and value is not None:
            section = "levels" if isinstance(value, dict) else str(marked["names"])
            if section == "levels" and not isinstance(value, dict):
                value = {at.factor: value}  # type: ignore[attr-defined]  # the level of a factor that stands beside it
            if isinstance(value, dict):
                yield place, section, {name: each if isinstance(each, list) else [each] for name, each in value.items()}
            else:
                yield place, section, value if isinstance(value, list) else [value]
        elif isinstance(value, dict | list):
            for key, each in value.items() if isinstance(value, dict) else enumerate(value):
                yield from _named(each, (*place, key)) if isinstance(each, BaseModel) else ()
        elif isinstance(value, BaseModel):
            yield from _named(value, place)


def _unknown(
    declared: PaperFile, where: Location, section: str, names: dict[str, list[str]] | list[str]
) -> list[Mistake]:
    if not isinstance(names, dict):
        known = getattr(declared, section)
        return [Mistake(where, f"{name} is not one of the {section}") for name in names if name not in known]
    mistakes = _unknown(declared, where, "factors", list(names))
    for factor in (name for name in names if name in declared.factors):
        levels = declared.factors[factor].levels
        says = f"is not a level of {factor} ({', '.join(levels)})"
        mistakes += [Mistake(where, f"{level} {says}") for level in names[factor] if level not in levels]
    return mistakes


def _circles(declared: PaperFile) -> list[Mistake]:
    """Names that lead back to themselves, by the same key of their section or by levels within levels."""
    leads_to: dict[Location, dict[str, list[str]]] = defaultdict(dict)
    for where, section, names in _named(declared):
        if where[0] in (section, "factors" if section == "levels" else ""):
            leads_to[where[0], where[-1]].setdefault(str(where[1]), []).extend(names)
    for name, _, label, level in declared.levels():
        if level.within is not None:
            leads_to["factors", name, "levels", "within"][label] = [level.within]
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
