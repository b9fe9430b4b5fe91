"""The lines of a worksheet through calamine, in a process of its own.

A damaged file can name a cell so far away that calamine, which makes all cells up to it, takes all memory there is, or
ends Python. This file is run by its path and imports nothing of the package.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

MOST_MEMORY = 4 * 2**30  # bytes; of no system that has no such limit


def read_lines(path: Path, sheet: str | None) -> tuple[list[str], list[list[Any]]]:
    """The names of all worksheets, and the values of one (the first, where none is named; none if it is not there).

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
        sys.stdout.buffer.write(pickle.dumps((book.sheet_names, lines)))


if __name__ == "__main__":
    _write_lines(*sys.argv[1:])
