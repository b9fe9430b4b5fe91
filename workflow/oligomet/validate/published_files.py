"""What is wrong under published/: other series (literature.csv) and the study's own paper (claims.yaml)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from oligomet.audit.claims_reader import read_claims
from oligomet.columns import Column
from oligomet.declarations import ConfigurationError
from oligomet.extract.delimited import read_delimited
from oligomet.extract.grid import Grid, Unreadable
from oligomet.schemas import TABLES
from oligomet.source_declarations import Source
from oligomet.study import Study
from oligomet.validate.problems import Problem, did_you_mean, shown

_NUMBERS = {
    "integer": (r"[+-]?\d{1,9}", "a whole number"),
    "number": (r"[+-]?\d{1,9}(\.\d+)?", "a number with a point"),
}


def check_published(folder: Path, study: Study) -> list[Problem]:
    """Every mistake in the files of `folder`, as far as they are there; `study` is rightly declared."""
    literature, claims = folder / "literature.csv", folder / "claims.yaml"
    problems = list(_literature_problems(literature, study)) if literature.is_file() else []
    if claims.is_file():
        try:
            read_claims(claims, study)
        except ConfigurationError as error:
            problems += [_of_claims(str(claims), line) for line in str(error).split("\n")]
    return problems


def _of_claims(file: str, line: str) -> Problem:
    said = line.removeprefix(file).removeprefix(", ").removeprefix(": ")
    at = re.match(r"line (\d+): ", said)
    return Problem(file, said[at.end() :] if at else said, line=int(at[1]) if at else None)


def _literature_problems(file: Path, study: Study) -> Iterator[Problem]:
    """Columns that are missing, cells that are not as declared, and kinds of series that no table labels."""
    columns = TABLES["published/literature"]
    written = {"file": file.name, "key": [], "columns": {}, "encoding": "utf-8", "delimiter": ","}
    try:
        grid = read_delimited(file, Source.model_validate(written))
    except Unreadable as problem:
        yield from (Problem(str(file), line) for line in str(problem).split("\n"))
        return
    for name, column in columns.items():
        if name in grid.header:
            yield from _cell_problems(str(file), grid, name, column)
        elif column.required:
            said = f"column {name} is missing.{did_you_mean(name, set(grid.header) - set(columns))}"
            yield Problem(str(file), said, f"It says: {column.meaning}.")
    for name, table in study.tables.items():
        if table.kind == "series" and "series" in grid.header:
            found = dict.fromkeys(cells[grid.header.index("series")] for cells in grid.rows)
            for kind in filter(None, found):
                if kind not in table.series:
                    said = f"there are series of the kind {kind}, and tables.{name}.series has no label for it"
                    yield Problem(str(file), said, f"Labelled are {', '.join(table.series) or 'none'}.")


def _cell_problems(file: str, grid: Grid, name: str, column: Column) -> Iterator[Problem]:
    at = grid.header.index(name)
    for number, cells in zip(grid.numbers, grid.rows, strict=True):
        if expected := _expected(cells[at], column):
            said = "nothing is there" if not cells[at] else "the cell cannot be read"
            yield Problem(file, said, f"Expected {expected}.", line=number, column=name, found=shown(cells[at]))


def _expected(text: str, column: Column) -> str:
    """What should stand in a cell, where something else does.

    pandera, which checks tables elsewhere, looks at no limit of a column as soon as one of its cells is no number.
    """
    pattern, words = _NUMBERS.get(column.kind, (".*", column.meaning))
    low, high = column.at_least, column.at_most
    if not text:
        return column.meaning if column.required else ""
    if column.allowed:
        return "" if text in column.allowed else f"one of {', '.join(column.allowed)}"
    if not re.fullmatch(pattern, text, re.DOTALL):
        return words
    if (low is not None and float(text) < low) or (high is not None and float(text) > high):
        return f"at least {low:g}" + ("" if high is None else f" and at most {high:g}")
    return ""
