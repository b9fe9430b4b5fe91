"""Pictures of individuals, from the outcomes: every patient's course, and the change of every evaluable lesion."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter

from oligomet.displays import formats
from oligomet.displays.counts import MEANING
from oligomet.displays.style import DOUBLE, FOOTER, GREY, INK, RESPONSE_COLOURS, axes_at, sheet, styled

LARGEST = 1.0  # a lesion that more than doubled is drawn as doubled, and marked


@styled
def waterfall_figure(responses: pd.DataFrame, study, title: str, assessment: str = "first") -> Figure:
    """The change from baseline of every evaluable lesion's deciding diameter, in the order of its size.

    The colour is the response: progression is judged from the nadir, and a node can respond completely with some
    diameter left, so that height and colour need not agree.
    """
    found = responses[(responses["assessment"] == assessment) & (responses["response"] != "NE")]
    found = found.dropna(subset=["baseline_cm", "diameter_cm"])
    found = found.assign(change=found["diameter_cm"] / found["baseline_cm"] - 1)
    found = found.sort_values(["change", "lesion_id"], ascending=[False, True])
    place, cut = np.arange(len(found)), found["change"].clip(upper=LARGEST)
    beyond = found["change"].to_numpy() > LARGEST
    arrows = " Arrow: more than doubled." if beyond.any() else ""
    note = f"Change of the diameter that decided (nodes: short axis).{arrows}"
    response = study.response
    legend = f"Dashed: {response.increase:.0%} more and {response.decrease:.0%} less than at baseline."
    figure = sheet(DOUBLE, 70 + FOOTER, study, title, legend, note)
    axes = axes_at(figure, 17, FOOTER + 7, DOUBLE - 20, 58)
    axes.bar(place, cut, width=0.85, color=found["response"].map(RESPONSE_COLOURS))
    axes.plot(place[beyond], np.full(beyond.sum(), LARGEST + 0.03), "^", color=INK, markersize=2, clip_on=False)
    axes.axhline(0, color=INK, linewidth=0.6)
    for limit in (response.increase, -response.decrease):
        axes.axhline(limit, color=GREY, linewidth=0.6, linestyle=(0, (2, 2)), zorder=0)
    axes.set(xlim=(-1, max(len(found), 1)), ylim=(-1.02, LARGEST + 0.05), xticks=[])
    axes.spines["bottom"].set_visible(False)
    axes.set_yticks(np.arange(-1, 1.01, 0.25))
    axes.yaxis.set_major_formatter(PercentFormatter(1, 0))
    axes.set_ylabel("Change from baseline")
    axes.set_xlabel(f"Evaluable lesions (n = {formats.count(len(found))})")
    _explain_responses(axes, found["response"], loc="upper right", ncols=1)
    return figure


EVENTS = {  # endpoint: the event as it is drawn, and its mark
    "LRFS": ("local failure", "D"),
    "CFI": ("next systemic therapy", "^"),
    "OS": ("death", "X"),
}


@styled
def swimmer_figure(times: pd.DataFrame, patients: pd.DataFrame, study, title: str) -> Figure:
    """A line a patient from radiotherapy to death or last contact, with local failure and the next systemic therapy."""
    lines = times[times["endpoint"] == "OS"].merge(patients[["patient_id", "response"]], on="patient_id")
    lines = lines.sort_values(["months", "patient_id"], ascending=[True, False]).reset_index(drop=True)
    place = pd.Series(lines.index, lines["patient_id"])
    note = f"Colour: response of the {study.response.patient} irradiated lesion. No cross at the end: last seen alive."
    figure = sheet(DOUBLE, 20 + 1.15 * len(lines) + FOOTER, study, title, "One line a patient.", note)
    axes = axes_at(figure, 10, FOOTER + 10, DOUBLE - 14, 1.15 * len(lines) + 6)
    colours = lines["response"].map({**RESPONSE_COLOURS, "NE": "#f0e6c8"})
    axes.barh(lines.index, lines["months"], height=0.72, color=colours, edgecolor=GREY, linewidth=0.15)
    marks = []
    for endpoint, (name, mark) in EVENTS.items():
        happened = times[(times["endpoint"] == endpoint) & (times["event"] == 1)]
        inside = INK if endpoint == "OS" else "white"
        style = {"color": INK, "marker": mark, "markersize": 2.6, "markeredgewidth": 0.4, "linestyle": "none"}
        style |= {"markerfacecolor": inside}
        axes.plot(happened["months"], place.reindex(happened["patient_id"]), clip_on=False, **style)
        marks.append(Line2D([], [], label=name, **style))
    axes.set(xlim=(0, None), ylim=(-1, len(lines)), yticks=[])
    axes.set_xticks(np.arange(0, lines["months"].max() + 1, 12))
    axes.set_xlabel("Months since end of radiotherapy")
    axes.set_ylabel(f"Patients (n = {formats.count(len(lines))})")
    first = _explain_responses(axes, lines["response"], loc="lower right", ncols=1)
    axes.legend(handles=marks, loc="lower right", bbox_to_anchor=(1, 0.16), frameon=False, fontsize=6.5)
    axes.add_artist(first)
    return figure


def _explain_responses(axes, responses: pd.Series, **where):
    """The colours of the responses that occur, with their numbers."""
    counts = responses.value_counts()
    colours = {**RESPONSE_COLOURS, "NE": "#f0e6c8"}
    handles = [
        Patch(facecolor=colours[name], edgecolor=GREY, linewidth=0.3, label=f"{MEANING[name]} (n = {counts[name]})")
        for name in RESPONSE_COLOURS
        if name in counts
    ]
    return axes.legend(handles=handles, frameon=False, fontsize=6.5, handlelength=1.2, handleheight=0.8, **where)
