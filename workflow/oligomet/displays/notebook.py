"""What a notebook needs: the results of a study, and its tables and figures as cells show them."""

from __future__ import annotations

from base64 import b64encode
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from oligomet.displays.presentation import Table, to_markdown
from oligomet.study import read_study
from oligomet.tables import read

if TYPE_CHECKING:
    import pandas as pd


class Shown:
    """A display as Jupyter shows it: one or more formats of the same thing, and its caption as their metadata."""

    def __init__(self, formats: dict[str, str], caption: str):
        self._formats, self.caption = formats, caption

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict, dict]:
        return {**self._formats, "text/plain": self.caption}, {"caption": self.caption}


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

    def table(self, name: str) -> Shown:
        """A table of study.yaml."""
        from oligomet.displays.tables import build_table

        literature = self.literature if self.study.tables[name].file else None
        return _shown_table(build_table(name, self.estimates, self.study, literature))

    def supplement(self, name: str, **of) -> Shown:
        """A table of `oligomet.displays.supplements`."""
        from oligomet.displays import supplements

        return _shown_table(getattr(supplements, name)(self.estimates, self.study, **of))

    def robustness(self, name: str) -> Shown:
        """A table of `oligomet.displays.robustness`, `robustness_units` or `robustness_values`."""
        from oligomet.displays import robustness, robustness_units, robustness_values

        modules = (robustness, robustness_units, robustness_values)
        build = next(getattr(module, name) for module in modules if hasattr(module, name))
        return _shown_table(build(self.estimates, self.study))

    def continuous(self, title: str) -> Shown:
        """Continuous factors as curves, with their groups as steps."""
        from oligomet.displays.continuous import continuous_figure

        return _shown_figure(continuous_figure(self.estimates, self.study, title))

    def dose_response(self, title: str) -> Shown:
        """Local control against dose."""
        from oligomet.displays.continuous import dose_response_figure

        return _shown_figure(dose_response_figure(self.estimates, self.study, title))

    def specifications(self, title: str) -> Shown:
        """Every published conclusion under every choice; hazard ratios that were printed, where they are declared."""
        from oligomet.audit.claims import read_claims
        from oligomet.displays.published import published_ratios
        from oligomet.displays.specification_curve import specification_figure

        claims = self._study_folder / "published" / "claims.yaml"
        printed = published_ratios(read_claims(claims, self.study)) if claims.is_file() else {}
        return _shown_figure(specification_figure(self.estimates, self.study, title, printed))

    def figure(self, name: str) -> Shown:
        """A figure of study.yaml: the same as its files."""
        from oligomet.displays.figures import build_figure

        return _shown_figure(build_figure(name, self.estimates, self.study))

    def survival(self, endpoint: str) -> Shown:
        """The first figure that study.yaml declares for an endpoint; the curve of everyone where it declares none."""
        from oligomet.displays.survival import survival_figure

        declared = self._figures_of(endpoint)
        if declared:
            return self.figure(declared[0])
        label = self.study.endpoints[endpoint].label
        return _shown_figure(survival_figure(self.estimates, self.study, endpoint, ["all"], label))

    def more_survival(self, endpoint: str) -> Shown | None:
        """The second figure of an endpoint, where study.yaml declares one."""
        declared = self._figures_of(endpoint)
        return self.figure(declared[1]) if len(declared) > 1 else None

    def _figures_of(self, endpoint: str) -> list[str]:
        return [name for name, figure in self.study.figures.items() if figure.endpoint == endpoint]

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
        said = {key: ", ".join(map(_event, events)) for key, events in words.items()}
        lines = [
            f"**{declared.label}** ({name}), per {declared.per}:",
            f"- starts at the {declared.starts.split('_')[1]} of radiotherapy;",
            f"- the event is the first of: {said['events']};",
            f"- without one, it is censored at the last of: {said['censored']}, and not after {self.study.data_cut}.",
        ]
        if declared.competing:
            lines[-1] = lines[-1].replace(".", ";")
            lines.append(f"- competing: {said['competing']}; the Kaplan-Meier estimates here censor it.")
        return Shown({"text/markdown": "\n".join([lines[0], "", *lines[1:]])}, declared.label)

    def about(self) -> Shown:
        """Which study, with which data."""
        notice = f"\n\n> {self.study.synthetic.notice}" if self.study.synthetic else ""
        return Shown({"text/markdown": f"Study: *{self.study.title}*.{notice}"}, self.study.title)


def _event(name: str) -> str:
    return name.replace("in_field", "in-field").replace("_", " ")


def _shown_table(table: Table) -> Shown:
    return Shown({"text/markdown": to_markdown(table)}, table.title)


def _shown_figure(figure) -> Shown:
    from oligomet.displays.style import figure_bytes

    formats = {
        "image/svg+xml": figure_bytes(figure, "svg").decode(),
        "image/png": b64encode(figure_bytes(figure, "png")).decode(),
    }
    return Shown(formats, figure.metadata["caption"])
