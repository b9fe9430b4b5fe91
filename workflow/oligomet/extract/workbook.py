"""Excel workbooks (.xlsx): a cell's text is what a person sees in it, dates as ISO."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from typing import TYPE_CHECKING

from oligomet.declarations import Source
from oligomet.extract.grid import Grid, Unreadable

if TYPE_CHECKING:
    from openpyxl.cell import Cell


def read_workbook(content: bytes, source: Source) -> Grid:
    """The cells of the declared worksheet (the first one if none is declared), as text.

    Raises
    ------
    Unreadable
        If the bytes are not a workbook, or it has no such worksheet or no header.
    """
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    except (
        zipfile.BadZipFile,
        OSError,
        KeyError,
        ValueError,
        TypeError,
        SyntaxError,
    ):  # XML's ParseError is a SyntaxError
        raise Unreadable("this is not an Excel workbook (.xlsx) that can be read; is it complete?") from None
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    if source.sheet is not None and source.sheet not in sheets:
        raise Unreadable(f"there is no worksheet {source.sheet!r}; it has {', '.join(sheets) or 'none'}.")
    sheet = sheets[source.sheet] if source.sheet else book.worksheets[0]

    lines = [[_text(cell) for cell in row] for row in sheet.iter_rows(min_row=source.header_row)]
    if not lines or not any(cell.strip() for cell in lines[0]):
        raise Unreadable(f"there is no header in row {source.header_row} of worksheet {sheet.title!r}.")
    numbered = [
        (number, cells)
        for number, cells in enumerate(lines[1:], source.header_row + 1)
        if any(cell.strip() for cell in cells)
    ]
    return Grid(lines[0], [cells for _, cells in numbered], [number for number, _ in numbered])


def _text(cell: Cell) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ") if value.time() != dt.time() else value.date().isoformat()
    if isinstance(value, int):
        return _as_shown(str(value), cell.number_format)
    if isinstance(value, float):
        return _as_shown(f"{value:.15g}", cell.number_format)  # Excel keeps 15 digits
    return str(value)


def _as_shown(number: str, number_format: str) -> str:
    """A number with what its format adds to its meaning: words (24 in '0 "mm"' is 24mm) and leading zeros ('00000')."""
    positive = number_format.split(";")[0]
    if re.fullmatch("0+", positive):
        return number.zfill(len(positive))
    words = re.fullmatch(r'(?:"([^"]*)")?[^"]*(?:"([^"]*)")?.*', positive)
    return f"{words[1] or ''}{number}{words[2] or ''}" if words else number
