"""Variables of a study's own: columns of its exports that no other hospital has, and what is derived from variables.

Such a column is read, checked, kept and shown as those that the schemas have; `columns_of` joins them. Whoever reads
or writes a table of patients, lesions, measurements or toxicities asks it which columns there are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, model_validator

from oligomet.columns import Column, Kind
from oligomet.declarations import Declaration
from oligomet.schemas import ALL_SOURCES, TABLES

if TYPE_CHECKING:
    import pandas as pd

    from oligomet.declarations import Months

KINDS: dict[str, Kind] = {"number": "number", "category": "term", "flag": "flag", "date": "date", "code": "text"}
NUMBERS = ("integer", "number", "length_cm", "dose_gy")
DERIVED = {"any_of": "flag", "sum": "number", "between": "number", "cut": "category"}  # and the kind that comes of it
DAYS_PER_YEAR = 365.25
YES_NO = {"Yes": {"is": 1}, "No": {"is": 0}}


class Variable(Declaration):
    """A column of the exports (`column`, its heading), or one of any_of, sum, between and cut."""

    of: Literal["patients", "lesions", "measurements", "toxicities", "image_features"]
    label: str  # for readers
    kind: Literal["number", "category", "flag", "date", "code"]
    column: str | None = None  # its own name where the heading is that
    unit: str | None = None
    levels: dict[str, list[str]] = Field({})  # of a category: level: patterns of the words for it, as under `terms`
    pattern: str | None = None  # of a code: the regular expression that all of a cell must match
    at_least: float | None = None
    at_most: float | None = None
    any_of: list[str] = Field([])  # flags: yes if one is, no if all are no, else unknown
    sum: list[str] = Field([])  # numbers; unknown if one is
    between: list[str] = Field([])  # the first date and the last, in days, months or years
    cut: str | None = None  # a number, cut at the limits in `at`; a limit belongs to the level above it
    at: list[float] = Field([])

    @model_validator(mode="before")
    @classmethod
    def _unfold(cls, raw: Any) -> Any:
        """What is derived has its kind, and the levels of a category are words, each with its patterns."""
        if not isinstance(raw, dict):
            return raw
        raw = dict(raw)
        for how, kind in DERIVED.items():
            if raw.get(how) and "kind" not in raw:
                raw["kind"] = kind
        if (levels := levels_of(raw)) is not None:
            raw["levels"] = levels
        return raw

    @model_validator(mode="after")
    def _hangs_together(self) -> Variable:
        problems = []
        ways = [how for how in DERIVED if getattr(self, how)]
        if len(ways) + bool(self.column) > 1:
            problems.append(f"expected one of column, {', '.join(DERIVED)}; it has {', '.join(ways)}")
        if ways and self.kind != DERIVED[ways[0]]:
            problems.append(f"{ways[0]} gives a {DERIVED[ways[0]]}, and kind says {self.kind}; leave kind out")
        belongs = {
            "levels": ("category",), "pattern": ("code",), "unit": ("number",), "at_least": ("number",),
            "at_most": ("number",), "at": ("category",),
        }  # fmt: skip
        for name, kinds in belongs.items():
            if getattr(self, name) not in (None, [], {}) and self.kind not in kinds:
                problems.append(f"{name} is of a {' or '.join(kinds)}; this is a {self.kind}")
        if self.kind == "code" and not self.pattern:
            problems.append("a code needs pattern: what is typed freely may name a patient, and goes no further")
        if self.between and len(self.between) != 2:
            problems.append("between: expected two dates, the first and the last")
        if self.between and self.unit not in ("days", "months", "years"):
            problems.append("between: expected unit: days, months or years")
        if bool(self.cut) != bool(self.at):
            problems.append("expected cut: the variable and at: the limits, both")
        if self.at != sorted(set(self.at)):
            problems.append("at: expected limits in rising order")
        if self.cut and len(self.levels) != len(self.at) + 1:
            problems.append(f"levels: expected {len(self.at) + 1}, one for each part of {self.cut}")
        problems += [
            f"{pattern!r} is not a regular expression ({error})"
            for pattern in [self.pattern or "", *(one for patterns in self.levels.values() for one in patterns)]
            if (error := _why_no_pattern(pattern))
        ]
        if problems:
            raise ValueError("\n".join(problems))
        return self

    @property
    def ingredients(self) -> list[str]:
        """The variables that it is derived from; none of a column."""
        return [*self.any_of, *self.sum, *self.between, *([self.cut] if self.cut else [])]

    @property
    def shown(self) -> str:
        """The label with the unit."""
        return f"{self.label} ({self.unit})" if self.unit else self.label


def _why_no_pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        return str(error)
    return ""


def levels_of(raw: Mapping[str, Any]) -> dict[str, list[str]] | None:
    """The levels of a raw declaration with their patterns; None where they are not of the expected shape.

    A level that is only named is written as it is named; a cut that names none has its limits as levels.
    """
    levels = raw.get("levels")
    at = raw.get("at")
    if levels is None and isinstance(at, list) and at and all(isinstance(limit, int | float) for limit in at):
        limits = [f"{limit:g}" for limit in at]
        between = [f"{low} to < {high}" for low, high in pairwise(limits)]
        levels = [f"< {limits[0]}", *between, f"≥ {limits[-1]}"]
    if isinstance(levels, list) and all(isinstance(level, str) for level in levels):
        return {level: [re.escape(level)] for level in levels}
    if not isinstance(levels, dict):
        return None
    listed = {level: words if isinstance(words, list) else [words] for level, words in levels.items()}
    known = (str, int, float)
    if not all(isinstance(word, known) and not isinstance(word, bool) for words in listed.values() for word in words):
        return None
    return {level: [str(word) for word in words] for level, words in listed.items()}


def unfold(raw: dict[str, Any]) -> dict[str, Any]:
    """Raw declarations in which the study's own variables stand where those of every study do.

    A column is one of its source; the levels of a category are a vocabulary of `terms`; a category or a flag of
    patients or lesions is a factor of its name, unless `factors` has one; `groups: levels` of a factor stands for one
    group a level, and its label is the variable's where it has none.
    """
    variables = raw.get("variables")
    if not isinstance(variables, dict):
        return raw
    declared = {name: one for name, one in variables.items() if isinstance(name, str) and isinstance(one, dict)}
    sources, terms, factors = (dict(raw.get(part) or {}) for part in ("sources", "terms", "factors"))
    for name, one in declared.items():
        role, levels = one.get("of"), levels_of(one)
        source = sources.get(role) if isinstance(role, str) else None
        derived = any(one.get(how) for how in DERIVED)
        if not derived and isinstance(source, dict) and isinstance(source.get("columns"), dict):
            columns = {name: {"header": str(one.get("column") or name)}, **source["columns"]}
            sources[role] = {**source, "columns": {**source["columns"], name: columns[name]}}
        if levels and not derived:
            terms.setdefault(name, levels)
        kind = next((DERIVED[how] for how in DERIVED if one.get(how)), one.get("kind"))
        codes = levels or ({} if derived else terms.get(name))
        groups = YES_NO if kind == "flag" else {code: {"is": code} for code in codes or {}}
        if groups and kind in ("flag", "category") and role in ("patients", "lesions"):
            factors.setdefault(name, {"variable": name, "groups": "levels"})
        for key, factor in factors.items():
            if isinstance(factor, dict) and factor.get("variable") == name:
                chosen = groups if factor.get("groups") == "levels" and groups else factor.get("groups")
                factors[key] = {"label": one.get("label"), **factor, "groups": chosen}
    return {**raw, "sources": sources, "terms": terms, **({"factors": factors} if factors else {})}


def columns_of(table: str, variables: Mapping[str, Variable]) -> dict[str, Column]:
    """The columns of a role of the exports ('patients') or of a table ('outcomes/lesions'), the study's own last.

    The exports and the cohort have what the records say, the outcomes what is derived as well.
    """
    stage, _, name = table.rpartition("/")
    own = {
        key: _column(key, one)
        for key, one in variables.items()
        if (
            one.of == name or (one.of, table) == ("image_features", "outcomes/lesions")
        )  # joined to their lesions there
        and stage in ("", "cohort", "outcomes")
        and (stage == "outcomes" or not one.ingredients)
    }
    return {**(TABLES[table] if stage or table not in ALL_SOURCES else ALL_SOURCES[table]), **own}


def _column(name: str, one: Variable) -> Column:
    return Column(
        KINDS[one.kind],
        one.label,
        required=False,
        allowed=tuple(one.levels) if one.ingredients else (),
        terms=name if one.kind == "category" and not one.ingredients else None,
        at_least=one.at_least,
        at_most=one.at_most,
        unit=one.unit,
        pattern=one.pattern,
    )


def add_derived(frame: pd.DataFrame, of: str, variables: Mapping[str, Variable], months: Months) -> pd.DataFrame:
    """`frame` with the derived variables of patients or lesions, as far as it has what they are derived from.

    Parameters
    ----------
    frame
        A row a patient or a lesion, with the columns of a stage and the study's own.
    of
        'patients' or 'lesions'.
    months
        How many days a month has. A year has 365.25.
    """
    import pandas as pd

    frame = frame.copy()
    for name, one in variables.items():
        if one.of != of or not one.ingredients or not set(one.ingredients) <= set(frame):
            continue
        parts = frame[one.ingredients]
        if one.any_of:
            flags = parts.astype("Int64")
            yes, no = flags.eq(1).fillna(False).any(axis=1), flags.eq(0).fillna(False).all(axis=1)
            frame[name] = pd.Series(pd.NA, frame.index, dtype="Int64").mask(no, 0).mask(yes, 1)
        elif one.sum:
            frame[name] = parts.astype("float64").sum(axis=1, skipna=False)
        elif one.between:
            first, last = one.between
            widths = {"days": 1, "months": months.days_per_month, "years": DAYS_PER_YEAR}
            frame[name] = (frame[last] - frame[first]).dt.days.astype("float64") / widths[str(one.unit)]
        else:
            limits = [-float("inf"), *one.at, float("inf")]
            groups = pd.cut(frame[one.cut].astype("float64"), limits, right=False, labels=list(one.levels))
            frame[name] = groups.astype("string")
    return frame
