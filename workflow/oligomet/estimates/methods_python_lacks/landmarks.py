"""Covariates that become known after the clock has started: landmarks and time-dependent covariates.

The words landmark analysis are not in the source of lifelines, statsmodels, firthmodels.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from oligomet.estimates.methods.inference import Undefined, survival_data


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
        (n,) Times and events.
    changed_at
        (n,) When the covariate changes from 0 to 1; missing for never. A change at or after the end is never seen; one
        at or before 0 holds from the start.

    Returns
    -------
    One or two rows for each: row (number in the input), start, stop, event, changed (0 or 1).

    Notes
    -----
    Who is followed for no time at all, as where death is on the day on which the clock starts, would have an interval
    without length. It ends halfway to the first other time instead, as R's users end it at half a day (Therneau,
    Crowson & Atkinson, "Using time dependent covariates", vignette of survival): a Cox model looks at the order of
    times only, so that any length before the first other time gives the same answer, that of the times as they were.
    """
    time, event = survival_data(time, event)
    change = np.nan_to_num(np.asarray(changed_at, float), nan=np.inf)
    known = np.concatenate([time, change])
    stop = np.where(time > 0, time, np.min(known[known > 0], initial=1) / 2)
    change = np.clip(change, 0, stop)
    row = np.arange(len(time))
    before = {"row": row, "start": 0.0, "stop": change, "event": event & (change == stop), "changed": 0}
    after = {"row": row, "start": change, "stop": stop, "event": event, "changed": 1}
    both = pd.concat([pd.DataFrame(before), pd.DataFrame(after)])
    return both[both["start"] < both["stop"]].sort_values(["row", "start"], ignore_index=True)
