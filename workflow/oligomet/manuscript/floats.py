"""The figures and tables of the paper: a cell of an executed notebook each, a caption, and where in the text they stand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from oligomet.manuscript import ManuscriptError
from oligomet.manuscript.configured import several
from oligomet.manuscript.methods import var
from oligomet.manuscript.notebooks import cell_options
from oligomet.manuscript.values import Sentence, Value

if TYPE_CHECKING:
    from oligomet.study import Figure, Study, Table

PREFIX = {"figures": "fig", "tables": "tbl"}


def kind_of(shown: Figure | Table) -> str:
    """The part of the text that a figure or table belongs to: flow, patient, lesion, response, literature or an endpoint."""
    if shown.endpoint:
        return shown.endpoint
    if hasattr(shown, "kind"):
        return shown.kind
    return shown.unit or ("literature" if shown.file else "response")


def find_cells(notebooks: Path) -> dict[str, str]:
    """Where each labelled cell is: label -> 'notebooks/x.ipynb#label', the first notebook by name that has it."""
    found: dict[str, str] = {}
    for file in sorted(notebooks.glob("*.ipynb")):
        for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
            label = cell_options(cell).get("label")
            if label:
                found.setdefault(label, f"{notebooks.name}/{file.name}#{label}")
    return found


def write_floats(study: Study, cells: dict[str, str]) -> dict[str, str]:
    """The partials _figures_<kind>.qmd and _tables_<kind>.qmd, by file name; one that nothing belongs to is empty.

    Raises
    ------
    ManuscriptError
        Every declared figure and table that no notebook shows.
    """
    kinds = ["flow", "patient", "lesion", "response", "literature", *study.endpoints]
    partials = {f"_{part}_{kind}.qmd": "" for part in PREFIX for kind in kinds}
    problems = []
    for part, name, shown in _declared(study):
        if name not in cells:
            problems.append(f"study.yaml declares {part}.{name}; no cell of the notebooks is labelled {PREFIX[part]}-{name}")
            continue
        partials[f"_{part}_{kind_of(shown)}.qmd"] += (
            f"::: {{#{PREFIX[part]}-{name}}}\n{{{{< embed {cells[name]} >}}}}\n\n{_caption(study, part, name, shown)}\n:::\n\n"
        )
    if problems:
        raise ManuscriptError(problems)
    return partials


def float_references(study: Study) -> dict[str, Value]:
    """How the prose refers to the figures and tables of each part of the text: 'figures.response.reference' -> '@fig-figure2'."""
    names: dict[tuple[str, str], list[str]] = {}
    for part, name, shown in _declared(study):
        names.setdefault((part, kind_of(shown)), []).append(f"@{PREFIX[part]}-{name}")
    keys = {f"{part}.{kind}.reference": several(found) for (part, kind), found in names.items()}
    return {key: Sentence(key, text, "study.yaml: the displays") for key, text in keys.items()}


def _declared(study: Study) -> Iterator[tuple[str, str, Figure | Table]]:
    for part in PREFIX:
        for name, shown in getattr(study, part).items():
            yield part, name, shown


def _caption(study: Study, part: str, name: str, shown: Figure | Table) -> str:
    legend = ""
    if part == "figures" and shown.kind == "survival":
        per = study.endpoints[shown.endpoint].per
        tests = "; p values are those of log-rank tests" if set(shown.panels) - {"all"} else ""
        legend = (
            f" Kaplan–Meier estimates per {per} with pointwise {var('analyses.confidence')} intervals (bands); ticks mark the "
            f"censored, and below each panel stand the numbers at risk at the start of each period{tests}."
        )
    elif part == "figures" and shown.kind == "response":
        legend = " Shares of the evaluable lesions of each site."
    synthetic = f" {var('study.short')}." if study.synthetic else ""
    return f"{var(f'{part}.{name}.title')}.{legend}{synthetic}"
