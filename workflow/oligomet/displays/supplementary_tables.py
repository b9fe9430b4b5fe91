"""Tables beside those of the paper, for the notebooks: raw rows, and response rates by what they are rates of."""

from __future__ import annotations

from itertools import product

from oligomet.book import Book
from oligomet.displays import cells, formats
from oligomet.displays.response_table import CLASSES, SAID
from oligomet.displays.shown_table import Column, ShownTable, columns_of, lay_out
from oligomet.displays.study_words import capitalised, interval_of
from oligomet.schemas import TABLES

FATES = {"raw": "Rows", "analysed": "Analysed", "quarantined": "Quarantined"}


def _entries(book: Book, role: str, group: str, otherwise: str = "") -> str:
    one = book.maybe(analysis="flow", unit="row", factor=role, group=group)
    return formats.count(one.estimate) if one else otherwise


def raw_rows(book: Book, study) -> ShownTable:
    """What became of the rows of each source."""

    def file(role: str) -> str:
        source = study.sources[role]
        several = f"{len(source.files)} files" if source.files else ""
        return ", ".join(filter(None, (source.file or several, source.sheet)))

    files = {"file": Column("File", file, words=True)} if any(map(file, study.sources)) else {}

    columns = {
        "source": Column("Source", capitalised),
        **files,
        **columns_of(FATES, lambda role, fate: _entries(book, role, fate)),
    }
    ineligible = len(book.some(analysis="flow", unit="row", group="not_eligible"))
    note = "Rows of patients who were not eligible are in quarantine, too." if ineligible else ""
    return lay_out("Rows of the raw exports", study.sources, columns, [note], study)


def quarantine(book: Book, study) -> ShownTable:
    """Why rows or cells were set aside: entries by source, a column a kind that occurred."""
    occurred = book.some(analysis="flow", unit="row").each("group")
    kinds = {kind: capitalised(kind) for kind in TABLES["cohort/quarantine"]["kind"].allowed if kind in occurred}
    columns = {
        "source": Column("Source", capitalised),
        **columns_of(kinds or {"any": "Entries"}, lambda role, kind: _entries(book, role, kind, "0")),
    }
    said = "A row can have more than one entry; an entry can be about one cell of a row that was analysed."
    note = said if kinds else ""
    return lay_out("Entries in quarantine, by source and kind", study.sources, columns, [note], study)


def response_rates(book: Book, study) -> ShownTable:
    """Response at the first assessment and at best, of lesions and of patients, with both denominators."""
    found, when = book.some(analysis="response", factor=None), {"first": "First assessment", "best": "Best response"}
    lines = [
        {"unit": unit, "endpoint": endpoint, "population": population}
        for unit, endpoint, population in product(("lesion", "patient"), when, ("evaluable", "all"))
    ]
    rates = {name: f"{said}, % ({interval_of(study)})" for name, said in (("ORR", "CR + PR"), ("DCR", "CR + PR + SD"))}
    columns = {
        "unit": Column("", lambda at: f"Per {at['unit']}"),
        "assessment": Column("Assessment, denominator", lambda at: f"{when[at['endpoint']]}, {at['population']}"),
        "n": Column("n", lambda at: formats.count(found.one(statistic="ORR", **at).n)),
        **columns_of(
            {name: name for name in CLASSES}, lambda at, name: formats.count(found.one(statistic=name, **at).events)
        ),
        **columns_of(rates, lambda at, name: cells.percent(found.one(statistic=name, **at))),
    }
    note = (
        f"{SAID}. A patient's response is that of the {study.response.patient} irradiated lesion. "
        f"{study.analyses.proportion_interval.title()} intervals."
    )
    title = "Response, by unit of analysis, assessment and denominator"
    return lay_out(title, lines, columns, [note], study)
