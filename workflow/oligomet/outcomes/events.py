"""The dated events of patients and irradiated lesions, each with the raw row that says so.

A row is the first time an event was recorded since a course of radiotherapy began. It names the lesion where the event
is a lesion's: its own first and last fraction, its recurrence, its progression, its last imaging. Of the patient, with
no lesion named, are the first and the last fraction of the course from which she is followed, and all that concerns
the whole of her. A lesion that was irradiated again is a lesion of its own in each course.

in_field_recurrence    of the lesions that the contact names by number, in the course that was the last to irradiate
                       them; where it names none that had been irradiated, of the patient's lesion if there is only
                       one so far, else of the patient alone: which lesion recurred is then not known
lesion_progression     PD of an irradiated lesion: at its first assessment, or the first at any imaging since its first
                       fraction, as `response.progression` declares
distant_progression    as recorded at a contact
new_lesion             imaging that shows lesions elsewhere
next_systemic_therapy  first day of the first course that starts after the last fraction
next_radiotherapy      first fraction of the patient's next course; of a lesion, of the next course that irradiates it
toxicity               as each endpoint declares which count (`toxicity_events`)
last_contact           the latest contact, or death
last_imaging           the latest imaging, of a lesion and of the patient
last_adequate_imaging  the latest imaging that gives the diameter of an irradiated lesion, or says that it is gone

Progression and new lesions count after the first fraction and the baselines of the course from which the patient is
followed, recurrence of a lesion after its own: what these show is the disease that is being treated. A later course
does not undo what came before it. Nothing after the data cut counts.
"""

from __future__ import annotations

import pandas as pd

from oligomet.courses import index_course
from oligomet.outcomes.imaging import ADEQUATE, find_scans
from oligomet.outcomes.recist import assess_imaging
from oligomet.outcomes.toxicity_events import find_toxicity_events
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
    shifted = study.privacy.shift_dates_days > 0  # no record is after the data cut, which is a day of the true calendar
    cut = pd.Timestamp.max if shifted else pd.Timestamp(study.data_cut)
    patients, lesions = cohort["patients"], cohort["lesions"]
    follow_up = _until(cohort["follow_up"], cut)
    imaging = _until(cohort["measurements"], cut)
    scans = find_scans(lesions, imaging, study.response)
    index = index_course(lesions, study.courses)
    known = _disease_known(lesions, imaging, responses)
    of_patient = known[known["lesion_id"].isin(index["lesion_id"])].groupby("patient_id")["date"].max()

    def since_known(records: pd.DataFrame) -> pd.DataFrame:
        return records[records["date"] > records["patient_id"].map(of_patient)]

    recurred = follow_up[follow_up["in_field_recurrence"].eq(1)]
    recurred_in_field = _in_field(recurred, lesions).merge(
        known[["lesion_id", "date"]].rename(columns={"date": "known"}), on="lesion_id", how="left"
    )
    unnamed = recurred_in_field["patient_id"].map(of_patient)
    recurred_in_field = recurred_in_field[recurred_in_field["date"] > recurred_in_field["known"].fillna(unnamed)]
    progressed = responses[(responses["assessment"] == "first") & (responses["response"] == "PD")]
    if study.response.progression == "any imaging":
        shown = assess_imaging(lesions, imaging, study.response).merge(
            lesions[["lesion_id", "patient_id", "start_date"]]
        )
        progressed = shown[(shown["response"] == "PD") & (shown["date"] > shown["start_date"])]
    collected = [
        *_fractions(lesions, index),
        recurred_in_field,
        progressed.assign(event="lesion_progression"),
        _of_patient(since_known(follow_up[follow_up["distant_progression"].eq(1)]), "distant_progression"),
        _of_patient(since_known(imaging[imaging["new_lesions"].eq(1)]), "new_lesion"),
        _next_therapy(cohort["therapies"], patients),
        *find_toxicity_events(cohort, study),
        _of_patient(follow_up[follow_up["status"].eq("dead")], "death"),
        _of_patient(_last(follow_up, "patient_id"), "last_contact"),
        _last(scans, "subject_id").assign(event="last_imaging"),
        _last(scans[scans["adequate"]], "subject_id").assign(event=ADEQUATE),
    ]
    if not shifted:
        collected.append(patients[["patient_id"]].assign(event="data_cut", date=cut, source="study.yaml: data_cut"))
    events = _until(pd.concat([conform(rows, TABLES["outcomes/events"]) for rows in collected]), cut)
    events = events.assign(rank=events["event"].map({event: rank for rank, event in enumerate(EVENTS)}))
    order = ["patient_id", "date", "rank", "lesion_id", "source"]
    events = events.sort_values(order, na_position="first", ignore_index=True)
    events["begun"] = _courses_begun(events, lesions)
    once = events.drop_duplicates(["patient_id", "lesion_id", "event", "endpoint", "begun"])
    return conform(once.reset_index(drop=True), TABLES["outcomes/events"])


def _until(records: pd.DataFrame, cut: pd.Timestamp) -> pd.DataFrame:
    return records[records["date"] <= cut]


def _disease_known(lesions: pd.DataFrame, imaging: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    """Of each lesion in each course, the later of the course's first fraction and the lesion's baseline imaging."""
    began = lesions.groupby(["patient_id", "course"])["start_date"].transform("min")
    baselines = responses.drop_duplicates("lesion_id").set_index("lesion_id")["baseline_source"]
    baseline = lesions["lesion_id"].map(baselines).map(imaging.drop_duplicates("source").set_index("source")["date"])
    return lesions[["patient_id", "lesion_id"]].assign(date=began.mask(baseline > began, baseline))


def _courses_begun(events: pd.DataFrame, lesions: pd.DataFrame) -> pd.Series:
    """How many courses of the patient had begun before each event."""
    began = lesions.groupby(["patient_id", "course"], as_index=False)["start_date"].min()
    before = events[["patient_id", "date"]].reset_index().merge(began, on="patient_id")
    return before[before["start_date"] < before["date"]].groupby("index").size().reindex(events.index, fill_value=0)


def _of_patient(records: pd.DataFrame, event: str) -> pd.DataFrame:
    return records[["patient_id", "date", "source"]].assign(event=event)


def _last(records: pd.DataFrame, by: str) -> pd.DataFrame:
    return records.sort_values(["date", "source"]).drop_duplicates(by, keep="last")


def _fractions(lesions: pd.DataFrame, index: pd.DataFrame) -> list[pd.DataFrame]:
    """First and last fraction, of each lesion and of each patient, and where the next course began."""

    def dated(lesions: pd.DataFrame, column: str, event: str) -> pd.DataFrame:
        plans = lesions[["patient_id", "lesion_id", "imaged_id", "plan_source"]].rename(
            columns={"plan_source": "source"}
        )
        return plans.assign(date=lesions[column], event=event).sort_values(["date", "source"])

    first, last = (dated(index, f"{end}_date", f"radiotherapy_{end}") for end in ("start", "end"))
    of_patients = [first.drop_duplicates("patient_id"), last.drop_duplicates("patient_id", keep="last")]
    began = index.groupby("patient_id")["course"].max()
    later = lesions[lesions["course"] > lesions["patient_id"].map(began)]
    of_patients.append(dated(later, "start_date", "next_radiotherapy"))
    before = lesions.sort_values("start_date", kind="stable").groupby("imaged_id")["lesion_id"].shift()
    again = dated(lesions.assign(lesion_id=before).dropna(subset="lesion_id"), "start_date", "next_radiotherapy")
    return [
        *(dated(lesions, f"{end}_date", f"radiotherapy_{end}") for end in ("start", "end")),
        again,
        *(frame.drop(columns="lesion_id") for frame in of_patients),
    ]


def _in_field(contacts: pd.DataFrame, lesions: pd.DataFrame) -> pd.DataFrame:
    """In-field recurrences, a row for each lesion that the contact names."""
    number = contacts["in_field_lesions"].astype("string").str.findall(r"\d+")
    named = contacts.assign(number=number).explode("number")
    named["imaged_id"] = named["patient_id"] + "-L" + named["number"].astype("string").str.lstrip("0")
    named = named[["patient_id", "date", "source", "imaged_id"]].reset_index(drop=True)
    treated = lesions[["patient_id", "lesion_id", "imaged_id", "start_date"]]
    before = named.drop(columns="imaged_id").reset_index().merge(treated, on="patient_id")
    before = before[before["start_date"] < before["date"]].sort_values("start_date")
    before = before.drop_duplicates(["index", "imaged_id"], keep="last")  # in the course that irradiated it last
    only = before.drop_duplicates("index", keep=False).set_index("index")["lesion_id"]
    same = before[before["imaged_id"] == before["index"].map(named["imaged_id"])].set_index("index")["lesion_id"]
    lesion = same.reindex(named.index).fillna(only)
    return named.assign(lesion_id=lesion, event="in_field_recurrence")


def _next_therapy(therapies: pd.DataFrame, patients: pd.DataFrame) -> pd.DataFrame:
    ended = therapies["patient_id"].map(patients.set_index("patient_id")["radiotherapy_end"])
    later = therapies[therapies["start_date"] > ended].rename(columns={"start_date": "date"})
    return _of_patient(later, "next_systemic_therapy")
