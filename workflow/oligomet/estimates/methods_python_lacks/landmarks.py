"""Covariates that become known after the clock has started: landmarks and time-dependent covariates.

The words landmark analysis are not in the source of lifelines, statsmodels, firthmodels.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from oligomet.estimates.methods.common import Undefined, survival_data


def at_landmark(time: ArrayLike, event: ArrayLike, landmark: float, known_at: ArrayLike | None = None) -> pd.DataFrame:
    """Who is still followed and free of the event at the landmark, with the clock set to zero there.

    Anderson, Cain & Gelber 1983, J Clin Oncol 1:710: whoever responds must have lived to respond, so groups by response
    are compared only from a time at which the response was known.

    Parameters
    ----------
    time, event
        (n,) Times and events, in one unit with the landmark.
    known_at
        (n,) When the covariate became known; missing for never. Who has it later than the landmark has it not yet.

    Returns
    -------
    A row for each that is kept: row (number in the input), time (from the landmark), event, known (whether the
    covariate was known by then; True without `known_at`).

    Raises
    ------
    Undefined
        If nobody is left at the landmark.
    """
    time, event = survival_data(time, event)
    kept = time > landmark
    if not kept.any():
        raise Undefined(f"nobody followed beyond {landmark:g}")
    known = np.ones(len(time), bool) if known_at is None else np.asarray(known_at, float) <= landmark
    return pd.DataFrame(
        {"row": np.flatnonzero(kept), "time": time[kept] - landmark, "event": event[kept], "known": known[kept]}
    )


def split_at_change(time: ArrayLike, event: ArrayLike, changed_at: ArrayLike) -> pd.DataFrame:
    """Follow-up split where a covariate changes, for `cox.cox(start=...)` (Mantel & Byar 1974).

    Parameters
    ----------
    time, event
        (n,) Times, above 0, and events.
    changed_at
        (n,) When the covariate changes from 0 to 1; missing for never. A change at or after the end is never seen; one
        at or before 0 holds from the start.

    Returns
    -------
    One or two rows for each: row (number in the input), start, stop, event, changed (0 or 1).

    Raises
    ------
    Undefined
        If a time is 0: there is nothing to split.
    """
    time, event = survival_data(time, event)
    if (time == 0).any():
        raise Undefined("interval without length")
    change = np.clip(np.nan_to_num(np.asarray(changed_at, float), nan=np.inf), 0, time)
    row = np.arange(len(time))
    before = {"row": row, "start": 0.0, "stop": change, "event": event & (change == time), "changed": 0}
    after = {"row": row, "start": change, "stop": time, "event": event, "changed": 1}
    both = pd.concat([pd.DataFrame(before), pd.DataFrame(after)])
    return both[both["start"] < both["stop"]].sort_values(["row", "start"], ignore_index=True)
