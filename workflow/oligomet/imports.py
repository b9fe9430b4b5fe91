"""The files of ours that a script or a module rests on: inputs of a rule, so that editing one reruns what uses it.

Each start of the workflow asks this for each rule, and to parse all modules takes longer than all else that it does.
So import statements are found by how they are written; a test holds them to what Python's own parser finds.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent
WORDS = PACKAGE.parents[1] / "manuscript" / "displays"  # of each module of displays/, in a template of its name
# Anywhere in a module, for late imports count too: 'from a.b import c, d', brackets or not; 'import a.b, a.c'.
_REST = r"(?:\\\n|[^\n;])*"
_STATEMENT = re.compile(
    rf"(?:^|[;:])[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]*(\([^)]*\)|{_REST})|import[ \t]+({_REST}))", re.MULTILINE
)
_NAME = re.compile(r"(?:^|[(,])[\s\\]*([\w.]+)", re.MULTILINE)
# Not there when the workflow runs: comments, and what is imported for a reader of types alone.
_UNUSED = re.compile(r"^if (?:typing\.)?TYPE_CHECKING:[ \t]*(?:#.*)?\n(?:(?:[ \t].*)?\n)+|#.*", re.MULTILINE)


def imported_names(source: str) -> set[str]:
    """What a module's source imports when it runs; of 'from a import b' both 'a' and 'a.b'."""
    names: set[str] = set()
    for module, members, modules in _STATEMENT.findall(_UNUSED.sub("", source)):
        named = _NAME.findall(members or modules)
        names.update([module, *(f"{module}.{name}" for name in named)] if module else named)
    return names


@cache
def _files(folders: tuple[Path, ...]) -> tuple[dict[str, str], dict[str, set[str]]]:
    """The modules in these folders, and what they read that is not Python: page.css and page/* are page.py's."""
    modules: dict[str, str] = {}
    read: dict[str, set[str]] = defaultdict(set)
    for folder in folders:
        for within, _, names in os.walk(folder):
            for name in names:
                stem, suffix = os.path.splitext(file := f"{within}/{name}")
                if suffix == ".py":
                    module = stem[len(f"{folder}/") :].replace("/", ".").removesuffix(".__init__")
                    modules.setdefault(module, file)
                elif suffix not in (".pyc", ".qmdc"):  # what is compiled
                    read[stem].add(file)
                    read[within].add(file)
    for template in WORDS.glob("*.qmd"):
        read[f"{PACKAGE}/displays/{template.stem}"].add(str(template))
    return modules, read


@cache
def _used(file: str, folders: tuple[Path, ...]) -> set[str]:
    """The files that a file of ours needs by itself: those that it imports and reads."""
    stem, suffix = os.path.splitext(file)
    if suffix not in (".py", ".ipynb"):
        return set()
    source = Path(file).read_text(encoding="utf-8")
    if suffix == ".ipynb":
        cells = [cell["source"] for cell in json.loads(source)["cells"] if cell["cell_type"] == "code"]
        source = "\n".join(map("".join, cells))
    modules, read = _files(folders)
    return {modules[name] for name in imported_names(source) & modules.keys()} | read.get(stem, set())


def files_of(*starts: str | Path, beside: tuple[Path, ...] = ()) -> list[str]:
    """The files of modules and of everything of ours that they import, directly or not, sorted.

    Parameters
    ----------
    starts
        Names of modules such as "oligomet.outcomes.dose", or files: scripts, notebooks.
    beside
        Folders whose modules are ours too, besides the package: the scripts', a study's with its generator.

    Raises
    ------
    LookupError
        If there is no such module.
    """
    folders = (PACKAGE.parent, *beside)
    modules, _ = _files(folders)
    if missing := [name for name in starts if isinstance(name, str) and name not in modules]:
        raise LookupError(f"no module {', '.join(missing)} in the package")
    waiting = {modules[start] if isinstance(start, str) else str(start) for start in starts}
    reached: set[str] = set()
    while waiting:
        reached.add(file := waiting.pop())
        waiting |= _used(file, folders) - reached
    return sorted(reached)
