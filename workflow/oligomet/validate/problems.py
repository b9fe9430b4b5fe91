"""A problem as a person reads it: where, what was found, what was expected, how to declare it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

SHOWN = 60  # characters of what was found


@dataclass(frozen=True)
class Problem:
    """`said` is what is wrong, `expected` what should be there and how to declare it.

    `place` is the dotted place in a YAML file, `line` its line or the row of an export, `column` the heading of an
    export's column. `found` is the text that stood there: it is for the screen and goes into no file, since it may be
    anything. `stops` says whether a run can go on, `count` in how many cells it is so.
    """

    file: str
    said: str
    expected: str = ""
    place: str = ""
    line: int | None = None
    column: str = ""
    found: str = ""
    count: int = 1
    stops: bool = True

    def told(self) -> str:
        """As it stands on the screen: a line, and under it what was expected."""
        where = self.file
        if self.line:
            where += f", {'row' if self.column else 'line'} {self.line}"
        if self.column:
            where += f", column {self.column}"
        said = ": ".join(filter(None, [where, self.place, self.said]))
        if self.found:
            said += f" (found: {self.found})"
        return f"{said}\n  {self.expected}" if self.expected else said


def told(problems: Iterable[Problem]) -> str:
    """All problems as one text, each once, in the order of their files and lines."""
    ordered = sorted(dict.fromkeys(problems), key=lambda problem: (problem.file, problem.line or 0))
    return "\n".join(problem.told() for problem in ordered)


def nearest(word: object, among: Iterable[object], most: int = 3) -> list[str]:
    """Those of `among` that are written much like `word`, the nearest first."""
    names = {str(name).casefold(): str(name) for name in among}
    return [names[near] for near in difflib.get_close_matches(str(word).casefold(), names, most, 0.6)]


def did_you_mean(word: object, among: Iterable[object]) -> str:
    """' Did you mean …?', or nothing where nothing is near."""
    near = nearest(word, among)
    return f" Did you mean {' or '.join(near)}?" if near else ""


def shown(value: object) -> str:
    """What was found, short enough for a line; a long text is cut."""
    if value is None:
        return "nothing"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    text = text.lower() if isinstance(value, bool) else " ".join(text.split())
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
