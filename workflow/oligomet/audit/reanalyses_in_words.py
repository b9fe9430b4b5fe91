"""What the reanalyses say: the analysis behind a row, the nearest one, and what an agreement shows."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from oligomet.audit.findings import each_row

WHAT_IT_SHOWS = (
    "The cohort was generated to carry published counts, rates, hazard ratios and p values, under one reading of each. "
    "That this reading gives them back shows that the calibration worked, and nothing of what the authors did. Three "
    "things do inform: that one cohort can carry numbers together; that no analysis of it reaches a number; and how "
    "far the analyses lie apart, for where they hardly differ the published number cannot tell them apart in any data."
)


def nearest_by_estimate(rows: pd.DataFrame) -> Any:
    """The row of the analysis whose hazard ratio is nearest to the published one, whatever its interval.

    Parameters
    ----------
    rows
        Those of one target of `reanalyse` that is a hazard ratio.
    """
    published = float(rows["published"].iloc[0].split()[0])
    return min(each_row(rows), key=lambda row: abs(math.log(row.estimate / published)))


def analysis_in_words(row: Any) -> str:
    """The choices that a row of the reanalyses made: 'by patient, worst lesion, univariable, Breslow ties'."""
    model = {"alone": "univariable", "published": "multivariable"}
    said = [
        "by patient" if row.unit == "patient" else "by lesion row",
        None if row.lesion == "-" else f"{row.lesion} lesion",
        None if row.assessment == "-" else f"{row.assessment} response",
        model.get(row.adjustment),
        None if row.ties == "-" else f"{'exact' if row.ties == 'exact' else row.ties.capitalize()} ties",
        None if row.death == "-" else "death an event" if row.death == "event" else "death censored",
        None if row.follow_up == "all" else f"follow-up cut at {row.follow_up}",
        None if pd.isna(row.time_months) else f"at {row.time_months:g} months",
        None if row.labels == "as printed" else "labels swapped",
    ]
    return ", ".join(filter(None, said))
