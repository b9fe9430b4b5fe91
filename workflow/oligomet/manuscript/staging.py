"""The Quarto project of a study: the manuscript, its values, its generated parts, and the executed notebooks."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import yaml

from oligomet.manuscript import configured
from oligomet.manuscript.word import write_reference_docx
from oligomet.manuscript.cohort_sentences import write_cohort_sentences
from oligomet.manuscript.floats import find_cells, float_references, write_floats
from oligomet.manuscript.methods import var, write_methods
from oligomet.manuscript.notebooks import as_text
from oligomet.manuscript.sentences import write_sentences
from oligomet.manuscript.shortcodes import SHORTCODE
from oligomet.manuscript.values import Value, nested, prose_values, values_table
from oligomet.tables import write_csv

if TYPE_CHECKING:
    from oligomet.study import Study

OPTIONAL = ("robustness", "differences", "appendix")


def stage(
    project: str | Path,
    manuscript: str | Path,
    notebooks: Iterable[str | Path],
    estimates: pd.DataFrame,
    study: Study,
    parts: dict[str, str] | None = None,
    values_csv: str | Path | None = None,
) -> dict[str, Value]:
    """Make the project folder anew; `engines.render` renders it, and so does ``quarto render`` in it.

    Parameters
    ----------
    project
        The folder to make. What was in it is removed.
    manuscript
        The folder with _quarto.yml, paper.qmd, references.bib and the styles.
    notebooks
        The executed notebooks.
    estimates, study
        What the prose tells.
    parts
        Sections that other stages write, as markdown: robustness, differences, appendix. One that is not given
        disappears from the paper.
    values_csv
        Where the list of the values goes, if it is wanted.

    Raises
    ------
    LookupError, ManuscriptError
        If an estimate is missing that the prose tells, or a declared figure or table is in no notebook.
    """
    project, parts = Path(project), parts or {}
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(manuscript, project)
    (project / "notebooks").mkdir()
    for notebook in map(Path, notebooks):
        text = json.dumps(prepare_notebook(json.loads(notebook.read_text(encoding="utf-8"))), ensure_ascii=False, indent=1)
        (project / "notebooks" / notebook.name).write_text(text, encoding="utf-8")

    values = prose_values(estimates, study)
    values |= float_references(study) | write_sentences(estimates, study) | write_cohort_sentences(estimates, study)
    values = {key: resolve(value, values) for key, value in values.items()}
    _write_yaml(project / "_variables.yml", nested(values))
    _write_yaml(project / "_metadata.yml", metadata(study, parts))

    partials = {
        "_notice.qmd": f"> **Synthetic data.** {var('study.notice')}\n" if study.synthetic else "",
        "_methods.qmd": write_methods(study),
        "_endpoints.qmd": write_endpoints(study, values),
        **write_floats(study, find_cells(project / "notebooks")),
        **{f"_{name}.qmd": parts.get(name, "") for name in OPTIONAL},
    }
    for name, text in partials.items():
        (project / name).write_text(text, encoding="utf-8")
    write_reference_docx(project / "reference.docx")
    if values_csv:
        write_csv(values_table(values), values_csv)
    return values


def prepare_notebook(notebook: dict) -> dict:
    """An executed notebook as the paper embeds it: labels without the prefix that would number the cell, no captions.

    The paper numbers and captions its figures and tables itself. Source is kept as lines, the only form in which Quarto
    finds the label.
    """
    for cell in notebook["cells"]:
        source = as_text(cell.get("source", ""))
        source = re.sub(r"^(#\|\s*label:\s*)(fig|tbl)-", r"\1", source, flags=re.M)
        source = re.sub(r"^#\|\s*(fig|tbl)-cap:.*\n?", "", source, flags=re.M)
        cell["source"] = source.splitlines(keepends=True)
    return notebook


def resolve(value: Value, values: dict[str, Value]) -> Value:
    """A sentence with the values it is made of in their places."""

    def fill(match: re.Match) -> str:
        return resolve(values[match[2]], values).markdown if match[1] == "var" else match[0]

    if "{{<" not in value.text:
        return value
    return type(value)(value.key, SHORTCODE.sub(fill, value.text), value.source)


def metadata(study: Study, parts: dict[str, str]) -> dict:
    """What every format says of itself, and the conditions of the prose's conditional blocks."""
    synthetic = study.synthetic
    return {
        "title": study.title,
        "subtitle": "A reproducible analysis, from raw hospital records to the paper"
        + (", of a synthetic cohort" if synthetic else ""),
        "author": "The oligomet developers",
        "keywords": [*(["synthetic data"] if synthetic else []), "ovarian cancer", "oligometastases", "radiotherapy", "reproducibility"],
        "subject": synthetic.notice.strip() if synthetic else study.title,
        "footer": synthetic.short if synthetic else study.title,
        "facts": configured.facts(study, **{name: bool(parts.get(name)) for name in OPTIONAL}),
    }


def write_endpoints(study: Study, values: dict[str, Value]) -> str:
    """A section for each endpoint: its course, its figures, its comparisons, its tables."""
    sections = []
    for name, endpoint in study.endpoints.items():
        key = f"endpoints.{name}"
        see = [var(f"{part}.{name}.reference") for part in ("figures", "tables") if f"{part}.{name}.reference" in values]
        told = [f"{key}.{part}" for part in ("comparisons", "together_text") if f"{key}.{part}" in values]
        sections.append(
            f"### {endpoint.label} {{#sec-endpoint-{configured.slug(name)}}}\n\n"
            f"{var(f'{key}.course')}{f' See {configured.several(see)}.' if see else ''}\n\n"
            f"{{{{< include _figures_{name}.qmd >}}}}\n\n"
            + "".join(f"{var(part)}\n\n" for part in told)
            + f"{{{{< include _tables_{name}.qmd >}}}}\n"
        )
    return "\n".join(sections)


def _write_yaml(file: Path, content: dict) -> None:
    file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=10**6), encoding="utf-8")
