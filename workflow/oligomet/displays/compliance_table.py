"""What the protocol asked of each centre and got."""

from __future__ import annotations

from oligomet.book import Book
from oligomet.displays import formats
from oligomet.displays.shown_table import Column, ShownTable, columns_of, lay_out
from oligomet.displays.words import words_of

COUNTS = {
    "screened": "Screened",
    "excluded": "Not eligible",
    "patients": "Patients",
    "lesions": "Lesions",
    "evaluable": "Evaluable",
    "scans_due": "Scans due",
    "scans_missed": "Missed",
    "scans_off": "Off schedule",
    "deviations": "Deviations",
    "queries": "Open queries",
}


def compliance(name: str, book: Book, study) -> ShownTable:
    """A line a centre and one for all, of the counts that a monitor looks at."""
    found = book.some(analysis="compliance", group=None)
    lines = [*filter(None, found.each("by_group")), None]
    columns = {
        "centre": Column("Centre", lambda centre: centre or "All"),
        **columns_of(COUNTS, lambda centre, what: formats.count(found.one(by_group=centre, factor=what).estimate)),
    }
    words = words_of("compliance_table.compliance", study)
    return lay_out(words.of(study.tables[name]), lines, columns, study)
