"""Delimited text: CSV and its relatives."""

from __future__ import annotations

import csv
import io

from oligomet.declarations import Source
from oligomet.extract.grid import Grid, Unreadable

RAGGED_SHOWN = 5


def read_delimited(content: bytes, source: Source) -> Grid:
    """The cells of a delimited text file, verbatim; a row's number is the line on which it begins.

    Raises
    ------
    Unreadable
        If the bytes are not text in the declared encoding, a quote never closes, there is no header, or rows are longer
        or shorter than the header.
    """
    try:
        text = content.decode(source.encoding).removeprefix("\ufeff")
    except LookupError:
        raise Unreadable(f"the declared encoding {source.encoding!r} is not known.") from None
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"byte {error.start + 1} is not text in {source.encoding}; declare the file's encoding, e.g. gb18030."
        ) from None

    lines = io.StringIO(text, newline="")
    for _ in range(source.header_row - 1):
        next(lines, None)
    reader = csv.reader(lines, delimiter=source.delimiter, strict=True)
    header, rows, numbers, ragged = None, [], [], []
    ended = 0  # lines of the reader that earlier records took: a quoted cell may hold line breaks
    try:
        for cells in reader:
            number, ended = source.header_row + ended, reader.line_num
            if header is None:
                header = cells
            elif any(cell.strip() for cell in cells):
                if len(cells) != len(header):
                    ragged.append(f"row {number} has {len(cells)} cells, the header {len(header)}.")
                rows.append(cells)
                numbers.append(number)
    except csv.Error as error:
        raise Unreadable(f"row {source.header_row + ended} cannot be split into cells ({error}).") from None
    if not header:
        raise Unreadable(f"there is no header in row {source.header_row}.")
    if ragged:
        more = len(ragged) - RAGGED_SHOWN
        raise Unreadable("\n".join(ragged[:RAGGED_SHOWN] + ([f"{more} more rows like these."] if more > 0 else [])))
    return Grid(header, rows, numbers)
