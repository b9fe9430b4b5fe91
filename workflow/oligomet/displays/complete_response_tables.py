"""Complete response of irradiated lesions: its rates, and what they are by other estimands."""

from __future__ import annotations

from oligomet.book import Book, Entry
from oligomet.displays import cells, formats
from oligomet.displays.shown_table import Column, ShownTable, columns_of, lay_out
from oligomet.displays.study_words import interval_of
from oligomet.displays.words import words_of
from oligomet.trial_declarations import ALL

JUDGES = {"measured": "As measured", "reader": "As the reader called it"}
TAKEN = {  # systemic therapy begun before the response
    "ignored": "Counted all the same",
    "excluded after": "Imaging counted up to its first day",
    "composite": "No complete response from its first day",
}
POPULATIONS = {"evaluable": "Evaluable lesions", "all": "All treated lesions"}


def complete_responses(name: str, book: Book, study) -> ShownTable:
    """Rates of all lesions and of strata, of evaluable and of all treated ones, with both intervals and the test."""
    declared = study.complete_response
    found = book.some(analysis="complete_response", form=declared.systemic_therapy)
    rates = found.some(statistic="proportion")
    lines = [
        {"endpoint": judge, "factor": factor, "group": group}
        for judge in JUDGES
        for factor, group in rates.some(endpoint=judge).each("factor", "group")
    ]

    def one(line: dict, population: str, dependence: str = "independent") -> Entry:
        return rates.one(**line, population=population, dependence=dependence)

    def hypothesis(line: dict) -> str:
        rates = declared.hypotheses.get(line["group"] or ALL)
        return (
            f"{formats.percent(rates.null_rate, 0, '')} / {formats.percent(rates.target_rate, 0, '')}" if rates else ""
        )

    columns = {
        "judge": Column("", lambda line: JUDGES[line["endpoint"]]),
        "lesions": Column("Lesions", lambda line: line["group"] or "All"),
    }
    ways = {"complete": "CR / n", "exact": f"%, exact {interval_of(study)}", "clustered": "by patient"}

    def rate(line: dict, name: str) -> str:
        population, _, way = name.partition("_")
        if way == "clustered":
            return _limits(one(line, population, way))
        return (cells.fraction if way == "complete" else cells.rate)(one(line, population))

    for population, heading in POPULATIONS.items():
        columns |= columns_of({f"{population}_{way}": said for way, said in ways.items()}, rate, heading)
    if declared.hypotheses:
        columns["rates"] = Column("Too low / hoped for, %", hypothesis)
        columns["p"] = Column("p", lambda line: cells.p_value(found.maybe(statistic="decision", **line)))
    words = words_of("complete_response_tables.complete_responses", study, of=POPULATIONS[declared.denominator])
    return lay_out(words.of(study.tables[name]), lines, columns, study)


def estimands(name: str, book: Book, study) -> ShownTable:
    """The rate of all lesions by what is done with systemic therapy begun before the response, and its incidence."""
    declared = study.complete_response
    found = book.some(analysis="complete_response", factor=None, endpoint=list(JUDGES))
    lines = [{"endpoint": endpoint, "form": form} for endpoint, form in found.each("endpoint", "form") if form in TAKEN]

    def taken(line: dict) -> str:
        mine = (line["endpoint"], line["form"]) == (declared.by, declared.systemic_therapy)
        return TAKEN[line["form"]] + (" (declared)" if mine else "")

    columns = {"judge": Column("", lambda line: JUDGES[line["endpoint"]]), "taken": Column("Systemic therapy", taken)}
    rates = found.some(statistic="proportion", dependence="clustered")
    for population, heading in POPULATIONS.items():
        columns |= columns_of(
            {population: f"CR % ({interval_of(study)})"},
            lambda line, name: cells.rate(rates.one(**line, population=name)),
            heading,
        )
    times = {f"incidence_{months:g}_months": months for months in declared.incidence_at_months}
    columns |= columns_of(
        {name: f"{months:g} months" for name, months in times.items()},
        lambda line, name: cells.rate(found.one(**line, statistic="cumulative_incidence", time_months=times[name])),
        "Cumulative incidence, % at",
    )
    words = words_of("complete_response_tables.estimands", study)
    return lay_out(words.of(study.tables[name]), lines, columns, study)


def _limits(one: Entry) -> str:
    """The interval alone, in per cent; the reason where there is none."""
    return cells.percent(one).partition("(")[2].rstrip(")") if one.is_defined else one.reason or formats.MISSING
