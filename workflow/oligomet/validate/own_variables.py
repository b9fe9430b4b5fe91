"""The variables that a study declares of its own, and the response that it takes as coded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from oligomet.columns import RESPONSES
from oligomet.schemas import ALL_SOURCES, TABLES
from oligomet.validate.problems import did_you_mean
from oligomet.variables import NUMBERS, Variable, columns_of

if TYPE_CHECKING:
    from oligomet.study import Study

_NEEDED = {  # what the ingredients must be
    "any_of": (("flag",), "flags"),
    "sum": (NUMBERS, "numbers"),
    "between": (("date",), "dates"),
    "cut": (NUMBERS, "a number"),
}


# What stands beside the study's own: in outcomes, in what eligibility asks for, in extracted or followed rows.
_TAKEN = {
    *(name for unit in ("patients", "lesions") for name in TABLES[f"outcomes/{unit}"]),
    *("cytoreductive_surgeries", "systemic_courses", "contacts_after_radiotherapy", "days_to_first_assessment"),
    *("edited", "entry", "file", "sheet", "row", "part", "sha256", "plan_source", "months", "event", "subject_id"),
}


def check_variables(study: Study) -> Iterator[str]:
    """Names that are taken, columns of no source, categories without levels, and what cannot be derived."""
    declared: dict[str, Variable] = {}
    for name, one in study.variables.items():
        where = f"variables.{name}"
        if name in {*ALL_SOURCES[one.of], *TABLES[f"cohort/{one.of}"], *_TAKEN}:
            yield f"{where}: the name is taken by a column that every study has; choose another."
        if not name.isidentifier():
            yield f"{where}: a name is of letters, digits and _, and begins with a letter."
        if one.kind == "category" and not one.ingredients:
            if name not in study.terms:
                yield f"{where}.levels: expected the levels, e.g. levels: [low, high]; or declare terms.{name}."
            elif one.levels and study.terms[name] != one.levels:
                yield f"{where}.levels: terms.{name} says otherwise; declare the levels in one place."
        if one.ingredients:
            yield from _derivation_problems(where, one, declared)
        elif one.of not in study.sources:
            yield f"{where}: sources.{one.of} is not collected, and has no columns."
        declared[name] = one


def _derivation_problems(where: str, one: Variable, before: dict[str, Variable]) -> Iterator[str]:
    if one.of == "measurements":
        yield f"{where}: expected of: patients or lesions for what is derived."
        return
    how = next(how for how in _NEEDED if getattr(one, how))
    kinds, words = _NEEDED[how]
    there = columns_of(f"outcomes/{one.of}", before)
    for name in one.ingredients:
        if name not in there:
            near = did_you_mean(name, there)
            yield f"{where}.{how}: {name} is no variable of {one.of}, or is declared after this one.{near}"
        elif there[name].kind not in kinds:
            yield f"{where}.{how}: expected {words}; {name} is a {_spoken(there[name].kind)}."


def _spoken(kind: str) -> str:
    return {"term": "category", "length_cm": "number", "dose_gy": "number", "integer": "number"}.get(kind, kind)


def check_parts(study: Study) -> Iterator[str]:
    """Parts of a lesion, and lesions that are one, by what is no variable of measurements."""
    for field, kinds in (("part", ("number", "category", "code")), ("merged", ("flag",))):
        name = getattr(study.response, field)
        one = study.variables.get(name or "")
        if name is not None and (one is None or one.of != "measurements" or one.kind not in kinds):
            possible = [key for key, other in study.variables.items() if other.of == "measurements"]
            expected = f"expected a {' or '.join(kinds)} of measurements, as declared under variables"
            yield f"response.{field}: {name} is none; {expected}.{did_you_mean(name, possible)}"
    part, source = study.response.part, study.sources.get("measurements")
    if part and source and part not in source.key:
        yield f"response.part: parts of a lesion are rows of one scan; sources.measurements.key needs {part}."


def check_coded_response(study: Study) -> Iterator[str]:
    """A code that is no variable, or has other levels than responses; events that have no day by it."""
    coded = {name: getattr(study.response, name) for name in ("coded", "coded_best")}
    for field, name in coded.items():
        if name is None:
            continue
        where, one = f"response.{field}", study.variables.get(name)
        if one is None or one.of == "patients":
            possible = [key for key, other in study.variables.items() if other.of != "patients"]
            near = did_you_mean(name, possible)
            yield f"{where}: {name} is no variable of lesions or measurements, as declared under variables.{near}"
            continue
        levels = list(study.terms.get(name, {})) if one.kind == "category" else []
        if not levels or not set(levels) <= set(RESPONSES):
            yield f"{where}: expected a category with levels of {', '.join(RESPONSES)}; {name} is another."
        if field == "coded_best" and one.of != "lesions":
            yield f"{where}: expected a variable of lesions; of measurements the best is that of the codes."
    if coded["coded_best"] and not coded["coded"]:
        yield "response.coded_best: expected response.coded, the code of the first assessment, beside it."
    one = study.variables.get(coded["coded"] or "")
    if one is None or one.of != "lesions":
        return
    dated = [(f"endpoints.{name}", [*it.events, *it.competing]) for name, it in study.endpoints.items()]
    for where, events in dated:
        if "lesion_progression" in events:
            yield f"{where}: lesion_progression has no day, since the response is coded once a lesion (response.coded)."
