"""Pictures of individuals, from the outcomes: every patient's course, and the change of every evaluable lesion."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oligomet.displays import formats
from oligomet.displays.response_table import MEANING
from oligomet.displays.style import FOOTER, GREY, INK, RESPONSE_COLOURS, Sheet, in_percent, styled
from oligomet.displays.words import Words, words_of

LARGEST = 1.0  # a lesion that more than doubled is drawn as doubled, and marked
MOST, OF_MORE = 500, 250  # bars of a figure, which are crowded; of more individuals so many at most are drawn
TALLEST = 225  # mm of a figure's bars, that it fits a page


def one_in(found: pd.DataFrame) -> int:
    """Of how many rows one is drawn, evenly in the order in which they are shown: 1, unless there are too many."""
    return 1 if len(found) <= MOST else -(-len(found) // OF_MORE)


@styled
def waterfall_figure(responses: pd.DataFrame, study, assessment: str = "first") -> Sheet | None:
    """The change from baseline of every evaluable lesion's deciding diameter, in the order of its size.

    The colour is the response: progression is judged from the nadir, and a node can respond completely with some
    diameter left, so that height and colour need not agree. Nothing, where no lesion is evaluable or no diameter
    decided, as the response is coded.
    """
    import seaborn

    found = responses[(responses["assessment"] == assessment) & (responses["response"] != "NE")]
    found = found.dropna(subset=["baseline_cm", "diameter_cm"])
    if found.empty:
        return None
    found = found.assign(change=found["diameter_cm"] / found["baseline_cm"] - 1)
    found = found.sort_values(["change", "lesion_id"], ascending=[False, True])
    drawn = found.iloc[:: one_in(found)]
    beyond = np.flatnonzero(drawn["change"] > LARGEST)
    words = words_of(
        "individuals.waterfall_figure", study, assessment=assessment, arrows=len(beyond) > 0, one_in=one_in(found)
    )
    figure = Sheet("double", 70 + FOOTER, study, words)
    axes = figure.axes_at(17, FOOTER + 7, figure.size[0] - 20, 58)
    drawn = drawn.assign(change=drawn["change"].clip(upper=LARGEST))
    seaborn.barplot(drawn, x="lesion_id", y="change", width=0.85, linewidth=0, ax=axes, **by_response(found, drawn))
    axes.plot(beyond, np.full(len(beyond), LARGEST + 0.03), "^", color=INK, markersize=2, clip_on=False)
    axes.axhline(0, color=INK, linewidth=0.6)
    for limit in (study.response.increase, -study.response.decrease):
        axes.axhline(limit, color=GREY, linewidth=0.6, linestyle=(0, (2, 2)), zorder=0)
    axes.set(xlim=(-1, len(drawn)), ylim=(-1.02, LARGEST + 0.05), xticks=[])
    axes.spines["bottom"].set_visible(False)
    axes.set_yticks(np.arange(-1, 1.01, 0.25))
    in_percent(axes.yaxis)
    axes.set_ylabel("Change from baseline")
    axes.set_xlabel(f"Evaluable lesions (n = {formats.count(len(found))})")
    seaborn.move_legend(axes, "upper right", title=None)
    return figure


DEATH = "death"
MARKS = {  # what is drawn: the events of the endpoint that tells of it, its mark, and the mark's colour
    "local failure": ({"in_field_recurrence", "lesion_progression"}, "D", "white"),
    "next systemic therapy": ({"next_systemic_therapy"}, "^", "white"),
    DEATH: ({"death"}, "X", INK),
}


@styled
def swimmer_figure(times: pd.DataFrame, patients: pd.DataFrame, study) -> Sheet | None:
    """A line a patient from radiotherapy to death or last contact, with local failure and the next systemic therapy.

    Nothing, where study.yaml declares no endpoint of death alone; what no other endpoint tells of is not marked.
    """
    per_patient = {name: set(one.events) for name, one in study.endpoints.items() if one.per == "patient"}
    drawn = {  # endpoint -> what it tells of
        next(name for name, events in per_patient.items() if events <= told): mark
        for mark, (told, *_) in MARKS.items()
        if any(events <= told for events in per_patient.values())
    }
    followed = next((endpoint for endpoint, mark in drawn.items() if mark == DEATH), None)
    if followed is None:
        return None
    lines = times[times["endpoint"] == followed].merge(patients[["patient_id", "response"]], on="patient_id")
    signs = {name: MARKS[name][1:] for name in drawn.values()}
    events = times[(times["event"] == 1) & times["patient_id"].isin(lines["patient_id"])]
    events = events.assign(what=events["endpoint"].map(drawn)).dropna(subset="what")
    since = f"Months since {study.endpoints[followed].starts.split('_')[1]} of radiotherapy"
    words = words_of("individuals.swimmer_figure", study, one_in=one_in(lines))
    return swimmers(lines, events, "patient_id", signs, 1.15, study, words, since, "Patients")


def swimmers(
    lines: pd.DataFrame, events: pd.DataFrame, of: str, signs: dict[str, tuple[str, str]], row: float, study,
    words: Words, since: str, drawn: str,
) -> Sheet:  # fmt: skip
    """A bar a line (`of`, months, response), in the colour of its response, with signs at its events (`of`, months,
    what); the longest stands at the top. `row`: mm of a bar; `since`: label of the months; `drawn`: who is."""
    import seaborn

    everyone = lines.sort_values(["months", of], ascending=[False, True])
    lines = everyone.iloc[:: one_in(everyone)]
    events = events[events[of].isin(lines[of])]
    shapes, colours = zip(*signs.values(), strict=True) if signs else ((), ())
    height = min(max(row * len(lines), 20), TALLEST)
    figure = Sheet("double", 24 + height + FOOTER, study, words)
    axes = figure.axes_at(10, FOOTER + 10, figure.size[0] - 14, height + 8)
    edge = {"width": 0.72, "edgecolor": GREY, "linewidth": 0.15}
    seaborn.barplot(lines, x="months", y=of, ax=axes, **edge, **by_response(everyone, lines))
    seaborn.scatterplot(
        events, x="months", y=of, hue="what", style="what", hue_order=list(signs), style_order=list(signs), ax=axes,
        markers=list(shapes), palette=list(colours), edgecolor=INK, linewidth=0.4, s=8, zorder=3, clip_on=False,
    )  # fmt: skip
    axes.set(xlim=(0, None), ylim=(len(lines), -1), yticks=[], xlabel=since)
    axes.set_xticks(np.arange(0, lines["months"].max() + 1, 12))
    axes.set_ylabel(f"{drawn} (n = {formats.count(len(everyone))})")
    seaborn.move_legend(axes, "lower right", title=None)
    return figure


def by_response(found: pd.DataFrame, drawn: pd.DataFrame) -> dict:
    """How bars show the response of those that are drawn: each as it is, in the colour of its response; the key counts
    all that were found."""
    counts = found["response"].value_counts()
    names = {
        name: f"{MEANING[name]} (n = {formats.count(counts[name])})" for name in RESPONSE_COLOURS if name in counts
    }
    palette = {names[name]: RESPONSE_COLOURS[name] for name in names}
    order = list(palette)
    hue = {"hue": drawn["response"].map(names), "hue_order": order, "palette": palette, "dodge": False}
    return {**hue, "errorbar": None, "saturation": 1}
