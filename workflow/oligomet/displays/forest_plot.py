"""Other published series, as a forest plot of those that can be compared."""

from __future__ import annotations

from string import ascii_uppercase
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Polygon
from matplotlib.ticker import PercentFormatter

from oligomet.book import Book, Entry
from oligomet.displays import cells, formats
from oligomet.displays.literature_table import OUTCOMES, POOLED, series_of
from oligomet.displays.study_words import confidence, interval_of
from oligomet.displays.style import COLOURS, DOUBLE, FOOTER, GREY, HEADING, INK, Sheet, lettered, styled, text_width

ROW = 4.4  # mm of a line of the forest plot
AROUND = 18  # mm above and below a panel
WRITTEN = 46  # mm for the numbers at the right


class Line(NamedTuple):
    """A line of the plot: a heading where it has no entry; a summary where that is of the series together."""

    name: str
    entry: Entry | None = None
    prediction: Entry | None = None

    @property
    def is_summary(self) -> bool:
        return self.entry is not None and self.entry.group == "pooled"


@styled
def forest_plot(book: Book, literature: pd.DataFrame, study, title: str) -> Sheet:
    """A panel an outcome: each series with its interval, then the summary as a diamond with its prediction interval."""
    panels = {outcome: _lines(book, literature, study, outcome) for outcome in OUTCOMES}
    panels = {outcome: lines for outcome, lines in panels.items() if lines}
    interval = confidence(study)
    note = f"Lines: {interval} confidence intervals; under a summary: {interval} prediction interval of a new series."
    height = FOOTER + sum(ROW * len(lines) + AROUND for lines in panels.values())
    legend = (
        "Series that count by lesion, the published study left out; the size of a square goes with its lesions. "
        "Percentages are those of the counts, and can differ in the last digit from those that were printed."
    )
    figure = Sheet(DOUBLE, height, study, title, legend, note, of_cohort=False)
    names = [line.name for lines in panels.values() for line in lines if line.entry]
    left = 8 + text_width(names)
    top = height
    for letter, (outcome, lines) in zip(ascii_uppercase, panels.items(), strict=False):
        width = DOUBLE - left - WRITTEN
        axes = figure.axes_at(left, top - 7 - ROW * len(lines), width, ROW * len(lines))
        margin = (2 - left) / width
        _draw_lines(axes, lines, margin)
        axes.text(margin, 1.03, lettered(letter, OUTCOMES[outcome]), transform=axes.transAxes, size=HEADING)
        axes.text(1.03, 1.03, f"n/N, % ({interval_of(study)})", transform=axes.transAxes, color=GREY)
        axes.set_xlabel("Lesions (%)")
        top -= ROW * len(lines) + AROUND
    return figure


def _lines(book: Book, literature: pd.DataFrame, study, outcome: str) -> list[Line]:
    """The lines of a panel from top to bottom: heading, series, summary, for each kind of series with any result."""
    labels = literature.set_index("study_id")["label"]
    declared = next(name for name, table in study.tables.items() if table.file)
    lines = []
    for series, heading in series_of(declared, literature, study).items():
        found = book.some(analysis="literature", factor=outcome, population=series)
        points = [one for one in found.some(statistic="proportion") if one.is_defined]
        if not points:
            continue
        lines.append(Line(heading))
        lines += [Line(labels[one.group], one) for one in points if one.group != "pooled"]
        about = {one.statistic: one for one in found.some(group="pooled")}
        if about["proportion"].is_defined:
            i2 = formats.percent(about["i2"].estimate, 0) if "i2" in about else formats.MISSING
            lines.append(Line(f"{POOLED} (I² {i2})", about["proportion"], about.get("prediction")))
    return lines


def _draw_lines(axes: Axes, lines: list[Line], margin: float) -> None:
    colour, summary = COLOURS[0], COLOURS[1]
    largest = max((line.entry.n for line in lines if line.entry and not line.is_summary), default=1)
    for place, (name, one, prediction) in enumerate(lines):
        y = -place
        at: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center"}
        axes.text(margin, y, name, fontweight="normal" if one else "bold", **at)
        if not one:
            continue
        low, middle, high = one.conf_low, one.estimate, one.conf_high
        if lines[place].is_summary:
            corners = [(low, y), (middle, y + 0.28), (high, y), (middle, y - 0.28)]
            axes.add_patch(Polygon(corners, facecolor=summary, edgecolor=INK, linewidth=0.5))
            if prediction:
                axes.hlines(y - 0.42, prediction.conf_low, prediction.conf_high, color=summary, linewidth=0.9)
        else:
            axes.hlines(y, low, high, color=colour, linewidth=0.9)
            axes.plot(middle, y, "s", color=colour, markersize=2 + 4 * (one.n / largest) ** 0.5, clip_on=False)
        counted = "" if one.events is None else f"{formats.count(one.events)}/"
        axes.text(1.03, y, f"{counted}{formats.count(one.n)}, {cells.percent(one)}", **at)
    axes.set_xlim(0, 1)
    axes.set_ylim(-len(lines) + 0.4, 0.6)
    axes.xaxis.set_major_formatter(PercentFormatter(1, 0, symbol=""))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
