"""What the protocol asked of each centre and got."""

from __future__ import annotations

from oligomet.book import Book
from oligomet.displays import formats
from oligomet.displays.shown_table import Column, ShownTable, columns_of, lay_out

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
    note = (
        f"Evaluable: lesions with a best response. Off schedule: more than {study.imaging_schedule.tolerance_days} "
        "days before or after the day on which the scan was due. Deviations are of fractions, dose, days and modality."
    )
    return lay_out(study.tables[name].title, lines, columns, [note, *study.tables[name].notes], study)
