"""What a notebook needs: the results of a study, and its tables and figures as cells show them."""

from __future__ import annotations

import os
from base64 import b64encode
from functools import cached_property
from pathlib import Path

import pandas as pd

from oligomet.displays.presentation import Table, to_markdown
from oligomet.estimates.fits import find_declared
from oligomet.study import read_study
from oligomet.tables import read, rows


class Shown:
    """A display as Jupyter shows it: one or more formats of the same thing, and its caption as their metadata.

    `about` completes the title of the notebook's executed copy.
    """

    def __init__(self, formats: dict[str, str], caption: str, about: str | None = None):
        self._formats, self.caption, self._about = formats, caption, about

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict, dict]:
        about = {"about": self._about} if self._about else {}
        return {**self._formats, "text/plain": self.caption}, {"caption": self.caption, **about}


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


class Results:
    """The results of a study, wherever in its repository the notebook was opened.

    Everything is read when it is asked for: estimates for tables and curves, outcomes for fits and for pictures of
    individuals.

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
        root = find_root(study)
        self._study_folder, self._folder = root / "studies" / study, root / "results" / study
        self.study = read_study(self._study_folder / "study.yaml")

    def _read(self, name: str) -> pd.DataFrame:
        file = self._folder / f"{name}.csv"
        if not file.is_file():
            raise LookupError(f"{file} has not been made yet: run `make` in the folder that has the Makefile.")
        return read(file)

    @cached_property
    def estimates(self) -> pd.DataFrame:
        """Every number of the paper, a row each."""
        return self._read("estimates/estimates")

    @cached_property
    def times(self) -> pd.DataFrame:
        """A row a subject and an endpoint."""
        return self._read("outcomes/times")

    @cached_property
    def patients(self) -> pd.DataFrame:
        """A row a patient."""
        return self._read("outcomes/patients")

    @cached_property
    def lesions(self) -> pd.DataFrame:
        """A row an irradiated lesion."""
        return self._read("outcomes/lesions")

    @cached_property
    def responses(self) -> pd.DataFrame:
        """A row a lesion and an assessment, the first and the best."""
        return self._read("outcomes/responses")

    @cached_property
    def literature(self) -> pd.DataFrame:
        """A row a published series."""
        file = next(table.file for table in self.study.tables.values() if table.file)
        return read(self._study_folder / file)

    def beside(self, fitted: pd.DataFrame, **criteria) -> pd.DataFrame | None:
        """The numbers of a fit, and beside them those of the estimates: the same, where the analysis is the study's.

        Parameters
        ----------
        fitted
            Its index has names of columns of the estimates, as its columns have.
        criteria
            What the rows of the estimates have in common; see `oligomet.tables.rows`.

        Returns
        -------
        On the index of `fitted`, its columns under `this notebook`, and under `estimates` the same of the estimates:
        empty where the study declares no such analysis, and the fit is a look at the data and no result. None where
        there is no fit.
        """
        if fitted.empty:
            return None
        keys, values = list(fitted.index.names), list(fitted.columns)
        found = rows(self.estimates, **criteria)[[*keys, *values]]
        joined = fitted.reset_index()[keys].merge(found, how="left", on=keys).set_index(fitted.index)
        return pd.concat({"this notebook": fitted, "estimates": joined[values]}, axis=1)

    def table(self, name: str) -> Shown:
        """A table of study.yaml."""
        from oligomet.displays.tables import build_table

        literature = self.literature if self.study.tables[name].file else None
        return _shown_table(build_table(name, self.estimates, self.study, literature))

    def factors(self, endpoint: str) -> Shown | None:
        """The table that study.yaml declares of the factors of an endpoint; None where it declares none."""
        declared = [name for name, table in self.study.tables.items() if table.endpoint == endpoint]
        return self.table(declared[0]) if declared else None

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

        return _shown_figure(waterfall_figure(self.responses, self.study, title))

    def distributions(self, title: str) -> Shown:
        """How the values lie that factors cut into groups."""
        from oligomet.displays.distributions import distributions_figure

        return _shown_figure(distributions_figure(self.patients, self.lesions, self.study, title))

    def swimmer(self, title: str) -> Shown:
        """The course of every patient."""
        from oligomet.displays.individuals import swimmer_figure

        return _shown_figure(swimmer_figure(self.times, self.patients, self.study, title))

    def endpoint(self, name: str) -> Shown:
        """How an endpoint is declared, in words."""
        endpoint = find_declared(self.study.endpoints, name, "endpoint")
        words = {"events": endpoint.events, "censored": endpoint.censored_at, "competing": endpoint.competing}
        said = {key: ", ".join(map(_event, events)) for key, events in words.items()}
        lines = [
            f"**{endpoint.label}** ({name}), per {endpoint.per}:",
            f"- starts at the {endpoint.starts.split('_')[1]} of radiotherapy;",
            f"- the event is the first of: {said['events']};",
            f"- without one, it is censored at the last of: {said['censored']}, and not after {self.study.data_cut}.",
        ]
        if endpoint.competing:
            lines[-1] = lines[-1].replace(".", ";")
            lines.append(f"- competing: {said['competing']}; the Kaplan-Meier estimates here censor it.")
        return Shown({"text/markdown": "\n".join([lines[0], "", *lines[1:]])}, endpoint.label)

    def about(self, endpoint: str | None = None) -> Shown:
        """Which study, with which data; and which endpoint, for the title of the executed copy."""
        notice = f"\n\n> {self.study.synthetic.notice}" if self.study.synthetic else ""
        label = find_declared(self.study.endpoints, endpoint, "endpoint").label if endpoint else None
        of = f"Endpoint: *{label}*. " if label else ""
        return Shown({"text/markdown": f"{of}Study: *{self.study.title}*.{notice}"}, self.study.title, about=label)


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
