"""Continuous factors as curves with their groups as steps, and local control against dose."""

from __future__ import annotations

from string import ascii_uppercase
from textwrap import fill

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator, PercentFormatter

from oligomet.displays import formats
from oligomet.displays.style import COLOURS, DOUBLE, FOOTER, GREY, INK, LINES, axes_at, sheet, styled
from oligomet.displays.tables import with_unit
from oligomet.tables import rows

HEIGHT, ROW = 45, 64  # mm of the axes of a panel, and from one line of panels to the next
LEFT, RIGHT = 16, 5
COLUMNS, GAP = 4, 4  # panels in a line, and mm between them
TICKS = (0.25, 0.5, 1, 2, 4)
LIMITS = (0.2, 12)  # hazard ratios that are drawn, and room for the tests above them
FORMS = {"spline": (COLOURS[0], "-"), "linear": (GREY, LINES[2]), "cut": (COLOURS[1], "-")}
MODELS = {"unadjusted": (COLOURS[1], LINES[1]), "adjusted": (COLOURS[0], "-")}


@styled
def continuous_figure(estimates: pd.DataFrame, study, title: str) -> Figure:
    """A line an endpoint of `robustness.continuous`, a panel a factor: spline with band, straight line, step of the
    groups, and how the values lie."""
    panels = [
        (endpoint, names[start : start + COLUMNS])
        for endpoint, names in study.robustness.continuous.items()
        for start in range(0, len(names), COLUMNS)
    ]
    interval = formats.percent(study.analyses.confidence, 0)
    legend = (
        "Hazard ratios against the median of each factor, over the central 90% of its values. Line and band: "
        f"restricted cubic spline with its {interval} interval; dotted: straight line; step: the groups; columns: the "
        "values. p: of the association in each form, and of curvature."
    )
    note = f"Bands: {interval} confidence intervals. Dotted: straight line. Steps: groups. Columns: the values."
    figure = sheet(DOUBLE, len(panels) * ROW + FOOTER, study, title, legend, note)
    letters = iter(ascii_uppercase)
    for down, (endpoint, names) in enumerate(panels):
        bottom = FOOTER + (len(panels) - 1 - down) * ROW + 11
        for right, name in enumerate(names):
            width = (DOUBLE - LEFT) / COLUMNS
            axes = axes_at(figure, LEFT + right * width, bottom, width - GAP, HEIGHT)
            axes.set_title(f"$\\bf{{{next(letters)}}}$", loc="left", x=-0.08, pad=4)
            _draw_factor(axes, rows(estimates, endpoint=endpoint, factor=name), _label(study.factors[name]))
            if right == 0:
                axes.set_ylabel(fill(f"{study.endpoints[endpoint].label}, hazard ratio", 30))
            else:
                axes.set_yticklabels([])
    return figure


def _draw_factor(axes: Axes, found: pd.DataFrame, label: str) -> None:
    curves = rows(found, analysis="continuous_curve")
    _ratio_axis(axes, label)
    if curves.empty:
        reasons = rows(found, analysis="continuous")["reason"].dropna()
        reason = reasons.iloc[0] if len(reasons) else "not estimated"
        axes.text(0.5, 0.5, fill(reason, 24), ha="center", va="center", color=GREY, transform=axes.transAxes)
        return
    for form, (colour, line) in FORMS.items():
        _draw_curve(axes, _curve(curves, f"{form}_hazard_ratio"), colour, line, form == "spline", form == "cut")
    _draw_values(axes, _curve(curves, "spline_hazard_ratio"))
    _write_tests(axes, rows(found, analysis="continuous"))


@styled
def dose_response_figure(estimates: pd.DataFrame, study, title: str) -> Figure:
    """Control at the first declared time by quarter of the dose; the hazard over dose, unadjusted and adjusted."""
    declared = study.robustness.dose_response
    time = study.analyses.rates_at_months[0]
    endpoint, label = study.endpoints[declared.endpoint], _label(study.factors[declared.factor])
    interval = formats.percent(study.analyses.confidence, 0)
    adjusted = " and ".join(study.factors[name].label for name in declared.adjust)
    by = "; variance by patient" if endpoint.per == "lesion" else ""
    legend = (
        f"A, {endpoint.label.lower()} at {time:g} months by quarter of the dose, at the mean dose of each. B, hazard "
        f"ratio over dose against the median dose, restricted cubic splines, alone and adjusted for {adjusted}. Bars "
        f"and band: {interval} intervals{by}."
    )
    note = f"Bars, band: {interval} confidence intervals{by}. Columns: the doses of the {endpoint.per}s."
    figure = sheet(DOUBLE, ROW + FOOTER, study, title, legend, note)
    width = DOUBLE / 2 - LEFT - RIGHT
    left = axes_at(figure, LEFT + 4, FOOTER + 11, width - 4, HEIGHT)
    right = axes_at(figure, DOUBLE / 2 + LEFT, FOOTER + 11, width, HEIGHT)

    quarters = rows(estimates, analysis="dose_response_quarters", time_months=time).dropna(subset=["estimate"])
    dose = quarters["level"].astype(float)
    below, above = quarters["estimate"] - quarters["conf_low"], quarters["conf_high"] - quarters["estimate"]
    left.errorbar(dose, quarters["estimate"], [below, above], fmt="o", markersize=4, elinewidth=0.9)
    for place, (at, one) in enumerate(zip(dose, quarters.itertuples(), strict=True)):  # above and below by turns
        end, way, side = (one.conf_low, -3, "top") if place % 2 else (one.conf_high, 3, "bottom")
        above = {"xytext": (0, way), "textcoords": "offset points", "ha": "center", "va": side}
        left.annotate(f"n = {formats.count(one.n)}", (at, end), **above)
    left.set_ylim(0, 1)
    left.yaxis.set_major_formatter(PercentFormatter(1, 0))
    left.set_xlabel(label)
    left.set_ylabel(fill(f"{endpoint.label} at {time:g} months", 30))
    left.set_title("$\\bf{A}$  By quarter of the dose", loc="left", x=-0.1, pad=5)

    curves = rows(estimates, analysis="dose_response_curve")
    for place, (how, (colour, line)) in enumerate(MODELS.items()):
        curve = _curve(curves, f"{how}_hazard_ratio").dropna(subset=["estimate"])
        _draw_curve(right, curve, colour, line, band=how == "adjusted")
        per = rows(estimates, analysis=f"dose_response_{how}", level="per 10 Gy", statistic="hazard_ratio").iloc[0]
        ratio = formats.estimate_ci(per["estimate"], per["conf_low"], per["conf_high"])
        said, at = f"{how}: {ratio} per 10 Gy", {"ha": "right", "transform": right.transAxes}
        right.text(0.98, 0.95 - 0.08 * place, said, color=colour, **at)
    _draw_values(right, _curve(curves, "unadjusted_hazard_ratio").dropna(subset=["estimate"]))
    _ratio_axis(right, label)
    right.set_ylabel("Hazard ratio")
    right.set_title("$\\bf{B}$  Over dose", loc="left", x=-0.1, pad=5)
    left.set_xlim(right.get_xlim()[0] - 1, max(right.get_xlim()[1], dose.max() + 8) if len(dose) else None)
    return figure


def _label(factor) -> str:
    return with_unit(factor.label, factor.variable)


def _curve(curves: pd.DataFrame, statistic: str) -> pd.DataFrame:
    found = rows(curves, statistic=statistic)
    return found.assign(at=found["level"].astype(float)).sort_values("at")


def _draw_curve(axes: Axes, curve: pd.DataFrame, colour, line, band: bool = False, step: bool = False) -> None:
    if band:
        axes.fill_between(curve["at"], curve["conf_low"], curve["conf_high"], color=colour, alpha=0.14, linewidth=0)
    style = "steps-mid" if step else "default"
    axes.plot(curve["at"], curve["estimate"], color=colour, linestyle=line, drawstyle=style)


def _draw_values(axes: Axes, curve: pd.DataFrame) -> None:
    """The density of the values along the foot of the panel, up to a sixth of its height."""
    if curve.empty:
        return
    foot = axes.twinx()
    width = curve["at"].iloc[1] - curve["at"].iloc[0]
    foot.bar(curve["at"], curve["n"].astype(float), width * 0.9, color=GREY, alpha=0.35, linewidth=0)
    foot.set_ylim(0, 6 * max(curve["n"].max(), 1))
    foot.axis("off")


def _ratio_axis(axes: Axes, label: str) -> None:
    axes.set_yscale("log")
    axes.set_ylim(*LIMITS)
    axes.yaxis.set_major_locator(FixedLocator(TICKS))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.axhline(1, color=INK, linewidth=0.5, zorder=0)
    axes.set_xlabel(label, labelpad=2)


def _write_tests(axes: Axes, found: pd.DataFrame) -> None:
    """p of the association in each form, in its colour, and p of curvature."""
    tests = rows(found, statistic="likelihood_ratio").set_index("level")["p_value"]
    curved = rows(found, statistic="non_linearity")["p_value"].iloc[0]
    said = {
        "spline": f"spline {formats.p_text(tests['spline'])}\ncurvature {formats.p_text(curved)}",
        "linear": f"straight line {formats.p_text(tests['linear'])}",
        "cut": f"groups {formats.p_text(tests['cut'])}",
    }
    height = 0.98
    for form, text in said.items():
        for line in text.split("\n"):
            at = {"ha": "right", "va": "top", "transform": axes.transAxes}
            axes.text(0.99, height, line, color=FORMS[form][0], **at)
            height -= 0.07
