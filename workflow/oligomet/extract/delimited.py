"""Delimited text: CSV and its relatives, in any of the usual encodings and with any delimiter."""

from __future__ import annotations

import csv
import io
import logging
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from oligomet.extract.grid import Grid, Unreadable, any_text, join_headers
from oligomet.extract.headers import plain_header
from oligomet.source_declarations import Source

LOG = logging.getLogger(__name__)

SHOWN = 5  # problems of one kind; the rest are counted

# What is looked for where no encoding is declared: the charset detector knows many more, and so errs more often.
USUAL_ENCODINGS = ["utf_8", "utf_16_le", "utf_16_be", "gb18030", "cp1252"]
DELIMITERS = ",;\t|"
SPLITTING = {  # csv's words and what they come from
    "unexpected end of data": "a quote opens there and never closes",
    "field larger than field limit": "a cell has more than 131,072 characters; does a quote never close?",
}


def read_delimited(path: Path, source: Source) -> Grid:
    """The cells of a delimited text file, verbatim; a row's number is the line on which it begins.

    Raises
    ------
    Unreadable
        If the bytes are not text in the declared encoding (or, where none is declared, in none of the usual ones), a
        quote never closes, there is no header, or rows are longer or shorter than the header.
    """
    text = _decoded(path.read_bytes(), source)
    lines = io.StringIO(text, newline="")
    for _ in range(source.header_row - 1):
        next(lines, None)
    start = lines.tell()
    delimiter = source.delimiter or ("\t" if path.suffix.lower() == ".tsv" else _delimiter(lines, source))
    lines.seek(start)
    header: list[list[str]] = []
    rows: list[list[str]] = []
    numbers: list[int] = []
    for number, cells in _records(lines, source, delimiter):
        if len(header) < source.header_rows:
            header.append(cells)
        elif any_text(cells):
            rows.append(cells)
            numbers.append(number)
    names = join_headers(header)
    if not any(names):
        raise Unreadable(f"there is no header in row {source.header_row}; header_row says in which row it is.")
    rows = [_trimmed(cells, len(names)) for cells in rows]
    ragged = [
        f"row {number} has {len(cells)} cells, the header {len(names)}."
        for number, cells in zip(numbers, rows, strict=True)
        if len(cells) != len(names)
    ]
    if ragged:
        raise Unreadable(_first(ragged))
    return Grid(names, rows, numbers)


def _first(problems: list[str]) -> str:
    more = len(problems) - SHOWN
    return "\n".join(problems[:SHOWN] + ([f"{more} more rows like these."] if more > 0 else []))


def _trimmed(cells: list[str], width: int) -> list[str]:
    """A row without the empty cells that stand beyond the header: some programs end every line with a delimiter."""
    return cells if len(cells) <= width or any_text(cells[width:]) else cells[:width]


def _decoded(content: bytes, source: Source) -> str:
    encoding = source.encoding or _encoding(content)
    LOG.info("%s: read as %s", source.shown, encoding)
    try:
        text = content.decode(encoding).removeprefix("\ufeff")
    except LookupError:
        raise Unreadable(f"the declared encoding {encoding!r} is not known.") from None
    except UnicodeError as error:
        at = getattr(error, "start", 0) + 1
        raise Unreadable(
            f"byte {at} is not text in {encoding}; declare the file's encoding, perhaps encoding: {_encoding(content)}."
        ) from None
    nul = [f"row {number} holds NUL bytes." for number, line in enumerate(text.splitlines(), 1) if "\0" in line]
    if nul:
        raise Unreadable(_first(nul) + "\nNUL bytes are no text: the file is damaged, or its encoding is another.")
    return text


def _encoding(content: bytes) -> str:
    """The encoding that the byte order mark tells, UTF-8 if they are that, else the likeliest of the usual ones."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        content.decode("utf-8")
        if b"\0" not in content:
            return "utf-8"
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes

    found = from_bytes(content, cp_isolation=USUAL_ENCODINGS).best()
    return found.encoding if found else "utf-8"


def _delimiter(lines: io.StringIO, source: Source) -> str:
    """The delimiter under which most of the declared headers are found: a comma, where none does better."""
    wanted = {plain_header(name) for name in source.headers}
    start = lines.tell()
    found = []
    for delimiter in DELIMITERS:
        lines.seek(start)
        header = join_headers(list(islice(_quietly(lines, source, delimiter), source.header_rows)))
        found.append(len(wanted.intersection(map(plain_header, header))))
    return DELIMITERS[found.index(max(found))]


def _quietly(lines: io.StringIO, source: Source, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from (cells for _, cells in _records(lines, source, delimiter))
    except Unreadable:
        return


def _records(lines: io.StringIO, source: Source, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it begins: a quoted cell may hold line breaks."""
    quotes = {"quotechar": source.quote} if source.quote else {"quotechar": None, "quoting": csv.QUOTE_NONE}
    reader = csv.reader(lines, delimiter=delimiter, strict=True, **quotes)
    ended = 0
    try:
        for cells in reader:
            number, ended = source.header_row + ended, reader.line_num
            yield number, [*map(sys.intern, cells)]  # dates and words come again: a text of each in memory
    except csv.Error as error:
        why = next((words for said, words in SPLITTING.items() if said in str(error)), "a quote stands inside a cell")
        raise Unreadable(f"row {source.header_row + ended} cannot be split into cells: {why}.") from None
