"""The raw exports as they stand: every cell as text, with the file, sheet and row it came from."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from oligomet.declarations import Source
from oligomet.extract.delimited import read_delimited
from oligomet.extract.grid import Grid, Unreadable
from oligomet.extract.workbook import read_workbook
from oligomet.study import Study

# A kind of source is one line here and one function: bytes and declaration in, cells out.
READERS: dict[str, Callable[[bytes, Source], Grid]] = {
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".txt": read_delimited,
    ".xlsx": read_workbook,
}

PROVENANCE = ["file", "sheet", "row", "sha256"]


class ExtractError(ValueError):
    """Everything that keeps the raw exports from being read, a line a problem."""


def extract_sources(study: Study, raw: Path) -> dict[str, pd.DataFrame]:
    """The declared columns of every source, verbatim.

    Rows that are blank in every cell of the file are no rows: they are skipped and not counted. A file with a header
    and no rows gives an empty table. Columns that study.yaml does not declare, or declares identifying, are not read.

    Parameters
    ----------
    study
        Its `sources` say which file, sheet, encoding and headers play which role.
    raw
        The folder of the exports.

    Returns
    -------
    dict of DataFrame by role, one row a raw row: the columns of `SOURCES[role]` and, where declared, `edited` as text;
    `file` as declared, `sheet` (empty where none is declared), `row` (in the file, from 1; in a text file the line on
    which the row begins) and `sha256` of the file.

    Raises
    ------
    ExtractError
        All problems of all sources at once: missing and empty files, wrong encodings, sheets that are missing or
        unreadable, missing or repeated columns, rows longer or shorter than the header.
    """
    extracted, problems = {}, []
    for role, source in study.sources.items():
        path = Path(raw) / source.file
        try:
            extracted[role] = _extract(path, source, role)
        except Unreadable as problem:
            place = f"{path}[{source.sheet}]" if source.sheet else str(path)
            problems += [f"{place}: {line}" for line in str(problem).split("\n")]
    if problems:
        raise ExtractError("\n".join(dict.fromkeys(problems)))
    return extracted


def _extract(path: Path, source: Source, role: str) -> pd.DataFrame:
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise Unreadable(
            f"no reader for {path.suffix or 'files without a suffix'}; there is one for {', '.join(READERS)}."
        )
    if not path.is_file():
        raise Unreadable(f"there is no such file; sources.{role}.file names it.")
    content = path.read_bytes()
    if not content.strip():
        raise Unreadable("the file is empty.")
    grid = reader(content, source)
    places = _places(grid.header, source, role)
    columns = {name: [cells[place] for cells in grid.rows] for name, place in places.items()}
    return pd.DataFrame(columns, dtype="string").assign(
        file=pd.Series(source.file, index=range(len(grid.rows)), dtype="string"),
        sheet=pd.Series(source.sheet or "", index=range(len(grid.rows)), dtype="string"),
        row=pd.Series(grid.numbers, dtype="Int64"),
        sha256=pd.Series(hashlib.sha256(content).hexdigest(), index=range(len(grid.rows)), dtype="string"),
    )


def _places(header: list[str], source: Source, role: str) -> dict[str, int]:
    """Where in a row each declared column stands. Headers agree when they do so after unifying widths and spaces."""
    found = [_plain(name) for name in header]
    wanted = {name: column.header for name, column in source.columns.items()}
    if source.edited:
        wanted["edited"] = source.edited
    problems = []
    for name, title in wanted.items():
        where = f"sources.{role}.edited" if name == "edited" else f"sources.{role}.columns.{name}"
        times = found.count(_plain(title))
        if times == 0:
            problems.append(f"column {title!r} ({where}) is missing.")
        elif times > 1:
            problems.append(f"column {title!r} ({where}) is there {times} times; which one is meant cannot be told.")
    if problems:
        raise Unreadable("\n".join([*problems, f"the columns there are: {', '.join(filter(None, found))}."]))
    return {name: found.index(_plain(title)) for name, title in wanted.items()}


def _plain(title: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", title).split())
