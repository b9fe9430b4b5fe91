"""The lines of a worksheet through calamine, and which are marked through xlrd and odfpy, in a process of its own.

A damaged file can name a cell so far away that calamine, which makes all cells up to it, takes all memory there is, or
ends Python. This file is run by its path and imports nothing of the package.
"""

from __future__ import annotations

import contextlib
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

MOST_MEMORY = 4 * 2**30  # bytes; of no system that has no such limit


def read_lines(path: Path, sheet: str | None) -> tuple[list[str], list[list[Any]], dict[str, list[int]] | None]:
    """The names of all worksheets, the values of one (the first, where none is named; none if it is not there), and its
    rows that somebody hid or struck through (None where that cannot be told).

    Raises
    ------
    CalledProcessError
        If it cannot be read, or not within the memory.
    """
    asked = [
        sys.executable,
        "-P",
        __file__,
        str(path),
        *([sheet] if sheet else []),
    ]  # -P: nothing beside it is imported
    return pickle.loads(subprocess.run(asked, capture_output=True, check=True).stdout)


def _write_lines(path: str, sheet: str | None = None) -> None:
    from python_calamine import CalamineWorkbook

    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    except (ImportError, ValueError, OSError):
        pass
    with CalamineWorkbook.from_path(path) as book:
        name = sheet or book.sheet_names[0]
        there = name in book.sheet_names
        lines = book.get_sheet_by_name(name).to_python(skip_empty_area=False) if there else []
        try:
            with contextlib.redirect_stdout(sys.stderr):  # where odfpy prints its complaints
                marks = (_marks_of_xls if path.lower().endswith(".xls") else _marks_of_ods)(path, name) if there else {}
        except Exception:  # of files that calamine can read and they cannot
            marks = None
        sys.stdout.buffer.write(pickle.dumps((book.sheet_names, lines, marks)))


def _marks_of_xls(path: str, name: str) -> dict[str, list[int]]:
    import xlrd

    book = xlrd.open_workbook(path, logfile=sys.stderr, formatting_info=True, ragged_rows=True)
    sheet = book.sheet_by_name(name)
    struck = []
    for number in range(sheet.nrows):
        fonts = [book.xf_list[cell.xf_index].font_index for cell in sheet.row(number) if str(cell.value).strip()]
        struck += [number + 1] if fonts and all(book.font_list[font].struck_out for font in fonts) else []
    return {"hidden": sorted(at + 1 for at, row in sheet.rowinfo_map.items() if row.hidden), "struck through": struck}


def _marks_of_ods(path: str, name: str) -> dict[str, list[int]]:
    from odf import opendocument, style, table

    book = opendocument.load(path)
    line = "textlinethroughstyle"
    crossed = {
        one.getAttribute("name")
        for one in book.getElementsByType(style.Style)
        if any((text.getAttribute(line) or "none") != "none" for text in one.getElementsByType(style.TextProperties))
    }
    (sheet,) = (one for one in book.spreadsheet.getElementsByType(table.Table) if one.getAttribute("name") == name)
    marks: dict[str, list[int]] = {"hidden": [], "struck through": []}
    number = 1
    for row in sheet.getElementsByType(table.TableRow):
        alike = int(row.getAttribute("numberrowsrepeated") or 1)
        if cells := [cell for cell in row.getElementsByType(table.TableCell) if str(cell).strip()]:
            numbers = range(number, number + alike)
            marks["hidden"] += numbers if (row.getAttribute("visibility") or "visible") != "visible" else []
            marks["struck through"] += (
                numbers if all(cell.getAttribute("stylename") in crossed for cell in cells) else []
            )
        number += alike
    return marks


if __name__ == "__main__":
    _write_lines(*sys.argv[1:])
