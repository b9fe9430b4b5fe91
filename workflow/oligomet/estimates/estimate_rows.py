"""How rows of the estimates table are made: a row is a dict of its columns, and these complete it."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from oligomet.declarations import Analyses
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods.proportions import proportion
from oligomet.schemas import TABLES, conform

INTERVALS = {"exact": "exact (Clopper-Pearson)", "wilson": "Wilson"}


def tabulate(rows: Iterable[dict]) -> pd.DataFrame:
    """Rows, in their order, as a frame with the columns and types of the estimates table."""
    return conform(pd.DataFrame(list(rows)), TABLES["estimates"])


def interval_of(analyses: Analyses) -> str:
    """The interval of proportions in words, e.g. '95 % exact (Clopper-Pearson) interval'."""
    return f"{100 * analyses.confidence:g} % {INTERVALS[analyses.proportion_interval]} interval"


def degrees(df: int) -> str:
    """Degrees of freedom in words."""
    return f"{df} degree{'s' if df > 1 else ''} of freedom"


def share(events: int, n: int, analyses: Analyses, **where) -> dict:
    """A row for `events` of `n` with its interval; the estimate is empty, with the reason, where `n` is 0."""
    row = {"statistic": "proportion", "events": int(events), "n": int(n), "method": interval_of(analyses), **where}
    try:
        found = proportion(events, n, interval=analyses.proportion_interval, confidence=analyses.confidence)
    except Undefined as reason:
        return {**row, "reason": str(reason)}
    return {**row, "estimate": found.estimate, "conf_low": found.conf_low, "conf_high": found.conf_high}
