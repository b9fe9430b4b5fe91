"""The title page of a study's paper: its authors and keywords, as title_page.yml in its manuscript folder has them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from pydantic import Field, field_validator

from oligomet.declarations import Declaration
from oligomet.templates import ManuscriptError
from oligomet.validate.document import read_document
from oligomet.validate.problems import Problem, told
from oligomet.validate.types import check_types

FILE = "title_page.yml"


class Author(Declaration):
    name: str
    affiliations: list[str] = Field([])
    orcid: str | None = None
    email: str | None = None  # of whom readers should write to

    @field_validator("orcid")
    @classmethod
    def _four_by_four(cls, orcid: str) -> str:
        if not re.fullmatch(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]", orcid):
            raise ValueError("expected an ORCID iD as 0000-0002-1825-0097")
        return orcid


class TitlePage(Declaration):
    authors: list[Author] = Field([])
    keywords: list[str] = Field([])
    declarations: dict[str, str] = Field({})  # what editors ask for, heading: text, e.g. Funding, Competing interests


def declared_title_page(folders: Iterable[Path]) -> tuple[TitlePage, list[Problem]]:
    """The first title_page.yml of `folders`, and what is wrong with it; without one, a page without authors."""
    file = next((folder / FILE for folder in folders if (folder / FILE).is_file()), None)
    if file is None:
        return TitlePage(), []
    document = read_document(file)
    page, problems = (None, []) if document.values is None else check_types(TitlePage, document)
    return page or TitlePage(), [*document.problems, *problems]


def read_title_page(folders: Iterable[Path]) -> TitlePage:
    """As `declared_title_page`.

    Raises
    ------
    ManuscriptError
        Whatever is wrong with it.
    """
    page, problems = declared_title_page(folders)
    if problems:
        raise ManuscriptError(told(problems).split("\n"))
    return page
