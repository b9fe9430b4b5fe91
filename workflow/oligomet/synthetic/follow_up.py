"""Contacts after radiotherapy, on which everything that happened is dated; next therapies; toxicities."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oligomet.synthetic.history import IMMUNE, TARGETED, WITHOUT_PLATINUM

DAY = pd.Timedelta(days=1)
APART = 24  # days, at least, between a routine contact and any other


def contact(people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The follow_up table, and the visits with imaging (person, date, new_lesions) for `imaging.image`.

    Parameters
    ----------
    people
        Days after the end of radiotherapy: last (contact or death), failure, distant, first_imaging (missing: did not happen);
        dead, lost; progression is by imaging alone where shown_by is "imaging", by the contact alone where it is "contact".
    lesions
        person, lesion_number, fails.
    """
    rows, visits = [], []
    for patient in people.itertuples():
        numbers = lesions.loc[(lesions["person"] == patient.Index) & lesions["fails"], "lesion_number"]
        happened = {day for day in (patient.failure, patient.distant) if not np.isnan(day)}
        for day in _days(patient, happened, rng):
            last = day == patient.last
            died = last and patient.dead
            failed, spread = day == patient.failure, day == patient.distant
            status = "dead" if died else "lost" if last and patient.lost else "alive"
            date = patient.end + day * DAY
            rows.append(
                {
                    "patient_id": patient.patient_id,
                    "date": date,
                    "status": status,
                    "in_field_recurrence": pd.NA if died else int(failed),
                    "in_field_lesions": ";".join(map(str, numbers)) if failed else pd.NA,
                    "distant_progression": pd.NA if died else int(spread and patient.shown_by != "imaging"),
                    "cause_of_death": patient.cause if died else pd.NA,
                }
            )
            imaged = day in happened or (day <= 760 and not last)
            after_first = np.isnan(patient.first_imaging) or day > patient.first_imaging + 20
            if imaged and after_first:
                visits.append((patient.Index, date, int(spread and patient.shown_by != "contact")))
            elif spread and day == patient.first_imaging:
                visits.append((patient.Index, date, int(patient.shown_by != "contact")))
    return pd.DataFrame(rows), pd.DataFrame(visits, columns=["person", "date", "new_lesions"])


def _days(patient, happened: set[float], rng: np.random.Generator) -> list[int]:
    """Days of contact: three-monthly for two years, then half-yearly, irregular, and whenever something happened."""
    fixed = {int(day) for day in happened} | {int(patient.last)}
    if not np.isnan(patient.first_imaging):
        fixed.add(int(patient.first_imaging))
    routine, day = [], 45 + int(rng.integers(0, 20))
    while day < patient.last - APART:
        routine.append(day)
        day += int(rng.normal(91, 12)) if day < 730 else int(rng.normal(183, 25))
    kept = [day for day in routine if all(abs(day - other) >= APART for other in fixed)]
    return sorted({*fixed, *kept})


def treat_again(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Systemic courses after radiotherapy, from day `next_therapy`; one that was still given at last contact has no end."""
    rows = []
    for patient in people[people["next_therapy"].notna()].itertuples():
        start = patient.next_therapy
        kind = rng.random()
        drug, therapy_class, platinum = (
            ("gemcitabine + carboplatin", "chemotherapy", 1)
            if kind < 0.35
            else (str(rng.choice(WITHOUT_PLATINUM)), "chemotherapy", 0)
            if kind < 0.8
            else (str(rng.choice(TARGETED)), "targeted_therapy", 0)
            if kind < 0.95
            else (str(rng.choice(IMMUNE)), "immunotherapy", 0)
        )
        end = start + int(rng.integers(40, 160))
        rows.append(
            {
                "patient_id": patient.patient_id,
                "drug": drug,
                "therapy_class": therapy_class,
                "platinum": platinum,
                "start_date": patient.end + start * DAY,
                "end_date": patient.end + end * DAY if end < patient.last else pd.NaT,
                "reason": "after_radiotherapy",
                "relapse_date": pd.NaT,
            }
        )
    return pd.DataFrame(rows)


def harm(people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The toxicities table: as many patients, kinds, grades and phases as published, none after the last contact.

    25 acute: 19 gastrointestinal and 16 haematological of grade 2, so 10 with both; 20 late: 16 and 4; one patient in both.
    """
    trunk = ["abdominal_cavity", "pelvic_cavity", "retroperitoneal_nodes", "vaginal_stump", "bone"]
    abdominal = lesions["site"].isin(trunk).groupby(lesions["person"]).any()
    if len(people) < 100:
        return pd.DataFrame(columns=["patient_id", "toxicity", "grade", "onset_date"])
    order = rng.permutation(people.index)
    order = order[np.argsort(~abdominal[order].to_numpy(), kind="stable")]
    acute = rng.permutation(order[:25])
    late_pool = [person for person in order[25:] if people.loc[person, "last"] > 200]
    both = next(person for person in acute if people.loc[person, "last"] > 400)
    late = [both, *late_pool[:19]]
    rows = []

    def add(person: int, toxicity: str, grade: int, day: int) -> None:
        patient = people.loc[person]
        rows.append((patient["patient_id"], toxicity, grade, patient["end"] + day * DAY))

    for place, person in enumerate(acute):
        length = (people.loc[person, "end"] - people.loc[person, "start"]).days
        if place < 19:
            add(person, "gastrointestinal", int(rng.integers(1, 3)), int(rng.integers(-length // 2, 15)))
        if place >= 9:
            add(person, "haematological", 2, int(rng.integers(-length // 2, 25)))
    for place, person in enumerate(late):
        latest = min(people.loc[person, "last"] - 5, 700)
        kind = "gastrointestinal" if place < 16 else "haematological"
        add(person, kind, int(rng.integers(1, 3)), int(rng.integers(105, latest)))
    return pd.DataFrame(rows, columns=["patient_id", "toxicity", "grade", "onset_date"])
