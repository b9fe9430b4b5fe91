"""Workbooks (.xlsx through openpyxl, others through calamine): a cell's text is what a person sees in it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oligomet.extract.calamine_sheet import read_lines
from oligomet.extract.grid import Flawed, Grid, Unreadable, any_text, as_text, reading, under_header
from oligomet.extract.headers import ask_whether
from oligomet.source_declarations import Source

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

LARGEST_MB = 60  # unpacked, of which a library makes some twenty times as much in memory; a usual export has one or two
UNCALCULATED = "a formula that was never calculated; open the file in Excel or LibreOffice and save it."


def read_workbook(path: Path, source: Source) -> Grid:
    """The cells of the declared worksheet (the first one if none is declared), as text, dates as ISO.

    openpyxl tells the number formats, so that '00012' and '24 mm' are read as shown, and formulas without a value;
    calamine, for the other kinds, tells none of it: there `digits` of a column says how long a record number is. Rows
    that are hidden or struck through, and what stands beside or below the rows under the headings, are told.

    Raises
    ------
    Unreadable
        If the file is no workbook, unpacks to far more than a usual one, or has no such worksheet or no header.
    """
    excel = path.suffix.lower() in (".xlsx", ".xlsm")
    with reading("an Excel workbook (.xlsx)" if excel else f"a workbook ({path.suffix.lower()})"):
        _refuse_bombs(path)
        return (_by_openpyxl if excel else _by_calamine)(path, source)


def _refuse_bombs(path: Path) -> None:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist()) // 1_000_000
        if unpacked > LARGEST_MB:
            raise Unreadable(
                f"the workbook is {unpacked} MB when it is unpacked, more than the {LARGEST_MB} MB that are read: "
                "save the sheet alone, without pictures and empty rows, or as CSV."
            )


def _chosen(names: list[str], source: Source) -> str:
    if not names or (source.sheet is not None and source.sheet not in names):
        meant = ask_whether(source.sheet or "", names)
        raise Unreadable(f"there is no worksheet {source.sheet!r} among {len(names)}.{meant}")
    return source.sheet or names[0]


def _by_calamine(path: Path, source: Source) -> Grid:
    names, lines, marks = read_lines(path, source.sheet)
    _chosen(names, source)
    texts = [[as_text(value) for value in line] for line in lines]
    grid = under_header(texts[source.header_row - 1 :], source.header_row, source.header_rows)
    if marks is None:
        said = "whether rows are hidden or struck through cannot be told of it. If there are any, save it as .xlsx."
        if source.leave_out_rows:
            raise Unreadable(said)
        return replace(grid, notes=(said,))
    kept, notes = _without_marked(dict(zip(grid.numbers, grid.rows, strict=True)), marks, source)
    return Grid(grid.header, list(kept.values()), list(kept), tuple(notes))


def _by_openpyxl(path: Path, source: Source) -> Grid:
    import openpyxl

    book = _loaded(path, path.stat().st_mtime_ns)
    name = _chosen([sheet.title for sheet in book.worksheets], source)
    rows = _filled_rows(book[name])
    marks = _marked_rows(book[name], rows)
    if _has_formulas(path):
        _mark_uncalculated(rows, openpyxl.load_workbook(path)[name])
    last = source.header_row + source.header_rows - 1
    header = [_texts(rows.get(number, {})) for number in range(source.header_row, last + 1)]
    kept = {number: _texts(rows[number]) for number in sorted(rows) if number > last}
    kept = {number: texts for number, texts in kept.items() if any_text(texts)}
    kept, notes = _without_marked(kept, marks, source)
    grid = under_header([*header, *kept.values()], source.header_row, source.header_rows)
    width = len(grid.header)
    if beside := [number for number, texts in kept.items() if any_text(texts[width:])]:
        notes.append(
            f"{len(beside)} rows hold something right of the last heading, which is not read: {_listed(beside)}."
        )
    if blank := [f"{cell.column_letter}{cell.row}" for cell in _blank_cells(book[name], max(rows, default=0), width)]:
        notes.append(f"{len(blank)} cells beyond the rows and headings hold only spaces: {_listed(blank)}.")
    return Grid(grid.header, [[*texts, *[""] * width][:width] for texts in grid.rows], list(kept), tuple(notes))


@lru_cache(maxsize=1)
def _loaded(path: Path, changed: int) -> Workbook:
    """The workbook as it was last changed, once for all its worksheets: openpyxl reads every one of them each time."""
    import openpyxl

    return openpyxl.load_workbook(path, data_only=True)


def forget_workbook() -> None:
    """Give back the memory of the workbook that was read last, some twenty times its size."""
    _loaded.cache_clear()


def _filled_rows(sheet: Worksheet) -> dict[int, dict[int, Cell]]:
    """The cells that hold something, by row and column: a stray one far away makes no million empty rows before it."""
    rows: dict[int, dict[int, Cell]] = {}
    for (row, column), cell in sorted(sheet._cells.items()):  # all that the file has; what is public makes up the rest
        if cell.value is not None and str(cell.value).strip():
            rows.setdefault(row, {})[column] = cell
    return rows


def _blank_cells(sheet: Worksheet, last_row: int, last_column: int) -> list[Cell]:
    """Those of nothing but spaces below the last row or right of the last column: somebody's slip, and no data."""
    return [
        cell
        for (row, column), cell in sorted(sheet._cells.items())
        if (row > last_row or column > last_column) and isinstance(cell.value, str) and not cell.value.strip()
    ]


def _texts(cells: dict[int, Any]) -> list[str]:
    """A row of text up to its last cell."""
    width = max(cells, default=0)
    return [_text(cells[at]) if at in cells else "" for at in range(1, width + 1)]


def _marked_rows(sheet: Worksheet, rows: dict[int, dict[int, Cell]]) -> dict[str, list[int]]:
    """The rows that somebody hid or struck through; the latter where every cell that holds something is."""
    struck = {number for number, cells in rows.items() if all(cell.font.strike for cell in cells.values())}
    hidden = [number for number, row in sheet.row_dimensions.items() if row.hidden]
    return {"hidden": sorted(hidden), "struck through": sorted(struck)}


def _without_marked(
    rows: dict[int, list[str]], marks: dict[str, list[int]], source: Source
) -> tuple[dict[int, list[str]], list[str]]:
    """The rows, by number, that stay; and what is told of those that somebody hid or struck through."""
    notes = []
    for what, marked in marks.items():
        found = [number for number in marked if number in rows]
        if found and what in source.leave_out_rows:
            rows = {number: texts for number, texts in rows.items() if number not in found}
            notes.append(f"{len(found)} rows that are {what} are left out, as declared: {_listed(found)}.")
        elif found:
            notes.append(
                f"{len(found)} rows are {what} and are read like any other: {_listed(found)}. "
                f"If they are to stay out, declare leave_out_rows: [{what}]."
            )
    return rows, notes


def _listed(places: Sequence[int | str], most: int = 10) -> str:
    return ", ".join(map(str, places[:most])) + (f" and {len(places) - most} more" if len(places) > most else "")


def _has_formulas(path: Path) -> bool:
    """Whether any sheet has a formula: reading a workbook twice is slow, and few exports have one."""
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(re.search(rb"<f[ >/]", archive.read(name)) for name in sheets)


def _mark_uncalculated(rows: dict[int, dict[int, Any]], formulas: Worksheet) -> None:
    for number, cells in _filled_rows(formulas).items():
        for column, cell in cells.items():
            if cell.data_type == "f" and column not in rows.get(number, {}):
                rows.setdefault(number, {})[column] = Flawed(UNCALCULATED)


def _text(cell: Cell | Flawed) -> str:
    if isinstance(cell, Flawed):
        return cell
    shown = as_text(cell.value)
    is_number = isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
    return _as_shown(shown, cell.number_format) if is_number else shown


def _as_shown(number: str, number_format: str) -> str:
    """A number with what its format adds to its meaning: words (24 in '0 "mm"' is 24mm) and leading zeros ('00000')."""
    positive = number_format.split(";")[0]
    if re.fullmatch("0+", positive):
        return number.zfill(len(positive))
    quoted = re.match(r'(?:"([^"]*)")?[^"]*(?:"([^"]*)")?', positive)
    before, after = quoted.groups(default="") if quoted else ("", "")
    return type(number)(f"{before}{number}{after}")
