"""Response by site: the counts of Table 3 as bars, beside the response rate."""

from __future__ import annotations

from textwrap import fill

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from oligomet.displays import formats
from oligomet.displays.counts import CLASSES, TOTAL, response_counts, sites_without_response
from oligomet.displays.style import DOUBLE, FOOTER, GREY, INK, RESPONSE_COLOURS, axes_at, sheet, styled, text_width

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
    height = ROW * len(counts)
    note = f"n: evaluable lesions. {sites_without_response(every)}"
    interval = f"{formats.percent(study.analyses.confidence, 0)} {study.analyses.proportion_interval} interval"
    legend = (
        "Left: evaluable lesions by response, with their numbers. "
        f"Right: objective response rate (CR + PR) with its {interval}; dashed: all sites."
    )
    figure = sheet(DOUBLE, height + 7 + 10 + FOOTER, study, title, legend, note)
    left = 4 + text_width([line for name in names for line in name.split("\n")])
    rate, gap, written, right = 38.0, 6.0, 29.0, 1.0
    bars = axes_at(figure, left, FOOTER + 10, DOUBLE - left - gap - rate - written - right, height)
    rates = axes_at(figure, DOUBLE - rate - written - right, FOOTER + 10, rate, height, sharey=bars)
    _draw_bars(bars, counts, names)
    _draw_rates(rates, counts)
    for axes, label in ((bars, "Lesions (%)"), (rates, "CR + PR (%)")):
        axes.axhline(0.5, color=GREY, linewidth=0.3, clip_on=False)  # everyone stands apart from the sites
        axes.set(xlim=(0, 1), ylim=(len(counts) - 0.5, -0.5), xlabel=label, ylabel="")
        axes.xaxis.set_major_formatter(PercentFormatter(1, 0, symbol=""))
        axes.tick_params(axis="y", length=0, labelleft=axes is bars)
        axes.spines["left"].set_visible(False)
    interval = f"% ({formats.percent(study.analyses.confidence, 0)} CI)"
    rates.text(0.5, -0.62, "Objective response", transform=rates.get_yaxis_transform(), ha="center")
    rates.text(1.04, -0.62, interval, transform=rates.get_yaxis_transform(), color=GREY)
    return figure


def _draw_bars(axes: Axes, counts: pd.DataFrame, names: list[str]) -> None:
    """A bar a site, in parts by response, each with its count; those of everyone bear the names of the responses."""
    import seaborn

    order = CLASSES[::-1]  # seaborn begins with the last
    long = counts[order].set_axis(names).rename_axis("site").reset_index().melt("site", order, "response", "n")
    seaborn.histplot(
        long, y="site", hue="response", weights="n", multiple="fill", hue_order=order, palette=RESPONSE_COLOURS,
        shrink=0.72, alpha=1, linewidth=0.6, legend=False, ax=axes,
    )  # fmt: skip
    for name, part in zip(CLASSES, axes.containers, strict=True):
        shown = ["" if n == 0 else formats.count(n) for n in counts[name]]
        axes.bar_label(part, shown, label_type="center", color=INK if name in ("SD", "PR") else "white")
        if everyone := part[0].get_width():
            middle = part[0].get_x() + everyone / 2
            axes.text(middle, -0.5, name, ha="center", va="bottom", fontweight="bold")


def _draw_rates(axes: Axes, counts: pd.DataFrame) -> None:
    axes.axvline(counts["orr"].iloc[0], color=GREY, linewidth=0.6, linestyle=(0, (2, 2)), zorder=0)
    limits = [counts["orr"] - counts["conf_low"], counts["conf_high"] - counts["orr"]]
    axes.errorbar(counts["orr"], range(len(counts)), xerr=limits, fmt="s", markersize=3.2, elinewidth=1, clip_on=False)
    for place, row in enumerate(counts.itertuples()):
        text = formats.percent_ci(row.orr, row.conf_low, row.conf_high, 1, "")
        axes.text(1.04, place, text, transform=axes.get_yaxis_transform(), va="center")
