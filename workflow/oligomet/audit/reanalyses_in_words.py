"""What the reanalyses say: the analysis behind a row, and the nearest one."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from oligomet.audit.findings import each_row


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
