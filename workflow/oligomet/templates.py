"""Templates of the paper: Quarto's markdown with Jinja2 in ``<% %>`` and ``<< >>``, beside Quarto's own ``{{< >}}``.

All words of the paper stand in them: its sections', and those around its tables and figures (`displays.words`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import jinja2

NEAREST = 3
COMPILED = Path(__file__).with_name("__pycache__")  # templates are kept compiled where modules are
Filters = Mapping[str, Callable[..., Any]]


class ManuscriptError(ValueError):
    """What is wrong with the paper, a line each."""

    def __init__(self, problems: list[str]):
        super().__init__("\n".join(problems))


class Problems(list):
    """What is wrong with the templates, each with the file and the line that were at work."""

    def report(self, said: str, place: str | None = None) -> None:
        problem = f"{place or _here()}: {said}"
        if problem not in self:
            self.append(problem)


def render_templates(
    names: Iterable[str], folders: Iterable[Path], context: dict[str, Any], problems: Problems, filters: Filters
) -> dict[str, str]:
    """The texts of templates, by name; they, and what they include, are looked for in `folders`, in their order.

    Raises
    ------
    ManuscriptError
        Every name, number and tag that is wrong, with file and line, and the nearest right names.
    """
    folders = [Path(folder) for folder in folders if Path(folder).is_dir()]
    environment = make_environment(folders, context, problems, filters)
    _check_syntax(environment, folders, problems)
    texts = {}
    for name in [] if problems else names:
        with reporting(problems, folders):
            texts[name] = environment.get_template(name).render()
    if problems:
        raise ManuscriptError(problems)
    return texts


@contextmanager
def reporting(problems: Problems, folders: Iterable[Path]) -> Iterator[None]:
    """Whatever a template does wrong in here is one of the problems: its line is what the author needs."""
    try:
        yield
    except jinja2.TemplateSyntaxError as error:
        problems.report(str(error.message), f"{error.filename}, line {error.lineno}")
    except jinja2.TemplateNotFound as error:
        problems.report(f"there is no file {error} in {' or '.join(map(str, folders))}", _last(error.__traceback__))
    except Exception as error:
        problems.report(f"{error or type(error).__name__}", _last(error.__traceback__))


def make_environment(
    folders: list[Path], context: dict[str, Any], problems: Problems, filters: Filters
) -> jinja2.Environment:
    """Jinja2 with the paper's delimiters; unknown names are collected in `problems`."""
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(folder) for folder in folders]),
        block_start_string="<%", block_end_string="%>", variable_start_string="<<", variable_end_string=">>",
        comment_start_string="<#", comment_end_string="#>", trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, undefined=_unknown(problems, context), finalize=_finalizer(problems),
        optimized=False, bytecode_cache=_compiled(),
    )  # fmt: skip
    environment.globals |= context
    environment.filters |= {"listing": listing, "clauses": clauses, **filters}
    return environment


def _compiled() -> jinja2.BytecodeCache | None:
    """Templates as they were compiled before: that of sixty takes a second. What is kept holds no filter's answer."""
    with suppress(OSError):
        COMPILED.mkdir(exist_ok=True)
    return jinja2.FileSystemBytecodeCache(str(COMPILED), "%s.qmdc") if os.access(COMPILED, os.W_OK) else None


def listing(items: str | Iterable[Any], last: str = "and") -> str:
    """'a, b and c', of a list or of the lines of a block."""
    *most, end = _items(items) or [""]
    return f"{', '.join(most)} {last} {end}" if most else end


def clauses(items: str | Iterable[Any]) -> str:
    """'a; b; c', of a list or of the lines of a block."""
    return "; ".join(_items(items))


def _items(items: str | Iterable[Any]) -> list[str]:
    found = items.splitlines() if isinstance(items, str) else map(str, items)
    return [item.strip() for item in found if item.strip()]


def _finalizer(problems: Problems):
    @jinja2.pass_eval_context  # so it is not asked while a template is compiled
    def finalize(_: jinja2.nodes.EvalContext, value: Any) -> Any:
        if value is None:
            problems.report("nothing stands here: what is asked for is empty")
        return value

    return finalize


def _unknown(problems: Problems, context: dict[str, Any]) -> type[jinja2.Undefined]:
    """What a wrong name stands for: it is reported where it is used, and says nothing, so that others are found too."""

    class Unknown(jinja2.Undefined):
        __slots__ = ()

        def _reported(self, *args: Any, **kwargs: Any) -> Any:
            owner, name = self._undefined_obj, self._undefined_name
            whole = owner is jinja2.utils.missing
            known = list(context) if whole else [str(key) for key in owner] if isinstance(owner, dict) else dir(owner)
            near = get_close_matches(str(name), known, NEAREST, 0)
            problems.report(f"'{name}' is not known" + (f"; the nearest are {', '.join(near)}" if near else ""))
            return self

        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            return self._reported()

        def __str__(self) -> str:
            self._reported()
            return ""

        def __iter__(self):
            self._reported()
            return iter(())

        def __len__(self) -> int:
            self._reported()
            return 0

        def __bool__(self) -> bool:
            self._reported()
            return False

        def __eq__(self, other: object) -> bool:
            self._reported()
            return False

        __hash__ = jinja2.Undefined.__hash__
        __call__ = __getitem__ = __add__ = __radd__ = __sub__ = __lt__ = __gt__ = __le__ = __ge__ = _reported

    return Unknown


def find_templates(folders: Iterable[Path], pattern: str = "*.qmd") -> list[Path]:
    """The templates that count: one of an earlier folder hides those of its name in the later ones."""
    found: dict[str, Path] = {}
    for folder in folders:
        found = {file.name: file for file in sorted(folder.glob(pattern))} | found
    return list(found.values())


def _check_syntax(environment: jinja2.Environment, folders: list[Path], problems: Problems) -> None:
    for file in (*find_templates(folders), *find_templates(folders, "_metadata.yml")):
        try:
            environment.get_template(file.name)
        except jinja2.TemplateSyntaxError as error:
            problems.report(str(error.message), f"{file}, line {error.lineno}")


def _here() -> str:
    """File and line of the template that is being rendered."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        template = frame.f_globals.get("__jinja_template__")
        if template is not None:
            return f"{template.filename}, line {template.get_corresponding_lineno(frame.f_lineno)}"
        frame = frame.f_back
    return "the paper"


def _last(trace: TracebackType | None) -> str:
    """File and line of the template in which an error began."""
    place = "the paper"
    while trace is not None:
        file, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno  # Jinja has put the template's own in
        if file.endswith((".qmd", ".yml")):
            place = f"{file}, line {line}"
        trace = trace.tb_next
    return place
