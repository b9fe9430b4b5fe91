"""Continuous factors as curves with their groups as steps, and local control against dose."""

from __future__ import annotations

from itertools import count
from textwrap import fill
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from oligomet.book import Book
from oligomet.displays import cells, formats
from oligomet.displays.study_words import with_unit
from oligomet.displays.style import (
    COLOURS,
    FOOTER,
    GREY,
    INK,
    LINES,
    Sheet,
    in_percent,
    letter,
    readable,
    styled,
    wrapped,
)
from oligomet.displays.words import words_of
from oligomet.estimates.robustness.continuous import SHOWN

HEIGHT, ROW = 45, 64  # mm of the axes of a panel, and from one line of panels to the next
LEFT, RIGHT = 16, 5
COLUMNS, GAP = 4, 4  # panels in a line, and mm between them
TICKS = (0.25, 0.5, 1, 2, 4)
LIMITS = (0.2, 12)  # hazard ratios that are drawn, and room for the tests above them
FORMS = {"spline": (COLOURS[0], "-"), "linear": (GREY, LINES[2]), "cut": (COLOURS[1], "-")}
MODELS = {"unadjusted": (COLOURS[1], LINES[1]), "adjusted": (COLOURS[0], "-")}


@styled
def continuous_figure(book: Book, study) -> Sheet | None:
    """A line an endpoint of `robustness.continuous`, a panel a factor: spline with band, straight line, step of the
    groups, and how the values lie."""
    panels = [
        (endpoint, names[start : start + COLUMNS])
        for endpoint, names in study.robustness.continuous.items()
        for start in range(0, len(names), COLUMNS)
    ]
    if not panels:
        return None
    words = words_of("continuous_figures.continuous_figure", study, central=SHOWN[1] - SHOWN[0])
    figure = Sheet("double", len(panels) * ROW + FOOTER, study, words)
    places = count()
    for down, (endpoint, names) in enumerate(panels):
        bottom = FOOTER + (len(panels) - 1 - down) * ROW + 11
        for right, name in enumerate(names):
            width = (figure.size[0] - LEFT) / COLUMNS
            axes = figure.panel(next(places), "", LEFT + right * width, bottom, width - GAP, HEIGHT, 3)
            label = "\n".join(wrapped(_label(study.factors[name]), width - GAP))
            _draw_factor(axes, book.some(endpoint=endpoint, factor=name), label)
            if right == 0:
                axes.set_ylabel(fill(f"{study.endpoints[endpoint].label}, hazard ratio", 30))
            else:
                axes.set_yticklabels([])
    return figure


def _draw_factor(axes: Axes, found: Book, label: str) -> None:
    curves, tests = found.some(analysis="continuous_curve"), found.some(analysis="continuous")
    _ratio_axis(axes, label)
    if not len(curves):
        reason = next((one.reason for one in tests if one.reason), "not estimated")
        axes.text(0.5, 0.5, fill(reason, 24), ha="center", va="center", color=GREY, transform=axes.transAxes)
        return
    for form, (colour, line) in FORMS.items():
        _draw_curve(axes, _curve(curves, f"{form}_hazard_ratio"), colour, line, form == "spline", form == "cut")
    _draw_values(axes, _curve(curves, "spline_hazard_ratio"))
    _write_tests(axes, tests)


@styled
def dose_response_figure(book: Book, study) -> Sheet | None:
    """Control at the first declared time by quarter of the dose; the hazard over dose, unadjusted and adjusted."""
    declared = study.robustness.dose_response
    if declared is None:
        return None
    time = study.analyses.rates_at_months[0]
    endpoint, label = study.endpoints[declared.endpoint], _label(study.factors[declared.factor])
    words = words_of(
        "continuous_figures.dose_response_figure",
        study,
        endpoint=endpoint,
        time=time,
        adjusted=[study.factors[name].label for name in declared.adjust],
        letters=[letter(0), letter(1)],
    )
    figure = Sheet("double", ROW + FOOTER, study, words)
    half = figure.size[0] / 2
    width = half - LEFT - RIGHT
    left = figure.panel(0, "By quarter of the dose", LEFT + 4, FOOTER + 11, width - 4, HEIGHT, 7)
    right = figure.panel(1, "Over dose", half + LEFT, FOOTER + 11, width, HEIGHT, 7)

    quarters = [one for one in book.some(analysis="dose_response_quarters", time_months=time) if one.is_defined]
    for place, one in enumerate(quarters):
        limits = [[one.estimate - one.conf_low], [one.conf_high - one.estimate]]
        left.errorbar(one.value, one.estimate, limits, fmt="o", color=COLOURS[0], markersize=4, elinewidth=0.9)
        end, way, side = (one.conf_low, -3, "top") if place % 2 else (one.conf_high, 3, "bottom")  # by turns
        beyond: dict[str, Any] = {"xytext": (0, way), "textcoords": "offset points", "ha": "center", "va": side}
        left.annotate(f"n = {formats.count(one.n)}", (one.value, end), **beyond)
    left.set_ylim(0, 1)
    in_percent(left.yaxis)
    left.set_xlabel(label)
    left.set_ylabel(fill(f"{endpoint.label} at {time:g} months", 30))

    curves = book.some(analysis="dose_response_curve")
    for place, (how, (colour, line)) in enumerate(MODELS.items()):
        curve = _curve(curves, f"{how}_hazard_ratio")
        _draw_curve(right, curve, colour, line, band=how == "adjusted")
        per = next(one for one in book.some(analysis=f"dose_response_{how}", statistic="hazard_ratio") if one.form)
        said = f"{how}: {cells.estimate(per)} {per.form}"
        right.text(0.98, 0.95 - 0.08 * place, said, color=readable(colour), ha="right", transform=right.transAxes)
    _draw_values(right, _curve(curves, "unadjusted_hazard_ratio"))
    _ratio_axis(right, label)
    right.set_ylabel("Hazard ratio")
    left.set_xlim(right.get_xlim()[0] - 1, max([right.get_xlim()[1], *(one.value + 8 for one in quarters)]))
    return figure


def _label(factor) -> str:
    return with_unit(factor.label, factor.variable)


def _curve(curves: Book, statistic: str) -> pd.DataFrame:
    """The points of a curve in the order of their values."""
    return curves.some(statistic=statistic).frame().dropna(subset=["estimate"]).sort_values("value")


def _draw_curve(axes: Axes, curve: pd.DataFrame, colour, line, band: bool = False, step: bool = False) -> None:
    if band:
        axes.fill_between(curve["value"], curve["conf_low"], curve["conf_high"], color=colour, alpha=0.14, linewidth=0)
    style = "steps-mid" if step else "default"
    axes.plot(curve["value"], curve["estimate"], color=colour, linestyle=line, drawstyle=style)


def _draw_values(axes: Axes, curve: pd.DataFrame) -> None:
    """The density of the values along the foot of the panel, up to a sixth of its height."""
    if curve.empty:
        return
    foot = axes.twinx()
    width = curve["value"].iloc[1] - curve["value"].iloc[0]
    foot.bar(curve["value"], curve["n"].astype(float), width * 0.9, color=GREY, alpha=0.35, linewidth=0)
    foot.set_ylim(0, 6 * max(curve["n"].max(), 1))
    foot.axis("off")


def _ratio_axis(axes: Axes, label: str) -> None:
    axes.set_yscale("log")
    axes.set_ylim(*LIMITS)
    axes.yaxis.set_major_locator(FixedLocator(TICKS))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter("{x:g}")
    axes.axhline(1, color=INK, linewidth=0.5, zorder=0)
    axes.set_xlabel(label, labelpad=2)


def _write_tests(axes: Axes, found: Book) -> None:
    """p of the association in each form, in its colour, and p of curvature."""
    tests = [
        ("spline", "likelihood_ratio", "spline"),
        ("spline", "non_linearity", "curvature"),
        ("linear", "likelihood_ratio", "straight line"),
        ("cut", "likelihood_ratio", "groups"),
    ]
    for place, (form, statistic, word) in enumerate(tests):
        said = f"{word} {formats.p_text(found.one(form=form, statistic=statistic).p_value)}"
        at: dict[str, Any] = {"ha": "right", "va": "top", "transform": axes.transAxes}
        axes.text(0.99, 0.98 - 0.07 * place, said, color=readable(FORMS[form][0]), **at)
