"""Tables beside those of the paper, for the notebooks: raw rows, response rates, survival rates, toxicity."""

from __future__ import annotations

from oligomet.book import Book
from oligomet.displays import cells, formats
from oligomet.displays.response_table import CLASSES, MEANING
from oligomet.displays.shown_table import Column, ShownTable, lay_out
from oligomet.displays.study_words import SUBJECTS, capitalised, interval_of, synthetic_note
from oligomet.schemas import TABLES

FATES = {"raw": "Rows", "analysed": "Analysed", "quarantined": "Quarantined"}


def _entries(book: Book, role: str, group: str, otherwise: str = "") -> str:
    one = book.maybe(analysis="flow", unit="row", factor=role, group=group)
    return formats.count(one.estimate) if one else otherwise


def raw_rows(book: Book, study) -> ShownTable:
    """What became of the rows of each source."""

    def file(role: str) -> str:
        source = study.sources[role]
        return f"{source.file}, {source.sheet}" if source.sheet else source.file

    columns = {"source": Column("Source", capitalised), "file": Column("File", file, words=True)}
    for fate, heading in FATES.items():
        columns[fate] = Column(heading, lambda role, fate=fate: _entries(book, role, fate))
    notes = ["Rows of patients who were not eligible are in quarantine, too.", *synthetic_note(study)]
    return lay_out("Rows of the raw exports", study.sources, columns, notes)


def quarantine(book: Book, study) -> ShownTable:
    """Why rows or cells were set aside: entries by source, a column a kind that occurred."""
    occurred = book.some(analysis="flow", unit="row").each("group")
    columns = {"source": Column("Source", capitalised)}
    for kind in TABLES["cohort/quarantine"]["kind"].allowed:
        if kind in occurred:
            columns[kind] = Column(capitalised(kind), lambda role, kind=kind: _entries(book, role, kind, "0"))
    note = "A row can have more than one entry; an entry can be about one cell of a row that was analysed."
    return lay_out("Entries in quarantine, by source and kind", study.sources, columns, [note])


def response_rates(book: Book, study) -> ShownTable:
    """Response at the first assessment and at best, of lesions and of patients, with both denominators."""
    found = book.some(analysis="response", factor=None)
    lines = [
        {"unit": unit, "endpoint": endpoint, "population": population}
        for unit in ("lesion", "patient")
        for endpoint in ("first", "best")
        for population in ("evaluable", "all")
    ]
    when = {"first": "First assessment", "best": "Best response"}
    columns = {
        "unit": Column("", lambda at: f"Per {at['unit']}"),
        "assessment": Column("Assessment, denominator", lambda at: f"{when[at['endpoint']]}, {at['population']}"),
        "n": Column("n", lambda at: formats.count(found.one(statistic="ORR", **at).n)),
    }
    for name in CLASSES:
        columns[name] = Column(name, lambda at, name=name: formats.count(found.one(statistic=name, **at).events))
    for name, heading in (("ORR", "CR + PR"), ("DCR", "CR + PR + SD")):
        columns[name] = Column(
            f"{heading}, % ({interval_of(study)})", lambda at, name=name: cells.percent(found.one(statistic=name, **at))
        )
    note = (
        f"{'; '.join(f'{name}, {MEANING[name]}' for name in CLASSES)}. A patient's response is that of the "
        f"{study.response.patient} irradiated lesion. {study.analyses.proportion_interval.title()} intervals."
    )
    title = "Response, by unit of analysis, assessment and denominator"
    return lay_out(title, lines, columns, [note, *synthetic_note(study)], "unit")


def survival_rates(book: Book, study, endpoint: str) -> ShownTable:
    """Rates at the landmarks and the median, for everyone and for the groups that are compared, with log-rank p."""
    declared, compared = study.endpoints[endpoint], study.analyses.compare.get(endpoint, [])
    about = book.some(endpoint=endpoint, unit=declared.per, population="all")
    found = about.some(analysis="survival")
    lines = [(None, None), *((name, group) for name in compared for group in study.factors[name].levels)]

    def of(line: tuple, statistic: str, time: float | None = None):
        return found.one(statistic=statistic, factor=line[0], group=line[1], time_months=time)

    def median(line: tuple) -> str:
        one = of(line, "median")
        return cells.median(one) if one.n else formats.MISSING

    def p_value(line: tuple) -> str:
        if not line[0] or line[1] != study.factors[line[0]].levels[0]:  # once a factor
            return ""
        return cells.p_value(about.one(analysis="logrank", statistic="chi_square", factor=line[0]))

    columns = {
        "characteristic": Column("", lambda line: study.factors[line[0]].label if line[0] else ""),
        "group": Column("Group", lambda line: line[1] or f"All {SUBJECTS[declared.per]}"),
        "n": Column("n", lambda line: formats.count(of(line, "median").n)),
        "events": Column("Events", lambda line: formats.count(of(line, "median").events)),
    }
    for time in study.analyses.rates_at_months:
        columns[f"rate_{time:g}_months"] = Column(
            f"{time:g} months",
            lambda line, time=time: cells.percent(of(line, "survival", time)),
            f"Rate, % ({interval_of(study)}), at",
        )
    columns["median"] = Column("Median, months", median)
    if compared:
        columns["p_logrank"] = Column("Log-rank p", p_value)
    note = f"Kaplan-Meier estimates with {study.analyses.survival_interval} intervals." + (
        " Deaths are censored: freedom from the event, not survival." if declared.censors_death else ""
    )
    title = f"{declared.label}: rates and medians"
    return lay_out(title, lines, columns, [note, *synthetic_note(study)], "characteristic")


def toxicity(book: Book, study) -> ShownTable:
    """Patients with toxicity, by phase, by system and by worst grade; no rows where no toxicities are collected."""
    found = book.some(analysis="toxicity", unit="patient", statistic="proportion")
    shown = [one for one in found if one.events or one.factor == "phase" or one.grade == "≥ 3"]
    names = {"phase": "Any system", "worst_grade": "Worst grade", "grade": "Any event of grade"}

    def of_whom(one) -> str:
        if not one.group:
            return one.grade
        return capitalised(one.group) + (f", grade {one.grade}" if one.grade else "")

    columns = {
        "system": Column("", lambda one: names.get(one.factor) or capitalised(one.factor)),
        "toxicity": Column("Toxicity", of_whom),
        "patients": Column("Patients", lambda one: formats.count(one.events)),
        "percent": Column("%", cells.share),
    }
    note = (
        f"Late: more than {study.toxicity.late_after_days} days after radiotherapy. A patient counts once in a line, "
        "with the worst grade."
    )
    title = f"Toxicity ({study.toxicity.scale})"
    return lay_out(title, shown, columns, [note, *synthetic_note(study)], "system")
