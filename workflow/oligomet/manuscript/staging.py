"""The Quarto project of a study: its templates filled in, its front matter, and the executed notebooks."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from oligomet.book import Book
from oligomet.estimates.estimate_rows import tabulate
from oligomet.manuscript import DOCUMENTS
from oligomet.manuscript.cross_references import check_references, refer_across
from oligomet.manuscript.filters import make_environment, render_templates
from oligomet.manuscript.notebook_embeds import copy_notebook, describe_pictures, find_shown
from oligomet.manuscript.published import PublishedAnalysis
from oligomet.manuscript.sourced import marked, plain
from oligomet.manuscript.title_page import read_title_page
from oligomet.manuscript.typed import typed_numbers
from oligomet.manuscript.vocabulary import Vocabulary
from oligomet.manuscript.word import write_reference_docx
from oligomet.tables import write_csv
from oligomet.templates import ManuscriptError, Problems, find_templates

if TYPE_CHECKING:
    from oligomet.study import Study

NOT_COPIED = shutil.ignore_patterns("*.qmd", "*.txt", "title_page.yml", "displays")  # read, and not part of the project


def stage(
    project: str | Path,
    folders: Iterable[Path],
    notebooks: Iterable[str | Path],
    book: Book,
    study: Study,
    published: PublishedAnalysis | None = None,
    appendix: str = "",
    journal: str = "discover-oncology",
    values_csv: str | Path | None = None,
) -> list[str]:
    """Make the project folder anew; `engines.render` renders it, and so does ``quarto render`` in it from then on.

    Parameters
    ----------
    project
        The folder to make. What was in it is removed.
    folders
        Where templates and styles are looked for, the study's own folder first: what it has stands instead of a file of
        that name in the folders behind it.
    notebooks
        The executed notebooks.
    book, study
        What the prose tells.
    published
        The published paper that the study repeats and the audit's verdicts on it, if there is one.
    appendix
        What the audit wrote of its verdicts, as markdown whose numbers count as explained.
    journal
        Whose style of references is taken: a folder of journals/ in one of the folders.
    values_csv
        Where the list of all names goes that a template may say, each with its text and its source; it is written
        before the templates are read, and again when they have been, with what the paper says marked.

    Returns
    -------
    list of str
        The numbers that were typed into the templates, each with file and line.

    Raises
    ------
    ManuscriptError
        What is wrong in the templates.
    """
    project, folders = Path(project), _begin(Path(project), folders)
    for notebook in notebooks:
        copy_notebook(Path(notebook), project)

    problems = Problems()
    title_page = read_title_page(folders)
    words = Vocabulary(book, study, find_shown(project / "notebooks"), problems.report, title_page, published)
    names = words.names()
    if values_csv:
        write_csv(values_table(names, {}, ""), values_csv)
    keywords = [*(["synthetic data"] if study.synthetic else []), *title_page.keywords]
    context = {
        **words.context(),
        "appendix": appendix,
        "keywords": keywords,
        "journal": journal,
    }
    typed = typed_numbers(folders, make_environment(folders, context, problems))
    context["typed_numbers"] = typed
    said = _fill(project, folders, DOCUMENTS, context, problems, beside=["_alt_texts.qmd"])
    describe_pictures(project / "notebooks", alt_texts(said["_alt_texts.qmd"]))
    if values_csv:
        told = "".join(said[f"{document}.qmd"] for document in DOCUMENTS)
        write_csv(values_table(names, words.made(), told), values_csv)
    return typed


def stage_alone(
    document: str, project: Path, folders: Iterable[Path], study: Study, journal: str, keyword: str, **said: Any
) -> None:
    """Make the project of one document that shows no result of its own: the analysis plan, a revision.

    Parameters
    ----------
    document
        The name of its template, without .qmd.
    project, folders, study, journal
        As of `stage`.
    keyword
        What it is, for its metadata.
    said
        What its template names beside the study.

    Raises
    ------
    ManuscriptError
        What is wrong in the templates.
    """
    folders, problems = _begin(project, folders), Problems()
    title_page = read_title_page(folders)
    words = Vocabulary(Book(tabulate([])), study, {}, problems.report, title_page)
    context = {**words.context(), "keywords": [keyword, *title_page.keywords], "journal": journal, **said}
    _fill(project, folders, [document], context, problems)


def _begin(project: Path, folders: Iterable[Path]) -> list[Path]:
    """The folder of a project with what is not a template; those of `folders` that there are."""
    there = [folder for folder in folders if folder.is_dir()]
    shutil.rmtree(project, ignore_errors=True)
    for folder in reversed(there):
        shutil.copytree(folder, project, dirs_exist_ok=True, ignore=NOT_COPIED)
    return there


def _fill(
    project: Path,
    folders: list[Path],
    documents: Iterable[str],
    context: dict[str, Any],
    problems: Problems,
    beside: Iterable[str] = (),
) -> dict[str, str]:
    """Write the documents into the project with all that an engine needs; what they and those `beside` say, by name."""
    bibliography = sorted(project.glob("*.bib"))
    context = {**context, "bibliography": [file.name for file in bibliography]}
    sources = {document: f"{document}.qmd" for document in documents}
    said = render_templates(["_metadata.yml", *sources.values(), *beside], folders, context, problems)
    texts = {document: said[source] for document, source in sources.items()}
    check_references(texts.values(), bibliography, find_templates(folders), problems)
    if problems:
        raise ManuscriptError(problems)
    for document, text in refer_across(texts).items():
        (project / sources[document]).write_text(text, encoding="utf-8")
    (project / "_metadata.yml").write_text(said["_metadata.yml"], encoding="utf-8")
    write_reference_docx(project / "reference.docx")
    return said


def abstract_words(text: str) -> int:
    """How many words the abstract of a paper has, of its markdown; its headings count, as editors count them."""
    found = re.search(r"^## Abstract\b.*?\n(.*?)(?=^#)", plain(text), re.DOTALL | re.MULTILINE)
    return len(re.findall(r"[\w(][^\s]*", found[1])) if found else 0


def alt_texts(text: str) -> dict[str, str]:
    """What each picture shows, of the template that says so: label -> words on one line, without quotation marks."""
    parts = re.split(r"^(fig-[\w-]+): ", text, flags=re.MULTILINE)[1:]
    words = (" ".join(plain(part).replace('"', "").split()) for part in parts[1::2])
    return dict(zip(parts[::2], words, strict=True))


def values_table(names: dict[str, Any], made: dict[tuple[str, str], str], text: str) -> pd.DataFrame:
    """Every name that a template may say, with what it says, its source, and whether the paper says it.

    Parameters
    ----------
    names
        Names with what they say (`sourced.Said`).
    made
        What was asked for in other words than the usual: text and source -> as it was asked for.
    text
        The paper and its supplement as markdown.
    """
    told = {(said.plain, said.source): said for said in marked(text)}
    listed = {(said.plain, said.source) for said in names.values()}
    others = [(made.get(key, key[1]), said) for key, said in told.items() if key not in listed]
    rows = [
        (name, said.plain, said.source, int((said.plain, said.source) in told))
        for name, said in [*names.items(), *others]
    ]
    return pd.DataFrame(rows, columns=["name", "text", "source", "in_paper"])
