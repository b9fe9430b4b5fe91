"""Tables beside those of the paper, for the notebooks: raw rows, and response rates by what they are rates of."""

from __future__ import annotations

from itertools import product

from oligomet.book import Book
from oligomet.displays import cells, formats
from oligomet.displays.response_table import CLASSES, SAID
from oligomet.displays.shown_table import Column, ShownTable, columns_of, lay_out
from oligomet.displays.study_words import capitalised, interval_of
from oligomet.displays.words import words_of
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
    ineligible = len(book.some(analysis="flow", unit="row", group="not_eligible")) > 0
    words = words_of("supplementary_tables.raw_rows", study, ineligible=ineligible)
    return lay_out(words, study.sources, columns, study)


def quarantine(book: Book, study) -> ShownTable:
    """Why rows or cells were set aside: entries by source, a column a kind that occurred."""
    occurred = book.some(analysis="flow", unit="row").each("group")
    kinds = {kind: capitalised(kind) for kind in TABLES["cohort/quarantine"]["kind"].allowed if kind in occurred}
    columns = {
        "source": Column("Source", capitalised),
        **columns_of(kinds or {"any": "Entries"}, lambda role, kind: _entries(book, role, kind, "0")),
    }
    return lay_out(words_of("supplementary_tables.quarantine", study, any=bool(kinds)), study.sources, columns, study)


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
    words = words_of("supplementary_tables.response_rates", study, classes=SAID)
    return lay_out(words, lines, columns, study)
