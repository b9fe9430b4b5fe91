"""When somebody looked: the scans of patients and lesions, and what an event found by imaging is known to lie after."""

from __future__ import annotations

import pandas as pd

from oligomet.columns import FOUND_BY_IMAGING
from oligomet.declarations import Response
from oligomet.outcomes.recist import measure
from oligomet.schemas import TABLES, conform

ADEQUATE = "last_adequate_imaging"
LOOKS = ("last_imaging", ADEQUATE)


def find_scans(lesions: pd.DataFrame, measurements: pd.DataFrame, response: Response) -> pd.DataFrame:
    """Every imaging of a lesion in its course, and every imaging of a patient.

    Parameters
    ----------
    lesions, measurements
        cohort/lesions and cohort/measurements.
    response
        The study's rules: which diameters count, and whether a code counts in their place.

    Returns
    -------
    subject_id (of the lesion, or of the patient), patient_id, lesion_id (empty for the patient's), date, source, and
    adequate: whether it gives the diameter of an irradiated lesion, says that the lesion is gone, or has its response
    as coded.
    """
    scans = measure(lesions, measurements, response)
    told = scans["assessable"]
    if response.coded in scans:
        told = told | scans[response.coded].ne("NE").fillna(False)
    of_lesions = scans.assign(subject_id=scans["lesion_id"], adequate=told)
    telling = measurements["source"].isin(scans.loc[told, "source"])
    of_patients = measurements.assign(subject_id=measurements["patient_id"], lesion_id=None, adequate=telling)
    columns = ["subject_id", "patient_id", "lesion_id", "date", "source", "adequate"]
    return pd.concat([frame[columns].astype({"lesion_id": "string"}) for frame in (of_lesions, of_patients)])


def add_last_free(times: pd.DataFrame, lesions: pd.DataFrame, measurements: pd.DataFrame) -> pd.DataFrame:
    """`times` with free_days: the event is known to lie after them and not after days.

    An event that imaging finds (`FOUND_BY_IMAGING`) came at some time after the last imaging before that day. Of a
    patient that is the imaging of the lesion that was then looked at longest ago, as any of them may have been the
    first to fail. Without imaging since the start it is only known that the event came after the start: 0.

    Parameters
    ----------
    times
        outcomes/times.
    lesions
        Any table with patient_id, lesion_id and imaged_id: all irradiated lesions.
    measurements
        cohort/measurements.
    """
    keys = ["subject_id", "endpoint"]
    of = lesions[["patient_id", "lesion_id", "imaged_id"]]
    looked_at = pd.concat([of.assign(subject_id=of["lesion_id"]), of.assign(subject_id=of["patient_id"])])
    found = times[(times["event"] == 1) & times["why"].isin(FOUND_BY_IMAGING)]
    seen = found[[*keys, "start_date", "end_date"]].merge(looked_at, on="subject_id")
    scans = measurements[["lesion_id", "date"]].rename(columns={"lesion_id": "imaged_id"})
    seen = seen.merge(scans, on="imaged_id", how="left")
    since = (seen["date"] - seen["start_date"]).dt.days
    seen["free"] = since.where((since > 0) & (seen["date"] < seen["end_date"]), 0)
    free = seen.groupby([*keys, "lesion_id"])["free"].max().groupby(keys).min()
    place = pd.MultiIndex.from_frame(times[keys])
    known = pd.Series(free.reindex(place).to_numpy(), index=times.index)
    return conform(times.assign(free_days=known.fillna(times["days"])), TABLES["outcomes/times"])
