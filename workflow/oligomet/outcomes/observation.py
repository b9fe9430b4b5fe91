"""Until when a subject is observed: by what ends observation, and by the last time that somebody looked.

Progression is found by looking. Who is telephoned and not imaged is not known to be free of it, so that the FDA
(Clinical Trial Endpoints for the Approval of Cancer Drugs and Biologics, 2018, table of censoring in its appendix)
censors progression-free survival at the last adequate assessment: of those without an event, before a new anticancer
therapy, and before two or more missed assessments. Each is declared of an endpoint: `observed_until`,
`observed_before`, `missed_scans`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from oligomet.follow_up_declarations import Endpoint, ImagingSchedule
from oligomet.outcomes.imaging import ADEQUATE, LOOKS

MISSED = "missed scans"


def find_missed(ended: pd.DataFrame, scans: pd.DataFrame, schedule: ImagingSchedule, allowed: int) -> pd.Series:
    """The day on which the scan that was one too many had been missed, before an event; empty where none was.

    Counted are the scans that were due between the last adequate one before the event (or the start) and the event. One
    is missed if its day and `tolerance_days` pass without any. Scans that were missed before an adequate one do not
    matter: it showed that there had been no event.

    Parameters
    ----------
    ended
        subject_id, start_date and end_date, that of the event; unique index.
    scans
        As `imaging.find_scans` gives them.
    allowed
        `missed_scans` of the endpoint: so many in a row are too many.
    """
    adequate = ended.reset_index()[["index", "subject_id", "end_date"]].merge(scans[scans["adequate"]], on="subject_id")
    last = adequate[adequate["date"] < adequate["end_date"]].groupby("index")["date"].max().reindex(ended.index)
    looked = (last - ended["start_date"]).dt.days.clip(lower=0).fillna(0)
    until = (ended["end_date"] - ended["start_date"]).dt.days
    due = np.array(schedule.due(int(until.max()) if until.notna().any() else 0), dtype=float)
    first = np.searchsorted(due, looked + schedule.tolerance_days, side="right")  # the first due after that scan
    number = np.searchsorted(due, until - schedule.tolerance_days, side="left") - first
    too_many = pd.Series(number >= allowed, ended.index) & until.notna()
    places = np.clip(first + allowed - 1, 0, max(len(due) - 1, 0))
    days = pd.Series(due[places] if len(due) else 0.0, ended.index) + schedule.tolerance_days
    return (ended["start_date"] + pd.to_timedelta(days, unit="D")).where(too_many)


def find_censoring(events: pd.DataFrame, endpoint: Endpoint, scans: pd.DataFrame, stops: pd.DataFrame) -> pd.DataFrame:
    """The last of `observed_until` of each subject, up to what ended its observation before.

    Of imaging, the last scan until that day counts: nobody looked afterwards. Of a contact or the data cut, which say
    that until then nothing else was known, it is that day itself.

    Parameters
    ----------
    events
        Events that count, with subject_id.
    stops
        By subject_id: date, event and source of what ended observation.

    Returns
    -------
    A row a subject of whom such a day is known: subject_id, event, date, source.
    """
    names = endpoint.observed_until
    days = events.loc[events["event"].isin(names), ["subject_id", "event", "date", "source"]].reset_index(drop=True)
    stopped = stops.reindex(days["subject_id"]).reset_index(drop=True)
    late = days["date"] > stopped["date"]
    looking = days["event"].isin(LOOKS)
    parts = [days[~late], stopped.assign(subject_id=days["subject_id"])[late & ~looking]]
    parts += [_last_look(scans, stops, event) for event in names if event in LOOKS and (late & looking).any()]
    days = pd.concat([part for part in parts if len(part)] or [days])
    rank = days["event"].str.split(" ").str[0].map({name: rank for rank, name in enumerate(names)})
    days = days.assign(rank=rank).sort_values(["date", "rank", "source"], ascending=[False, True, True])
    return days.drop_duplicates("subject_id")[["subject_id", "event", "date", "source"]]


def _last_look(scans: pd.DataFrame, stops: pd.DataFrame, event: str) -> pd.DataFrame:
    """The last scan of each subject whose observation was ended, until that day."""
    looks = scans[scans["adequate"]] if event == ADEQUATE else scans
    ended = looks[["subject_id", "date", "source"]].merge(
        stops[["date", "event"]].rename(columns={"date": "stop"}), left_on="subject_id", right_index=True
    )
    ended = ended[ended["date"] <= ended["stop"]].sort_values(["date", "source"])
    last = ended.drop_duplicates("subject_id", keep="last")
    return last.assign(event=event + " before " + last["event"])[["subject_id", "event", "date", "source"]]
