"""The figure that carries the message: each published conclusion under every choice of analysis."""

from __future__ import annotations

from collections.abc import Mapping
from string import ascii_uppercase

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from oligomet.displays import formats
from oligomet.displays.published import Ratio
from oligomet.displays.robustness import WORDS, counted_of, judged, meanings, only
from oligomet.displays.specification_marks import Line, Option, data_of, list_lines, list_options
from oligomet.displays.style import COLOURS, DOUBLE, FOOTER, GREY, INK, axes_at, sheet, styled
from oligomet.estimates.robustness.nested import contrast_meant
from oligomet.estimates.robustness.verdicts import primary_choice, published_choice
from oligomet.tables import rows

ROW, COLUMN = 2.75, 3.1  # mm of a choice, and of an option in the panel of marks
HEAD, FOOT = 34, 11  # mm above and below the panels of an endpoint
GAP, ASIDE = 3.5, 7  # mm between panels, and between them and the marks
LETTER = 1.35  # mm of a letter of a heading
LIMITS = (0.14, 3.6)  # hazard ratios that are drawn; an interval that goes beyond ends in an arrow
TICKS = (0.2, 0.5, 1, 2)
BAND, FAINT = "#e4e4e4", "#cfcfcf"
Published = Mapping[tuple[str, str, str], Ratio]


@styled
def specification_figure(estimates: pd.DataFrame, study, title: str, published: Published | None = None) -> Figure:
    """A block an endpoint: a line a choice, marks that say what it chose, and a panel a conclusion.

    Parameters
    ----------
    estimates
        Analyses specification and verdict are shown.
    published
        The hazard ratios that were printed, as `published.published_ratios` gives them.
    """
    blocks = {endpoint: list_lines(estimates, endpoint) for endpoint in study.robustness.headline}
    interval = formats.percent(study.analyses.confidence, 0)
    legend = (
        f"Hazard ratios with {interval} intervals, a line a choice of analysis; the dots at the left say which. "
        "Squares: the published analysis, repeated. Diamonds: the primary corrected analysis. Filled signs: the "
        "interval excludes one. Grey band and line: interval and hazard ratio as printed, where they were. Above each "
        "panel: the verdict, in how many choices the direction is that of the published analysis, and in how many the "
        "interval excludes one in it."
    )
    if meanings(study):
        legend += " Grey signs: the model holds another response, so that the contrast is another one; not counted."
    note = (
        f"■ published analysis, repeated   ◆ primary corrected analysis   Filled: the {interval} interval excludes 1   "
        "Grey band: as printed"
    )
    if meanings(study):
        note += "   Grey signs: another contrast"
    height = FOOTER + sum(HEAD + ROW * len(lines) + FOOT for lines in blocks.values())
    figure = sheet(DOUBLE, height, study, title, legend, note)
    top = height
    for letter, (endpoint, lines) in zip(ascii_uppercase, blocks.items(), strict=False):
        _draw_block(figure, top, letter, endpoint, lines, estimates, study, published or {})
        top -= HEAD + ROW * len(lines) + FOOT
    return figure


def _draw_block(
    figure: Figure, top: float, letter: str, endpoint: str, lines: list[Line], estimates, study, published: Published
) -> None:
    """An endpoint, from `top` mm downwards."""
    height = ROW * len(lines)
    bottom = top - HEAD - height
    options = list_options([line.choice for line in lines], study.analyses.ties)
    marks = axes_at(figure, 4, bottom, COLUMN * len(options), height)
    _draw_marks(marks, lines, options)
    n, events = (max(one[name] for line in lines for one in line.found.values()) for name in ("n", "events"))
    said = f"$\\bf{{{letter}}}$  {study.endpoints[endpoint].label}"
    figure.text(4 / DOUBLE, (top - 4) / (figure.get_size_inches()[1] * 25.4), said, size=8, va="center")
    conclusions = [(name, at) for name in study.robustness.headline[endpoint] for at in _contrasts(lines, name)]
    left = 4 + COLUMN * len(options) + ASIDE
    width = (DOUBLE - 3 - left - GAP * (len(conclusions) - 1)) / len(conclusions)
    for place, (name, contrast) in enumerate(conclusions):
        axes = axes_at(figure, left + place * (width + GAP), bottom, width, height)
        _draw_ratios(axes, endpoint, name, contrast, lines, study, published.get((endpoint, name, contrast)))
        found = rows(estimates, analysis="verdict", endpoint=endpoint, factor=name, level=contrast)
        _draw_heading(axes, study.factors[name].label, contrast, found, height)
        if place == len(conclusions) // 2:
            axes.set_xlabel("Hazard ratio")
    figure.text(
        4 / DOUBLE, (bottom - 5) / (figure.get_size_inches()[1] * 25.4), f"Largest model: n = {formats.count(n)}, "
        f"{formats.count(events)} events", size=6, color=GREY, va="center",
    )  # fmt: skip


def _contrasts(lines: list[Line], name: str) -> list[str]:
    return list(dict.fromkeys(contrast for line in lines for factor, contrast in line.found if factor == name))


def _draw_heading(axes: Axes, label: str, contrast: str, found: pd.DataFrame, height: float) -> None:
    """The factor, its contrast, and what the rows of its verdict say."""
    level, _, reference = contrast.partition(" vs ")
    verdict, excluding = judged(found).iloc[0], only(found, statistic="excluding_one")
    shares = [counted_of(verdict), counted_of(excluding)]
    lines = [
        (11.9, _broken(label, int(axes.bbox.width / axes.figure.dpi * 25.4 / LETTER)), {"weight": "bold", "size": 6.5}),
        (8.0, f"{level}", {"size": 6}),
        (5.6, f"against {reference}", {"size": 6}),
        (3.2, WORDS[verdict["statistic"]], {"style": "italic", "size": 6.5}),
        (0.8, ", ".join(filter(None, shares)), {"size": 6}),
    ]
    for above, text, style in lines:
        axes.text(0, 1 + above / height, text, transform=axes.transAxes, va="bottom", linespacing=1.05, **style)


def _broken(text: str, width: int) -> str:
    from textwrap import wrap

    return "\n".join(wrap(text, width))


def _draw_marks(axes: Axes, lines: list[Line], options: list[Option]) -> None:
    for place, line in enumerate(lines):
        for column, option in enumerate(options):
            chosen = option.chosen(line.choice)
            axes.plot(column, -place, "o", color=INK if chosen else FAINT, markersize=3.2 if chosen else 1.1, mew=0)
    for column, option in enumerate(options):
        at = {"rotation": 70, "rotation_mode": "anchor", "transform": axes.get_xaxis_transform()}
        axes.text(column + 0.1, 1.0, option.words, size=6, ha="left", va="center", **at)
        if column and option.group != options[column - 1].group:
            axes.axvline(column - 0.5, color=FAINT, linewidth=0.5)
    axes.set_xlim(-0.5, len(options) - 0.5)
    _set_lines(axes, lines)
    axes.set_xticks([])
    axes.spines[["left", "bottom"]].set_visible(False)


def _set_lines(axes: Axes, lines: list[Line]) -> None:
    """A place for each line from top to bottom, and a hairline between groups of data."""
    axes.set_ylim(-len(lines) + 0.5, 0.5)
    axes.set_yticks([])
    for place in range(1, len(lines)):
        if data_of(lines[place].choice) != data_of(lines[place - 1].choice):
            axes.axhline(0.5 - place, color=FAINT, linewidth=0.5, zorder=0)


def _draw_ratios(
    axes: Axes, endpoint: str, name: str, contrast: str, lines: list[Line], study, printed: Ratio | None
) -> None:
    axes.set_xscale("log")
    axes.set_xlim(*LIMITS)
    axes.xaxis.set_major_locator(FixedLocator(TICKS))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([f"{tick:g}" for tick in TICKS])
    if printed:
        axes.axvspan(printed.low, printed.high, color=BAND, zorder=0, linewidth=0)
        axes.axvline(printed.estimate, color=GREY, linewidth=0.8, linestyle=(0, (3, 1.5)), zorder=1)
    axes.axvline(1, color=INK, linewidth=0.6, zorder=1)
    special = {
        published_choice(endpoint, name, study): ("s", COLOURS[0], 3.4),
        primary_choice(endpoint, name, study): ("D", COLOURS[1], 3.8),
    }
    for place, line in enumerate(lines):
        one = line.found.get((name, contrast))
        if one is not None:
            other = contrast_meant(line.choice, endpoint, name, contrast, study)
            _draw_one(axes, -place, one, *special.get(line.choice, ("o", GREY if other else INK, 2.4)))
    _set_lines(axes, lines)
    axes.spines["left"].set_visible(False)


def _draw_one(axes: Axes, y: float, one: dict, sign: str, colour: str, size: float) -> None:
    if pd.isna(one["estimate"]):
        axes.text(1, y, "undefined", size=5, color=GREY, ha="center", va="center")
        return
    low, high = (max(min(limit, LIMITS[1]), LIMITS[0]) for limit in (one["conf_low"], one["conf_high"]))
    axes.hlines(y, low, high, color=colour, linewidth=0.7, zorder=2)
    for limit, arrow in ((one["conf_low"], "<"), (one["conf_high"], ">")):
        if not LIMITS[0] <= limit <= LIMITS[1]:
            axes.plot(min(max(limit, LIMITS[0]), LIMITS[1]), y, arrow, color=colour, markersize=2.5, clip_on=False)
    clear = one["conf_high"] < 1 or one["conf_low"] > 1
    axes.plot(
        one["estimate"], y, sign, color=colour, mfc=colour if clear else "white", mew=0.7, markersize=size, zorder=3
    )
