"""Predictors of complete response: how good each model is, and its coefficients."""

from __future__ import annotations

from oligomet.book import Book, Entry
from oligomet.displays import cells, formats
from oligomet.displays.shown_table import Column, ShownTable, columns_of, lay_out
from oligomet.displays.study_words import interval_of, variable_label, with_unit
from oligomet.displays.words import words_of
from oligomet.estimates.prediction import POINTS
from oligomet.schemas import TABLES

MEASURES = {
    "c_statistic": "c statistic",
    "calibration_slope": "Calibration slope",
    "observed_expected": "Observed / expected",
    "brier": "Brier score",
}


def model_name(form: str) -> str:
    """A model as a reader sees it: 'Model with image features'."""
    return "Fixed score" if form == "score" else f"Model {form}"


def performance(name: str, book: Book, study) -> ShownTable:
    """Each model by patients that it has not seen, without its optimism, and by centres that it has not seen."""
    found = book.some(analysis="prediction")
    whole = found.some(factor=None, reference=None)
    lines = [(form, None) for form in whole.some(statistic="candidates").each("form")]
    centres = found.some(statistic="c_statistic", factor=study.prediction.centre)
    lines += [(one.form, one.group) for one in centres]

    def of(line: tuple, statistic: str) -> Entry | None:
        form, centre = line
        if centre is None:
            return whole.maybe(form=form, statistic=statistic)
        return found.maybe(form=form, statistic=statistic, factor=study.prediction.centre, group=centre)

    def value(line: tuple, statistic: str) -> str:
        one = of(line, statistic)
        return cells.ratio(one) if one is None or one.is_defined or not line[1] else "too small"

    def candidates(line: tuple) -> str:
        one, most = of(line, "candidates"), of(line, "carried")
        return f"{formats.count(one.estimate)} of {formats.count(most.estimate)}" if one and most else ""

    columns = {
        "model": Column("", lambda line: model_name(line[0])),
        "judged": Column("Left out", lambda line: f"Centre {line[1]}" if line[1] else "Patients"),
        "lesions": Column("CR / n", lambda line: cells.fraction(of(line, "c_statistic"))),
        "candidates": Column("Parameters", candidates),
    }
    measures = {measure: f"{heading} ({interval_of(study)})" for measure, heading in MEASURES.items()}
    for measure in ("c_statistic", "calibration_slope"):
        measures[f"corrected_{measure}"] = f"Corrected {MEASURES[measure].lower()} ({interval_of(study)})"
    columns |= columns_of(measures, value)
    lines.sort(key=lambda line: whole.some(statistic="candidates").each("form").index(line[0]))
    words = words_of("prediction_tables.performance", study)
    return lay_out(words.of(study.tables[name]), lines, columns, study)


def coefficients(name: str, book: Book, study) -> ShownTable:
    """The models of all evaluable lesions, complete enough to be applied elsewhere."""
    found = book.some(analysis="prediction")
    lines = [(one.form, one.factor) for one in found.some(statistic="odds_ratio_per_sd")]

    def of(line: tuple, statistic: str) -> Entry:
        return found.one(form=line[0], factor=line[1], statistic=statistic)

    def whole(line: tuple, statistic: str) -> str:
        one = found.maybe(form=line[0], factor=None, statistic=statistic)
        return formats.number(one.estimate, 3) if one else "∞"

    columns = {
        "model": Column(
            "",
            lambda line: (
                f"{model_name(line[0])}: intercept {whole(line, 'intercept')}, C {whole(line, 'inverse_penalty')}"
            ),
        ),
        "variable": Column("Variable", lambda line: _label(line[1], study)),
        "mean": Column("Mean", lambda line: formats.number(of(line, "mean").estimate, 3)),
        "sd": Column("SD", lambda line: formats.number(of(line, "sd").estimate, 3)),
        "odds_ratio": Column(
            f"Odds ratio per SD ({interval_of(study)})", lambda line: cells.ratio(of(line, "odds_ratio_per_sd"))
        ),
    }
    words = words_of("prediction_tables.coefficients", study)
    return lay_out(words.of(study.tables[name]), lines, columns, study)


def _label(column: str, study) -> str:
    """A variable, or the word of one that an indicator stands for, as a reader sees it."""
    if column == POINTS:
        return "Points"
    variable, _, word = column.partition(": ")
    label = with_unit(variable_label(study, variable), variable)
    if any(variable in columns and columns[variable].kind == "flag" for columns in TABLES.values()):
        named = [one.groups.items() for one in study.factors.values() if one.variable == variable]
        word = next((level for groups in named for level, group in groups if group.is_ == 1), word)
    return f"{label}: {word}" if word else label
