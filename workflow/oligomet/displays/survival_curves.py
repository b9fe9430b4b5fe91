"""Survival curves, as many panels as study.yaml names, drawn from the `curve` and `logrank` rows of the estimates."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import blended_transform_factory

from oligomet.book import Book
from oligomet.display_declarations import Figure
from oligomet.displays import cells, formats
from oligomet.displays.drawn_curves import Curve, panel_curves
from oligomet.displays.label_placing import Placer
from oligomet.displays.study_words import SUBJECTS, capitalised, confidence, interval_of
from oligomet.displays.style import (
    FOOTER,
    GREY,
    LINE,
    Sheet,
    in_percent,
    letter,
    readable,
    styled,
    text_width,
    width_of,
    wrapped,
)
from oligomet.journal import Columns

PANEL_HEIGHT = 42  # mm of the axes
ROW_HEIGHT = 3.2  # mm of a row of numbers at risk
ABOVE, BELOW = 7, 13  # mm for the panel's title; for ticks, axis label and the heading of the numbers at risk
HEADING = -(BELOW - 2.2) / PANEL_HEIGHT  # of the numbers at risk, in axes coordinates
RIGHT = 4
MAX_LABEL = 22  # letters of a level in the left margin before it is broken
COUNTED = {"at_risk": "At risk", "censored": "Censored", "events": "Events"}


def curve_of_all(endpoint: str, book: Book, study) -> Sheet:
    """The curve of everyone, for an endpoint of which study.yaml declares no figure."""
    return draw_curves(Figure(kind="survival", title=study.endpoints[endpoint].label, endpoint=endpoint), book, study)


def survival_curves(name: str, book: Book, study) -> Sheet:
    """The curves of a declared figure."""
    return draw_curves(study.figures[name], book, study)


@styled
def draw_curves(declared: Figure, book: Book, study) -> Sheet:
    """Kaplan-Meier curves of an endpoint: a panel for everyone ("all") or a factor's groups, up to three in a row.

    Each panel has confidence bands, censoring marks, the number at risk at the start of each period, the number of
    subjects and, for groups, the log-rank p; what else is declared: who was censored or had the event before, the
    hazard ratio, the medians, the cumulative incidence where other events compete.
    """
    name, panels = str(declared.endpoint), declared.panels or ["all"]
    endpoint = study.endpoints[name]
    incidence = declared.incidence and bool(endpoint.competing)
    groups = {panel: panel_curves(book, study, name, panel, incidence, declared.while_followed) for panel in panels}
    # where counts of few are withheld, those of the censored and of events would tell them
    shown = ("at_risk",) if study.privacy.smallest_cell > 1 else declared.risk_table
    rows = [row for row in COUNTED if row in shown]
    names = [line for curves in groups.values() for curve in curves for line in _broken(curve)]
    left = max(14.0, 6.5 + text_width([*names, *(COUNTED[row] for row in rows)]))
    at_most = 2 if left > 22 or len(panels) == 4 else 3  # long names leave no room for three panels
    across_all = min(len(panels), at_most)
    lines = -(-len(panels) // across_all)
    columns: Columns = "single" if across_all == 1 else "double"
    width = width_of(columns)
    room = width / across_all - left - RIGHT
    told = {
        panel: [line for words in _told(declared, book, study, panel) for line in wrapped(words, room)]
        for panel in panels
    }
    most = LINE * max(map(len, told.values()))  # mm of what a panel tells of itself, below its title
    above = ABOVE + most
    tallest = max(sum(len(_broken(curve)) or 1 for curve in curves) for curves in groups.values())
    below = BELOW + ROW_HEIGHT * (len(rows) * (tallest + 1) - 1)
    cell = above + PANEL_HEIGHT + below
    legend = [_legend(declared, study, panels, rows, incidence), _freedom(book, study, name)]
    note = _note(study, endpoint, incidence, width)
    figure = Sheet(columns, lines * cell + FOOTER, study, declared.title, " ".join(filter(None, legend)), note)
    since = f"Months since {endpoint.starts.split('_')[1]} of radiotherapy"
    drawn = [curve for curves in groups.values() for curve in curves]
    months = max((curve.end for curve in drawn), default=12)
    ticks = _ticks(drawn, months, room, study.analyses.rates_at_months)
    for place, (panel, curves) in enumerate(groups.items()):
        down, across = divmod(place, across_all)
        at, bottom = across * width / across_all + left, FOOTER + (lines - 1 - down) * cell + below
        axes = figure.axes_at(at, bottom, room, PANEL_HEIGHT)
        top = bottom + PANEL_HEIGHT + 1.8 + most
        for lower, line in enumerate(told[panel], 1):
            figure.write(at, top - LINE * lower, line)
        number = place if len(panels) > 1 else None
        figure.write_title(at - 1, top, number, _title(study, endpoint, panel, curves))
        _draw_panel(axes, curves, months, ticks)
        _write_risk_table(axes, curves, (1.5 - left) / room, rows)
        axes.set_xlabel(since, labelpad=2, loc="center" if text_width([since]) < room + 2 * RIGHT - 2 else "right")
        if across == 0:
            axes.set_ylabel(endpoint.label)
        _write_labels(axes, curves, _logrank(book, name, panel))
    return figure


def _logrank(book: Book, endpoint: str, panel: str) -> str:
    about = {"analysis": "logrank", "endpoint": endpoint, "population": "all", "factor": panel}
    test = book.maybe(**about, statistic="chi_square")
    return f"log-rank {formats.p_text(test.p_value)}" if test else ""


def _told(declared: Figure, book: Book, study, panel: str) -> list[str]:
    """What a panel tells of itself, where it is declared: the hazard ratios of its groups, and their medians."""
    about = book.some(endpoint=declared.endpoint, population="all", factor=None if panel == "all" else panel)
    said = []
    if "hazard_ratio" in declared.tells:
        ratios = list(about.some(analysis="cox_univariable", statistic="hazard_ratio"))
        said += [
            f"HR{f' of {one.group}' if len(ratios) > 1 else ''} ({interval_of(study)}): {cells.ratio(one)}"
            for one in ratios
        ]
    if "medians" in declared.tells:
        medians = [one for one in about.some(analysis="survival", statistic="median") if one.n]
        named = "; ".join(f"{one.group} {cells.median(one)}" if one.group else cells.median(one) for one in medians)
        said += [f"Median, months: {named}"] * bool(medians)
    return said


def _title(study, endpoint, panel: str, curves: list[Curve]) -> str:
    if panel != "all":
        return study.factors[panel].label
    subjects = SUBJECTS[endpoint.per]
    return f"All {subjects} (n = {formats.count(curves[0].n)})" if curves else f"No {subjects}"


def _legend(declared: Figure, study, panels: list[str], rows: list[str], incidence: bool) -> str:
    per = study.endpoints[declared.endpoint].per
    labels = {panel: formats.lower(study.factors[panel].label) for panel in panels if panel != "all"}
    names = [f"by {labels[panel]}" if panel in labels else f"all {per}s" for panel in panels]
    lettered = [f"{letter(place)}, {name}" for place, name in enumerate(names)]
    shown = "; ".join(lettered) if len(panels) > 1 else capitalised(names[0])
    before = " and ".join({"censored": "of the censored", "events": "of events"}[row] for row in rows[1:])
    said = [
        f"{shown}. Kaplan–Meier estimates with the number at risk at the start of each period"
        f"{f', and the numbers {before} before it' if before else ''}.",
        "The solid blue line is that of the reference group." if labels else "",
        "Thin rising lines: cumulative incidence of the event, with others competing." if incidence else "",
        f"Curves end where fewer than {declared.while_followed} {per}s are followed."
        if declared.while_followed > 1
        else "",
    ]
    return " ".join(filter(None, said))


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
        f"{said} Cumulative incidence of the event with {competing} competing (in brackets, one minus the Kaplan–Meier "
        f"estimate of all): {'; '.join(shown)}."
    )


def _note(study, endpoint, incidence: bool, width: float) -> str:
    """The longest that fits into a line: the caption says it all."""
    bands = f"Bands: {confidence(study)} intervals"
    rising = " Rising: cumulative incidence." * incidence
    said = f"{bands} ({study.analyses.survival_interval}). Ticks: censored {endpoint.per}s"
    in_brief = f"{bands}. Ticks: censored."
    ways = [f"{said}.{rising}", f"{in_brief}{rising}", in_brief]
    if endpoint.censors_death:
        in_brief = f"{bands}. Ticks: censored, deaths too."
        ways = [f"{said}, deaths too: freedom from the event, not survival.{rising}", f"{in_brief}{rising}", in_brief]
    return next((note for note in ways if text_width([note]) + 3 < width), ways[-1])


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


def _draw_panel(axes: Axes, curves: list[Curve], months: float, ticks: list[float]) -> None:
    """Curves, bands, censoring marks, and where it is shown the rising incidence."""
    axes.set(xlim=(0, months + 1), ylim=(0, 1.03), xticks=ticks, yticks=np.arange(0, 1.01, 0.25))
    in_percent(axes.yaxis)
    for curve in curves:
        _, y, low, high = np.vstack([curve.steps, curve.steps[-1]]).T[:4]  # level to the end of follow-up
        x = [*curve.steps[:, 0], curve.end]
        style: dict[str, Any] = {"color": curve.colour, "clip_on": False}
        axes.fill_between(x, low, high, step="post", color=curve.colour, alpha=0.14, linewidth=0)
        axes.plot(x, y, drawstyle="steps-post", linestyle=curve.line, label=curve.name, **style)
        axes.plot(curve.censored, curve.survival(curve.censored), "|", markersize=3.2, markeredgewidth=0.6, **style)
        if curve.incidence is not None:
            x, y, *_ = curve.incidence.steps.T
            axes.plot(x, y, drawstyle="steps-post", linestyle=curve.line, linewidth=0.6, gid="incidence", **style)


def _write_risk_table(axes: Axes, curves: list[Curve], margin: float, rows: list[str]) -> None:
    """The numbers under their months: for each of `rows` a heading and a line a group."""
    down = blended_transform_factory(axes.transData, axes.transAxes)
    line = ROW_HEIGHT / PANEL_HEIGHT
    at: dict[str, Any] = {"transform": axes.transAxes, "va": "baseline"}
    y = HEADING
    for row in rows:
        axes.text(margin, y, COUNTED[row], color=GREY, **at)
        for curve in curves:
            y -= line
            for month in axes.get_xticks():
                n = formats.count(curve.counts(month)[row])
                axes.text(month, y, n, transform=down, ha="center", va="baseline", gid=row)
            for place, part in enumerate(_broken(curve)):
                y -= line * (place > 0)
                axes.text(margin, y, "  " * (place > 0) + part, color=readable(curve.colour), **at)
        y -= line


def _write_labels(axes: Axes, curves: list[Curve], logrank: str) -> None:
    """The p value and the groups' names, next to their curves, where there is room.

    Without room the p value goes beside the heading of the numbers at risk, whose coloured names then tell the groups.
    """
    if len(curves) < 2:
        return
    placer = Placer(axes, [*curves, *(curve.incidence for curve in curves if curve.incidence)])
    if logrank and not placer.corner(logrank):
        axes.text(1, HEADING, logrank, transform=axes.transAxes, ha="right", va="baseline")
    for place, curve in enumerate(curves):
        n = f"(n = {formats.count(curve.n)})"
        placer.beside(place, [f"{curve.name} {n}", f"{curve.name}\n{n}"], color=readable(curve.colour))
