"""Other published series, as a forest plot of those that can be compared."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Polygon

from oligomet.book import Book, Entry
from oligomet.displays import cells, formats
from oligomet.displays.literature_table import OUTCOMES, POOLED, series_of
from oligomet.displays.study_words import interval_of
from oligomet.displays.style import COLOURS, FOOTER, GREY, INK, Sheet, draw_interval, in_percent, styled, text_width
from oligomet.displays.words import words_of

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
def forest_plot(book: Book, literature: pd.DataFrame, study) -> Sheet:
    """A panel an outcome: each series with its interval, then the summary as a diamond with its prediction interval."""
    panels = {outcome: _lines(book, literature, study, outcome) for outcome in OUTCOMES}
    panels = {outcome: lines for outcome, lines in panels.items() if lines}
    height = FOOTER + sum(ROW * len(lines) + AROUND for lines in panels.values())
    figure = Sheet("double", height, study, words_of("forest_plot.forest_plot", study), of_cohort=False)
    names = [line.name for lines in panels.values() for line in lines if line.entry]
    left = 8 + text_width(names)
    top = height
    for place, (outcome, lines) in enumerate(panels.items()):
        width, bottom = figure.size[0] - left - WRITTEN, top - 7 - ROW * len(lines)
        axes = figure.panel(place, OUTCOMES[outcome], left, bottom, width, ROW * len(lines), left - 2)
        _draw_series(axes, lines, (2 - left) / width)
        figure.write(left + 1.03 * width, top - 5.2, f"n/N, % ({interval_of(study)})", color=GREY)
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


def _draw_series(axes: Axes, lines: list[Line], margin: float) -> None:
    summary = COLOURS[1]
    largest = max((line.entry.n for line in lines if line.entry and not line.is_summary), default=1)
    axes.set(xlim=(0, 1), ylim=(-len(lines) + 0.4, 0.6), yticks=[])
    for place, (name, one, prediction) in enumerate(lines):
        y = -place
        at: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center"}
        axes.text(margin, y, name, fontweight="normal" if one else "bold", **at)
        if not one:
            continue
        if lines[place].is_summary:
            corners = [(one.conf_low, y), (one.estimate, y + 0.28), (one.conf_high, y), (one.estimate, y - 0.28)]
            axes.add_patch(Polygon(corners, facecolor=summary, edgecolor=INK, linewidth=0.5))
            if prediction:
                axes.hlines(y - 0.42, prediction.conf_low, prediction.conf_high, color=summary, linewidth=0.9)
        else:
            draw_interval(axes, y, one, COLOURS[0])
            axes.plot(
                one.estimate, y, "s", color=COLOURS[0], markersize=2 + 4 * (one.n / largest) ** 0.5, clip_on=False
            )
        counted = "" if one.events is None else f"{formats.count(one.events)}/"
        axes.text(1.03, y, f"{counted}{formats.count(one.n)}, {cells.percent(one)}", **at)
    in_percent(axes.xaxis, sign="")
    axes.spines["left"].set_visible(False)
