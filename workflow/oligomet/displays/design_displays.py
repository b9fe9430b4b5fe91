"""The design of a trial of complete response: its sizes as a table, its operating characteristics as a figure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from oligomet.displays import formats
from oligomet.displays.shown_table import Column, ShownTable, lay_out
from oligomet.displays.style import COLOURS, FOOTER, GREY, LINES, Sheet, in_percent, styled
from oligomet.displays.words import words_of
from oligomet.trial_declarations import ALL

TESTS = {  # measure: how it is called and drawn
    "rejects: exact, evaluable": ("Exact test, evaluable lesions", 1),
    "rejects: exact, all treated": ("Exact test, all treated lesions", 3),
    "rejects: by patient, evaluable": ("Test by patient, evaluable lesions", 0),
}
TRUTHS = {"null rate": "type-I error", "target rate": "power"}
ROW = 60  # mm of a hypothesis


def sizes_table(found: pd.DataFrame, study) -> ShownTable:
    """Each exact design of each hypothesis; `found` is as `oligomet.design.sizes.sizes` gives it."""
    lines = found.astype(object).replace({np.nan: None}).to_dict("records")

    def count(name: str):
        return lambda line: "" if line[name] is None else formats.count(line[name])

    def share(name: str):
        return lambda line: "" if line[name] is None else formats.percent(line[name], 1, "")

    def first_stage(line: dict) -> str:
        if line["first_n"] is None:
            return ""
        return f"{formats.count(line['stop_at'])} of {formats.count(line['first_n'])}"

    columns = {
        "hypothesis": Column("", lambda line: _named(line["hypothesis"], line)),
        "design": Column("Design", lambda line: line["design"]),
        "n": Column("Lesions", lambda line: line["reason"] or formats.count(line["n"])),
        "reject": Column("Enough from", count("reject_from")),
        "first": Column("Stopped at", first_stage),
        "significance": Column("Type-I error, %", share("significance")),
        "power": Column("Power, %", share("power")),
        "early": Column("Stopped early, %", share("stopped_early")),
        "expected": Column("Expected lesions", lambda line: formats.number(line["expected_n"], 1)),
    }
    why = dict.fromkeys(f"{_named(line['hypothesis'], line)}: {line['why']}" for line in lines)
    words = words_of("design_displays.sizes", study, assumptions=[one.rstrip(".") for one in why])
    return lay_out(words, lines, columns)


INTERVALS = {"exact": "covers: exact, evaluable", "by_patient": "covers: by patient, evaluable"}


def coverage_table(found: pd.DataFrame, study) -> ShownTable:
    """How often the intervals of the rate hold the truth; `found` is as `operating_characteristics.add_up` gives it."""
    where = ["hypothesis", "correlation", "lesions_a_patient"]
    shares = found.set_index([*where, "lost", "truth", "measure"])["share"]
    lines = found[where].drop_duplicates().to_dict("records")
    fewest, most = found["lost"].min(), found["lost"].max()

    def covered(truth: str, measure: str, lost: float):
        return lambda at: formats.percent(shares[*(at[name] for name in where), lost, truth, measure], 1, "")

    columns = {
        "hypothesis": Column("", lambda at: "All lesions" if at["hypothesis"] == ALL else at["hypothesis"]),
        "correlation": Column("Intraclass correlation", lambda at: f"{at['correlation']:g}"),
        "lesions": Column("Lesions a patient", lambda at: formats.count(at["lesions_a_patient"])),
    }
    for truth in TRUTHS:
        for lost in dict.fromkeys((fewest, most)):
            for name, measure in INTERVALS.items():
                columns[f"{name}_{truth[:4].strip()}_{100 * lost:g}"] = Column(
                    name.replace("_", " "), covered(truth, measure, lost), f"{truth.capitalize()}, {lost:.0%} lost"
                )
    error = 100 * found.loc[found["measure"].isin(INTERVALS.values()), "mcse"].max()
    words = words_of("design_displays.coverage", study, trials=int(found["replicates"].max()), error=float(error))
    return lay_out(words, lines, columns)


def _named(hypothesis: str, rates: dict) -> str:
    who = "All lesions" if hypothesis == ALL else hypothesis
    return f"{who}, {formats.percent(rates['null_rate'], 0)} against {formats.percent(rates['target_rate'], 0)}"


@styled
def operating_figure(found: pd.DataFrame, study) -> Sheet:
    """Type-I error and power by how alike the lesions of a patient are, a row a hypothesis.

    A line for each number of lesions a patient has, with the fewest scans lost; thin lines with the most.
    """
    hypotheses = list(dict.fromkeys(found["hypothesis"]))
    lost = found["lost"].min(), found["lost"].max()
    most = found["lesions_a_patient"].max()
    words = words_of(
        "design_displays.operating",
        study,
        trials=int(found["replicates"].max()),
        lesions=most,
        fewest=lost[0],
        most=lost[1],
    )
    figure = Sheet("double", ROW * len(hypotheses) + FOOTER, study, words, of_cohort=False)
    shown = found[(found["lesions_a_patient"] == most) & found["lost"].isin(lost)]
    for down, hypothesis in enumerate(hypotheses):
        for across, (truth, heading) in enumerate(TRUTHS.items()):
            here = shown[(shown["hypothesis"] == hypothesis) & (shown["truth"] == truth)]
            name = "All lesions" if hypothesis == ALL else hypothesis
            named = f"{name} (n = {formats.count(here['lesions'].iloc[0])}): {heading}"
            width, bottom = figure.size[0] / 2, FOOTER + (len(hypotheses) - 1 - down) * ROW + 11
            axes = figure.panel(2 * down + across, named, 15 + across * width, bottom, width - 22, ROW - 20, 11)
            _draw(axes, here, lost)
            asked = here["significance"].iloc[0] if truth == "null rate" else study.sample_size.power
            axes.axhline(asked, color=GREY, linewidth=0.7, zorder=0)
            top = max(0.3, here.loc[here["measure"].isin(TESTS), "share"].max() * 1.05) if truth == "null rate" else 1
            axes.set(xlabel="Intraclass correlation", ylim=(0, top))
            in_percent(axes.yaxis)
            if not down and not across:
                axes.legend(loc="upper left")
    return figure


def _draw(axes: Axes, found: pd.DataFrame, lost: tuple[float, float]) -> None:
    for measure, (name, place) in TESTS.items():
        for share, width in dict(zip(reversed(lost), (0.6, 1.4), strict=True)).items():
            line = found[(found["measure"] == measure) & (found["lost"] == share)].sort_values("correlation")
            style: dict[str, Any] = {"color": COLOURS[place], "linestyle": LINES[place], "linewidth": width}
            label = name if width > 1 else None
            axes.plot(line["correlation"], line["share"], marker="o", markersize=2.2, label=label, **style)
