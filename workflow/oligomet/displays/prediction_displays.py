"""Predictors of complete response: how good each model is, its coefficients, its calibration and what it would gain."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from oligomet.book import Book, Entry
from oligomet.displays import cells, formats
from oligomet.displays.shown_table import Column, ShownTable, lay_out
from oligomet.displays.study_words import confidence, interval_of, synthetic_note, variable_label, with_unit
from oligomet.displays.style import COLOURS, DOUBLE, FOOTER, GREY, LINES, Sheet, lettered, styled
from oligomet.estimates.prediction import EVERYONE, POINTS

MEASURES = {
    "c_statistic": "c statistic",
    "calibration_slope": "Calibration slope",
    "observed_expected": "Observed / expected",
    "brier": "Brier score",
}

LOWEST = -0.1  # of the net benefit that is drawn: below nought, nobody would choose so


def model_name(form: str) -> str:
    """A model as a reader sees it: 'Model with image features'."""
    return "Score" if form == "score" else f"Model {form}"


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

    def number(line: tuple, statistic: str) -> str:
        one = of(line, statistic)
        return cells.ratio(one) if one is None or one.is_defined or not line[1] else "too small"

    def candidates(line: tuple) -> str:
        one, most = of(line, "candidates"), of(line, "carried")
        return f"{formats.count(one.estimate)} of {formats.count(most.estimate)}" if one and most else ""

    columns = {
        "model": Column("", lambda line: model_name(line[0])),
        "judged": Column("Left out", lambda line: f"Centre {line[1]}" if line[1] else "Patients"),
        "lesions": Column("CR / n", lambda line: _counted(of(line, "c_statistic"))),
        "candidates": Column("Parameters", candidates),
    }
    for measure, heading in MEASURES.items():
        columns[measure] = Column(f"{heading} ({interval_of(study)})", lambda line, what=measure: number(line, what))
    for measure in ("c_statistic", "calibration_slope"):
        columns[f"corrected_{measure}"] = Column(
            f"Corrected {MEASURES[measure].lower()} ({interval_of(study)})",
            lambda line, what=f"corrected_{measure}": number(line, what),
        )
    declared = study.prediction
    notes = [
        f"Patients: nested cross-validation, {declared.folds} folds, {declared.repeats} times; a centre: the model of "
        "all others. Corrected: in the model’s own lesions, less its optimism. Intervals and optimism from "
        f"{declared.resamples} resamples of patients. Parameters: candidates, of those that the lesions of the rarer "
        f"outcome carry, one for {declared.lesions_a_parameter:g}. Too small: fewer than {declared.centre_lesions} "
        f"evaluable lesions, or than {declared.centre_rarer} of the rarer outcome."
    ]
    title = study.tables[name].title
    lines.sort(key=lambda line: whole.some(statistic="candidates").each("form").index(line[0]))
    return lay_out(title, lines, columns, [*notes, *synthetic_note(study)], "model")


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
    note = (
        "Ridge-penalised logistic regression, the score without penalty; the probability is the logistic function of "
        "the intercept plus, for each variable, its distance from the mean in SD times the logarithm of the ratio. "
        "Missing values count as the median."
    )
    title = study.tables[name].title
    return lay_out(title, lines, columns, [note, *synthetic_note(study)], "model")


def _label(column: str, study) -> str:
    """A variable, or the word of one that an indicator stands for, as a reader sees it."""
    if column == POINTS:
        return "Points"
    variable, _, word = column.partition(": ")
    label = with_unit(variable_label(study, variable), variable)
    return f"{label}: {word}" if word else label


def _counted(one: Entry | None) -> str:
    return "" if one is None else f"{formats.count(one.events)} / {formats.count(one.n)}"


@styled
def calibration_and_benefit(name: str, book: Book, study) -> Sheet:
    """Left what happened against what was predicted, right the net benefit of choosing lesions by the prediction."""
    found = book.some(analysis="prediction")
    forms = found.some(statistic="observed").each("form")
    title = study.figures[name].title
    note = f"Predictions of patients left out. Bars: {confidence(study)} intervals by patient."
    legend = (
        "A: lesions by fifths of the predicted probability. B: true positives less false ones at the threshold's odds."
    )
    figure = Sheet(DOUBLE, 76 + FOOTER, study, title, legend, note)
    left = figure.axes_at(15, FOOTER + 11, 60, 56)
    right = figure.axes_at(102, FOOTER + 11, 70, 56)
    left.plot([0, 1], [0, 1], color=GREY, linewidth=0.6)
    for place, form in enumerate(forms):
        style: dict[str, Any] = {"color": COLOURS[place], "linestyle": LINES[place]}
        curve = found.some(form=form, statistic="observed").frame().sort_values("value")
        limits = [curve["estimate"] - curve["conf_low"], curve["conf_high"] - curve["estimate"]]
        left.errorbar(
            curve["value"], curve["estimate"], yerr=limits, marker="osD"[place % 3], markersize=3, elinewidth=0.6,
            linewidth=0.9, label=model_name(form), **style,
        )  # fmt: skip
        _draw_benefit(right, found, form, style)
    _draw_benefit(right, found, EVERYONE, {"color": GREY, "linestyle": "-"})
    right.axhline(0, color=GREY, linewidth=0.4)
    right.set_ylim(max(right.get_ylim()[0], LOWEST), None)
    left.set(xlim=(0, 1), ylim=(0, 1), xlabel="Predicted probability of complete response", ylabel="Complete response")
    right.set(xlabel="Threshold of the predicted probability", ylabel="Net benefit per lesion")
    for axes in (left.xaxis, left.yaxis, right.xaxis):
        axes.set_major_formatter(PercentFormatter(1, 0))
    left.set_title(lettered("A", "Calibration"), loc="left", x=-0.15)
    right.set_title(lettered("B", "Decision curve"), loc="left", x=-0.15)
    right.legend(loc="upper right")
    return figure


def _draw_benefit(axes: Axes, found: Book, form: str, style: dict) -> None:
    curve = found.some(form=form, statistic="net_benefit").frame()
    label = "Every lesion" if form == EVERYONE else model_name(form)
    axes.plot(curve["value"], curve["estimate"], linewidth=1, label=label, **style)
