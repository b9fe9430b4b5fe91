"""The dated events of patients and irradiated lesions, each with the raw row that says so.

A row is the first time an event was recorded. It names the lesion where the event is a lesion's: its own first and
last fraction, its recurrence, its progression, its last imaging. Of the patient, with no lesion named, are the first
and the last fraction to any lesion and all that concerns the whole of the patient.

in_field_recurrence    of the lesions that the contact names by number; where it names none that was irradiated, of
                       the patient's lesion if there is only one, else of the patient alone: which lesion recurred is
                       then not known
lesion_progression     PD of an irradiated lesion at its first assessment
distant_progression    as recorded at a contact
new_lesion             imaging that shows lesions elsewhere
next_systemic_therapy  first day of the first course that starts after the last fraction
last_contact           the latest contact, or death

Recurrence, progression and new lesions count after the patient's first fraction and after the imaging that was the
baseline: what these show is the disease that is being treated. Nothing after the data cut counts.
"""

from __future__ import annotations

import pandas as pd

from oligomet.schemas import EVENTS, TABLES, conform
from oligomet.study import Study


def collect_events(cohort: dict[str, pd.DataFrame], responses: pd.DataFrame, study: Study) -> pd.DataFrame:
    """All dated events (outcomes/events), sorted by patient and date.

    Parameters
    ----------
    cohort
        The tables of the cohort stage: patients, lesions, therapies, measurements, follow_up.
    responses
        outcomes/responses.
    """
    cut = pd.Timestamp(study.data_cut)
    patients, lesions = cohort["patients"], cohort["lesions"]
    follow_up = _until(cohort["follow_up"], cut)
    imaging = _until(cohort["measurements"], cut)
    known = _disease_known(patients, imaging, responses)

    def of_the_course(records: pd.DataFrame) -> pd.DataFrame:
        return records[records["date"] > records["patient_id"].map(known)]

    contacts = of_the_course(follow_up)
    progressed = responses[(responses["assessment"] == "first") & (responses["response"] == "PD")]
    collected = [
        *_fractions(lesions),
        _in_field(contacts[contacts["in_field_recurrence"].eq(1)], lesions),
        progressed.assign(event="lesion_progression"),
        _of_patient(contacts[contacts["distant_progression"].eq(1)], "distant_progression"),
        _of_patient(of_the_course(imaging[imaging["new_lesions"].eq(1)]), "new_lesion"),
        _next_therapy(cohort["therapies"], patients),
        _of_patient(follow_up[follow_up["status"].eq("dead")], "death"),
        _of_patient(_last(follow_up, "patient_id"), "last_contact"),
        _last(imaging, "lesion_id").assign(event="last_imaging"),
        _of_patient(_last(imaging, "patient_id"), "last_imaging"),
        patients[["patient_id"]].assign(event="data_cut", date=cut, source="study.yaml: data_cut"),
    ]
    events = _until(pd.concat([conform(rows, TABLES["outcomes/events"]) for rows in collected]), cut)
    events = events.assign(rank=events["event"].map({event: rank for rank, event in enumerate(EVENTS)}))
    events = events.sort_values(["patient_id", "date", "rank", "lesion_id", "source"], na_position="first")
    return events.drop(columns="rank").drop_duplicates(["patient_id", "lesion_id", "event"]).reset_index(drop=True)


def _until(records: pd.DataFrame, cut: pd.Timestamp) -> pd.DataFrame:
    return records[records["date"] <= cut]


def _disease_known(patients: pd.DataFrame, imaging: pd.DataFrame, responses: pd.DataFrame) -> pd.Series:
    """By patient_id, the later of the first fraction and the last baseline imaging of any lesion."""
    baselines = imaging[imaging["source"].isin(responses["baseline_source"])].groupby("patient_id")["date"].max()
    started = patients.set_index("patient_id")["radiotherapy_start"]
    return started.mask(baselines.reindex(started.index) > started, baselines)


def _of_patient(records: pd.DataFrame, event: str) -> pd.DataFrame:
    return records[["patient_id", "date", "source"]].assign(event=event)


def _last(records: pd.DataFrame, by: str) -> pd.DataFrame:
    return records.sort_values(["date", "source"]).drop_duplicates(by, keep="last")


def _fractions(lesions: pd.DataFrame) -> list[pd.DataFrame]:
    """First and last fraction, of each lesion and of each patient."""
    plans = lesions[["patient_id", "lesion_id", "plan_source"]].rename(columns={"plan_source": "source"})
    first = plans.assign(date=lesions["start_date"], event="radiotherapy_start").sort_values(["date", "source"])
    last = plans.assign(date=lesions["end_date"], event="radiotherapy_end").sort_values(["date", "source"])
    of_patients = [first.drop_duplicates("patient_id"), last.drop_duplicates("patient_id", keep="last")]
    return [first, last, *(frame.drop(columns="lesion_id") for frame in of_patients)]


def _in_field(contacts: pd.DataFrame, lesions: pd.DataFrame) -> pd.DataFrame:
    """In-field recurrences, a row for each lesion that the contact names."""
    number = contacts["in_field_lesions"].astype("string").str.findall(r"\d+")
    named = contacts.assign(number=number).explode("number")
    lesion = named["patient_id"] + "-L" + named["number"].astype("string").str.lstrip("0")
    only = lesions.drop_duplicates("patient_id", keep=False).set_index("patient_id")["lesion_id"]
    lesion = lesion.where(lesion.isin(lesions["lesion_id"]), named["patient_id"].map(only))
    return named[["patient_id", "date", "source"]].assign(lesion_id=lesion, event="in_field_recurrence")


def _next_therapy(therapies: pd.DataFrame, patients: pd.DataFrame) -> pd.DataFrame:
    ended = therapies["patient_id"].map(patients.set_index("patient_id")["radiotherapy_end"])
    later = therapies[therapies["start_date"] > ended].rename(columns={"start_date": "date"})
    return _of_patient(later, "next_systemic_therapy")
