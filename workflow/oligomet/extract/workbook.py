"""Workbooks (.xlsx through openpyxl, .xls and .ods through calamine): a cell's text is what a person sees in it."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from oligomet.extract.grid import Flawed, Grid, Unreadable, as_text, reading, under_header
from oligomet.extract.headers import ask_whether
from oligomet.source_declarations import Source

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell

UNCALCULATED = "a formula that was never calculated; open the file in Excel or LibreOffice and save it."


def read_workbook(path: Path, source: Source) -> Grid:
    """The cells of the declared worksheet (the first one if none is declared), as text, dates as ISO.

    openpyxl tells the number formats, so that '00012' and '24 mm' are read as shown, and formulas without a value;
    calamine, for the other kinds, tells neither: there `digits` of a column says how long a record number is.

    Raises
    ------
    Unreadable
        If the file is no workbook, or it has no such worksheet or no header.
    """
    excel = path.suffix.lower() in (".xlsx", ".xlsm")
    with reading("an Excel workbook (.xlsx)" if excel else f"a workbook ({path.suffix.lower()})"):
        lines = (_by_openpyxl if excel else _by_calamine)(path, source)
    return under_header(lines[source.header_row - 1 :], source.header_row, source.header_rows)


def _chosen(names: list[str], source: Source) -> str:
    if not names or (source.sheet is not None and source.sheet not in names):
        meant = ask_whether(source.sheet or "", names)
        raise Unreadable(f"there is no worksheet {source.sheet!r} among {len(names)}.{meant}")
    return source.sheet or names[0]


def _by_calamine(path: Path, source: Source) -> list[list[str]]:
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(str(path)) as book:
        lines = book.get_sheet_by_name(_chosen(book.sheet_names, source)).to_python(skip_empty_area=False)
    return [[as_text(value) for value in line] for line in lines]


def _by_openpyxl(path: Path, source: Source) -> list[list[str]]:
    import openpyxl

    book = openpyxl.load_workbook(path, data_only=True)
    name = _chosen([sheet.title for sheet in book.worksheets], source)
    lines = [[_text(cell) for cell in row] for row in book[name].iter_rows()]
    if _has_formulas(path):
        _mark_uncalculated(lines, book, openpyxl.load_workbook(path), name)
    return lines


def _has_formulas(path: Path) -> bool:
    """Whether any sheet has a formula: reading a workbook twice is slow, and few exports have one."""
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(re.search(rb"<f[ >/]", archive.read(name)) for name in sheets)


def _mark_uncalculated(lines: list[list[str]], values: Workbook, formulas: Workbook, name: str) -> None:
    for row in formulas[name].iter_rows():
        for cell in row:
            if cell.data_type == "f" and values[name].cell(cell.row, cell.column).value is None:
                lines[cell.row - 1][cell.column - 1] = Flawed(UNCALCULATED)


def _text(cell: Cell) -> str:
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
