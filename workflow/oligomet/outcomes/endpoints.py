"""Time to every declared endpoint. What starts, ends and censors it is declared in study.yaml; nothing about it is
known here.

An endpoint ends with the first of its `events` or of its `competing` events; on one day the event counts before the
competing one, and those declared first before the others. Without either it is censored at the last of `censored_at`.
An event counts whenever it is recorded by the data cut, also after the last contact.

Per patient, an event of any of the lesions is the patient's. Per lesion, fractions, recurrence, progression and
imaging are the lesion's own, and what concerns the whole patient (death, contacts, therapy, distant progression) is
every lesion's. A patient with several irradiated lesions can have an in-field recurrence that names none of them: one
has failed and it is not known which. Counting it for all would invent failures, for none would hide one; each
lesion's follow-up is censored there, and `why` says so.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from oligomet.declarations import Endpoint, Months
from oligomet.schemas import TABLES, conform
from oligomet.study import Study

OF_LESIONS = ("radiotherapy_start", "radiotherapy_end", "in_field_recurrence", "lesion_progression", "last_imaging")
UNNAMED = "in_field_recurrence of an unnamed lesion"


def derive_times(patients: pd.DataFrame, lesions: pd.DataFrame, events: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Time, event and the row that decided, for every endpoint and subject (outcomes/times).

    Parameters
    ----------
    patients, lesions
        Any tables with patient_id, and lesion_id: the subjects.
    events
        outcomes/events.

    Raises
    ------
    ValueError
        Listing every subject without a start or an end, or with an event or censoring date before the start: such
        records cannot be analysed, and nothing is guessed in their place.
    """
    times = _of_endpoints(study.endpoints, patients, lesions, events)
    _refuse_impossible(times, study)
    times["months"] = to_months(times["days"], study.months)
    return conform(times, TABLES["outcomes/times"])


def derive_recensored(
    patients: pd.DataFrame,
    lesions: pd.DataFrame,
    events: pd.DataFrame,
    study: Study,
    censored_at: dict[str, list[str]],
) -> pd.DataFrame:
    """The times of some endpoints as they would be with other censoring events (outcomes/recensored).

    A competing event then ends no follow-up: after the last imaging nobody knows, of the dead neither, whether a
    lesion had recurred, so that a subject without the event is censored at the last of `censored_at`, died or not.

    Parameters
    ----------
    patients, lesions, events, study
        As for `derive_times`.
    censored_at
        Endpoint -> the events of which the last censors.

    Returns
    -------
    As `derive_times`. A subject of whom such an event is not known, or none since the start, is set aside: its row has
    no days, and `reason` says why.
    """
    otherwise = {
        name: study.endpoints[name].model_copy(update={"censored_at": names, "competing": []})
        for name, names in censored_at.items()
    }
    if not otherwise:
        return conform(pd.DataFrame(), TABLES["outcomes/recensored"])
    times = _of_endpoints(otherwise, patients, lesions, events)
    lacking, early = times["end_date"].isna(), times["days"] < 0
    wanted = times["endpoint"].map({name: _words(names) for name, names in censored_at.items()})
    since = wanted + " before " + times["endpoint"].map({n: _words([e.starts]) for n, e in otherwise.items()})
    times["reason"] = since.where(early, "no " + wanted).where(lacking | early)
    times["months"] = to_months(times["days"], study.months)
    times.loc[lacking | early, ["days", "months", "event", "competing"]] = None
    return conform(times, TABLES["outcomes/recensored"])


def _of_endpoints(
    endpoints: dict[str, Endpoint], patients: pd.DataFrame, lesions: pd.DataFrame, events: pd.DataFrame
) -> pd.DataFrame:
    """Every endpoint and subject, with days, whether they can be or not."""
    subjects = {
        "patient": patients[["patient_id"]].assign(subject_id=patients["patient_id"]),
        "lesion": lesions[["patient_id"]].assign(subject_id=lesions["lesion_id"]),
    }
    dated = {"patient": _of_patients(events), "lesion": _of_lesions(events, lesions)}
    times = pd.concat(
        [
            _times(endpoint, subjects[endpoint.per], dated[endpoint.per]).assign(endpoint=name, unit=endpoint.per)
            for name, endpoint in endpoints.items()
        ],
        ignore_index=True,
    )
    times["days"] = (times["end_date"] - times["start_date"]).dt.days
    return times


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
    return events[~fraction_of_a_lesion].assign(subject_id=events["patient_id"])


def _of_lesions(events: pd.DataFrame, lesions: pd.DataFrame) -> pd.DataFrame:
    """What counts for a lesion: its own events, and the patient's where they concern the whole patient."""
    own = events["lesion_id"].notna()
    shared = events[~own].assign(event=events["event"].replace("in_field_recurrence", UNNAMED))
    shared = shared[~shared["event"].isin(OF_LESIONS)].drop(columns="lesion_id")
    shared = shared.merge(lesions[["patient_id", "lesion_id"]], on="patient_id")
    every = pd.concat([events[own], shared], ignore_index=True)
    return every.assign(subject_id=every["lesion_id"])


def _times(endpoint: Endpoint, subjects: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Start, end and the reason for it; dates that are not known stay empty."""
    count = len(endpoint.events)
    ending = [*endpoint.events, *(event for event in endpoint.competing if event not in endpoint.events)]
    if "in_field_recurrence" in endpoint.events:
        ending.append(UNNAMED)
    starts = events[events["event"] == endpoint.starts].set_index("subject_id")["date"]
    ends = _first(events, ending, latest=False)
    censors = _first(events, endpoint.censored_at, latest=True)

    times = subjects.reset_index(drop=True)
    times["start_date"] = times["subject_id"].map(starts)
    ended = times[["subject_id"]].merge(ends, on="subject_id", how="left")
    censored = times[["subject_id"]].merge(censors, on="subject_id", how="left")
    has_ended = ended["rank"].notna()
    times["event"] = (ended["rank"] < count).astype(int)
    times["competing"] = (has_ended & ended["event"].isin(endpoint.competing) & (ended["rank"] >= count)).astype(int)
    times["end_date"] = ended["date"].where(has_ended, censored["date"])
    times["source"] = ended["source"].where(has_ended, censored["source"])
    prefix = times["competing"].map({0: "censored: ", 1: "competing: "}).mask(times["event"] == 1, "")
    times["why"] = prefix + ended["event"].where(has_ended, censored["event"])
    return times


def _first(events: pd.DataFrame, names: list[str], latest: bool) -> pd.DataFrame:
    """Of the events in `names`, each subject's first (or latest) one; on one day the one named first."""
    ranks = {name: rank for rank, name in enumerate(names)}
    chosen = events[events["event"].isin(names)].assign(rank=lambda rows: rows["event"].map(ranks).astype(float))
    chosen = chosen.sort_values(["date", "rank", "source"], ascending=[not latest, True, True])
    return chosen.drop_duplicates("subject_id")[["subject_id", "event", "date", "rank", "source"]]


def _refuse_impossible(times: pd.DataFrame, study: Study) -> None:
    wrong = times[times["start_date"].isna() | times["end_date"].isna() | (times["days"] < 0)]
    if wrong.empty:
        return
    lines = []
    for row in wrong.itertuples():
        endpoint = study.endpoints[row.endpoint]
        if pd.isna(row.start_date):
            lines.append(f"{row.endpoint}, {row.subject_id}: no date of {endpoint.starts}")
        elif pd.isna(row.end_date):
            lines.append(
                f"{row.endpoint}, {row.subject_id}: no event, and no date of {' or '.join(endpoint.censored_at)}"
            )
        else:
            lines.append(
                f"{row.endpoint}, {row.subject_id}: {row.why} on {row.end_date:%Y-%m-%d} ({row.source}) "
                f"is before {endpoint.starts} on {row.start_date:%Y-%m-%d}"
            )
    raise ValueError(
        "Times that cannot be: correct these records, or declare another start or censoring date of the endpoint.\n  "
        + "\n  ".join(lines)
    )
