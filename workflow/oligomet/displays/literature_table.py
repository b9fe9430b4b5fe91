"""Other published series, as the table that lists them; the figure that compares them uses the same words."""

from __future__ import annotations

from functools import partial

import pandas as pd

from oligomet.book import Book
from oligomet.declarations import ConfigurationError
from oligomet.displays import cells, formats
from oligomet.displays.shown_table import Column, ShownTable, lay_out
from oligomet.displays.study_words import confidence

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


def published_series(name: str, book: Book, literature: pd.DataFrame, study) -> ShownTable:
    """The published series, each kind by itself with its summary; what is to be said of them is declared."""
    declared, labels = study.tables[name], series_of(name, literature, study)
    studies = literature[literature["kind"] == "study"].astype(object)
    studies = studies.where(studies.notna(), None)
    pooled = book.some(analysis="literature", group="pooled", statistic="proportion")
    lines: list[dict] = []
    for series in labels:
        lines += studies[studies["series"] == series].to_dict("records")
        lines.append({"series": series, "label": POOLED})

    def of(line: dict, key: str, show=str) -> str | None:
        """A cell of a study; nothing of a summary."""
        return show(line[key]) if "kind" in line and line[key] is not None else None

    def found(line: dict, outcome: str, show) -> str | None:
        """What `show` says of a study; of a summary, its interval."""
        if "kind" in line:
            return show(line)
        summary = pooled.maybe(population=line["series"], factor=outcome)
        return cells.percent(summary) if summary else None

    def lesions(line: dict) -> int | None:
        return line["n_lesions"] or line["n_evaluable_lesions"] if "kind" in line else None

    def radiotherapy(line: dict) -> str | None:
        if "kind" not in line:
            return None
        return "; ".join(filter(None, (line["technique"], line["dose_fractionation"])))

    columns = {
        "series": Column("", lambda line: labels[line["series"]]),
        "study": Column("Series", lambda line: line["label"]),
        "status": Column(
            "Row of the published table", lambda line: of(line, "status", lambda one: STATUS.get(one, one)), words=True
        ),
        "radiotherapy": Column("Radiotherapy", radiotherapy, words=True),
        "n_patients": Column("Patients", lambda line: of(line, "n_patients", int)),
        "n_lesions": Column("Lesions", lesions),
        "complete_response": Column(
            "Complete response, %", lambda line: found(line, "complete_response", _response)
        ),
        "local_control_24": Column(
            "Local control at 2 years, %",
            lambda line: found(line, "local_control_24", lambda one: formats.number(one["lc_2y_pct"], 1)),
        ),
        "grade_3": Column(
            "Toxicity of grade 3 or more",
            lambda line: (line["grade3plus_toxicity"] or formats.MISSING) if "kind" in line else None,
            words=True,
        ),
        "journal": Column("", partial(of, key="journal")),
    }  # fmt: skip
    note = (
        f"Summaries ({confidence(study)} interval): series that count by lesion, this study left out. "
        f"{formats.MISSING} not found in what could be read of the publication."
    )
    return lay_out(declared.title, lines, columns, [*declared.notes, note], "series")


def _response(one: dict) -> str:
    """A series' complete responses, with the counts and what was counted where they are known."""
    if one["cr_pct"] is None:
        return formats.MISSING
    known = one["cr_n"] is not None and one["response_n"] is not None
    counted = f" ({formats.count(one['cr_n'])}/{formats.count(one['response_n'])} {one['response_unit']}s)"
    return formats.number(one["cr_pct"], 1) + counted * known
