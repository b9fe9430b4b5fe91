"""What the protocol asked of each centre and got."""

from __future__ import annotations

from oligomet.book import Book
from oligomet.displays import formats
from oligomet.displays.shown_table import Column, ShownTable, lay_out
from oligomet.displays.study_words import synthetic_note

COLUMNS = {
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
    lines = [*(centre for centre in found.each("by_group") if centre), None]

    def count(centre: str | None, what: str) -> str:
        return formats.count(found.one(by_group=centre, factor=what).estimate)

    columns = {"centre": Column("Centre", lambda centre: centre or "All")}
    columns |= {
        what: Column(heading, lambda centre, what=what: count(centre, what)) for what, heading in COLUMNS.items()
    }
    tolerance = study.imaging_schedule.tolerance_days
    notes = [
        f"Evaluable: lesions with a best response. Off schedule: more than {tolerance} days before or after the day on "
        "which the scan was due. Deviations are of fractions, dose, days and modality.",
        *study.tables[name].notes,
        *synthetic_note(study),
    ]
    return lay_out(study.tables[name].title, lines, columns, notes)
