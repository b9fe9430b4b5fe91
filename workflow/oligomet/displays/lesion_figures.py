"""Pictures of irradiated lesions: how each changed from scan to scan, what became of it, and when responses came."""

from __future__ import annotations

from typing import Any

import pandas as pd

from oligomet.book import Book
from oligomet.displays import formats
from oligomet.displays.complete_response_tables import JUDGES
from oligomet.displays.individuals import LARGEST, one_in, swimmers
from oligomet.displays.style import COLOURS, FOOTER, GREY, INK, LINES, RESPONSE_COLOURS, Sheet, in_percent, styled
from oligomet.displays.words import words_of

MARKS = {  # what happened to a lesion: its sign, and the colour of the sign
    "complete response": ("o", "white"),
    "progression": ("D", RESPONSE_COLOURS["PD"]),
    "systemic therapy": ("^", "white"),
    "death": ("X", INK),
}
LINE = 0.9  # mm of a lesion


@styled
def spider_figure(imaging: pd.DataFrame, courses: pd.DataFrame, study) -> Sheet:
    """The change from baseline of every measured lesion over time, in the colour of its best response."""
    best = courses.drop_duplicates("lesion_id").set_index("lesion_id")["best"]
    found = imaging[imaging["by"] == "measured"].dropna(subset="change")
    found = found.assign(best=found["lesion_id"].map(best).fillna("NE")).sort_values(["lesion_id", "months"])
    start = found.drop_duplicates("lesion_id").assign(months=0.0, change=0.0)
    words = words_of("lesion_figures.spider_figure", study, lesions=len(start), largest=LARGEST)
    figure = Sheet("double", 78 + FOOTER, study, words)
    axes = figure.axes_at(17, FOOTER + 11, figure.size[0] - 40, 60)
    at: dict[str, Any] = {"transform": axes.transAxes, "va": "top"}
    drawn = pd.concat([start, found]).assign(change=lambda lines: lines["change"].clip(upper=LARGEST))
    for _, line in drawn.sort_values("months", kind="stable").groupby("lesion_id"):
        colour = RESPONSE_COLOURS[line["best"].iloc[0]]
        axes.plot(line["months"], line["change"], color=colour, linewidth=0.6, marker=".", markersize=2.2, alpha=0.85)
    counts = start["best"].value_counts()
    for place, name in enumerate(name for name in RESPONSE_COLOURS if name in counts):
        axes.text(1.02, 1 - 0.07 * place, f"\u2014 {name} (n = {formats.count(counts[name])})", **at)
        axes.text(1.02, 1 - 0.07 * place, "\u2014", color=RESPONSE_COLOURS[name], fontweight="bold", **at)
    axes.axhline(0, color=GREY, linewidth=0.6)
    axes.axhline(-study.response.decrease, color=GREY, linewidth=0.6, linestyle=(0, (2, 2)))
    axes.set(xlim=(0, None), ylim=(-1.03, LARGEST + 0.03), xlabel="Months since the last fraction")
    axes.set_ylabel("Change from baseline")
    in_percent(axes.yaxis)
    return figure


@styled
def lesion_swimmer_figure(courses: pd.DataFrame, study) -> Sheet:
    """A line a lesion from its last fraction to when its patient was last seen, in the colour of its best response."""
    lines = courses[courses["what"] == "last seen"].rename(columns={"best": "response"})
    events = courses[courses["what"].isin(MARKS) & courses["lesion_id"].isin(lines["lesion_id"])]
    signs = {name: sign for name, sign in MARKS.items() if name in set(events["what"])}
    words = words_of("lesion_figures.lesion_swimmer_figure", study, one_in=one_in(lines))
    since = "Months since the last fraction"
    return swimmers(lines, events, "lesion_id", signs, LINE, study, words, since, "Irradiated lesions")


@styled
def response_incidence(name: str, book: Book, study) -> Sheet:
    """When complete responses came: the cumulative incidence of all lesions and of strata, with what rules one out."""
    declared = study.complete_response
    found = book.some(analysis="complete_response_curve")
    groups = found.each("group")
    words = words_of("lesion_figures.response_incidence", study, judge=JUDGES[declared.by])
    figure = Sheet("middle", 68 + FOOTER, study, words.of(study.figures[name]))
    axes = figure.axes_at(15, FOOTER + 11, figure.size[0] - 22, 50)
    for place, group in enumerate(groups):
        curve = found.some(group=group).frame().sort_values("time_months")
        n = curve["n"].iloc[0]
        style: dict[str, Any] = {"color": COLOURS[place % len(COLOURS)], "linestyle": LINES[place % len(LINES)]}
        label = f"{group or 'All lesions'} (n = {formats.count(n)})"
        months = curve["time_months"].to_numpy(float)
        axes.step(months, curve["estimate"], where="post", linewidth=1.1, label=label, **style)
        low, high = curve["conf_low"].to_numpy(float), curve["conf_high"].to_numpy(float)
        axes.fill_between(months, low, high, step="post", color=style["color"], alpha=0.12, linewidth=0)
    axes.set(xlim=(0, None), ylim=(0, 1), xlabel="Months since the last fraction")
    axes.set_ylabel("Complete response")
    in_percent(axes.yaxis)
    axes.legend(loc="upper left")
    return figure
