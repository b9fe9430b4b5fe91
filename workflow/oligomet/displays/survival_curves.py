"""Survival curves, as many panels as study.yaml names, drawn from the `curve` and `logrank` rows of the estimates."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_uppercase
from textwrap import wrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter
from matplotlib.transforms import blended_transform_factory
from numpy.typing import ArrayLike

from oligomet.book import Book
from oligomet.displays import formats
from oligomet.displays.label_placing import Placer
from oligomet.displays.study_words import SUBJECTS, capitalised, confidence
from oligomet.displays.style import (
    COLOURS,
    DOUBLE,
    FOOTER,
    GREY,
    LINES,
    SINGLE,
    Sheet,
    lettered,
    readable,
    styled,
    text_width,
)

PANEL_HEIGHT = 42  # mm of the axes
ROW_HEIGHT = 3.2  # mm of a row of numbers at risk
ABOVE, BELOW = 7, 13  # mm for the panel's title; for ticks, axis label and the heading of the numbers at risk
HEADING = -(BELOW - 2.2) / PANEL_HEIGHT  # of the numbers at risk, in axes coordinates
RIGHT = 4
MAX_LABEL = 22  # letters of a level in the left margin before it is broken


@dataclass(frozen=True)
class Curve:
    """One group's curve and how it is drawn.

    Attributes
    ----------
    steps
        (steps, 4) months, survival and its limits.
    censored
        Months, in order.
    at_risk
        Months from the start: how many are followed.
    style
        The number of its colour and line.
    """

    name: str | None  # None: everyone
    steps: np.ndarray
    censored: list[float]
    at_risk: dict[float, int]
    style: int = 0

    @property
    def n(self) -> int:
        return self.at_risk[0]

    @property
    def colour(self) -> str:
        return COLOURS[self.style % len(COLOURS)]

    @property
    def line(self) -> str | tuple:
        return LINES[self.style % len(LINES)]

    @property
    def end(self) -> float:
        return max([*self.steps[:, 0], *self.censored])

    def survival(self, months: ArrayLike) -> np.ndarray:
        """The curve's height at `months`, read off its steps."""
        return self.steps[np.searchsorted(self.steps[:, 0], months, side="right") - 1, 1]


def read_curve(book: Book, endpoint: str, factor: str | None, group: str | None, style: int) -> Curve | None:
    """The curve of a group, or of everyone; None where nobody is in it."""
    found = book.some(analysis="curve", endpoint=endpoint, population="all", factor=factor, group=group)
    at_risk = {one.time_months: one.n for one in found.some(statistic="at_risk")}
    if not at_risk.get(0):
        return None
    steps = [(one.time_months, one.estimate, one.conf_low, one.conf_high) for one in found.some(statistic="survival")]
    censored = [one.time_months for one in found.some(statistic="censored")]
    return Curve(group, np.array(sorted(steps, key=lambda step: step[0]), float), censored, at_risk, style)


def curve_of_all(endpoint: str, book: Book, study) -> Sheet:
    """The curve of everyone, for an endpoint of which study.yaml declares no figure."""
    return draw_curves(book, study, endpoint, ["all"], study.endpoints[endpoint].label)


def survival_curves(name: str, book: Book, study) -> Sheet:
    """The curves of a declared figure."""
    declared = study.figures[name]
    return draw_curves(book, study, declared.endpoint, declared.panels, declared.title)


@styled
def draw_curves(book: Book, study, endpoint: str, panels: list[str], title: str) -> Sheet:
    """Kaplan-Meier curves of `endpoint`: a panel for everyone ("all") or a factor's groups, up to three in a row.

    Each panel has confidence bands, censoring marks, the number at risk at the start of each period, the number of
    subjects and, for groups, the log-rank p.
    """
    declared = study.endpoints[endpoint]
    groups = {panel: _curves(book, study, endpoint, panel) for panel in panels}
    names = [line for curves in groups.values() for curve in curves for line in _broken(curve)]
    left = max(14.0, 6.5 + text_width(names))
    at_most = 2 if left > 22 or len(panels) == 4 else 3  # long names leave no room for three panels
    columns = min(len(panels), at_most)
    lines = -(-len(panels) // columns)
    width = SINGLE if columns == 1 else DOUBLE
    below = BELOW + ROW_HEIGHT * max(sum(len(_broken(curve)) or 1 for curve in curves) for curves in groups.values())
    cell = ABOVE + PANEL_HEIGHT + below
    legend = " ".join(filter(None, (_legend(study, declared, panels), _freedom(book, study, endpoint))))
    note = _note(study, declared, width)
    figure = Sheet(width, lines * cell + FOOTER, study, title, legend, note)
    drawn = [curve for curves in groups.values() for curve in curves]
    months = max((curve.end for curve in drawn), default=12)
    ticks = _ticks(drawn, months, width / columns - left - RIGHT, study.analyses.rates_at_months)
    for place, (panel, curves) in enumerate(groups.items()):
        down, across = divmod(place, columns)
        bottom = FOOTER + (lines - 1 - down) * cell + below
        axes = figure.axes_at(across * width / columns + left, bottom, width / columns - left - RIGHT, PANEL_HEIGHT)
        letter = ascii_uppercase[place] if len(panels) > 1 else ""
        _draw_panel(axes, curves, months, left, ticks)
        axes.set_title(_title(study, declared, panel, letter, curves), loc="left", x=-0.02, pad=5)
        axes.set_xlabel(f"Months since {declared.starts.split('_')[1]} of radiotherapy", labelpad=2)
        if across == 0:
            axes.set_ylabel(declared.label)
        _write_labels(axes, curves, _logrank(book, endpoint, panel))
    return figure


def _curves(book: Book, study, endpoint: str, panel: str) -> list[Curve]:
    """The curves of a panel in the order of the levels; the reference is always drawn in the first style."""
    if panel == "all":
        wanted: list[tuple[str | None, str | None, int]] = [(None, None, 0)]
    else:
        factor = study.factors[panel]
        styles = [factor.reference_level, *(level for level in factor.levels if level != factor.reference_level)]
        wanted = [(panel, level, styles.index(level)) for level in factor.levels]
    found = [read_curve(book, endpoint, *group) for group in wanted]
    return [curve for curve in found if curve is not None]


def _logrank(book: Book, endpoint: str, panel: str) -> str:
    about = {"analysis": "logrank", "endpoint": endpoint, "population": "all", "factor": panel}
    test = book.maybe(**about, statistic="chi_square")
    return f"log-rank {formats.p_text(test.p_value)}" if test else ""


def _title(study, declared, panel: str, letter: str, curves: list[Curve]) -> str:
    if panel == "all":
        subjects = SUBJECTS[declared.per]
        name = f"All {subjects} (n = {formats.count(curves[0].n)})" if curves else f"No {subjects}"
    else:
        name = study.factors[panel].label
    return lettered(letter, name)


def _legend(study, declared, panels: list[str]) -> str:
    labels = {panel: formats.lower(study.factors[panel].label) for panel in panels if panel != "all"}
    names = [f"by {labels[panel]}" if panel in labels else f"all {declared.per}s" for panel in panels]
    lettered = [f"{letter}, {name}" for letter, name in zip(ascii_uppercase, names, strict=False)]
    shown = "; ".join(lettered) if len(panels) > 1 else capitalised(names[0])
    solid = " Of groups, the reference has the solid blue line." if labels else ""
    return f"{shown}. Kaplan-Meier estimates with the number at risk at the start of each period.{solid}"


def _freedom(book: Book, study, endpoint: str) -> str:
    """Of a curve that censors death, what it shows, and beside it the incidence that takes death for what it is."""
    declared = study.endpoints[endpoint]
    if not declared.censors_death:
        return ""
    said = (
        "Whoever dies without the event is censored at death: the curves show freedom from the event, as if nobody "
        "died first, and not survival."
    )
    shown = []
    for time in study.analyses.rates_at_months:
        at = {"analysis": "competing", "endpoint": endpoint, "factor": None, "time_months": time}
        two = [book.maybe(**at, statistic=name) for name in ("cumulative_incidence", "kaplan_meier_complement")]
        found = [formats.percent(one.estimate) for one in two if one and one.is_defined]
        if len(found) == 2:
            shown.append(f"{found[0]} ({found[1]}) at {time:g} months")
    if not shown:
        return said
    competing = " or ".join(event.replace("_", " ") for event in declared.competing)
    return (
        f"{said} Cumulative incidence of the event with {competing} competing (in brackets, one minus the Kaplan-Meier "
        f"estimate of all): {'; '.join(shown)}."
    )


def _note(study, declared, width: float) -> str:
    said = f"Bands: {confidence(study)} intervals ({study.analyses.survival_interval}). Ticks: censored {declared.per}s"
    if not declared.censors_death:
        return f"{said}."
    in_full = f"{said}, deaths too: freedom from the event, not survival."
    in_brief = f"Bands: {confidence(study)} intervals. Ticks: censored, deaths too."
    return in_full if text_width([in_full]) + 3 < width else in_brief


def _broken(curve: Curve) -> list[str]:
    return wrap(curve.name, MAX_LABEL) if curve.name else []


def _ticks(curves: list[Curve], months: float, width: float, times: list[float]) -> list[float]:
    """Months with a tick and numbers at risk, the same in all panels of a figure, as far as numbers have room.

    Each year, else the times at which rates are told (after them their last step goes on), else every second, third or
    fifth year. Who is at risk is known at whole years.
    """
    told = [0.0, *sorted(time for time in times if time > 0)]
    while len(told) > 1 and told[-1] + told[-1] - told[-2] <= months:
        told.append(told[-1] + told[-1] - told[-2])
    yearly = [time for time in told if time <= months] if all(time % 12 == 0 for time in told) else []
    each, *others = (np.arange(0, months + 1, step).tolist() for step in (12, 24, 36, 60, 120))
    digit = text_width(["00"]) - text_width(["0"])

    def fit(ticks: list[float]) -> bool:
        """Whether no two neighbours, of months or of numbers at risk, come nearer than a third of a digit."""
        rows = [[f"{tick:g}" for tick in ticks]]
        rows += [[formats.count(curve.at_risk.get(tick, 0)) for tick in ticks] for curve in curves]
        return all(
            digit * (len(row[at]) + len(row[at + 1]) + 0.6) / 2 <= width * (ticks[at + 1] - ticks[at]) / (months + 1)
            for row in rows
            for at in range(len(ticks) - 1)
        )

    return next((ticks for ticks in (each, yearly, *others) if len(ticks) > 1 and fit(ticks)), others[-1])


def _draw_panel(axes: Axes, curves: list[Curve], months: float, left: float, ticks: list[float]) -> None:
    """Curves, bands, censoring marks, and the numbers at risk under their months."""
    axes.set_xlim(0, months + 1)
    axes.set_ylim(0, 1.03)
    axes.set_xticks(ticks)
    axes.set_yticks(np.arange(0, 1.01, 0.25))
    axes.yaxis.set_major_formatter(PercentFormatter(1, 0))
    for curve in curves:
        _, y, low, high = np.vstack([curve.steps, curve.steps[-1]]).T  # level to the end of follow-up
        x = [*curve.steps[:, 0], curve.end]
        style: dict[str, Any] = {"color": curve.colour, "clip_on": False}
        axes.fill_between(x, low, high, step="post", color=curve.colour, alpha=0.14, linewidth=0)
        axes.plot(x, y, drawstyle="steps-post", linestyle=curve.line, label=curve.name, **style)
        axes.plot(curve.censored, curve.survival(curve.censored), "|", markersize=3.2, markeredgewidth=0.6, **style)
    _write_at_risk(axes, curves, left)


def _write_at_risk(axes: Axes, curves: list[Curve], left: float) -> None:
    down = blended_transform_factory(axes.transData, axes.transAxes)
    mm = 1 / PANEL_HEIGHT
    margin = -(left - 1.5) / (axes.bbox.width / axes.figure.dpi * 25.4)
    y = HEADING
    axes.text(margin, y, "At risk", transform=axes.transAxes, color=GREY, va="baseline")
    for curve in curves:
        y -= ROW_HEIGHT * mm
        for month in axes.get_xticks():
            n = curve.at_risk.get(month, 0)
            axes.text(month, y, formats.count(n), transform=down, ha="center", va="baseline", gid="at_risk")
        for place, part in enumerate(_broken(curve)):
            y -= ROW_HEIGHT * mm * (place > 0)
            words = "  " * (place > 0) + part
            axes.text(margin, y, words, transform=axes.transAxes, color=readable(curve.colour), va="baseline")


def _write_labels(axes: Axes, curves: list[Curve], logrank: str) -> None:
    """The p value and the groups' names, next to their curves, where there is room.

    Without room the p value goes beside the heading of the numbers at risk, whose coloured names then tell the groups.
    """
    if len(curves) < 2:
        return
    placer = Placer(axes, curves)
    if logrank and not placer.corner(logrank):
        axes.text(1, HEADING, logrank, transform=axes.transAxes, ha="right", va="baseline")
    for place, curve in enumerate(curves):
        n = f"(n = {formats.count(curve.n)})"
        placer.beside(place, [f"{curve.name} {n}", f"{curve.name}\n{n}"], color=readable(curve.colour))
