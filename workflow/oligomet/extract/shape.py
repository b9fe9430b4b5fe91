"""From the grid of a file to rows of a table: rows that count, cells filled down, wide rows made long, constants."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from oligomet.column_declarations import Cells, ColumnSource
from oligomet.extract.grid import Flawed, Grid, Number, Unreadable, as_text
from oligomet.extract.headers import ask_whether, find_columns, plain_header
from oligomet.source_declarations import Source, View

SHOWN = 5  # flawed cells; the rest are counted


def shape(grid: Grid, source: Source, role: str, decimal: str) -> pd.DataFrame:
    """The declared columns as text, a row for each row of the table, with `row` and, where one row is several, `part`.

    Parameters
    ----------
    grid
        The cells of one file or sheet.
    source
        Its `where` says which rows count, `fill_down` in which columns an empty cell means the one above it, `melt`
        and `rows` which rows of the table a row of the file stands for. Of those, one without text in all columns that
        are its own is no row.
    role
        For messages.
    decimal
        The decimal sign of the study, in which numbers that are numbers in the file are written.

    Raises
    ------
    Unreadable
        Missing or repeated columns, and cells that cannot be read.
    """
    views = source.views()
    places = find_columns(grid.header, _wanted(source, views, role))
    rows = _fill_down(grid.rows, [places[header] for header in source.filled])
    kept = [at for at, cells in enumerate(rows) if _meets(cells, places, source.where_all)]
    flawed: list[str] = []
    frames = []
    for order, view in enumerate(views):
        own = [places[view.columns[name].header] for name in view.own]
        chosen = [
            at
            for at in kept
            if _meets(rows[at], places, view.where)
            and (not own or any(rows[at][place].strip() or isinstance(rows[at][place], Flawed) for place in own))
        ]
        columns: dict[str, Any] = {
            name: _cells(view.columns.get(name), chosen, rows, places, decimal) for name in source.columns
        }
        if view.edited:
            columns["edited"] = [str(rows[at][places[view.edited]]) for at in chosen]
        flawed += _flaws(view, chosen, grid, rows, places)
        columns |= {"row": [grid.numbers[at] for at in chosen], "part": [view.part] * len(chosen), "order": order}
        frames.append(pd.DataFrame(columns))
    if flawed:
        flawed = list(dict.fromkeys(flawed))
        more = len(flawed) - SHOWN
        raise Unreadable("\n".join(flawed[:SHOWN] + ([f"{more} more cells like these."] if more > 0 else [])))
    shaped = pd.concat(frames).sort_values(["row", "order"], kind="stable", ignore_index=True).drop(columns="order")
    return shaped if source.melt or source.rows else shaped.drop(columns="part")


def _wanted(source: Source, views: list[View], role: str) -> dict[str, str]:
    """Every header that is to be found, and where it is declared."""
    wanted: dict[str, str] = {}
    for view in views:
        for name, column in view.columns.items():
            if column.constant is None:
                wanted.setdefault(column.header, f"sources.{role}.columns.{name}")
        wanted |= {header: f"sources.{role}.rows" for header in view.where if header not in wanted}
        wanted |= {view.edited: f"sources.{role}.edited"} if view.edited else {}
    wanted |= {header: f"sources.{role}.where" for header in source.where_all if header not in wanted}
    return wanted | {header: f"sources.{role}.fill_down" for header in source.filled if header not in wanted}


def _fill_down(rows: list[list[str]], columns: list[int]) -> list[list[str]]:
    if not columns:
        return rows
    filled, above = [], dict.fromkeys(columns, "")
    for cells in rows:
        cells = [*cells]
        for at in columns:
            above[at] = cells[at] = cells[at] if cells[at].strip() else above[at]
        filled.append(cells)
    return filled


def _plain(word: str) -> str:
    return plain_header(word).casefold()


def _meets(cells: list[str], places: dict[str, int], where: dict[str, Cells]) -> bool:
    for header, condition in where.items():
        found = _plain(cells[places[header]])
        if condition.is_ is not None and found not in map(_plain, condition.is_):
            return False
        if condition.is_not is not None and found in map(_plain, condition.is_not):
            return False
    return True


def unmet(grids: list[Grid], source: Source, role: str) -> str:
    """Of files of which no row meets `where`, what nearly does, a line a column; empty without rows.

    Other cells are counted and not repeated.
    """
    rows = sum(len(grid.rows) for grid in grids)
    problems = [f"none of {rows} rows meets sources.{role}.where."] if rows else []
    for header in source.where_all if rows else ():
        places = [find_columns(grid.header, {header: ""})[header] for grid in grids]
        cells = [row[place] for grid, place in zip(grids, places, strict=True) for row in grid.rows]
        found = list(dict.fromkeys(" ".join(cell.split()) for cell in cells))
        condition = source.where_all[header]
        meant = "".join(dict.fromkeys(ask_whether(word, found) for word in condition.is_ or []))
        problems.append(f"column {header!r} holds {len(found)} other {'text' if len(found) == 1 else 'texts'}.{meant}")
    return "\n".join(problems)


def _cells(
    column: ColumnSource | None, chosen: list[int], rows: list[list[str]], places: dict[str, int], decimal: str
) -> list[str]:
    if column is None or column.constant is not None:
        return [(column.constant or "") if column else ""] * len(chosen)
    place = places[column.header]
    return [_written(rows[at][place], column, decimal) for at in chosen]


def _written(cell: str, column: ColumnSource, decimal: str) -> str:
    """The cell as its column is written: the part that the pattern tells, a serial number as a date."""
    typed = isinstance(cell, Number)
    if column.pattern and (match := re.search(column.pattern, cell)):
        cell = match[1] if match.re.groups else match[0]
    if column.serial_dates and re.fullmatch(r"\d{1,7}([.,]\d+)?", cell.strip()):
        return _serial_date(float(cell.replace(",", ".")), column.serial_dates)
    if column.digits and re.fullmatch(r"\d+", cell.strip()):
        return cell.strip().zfill(column.digits)
    if typed and (column.decimal or decimal) == ",":
        return cell.replace(".", ",")
    return str(cell or "")


def _serial_date(days: float, epoch: int) -> str:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

    try:
        return as_text(from_excel(days, CALENDAR_WINDOWS_1900 if epoch == 1900 else CALENDAR_MAC_1904))
    except OverflowError:  # beyond the year 9999: no date, and as such it goes on
        return as_text(days)


def _flaws(view: View, chosen: list[int], grid: Grid, rows: list[list[str]], places: dict[str, int]) -> list[str]:
    read = {column.header: places[column.header] for column in view.columns.values() if column.constant is None}
    return [
        f"row {grid.numbers[at]}, column {header!r}: {cell.why}"
        for at in chosen
        for header, place in read.items()
        if isinstance(cell := rows[at][place], Flawed)
    ]
