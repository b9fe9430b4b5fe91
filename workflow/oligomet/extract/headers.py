"""Where in a row the declared columns stand."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches

from oligomet.extract.grid import Unreadable


def plain_header(title: str) -> str:
    """Headers agree when they do so after unifying widths and spaces."""
    return " ".join(unicodedata.normalize("NFKC", title).split())


def find_columns(header: list[str], wanted: Mapping[str, str]) -> dict[str, int]:
    """The place in `header` of every name in `wanted`, which says where in study.yaml each is declared.

    Raises
    ------
    Unreadable
        Every name that is missing or there more than once, and the columns there are.
    """
    found = [plain_header(name) for name in header]
    problems = []
    for title, where in wanted.items():
        times = found.count(plain_header(title))
        if times == 0:
            close = get_close_matches(plain_header(title), filter(None, found), 1)
            meant = f" Is it {close[0]!r}?" if close else ""
            problems.append(f"column {title!r} ({where}) is missing.{meant}")
        elif times > 1:
            problems.append(f"column {title!r} ({where}) is there {times} times; which one is meant cannot be told.")
    if problems:
        raise Unreadable("\n".join([*problems, f"the columns there are: {', '.join(filter(None, found))}."]))
    return {title: found.index(plain_header(title)) for title in wanted}
