"""Templates filled in for a study and rows that a test makes up, and the words that come of it."""

import re

import pandas as pd
from small_paper import ROOT

from oligomet.audit.claims_reader import read_claims
from oligomet.book import Book
from oligomet.manuscript.filters import render_templates
from oligomet.manuscript.published import PublishedAnalysis
from oligomet.manuscript.sourced import MARKED, UNESCAPE
from oligomet.manuscript.vocabulary import Vocabulary
from oligomet.study import read_study
from oligomet.templates import Problems

STUDY = ROOT / "studies" / "pumch2022" / "study.yaml"
SHOWN = ("fig-specifications", "tbl-verdicts", "tbl-timing", "fig-continuous", "fig-dose-response")
LEFTOVERS = re.compile(
    r"\bNone\b|\bnan\b|<NA>|Undefined|[{}]|<<|>>|<%|%>"  # of Python and of templates
    r"|\S  +\S|\.\.| [.,;:)]|\( |\(\)|[,;:(] ?[.,;:)]"  # empty clauses
    r"|[a-z][.,;:)][A-Za-z]"  # lines that ran into one another
    r"|\bfor ,|\bof [.,;]|\band [.,;]|\bis [.,;]"
)


def fill_in(template, study, book=(), shown=SHOWN, published=None, folders=(ROOT / "manuscript",)):
    """The text of a template."""
    problems = Problems()
    cells = {label: f"notebooks/robustness.ipynb#{label}" for label in shown}
    book = book if isinstance(book, Book) else Book(book)
    words = Vocabulary(book, study, cells, problems.report, published=published)
    return render_templates([template], folders, words.context(), problems)[template]


def edited(folder, *changes):
    """The study of this repository with other text in its study.yaml: (as it is, as it becomes) a change."""
    text = STUDY.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return read_study(folder / "study.yaml")


def publish(study, **verdicts):
    """The published paper beside the study, as if the audit had found all of it reproduced but `verdicts` by id."""
    paper = read_claims(STUDY.parent / "published" / "claims.yaml", study)
    rows = [
        {
            "id": claim.id,
            "section": claim.section,
            "says": claim.says,
            "kind": claim.kind,
            "printed": claim.printed,
            "recomputed": claim.printed,
            "verdict": verdicts.get(claim.id, "reproduced"),
            "answer": f"study.yaml: {claim.answer['study']}" if "study" in (claim.answer or {}) else "",
        }
        for claim in paper.claims
    ]
    return PublishedAnalysis(paper, pd.DataFrame(rows), study)


def spoken(text):
    """The words alone: without the marks of the values, embedded cells, and the breaks of lines within a paragraph."""
    text = UNESCAPE.sub(r"\1", MARKED.sub(r"\1", text)).replace("\u00a0", " ")
    text = re.sub(r"\{\{< embed \S+ >\}\}|\{#[\w-]+\}|\s*\[@[^\]]*\]", "", text)
    return re.sub(r"(?<=\S) *\n(?!\n|- ) *(?=\S)", " ", text)


def leftovers(text):
    """What no reader should see, each with the words around it."""
    said = spoken(text)
    return [said[max(found.start() - 30, 0) : found.end() + 30] for found in LEFTOVERS.finditer(said)]
