"""Secondary endpoints of a trial: incidences with death competing, by group; response from landmarks on."""

from __future__ import annotations

from oligomet.book import Book, Entry
from oligomet.displays import cells, formats
from oligomet.displays.robustness_tables import response_timing
from oligomet.displays.shown_table import Column, ShownTable, columns_of, lay_out
from oligomet.displays.study_words import interval_of
from oligomet.displays.words import words_of


def competing_groups(name: str, book: Book, study) -> ShownTable:
    """Everyone, then the groups of each factor: incidences at the declared times, Gray's test, the ratio of hazards."""
    found = book.some(analysis="competing")
    lines = [
        dict(zip(("endpoint", "factor", "group"), at, strict=True))
        for at in found.some(statistic="cumulative_incidence").each("endpoint", "factor", "group")
    ]

    def first_of_factor(line: dict) -> bool:
        return line["group"] == study.factors[line["factor"]].levels[0] if line["factor"] else False

    def group(line: dict) -> str:
        return f"{study.factors[line['factor']].label}: {line['group']}" if line["factor"] else "All"

    def ratio(line: dict) -> str:
        if line["factor"] and line["group"] == study.factors[line["factor"]].reference_level:
            return "1 (reference)"
        return cells.ratio(found.maybe(statistic="subdistribution_hazard_ratio", **line)) if line["factor"] else ""

    def gray(line: dict) -> str:
        if not first_of_factor(line):
            return ""
        return cells.p_value(found.maybe(statistic="chi_square", endpoint=line["endpoint"], factor=line["factor"]))

    def counts(line: dict) -> Entry:
        return found.one(statistic="competing_events", **line)

    columns = {
        "endpoint": Column("", lambda line: study.endpoints[line["endpoint"]].label),
        "group": Column("Group", group, words=True),
        "n": Column("n", lambda line: formats.count(counts(line).n)),
        "deaths": Column("Competing events", lambda line: formats.count(counts(line).events)),
    }
    times = {f"at_{months:g}": months for months in study.analyses.rates_at_months}
    columns |= columns_of(
        {name: f"{months:g} months" for name, months in times.items()},
        lambda line, at: cells.rate(found.one(statistic="cumulative_incidence", time_months=times[at], **line)),
        f"Cumulative incidence, % ({interval_of(study)}), at",
    )
    columns |= {
        "p_gray": Column("Gray’s p", gray),
        "ratio": Column(f"Subdistribution HR ({interval_of(study)})", ratio),
    }
    words = words_of("secondary_tables.competing_groups", study)
    return lay_out(words.of(study.tables[name]), lines, columns, study)


def landmarks(name: str, book: Book, study) -> ShownTable:
    """Response as a predictor of what follows it: naive, from landmarks, time-dependent."""
    return response_timing(book, study, study.tables[name])
