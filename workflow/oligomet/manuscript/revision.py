"""What moved between two runs, for an author who revises: numbers, cells of tables, and the words of the text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from oligomet.book import Book
from oligomet.data_cuts.changes import find_changed_cells
from oligomet.manuscript.outline import HEAD
from oligomet.manuscript.sourced import MARKED
from oligomet.manuscript.vocabulary import Vocabulary

if TYPE_CHECKING:
    from oligomet.study import Study

# a word as it must not be divided: with its link, its span, its emphasis or its formula around it
WORD = re.compile(r"[(‘“]*\[[^\]]*\](?:\{[^}]*\}|\([^)]*\))?\S*|\*\*[^*]+\*\*\S*|\*[^*]+\*\S*|\$[^$\n]+\$\S*|\S+")
BUILT = (":::", "{{<", "|", "$$", "<", ":")  # how a block begins that holds no words of its own
DIV = re.compile(r"^((:{3,}) +[^\n]+$.*?^\2[ \t]*)$", re.MULTILINE | re.DOTALL)
REFERENCE = re.compile(r"\[-?@[^\]]*\]|@[\w-]+\w")  # what is gone may refer to what is gone
HEADING = re.compile(r"(#+ )(.*?)( *\{[^}]*\})?$")
ALIKE = 0.5  # share of words from which a paragraph is the earlier one, changed
CHANGE = re.compile(r"\[([^\]]*)\]\{\.(insertion|deletion) [^}]*\}")
ELSEWHERE = re.compile(r"\[([^\]]*)\]\{\.cross-reference[^}]*\}")  # what another document shows, in words


class Passage(NamedTuple):
    """A paragraph with its changes marked, and the heading that it stands under."""

    section: str
    text: str


def find_moved_numbers(before: Book, after: Book, study: Study) -> pd.DataFrame:
    """The numbers that a text can say and that are no longer what they were.

    Returns
    -------
    name (as a template calls it), before and after as they are printed; empty where there was, or is, none.
    """
    said = [
        {name: one.plain for name, one in Vocabulary(book, study, {}, lambda problem: None).names().items()}
        for book in (before, after)
    ]
    names = dict.fromkeys([*said[1], *said[0]])
    rows = [(name, said[0].get(name, ""), said[1].get(name, "")) for name in names]
    return pd.DataFrame([row for row in rows if row[1] != row[2]], columns=["name", "before", "after"])


def find_moved_cells(before: dict[str, pd.DataFrame], after: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The cells of the paper's tables that are not what they were.

    Parameters
    ----------
    before, after
        Table -> its cells as text. A row is known by its labels: the leading columns that are no numbers.

    Returns
    -------
    table, record (the row), change (added, gone, changed), column, before, after.
    """
    none = pd.DataFrame(columns=["table", "record", "change", "column", "before", "after"])
    parts = []
    for name in dict.fromkeys([*after, *before]):
        shown = [tables.get(name, pd.DataFrame(columns=after.get(name, none).columns)) for tables in (before, after)]
        labels = _labels(shown[1] if len(shown[1]) else shown[0])
        old, new = (frame.assign(table=name, row=_rows(frame, labels)) for frame in shown)
        parts.append(find_changed_cells(old, new, ["table", "row"]))
    moved = [part for part in parts if len(part)]
    return pd.concat(moved, ignore_index=True)[list(none)] if moved else none


def _labels(frame: pd.DataFrame) -> list[str]:
    words = [name for name in frame.columns[:2] if pd.to_numeric(frame[name], errors="coerce").isna().any()]
    return words or list(frame.columns[:1])


def _rows(frame: pd.DataFrame, labels: list[str]) -> pd.Series:
    """What a row is called; the second of a name, and those after it, with their number."""
    named = frame[labels].agg(" ".join, axis=1) if len(frame) else pd.Series(dtype=str)
    place = named.groupby(named).cumcount() + 1
    return named.str.strip() + place.map(lambda number: f" ({number})" if number > 1 else "")


def mark_changes(before: str, after: str, day: dt.date) -> str:
    """The later of two documents with what was inserted and deleted marked as pandoc and Word know it.

    Parameters
    ----------
    before, after
        The markdown of a staged document; where its numbers come from is left out.
    day
        The day that the changes bear.

    Returns
    -------
    Markdown whose changes are spans of class insertion and deletion. Tables and figures are as they are in `after`.
    """
    mark = _Mark(day)
    head = HEAD.match(after)
    old, new = (list(_blocks(text)) for text in (before, after))
    marked = []
    for kind, at, end, start, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            marked += new[start:stop]
        else:
            marked += mark.between(old[at:end], new[start:stop])
    return (head[0] if head else "") + "\n\n".join(marked) + "\n"


def find_changed_passages(marked: str) -> list[Passage]:
    """The paragraphs in which something is marked, in their order."""
    section, found = "", []
    for block in marked.split("\n\n"):
        heading = HEADING.match(block) if block.startswith("#") else None
        if heading:
            section = CHANGE.sub(lambda found: found[1] * (found[2] == "insertion"), heading[2]).strip()
        elif "]{.insertion " in block or "]{.deletion " in block:
            found.append(Passage(section, block))
    return found


def _blocks(text: str) -> Iterator[str]:
    """Paragraphs as one line each, the items of lists by themselves, and what is no text as it stands."""
    plain = ELSEWHERE.sub(r"\1", MARKED.sub(r"\1", HEAD.sub("", text)))
    for number, part in enumerate(DIV.split(plain)):  # text, a div, its fence, text, ...
        if number % 3 == 1:
            yield part
        elif number % 3 == 0:
            for block in re.split(r"\n{2,}", part.strip()):
                lines = [block] if block.startswith(BUILT) else re.split(r"\n(?=- )", block)
                yield from (
                    line if line.startswith(BUILT) else " ".join(line.split()) for line in lines if line.strip()
                )


class _Mark:
    def __init__(self, day: dt.date):
        self._of = f'author="oligomet" date="{day.isoformat()}T00:00:00Z"'

    def between(self, old: list[str], new: list[str]) -> Iterator[str]:
        """Blocks that stand instead of others: each beside the one that it resembles most, in their order."""
        for block in new:
            likeness = [(_likeness(was, block), place) for place, was in enumerate(old)]
            best, place = max(likeness, default=(0, 0), key=lambda one: one[0])
            if best >= ALIKE:
                yield from self._gone(old[:place])
                yield self._changed(old[place], block)
                old = old[place + 1 :]
            else:
                yield self._changed("", block)
        yield from self._gone(old)

    def _gone(self, blocks: list[str]) -> Iterator[str]:
        yield from (self._changed(block, "") for block in blocks if not block.startswith((*BUILT, "#")))

    def _changed(self, old: str, new: str) -> str:
        if new.startswith(BUILT):
            return new
        if heading := HEADING.match(new):
            was = HEADING.match(old)
            return heading[1] + self._words(was[2] if was else "", heading[2]) + (heading[3] or "")
        bullet = "- " if (new or old).startswith("- ") else ""
        return bullet + self._words(old.removeprefix("- "), new.removeprefix("- "))

    def _words(self, old: str, new: str) -> str:
        was, now, parts = WORD.findall(old), WORD.findall(new), []
        for kind, at, end, start, stop in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
            gone = REFERENCE.sub("…", " ".join(was[at:end])) if kind != "equal" else ""
            come = " ".join(now[start:stop])
            parts += [f"[{gone}]{{.deletion {self._of}}}"] * bool(gone)
            parts += [come if kind == "equal" else f"[{come}]{{.insertion {self._of}}}"] * bool(come)
        return " ".join(parts)


def _likeness(old: str, new: str) -> float:
    if old.startswith((*BUILT, "#")) or new.startswith((*BUILT, "#")):
        return float(old == new or (old.startswith("# ") and new.startswith("# ")))
    return SequenceMatcher(None, old.split(), new.split(), autojunk=False).ratio()
