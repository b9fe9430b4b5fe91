"""Executed copies of the notebooks, and pages for their readers: the same bytes whenever and wherever they are made."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oligomet.study import Study

# When statsmodels made a summary, in text, HTML and LaTeX: the name of the cell, what stands between, and the value.
MADE = re.compile(r"(Date:|Time:)((?:\s|</th>|<td>|[}&])+)([A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4}|\d\d:\d\d:\d\d)")
OPTION = re.compile(r"^#\| *label: *(\S+) *$", re.MULTILINE)

# The sections of study.yaml that each notebook shows something of, beside its tables and figures.
SECTIONS = {
    "cohort": ["analyses", "eligibility", "endpoints", "factors", "response", "sources"],
    "literature": ["analyses"],
    "response": ["analyses", "endpoints", "factors", "response", "toxicity"],
    "survival": ["analyses", "data_cut", "endpoints", "factors"],
    "factors": ["analyses", "endpoints", "factors"],
    "robustness": ["analyses", "endpoints", "factors", "months", "robustness"],
    "trial": ["analyses", "complete_response", "endpoints", "factors", "imaging_schedule", "response", "secondary"],
    "prediction": ["analyses", "complete_response", "factors", "prediction"],
}
SHOWN_IN = {  # the kind of a table or figure: the notebook that shows those that are declared
    "patient": "cohort", "lesion": "cohort", "flow": "cohort", "response": "response", "factors": "factors",
    "survival": "survival", "series": "literature", "complete_response": "trial", "estimands": "trial",
    "prediction": "prediction", "coefficients": "prediction",
    "compliance": "trial", "subgroup": "response", "toxicity": "response",
    "competing": "trial", "landmark": "trial",
}  # fmt: skip
ALWAYS = ["privacy.smallest_cell", "synthetic", "title"]
OUTCOMES = ("complete_response", "objective_response", "disease_control")  # variables that can be predicted


class NotebookError(ValueError):
    """A notebook that stopped: which, in which cell, and what Python said."""


def executions(study: Study) -> dict[str, dict[str, Any]]:
    """What is executed for the readers: the name of each copy, and the parameters that follow from study.yaml.

    The name is that of the notebook, with the endpoint behind a `_` where each endpoint has a copy. The fits shown are
    of what the study declares first; where it declares nothing the parameter is None, and the fit says so.
    """
    declared, robustness = study.analyses, study.robustness
    headline = robustness.headline if robustness else {}
    later = robustness.response_factors if robustness else []
    responses = [name for name, factor in study.factors.items() if factor.variable in OUTCOMES]
    found: dict[str, dict[str, Any]] = {
        "cohort": {},
        "response": {"outcome": _first(declared.logistic, later, responses)},
    }
    drawn = {figure.endpoint for figure in study.figures.values()}
    for endpoint in [name for name, one in study.endpoints.items() if one.per == "patient" or name in drawn]:
        compared = declared.compare.get(endpoint, [])
        factor = _first([name for name in headline.get(endpoint, []) if name in compared], compared)
        found[f"survival_{endpoint}"] = {"endpoint": endpoint, "factor": factor}
    tabulated = [table.endpoint for table in study.tables.values() if table.endpoint]
    if endpoint := _first(tabulated, declared.multivariable, declared.compare):
        found["factors"] = {"endpoint": endpoint}
    if any(table.kind == "series" for table in study.tables.values()):
        found["literature"] = {}
    if robustness:
        known_later = [(endpoint, name) for endpoint in headline for name in headline[endpoint] if name in later]
        endpoint, factor = _first(known_later) or (_first(study.endpoints), None)
        found["robustness"] = {"endpoint": endpoint, "factor": factor, "landmark": robustness.landmarks_months[0]}
    if study.complete_response:
        found["trial"] = {}
    if study.prediction:
        found["prediction"] = {}
    return found


def sections_of(copy: str, study: Study) -> list[str]:
    """The sections of study.yaml that a copy of a notebook sees; it is made again when one of them changes."""
    notebook, _, endpoint = copy.partition("_")
    shown = [
        f"{section}.{name}"
        for section in ("tables", "figures")
        for name, display in getattr(study, section).items()
        if SHOWN_IN[display.kind] == notebook and endpoint in ("", display.endpoint)
    ]
    return [*SECTIONS[notebook], *shown, "tables.*.kind", "figures.*.kind", "figures.*.endpoint", *ALWAYS]


def _first(*lists: Iterable) -> Any:
    return next((one for names in lists for one in names), None)


def execute(
    source: str | Path,
    notebook: str | Path,
    page: str | Path,
    parameters: dict[str, Any],
    log: str | Path,
    notice: str = "",
) -> None:
    """Execute `source` with `parameters` in the working directory and in this process; write the copy and its page.

    Parameters
    ----------
    source
        The notebook, with a cell tagged `parameters`.
    notebook, page
        Where the executed copy (.ipynb) and the page for readers (.html) go.
    parameters
        Values for that cell. They are shown.
    log
        Where the notebook is written as it ran, which is as far as it went if it fails.
    notice
        What the copies say about their data in their metadata, e.g. that they are synthetic.

    Raises
    ------
    NotebookError
        If a cell raises.
    """
    import nbformat
    import papermill

    from oligomet import notebook_engine
    from oligomet.notebook_page import render_page

    for file in (notebook, page, log):
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    try:
        executed = papermill.execute_notebook(
            source, log, parameters, engine_name=notebook_engine.NAME, kernel_name="python3", progress_bar=False
        )
    except papermill.PapermillExecutionError as error:
        raise NotebookError(
            f"{source}: cell {error.cell_index + 1} stopped: {error.ename}: {error.evalue}\n"
            f"The notebook as far as it went is {log}."
        ) from None
    scrub(executed, parameters)
    if notice:
        executed.metadata["description"] = notice
    Path(notebook).write_text(nbformat.writes(executed) + "\n", encoding="utf-8")
    Path(page).write_text(render_page(executed, notice), encoding="utf-8")


def scrub(notebook, parameters: dict[str, Any]) -> None:
    """Take out of an executed notebook what depends on when and where it ran; complete its title, labels and captions.

    A label may name a parameter, `#| label: fig-survival-{endpoint}`; a display brings its caption, and the display
    that says what the notebook is about brings the rest of its title. All are written into the copy, labels and
    captions as Quarto's cell options, so that the paper can embed and number what a cell shows. A labelled cell that
    shows several displays becomes a cell each, with labels that are counted: `fig-flow`, `fig-flow-2`.
    """
    here = str(Path.cwd())
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        cell.metadata = {"tags": tags} if tags else {}
        if "injected-parameters" in tags:
            cell.id = "injected-parameters"
        if cell.cell_type == "code":
            for output in cell.outputs:
                for kind, text in output.get("data", {}).items():
                    text = MADE.sub(lambda made: f"{'':{len(made[1])}}{made[2]}{'':{len(made[3])}}", text)
                    output["data"][kind] = text.replace(here + os.sep, "").replace(here, ".")
    notebook.cells = [part for cell in notebook.cells for part in _labelled(cell, parameters)]
    if about := _said(notebook.cells, "about"):
        heading, _, rest = notebook.cells[0].source.partition("\n")
        notebook.cells[0].source = f"{heading}: {about}\n{rest}"


def _said(cells, what: str) -> str | None:
    """What the first display that has this word in its metadata says under it."""
    outputs = [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    return next((found for output in outputs if (found := output.get("metadata", {}).get(what))), None)


def _labelled(cell, parameters: dict[str, Any]) -> Iterator:
    """The cell, with its label filled in and the caption of what it shows; a cell each where it shows several."""
    found = OPTION.search(cell.source) if cell.cell_type == "code" else None
    if not found:
        yield cell
        return
    label, source = found[1].format(**parameters), cell.source
    displays = [output for output in cell.outputs if "caption" in output.get("metadata", {})]
    for number, shown in enumerate(displays or [None], start=1):
        part, name = (deepcopy(cell), f"{label}-{number}") if number > 1 else (cell, label)
        part.id = cell.id if number == 1 else f"{cell.id}-{number}"
        caption = [f'#| {label[:3]}-cap: "{shown["metadata"]["caption"]}"'.replace("\\", "")] if shown else []
        part.source = "\n".join([source[: found.start()] + f"#| label: {name}", *caption]) + source[found.end() :] * (
            number == 1
        )
        part.outputs = [shown] if len(displays) > 1 else cell.outputs
        part.metadata["label"] = name
        yield part
