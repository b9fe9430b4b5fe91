"""The raw exports as they stand: every cell as text, with the file, sheet and row it came from."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from oligomet.extract.database import read_database, read_database_file, read_parquet
from oligomet.extract.delimited import read_delimited
from oligomet.extract.dicom import read_plan, read_structures
from oligomet.extract.files import find_files
from oligomet.extract.grid import Grid, Unreadable
from oligomet.extract.redcap import read_redcap
from oligomet.extract.shape import shape, unmet
from oligomet.extract.statistics import read_statistics
from oligomet.extract.workbook import forget_workbook, read_workbook
from oligomet.source_declarations import SUFFIXES, Source
from oligomet.study import Study

LOG = logging.getLogger(__name__)  # what was found and chosen; never what stands in a cell

# A kind of source is one line here and one function: file and declaration in, cells out.
READERS: dict[str, Callable[[Path, Source], Grid]] = {
    "text": read_delimited,
    "workbook": read_workbook,
    "statistics": read_statistics,
    "parquet": read_parquet,
    "database": read_database_file,
    "redcap": read_redcap,
    "rtplan": read_plan,
    "rtstruct": read_structures,
}


LARGEST_MB = 200  # of a file; what a department exports of some thousand patients has a few


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
    which the row begins) and `sha256` of the file; of a source with `files`, `entry`, the place among these of the one
    by which the row is read. Where a raw row is several rows (`melt`, `rows`), `part` says at which of its columns each
    begins. `attrs["notes"]` of a table has what should be known of its files, a line each.

    Raises
    ------
    ExtractError
        All problems of all sources at once: missing and empty files, wrong encodings, sheets that are missing or
        unreadable, missing or repeated columns, rows longer or shorter than the header, cells that cannot be read.
    """
    extracted: dict[str, pd.DataFrame] = {}
    problems: list[str] = []
    for role, source in study.sources.items():
        frames: list[pd.DataFrame] = []
        for number, part in enumerate(source.parts):
            tables, wrong = _extract(part, role, Path(raw), study.parsing.decimal)
            if source.files:
                tables = [table.assign(entry=str(number)) for table in tables]
            frames, problems = frames + tables, problems + wrong
        if frames:
            extracted[role] = _stacked(frames) if len(frames) > 1 else frames[0]
    forget_workbook()
    if problems:
        raise ExtractError("\n".join(dict.fromkeys(problems)))
    return extracted


def _stacked(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Several files as one table; a column that a file has not is empty in its rows."""
    notes = [note for table in tables for note in table.attrs.pop("notes")]
    stacked = pd.concat(tables, ignore_index=True)
    texts = stacked.columns.drop("row")
    stacked = stacked.assign(**stacked[texts].fillna(""))
    stacked.attrs["notes"] = notes
    return stacked


def _extract(part: Source, role: str, raw: Path, decimal: str) -> tuple[list[pd.DataFrame], list[str]]:
    """The rows of every file of a part, and what is wrong with the files, each line with the file's name."""
    tables, grids, problems = [], [], []
    files: dict[str, Path | None] = {**find_files(part, raw)} or {part.shown: None}
    for name, path in files.items():
        try:
            if path and not part.elsewhere:
                _refuse_outside(path, raw.parent, role)
            grid, digest = _read(path, part, role)
            shaped = shape(grid, part, role, decimal)
            tables.append(_with_provenance(shaped, name, part.within, digest))
            tables[-1].attrs["notes"] = _placed(path or name, part, "\n".join(grid.notes))
            grids.append(grid)
            LOG.info("%s: %d of %d rows are %d of %s", name, shaped["row"].nunique(), len(grid.rows), len(shaped), role)
        except Unreadable as problem:
            problems += _placed(path or name, part, problem)
    place = raw / part.shown if part.file else part.shown
    if not problems and part.where_all and not any(map(len, tables)):
        problems += _placed(place, part, Unreadable(unmet(grids, part, role)))
    if not problems and part.kind in ("rtplan", "rtstruct") and not any(grid.rows for grid in grids):
        problems += _placed(place, part, Unreadable(f"there is no {part.kind.upper()} among {len(files)} files."))
    return tables, problems


def _placed(path: Path | str, part: Source, problem: Unreadable | str) -> list[str]:
    place = f"{path}[{part.within}]" if part.within else str(path)
    return [f"{place}: {line}" for line in str(problem).split("\n") if line]


def _refuse_outside(path: Path, folder: Path, role: str) -> None:
    """A path, or a link, that leads out of the study's folder; the folder raw/ itself may be a link to a drive."""
    allowed = (folder.resolve(), Path(folder, "raw").resolve())
    if not any(path.resolve().is_relative_to(place) for place in allowed):
        raise Unreadable(
            f"it lies outside of the study's folder; sources.{role}.elsewhere: true says that it is meant to."
        )


def _read(path: Path | None, part: Source, role: str) -> tuple[Grid, str]:
    """The cells of a file or a database, and the hash of what was read."""
    if part.url:
        grid = read_database(part)
        return grid, hashlib.sha256(json.dumps([grid.header, *grid.rows]).encode()).hexdigest()
    if part.kind is None:
        suffix = Path(part.file or "").suffix
        raise Unreadable(
            f"no reader for {suffix or 'files without a suffix'}; there is one for {', '.join(SUFFIXES)}. "
            f"sources.{role}.format says what it is, if its name does not."
        )
    if path is None or not path.is_file():
        raise Unreadable(f"there is no such file; sources.{role}.file names it.")
    if path.stat().st_size > LARGEST_MB * 1_000_000:
        raise Unreadable(
            f"the file has {path.stat().st_size // 1_000_000} MB, more than the {LARGEST_MB} MB that are read of one: "
            f"export only the columns that are declared, or several files (sources.{role}.files)."
        )
    content = path.read_bytes()
    if not content.strip():
        raise Unreadable("the file is empty.")
    return READERS[part.kind](path, part), hashlib.sha256(content).hexdigest()


def _with_provenance(shaped: pd.DataFrame, file: str, sheet: str, digest: str) -> pd.DataFrame:
    text = shaped.drop(columns="row").astype("string")
    named = text.drop(columns="part", errors="ignore")
    named = named.assign(file=file, sheet=sheet, row=shaped["row"].astype("Int64"), sha256=digest)
    named = named.astype({"file": "string", "sheet": "string", "sha256": "string"})
    return named.assign(part=text["part"]) if "part" in text else named
