"""Citations and references to figures, tables and sections: what the paper refers to must be there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from oligomet.manuscript.templates import NEAREST, Problems

REFERENCE = re.compile(r"(?<![\w.])@([A-Za-z][\w-]*\w)")
ENTRY = re.compile(r"^\s*@\w+\{([^,\s]+)", re.MULTILINE)
LABEL = re.compile(r"\{#([\w-]+)|\{\{< embed \S+#(\S+) >\}\}")


def check_references(
    texts: Iterable[str], bibliography: Iterable[Path], templates: Iterable[Path], problems: Problems
) -> None:
    """Report each key that is neither in the bibliography nor a label of a document, with the nearest that are.

    Parameters
    ----------
    texts
        The paper and its supplement as markdown, their parts in place.
    bibliography
        Files of BibTeX.
    templates
        Where the text comes from, to name file and line.
    problems
        Takes what is wrong.
    """
    entries = {key for file in bibliography for key in ENTRY.findall(file.read_text(encoding="utf-8"))}
    text = "\n".join(texts)
    labels = {own or embedded for own, embedded in LABEL.findall(text)}
    wrong = dict.fromkeys(key for key in REFERENCE.findall(text) if key not in entries | labels)
    for key in wrong:
        near = get_close_matches(key, labels if re.match(r"(fig|tbl|sec)-", key) else entries, NEAREST, 0)
        nearest = f"; the nearest are @{', @'.join(near)}" if near else ""
        problems.report(f"@{key} is neither in the bibliography nor in the paper{nearest}", _place(key, templates))


def _place(key: str, templates: Iterable[Path]) -> str:
    for file in templates:
        for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), start=1):
            if key in REFERENCE.findall(line):
                return f"{file}, line {number}"
    return "the paper"
