"""The prose of a rendered paper, and the numbers in it that nothing explains."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

ASIDE = {"head", "nav", "table", "figure", "math", "code", "pre", "script", "style"}  # not prose
ASIDE_CLASSES = {
    "table", "quarto-float",  # tables and figures with their captions and notes
    "computed",  # what other stages wrote from their tables
    "references", "citation", "cross-reference", "quarto-xref", "header-section-number",
}  # fmt: skip
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
NUMBER = re.compile(r"(?<!\w)\d")  # BED10 and EQD2 are names, not numbers


class _Prose(HTMLParser):
    """Collects the text that is prose, and apart from it the text of the values."""

    def __init__(self):
        super().__init__()
        self.prose: list[str] = []
        self.values: list[str] = []
        self._open: list[tuple[str, str]] = []  # the elements around the text: name, and prose, value or aside

    def handle_starttag(self, tag, attrs):
        if tag in VOID:
            return
        classes = set((dict(attrs).get("class") or "").split())
        kind = self._open[-1][1] if self._open else "prose"
        if kind != "aside" and (tag in ASIDE or classes & ASIDE_CLASSES):
            kind = "aside"
        elif kind == "prose" and "value" in classes:
            kind = "value"
            self.values.append("")
        self._open.append((tag, kind))

    def handle_startendtag(self, tag, attrs):
        pass  # closed at once, as <img/> is: nothing is in it

    def handle_endtag(self, tag):
        while self._open and self._open.pop()[0] != tag:
            pass  # an element that HTML lets go unclosed

    def handle_data(self, data):
        kind = self._open[-1][1] if self._open else "prose"
        if kind == "prose":
            self.prose.append(data)
        elif kind == "value":
            self.values[-1] += data


def read_prose(html: str | Path) -> tuple[str, list[str]]:
    """The words outside of tables, figures, formulas, code and references, without the values; and the values."""
    parser = _Prose()
    parser.feed(Path(html).read_text(encoding="utf-8"))
    return "".join(parser.prose), [" ".join(value.split()) for value in parser.values]


def unexplained_numbers(html: str | Path, explained: set[str], names: Iterable[str] = ()) -> list[str]:
    """Numbers that were typed, each with the words around it, and values that say what is not in `explained`.

    Parameters
    ----------
    html
        The rendered paper.
    explained
        The texts of values.csv.
    names
        Names in which a number is no result: 'RECIST 1.1'.
    """
    prose, values = read_prose(html)
    for name in names:
        prose = prose.replace(name, "")
    typed = [" ".join(prose[max(found.start() - 30, 0) : found.end() + 30].split()) for found in NUMBER.finditer(prose)]
    return typed + [value for value in values if value not in explained]
