"""Templates filled in for a study and rows that a test makes up, and the words that come of it."""

import re

from small_paper import ROOT

from oligomet.book import Book
from oligomet.manuscript.sourced import MARKED, UNESCAPE
from oligomet.manuscript.templates import Problems, render_template
from oligomet.manuscript.vocabulary import Vocabulary

SHOWN = ("fig-specifications", "tbl-verdicts", "tbl-timing", "fig-continuous", "fig-dose-response")
LEFTOVERS = re.compile(
    r"\bNone\b|\bnan\b|<NA>|Undefined|[{}]|<<|>>|<%|%>"  # of Python and of templates
    r"|\S  +\S|\.\.| [.,;:)]|\( |\(\)|[,;:(] ?[.,;:)]"  # empty clauses
    r"|[a-z][.,;:)][A-Za-z]"  # lines that ran into one another
    r"|\bfor ,|\bof [.,;]|\band [.,;]|\bis [.,;]"
)


def fill_in(template, study, book=(), shown=SHOWN):
    """The text of a template."""
    problems = Problems()
    cells = {label: f"notebooks/robustness.ipynb#{label}" for label in shown}
    words = Vocabulary(book if isinstance(book, Book) else Book(book), study, cells, problems.report)
    return render_template(template, [ROOT / "manuscript"], words.context(), problems)


def spoken(text):
    """The words alone: without the marks of the values, embedded cells, and the breaks of lines within a paragraph."""
    text = UNESCAPE.sub(r"\1", MARKED.sub(r"\1", text)).replace("\u00a0", " ")
    text = re.sub(r"\{\{< embed \S+ >\}\}|\{#[\w-]+\}|\s*\[@[^\]]*\]", "", text)
    return re.sub(r"(?<=\S) *\n(?!\n|- ) *(?=\S)", " ", text)


def leftovers(text):
    """What no reader should see, each with the words around it."""
    said = spoken(text)
    return [said[max(found.start() - 30, 0) : found.end() + 30] for found in LEFTOVERS.finditer(said)]
