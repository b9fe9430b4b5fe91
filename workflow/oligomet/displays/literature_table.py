"""Other published series, as the table that lists them; the figure that compares them uses the same words."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from oligomet.book import Book
from oligomet.declarations import ConfigurationError
from oligomet.displays import cells, formats
from oligomet.displays.shown_table import ShownTable, columns_of, lay_out
from oligomet.displays.words import words_of

OUTCOMES = {
    "complete_response": "Complete response, per lesion",
    "local_control_24": "Local control at 24 months, per lesion",
}
STATUS = {"this study": "this study, as published", "not a row": "not in it"}
POOLED = "Summary, random effects"


def series_of(name: str, literature: pd.DataFrame, study) -> dict[str, str]:
    """The kinds of series of a declared table, in its order, with their labels.

    Raises
    ------
    ConfigurationError
        If the literature holds series that have no label.
    """
    labels = study.tables[name].series
    if unknown := sorted(set(literature["series"].dropna()) - set(labels)):
        raise ConfigurationError(
            f"tables.{name}.series of study.yaml: {study.tables[name].file} holds the series {', '.join(unknown)}; "
            "expected a label of each, in the order in which they are shown"
        )
    return labels


def published_series(name: str, book: Book, study, literature: pd.DataFrame) -> ShownTable:
    """The published series, each kind by itself with its summary; what is to be said of them is declared."""
    declared, labels = study.tables[name], series_of(name, literature, study)
    studies = literature[literature["kind"] == "study"].astype(object).replace({pd.NA: None, float("nan"): None})
    pooled = book.some(analysis="literature", group="pooled", statistic="proportion")
    lines: list[dict] = []
    for series, label in labels.items():
        of_series = studies[studies["series"] == series].to_dict("records")
        lines += [{"series": label, **_cells(one)} for one in of_series]
        summaries = {one.factor: cells.percent(one) for one in pooled.some(population=series)}
        lines.append({"series": label, "study": POOLED, **summaries})
    headings = {
        "series": "",
        "study": "Series",
        "status": "Row of the published table",
        "radiotherapy": "Radiotherapy",
        "n_patients": "Patients",
        "n_lesions": "Lesions",
        "complete_response": "Complete response, %",
        "local_control_24": "Local control at 2 years, %",
        "grade_3": "Toxicity of grade 3 or more",
        "journal": "",
    }
    columns = columns_of(headings, dict.get, words=("status", "radiotherapy", "grade_3"))
    said = words_of("literature_table.published_series", study)
    return lay_out(replace(said.of(declared), notes=(*declared.notes, *said.notes)), lines, columns)


def _cells(one: dict) -> dict:
    """The cells of a study."""
    return {
        "study": one["label"],
        "status": STATUS.get(one["status"], one["status"]),
        "radiotherapy": "; ".join(filter(None, (one["technique"], one["dose_fractionation"]))),
        "n_patients": one["n_patients"],
        "n_lesions": one["n_lesions"] or one["n_evaluable_lesions"],
        "complete_response": _response(one),
        "local_control_24": formats.number(one["lc_2y_pct"], 1),
        "grade_3": one["grade3plus_toxicity"] or formats.MISSING,
        "journal": one["journal"],
    }


def _response(one: dict) -> str:
    """A series' complete responses, with the counts and what was counted where they are known."""
    if one["cr_pct"] is None:
        return formats.MISSING
    known = one["cr_n"] is not None and one["response_n"] is not None
    counted = f" ({formats.count(one['cr_n'])}/{formats.count(one['response_n'])} {one['response_unit']}s)"
    return formats.number(one["cr_pct"], 1) + counted * known
