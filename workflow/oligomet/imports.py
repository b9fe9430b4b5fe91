"""The files of the package that a module rests on: inputs of a rule, so that editing one reruns what uses it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent


def _file(module: str) -> Path | None:
    path = PACKAGE.parent.joinpath(*module.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


@cache
def _imported(file: Path) -> frozenset[Path]:
    """The package's files that `file` imports, anywhere in it: late imports count too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found for name in names if name.split(".")[0] == PACKAGE.name and (found := _file(name)))


def files_of(*modules: str) -> list[Path]:
    """The files of `modules` and of everything in the package that they import, directly or not, sorted.

    Raises
    ------
    LookupError
        If there is no such module.
    """
    missing = [module for module in modules if _file(module) is None]
    if missing:
        raise LookupError(f"no module {', '.join(missing)} in the package")
    reached: set[Path] = set()
    waiting = {_file(module) for module in modules}
    while waiting:
        file = waiting.pop()
        reached.add(file)
        waiting |= _imported(file) - reached
    return sorted(reached.union(*map(_beside, reached)))


def _beside(file: Path) -> set[Path]:
    """What a module reads that is not Python: page.css and the files in page/ are page.py's."""
    return {
        other
        for other in (*file.parent.glob(f"{file.stem}.*"), *file.with_suffix("").glob("*.*"))
        if other.suffix != ".py"
    }


def files_of_script(script: str | Path) -> list[Path]:
    """The package's files that a script, a notebook's code or any other Python file rests on."""
    direct = _imported(Path(script).resolve())
    return sorted(set().union(*(files_of(_module(file)) for file in direct)))


def _module(file: Path) -> str:
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
