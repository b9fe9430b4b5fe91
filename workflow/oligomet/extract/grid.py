"""What every reader gives: the header and the rows of one sheet, as text, with the row numbers of the file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Grid:
    """Text cells of one sheet: `rows[i]` stood in row `numbers[i]` of the file, a cell for each name in `header`."""

    header: list[str]
    rows: list[list[str]]
    numbers: list[int]


class Unreadable(ValueError):
    """What keeps a file from being read, a line a problem; each line goes on from the file's name."""
