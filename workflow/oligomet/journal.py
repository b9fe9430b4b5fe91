"""What a journal asks of a paper: journals/<journal>/journal.yml in a folder of the manuscript."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from oligomet.declarations import ConfigurationError, Declaration
from oligomet.validate.document import read_document
from oligomet.validate.problems import told
from oligomet.validate.types import check_types

Columns = Literal["single", "middle", "double"]  # how wide a figure is: one column of a page, one and a half, or two


class Widths(Declaration):
    single: float = Field(85, ge=60, le=190)  # mm
    middle: float = Field(120, ge=60, le=190)
    double: float = Field(180, ge=60, le=190)


class FigureStyle(Declaration):
    """How figures are drawn and handed in; without a journal, as here."""

    widths_mm: Widths = Widths()
    font: str = "DejaVu Sans"  # ships with matplotlib: the same letters everywhere
    size_pt: float = Field(7, ge=7, le=10)  # of all words but titles, which are a little larger
    letters: Literal["A", "a", "(A)", "(a)"] = "A"  # of panels
    formats: list[Literal["tiff", "png", "eps"]] = Field(["tiff"])  # beside PDF
    resolution_dpi: int = Field(600, ge=300)  # of pixels


class Journal(Declaration):
    name: str
    abstract_words: int
    figures: FigureStyle = FigureStyle()


def read_journal(file: str | Path) -> Journal:
    """The journal declared in a file.

    Raises
    ------
    ConfigurationError
        All mistakes at once, each with the file, the line and the place in it.
    """
    document = read_document(Path(file))
    journal, problems = (None, []) if document.values is None else check_types(Journal, document)
    found = [*document.problems, *problems]
    if found or journal is None:
        raise ConfigurationError(told(found))
    return journal
