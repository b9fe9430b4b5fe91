"""The title page of a study's paper: its authors and keywords, as title_page.yml in its manuscript folder has them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import yaml
from pydantic import Field, ValidationError

from oligomet.declarations import Declaration
from oligomet.templates import ManuscriptError

FILE = "title_page.yml"


class Author(Declaration):
    name: str
    affiliations: tuple[str, ...] = ()
    orcid: str | None = Field(None, pattern=r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$")
    email: str | None = None  # of whom readers should write to


class TitlePage(Declaration):
    authors: tuple[Author, ...] = ()
    keywords: tuple[str, ...] = ()
    declarations: dict[str, str] = Field({})  # what editors ask for, heading: text, e.g. Funding, Competing interests


def read_title_page(folders: Iterable[Path]) -> TitlePage:
    """The first title_page.yml of `folders`; without one, a page without authors and keywords.

    Raises
    ------
    ManuscriptError
        Every field that is unknown, missing or not of its form.
    """
    file = next((folder / FILE for folder in folders if (folder / FILE).is_file()), None)
    if file is None:
        return TitlePage()
    try:
        return TitlePage.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")) or {})
    except yaml.YAMLError as error:
        raise ManuscriptError([f"{file}: not readable as YAML: {error}"]) from None
    except ValidationError as error:
        problems = [(".".join(map(str, one["loc"])), one["msg"]) for one in error.errors()]
        raise ManuscriptError([f"{file}: {place}: {said}" for place, said in problems]) from None
