"""What a notebook starts from: the results of a study, wherever the notebook was opened."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from oligomet.book import Book
from oligomet.declarations import find_declared
from oligomet.displays.small_cells import withhold_small_cells
from oligomet.displays.style import draw_for
from oligomet.displays.words import words_of
from oligomet.journal import FigureStyle, read_journal
from oligomet.schemas import TABLES
from oligomet.sections import Sections
from oligomet.study import read_study
from oligomet.tables import read

_sections: ContextVar[list[str] | None] = ContextVar("sections", default=None)


@contextmanager
def seeing_only(sections: list[str]) -> Iterator[None]:
    """Whoever asks for results in here sees these sections of study.yaml, as `Sections` names them, and no others."""
    before = _sections.set(sections)
    try:
        yield
    finally:
        _sections.reset(before)


class Shown:
    """Words as Jupyter shows them. `about` completes the title of the notebook's executed copy."""

    def __init__(self, markdown: str, caption: str, about: str | None = None):
        self._data = {"text/markdown": markdown, "text/plain": caption}
        self._metadata = {"caption": caption} | ({"about": about} if about else {})

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict, dict]:
        return self._data, self._metadata


class Several(list):
    """Displays that are shown one after the other; in an executed copy each has a cell and a label of its own."""

    def _ipython_display_(self) -> None:
        from IPython.display import display  # late: only who shows something needs it

        for one in self:
            display(one)


def find_root(study: str) -> Path:
    """The folder that holds studies/<study>/study.yaml, as a relative path: here, or the first of those above.

    Raises
    ------
    LookupError
        If there is none.
    """
    here = Path.cwd()
    found = next((one for one in (here, *here.parents) if (one / "studies" / study / "study.yaml").is_file()), None)
    if found is None:
        raise LookupError(
            f"Neither {here} nor a folder above it has studies/{study}/study.yaml: "
            "open the notebook within the repository, and give the name of a folder in studies/ as `study`."
        )
    return Path(os.path.relpath(found, here))


def _config(root: Path) -> dict[str, Any]:
    file = root / "config.yaml"
    return yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else {}


def results_folder(root: Path) -> Path:
    """Where the run that executes a notebook says that results are; for who works by hand, as config.yaml says."""
    return root / (os.environ.get("OLIGOMET_RESULTS") or _config(root).get("results") or "results")


def journal_style(root: Path, study: str) -> FigureStyle:
    """What the journal of config.yaml asks of figures."""
    folders = (root / "studies" / study / "manuscript", root / "manuscript")
    files = [folder / "journals" / str(_config(root).get("journal")) / "journal.yml" for folder in folders]
    return next((read_journal(file).figures for file in files if file.is_file()), FigureStyle())


class Results:
    """The results of a study, wherever in its repository the notebook was opened.

    Everything is read when it is asked for, once: the book of numbers for tables and curves, and each table of the
    outcomes, an attribute of its name, for fits and for pictures of individuals.

    Parameters
    ----------
    study
        The study's folder in studies/.

    Raises
    ------
    LookupError
        If no such study is in the working directory or in a folder above it; when a table is asked for, if it has not
        been made yet.
    """

    def __init__(self, study: str):
        studies, sections = os.environ.get("OLIGOMET_STUDIES"), _sections.get()  # where a run says that they are
        root = Path() if studies else find_root(study)
        self._study_folder, self._folder = Path(studies or root / "studies", study), results_folder(root) / study
        declared = read_study(self._study_folder / "study.yaml")
        self.study = declared if sections is None else Sections(declared, sections)
        if sections is None:
            draw_for(journal_style(root, study))

    def _read(self, name: str) -> pd.DataFrame:
        file = self._folder / f"{name}.csv"
        if not file.is_file():
            raise LookupError(f"{file} has not been made yet: run `make` in the folder that has the Makefile.")
        return read(file, variables=self.study.variables)

    @cached_property
    def book(self) -> Book:
        """Every number of the paper, as far as it may be shown."""
        return withhold_small_cells(Book(self._read("estimates/estimates")), self.study.privacy.smallest_cell)

    def __getattr__(self, name: str) -> pd.DataFrame:
        """A table of the outcomes by its name: `times`, `patients`, `lesions`, `responses`, `lesion_imaging`, ..."""
        if f"outcomes/{name}" not in TABLES:
            raise AttributeError(f"There is no table of the outcomes called {name}.")
        vars(self)[name] = self._read(f"outcomes/{name}")
        return vars(self)[name]

    @cached_property
    def literature(self) -> pd.DataFrame:
        """A row a published series."""
        return read(self._study_folder / next(table.file for table in self.study.tables.values() if table.file))

    def tables(self, kind: str, build: Callable, *more: Any, otherwise: bool = False) -> Several:
        """The declared tables of a kind, as `build` makes one of its name, the book, the study and `more`.

        With `otherwise` one without a name is made where none is declared.
        """
        names = [name for name, table in self.study.tables.items() if table.kind == kind]
        return Several(build(name, self.book, self.study, *more) for name in names or [None] * otherwise)

    def figures(
        self, kind: str, build: Callable, endpoint: str | None = None, otherwise: Callable | None = None
    ) -> Several:
        """The declared figures of a kind, and of an endpoint; `otherwise` makes one where there is none."""
        declared = {name: figure for name, figure in self.study.figures.items() if figure.kind == kind}
        names = [name for name, figure in declared.items() if endpoint in (None, figure.endpoint)]
        if not names and otherwise:
            return Several([otherwise(endpoint, self.book, self.study)])
        return Several(build(name, self.book, self.study) for name in names)

    @property
    def claims(self) -> Path | None:
        """The file of the published numbers, where the study has one."""
        claims = self._study_folder / "published" / "claims.yaml"
        return claims if claims.is_file() else None

    def beside(self, fitted: pd.DataFrame, **question) -> pd.DataFrame | None:
        """The numbers of a fit, and beside them those of the estimates: the same, where the analysis is the study's.

        Parameters
        ----------
        fitted
            Its index has names of columns of the estimates, as its columns have.
        question
            What the rows of the estimates have in common; see `oligomet.book.Book`.

        Returns
        -------
        On the index of `fitted`, its columns under `this notebook`, and under `estimates` the same of the estimates:
        empty where the study declares no such analysis, and the fit is a look at the data and no result. None where
        there is no fit.
        """
        if fitted.empty:
            return None
        keys, values = list(fitted.index.names), list(fitted.columns)
        found = self.book.some(**question).frame()[[*keys, *values]]
        joined = fitted.reset_index()[keys].merge(found, how="left", on=keys).set_index(fitted.index)
        return pd.concat({"this notebook": fitted, "estimates": joined[values]}, axis=1)

    def endpoint(self, name: str) -> Shown:
        """How an endpoint is declared, in words."""
        endpoint = find_declared(self.study.endpoints, name, "endpoint")
        words = words_of("results.endpoint", self.study, name=name, endpoint=endpoint)
        said = ";\n".join(f"- {note}" for note in words.notes)
        return Shown(f"{words.title}\n\n{said}.", endpoint.label)

    def about(self, endpoint: str | None = None) -> Shown:
        """Which study, with which data; and which endpoint, for the title of the executed copy."""
        notice = f"\n\n> {self.study.synthetic.notice}" if self.study.synthetic else ""
        label = find_declared(self.study.endpoints, endpoint, "endpoint").label if endpoint else None
        of = f"Endpoint: *{label}*. " if label else ""
        return Shown(f"{of}Study: *{self.study.title}*.{notice}", self.study.title, about=label)
