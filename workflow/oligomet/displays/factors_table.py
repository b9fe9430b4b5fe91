"""Survival by factors: rates, medians and log-rank p, and of a declared table the hazard ratios alone and together."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from oligomet.book import Book, Entry
from oligomet.displays import cells, formats
from oligomet.displays.shown_table import Column, ShownTable, columns_of, lay_out
from oligomet.displays.study_words import SUBJECTS, interval_of
from oligomet.displays.words import dates_note, words_of


class Group(NamedTuple):
    """A line of such a table: a group of a factor, or everyone."""

    factor: str | None = None
    group: str | None = None


def groups_of(factors: list[str], study) -> list[Group]:
    """A line for each level of each factor."""
    return [Group(factor, group) for factor in factors for group in study.factors[factor].levels]


def _counted(book: Book, study, endpoint: str) -> dict[str, Column]:
    """The factor as a heading, its group, and how many subjects and events are in it."""
    medians = book.some(analysis="survival", statistic="median")

    def label(line: Group) -> str:
        return study.factors[line.factor].label if line.factor else ""

    return {
        "characteristic": Column("", label),
        "level": Column("Characteristic", lambda line: line.group or f"All {SUBJECTS[study.endpoints[endpoint].per]}"),
        "n": Column("n", lambda line: medians.one(**line._asdict()).n),
        "events": Column("Events", lambda line: medians.one(**line._asdict()).events),
    }


def _rate(book: Book, line: Group, time: float) -> Entry:
    return book.one(analysis="survival", statistic="survival", time_months=time, **line._asdict())


def logrank_of(factor: str, book: Book) -> str:
    """The p value of a factor as a whole, of the rows of an endpoint."""
    return cells.p_value(book.one(analysis="logrank", factor=factor))


def _logrank(book: Book, study, line: Group) -> str | None:
    """Once a factor, at its first group."""
    first = line.factor and line.group == study.factors[line.factor].levels[0]
    return logrank_of(str(line.factor), book) if first else None


def ratio_of(line: Group, model: Book, study) -> Entry | None:
    """The hazard ratio of a group against its factor's reference, if it is in the model."""
    reference = study.factors[line.factor].reference_level
    return model.maybe(**line._asdict(), reference=reference, statistic="hazard_ratio")


def factors(name: str, book: Book, study) -> ShownTable:
    """Each factor's groups with log-rank p, both kinds of hazard ratio, and the survival rate at the last of the
    declared months until which somebody was followed."""
    declared = study.tables[name]
    endpoint, months = declared.endpoint, study.analyses.rates_at_months
    censors = study.endpoints[endpoint].censors_death
    about = book.some(endpoint=endpoint, population="all")
    landmark = max([time for time in months if _rate(about, Group(), time).is_defined] or months)
    models = {how: about.some(analysis=f"cox_{how}") for how in ("univariable", "multivariable")}
    lines = groups_of(declared.factors, study)

    def hazard(model: Book, line: Group) -> str | None:
        if line.group == study.factors[line.factor].reference_level and len(model.some(factor=line.factor)):
            return "1 (reference)"
        return cells.estimate(one) if (one := ratio_of(line, model, study)) else None

    def p_value(model: Book, line: Group) -> str | None:
        return cells.p_value(one) if (one := ratio_of(line, model, study)) else None

    columns = {
        **_counted(about, study, endpoint),
        f"rate_{landmark:g}_months": Column(
            f"{landmark:g}-month {'rate' if censors else 'survival'}, % ({interval_of(study)})",
            lambda line: cells.percent(_rate(about, line, landmark)),
        ),
        "p_logrank": Column("Log-rank p", lambda line: _logrank(about, study, line)),
    }
    for how, model in models.items():
        if len(model):
            columns[f"hr_{how}"] = Column(f"HR ({interval_of(study)})", partial(hazard, model), how.capitalize())
            columns[f"p_{how}"] = Column("p", partial(p_value, model), how.capitalize())
    without = [
        f"{line.group} ({one.reason})"
        for line in lines
        for one in (_rate(about, line, landmark), *(ratio_of(line, model, study) for model in models.values()))
        if one and one.reason
    ]
    words = words_of(
        "factors_table.factors",
        study,
        endpoint=study.endpoints[endpoint],
        subjects=SUBJECTS[study.endpoints[endpoint].per],
        together=[study.factors[one].label for one in study.analyses.multivariable.get(endpoint, [])],
        model=models["multivariable"].maybe(factor=None),
        come_to_nought=formats.number(0, 1)
        if any(_rate(about, line, landmark).estimate == 0 for line in lines)
        else "",
        not_estimable=dict.fromkeys(without),
    )
    return lay_out(words.noting(*dates_note(book, study)).of(declared), lines, columns, study)


def survival_rates(book: Book, study, endpoint: str) -> ShownTable:
    """Rates at the landmarks and the median, for everyone and for the groups that are compared, with log-rank p."""
    declared, compared = study.endpoints[endpoint], study.analyses.compare.get(endpoint, [])
    about = book.some(endpoint=endpoint, unit=declared.per, population="all")

    def median(line: Group) -> str:
        one = about.one(analysis="survival", statistic="median", **line._asdict())
        return cells.median(one) if one.n else formats.MISSING

    times = {f"rate_{time:g}_months": time for time in study.analyses.rates_at_months}
    columns = {
        **_counted(about, study, endpoint),
        **columns_of(
            {name: f"{time:g} months" for name, time in times.items()},
            lambda line, name: cells.percent(_rate(about, line, times[name])),
            f"Rate, % ({interval_of(study)}), at",
        ),
        "median": Column("Median, months", median),
    }
    if compared:
        columns["p_logrank"] = Column("Log-rank p", lambda line: _logrank(about, study, line))
    lines = [Group(), *groups_of(compared, study)]
    words = words_of("factors_table.survival_rates", study, endpoint=declared)
    return lay_out(words.noting(*dates_note(book, study)), lines, columns, study)
