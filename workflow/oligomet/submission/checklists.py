"""Reporting guidelines, filled in: for every item the sections that answer it, and their pages in the PDF."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from oligomet.manuscript import DOCUMENTS
from oligomet.manuscript.outline import Section, find_sections

NOT_REPORTED = "not reported"


def fill_checklist(file: Path, project: Path) -> tuple[str, pd.DataFrame]:
    """A checklist and where the documents of a rendered project answer its items.

    Parameters
    ----------
    file
        YAML with a `title` and `items`, each with item, asks, sections and perhaps a note. A section is a label of a
        heading, or with a hyphen at its end the beginning of several.
    project
        The folder of `staging.stage`, rendered to PDF.

    Returns
    -------
    The title, and a row an item: item, asks, where ('2.5 Endpoints, p. 3; ...', the note, or 'not reported').
    """
    checklist = yaml.safe_load(file.read_text(encoding="utf-8"))
    places = _places(project)
    rows = [{"item": one["item"], "asks": one["asks"], "where": _where(one, places)} for one in checklist["items"]]
    return checklist["title"], pd.DataFrame(rows)


def _where(item: dict[str, Any], places: dict[str, str]) -> str:
    found = [
        place
        for wanted in item["sections"]
        for label, place in places.items()
        if label == wanted or (wanted.endswith("-") and label.startswith(wanted))
    ]
    said = [*dict.fromkeys(found), *([item["note"]] if "note" in item else [])]
    return "; ".join(said) or NOT_REPORTED


def _places(project: Path) -> dict[str, str]:
    """The sections of all documents by label, in words: '2.5 Endpoints, p. 3', or '... of the supplement'."""
    from pypdf import PdfReader  # late: only a submission reads pages

    places: dict[str, str] = {}
    for document, name in DOCUMENTS.items():
        pages = [_plain(page.extract_text()) for page in PdfReader(project / f"{document}.pdf").pages]
        of = "" if document == "paper" else f" of {name}"
        for section, page in _pages(find_sections((project / f"{document}.qmd").read_text(encoding="utf-8")), pages):
            places.setdefault(section.label, f"{section.number} {section.title}, p. {page}{of}".strip())
    return places


def _pages(sections: list[Section], pages: list[str]) -> Iterable[tuple[Section, int]]:
    """The page on which each section begins: the first with its heading that is not before that of the section before.

    A heading whose line the PDF does not give back stands where the one before it stands.
    """
    page = 0
    for section in sections:
        heading = re.compile(rf"^{re.escape(_plain(f'{section.number} {section.title}'))}$", re.MULTILINE)
        page = next((at for at in range(page, len(pages)) if heading.search(pages[at])), page)
        yield section, page + 1


def _plain(text: str) -> str:
    """Text as it can be compared: no soft hyphens, one space between words."""
    return "\n".join(" ".join(line.replace("\u00ad", "").split()) for line in text.split("\n"))
