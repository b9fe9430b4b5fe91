"""Where in a row the declared columns stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches

from oligomet.extract.grid import Unreadable


def plain_header(title: str) -> str:
    """Headers agree when they do so after unifying widths and spaces."""
    return " ".join(unicodedata.normalize("NFKC", title).split())


def ask_whether(wanted: str, found: list[str]) -> str:
    """' Is it 'Record No.'?', of what is there and nearly what is wanted; else nothing: it may be anybody's name.

    What has other digits than those wanted may be a patient's number, and is not repeated either.
    """
    alike = [name for name in found if re.findall(r"\d", name) == re.findall(r"\d", wanted)]
    close = get_close_matches(plain_header(wanted), alike, 1, 0.75)
    return f" Is it {close[0]!r}?" if close else ""


def find_columns(header: list[str], wanted: Mapping[str, str]) -> dict[str, int]:
    """The place in `header` of every name in `wanted`, which says where in study.yaml each is declared.

    Raises
    ------
    Unreadable
        Every name that is missing or there more than once, and the columns there are. If what stands there does not
        look like headings it may be a patient's row, and is counted and not repeated.
    """
    found = [plain_header(name) for name in header]
    names = [name for name in found if name]
    problems = []
    for title, where in wanted.items():
        times = found.count(plain_header(title))
        if times == 0:
            problems.append(f"column {title!r} ({where}) is missing.{ask_whether(title, names)}")
        elif times > 1:
            problems.append(f"column {title!r} ({where}) is there {times} times; which one is meant cannot be told.")
    if problems:
        known = [title for title in wanted if plain_header(title) in found or ask_whether(title, names)]
        if 2 * len(known) >= len(wanted):
            problems.append(f"the columns there are: {', '.join(names)}.")
        else:
            problems.append(f"there are {len(names)} columns; is this the row of the headings? header_row says which.")
        raise Unreadable("\n".join(problems))
    return {title: found.index(plain_header(title)) for title in wanted}
