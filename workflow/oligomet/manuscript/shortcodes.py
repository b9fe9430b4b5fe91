"""Quarto's shortcode that embeds a cell of a notebook, resolved into pandoc's markdown.

``{{< embed notebooks/x.ipynb#label >}}``, as documented at quarto.org, is the only one that is supported: values, parts
and conditions are the templates'. Cross-references are left to the filter bundled/crossrefs.lua.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from oligomet.manuscript import ManuscriptError
from oligomet.manuscript.notebook_embeds import NotebookCells

SHORTCODE = re.compile(r"\{\{<\s*(\w+)\s+(.*?)\s*>\}\}")


def read_metadata(project: Path) -> dict:
    """What Quarto knows of every document of the project: _quarto.yml without its formats, and _metadata.yml."""
    metadata: dict = {}
    for name in ("_quarto.yml", "_metadata.yml"):
        file = project / name
        if file.is_file():
            metadata |= yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    return {key: value for key, value in metadata.items() if key not in ("project", "format")}


def expand(project: str | Path, document: str = "paper.qmd") -> str:
    """The document as markdown that pandoc reads; pictures of embedded cells are written to the project's media/.

    Raises
    ------
    ManuscriptError
        Every missing notebook, missing label and shortcode that is not supported.
    """
    project = Path(project)
    problems: list[str] = []
    cells = NotebookCells(project)

    def resolve(match: re.Match) -> str:
        if match[1] == "embed":
            return cells.markdown(match[2], problems)
        problems.append(f"{document}: the shortcode '{match[1]}' is not supported: {match[0]}")
        return ""

    text = SHORTCODE.sub(resolve, (project / document).read_text(encoding="utf-8"))
    if problems:
        raise ManuscriptError(problems)
    return text
