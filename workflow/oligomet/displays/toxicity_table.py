"""Patients with toxicity, by phase, by system and by worst grade."""

from __future__ import annotations

from oligomet.book import Book, Entry
from oligomet.displays import cells, formats
from oligomet.displays.shown_table import Column, ShownTable, lay_out
from oligomet.displays.study_words import capitalised
from oligomet.displays.words import words_of

NAMES = {"phase": "Any system", "worst_grade": "Worst grade", "grade": "Any event of grade"}


def toxicity(name: str | None, book: Book, study) -> ShownTable:
    """The declared table `name`, or one under its own title; no rows where no toxicities are collected."""
    found = book.some(analysis="toxicity", unit="patient", statistic="proportion")
    shown = [one for one in found if one.events or one.factor == "phase" or one.grade == "≥ 3"]

    def of_whom(one: Entry) -> str:
        if not one.group:
            return one.grade
        return capitalised(one.group) + (f", grade {one.grade}" if one.grade else "")

    columns = {
        "system": Column("", lambda one: NAMES.get(one.factor) or capitalised(one.factor)),
        "toxicity": Column("Toxicity", of_whom),
        "patients": Column("Patients", lambda one: formats.count(one.events)),
        "percent": Column("%", cells.share),
    }
    declared = study.tables[name] if name else None
    words = words_of("toxicity_table.toxicity", study, title=declared and declared.title)
    return lay_out(words.noting(*(declared.notes if declared else ())), shown, columns, study)
