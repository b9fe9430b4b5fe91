"""Predictors of complete response: how well predictions are calibrated, and what choosing by them would gain."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from oligomet.book import Book
from oligomet.displays.prediction_tables import model_name
from oligomet.displays.study_words import confidence
from oligomet.displays.style import COLOURS, FOOTER, GREY, LINES, Sheet, in_percent, letter, styled
from oligomet.estimates.prediction import EVERYONE

LOWEST = -0.1  # of the net benefit that is drawn: below nought, nobody would choose so


@styled
def calibration_and_benefit(name: str, book: Book, study) -> Sheet:
    """Left what happened against what was predicted, right the net benefit of choosing lesions by the prediction."""
    found = book.some(analysis="prediction")
    forms = found.some(statistic="observed").each("form")
    title = study.figures[name].title
    note = f"Predictions of patients left out. Bars, bands: {confidence(study)} intervals by patient."
    legend = (
        f"{letter(0)}, lesions by fifths of the predicted probability. {letter(1)}, true positives less false ones at "
        "the threshold's odds."
    )
    figure = Sheet("double", 76 + FOOTER, study, title, legend, note)
    half = figure.size[0] / 2
    left = figure.panel(0, "Calibration", 15, FOOTER + 11, half - 30, 56, 10)
    right = figure.panel(1, "Decision curve", half + 12, FOOTER + 11, half - 20, 56, 10)
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
    in_percent(left.xaxis, left.yaxis, right.xaxis)
    right.legend(loc="upper right")
    return figure


def _draw_benefit(axes: Axes, found: Book, form: str, style: dict) -> None:
    curve = found.some(form=form, statistic="net_benefit").frame()
    label = "Every lesion" if form == EVERYONE else model_name(form)
    axes.plot(curve["value"], curve["estimate"], linewidth=1, label=label, **style)
    if form != EVERYONE:
        limits = curve["conf_low"], curve["conf_high"]
        axes.fill_between(curve["value"], *limits, color=style["color"], alpha=0.12, linewidth=0)
