"""What every reader gives: the header and the rows of one sheet, as text, with the row numbers of the file."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


class Number(str):
    """A cell that was a number in the file, so that its decimal point is no matter of how somebody typed."""


class Flawed(str):
    """An empty cell in place of one that cannot be read; `why` goes on from the words 'row 3, column X:'."""

    why: str

    def __new__(cls, why: str) -> Flawed:
        cell = super().__new__(cls, "")
        cell.why = why
        return cell


@dataclass(frozen=True)
class Grid:
    """Text cells of one sheet: `rows[i]` stood in row `numbers[i]` of the file, a cell for each name in `header`.

    `notes`, a line each, say what a person should know of the file and what keeps nobody from reading it.
    """

    header: list[str]
    rows: list[list[str]]
    numbers: list[int]
    notes: tuple[str, ...] = ()


class Unreadable(ValueError):
    """What keeps a file from being read, a line a problem; each line goes on from the file's name."""


@contextmanager
def reading(what: str) -> Iterator[None]:
    """A library's own complaint about a file, whatever its class, in words: the file is no such thing, or damaged."""
    try:
        yield
    except (Unreadable, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of a library that is not written in Python is no Exception
        raise Unreadable(f"this is not {what} that can be read; is it complete?") from error


def as_text(value: Any) -> str:
    """A typed value as text: dates as ISO, numbers with up to 15 digits and a point, truth values as TRUE and FALSE.

    A moment that knows its offset is told in UTC, with that offset: which day it is depends on where that is asked.
    """
    if value is None or value != value:  # not a number, not a time
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, dt.datetime):
        if value.tzinfo:
            return value.astimezone(dt.UTC).isoformat(sep=" ")
        return value.isoformat(sep=" ") if value.time() != dt.time() else value.date().isoformat()
    if isinstance(value, float):
        whole = math.isfinite(value) and value.is_integer() and abs(value) < 2**53
        return Number(int(value) if whole else f"{value:.15g}")
    if isinstance(value, Decimal):
        return Number(f"{value.normalize():f}")
    if isinstance(value, int):
        return Number(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return Flawed("expected text, a number or a date, found binary data.")
    if "\0" in str(value):  # 1, NUL, 8 is neither 1 nor 18
        return Flawed("a NUL byte stands in it, which no text has; the cell is damaged.")
    return str(value)


def under_header(lines: list[list[str]], first: int, header_rows: int = 1) -> Grid:
    """The grid of a sheet's lines from the header on; `first` is the header's row in the file. Blank lines are no rows.

    Raises
    ------
    Unreadable
        If there is no header.
    """
    header = join_headers(lines[:header_rows])
    if not any(header):
        raise Unreadable(f"there is no header in row {first}; header_row says in which row it is.")
    kept = [(number, cells) for number, cells in enumerate(lines) if number >= header_rows and any_text(cells)]
    return Grid(header, [cells for _, cells in kept], [first + number for number, _ in kept])


def any_text(cells: list[str]) -> bool:
    return any(cell.strip() or isinstance(cell, Flawed) for cell in cells)


def join_headers(lines: list[list[str]]) -> list[str]:
    """One name a column from a header of several rows: 'Lesion 1' merged above 'Site' gives 'Lesion 1 Site'.

    A merged cell has its text in its first column, so an empty cell above the last row repeats the one to its left, if
    something stands below that one: where nothing does, it is the name of one column alone.
    """
    width = max(map(len, lines), default=0)
    lines = [[*line, *[""] * (width - len(line))] for line in lines]
    for depth, line in enumerate(lines[:-1]):
        for at in range(1, width):
            under = any(below[at].strip() for below in lines[depth + 1 :])
            left_is_group = any(below[at - 1].strip() for below in lines[depth + 1 :])
            same_above = all(above[at] == above[at - 1] for above in lines[:depth])
            if not line[at].strip() and under and left_is_group and same_above:
                line[at] = line[at - 1]
    names = [[line[at].strip() for line in lines] for at in range(width)]
    return [" ".join(filter(None, parts)) for parts in names] if len(lines) > 1 else [*lines[0]] if lines else []
