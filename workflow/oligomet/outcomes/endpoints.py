"""Time to every declared endpoint. What starts, ends and censors it is declared in study.yaml; nothing about it is
known here.

An endpoint ends with the first of its `events` or of its `competing` events; on one day the one counts that
`on_one_day` names, and of several the one declared first. Without either it is censored at the last of
`observed_until`. An event counts whenever it is recorded by the data cut, also after the last contact, unless the first
of `observed_before`, or as many scans as `missed_scans` missed in a row, had ended observation before; on the day that
ends observation it counts (see `observation`). What can happen more than once
(`REPEATED`) counts from the subject's first fraction on; between that and a start at the last fraction it counts on the
day of the start: it is no impossible record, and to leave it out would hide the earliest failures.

Per patient, an event of any of the lesions is the patient's. Per lesion, fractions, recurrence, progression and
imaging are the lesion's own, and what concerns the whole patient (death, contacts, therapy, distant progression) is
every lesion's. A patient with several irradiated lesions can have an in-field recurrence that names none of them: one
has failed and it is not known which. Counting it for all would invent failures, for none would hide one; each
lesion's follow-up is censored there, and `why` says so. So is a lesion's follow-up for its own failure when the
lesion is irradiated again: what follows is the later course's doing.

A subject without a start or an end, or with a death or a censoring date before the start, cannot be followed for that
endpoint: it is set aside with the reason (outcomes/set_aside), and nobody else is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from oligomet.columns import FOUND_BY_IMAGING
from oligomet.declarations import Months
from oligomet.follow_up_declarations import Endpoint, ImagingSchedule
from oligomet.outcomes.observation import MISSED, find_censoring, find_missed
from oligomet.schemas import TABLES, conform
from oligomet.study import Study

OF_LESIONS = (
    "radiotherapy_start",
    "radiotherapy_end",
    "in_field_recurrence",
    "lesion_progression",
    "last_imaging",
    "last_adequate_imaging",
    "next_radiotherapy",
)
UNNAMED = "in_field_recurrence of an unnamed lesion"
REPEATED = (*FOUND_BY_IMAGING, UNNAMED, "next_systemic_therapy", "next_radiotherapy", "toxicity")


def derive_times(
    patients: pd.DataFrame, lesions: pd.DataFrame, events: pd.DataFrame, scans: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Time, event and the row that decided, for every endpoint and subject (outcomes/times).

    Parameters
    ----------
    patients, lesions
        Any tables with patient_id, and lesion_id: the subjects.
    events
        outcomes/events.
    scans
        As `imaging.find_scans` gives them.

    Returns
    -------
    outcomes/times. Subjects that cannot be followed for an endpoint have no row of it: they are in `find_set_aside`.
    """
    times = _of_endpoints(study.endpoints, patients, lesions, events, scans, study.imaging_schedule)
    times = times[times["reason"].isna()].reset_index(drop=True)
    times["months"] = to_months(times["days"], study.months)
    return conform(times, TABLES["outcomes/times"])


def find_set_aside(
    patients: pd.DataFrame, lesions: pd.DataFrame, events: pd.DataFrame, scans: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Whom `derive_times` leaves out of an endpoint, and why (outcomes/set_aside); parameters as there."""
    times = _of_endpoints(study.endpoints, patients, lesions, events, scans, study.imaging_schedule)
    return conform(times[times["reason"].notna()].reset_index(drop=True), TABLES["outcomes/set_aside"])


def derive_recensored(
    patients: pd.DataFrame,
    lesions: pd.DataFrame,
    events: pd.DataFrame,
    scans: pd.DataFrame,
    study: Study,
    observed_until: dict[str, list[str]],
) -> pd.DataFrame:
    """The times of some endpoints as they would be with other censoring events (outcomes/recensored).

    A competing event then ends no follow-up: after the last imaging nobody knows, of the dead neither, whether a
    lesion had recurred, so that a subject without the event is censored at the last of `observed_until`, died or not.

    Parameters
    ----------
    patients, lesions, events, scans, study
        As for `derive_times`.
    observed_until
        Endpoint -> the events of which the last censors.

    Returns
    -------
    As `derive_times`. A subject of whom such an event is not known, or none since the start, is set aside: its row has
    no days, and `reason` says why.
    """
    otherwise = {
        name: study.endpoints[name].model_copy(update={"observed_until": names, "competing": []})
        for name, names in observed_until.items()
    }
    if not otherwise:
        return conform(pd.DataFrame(), TABLES["outcomes/recensored"])
    times = _of_endpoints(otherwise, patients, lesions, events, scans, study.imaging_schedule)
    times["months"] = to_months(times["days"], study.months)
    times.loc[times["reason"].notna(), ["days", "months", "event", "competing"]] = None
    return conform(times, TABLES["outcomes/recensored"])


def _of_endpoints(
    endpoints: dict[str, Endpoint],
    patients: pd.DataFrame,
    lesions: pd.DataFrame,
    events: pd.DataFrame,
    scans: pd.DataFrame,
    schedule: ImagingSchedule | None,
) -> pd.DataFrame:
    """Every endpoint and subject, with days or the `reason` why it has none."""
    subjects = {
        "patient": patients[["patient_id"]].assign(subject_id=patients["patient_id"]),
        "lesion": lesions[["patient_id"]].assign(subject_id=lesions["lesion_id"]),
    }
    dated = {"patient": _of_patients(events), "lesion": _of_lesions(events, lesions)}
    times = pd.concat(
        [
            _times(endpoint, subjects[endpoint.per], _of_endpoint(dated[endpoint.per], name), scans, schedule).assign(
                endpoint=name, unit=endpoint.per
            )
            for name, endpoint in endpoints.items()
        ],
        ignore_index=True,
    )
    times["days"] = (times["end_date"] - times["start_date"]).dt.days
    during = (times["days"] < 0) & times["ended_by"].isin(REPEATED)
    times["days"] = times["days"].mask(during, 0)
    start, end = (
        times["endpoint"].map({name: _words(said(e)) for name, e in endpoints.items()})
        for said in (lambda e: [e.starts], lambda e: e.observed_until)
    )
    before = times["ended_by"].fillna("").str.replace("_", " ") + " before " + start
    times["reason"] = pd.Series(
        np.select(
            [times["start_date"].isna(), times["end_date"].isna(), times["days"] < 0],
            ["no " + start, "no " + end, before],
            "",
        ),
        dtype="string",
    ).replace("", pd.NA)
    return times


def _of_endpoint(events: pd.DataFrame, name: str) -> pd.DataFrame:
    """Events of every endpoint, and those of this one alone."""
    return events[events["endpoint"].isna() | (events["endpoint"] == name)].drop(columns="endpoint")


def _words(events: list[str]) -> str:
    return " or ".join(event.replace("_", " ") for event in events)


def to_months(days: pd.Series, months: Months) -> pd.Series:
    """Days as months, rounded half up to a multiple of `months.round_endpoints_to`; 0: not rounded."""
    exact, step = days / months.days_per_month, months.round_endpoints_to
    return exact if step == 0 else (np.floor(exact / step + 0.5 + 1e-9) * step).round(9)


def _of_patients(events: pd.DataFrame) -> pd.DataFrame:
    """What counts for a patient: all events, but of the first and last fractions only those to any lesion."""
    fraction_of_a_lesion = events["lesion_id"].notna() & events["event"].isin(
        ["radiotherapy_start", "radiotherapy_end"]
    )
    again = events["lesion_id"].notna() & (events["event"] == "next_radiotherapy")
    return events[~(fraction_of_a_lesion | again)].assign(subject_id=events["patient_id"])


def _of_lesions(events: pd.DataFrame, lesions: pd.DataFrame) -> pd.DataFrame:
    """What counts for a lesion: its own events, and the patient's where they concern the whole patient."""
    own = events["lesion_id"].notna()
    shared = events[~own].assign(event=events["event"].replace("in_field_recurrence", UNNAMED))
    shared = shared[~shared["event"].isin(OF_LESIONS)].drop(columns="lesion_id")
    shared = shared.merge(lesions[["patient_id", "lesion_id"]], on="patient_id")
    every = pd.concat([events[own], shared], ignore_index=True)
    return every.assign(subject_id=every["lesion_id"])


def _times(
    endpoint: Endpoint,
    subjects: pd.DataFrame,
    events: pd.DataFrame,
    scans: pd.DataFrame,
    schedule: ImagingSchedule | None,
) -> pd.DataFrame:
    """Start, end and the reason for it; dates that are not known stay empty."""
    competing = [event for event in endpoint.competing if event not in endpoint.events]
    ending: list[str] = (
        [*competing, *endpoint.events] if endpoint.on_one_day == "competing" else [*endpoint.events, *competing]
    )
    if "in_field_recurrence" in endpoint.events:
        ending.append(UNNAMED)
    if endpoint.per == "lesion" and {"in_field_recurrence", "lesion_progression"} & set(endpoint.events):
        ending += ["next_radiotherapy"] * ("next_radiotherapy" not in ending)
    starts = events[events["event"] == endpoint.starts].set_index("subject_id")["date"]
    began = events[events["event"] == "radiotherapy_start"].set_index("subject_id")["date"]
    history = events["event"].isin(REPEATED) & (events["date"] <= events["subject_id"].map(began))
    events = events[~history]
    times = subjects.reset_index(drop=True)
    times["start_date"] = times["subject_id"].map(starts)

    stops = _first(events, endpoint.observed_before).set_index("subject_id")
    counted = events[~(events["date"] > events["subject_id"].map(stops["date"]))]
    ended = times[["subject_id", "start_date"]].merge(_first(counted, ending), on="subject_id", how="left")
    if endpoint.missed_scans and schedule:
        spans = ended.rename(columns={"date": "end_date"})
        missed = find_missed(spans, scans, schedule, endpoint.missed_scans)
        given_up = pd.DataFrame({"date": missed, "event": MISSED, "source": "study.yaml: imaging_schedule"})
        given_up = given_up.set_index(times["subject_id"]).dropna(subset="date")
        stops = pd.concat([given_up, stops.drop(index=given_up.index, errors="ignore")])
        ended.loc[missed.notna(), ["event", "date", "source"]] = None
    censored = find_censoring(events, endpoint, scans, stops)
    censored = times[["subject_id"]].merge(censored, on="subject_id", how="left")
    has_ended = ended["event"].notna()
    times["event"] = ended["event"].isin(endpoint.events).astype(int)
    times["competing"] = ended["event"].isin(competing).astype(int)
    times["end_date"] = ended["date"].where(has_ended, censored["date"])
    times["source"] = ended["source"].where(has_ended, censored["source"])
    times["ended_by"] = ended["event"].where(has_ended, censored["event"])
    prefix = times["competing"].map({0: "censored: ", 1: "competing: "}).mask(times["event"] == 1, "")
    times["why"] = prefix + times["ended_by"]
    return times


def _first(events: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Of the events in `names`, each subject's first one; on one day the one named first."""
    ranks = {name: rank for rank, name in enumerate(names)}
    chosen = events[events["event"].isin(names)].assign(rank=lambda rows: rows["event"].map(ranks).astype(float))
    chosen = chosen.sort_values(["date", "rank", "source"])
    return chosen.drop_duplicates("subject_id")[["subject_id", "event", "date", "source"]]
