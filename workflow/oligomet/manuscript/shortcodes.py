"""The part of Quarto's markdown that the paper uses, resolved into pandoc's: shortcodes and conditional blocks.

``{{< include _x.qmd >}}``, ``{{< var a.b >}}``, ``{{< meta a.b >}}``, ``{{< embed notebooks/x.ipynb#label >}}`` and
``::: {.content-visible when-meta="a.b"}`` (also content-hidden, unless-meta), as documented at quarto.org.
Cross-references are left to the filter bundled/crossrefs.lua. Where Quarto would print a question mark, this raises.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from oligomet.manuscript import ManuscriptError
from oligomet.manuscript.notebooks import NotebookCells

SHORTCODE = re.compile(r"\{\{<\s*(\w+)\s+(.*?)\s*>\}\}")
CONDITION = re.compile(r'^(:{3,})\s*\{\.content-(visible|hidden)\s+(when|unless)-meta="([^"]+)"\}\s*$')
_MISSING = object()


def look_up(tree: dict, path: str) -> Any:
    """The value at a dotted path of nested mappings; `_MISSING` where there is none."""
    for key in path.split("."):
        if not isinstance(tree, dict) or key not in tree:
            return _MISSING
        tree = tree[key]
    return tree


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
        Every unknown variable, missing file, missing label and shortcode that is not supported.
    """
    project = Path(project)
    problems: list[str] = []
    metadata = read_metadata(project)
    variables_file = project / "_variables.yml"
    variables = yaml.safe_load(variables_file.read_text(encoding="utf-8")) if variables_file.is_file() else {}
    cells = NotebookCells(project)

    text = _include(project, document, problems, ())
    text = _choose(text, metadata, problems)

    def resolve(match: re.Match) -> str:
        name, argument = match.groups()
        if name == "embed":
            return cells.markdown(argument, problems)
        tree = {"var": variables, "meta": metadata}.get(name)
        if tree is None:
            problems.append(f"{document}: the shortcode '{name}' is not supported: {match[0]}")
            return ""
        value = look_up(tree, argument)
        if any(part.isdigit() for part in argument.split(".")):
            problems.append(f"{document}: {match[0]}: Quarto takes a number in a path for a place in a list")
        elif value is _MISSING or isinstance(value, dict | list):
            problems.append(f"{document}: {match[0]}: there is no such {'variable' if name == 'var' else 'metadata'}")
            return ""
        return str(value)

    text = SHORTCODE.sub(resolve, text)
    if problems:
        raise ManuscriptError(problems)
    return text


def _include(project: Path, name: str, problems: list[str], within: tuple[str, ...]) -> str:
    file = project / name
    if name in within:
        problems.append(f"{name}: includes itself")
        return ""
    if not file.is_file():
        problems.append(f"{within[-1] if within else project}: there is no file {name} to include")
        return ""

    def replace(match: re.Match) -> str:
        return _include(project, match[2], problems, (*within, name)) if match[1] == "include" else match[0]

    return SHORTCODE.sub(replace, file.read_text(encoding="utf-8"))


def _choose(text: str, metadata: dict, problems: list[str]) -> str:
    """The text without the conditional blocks that do not hold; a block ends at the bare fence of the same length."""
    kept: list[str] = []
    open_blocks: list[tuple[str, bool]] = []  # the fence that closes it, whether it is shown
    for line in text.split("\n"):
        if match := CONDITION.match(line):
            fence, visible, when, path = match.groups()
            value = look_up(metadata, path)
            holds = value is not _MISSING and bool(value)
            open_blocks.append((fence, (holds == (when == "when")) == (visible == "visible")))
        elif open_blocks and line.rstrip() == open_blocks[-1][0]:
            open_blocks.pop()
        elif all(shown for _, shown in open_blocks):
            kept.append(line)
    if open_blocks:
        problems.append(f"a conditional block is not closed by {open_blocks[-1][0]}")
    return "\n".join(kept)
