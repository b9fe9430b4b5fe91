"""References from one document to what another shows: in words, as no engine numbers across documents."""

from __future__ import annotations

import re

from oligomet.manuscript import DOCUMENTS
from oligomet.manuscript.outline import KINDS, find_floats, find_sections


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
