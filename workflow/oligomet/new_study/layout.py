"""The files of a new study, as text."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from oligomet.schemas import SOURCES, Column
from oligomet.usual import KEYS, complete

HERE = Path(__file__).parent
KINDS = {
    "text": "text",
    "identifier": "record number",
    "date": "date",
    "integer": "whole number",
    "number": "number",
    "length_cm": "length",
    "dose_gy": "dose",
    "flag": "yes or no",
    "term": "word",
}
UNITS = {"length_cm": "cm (or mm where the cell says so)", "dose_gy": "Gy (or cGy where the cell says so)"}
DICTIONARY = ["role", "column", "kind", "unit", "required", "allowed", "identifies_a_row", "meaning"]
IGNORED = "# Patients' records are nothing for version control.\nraw/\npseudonym.key\n"


def lay_out(name: str) -> dict[str, str]:
    """The files of the study `name` by their place in its folder."""
    declared = (HERE / "study.yaml").read_text(encoding="utf-8")
    return {
        "study.yaml": declared.replace("NAME", name),
        "data_dictionary.csv": data_dictionary(),
        **{f"raw/{role}.csv": _as_csv([list(columns)]) for role, columns in SOURCES.items()},
        "manuscript/title_page.yml": (HERE / "title_page.yml").read_text(encoding="utf-8"),
        ".gitignore": IGNORED,
    }


def data_dictionary() -> str:
    """A row for each column of the exports: role, kind, unit, words with English examples, meaning."""
    terms = complete({"terms": ["en"]})["terms"]
    rows = [
        [
            role,
            name,
            KINDS[column.kind],
            UNITS.get(column.kind, ""),
            "yes" if column.required else "may be empty",
            _allowed(column, terms),
            "yes" if name in KEYS[role] else "",
            "the hospital's record number; pseudonyms go on" if name == "patient_id" else column.meaning,
        ]
        for role, columns in SOURCES.items()
        for name, column in columns.items()
    ]
    return _as_csv([DICTIONARY, *rows])


def _allowed(column: Column, terms: dict[str, dict]) -> str:
    limits = [("at least", column.at_least), ("at most", column.at_most)]
    said = [f"{word} {limit:g}" for word, limit in limits if limit is not None]
    codes = terms.get(column.terms or "", column.allowed)
    return " and ".join(said) or "; ".join(codes)


def _as_csv(rows: list[list[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
