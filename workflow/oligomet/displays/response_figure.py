"""Response by site: the counts of the table as bars, beside the response rate."""

from __future__ import annotations

from textwrap import fill
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.container import BarContainer

from oligomet.book import Book
from oligomet.displays import cells, formats
from oligomet.displays.response_table import CLASSES, Responses, responses_by_site, sites_without_response
from oligomet.displays.study_words import interval_of
from oligomet.displays.style import FOOTER, GREY, INK, RESPONSE_COLOURS, Sheet, in_percent, styled, text_width
from oligomet.displays.words import words_of

ROW = 6.2  # mm of a site in the figure


@styled
def response_figure(name: str, book: Book, study) -> Sheet:
    """Stacked bars of the response of each site's lesions, with counts, beside the objective response rate."""
    *sites, total = every = responses_by_site(book, study)
    drawn = [one for one in sites if one.evaluable and not isinstance(one.orr.estimate, formats.Withheld)]
    shown = [total._replace(site="All sites"), *drawn]
    names = [fill(f"{one.site} (n\u00a0=\u00a0{formats.count(one.evaluable)})", 28) for one in shown]
    height = ROW * len(shown)
    words = words_of("response_figure.response_figure", study, without_response=sites_without_response(every))
    figure = Sheet("double", height + 7 + 10 + FOOTER, study, words.of(study.figures[name]))
    left = 4 + text_width([line for name in names for line in name.split("\n")])
    page, rate, gap, written, right = figure.size[0], 38.0, 6.0, 29.0, 1.0
    bars = figure.axes_at(left, FOOTER + 10, page - left - gap - rate - written - right, height)
    rates = figure.axes_at(page - rate - written - right, FOOTER + 10, rate, height, sharey=bars)
    _draw_bars(bars, shown, names)
    _draw_rates(rates, shown)
    for axes, label in ((bars, "Lesions (%)"), (rates, "CR + PR (%)")):
        axes.axhline(0.5, color=GREY, linewidth=0.3, clip_on=False)  # everyone stands apart from the sites
        axes.set(xlim=(0, 1), ylim=(len(shown) - 0.5, -0.5), xlabel=label, ylabel="")
        in_percent(axes.xaxis, sign="")
        axes.tick_params(axis="y", length=0, labelleft=axes is bars)
        axes.spines["left"].set_visible(False)
    rates.text(0.5, -0.62, "Objective response", transform=rates.get_yaxis_transform(), ha="center")
    rates.text(1.04, -0.62, f"% ({interval_of(study)})", transform=rates.get_yaxis_transform(), color=GREY)
    return figure


def _draw_bars(axes: Axes, shown: list[Responses], names: list[str]) -> None:
    """A bar a site, in parts by response, each with its count; those of everyone bear the names of the responses."""
    import seaborn

    order = CLASSES[::-1]  # seaborn begins with the last
    counts = pd.DataFrame([one.counts for one in shown]).assign(site=names)
    long = counts.melt("site", order, "response", "n")
    seaborn.histplot(
        long, y="site", hue="response", weights="n", multiple="fill", hue_order=order, palette=RESPONSE_COLOURS,
        shrink=0.72, alpha=1, linewidth=0.6, legend=False, ax=axes,
    )  # fmt: skip
    bars = [part for part in axes.containers if isinstance(part, BarContainer)]
    for name, part in zip(CLASSES, bars, strict=True):
        labels = ["" if n == 0 else formats.count(n) for n in counts[name]]
        axes.bar_label(part, labels, label_type="center", color=INK if name in ("SD", "PR") else "white")
        if everyone := part[0].get_width():
            middle = part[0].get_x() + everyone / 2
            axes.text(middle, -0.5, name, ha="center", va="bottom", fontweight="bold")


def _draw_rates(axes: Axes, shown: list[Responses]) -> None:
    rates = Book([one.orr for one in shown]).frame()
    axes.axvline(rates["estimate"].iloc[0], color=GREY, linewidth=0.6, linestyle=(0, (2, 2)), zorder=0)
    limits = [rates["estimate"] - rates["conf_low"], rates["conf_high"] - rates["estimate"]]
    sign: dict[str, Any] = {"fmt": "s", "markersize": 3.2, "elinewidth": 1, "clip_on": False}
    axes.errorbar(rates["estimate"], range(len(rates)), xerr=limits, **sign)
    for place, one in enumerate(shown):
        axes.text(1.04, place, cells.percent(one.orr), transform=axes.get_yaxis_transform(), va="center")
