"""A few set apart from the others: what they are, how they responded, and how long they or their patients lived."""

from __future__ import annotations

from typing import NamedTuple

from oligomet.book import Book, Entry
from oligomet.displays import cells, formats
from oligomet.displays.response_table import CLASSES, MEANING
from oligomet.displays.shown_table import Column, ShownTable, columns_of, lay_out
from oligomet.displays.study_words import SUBJECTS, interval_of, variable_label, with_unit
from oligomet.displays.words import words_of

EVERYONE = "all"


class Line(NamedTuple):
    """A line of the table: under which heading, what it is called, and its cell in each column."""

    heading: str
    said: str
    cells: dict[str, str]


def subgroup(name: str, book: Book, study) -> ShownTable:
    """Everyone and each group of the declared factor `by`: counts, variables, responses, and the median of an endpoint.

    Nothing is tested: the groups are what somebody chose, and small.
    """
    declared, by = study.tables[name], study.factors[study.tables[name].by]
    compared = book.some(analysis="comparison", unit=declared.unit, by=declared.by, population="all")
    of: dict[str, Book] = {EVERYONE: book.some(analysis="description", unit=declared.unit, population="all")}
    of |= {level: compared.some(by_group=level) for level in by.levels}
    groups: dict[str, dict] = {EVERYONE: {"factor": None}}
    groups |= {level: {"factor": declared.by, "group": level} for level in by.levels}
    lines: list[Line] = []
    for factor in declared.factors:
        label, counts = study.factors[factor].label, {"factor": factor, "statistic": "proportion"}
        for group in study.factors[factor].groups:
            if of[EVERYONE].one(group=group, **counts).events:
                shares = {at: cells.count_and_share(here.one(group=group, **counts)) for at, here in of.items()}
                lines.append(Line(label, group, shares))
    for variable in declared.variables:
        label = with_unit(variable_label(study, variable), variable)
        lines.append(Line(label, "Median (range)", {at: _median(here, variable) for at, here in of.items()}))
    responses = book.some(analysis="response", endpoint="first", unit=declared.unit, population="evaluable")
    for statistic in (*CLASSES, "ORR"):
        said = MEANING.get(statistic, "objective response").capitalize()
        counted = {at: cells.counted_of(responses.maybe(statistic=statistic, **where)) for at, where in groups.items()}
        lines.append(Line("Response at the first assessment", said, counted))
    if declared.endpoint:
        endpoint = study.endpoints[declared.endpoint]
        medians = book.some(analysis="survival", endpoint=declared.endpoint, population="all", statistic="median")
        found = {at: medians.one(**where) for at, where in groups.items()}
        subjects, interval = SUBJECTS[endpoint.per], interval_of(study)
        lines += [
            Line(endpoint.label, f"Events of {subjects}", {at: cells.counted_of(one) for at, one in found.items()}),
            Line(endpoint.label, f"Median, months ({interval})", {at: cells.median(one) for at, one in found.items()}),
        ]
    columns = {
        "characteristic": Column("", lambda line: line.heading),
        "level": Column("Characteristic", lambda line: line.said),
        **columns_of({at: _heading(at, here) for at, here in of.items()}, lambda line, at: line.cells[at]),
    }
    words = words_of("subgroup_table.subgroup", study, subjects=SUBJECTS[declared.unit])
    return lay_out(words.of(declared), lines, columns, study)


def _heading(column: str, here: Book) -> str:
    n = formats.count(here.one(factor=None, statistic="count").n)
    return f"{'All' if column == EVERYONE else column} (n\u00a0=\u00a0{n})"


def _median(here: Book, variable: str) -> str:
    found: dict[str, Entry] = {one.statistic: one for one in here.some(factor=variable)}
    median, low, high = (found[name].estimate for name in ("median", "min", "max"))
    return formats.estimate_ci(median, low, high, None)
