"""How study.yaml declares a source: where the records are, in which shape, and where in them each column stands."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import product
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from oligomet.column_declarations import Brief, Cells, ColumnSource, RowSource, Word, with_constants

Format = Literal["text", "workbook", "statistics", "parquet", "database", "redcap", "rtplan", "rtstruct"]

SUFFIXES: dict[str, Format] = {
    **dict.fromkeys((".csv", ".tsv", ".txt"), "text"),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".ods"), "workbook"),
    **dict.fromkeys((".sav", ".zsav", ".dta", ".sas7bdat", ".xpt"), "statistics"),
    ".parquet": "parquet",
    **dict.fromkeys((".sqlite", ".db", ".duckdb"), "database"),
}

BELONGS: dict[str, tuple[Format, ...]] = {  # what is said of files of some kinds alone
    "sheet": ("workbook",),
    "leave_out_rows": ("workbook",),
    "table": ("database",),
    "query": ("database",),
    "dictionary": ("redcap",),
    "instrument": ("redcap",),
    "catalogue": ("statistics",),
    "delimiter": ("text", "redcap"),
}


class Expected(Brief):
    """What an export should hold: one that was cut off is else a smaller number among others."""

    rows: int | None = Field(None, ge=0)
    until: dt.date | None = None  # its last entries are not long before this day
    exported: dt.date | None = None  # no row was edited later


@dataclass(frozen=True)
class View:
    """The columns of one table row that a row of the file gives.

    `own` are those that no other such row reads: of a lesion at a visit its size there, not the date of the visit.
    """

    columns: dict[str, ColumnSource]
    own: tuple[str, ...]
    where: dict[str, Cells]
    edited: str | None
    part: str  # the header at which it begins, empty where a row of the file is one row


class Source(Brief):
    """Where the records of a role are (`file`, `files`, `url`), their shape and columns, and what identifies a row.

    `file` is relative to the study's folder raw/, and may be a pattern (plans_*.csv) or a folder.
    """

    file: str | None = None
    files: list[Source] = Field([])  # each with what it has of its own; the rest is said once for all
    url: str | None = None  # a database's address, with ${NAME} for variables of the environment
    format: Format | None = None  # where the file's name does not tell
    sheet: str | None = None
    table: str | None = None
    query: str | None = None
    dictionary: str | None = None  # REDCap's, beside the export
    instrument: str | None = None  # a repeating one of REDCap; without it, the records' own rows
    catalogue: str | None = None  # SAS's value labels, beside the file
    value_labels: bool = True  # labels in place of codes
    encoding: str | None = None  # found by looking, like the delimiter, where none is declared
    delimiter: str | None = Field(None, min_length=1, max_length=1)
    quote: str = Field('"', max_length=1)  # '' where quotes are text
    header_row: int = Field(1, ge=1)
    header_rows: int = Field(1, ge=1, le=5)
    elsewhere: bool = False  # the file may lie outside of the study's folder
    leave_out_rows: list[Literal["hidden", "struck through"]] = Field([])  # of an Excel workbook; else they are read
    where: dict[str, Cells] = Field({})  # which rows are of this role, by header
    fill_down: list[str] = Field([])  # columns (or headers) in which an empty cell means the one above
    melt: dict[str, Annotated[list[Word], Field(min_length=1)]] = Field({})  # names to put for {name} in headers
    rows: list[RowSource] = Field([])  # the rows that a row of the file stands for
    key: list[str]
    edited: str | None = None
    identifying: list[str] = Field([])  # headers that are never read
    expected: Expected = Expected()
    columns: dict[str, ColumnSource]

    @model_validator(mode="before")
    @classmethod
    def _unfold(cls, raw: Any) -> Any:
        """What is said for all columns is said of each; what is said of one of several files is joined to the rest."""
        raw = with_constants(raw)
        if not isinstance(raw, dict) or not isinstance(raw.get("columns"), dict):
            return raw
        shared = {name: raw.pop(name) for name in ("dates", "decimal", "serial_dates") if name in raw}
        raw["columns"] = _sharing(shared, raw["columns"])
        if isinstance(raw.get("rows"), list):
            raw["rows"] = [
                {**row, "columns": _sharing(shared, row.get("columns", {}))} if isinstance(row, dict) else row
                for row in map(with_constants, raw["rows"])
            ]
        if isinstance(raw.get("files"), list):
            base = {name: value for name, value in raw.items() if name != "files"}
            raw["files"] = [_joined(base, entry) for entry in raw["files"]]
        return raw

    @model_validator(mode="after")
    def _hangs_together(self) -> Source:
        problems = []
        if [bool(self.file), bool(self.files), bool(self.url)].count(True) != 1:
            problems.append("expected one of file, files, url")
        problems += self._address_problems()
        if not self.files:
            if self.kind == "database" and bool(self.table) == bool(self.query):
                problems.append("expected one of table, query for a database")
            if self.kind == "redcap" and not self.dictionary:
                problems.append("expected dictionary: the project's data dictionary (CSV)")
        problems += [
            f"{name}: it is of a {' or '.join(kinds)}, and this is a {self.kind}"
            for name, kinds in BELONGS.items()
            if self.kind and not self.files and getattr(self, name) and self.kind not in kinds
        ]
        others: list[RowSource | Source] = [*self.rows, *self.files]
        headers = [
            column.header
            for columns in (self.columns, *(row.columns for row in self.rows))
            for column in columns.values()
        ]
        problems += [
            f"melt.{name}: expected {{{name}}} in the header of a column" + f" (found: {', '.join(headers)})"
            for name in self.melt
            if not any(f"{{{name}}}" in header for header in headers)
        ]
        problems += [
            f"columns.{name}: expected one unit, decimal sign and list of dates in all rows of a file"
            for part in self.rows
            for name, column in part.columns.items()
            if name in self.columns and column.written != self.columns[name].written
        ]
        if problems:
            raise ValueError("\n".join(dict.fromkeys(problems)))
        for part in others:  # a column that only some rows have is a column of the source
            for name, column in part.columns.items():
                self.columns.setdefault(name, column)
        return self

    def _address_problems(self) -> list[str]:
        secrets = re.findall(r"://[^/@]*?:([^@]*)@|(?:password|passwd|pwd|token)=([^&]*)", self.url or "")
        if all(re.fullmatch(r"\$\{\w+\}", secret or other) for secret, other in secrets):
            return []
        return ["url: a password does not belong here; write ${NAME} for an environment variable"]

    @property
    def kind(self) -> Format | None:
        """The declared format, or the one that the file's name tells."""
        suffix = re.search(r"\.[^./*]+$", (self.file or "").lower())
        return self.format or ("database" if self.url else SUFFIXES.get(suffix[0] if suffix else ""))

    @property
    def parts(self) -> list[Source]:
        return self.files or [self]

    def part(self, number: str | None) -> Source:
        """The entry of `files` with this number, as a row of the extracted table names it; without one, the source."""
        return self.files[int(number)] if number and self.files else self

    def heading(self, column: str, entry: str | None = None, part: str = "") -> str:
        """Under which heading of its file a column of the table stands.

        `entry` is that of `files`, `part` the heading at which the row begins where a row of the file is several.
        """
        source = self.part(entry)
        view = next((view for view in source.views() if view.part == part), None) if part else None
        edited, columns = (view.edited, view.columns) if view else (source.edited, source.columns)
        return str(edited) if column == "edited" else {**self.columns, **columns}[column].header

    @property
    def shown(self) -> str:
        """The files or addresses as declared."""
        return ", ".join(dict.fromkeys(part.file or part.url or "" for part in self.parts))

    @property
    def within(self) -> str:
        """The part of a file or database that is read: a worksheet, a table, an instrument; empty for a whole file."""
        return self.sheet or self.table or self.instrument or ("query" if self.query else "")

    @property
    def headers(self) -> list[str]:
        """The headers that a file of this source must have."""
        views = self.views()
        columns = [column.header for view in views for column in view.columns.values() if column.constant is None]
        others = [header for view in views for header in [*view.where, *([view.edited] if view.edited else [])]]
        return list(dict.fromkeys([*columns, *others, *self.where_all, *self.filled]))

    @property
    def where_all(self) -> dict[str, Cells]:
        """The conditions on a whole row of the file; one with a place for names is on what the row stands for."""
        return {header: cells for header, cells in self.where.items() if not _fill(header, self._some_names)[1]}

    @property
    def filled(self) -> list[str]:
        """The headers of the columns that are filled down."""
        return [self.columns[name].header if name in self.columns else name for name in self.fill_down]

    @property
    def _some_names(self) -> dict[str, str]:
        return {place: names[0] for place, names in self.melt.items()}

    def views(self) -> list[View]:
        """The rows of the table that a row of the file stands for: one, without `rows` and `melt`."""
        views = []
        for row in self.rows or [RowSource()]:
            for names in product(*self.melt.values()):
                filled = dict(zip(self.melt, names, strict=True))
                columns = self._own_columns(row)
                depth = {name: _fill(at.header, filled)[1] + (name in row.columns) for name, at in columns.items()}
                columns = {name: _filled(column, filled) for name, column in columns.items()}
                depth = {name: depth[name] for name, column in columns.items() if column.constant is None}
                own = [name for name in depth if 0 < depth[name] == max(depth.values())]
                where = {
                    **row.where,
                    **{name: cells for name, cells in self.where.items() if name not in self.where_all},
                }
                where = {_fill(header, filled)[0]: cells for header, cells in where.items()}
                edited = _fill(self.edited, filled)[0] if self.edited else None
                views.append(View(columns, tuple(own), where, edited, columns[own[0]].header if own else ""))
        return _told_apart(views)

    def _own_columns(self, row: RowSource) -> dict[str, ColumnSource]:
        """In the order of the source; a column that only other rows declare is not among them."""
        elsewhere = {name for other in self.rows for name in other.columns if self.columns[name] is other.columns[name]}
        return {
            name: row.columns.get(name, column)
            for name, column in self.columns.items()
            if name in row.columns or name not in elsewhere
        }


def _sharing(shared: dict, columns: Any) -> Any:
    if not isinstance(columns, dict):
        return columns
    return {name: {**shared, **column} if isinstance(column, dict) else column for name, column in columns.items()}


def _joined(base: dict, entry: Any) -> Any:
    entry = with_constants({"file": entry} if isinstance(entry, str) else entry)
    if not isinstance(entry, dict):
        return entry
    return {**base, **entry, "columns": {**base["columns"], **entry["columns"]}}


def _fill(header: str, names: dict[str, str]) -> tuple[str, int]:
    """`header` with the names in their places, and how many places it had."""
    places = sum(f"{{{place}}}" in header for place in names)
    for place, name in names.items():
        header = header.replace(f"{{{place}}}", name)
    return header, places


def _filled(column: ColumnSource, names: dict[str, str]) -> ColumnSource:
    header, places = _fill(column.header, names)
    if not places:
        return column
    alone = column.header in [f"{{{place}}}" for place in names]
    return column.model_copy(update={"constant": header} if alone else {"header": header})


def _told_apart(views: list[View]) -> list[View]:
    """Parts that begin at one header get numbers, so that a row of the table has a place of its own."""
    times, seen = Counter(view.part for view in views), Counter[str]()
    told = []
    for view in views:
        seen[view.part] += 1
        part = f"{view.part} ({seen[view.part]})".strip() if times[view.part] > 1 else view.part
        told.append(replace(view, part=part))
    return told
