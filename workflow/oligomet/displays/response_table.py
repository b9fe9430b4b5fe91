"""Response by site: the counts that the table and the figure both show."""

from __future__ import annotations

from typing import NamedTuple

from oligomet.book import Book, Entry
from oligomet.displays.shown_table import Column, ShownTable, columns_of, lay_out
from oligomet.displays.words import words_of

CLASSES = ["CR", "PR", "SD", "PD"]
MEANING = {
    "CR": "complete response",
    "PR": "partial response",
    "SD": "stable disease",
    "PD": "progressive disease",
    "NE": "not evaluable",
}
SAID = "; ".join(f"{name}, {MEANING[name]}" for name in CLASSES)
TOTAL = "Total"


class Responses(NamedTuple):
    """Of a site, or in total: lesions by response, the evaluable ones, the rest, and the response rate."""

    site: str
    counts: dict[str, int]  # CR, PR, SD, PD
    evaluable: int
    missed: int
    orr: Entry


def responses_by_site(book: Book, study, endpoint: str = "first", factor: str = "site") -> list[Responses]:
    """One for each group of `factor` that has lesions, in the order of study.yaml, then one for all lesions."""
    found = book.some(analysis="response", endpoint=endpoint, unit="lesion")
    sites = [group for group in study.factors[factor].groups if group in found.some(factor=factor).each("group")]
    responses = []
    for site in [*sites, None]:
        here = found.some(factor=factor if site else None, group=site)
        evaluable = here.some(population="evaluable")
        counts = {name: evaluable.one(statistic=name).events for name in CLASSES}
        missed = here.one(population="all", statistic="NE").events
        orr = evaluable.one(statistic="ORR")
        responses.append(Responses(site or TOTAL, counts, orr.n, missed, orr))
    return responses


def sites_without_response(responses: list[Responses]) -> list[tuple[str, int]]:
    """The sites of which no lesion was evaluable, with their lesions."""
    return [(one.site, one.missed) for one in responses if one.missed and not one.evaluable]


def response_by_site(name: str, book: Book, study) -> ShownTable:
    """The responses of the evaluable lesions of each site; sites without any are named in a note."""
    responses = responses_by_site(book, study)
    columns = {
        "site": Column("Site", lambda one: one.site),
        **columns_of({name: name for name in CLASSES}, lambda one, name: one.counts[name]),
        "total": Column(TOTAL, lambda one: one.evaluable),
    }
    without = sites_without_response(responses)
    words = words_of("response_table.response_by_site", study, classes=SAID, without_response=without)
    lines = [one for one in responses if one.evaluable]
    return lay_out(words.of(study.tables[name]), lines, columns, study)
