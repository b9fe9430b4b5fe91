"""The words around tables and figures: titles, legends and notes, as the templates of manuscript/displays/ have them.

The words of a module here stand in the template of its name, those of a display in a macro, each after what it is::

    <% macro timing(aside) %>
    Title: Rates under other decisions on time
    Note: Not rounded: days in months of << study.months.days_per_month >> days.
    <% endmacro %>

A line without such a beginning goes on with the one above it. A `Note` stands below a table, or in a figure; a `Legend`
goes on from the title in a figure's caption.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from oligomet.book import Book
from oligomet.displays import formats
from oligomet.displays.study_words import confidence
from oligomet.templates import Filters, ManuscriptError, Problems, make_environment, reporting

FOLDER = Path(__file__).parents[3] / "manuscript" / "displays"
PART = re.compile(r"^(Title|Legend|Note): ", re.MULTILINE)
FILTERS: Filters = {
    "capitalised": lambda text: text[:1].upper() + text[1:],
    "lowered": formats.lower,
    "event": lambda name: name.replace("in_field", "in-field").replace("_", " "),
    "number": formats.number,
    "count": formats.count,
    "percent": formats.percent,
}


@dataclass(frozen=True)
class Words:
    """What stands around a display."""

    title: str = ""
    legend: str = ""
    notes: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """The notes in one."""
        return " ".join(self.notes)

    def of(self, declared) -> Words:
        """With the title and the notes of a declared table or figure."""
        return replace(self.noting(*getattr(declared, "notes", ())), title=declared.title)

    def noting(self, *notes: str) -> Words:
        """With more notes."""
        return replace(self, notes=(*self.notes, *notes))


def dates_note(book: Book, study) -> tuple[str, ...]:
    """Under a table of times or ages: of how many dates the day is not known, where one is filled in."""
    filled = book.maybe(analysis="partial_dates", statistic="count")
    return words_of("study_words.partial_dates", study, dates=int(filled.estimate)).notes if filled else ()


def words_of(name: str, study, /, **said) -> Words:
    """The words of a display, "module.macro", with what its macro is given beside the study.

    Raises
    ------
    ManuscriptError
        What is wrong in the template, with file and line.

    Examples
    --------
    >>> words_of("supplementary_tables.raw_rows", study).title
    'Rows of the raw exports'
    """
    file, macro = name.split(".")
    context = {"study": study, "confidence": confidence(study)}
    problems, text = Problems(), ""
    environment = make_environment([FOLDER], context, problems, FILTERS)
    with reporting(problems, [FOLDER]):
        macros = environment.get_template(f"{file}.qmd").module
        if hasattr(macros, macro):
            text = str(getattr(macros, macro)(**said))
        else:
            known = ", ".join(sorted(name for name in vars(macros) if not name.startswith("_")))
            problems.report(f"there is no macro {macro}; there are {known}", f"{FOLDER / file}.qmd")
    if problems:
        raise ManuscriptError(problems)
    _, *parts = PART.split(text)
    lines = [re.sub(r" *\n\s*", " ", part).strip() for part in parts[1::2]]
    found = [(kind, line) for kind, line in zip(parts[::2], lines, strict=True) if line]
    once = {kind.lower(): line for kind, line in found if kind != "Note"}
    return Words(**once, notes=tuple(line for kind, line in found if kind == "Note"))
