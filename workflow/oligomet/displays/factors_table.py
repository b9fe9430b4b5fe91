"""Factors of an endpoint: rates, log-rank p, and hazard ratios alone and together."""

from __future__ import annotations

from oligomet.book import Book
from oligomet.displays import cells, formats
from oligomet.displays.shown_table import Column, ShownTable, lay_out
from oligomet.displays.study_words import SUBJECTS, interval_of, synthetic_note


def factors(name: str, book: Book, study) -> ShownTable:
    """Each factor's groups with the survival rate at the last landmark, log-rank p, and both kinds of hazard ratio."""
    declared = study.tables[name]
    endpoint, landmark = declared.endpoint, max(study.analyses.rates_at_months)
    about = book.some(endpoint=endpoint, population="all")
    models = {
        "univariable": about.some(analysis="cox_univariable"),
        "multivariable": about.some(analysis="cox_multivariable"),
    }
    lines = [(factor, group) for factor in declared.factors for group in study.factors[factor].levels]

    def survival(line: tuple, statistic: str, time: float | None = None):
        of = {"factor": line[0], "group": line[1]}
        return about.one(analysis="survival", statistic=statistic, time_months=time, **of)

    def logrank(line: tuple) -> str | None:
        if line[1] != study.factors[line[0]].levels[0]:  # once a factor
            return None
        return cells.p_value(about.one(analysis="logrank", factor=line[0]))

    def ratio(line: tuple, model: Book):
        reference = study.factors[line[0]].reference_level
        return model.maybe(factor=line[0], group=line[1], reference=reference, statistic="hazard_ratio")

    def hazard(line: tuple, model: Book) -> str | None:
        if line[1] == study.factors[line[0]].reference_level and len(model.some(factor=line[0])):
            return "1 (reference)"
        return cells.estimate(one) if (one := ratio(line, model)) else None

    def p_value(line: tuple, model: Book) -> str | None:
        return cells.p_value(one) if (one := ratio(line, model)) else None

    columns = {
        "characteristic": Column("", lambda line: study.factors[line[0]].label),
        "level": Column("Characteristic", lambda line: line[1]),
        "n": Column("n", lambda line: survival(line, "median").n),
        "events": Column("Events", lambda line: survival(line, "median").events),
        f"rate_{landmark:g}_months": Column(
            f"{landmark:g}-month survival, % ({interval_of(study)})",
            lambda line: cells.percent(survival(line, "survival", landmark)),
        ),
        "p_logrank": Column("Log-rank p", logrank),
    }
    for how, model in models.items():
        columns |= (
            {}
            if not len(model)
            else {
                f"hr_{how}": Column(
                    f"HR ({interval_of(study)})", lambda line, model=model: hazard(line, model), how.capitalize()
                ),
                f"p_{how}": Column("p", lambda line, model=model: p_value(line, model), how.capitalize()),
            }
        )
    without = [
        f"{line[1]} ({one.reason})"
        for line in lines
        for one in (survival(line, "survival", landmark), *(ratio(line, model) for model in models.values()))
        if one and one.reason
    ]
    notes = _model_notes(study, endpoint, models["multivariable"])
    if any(survival(line, "survival", landmark).estimate == 0 for line in lines):
        notes.append("0.0: the curve has come to nought before, and has no interval there.")
    if without:
        notes.append(f"{formats.MISSING} not estimable: {'; '.join(dict.fromkeys(without))}.")
    return lay_out(declared.title, lines, columns, [*notes, *declared.notes, *synthetic_note(study)], "characteristic")


def _model_notes(study, endpoint: str, multivariable: Book) -> list[str]:
    declared, analyses = study.endpoints[endpoint], study.analyses
    together = [study.factors[name].label for name in analyses.multivariable.get(endpoint, [])]
    notes = [
        f"n: {SUBJECTS[declared.per]} in whom the characteristic is known. {declared.label}: Kaplan-Meier estimates "
        f"with {analyses.survival_interval} intervals. HR: hazard ratio, Cox model with {analyses.ties.title()}'s "
        "handling of ties, Wald intervals and p values."
    ]
    if together:
        model = multivariable.maybe(factor=None)
        size = (
            f" ({formats.count(model.n)} {SUBJECTS[declared.per]}, {formats.count(model.events)} events)"
            if model
            else ""
        )
        notes.append(f"Multivariable model: {', '.join(together)}{size}.")
    return notes
