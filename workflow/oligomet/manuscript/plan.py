"""The statistical analysis plan: what study.yaml declares, in words, before the results; and what has changed since."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from oligomet.book import Book
from oligomet.estimates.estimate_rows import tabulate
from oligomet.manuscript import ManuscriptError
from oligomet.manuscript.cross_references import check_references
from oligomet.manuscript.engines import render
from oligomet.manuscript.staging import NOT_COPIED, typst_metadata
from oligomet.manuscript.templates import Problems, find_templates, render_template
from oligomet.manuscript.title_page import read_title_page
from oligomet.manuscript.vocabulary import Vocabulary
from oligomet.manuscript.word import write_reference_docx

if TYPE_CHECKING:
    from oligomet.study import Study

NO_DECISION = ("sources", "terms")  # how exports are read is no analysis
FILE = "plan.yaml"


class Deviation(NamedTuple):
    """A declaration that is not what the frozen plan has: its place in study.yaml, as it was and as it is."""

    place: str
    was: str
    now: str


def declared_plan(study: Study) -> dict[str, Any]:
    """What the plan is made of: every declaration of the analysis, defaults included, as plain values."""
    return study.model_dump(mode="json", by_alias=True, exclude=set(NO_DECISION))


def hash_of(plan: dict[str, Any]) -> str:
    """SHA-256 of the declarations, whatever their order and layout in the file."""
    return hashlib.sha256(json.dumps(plan, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def find_deviations(frozen: dict[str, Any], now: dict[str, Any]) -> list[Deviation]:
    """Each declaration that differs, by its place; '—' where one of the two has none.

    >>> find_deviations({"analyses": {"ties": "efron"}}, {"analyses": {"ties": "breslow"}})
    [Deviation(place='analyses.ties', was='efron', now='breslow')]
    """
    before, after = dict(_leaves(frozen)), dict(_leaves(now))
    places = dict.fromkeys([*before, *after])
    return [
        Deviation(place, before.get(place, "—"), after.get(place, "—"))
        for place in places
        if before.get(place) != after.get(place)
    ]


def write_plan(folder: Path, folders: list[Path], study: Study, made: dt.date, frozen: Path, options: dict) -> None:
    """plan.pdf, plan.docx and plan.yaml in `folder`, from the template plan.qmd.

    Parameters
    ----------
    folders
        The study's and the common folder of the manuscript.
    made
        The day that the plan bears.
    frozen
        An earlier plan.yaml, where there is one: what has changed since is listed.
    options
        `engine` and `journal` of config.yaml.

    Raises
    ------
    ManuscriptError
        What is wrong in the templates, or that the frozen plan was edited and has no longer its hash.
    """
    plan, before = declared_plan(study), _read_frozen(frozen)
    folders = [path for path in folders if path.is_dir()]
    project = folder / "project"
    shutil.rmtree(project, ignore_errors=True)
    for path in reversed(folders):
        shutil.copytree(path, project, dirs_exist_ok=True, ignore=NOT_COPIED)
    problems, title_page = Problems(), read_title_page(folders)
    context = {
        **Vocabulary(Book(tabulate([])), study, {}, problems.report, title_page).context(),
        "bibliography": sorted(file.name for file in project.glob("*.bib")),
        "keywords": ["statistical analysis plan", *title_page.keywords],
        "journal": options["journal"],
        "plan": {
            "made": made,
            "hash": hash_of(plan),
            "frozen": before,
            "deviations": find_deviations(before["declared"], plan) if before else [],
        },
    }
    texts = {name: render_template(name, folders, context, problems) for name in ("_metadata.yml", "plan.qmd")}
    check_references([texts["plan.qmd"]], sorted(project.glob("*.bib")), find_templates(folders), problems)
    if problems:
        raise ManuscriptError(problems)
    for name, text in texts.items():
        (project / name).write_text(text, encoding="utf-8")
    (project / "typst-metadata.typ").write_text(
        typst_metadata(yaml.safe_load(texts["_metadata.yml"])), encoding="utf-8"
    )
    write_reference_docx(project / "reference.docx")
    for file in render(project, options["engine"], ("pdf", "docx"), "plan").values():
        shutil.copy2(file, folder / file.name)
    shutil.rmtree(project)
    said = {"study": study.study, "made": made.isoformat(), "sha256": hash_of(plan), "declared": plan}
    (folder / FILE).write_text(yaml.safe_dump(said, sort_keys=False, allow_unicode=True), encoding="utf-8")


def _read_frozen(file: Path) -> dict[str, Any] | None:
    if not file.is_file():
        return None
    frozen = yaml.safe_load(file.read_text(encoding="utf-8"))
    if hash_of(frozen["declared"]) != frozen["sha256"]:
        raise ManuscriptError([f"{file}: what it declares does not have its sha256: a frozen plan is not edited"])
    return frozen


def _leaves(plan: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every value with its place; a list is one value."""
    if isinstance(plan, dict):
        for name, value in plan.items():
            yield from _leaves(value, f"{place}.{name}" if place else str(name))
    elif plan is not None:
        yield place, ", ".join(map(str, plan)) if isinstance(plan, list) else str(plan)
