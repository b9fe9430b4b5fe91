"""The simulation study in one figure: what intervals and tests promise, and what they hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from oligomet.displays.style import COLOURS, FOOTER, GREY, INK, Sheet, in_percent, readable, styled
from oligomet.displays.words import words_of

PANELS = {  # measure and target of each panel
    "Type-I error: factor of the lesion": ("type-I error", "factor of the lesion"),
    "Type-I error: factor of the patient": ("type-I error", "factor of the patient"),
    "Coverage: rate without failure": ("coverage", "rate"),
    "Coverage: factor of the lesion": ("coverage", "factor of the lesion"),
    "Coverage: factor of the patient": ("coverage", "factor of the patient"),
    "Coverage: response rate": ("coverage", "response rate"),
}
WINDOWS = {"first": "First response", "best": "Best response"}
COLUMNS, HEIGHT, ROW = 3, 40, 58  # panels in a line; mm of their axes, and from one line to the next
LEFT, RIGHT = 13, 5
ANSWERS = {"naive": COLOURS[1], "clustered": COLOURS[0], "bootstrap": COLOURS[2]}  # to the nesting of lesions
RANGES = {"type-I error": (0, 0.3), "coverage": (0.7, 1)}


@styled
def simulation_figure(performance: pd.DataFrame, study) -> Sheet:
    """A panel a question, the variance of the frailty across; below, the three ways to compare responders.

    `performance` is as `oligomet.simulation.performance.simulate` gives it, all scenarios together.
    """
    replicates = int(performance["replicates"].iloc[0])
    words = words_of("simulation_figure.simulation", study, cohorts=replicates)
    figure = Sheet("double", 2 * ROW + 52 + FOOTER, study, words, of_cohort=False)
    across = figure.size[0] / COLUMNS
    clustered = performance[performance["window"].isna()]
    for place, (name, (measure, target)) in enumerate(PANELS.items()):
        down, right = divmod(place, COLUMNS)
        bottom = FOOTER + 52 + (1 - down) * ROW + 10
        axes = figure.panel(place, name, right * across + LEFT, bottom, across - LEFT - RIGHT, HEIGHT, 6)
        found = clustered[(clustered["measure"] == measure) & (clustered["target"] == target)]
        _draw_frailties(axes, found, replicates)
        axes.set_ylim(*_limits(performance, measure))
        in_percent(axes.yaxis)
    responders = performance[performance["window"].notna()]
    for place, measure in enumerate(("type-I error", "mean log hazard ratio")):
        title = {"type-I error": "Type-I error: response", "mean log hazard ratio": "Bias: response"}[measure]
        width = (figure.size[0] - 70) / 2
        at = (55 + place * (width + 11), FOOTER + 11, width, 28)
        axes = figure.panel(len(PANELS) + place, title, *at, 0 if place else 52)
        _draw_responders(axes, responders[responders["measure"] == measure], replicates, names=place == 0)
        axes.set_xlabel("" if measure == "type-I error" else "Mean log hazard ratio")
        if measure == "type-I error":
            in_percent(axes.xaxis)
            axes.set_xlim(0, None)
    return figure


def _limits(performance: pd.DataFrame, measure: str) -> tuple[float, float]:
    """Of the axis of a measure, the same in every panel: the usual range, or more where it is needed."""
    of_measure = performance.loc[performance["measure"] == measure, "estimate"]
    low, high = RANGES[measure]
    return min(low, max(of_measure.min() - 0.02, 0)), min(max(high, of_measure.max() + 0.02), 1)


def _promise(axes: Axes, found: pd.DataFrame, replicates: int, upright: bool) -> None:
    nominal = found["nominal"].iloc[0]
    line, band = (axes.axvline, axes.axvspan) if upright else (axes.axhline, axes.axhspan)
    line(nominal, color=GREY, linewidth=0.7, zorder=0)
    if nominal:
        error = 1.96 * np.sqrt(nominal * (1 - nominal) / replicates)
        band(nominal - error, nominal + error, color=GREY, alpha=0.18, linewidth=0, zorder=0)


def _draw_frailties(axes: Axes, found: pd.DataFrame, replicates: int) -> None:
    """A line a method and a kind of cohort; the names of the methods in their colours."""
    import seaborn

    _promise(axes, found, replicates, upright=False)
    methods = sorted(found["method"].unique(), key=lambda name: (list(ANSWERS).index(name.split(", ")[1]), name))
    palette = {method: ANSWERS[method.split(", ")[1]] for method in methods}
    signs = ["s" if method.startswith("log-rank") else "o" for method in methods]
    # an estimate between its limits: the median and the range of the three, so that seaborn draws what is given
    ends = pd.concat(found.assign(estimate=found["estimate"] + way * found["mcse"]) for way in (-2, 0, 2))
    for lesions, line, inside in (("one to five", "-", None), ("study", "--", "white")):
        seaborn.pointplot(
            ends[ends["lesions"] == lesions].sort_values("frailty"), x="frailty", y="estimate", hue="method",
            hue_order=methods, palette=palette, markers=signs, linestyles=line, dodge=0.07 * (len(methods) - 1),
            estimator="median", errorbar=("pi", 100), err_kws={"linewidth": 0.7}, markersize=3.4, markeredgewidth=0.7,
            linewidth=0.9, formatter="{:g}".format, legend=False, ax=axes, **({"mfc": inside} if inside else {}),
        )  # fmt: skip
    axes.set_xlim(-0.4, found["frailty"].nunique() - 0.6)
    axes.set_xlabel("Variance of the frailty", labelpad=2)
    axes.set_ylabel("")
    top = found["measure"].iloc[0] == "type-I error"
    for place, method in enumerate(methods):
        y = 0.95 - 0.08 * place if top else 0.05 + 0.08 * (len(methods) - 1 - place)
        name = method.replace("Kaplan-Meier", "Kaplan–Meier")
        axes.text(0.03, y, name, color=readable(palette[method]), transform=axes.transAxes, va="center")


def _draw_responders(axes: Axes, found: pd.DataFrame, replicates: int, names: bool) -> None:
    """A line a way to compare and a window, from top to bottom."""
    _promise(axes, found, replicates, upright=True)
    lines = [(window, method) for window in WINDOWS for method in found["method"].unique()]
    cells = found.set_index(["window", "method"])
    for place, line in enumerate(lines):
        one, colour = cells.loc[line], list(ANSWERS.values())[place % 3]
        sign: dict[str, Any] = {"color": colour, "marker": "osD"[place % 3], "markersize": 3.4, "elinewidth": 0.7}
        axes.errorbar(one["estimate"], -place, xerr=2 * one["mcse"], **sign)
    axes.set_ylim(-len(lines) + 0.4, 0.6)
    labels = [f"{WINDOWS[window]}, {method}" for window, method in lines] if names else []
    axes.set_yticks([-place for place in range(len(labels))], labels)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.axhline(-len(lines) / 2 + 0.5, color=INK, linewidth=0.3)
