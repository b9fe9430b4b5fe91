"""Citations and references to figures, tables and sections: what is referred to must be there, in either document."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from oligomet.manuscript import DOCUMENTS
from oligomet.manuscript.outline import KINDS, LABEL, find_floats, find_sections
from oligomet.templates import NEAREST, Problems

REFERENCE = re.compile(r"(?<![\w.])@([A-Za-z][\w-]*\w)")
ENTRY = re.compile(r"^\s*@\w+\{([^,\s]+)", re.MULTILINE)


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


def refer_across(texts: dict[str, str]) -> dict[str, str]:
    """The documents with the references to each other filled in.

    Parameters
    ----------
    texts
        Document -> its markdown. What it calls its figures and tables is declared in its head as Quarto has it
        (`crossref: {fig-title: ...}`).

    Returns
    -------
    The same, with '@tbl-timing' as 'Supplementary Table 3' where another document shows that table, and with the title
    of a section where another has that. What nobody has stays as it is.
    """
    named = {document: _names(text, DOCUMENTS.get(document, document)) for document, text in texts.items()}
    filled_in = {}
    for document, text in texts.items():
        known = {label: name for names in named.values() for label, name in names.items()}
        elsewhere = {label: name for label, name in known.items() if label not in named[document]}
        for label, name in elsewhere.items():
            there = next(f"{other}.html#{label}" for other, names in named.items() if label in names)
            said = f'[{name}]{{.cross-reference there="{there}"}}'
            text = re.sub(rf"(?<![\w.])@{re.escape(label)}(?![\w-])", said, text)
        filled_in[document] = text
    return filled_in


def _names(text: str, document: str) -> dict[str, str]:
    """What another document calls the labels of this one."""
    names = {section.label: f"‘{section.title}’ in {document}" for section in find_sections(text)}
    for one in find_floats(text):
        numbered = f"{one.title}\u00a0{one.number}"
        names[one.label] = f"{numbered} of {document}" if one.title == KINDS[one.kind] else numbered
    return names
