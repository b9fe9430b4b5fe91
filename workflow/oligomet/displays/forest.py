"""Other published series, as a forest plot of those that can be compared."""

from __future__ import annotations

from string import ascii_uppercase

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from matplotlib.ticker import PercentFormatter

from oligomet.displays import formats
from oligomet.displays.series import OUTCOMES, POOLED, SERIES
from oligomet.displays.style import COLOURS, DOUBLE, FOOTER, GREY, INK, axes_at, sheet, styled, text_width
from oligomet.tables import rows

ROW = 4.4  # mm of a line of the forest plot
AROUND = 18  # mm above and below a panel
WRITTEN = 46  # mm for the numbers at the right


@styled
def forest_figure(estimates: pd.DataFrame, literature: pd.DataFrame, study, title: str) -> Figure:
    """A panel an outcome: each series with its interval, then the summary as a diamond with its prediction interval."""
    panels = {outcome: _lines(estimates, literature, outcome) for outcome in OUTCOMES}
    panels = {outcome: lines for outcome, lines in panels.items() if lines}
    interval = formats.percent(study.analyses.confidence, 0)
    note = f"Lines: {interval} confidence intervals; under a summary: {interval} prediction interval of a new series."
    height = FOOTER + sum(ROW * len(lines) + AROUND for lines in panels.values())
    legend = "Series that count by lesion, the published study left out; the size of a square goes with its lesions."
    figure = sheet(DOUBLE, height, study, title, legend, note, of_cohort=False)
    names = [line["name"] for lines in panels.values() for line in lines if line["kind"] != "heading"]
    left = 8 + text_width(names)
    top = height
    for letter, (outcome, lines) in zip(ascii_uppercase, panels.items(), strict=False):
        width = DOUBLE - left - WRITTEN
        axes = axes_at(figure, left, top - 7 - ROW * len(lines), width, ROW * len(lines))
        margin = (2 - left) / width
        _draw_lines(axes, lines, margin)
        axes.text(margin, 1.03, f"$\\bf{{{letter}}}$  {OUTCOMES[outcome]}", transform=axes.transAxes, size=7.5)
        axes.text(1.03, 1.03, f"n/N, % ({interval} CI)", transform=axes.transAxes, color=GREY)
        axes.set_xlabel("Lesions (%)")
        top -= ROW * len(lines) + AROUND
    return figure


def _lines(estimates: pd.DataFrame, literature: pd.DataFrame, outcome: str) -> list[dict]:
    """The lines of a panel from top to bottom: heading, series, summary, for each kind of series with any result."""
    labels = literature.set_index("study_id")["label"]
    lines = []
    for series, heading in SERIES.items():
        found = rows(estimates, analysis="literature", factor=outcome, population=series)
        points = found[found["statistic"] == "proportion"].dropna(subset=["estimate"])
        if points.empty:
            continue
        lines.append({"name": heading, "kind": "heading"})
        alone = points[points["level"] != "pooled"]
        lines += [{"name": labels[one["level"]], "kind": "series", **one} for one in alone.to_dict("records")]
        for one in points[points["level"] == "pooled"].to_dict("records"):
            about = found.set_index("statistic").loc[lambda table: table["level"] == "pooled"]
            i2 = formats.percent(about["estimate"].get("i2"), 0)
            limits = about.loc["prediction", ["conf_low", "conf_high"]] if "prediction" in about.index else None
            lines.append({"name": f"{POOLED} (I² {i2})", "kind": "summary", "prediction": limits, **one})
    return lines


def _draw_lines(axes: Axes, lines: list[dict], margin: float) -> None:
    colour, summary = COLOURS[0], COLOURS[1]
    largest = max((line["n"] for line in lines if line["kind"] == "series"), default=1)
    for place, line in enumerate(lines):
        y, at = -place, {"transform": axes.get_yaxis_transform(), "va": "center"}
        weight = "bold" if line["kind"] == "heading" else "normal"
        axes.text(margin, y, line["name"], fontweight=weight, **at)
        if line["kind"] == "heading":
            continue
        low, middle, high = line["conf_low"], line["estimate"], line["conf_high"]
        if line["kind"] == "summary":
            corners = [(low, y), (middle, y + 0.28), (high, y), (middle, y - 0.28)]
            axes.add_patch(Polygon(corners, facecolor=summary, edgecolor=INK, linewidth=0.5))
            if line["prediction"] is not None:
                axes.hlines(y - 0.42, *line["prediction"], color=summary, linewidth=0.9)
        else:
            axes.hlines(y, low, high, color=colour, linewidth=0.9)
            axes.plot(middle, y, "s", color=colour, markersize=2 + 4 * (line["n"] / largest) ** 0.5, clip_on=False)
        counted = "" if pd.isna(line["events"]) else f"{formats.count(line['events'])}/"
        text = f"{counted}{formats.count(line['n'])}, {formats.percent_ci(middle, low, high, 1, '')}"
        axes.text(1.03, y, text, **at)
    axes.set_xlim(0, 1)
    axes.set_ylim(-len(lines) + 0.4, 0.6)
    axes.xaxis.set_major_formatter(PercentFormatter(1, 0, symbol=""))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
