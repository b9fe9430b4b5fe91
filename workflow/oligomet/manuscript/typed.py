"""Numbers that somebody typed into a template, where a value should stand: a number that nothing explains."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import jinja2

from oligomet.templates import find_templates

ALLOWED = "names_with_numbers.txt"  # beside the templates: names in which a number is no result, a line each
NUMBER = re.compile(r"(?<![\w@.-])\d+(?:[.,]\d+)*")  # BED10 and EQD2 are names
ASIDE = re.compile(  # citations and references, attributes, links, shortcodes, formulas, code
    r"@[\w:.-]+|\{\{<.*?>\}\}|\{[#.][^}]*\}|\]\([^)]*\)|<https?:[^>]*>|\$\$.*?\$\$|\$[^$\n]+\$|`[^`\n]*`|<!--.*?-->",
    re.DOTALL,
)


def typed_numbers(folders: list[Path], environment: jinja2.Environment) -> list[str]:
    """File, line and words around each number that was typed into the prose of the templates.

    A template of a folder hides those of the same name in the folders behind it. A number in a string counts where the
    string is printed or kept (``<% set x = "7 days" %>``), not where it is what something is called with
    (``OS.rate(60)``, ``group="≥ 2"``).
    """
    names = re.compile("|".join(map(re.escape, allowed_names(folders))) or "(?!)")
    of_displays = [folder / "displays" for folder in folders]
    return [found for file in find_templates([*folders, *of_displays]) for found in _in_file(file, environment, names)]


def allowed_names(folders: Iterable[Path]) -> list[str]:
    """The names that the folders allow, in which a number is no result."""
    files = [folder / ALLOWED for folder in folders if (folder / ALLOWED).is_file()]
    lines = [line.strip() for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def _in_file(file: Path, environment: jinja2.Environment, names: re.Pattern) -> list[str]:
    prose = _prose(file.read_text(encoding="utf-8"), environment)
    for pattern in (ASIDE, names):
        prose = pattern.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), prose)
    return [
        f"{file}, line {number}: {' '.join(line[max(found.start() - 30, 0) : found.end() + 30].split())}"
        for number, line in enumerate(prose.split("\n"), start=1)
        for found in NUMBER.finditer(line)
    ]


def _prose(source: str, environment: jinja2.Environment) -> str:
    """The text of a template with its tags blanked but for numbers and strings that may be printed; the lines stay."""
    kept, called, inside, compared, printing = [], 0, 0, False, False
    for _, kind, token in environment.lex(source):
        if kind == "operator":
            called += {"(": 1, ")": -1}.get(token, 0)
            inside += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token, 0)
        elif kind == "name":
            compared = token in ("if", "elif") or (compared and token != "else")
        elif kind.endswith(("_begin", "_end")):
            compared, printing = False, kind == "variable_begin"
        words = kind == "string" and not called and not compared
        number = kind in ("integer", "float") and printing and not inside and not compared
        kept.append(token if kind == "data" or words or number else re.sub(r"[^\n]", " ", token))
    return "".join(kept)
