"""The factors of an endpoint as a forest plot: what the table of factors says, and how the ratios lie."""

from __future__ import annotations

from matplotlib.ticker import FixedLocator, NullLocator

from oligomet.book import Book
from oligomet.displays import cells, formats
from oligomet.displays.factors_table import Group, groups_of, logrank_of, ratio_of
from oligomet.displays.study_words import interval_of
from oligomet.displays.style import COLOURS, FOOTER, GREY, INK, Sheet, draw_interval, readable, styled, text_width
from oligomet.displays.words import words_of

ROW = 3.6  # mm of a line
RATIOS = (0.1, 10)  # that are drawn; an interval that goes beyond ends in an arrow
TICKS = {45: (0.1, 0.2, 0.5, 1, 2, 5, 10), 30: (0.1, 0.5, 1, 2, 10), 0: (0.1, 1, 10)}  # from so many mm on
MODELS = {"univariable": ("s", COLOURS[0], 0.0), "multivariable": ("D", COLOURS[1], 0.32)}  # sign, colour, lines lower
COLUMNS = {"n": 9.0, "events": 12.0, "univariable": 23.0, "multivariable": 23.0, "p": 16.0, "holm": 11.0}  # mm
HEADINGS = {
    "n": "n",
    "events": "Events",
    "univariable": "■ Alone",
    "multivariable": "◆ Together",
    "p": "Log-rank p",
    "holm": "Holm’s p",
}


@styled
def factors_forest(name: str, book: Book, study) -> Sheet:
    """The hazard ratios of a declared figure's factors, alone and together, with n, events and p, a line a group."""
    declared = study.figures[name]
    about = book.some(endpoint=declared.endpoint, population="all")
    models = {how: about.some(analysis=f"cox_{how}") for how in MODELS}
    models = {how: model for how, model in models.items() if any(model.some(factor=one) for one in declared.panels)}
    adjusted = about.some(analysis="multiplicity", statistic="holm")
    lines = [
        line for factor in declared.panels for line in (Group(factor), *groups_of([factor], study))
    ]  # a factor's heading, then its groups
    shown = {key: width for key, width in COLUMNS.items() if key not in MODELS or key in models}
    if not len(adjusted):
        del shown["holm"]
    words = words_of(
        "factors_forest.factors_forest", study, together="multivariable" in models, adjusted="holm" in shown
    )
    figure = Sheet("double", FOOTER + ROW * len(lines) + 19, study, words.of(declared))
    left = 5 + text_width([_words(line, study) for line in lines])
    plot = figure.size[0] - left - sum(shown.values()) - 6
    bottom, height = FOOTER + 11, ROW * len(lines)
    starts = _places(shown, left, plot)
    axes = figure.axes_at(starts["plot"], bottom, plot, height)
    axes.set(
        xscale="log",
        xlim=RATIOS,
        ylim=(-len(lines) + 0.5, 0.5),
        yticks=[],
        xlabel=f"Hazard ratio ({interval_of(study)})",
    )
    axes.xaxis.set_major_locator(FixedLocator(next(ticks for least, ticks in TICKS.items() if plot > least)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter("{x:g}")
    axes.axvline(1, color=INK, linewidth=0.6, zorder=0)
    axes.spines["left"].set_visible(False)
    for key, start in starts.items():
        if key != "plot":
            colour = readable(MODELS[key][1]) if key in MODELS else GREY
            figure.write(start, bottom + height + 2, HEADINGS[key], color=colour, va="bottom")
    for place, line in enumerate(lines):
        up = bottom + height - (place + 0.5) * ROW
        figure.write(2, up, _words(line, study), va="center", weight="normal" if line.group else "bold")
        said = _said(line, about, models, adjusted, study)
        for key in starts:
            if said.get(key):
                figure.write(starts[key], up, said[key], va="center")
        for how, model in models.items():
            sign, colour, lower = MODELS[how]
            if line.group and (one := ratio_of(line, model, study)) and one.is_defined:
                draw_interval(axes, -place - lower, one, colour)
                axes.plot(one.estimate, -place - lower, sign, color=colour, markersize=3)
    return figure


def _words(line: Group, study) -> str:
    return f"  {line.group}" if line.group else study.factors[line.factor].label


def _places(shown: dict[str, float], left: float, plot: float) -> dict[str, float]:
    """Where each column begins, in mm: the plot stands between the counts and the ratios."""
    starts, at = {}, left
    for key, width in shown.items():
        if key == "univariable":
            starts["plot"], at = at, at + plot + 4
        starts[key], at = at, at + width
    return starts


def _said(line: Group, about: Book, models: dict[str, Book], adjusted: Book, study) -> dict[str, str]:
    """The words of a line: the p values of a factor; the counts and ratios of a group."""
    if not line.group:
        holm = adjusted.maybe(factor=line.factor)
        return {"p": logrank_of(str(line.factor), about), "holm": cells.p_value(holm)}
    counted = about.one(analysis="survival", statistic="median", **line._asdict())
    said = {"n": formats.count(counted.n), "events": formats.count(counted.events)}
    for how, model in models.items():
        if one := ratio_of(line, model, study):
            said[how] = cells.estimate(one)
        elif line.group == study.factors[line.factor].reference_level and len(model.some(factor=line.factor)):
            said[how] = "1 (reference)"
    return said
