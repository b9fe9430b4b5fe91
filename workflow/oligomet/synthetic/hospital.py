"""The synthetic hospital: clean tables become raw exports, with everything that makes raw exports raw.

What is added never changes what the records say: cleaning the exports gives the clean tables back.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from oligomet.declarations import Synthetic
from oligomet.schemas import ALL_SOURCES
from oligomet.source_declarations import Source
from oligomet.study import Study
from oligomet.synthetic.mess import Cell, Clerk, Words
from oligomet.synthetic.mistakes import find_mistakes
from oligomet.variables import columns_of

REPEATED, CORRECTED = 0.02, 0.02  # shares of the rows; one row at least
MISPLACED = 0.05  # share of the rows that stand anywhere
BLANK_ROWS = 2

# The column in which a row was wrong before it was corrected.
CORRECTIONS = {
    "patients": "kps",
    "therapies": "end_date",
    "lesions": "gtv_diameter_cm",
    "plans": "technique",
    "measurements": "long_axis_cm",
    "follow_up": "distant_progression",
    "toxicities": "grade",
}
IDENTITIES = {
    "Name": "Synthetic Patient {:04d}",
    "ID card": "SYNTHETIC-{:06d}",
    "Telephone": "000-0000-{:04d}",
    "Surgeon": "Dr Synthetic {:04d}",
}


@dataclass(frozen=True)
class Entry:
    """A row before it is typed: what it says, when it was edited, and cells that stand as they are (`verbatim`)."""

    says: dict[str, Any]
    edited: pd.Timestamp
    verbatim: Mapping[str, Cell] = field(default_factory=dict)


def export(tables: dict[str, pd.DataFrame], study: Study, words: Words, directory: Path) -> None:
    """Write the raw exports that study.yaml declares, as a hospital would.

    The same tables and seed give the same bytes. Copies of rows, rows that a later one corrects, rows that cannot be
    read and rows of nobody are added; every true row is there in full.

    Parameters
    ----------
    tables
        Clean, typed tables by role with the columns of `ALL_SOURCES`; patient_id holds record numbers.
    study
        Where each column goes and how its cells may be written. `synthetic.seed` seeds the mess.
    words
        By vocabulary and code of `terms`, what the clerks write for it, the usual word first. A word must match the
        patterns of its code and of no other, or cleaning does not give the code back.
    directory
        The folder of the exports; files there are replaced.

    Raises
    ------
    ValueError
        If the study is not declared synthetic, or the tables are not clean: rows share a key, values are outside the
        limits of their column, or a code has no word.
    """
    _declared(study)
    problems = [problem for role, table in tables.items() for problem in _unclean(role, table, study, words)]
    if problems:
        raise ValueError("\n".join(problems))

    by_file = sorted(study.sources.items(), key=lambda item: str(item[1].file))
    for file, sources in groupby(by_file, key=lambda item: str(item[1].file)):
        sheets = [(source, _lines(role, tables, study, words)) for role, source in sources]
        content = _workbook(sheets, study) if file.endswith(".xlsx") else _text(*sheets[0])
        (directory / file).parent.mkdir(parents=True, exist_ok=True)
        (directory / file).write_bytes(content)


def export_centres(
    tables: dict[str, pd.DataFrame], study: Study, words: Mapping[str, Mapping[str, Any]], directory: Path
) -> None:
    """Write the raw exports of several centres, each from the entries of `files` that have it as a constant.

    Parameters
    ----------
    tables
        As for `export`, with the column `centre`; record numbers are the centre's own.
    words
        By centre, as for `export`; under yes and no, what its clerks write for them.
    study, directory
        As for `export`. Each centre's mess has a seed of its own.
    """
    seed = _declared(study).seed
    for number, (centre, spoken) in enumerate(words.items(), 1):
        own = {role: _part(source, centre) for role, source in study.sources.items()}
        parsing = study.parsing.model_copy(
            update={"true_words": list(spoken["yes"]), "false_words": list(spoken["no"]), "missing": ["", "-"]}
        )
        synthetic = _declared(study).model_copy(update={"seed": seed + number})
        of_centre = study.model_copy(update={"sources": own, "parsing": parsing, "synthetic": synthetic})
        rows = {
            role: table.loc[table["centre"] == centre, list(own[role].columns)].reset_index(drop=True)
            for role, table in tables.items()
        }
        export(rows, of_centre, spoken, directory)


def _part(source: Source, centre: str) -> Source:
    """The entry of a centre, with the columns that a clerk fills in."""
    part = next(part for part in source.files if part.columns["centre"].constant == centre)
    typed = {name: column for name, column in part.columns.items() if column.constant is None}
    return part.model_copy(update={"columns": typed})


def _declared(study: Study) -> Synthetic:
    if study.synthetic is None:
        raise ValueError("the exports of a study without a section `synthetic` are not to be made up.")
    return study.synthetic


def _unclean(role: str, table: pd.DataFrame, study: Study, words: Words) -> list[str]:
    key = study.sources[role].key
    problems = [f"{role}: rows share {', '.join(key)}"] if table.duplicated(key).any() else []
    columns = columns_of(role, study.variables)
    for name, column in [(name, columns[name]) for name in study.sources[role].columns]:
        for limit, beyond in ((column.at_least, table[name].lt), (column.at_most, table[name].gt)):
            if limit is not None and beyond(limit).any():
                problems.append(f"{role}.{name}: {table.loc[beyond(limit), name].tolist()} beyond the limit {limit:g}")
        unwritten = set(table[name].dropna()).difference(words.get(column.terms, ())) if column.terms else set()
        problems += [f"{role}.{name}: there is no word for {code}" for code in sorted(unwritten)]
    return problems


def _lines(role: str, tables: dict[str, pd.DataFrame], study: Study, words: Words) -> list[list[Cell]]:
    """Everything above, in and below the header of one source."""
    source = study.sources[role]
    rng = np.random.default_rng([_declared(study).seed, list(ALL_SOURCES).index(role)])
    wide = source.encoding != "cp1252"
    clerk = Clerk(study, words, rng, typed=str(source.file).endswith(".xlsx"), wide=wide)
    entries = _entries(role, tables, study, rng)
    known = {number: place for place, number in enumerate(sorted(tables["patients"]["patient_id"]), 1)}

    titles = ["No.", *source.identifying, *(column.header for column in source.columns.values())]
    lines = []
    for number, entry in enumerate(entries, 1):
        cells = {name: clerk.type_in(value, role, name) for name, value in entry.says.items()} | {**entry.verbatim}
        person = known.get(entry.says["patient_id"], 0)
        who = [IDENTITIES.get(title, "Synthetic {:04d}").format(person) for title in source.identifying]
        line = [number if clerk.typed else str(number), *who, *(cells[name] for name in source.columns)]
        lines.append([*line, clerk.date(entry.edited, study.parsing.dates)] if source.edited else line)
    for place in sorted(rng.integers(0, len(lines) + 1, BLANK_ROWS)):
        lines.insert(place, [""] * (len(titles) + bool(source.edited)))
    above: list[list[Cell]] = [
        [f"{_declared(study).short}. Export of {source.sheet or source.file}"],
        [""],
    ] * source.header_row
    return [*above[: source.header_row - 1], [*titles, *([source.edited] if source.edited else [])], *lines]


def _entries(role: str, tables: dict[str, pd.DataFrame], study: Study, rng: np.random.Generator) -> list[Entry]:
    """The true rows, copies and older versions of some, and mistakes, mostly in order."""
    table = tables[role]
    rows = ({str(name): value for name, value in row.items()} for row in table.to_dict("records"))
    true = [Entry(values, _edited(values, study, rng)) for values in rows]
    few = [rng.permutation(len(true))[: max(1, round(share * len(true)))] for share in (REPEATED, CORRECTED)]
    copies = [(place, true[place]) for place in few[0]]
    edited = few[1] if study.sources[role].edited else few[1][:0]
    values: Iterable[Any] = table[CORRECTIONS[role]].dropna().unique() if len(edited) else []
    older = [(place, _older(CORRECTIONS[role], true[place], values, rng)) for place in edited]
    wrong = [(rng.integers(len(true)), entry) for entry in _mistaken(role, true, tables, rng)]
    placed = [*enumerate(true), *copies, *((place, entry) for place, entry in older if entry), *wrong]
    anywhere = rng.integers(0, len(true) + 1, len(placed))
    stands = np.where(rng.random(len(placed)) < MISPLACED, anywhere, [place for place, _ in placed])
    return [placed[place][1] for place in np.argsort(stands, kind="stable")]


def _edited(values: dict[str, Any], study: Study, rng: np.random.Generator) -> pd.Timestamp:
    """Some days after the last date of the row; a year before the data cut for a row without dates."""
    dates = [value for value in values.values() if isinstance(value, pd.Timestamp) and not pd.isna(value)]
    last = max(dates, default=pd.Timestamp(study.data_cut) - pd.Timedelta(days=365))
    return last + pd.Timedelta(days=int(rng.integers(1, 90)))


def _older(column: str, entry: Entry, values: Iterable[Any], rng: np.random.Generator) -> Entry | None:
    """The row as it stood before `column` was corrected; None if there is no other value to have been wrong with."""
    others = [value for value in values if pd.isna(entry.says[column]) or value != entry.says[column]]
    if not others:
        return None
    wrong = {**entry.says, column: others[rng.integers(len(others))]}
    return Entry(wrong, entry.edited - pd.Timedelta(days=int(rng.integers(1, 60))))


def _mistaken(role: str, true: list[Entry], tables: dict[str, pd.DataFrame], rng: np.random.Generator) -> list[Entry]:
    return [
        Entry(true[place].says, true[place].edited, verbatim) for place, verbatim in find_mistakes(role, tables, rng)
    ]


def _text(source: Source, lines: list[list[Cell]]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=source.delimiter or ",", lineterminator="\r\n").writerows(lines)
    return buffer.getvalue().encode(source.encoding or "utf-8", errors="replace")  # of what it does not have


def _workbook(sheets: list[tuple[Source, list[list[Cell]]]], study: Study) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for source, lines in sheets:
        sheet = book.create_sheet(source.sheet)
        for line in lines:
            sheet.append([_workbook_cell(cell) for cell in line])
    book.properties.creator = _declared(study).short
    book.properties.title = f"{study.title}: synthetic export"
    book.properties.description = _declared(study).notice
    buffer = io.BytesIO()
    book.save(buffer)
    return _without_time(buffer, dt.datetime.combine(study.data_cut, dt.time()))


def _workbook_cell(cell: Cell) -> Cell | dt.datetime | None:
    if isinstance(cell, pd.Timestamp):
        return cell.to_pydatetime()
    return None if cell == "" else cell


def _without_time(book: io.BytesIO, saved: dt.datetime) -> bytes:
    """The same workbook as if saved on a fixed day, uncompressed: no clock and no zlib version shows in the bytes."""
    frozen = io.BytesIO()
    with zipfile.ZipFile(book) as parts, zipfile.ZipFile(frozen, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(parts.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            content = parts.read(name)
            if name == "docProps/core.xml":
                stamp = f">{saved:%Y-%m-%dT%H:%M:%SZ}</dcterms:".encode()
                content = re.sub(rb">[^<>]*</dcterms:", stamp, content)
            part = zipfile.ZipInfo(name, saved.timetuple()[:6])
            part.create_system, part.external_attr = 3, 0o600 << 16
            archive.writestr(part, content)
    return frozen.getvalue()
