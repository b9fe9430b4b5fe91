"""The files of the package that a module rests on: inputs of a rule, so that editing one reruns what uses it."""

from __future__ import annotations

import ast
import json
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent


def _file(module: str, beside: Path | None = None) -> Path | None:
    paths = [folder.joinpath(*module.split(".")) for folder in (PACKAGE.parent, beside) if folder]
    files = (file for path in paths for file in (path.with_suffix(".py"), path / "__init__.py"))
    return next((file for file in files if file.is_file()), None)


def _code(file: Path) -> str:
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".ipynb":
        return text
    return "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code")


@cache
def _imported(file: Path, beside: Path | None = None) -> frozenset[Path]:
    """The files of ours that `file` imports, anywhere in it: late imports count too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(_code(file))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found for name in names if (found := _file(name, beside)))


def files_of(*modules: str, beside: Path | None = None) -> list[Path]:
    """The files of `modules` and of everything of ours that they import, directly or not, sorted.

    Parameters
    ----------
    modules
        Names such as "oligomet.outcomes.dose".
    beside
        A folder whose modules are ours too, besides the package: a study's, with its generator.

    Raises
    ------
    LookupError
        If there is no such module.
    """
    files = {module: _file(module, beside) for module in modules}
    missing = [module for module, file in files.items() if file is None]
    if missing:
        raise LookupError(f"no module {', '.join(missing)} in the package")
    return _reached(set(files.values()), beside)


def _reached(waiting: set[Path], beside: Path | None = None) -> list[Path]:
    reached: set[Path] = set()
    while waiting:
        file = waiting.pop()
        reached.add(file)
        waiting |= _imported(file, beside) - reached
    return sorted(reached.union(*map(_not_python, reached)))


def _not_python(file: Path) -> set[Path]:
    """What a module reads that is not Python: page.css and the files in page/ are page.py's."""
    return {
        other
        for other in (*file.parent.glob(f"{file.stem}.*"), *file.with_suffix("").glob("*.*"))
        if other.suffix != ".py"
    }


def files_of_script(script: str | Path) -> list[Path]:
    """The package's files that a script, a notebook or any other Python file rests on."""
    return _reached(set(_imported(Path(script).resolve())))
