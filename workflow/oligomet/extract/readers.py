"""The raw exports as they stand: every cell as text, with the file, sheet and row it came from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from oligomet.extract.delimited import read_delimited
from oligomet.extract.files import find_files
from oligomet.extract.grid import Grid, Unreadable
from oligomet.extract.shape import shape
from oligomet.extract.workbook import read_workbook
from oligomet.source_declarations import SUFFIXES, Source
from oligomet.study import Study

# A kind of source is one line here and one function: file and declaration in, cells out.
READERS: dict[str, Callable[[Path, Source], Grid]] = {
    "text": read_delimited,
    "workbook": read_workbook,
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
    dict of DataFrame by role, one row a raw row: the columns of the role and, where declared, `edited` as text;
    `file` as declared, `sheet` (empty where none is declared), `row` (in the file, from 1; in a text file the line on
    which the row begins) and `sha256` of the file. Where a raw row is several rows (`melt`, `rows`), `part` says at
    which of its columns each begins.

    Raises
    ------
    ExtractError
        All problems of all sources at once: missing and empty files, wrong encodings, sheets that are missing or
        unreadable, missing or repeated columns, rows longer or shorter than the header, cells that cannot be read.
    """
    extracted, problems = {}, []
    for role, source in study.sources.items():
        frames = []
        for part in source.parts:
            try:
                for path, name in _located(part, raw, role):
                    try:
                        frames.append(_extract(path, name, part, role, study.parsing.decimal))
                    except Unreadable as problem:
                        problems += _placed(path, part, problem)
            except Unreadable as problem:
                problems += _placed(Path(raw) / part.shown, part, problem)
        if frames:
            extracted[role] = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    if problems:
        raise ExtractError("\n".join(dict.fromkeys(problems)))
    return extracted


def _placed(path: Path, part: Source, problem: Unreadable) -> list[str]:
    place = f"{path}[{part.sheet}]" if part.sheet else str(path)
    return [f"{place}: {line}" for line in str(problem).split("\n")]


def _located(part: Source, raw: Path, role: str) -> Iterator[tuple[Path, str]]:
    if part.kind is None:
        suffix = Path(part.file).suffix
        raise Unreadable(
            f"no reader for {suffix or 'files without a suffix'}; there is one for {', '.join(SUFFIXES)}. "
            f"sources.{role}.format says what it is, if its name does not."
        )
    files = find_files(part, raw)
    if not files:
        raise Unreadable(f"there is no such file; sources.{role}.file names it.")
    return ((path, name) for name, path in files.items())


def _extract(path: Path, name: str, part: Source, role: str, decimal: str) -> pd.DataFrame:
    if not path.is_file():
        raise Unreadable(f"there is no such file; sources.{role}.file names it.")
    content = path.read_bytes()
    if not content.strip():
        raise Unreadable("the file is empty.")
    shaped = shape(READERS[part.kind](path, part), part, role, decimal)
    rows = {"file": name, "sheet": part.sheet or "", "row": shaped["row"].astype("Int64")}
    text = shaped.drop(columns="row").astype("string")
    text = text.drop(columns="part", errors="ignore").assign(**rows, sha256=hashlib.sha256(content).hexdigest())
    text = text.astype({"file": "string", "sheet": "string", "sha256": "string"})
    return text.assign(part=shaped["part"].astype("string")) if "part" in shaped else text
