"""Which imaging was due, and whether it took place."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oligomet.follow_up_declarations import ImagingSchedule
from oligomet.schemas import TABLES, conform


def find_due_scans(
    patients: pd.DataFrame, measurements: pd.DataFrame, follow_up: pd.DataFrame, schedule: ImagingSchedule
) -> pd.DataFrame:
    """Every imaging that was due of every patient (protocol/due_scans).

    A scan belongs to the due day that is nearest; of several, the nearest counts. One is due only if its window had
    closed while the patient was still known to be alive: whoever died or was lost within it owes nobody a scan.

    Parameters
    ----------
    patients, measurements, follow_up
        The tables of those names of the cohort stage.
    schedule
        Days from the last fraction of the patient's course, and the tolerance on either side.

    Returns
    -------
    A row a patient and due day: due_date; date and days_off of the scan, empty if there is none; status: done (within
    the tolerance), early, late or missed; source of the scan.
    """
    known = follow_up[follow_up["status"] != "lost"].groupby("patient_id")["date"].max()
    rows = []
    for patient in patients.itertuples():
        until = known.get(patient.patient_id, pd.NaT)
        if pd.isna(until):
            continue
        followed = (until - patient.radiotherapy_end).days
        due = [day for day in schedule.due(followed) if day + schedule.tolerance_days < followed]
        scans = measurements[measurements["patient_id"] == patient.patient_id].drop_duplicates("date")
        rows += _assign(patient, due, schedule, scans.sort_values(["date", "source"]))
    return conform(pd.DataFrame(rows, columns=list(TABLES["protocol/due_scans"])), TABLES["protocol/due_scans"])


def _assign(patient, due: list[int], schedule: ImagingSchedule, scans: pd.DataFrame) -> list[dict]:
    """A row for each due day of a patient."""
    after = (scans["date"] - patient.radiotherapy_end).dt.days
    scans, after = scans[after > 0], after[after > 0]
    days = np.array(schedule.due(due[-1] + 2 * (schedule.then_every_days or 0)) if due else [], dtype=float)
    nearest = [int(np.abs(days - day).argmin()) for day in after] if len(days) else []
    rows = []
    for place, day in enumerate(due):
        own = [at for at, number in enumerate(nearest) if number == place]
        row = {"patient_id": patient.patient_id, "due_day": day, "status": "missed"}
        row["due_date"] = patient.radiotherapy_end + pd.Timedelta(days=day)
        if own:
            at = min(own, key=lambda at: abs(after.iloc[at] - day))
            off = int(after.iloc[at] - day)
            status = "done" if abs(off) <= schedule.tolerance_days else "late" if off > 0 else "early"
            scan = scans.iloc[at]
            row |= {"date": scan["date"], "days_off": off, "status": status, "source": scan["source"]}
        rows.append(row)
    return rows
