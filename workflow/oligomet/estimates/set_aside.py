"""What was set aside: records that could tell of an event, and subjects who could not be followed for an endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.estimate_rows import tabulate

if TYPE_CHECKING:
    from oligomet.study import Study


def estimate_set_aside(possible_events: pd.DataFrame, set_aside: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Counts of what could not be used and might change a result; no rows where there is nothing of it.

    Parameters
    ----------
    possible_events
        cohort/possible_events.
    set_aside
        outcomes/set_aside.
    study
        Its `endpoints` are used.

    Returns
    -------
    Rows of `estimates`, analysis set_aside: records by the event that they say or may say (unit row, group), and
    subjects by endpoint, in all and by reason (group); `n` are all of the endpoint.
    """
    where = {"analysis": "set_aside", "statistic": "count", "method": "count"}
    records = possible_events.groupby("event").size()
    rows = [
        {**where, "unit": "row", "population": "screened", "group": event, "estimate": count, "n": count}
        for event, count in records.items()
    ]
    for name, one in study.endpoints.items():
        reasons = set_aside.loc[set_aside["endpoint"] == name, "reason"]
        of_one = {**where, "unit": one.per, "population": "all", "endpoint": name, "n": len(reasons)}
        rows += [{**of_one, "estimate": len(reasons)}] if len(reasons) else []
        rows += [{**of_one, "group": reason, "estimate": count} for reason, count in reasons.value_counts().items()]
    return tabulate(rows)
