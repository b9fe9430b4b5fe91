"""The Quarto project of a study: the manuscript, its values, its generated parts, and the executed notebooks."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import yaml

from oligomet.manuscript import configured
from oligomet.manuscript.cohort_sentences import write_cohort_sentences
from oligomet.manuscript.differences import claim_values, write_differences
from oligomet.manuscript.methods import list_endpoints, var, write_methods
from oligomet.manuscript.notebooks import copy_notebook, find_shown
from oligomet.manuscript.robustness import conclusion_values, write_published
from oligomet.manuscript.robustness_methods import write_robustness_methods
from oligomet.manuscript.sentences import write_sentences
from oligomet.manuscript.shortcodes import SHORTCODE
from oligomet.manuscript.values import Value, nested, prose_values, values_in, values_table
from oligomet.manuscript.word import write_reference_docx
from oligomet.tables import write_csv

if TYPE_CHECKING:
    from oligomet.study import Study

KEYWORDS = ("ovarian cancer", "oligometastases", "radiotherapy", "reproducibility")
PARTS = ("robustness", "appendix")  # what other stages write
APPENDIX = "## Appendix: the audit of the published numbers {#sec-audit .unnumbered}"


def stage(
    project: str | Path,
    manuscript: str | Path,
    notebooks: Iterable[str | Path],
    estimates: pd.DataFrame,
    study: Study,
    claims: pd.DataFrame | None = None,
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
    claims
        The audit's table of claims as text (`tables.read_verbatim`), for the section on what differs from the
        published paper. The reasons that the section gives stand in _why_<study>.qmd.
    parts
        What other stages write, as markdown: `robustness`, a section with its heading and with its numbers marked as
        values, and `appendix`, which stands below a heading and whose numbers count as explained. What is not given
        disappears from the paper.
    values_csv
        Where the list of the values goes, if it is wanted.

    Raises
    ------
    LookupError
        If an estimate is missing that the prose tells.
    """
    project, parts = Path(project), parts or {}
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(manuscript, project)
    for notebook in notebooks:
        copy_notebook(Path(notebook), project)

    values = prose_values(estimates, study)
    if claims is not None:
        values |= claim_values(claims)
    robust = bool(parts.get("robustness"))
    if robust:
        values |= conclusion_values(estimates)
    values |= write_published(values, study)
    values |= write_methods(study) | write_sentences(estimates, study) | write_cohort_sentences(estimates, study)
    facts = {"differences": claims is not None, **{name: bool(parts.get(name)) for name in PARTS}}
    about = metadata(study, configured.facts(study, **facts))
    _write_yaml(project / "_metadata.yml", about)
    (project / "typst-metadata.typ").write_text(typst_metadata(about), encoding="utf-8")
    methods = write_robustness_methods(study) if robust else ""
    why = f"{{{{< include _why_{study.study}.qmd >}}}}" if (project / f"_why_{study.study}.qmd").is_file() else ""

    partials = {
        "_notice.qmd": f"> {var('study.notice')}\n" if study.synthetic else "",
        "_endpoints_declared.qmd": list_endpoints(study),
        "_endpoints.qmd": write_endpoints(study, values, find_shown(project / "notebooks")),
        "_differences.qmd": "" if claims is None else write_differences(claims, why),
        "_robustness_methods.qmd": methods,
        "_robustness.qmd": parts.get("robustness", ""),
        "_appendix.qmd": computed(APPENDIX, parts["appendix"]) if parts.get("appendix") else "",
    }
    for name, text in partials.items():
        (project / name).write_text(text, encoding="utf-8")
    marked = {"robustness_methods": methods, **parts}
    in_parts = {key: value for name, part in marked.items() for key, value in values_in(name, part).items()}
    told = told_keys([file.read_text(encoding="utf-8") for file in project.glob("*.qmd")], values)
    values = {key: resolve(value, values) for key, value in values.items()}
    _write_yaml(project / "_variables.yml", nested({key: value for key, value in values.items() if key in told}))
    write_reference_docx(project / "reference.docx")
    if values_csv:
        write_csv(values_table(values | in_parts, told | set(in_parts)), values_csv)
    return values


def told_keys(texts: list[str], values: dict[str, Value]) -> set[str]:
    """The values that the texts ask for, and those that are in their sentences."""
    asked = {match[2] for text in texts for match in SHORTCODE.finditer(text) if match[1] == "var"} & set(values)
    within = [values[key].text for key in asked if "{{<" in values[key].text]
    return asked | told_keys(within, values) if within else asked


def resolve(value: Value, values: dict[str, Value]) -> Value:
    """A sentence with the values it is made of in their places."""

    def fill(match: re.Match) -> str:
        return resolve(values[match[2]], values).markdown if match[1] == "var" else match[0]

    if "{{<" not in value.text:
        return value
    return type(value)(value.key, SHORTCODE.sub(fill, value.text), value.source)


def computed(heading: str, part: str) -> str:
    """What another stage wrote from its tables, marked as such, below its heading."""
    return f"{heading}\n\n:::::::::: {{.computed}}\n{part}\n::::::::::\n"


def metadata(study: Study, facts: dict) -> dict:
    """What every format says of itself, and the conditions of the prose's conditional blocks."""
    synthetic = study.synthetic
    return {
        "title": study.title,
        "subtitle": "A reproducible analysis, from raw hospital records to the paper"
        + (", of a synthetic cohort" if synthetic else ""),
        "author": "The oligomet developers",
        "keywords": [*(["synthetic data"] if synthetic else []), *KEYWORDS],
        "description-meta": synthetic.notice.strip() if synthetic else study.title,
        "subject": synthetic.notice.strip() if synthetic else study.title,
        "footer": synthetic.short if synthetic else study.title,
        "facts": facts,
    }


def typst_metadata(about: dict) -> str:
    """What Quarto's template does not say of the PDF in its metadata; no date, for the same bytes every day."""
    keywords = "".join(f'"{keyword}", ' for keyword in about["keywords"])
    title = f"{about['title']}: {about['subtitle']}"
    return f"#set document(title: [{title}], description: [{about['subject']}], keywords: ({keywords}), date: none)\n"


def write_endpoints(study: Study, values: dict[str, Value], shown: dict[str, str]) -> str:
    """A section for each endpoint: its course, its figures, its comparisons, its table of factors.

    Parameters
    ----------
    shown
        The labelled cells of the notebooks that show something: label -> what embeds it.
    """
    of_factors = next((table.endpoint for table in study.tables.values() if table.endpoint), None)
    sections = []
    for name, endpoint in study.endpoints.items():
        key = f"endpoints.{name}"
        figures = [label for part in ("", "more-") if (label := f"fig-survival-{part}{name.lower()}") in shown]
        tables = ["tbl-factors"] if name == of_factors and "tbl-factors" in shown else []
        see = configured.several([f"@{label}" for label in (*figures, *tables)]) if figures or tables else ""
        told = [f"{key}.{part}" for part in ("comparisons", "together_text") if f"{key}.{part}" in values]
        parts = [
            f"### {endpoint.label} {{#sec-endpoint-{configured.slug(name)}}}",
            var(f"{key}.course") + (f" See {see}." if see else ""),
            *(embed(shown[label]) for label in figures),
            *(var(part) for part in told),
            *(embed(shown[label]) for label in tables),
        ]
        sections.append("\n\n".join(parts))
    return "\n\n".join(sections) + "\n"


def embed(reference: str) -> str:
    """The shortcode that embeds a cell."""
    return f"{{{{< embed {reference} >}}}}"


def _write_yaml(file: Path, content: dict) -> None:
    file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=10**6), encoding="utf-8")
