"""What a notebook needs: the results of a study, and its tables and figures as cells show them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from oligomet.displays.presentation import Table, numbered, to_markdown
from oligomet.study import read_study
from oligomet.tables import read

if TYPE_CHECKING:
    import pandas as pd


class Shown:
    """A display as Jupyter shows it: one or more formats of the same thing, with its caption as metadata.

    A display that study.yaml declares brings the label under which the paper embeds it, fig-figure1 or tbl-table1.
    """

    def __init__(self, formats: dict[str, str], caption: str = "", label: str = ""):
        self._formats = {**formats, "text/plain": caption}
        self._metadata = {key: text for key, text in (("caption", caption), ("label", label)) if text}

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict, dict]:
        return self._formats, self._metadata


class Several(list):
    """Displays that one cell shows one after the other."""

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for shown in self:
            display(shown)


class Results:
    """The results of a study: `study` is the path of its study.yaml, `results` the folder of its results.

    Everything is read when it is asked for: estimates for tables and curves, outcomes for pictures of individuals.
    """

    def __init__(self, study: str, results: str):
        self.study = read_study(study)
        self._study_folder, self._folder = Path(study).parent, Path(results)

    @cached_property
    def estimates(self) -> pd.DataFrame:
        return read(self._folder / "estimates" / "estimates.csv")

    @cached_property
    def literature(self) -> pd.DataFrame:
        file = next(table.file for table in self.study.tables.values() if table.file)
        return read(self._study_folder / file)

    def tables(self, kind: str) -> Several:
        """The tables that study.yaml declares of a kind: patient, lesion, response, factors or literature."""
        from oligomet.displays.tables import build_table, kind_of

        names = [name for name, table in self.study.tables.items() if kind_of(table) == kind]
        literature = self.literature if kind == "literature" else None
        return Several(_shown_table(build_table(name, self.estimates, self.study, literature), name) for name in names)

    def supplement(self, name: str, **of) -> Shown:
        """A table of `oligomet.displays.supplements`."""
        from oligomet.displays import supplements

        return _shown_table(getattr(supplements, name)(self.estimates, self.study, **of))

    def figures(self, kind: str) -> Several:
        """The figures that study.yaml declares of a kind: flow, response, or survival."""
        return self._figures(name for name, figure in self.study.figures.items() if figure.kind == kind)

    def survival(self, endpoint: str) -> Several:
        """The figures that study.yaml declares of an endpoint; the curve of everyone where it declares none."""
        declared = [name for name, figure in self.study.figures.items() if figure.endpoint == endpoint]
        if declared:
            return self._figures(declared)
        from oligomet.displays.survival import survival_figure

        label = self.study.endpoints[endpoint].label
        return Several([_shown_figure(survival_figure(self.estimates, self.study, endpoint, ["all"], label))])

    def _figures(self, names: Iterable[str]) -> Several:
        from oligomet.displays.figures import build_figure

        return Several(_shown_figure(build_figure(name, self.estimates, self.study), name) for name in names)

    def forest(self, title: str) -> Shown:
        """The published series that can be compared."""
        from oligomet.displays.forest import forest_figure

        return _shown_figure(forest_figure(self.estimates, self.literature, self.study, title))

    def waterfall(self, title: str) -> Shown:
        """The change of every evaluable lesion."""
        from oligomet.displays.individuals import waterfall_figure

        return _shown_figure(waterfall_figure(read(self._folder / "outcomes" / "responses.csv"), self.study, title))

    def swimmer(self, title: str) -> Shown:
        """The course of every patient."""
        from oligomet.displays.individuals import swimmer_figure

        times, patients = (read(self._folder / "outcomes" / f"{name}.csv") for name in ("times", "patients"))
        return _shown_figure(swimmer_figure(times, patients, self.study, title))

    def endpoint(self, name: str) -> Shown:
        """How an endpoint is declared, in words."""
        declared = self.study.endpoints[name]
        words = {"events": declared.events, "censored": declared.censored_at, "competing": declared.competing}
        said = {key: ", ".join(event.replace("_", " ") for event in events) for key, events in words.items()}
        lines = [
            f"**{declared.label}** ({name}), per {declared.per}:",
            f"- starts at the {declared.starts.split('_')[1]} of radiotherapy;",
            f"- the event is the first of: {said['events']};",
            f"- without one, it is censored at the last of: {said['censored']}, and not after {self.study.data_cut}.",
        ]
        if declared.competing:
            lines[-1] = lines[-1].replace(".", ";")
            lines.append(f"- competing: {said['competing']}; the Kaplan-Meier estimates here censor it.")
        return Shown({"text/markdown": "\n".join([lines[0], "", *lines[1:]])})

    def about(self) -> Shown:
        """Which study, with which data."""
        notice = f"\n\n> {self.study.synthetic.notice}" if self.study.synthetic else ""
        return Shown({"text/markdown": f"Study: *{self.study.title}*.{notice}"})


def _shown_table(table: Table, name: str = "") -> Shown:
    return Shown({"text/markdown": to_markdown(table)}, _named(name, table.title), name and f"tbl-{name}")


def _shown_figure(figure, name: str = "") -> Shown:
    from oligomet.displays.style import figure_bytes

    formats = {
        "image/svg+xml": figure_bytes(figure, "svg").decode(),
        "image/png": b64encode(figure_bytes(figure, "png")).decode(),
    }
    return Shown(formats, _named(name, figure.metadata["caption"]), name and f"fig-{name}")


def _named(name: str, caption: str) -> str:
    return f"{numbered(name)}. {caption}" if name else caption
