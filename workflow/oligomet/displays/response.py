"""Response by site: the counts of Table 3 as bars, beside the response rate."""

from __future__ import annotations

from textwrap import fill

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from oligomet.displays import formats
from oligomet.displays.counts import CLASSES, TOTAL, response_counts, sites_without_response
from oligomet.displays.style import (
    COLOURS,
    DOUBLE,
    FOOTER,
    GREY,
    INK,
    RESPONSE_COLOURS,
    axes_at,
    sheet,
    styled,
    text_width,
)

ROW = 6.2  # mm of a site in the figure


@styled
def response_figure(estimates: pd.DataFrame, study, title: str, endpoint: str = "first") -> Figure:
    """Stacked bars of the response of each site's lesions, with counts, beside the objective response rate."""
    every = response_counts(estimates, study, endpoint)
    counts = every[every["total"] > 0]
    counts = pd.concat([counts.loc[[TOTAL]], counts.drop(TOTAL)]).rename({TOTAL: "All sites"})
    names = [
        fill(f"{site} (n = {formats.count(n)})".replace("n = ", "n\u00a0=\u00a0"), 28)
        for site, n in counts["total"].items()
    ]
    height = ROW * (len(counts) + 0.5)
    note = f"n: evaluable lesions. {sites_without_response(every)}"
    interval = f"{formats.percent(study.analyses.confidence, 0)} {study.analyses.proportion_interval} interval"
    legend = (
        "Left: evaluable lesions by response, with their numbers. "
        f"Right: objective response rate (CR + PR) with its {interval}; dashed: all sites."
    )
    figure = sheet(DOUBLE, height + 7 + 10 + FOOTER, study, title, legend, note)
    left = 4 + text_width([line for name in names for line in name.split("\n")])
    rate, gap, written, right = 38.0, 6.0, 27.0, 1.0
    bars = axes_at(figure, left, FOOTER + 10, DOUBLE - left - gap - rate - written - right, height)
    rates = axes_at(figure, DOUBLE - rate - written - right, FOOTER + 10, rate, height, sharey=bars)
    y = [-0.5 * (place > 0) - place for place in range(len(counts))]  # everyone stands apart from the sites
    _draw_bars(bars, counts, y)
    _draw_rates(rates, counts, y)
    bars.set_yticks(y, names)
    bars.tick_params(axis="y", length=0)
    bars.set_ylim(y[-1] - 0.55, 0.55)
    bars.set_xlabel("Lesions (%)")
    rates.set_xlabel("CR + PR (%)")
    interval = f"% ({formats.percent(study.analyses.confidence, 0)} CI)"
    rates.text(0.5, 0.62, "Objective response", transform=rates.get_yaxis_transform(), ha="center", size=7)
    rates.text(1.04, 0.62, interval, transform=rates.get_yaxis_transform(), size=6.5, color=GREY)
    return figure


def _draw_bars(axes: Axes, counts: pd.DataFrame, y: list[float]) -> None:
    shares = counts[CLASSES].div(counts["total"], axis=0)
    starts = shares.cumsum(axis=1) - shares
    for name in CLASSES:
        colour = RESPONSE_COLOURS[name]
        ink = INK if name in ("SD", "PR") else "white"
        axes.barh(y, shares[name], left=starts[name], height=0.72, color=colour, edgecolor="white", linewidth=0.6)
        for place, n, start, share in zip(y, counts[name], starts[name], shares[name], strict=True):
            if n:
                axes.text(start + share / 2, place, formats.count(n), ha="center", va="center", color=ink, size=6.5)
    # the widest bar of each class carries its name, once, above everyone
    for name, start, share in zip(CLASSES, starts.iloc[0], shares.iloc[0], strict=True):
        if share:
            axes.text(start + share / 2, 0.5, name, ha="center", va="bottom", size=7, fontweight="bold")
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1, 0, symbol=""))
    axes.spines["left"].set_visible(False)


def _draw_rates(axes: Axes, counts: pd.DataFrame, y: list[float]) -> None:
    colour = COLOURS[0]
    axes.axvline(counts["orr"].iloc[0], color=GREY, linewidth=0.6, linestyle=(0, (2, 2)), zorder=0)
    axes.hlines(y, counts["conf_low"], counts["conf_high"], color=colour, linewidth=1)
    axes.plot(counts["orr"], y, "s", color=colour, markersize=3.2, clip_on=False)
    for place, row in zip(y, counts.itertuples(), strict=True):
        text = formats.percent_ci(row.orr, row.conf_low, row.conf_high, 1, "")
        axes.text(1.04, place, text, transform=axes.get_yaxis_transform(), va="center", size=6.5)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1, 0, symbol=""))
    axes.tick_params(axis="y", length=0, labelleft=False)
    axes.spines["left"].set_visible(False)
