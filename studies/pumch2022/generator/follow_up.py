"""What is recorded after radiotherapy: contacts, on which everything that happened is dated, therapies, toxicities."""

from __future__ import annotations

import numpy as np
import pandas as pd

from generator import targets
from generator.history import IMMUNE, TARGETED, WITHOUT_PLATINUM, course

DAY = pd.Timedelta(days=1)
APART = 24  # days, at least, between a routine contact and any other
IMAGED_UNTIL = 760  # days; later only when something happened
TRUNK = ("abdominal_cavity", "pelvic_cavity", "retroperitoneal_nodes", "vaginal_stump")


def contact(people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The follow_up table, and the contacts with imaging: person, date, new_lesions.

    Parameters
    ----------
    people
        patient_id, end (date); last, first_imaging, failure, distant (days after the end, missing: never), shown_by;
        dead, lost, cause.
    lesions
        person, lesion_number, fails.
    """
    rows, visits = [], []
    numbers = lesions[lesions["fails"]].groupby("person")["lesion_number"].agg(lambda of: ";".join(map(str, of)))
    for patient in people.itertuples():
        for day in _days(patient, rng):
            date, last = patient.end + day * DAY, day == patient.last
            died, failed, spread = last and patient.dead, day == patient.failure, day == patient.distant
            rows.append(
                {
                    "patient_id": patient.patient_id,
                    "date": date,
                    "status": "dead" if died else "lost" if last and patient.lost else "alive",
                    "in_field_recurrence": pd.NA if died else int(failed),
                    "in_field_lesions": numbers[patient.Index] if failed else pd.NA,
                    "distant_progression": pd.NA if died else int(spread and patient.shown_by != "imaging"),
                    "cause_of_death": patient.cause if died else pd.NA,
                }
            )
            routine = day <= IMAGED_UNTIL and not last
            if day == patient.first_imaging or (day > patient.first_imaging + 20 and (routine or failed or spread)):
                visits.append((patient.Index, date, int(spread and patient.shown_by != "contact")))
    return pd.DataFrame(rows), pd.DataFrame(visits, columns=["person", "date", "new_lesions"])


def _days(patient, rng: np.random.Generator) -> list[int]:
    """Days of contact: about three-monthly for two years, then half-yearly, and whenever something happened."""
    fixed = {
        int(day) for day in (patient.first_imaging, patient.failure, patient.distant, patient.last) if not np.isnan(day)
    }
    routine, day = [], int(rng.integers(45, 65))
    while day < patient.last:
        routine.append(day)
        day += max(int(rng.normal(91, 12) if day < 730 else rng.normal(183, 25)), 40)
    return sorted(fixed.union(day for day in routine if min(abs(day - other) for other in fixed) >= APART))


def treat_again(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Systemic courses from the day next_therapy on; one still given at the last contact has no end."""
    rows = []
    for patient in people[people["next_therapy"].notna()].itertuples():
        kind = rng.choice(["platinum", "chemotherapy", "targeted_therapy", "immunotherapy"], p=[0.35, 0.45, 0.15, 0.05])
        drugs = {"platinum": ("gemcitabine + carboplatin",), "chemotherapy": WITHOUT_PLATINUM}
        drug = str(rng.choice(drugs.get(kind, TARGETED if kind == "targeted_therapy" else IMMUNE)))
        start, end = patient.next_therapy, patient.next_therapy + int(rng.integers(40, 160))
        rows.append(
            {
                "patient_id": patient.patient_id,
                **course(
                    drug,
                    "chemotherapy" if kind == "platinum" else str(kind),
                    patient.end + start * DAY,
                    patient.end + end * DAY if end < patient.last else pd.NaT,
                    "after_radiotherapy",
                    platinum=int(kind == "platinum"),
                ),
            }
        )
    return pd.DataFrame(rows)


def harm(people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The toxicities table, with as many patients of each kind and phase as published, none after the last contact.

    Acute ones begin during radiotherapy or soon after, the gastrointestinal ones with fields in the trunk; late ones
    begin after 90 days. Grades are 1 and 2, of acute haematological ones 2.
    """
    published = targets.TOXICITY
    trunk = lesions["site"].isin(TRUNK).groupby(lesions["person"]).any().reindex(people.index).to_numpy()
    order = rng.permutation(people.index)
    order = order[np.argsort(~trunk[order], kind="stable")]
    acute, rest = np.split(order, [published["patients, acute"]])
    last = people["last"].to_numpy()
    both = acute[last[acute] > 400][: published["patients, acute and late"]]
    late = rng.permutation(rest[last[rest] > 200])[: published["patients, late"] - len(both)]

    def some(
        persons: np.ndarray, toxicity: str | np.ndarray, grade: int, first: np.ndarray | int, after
    ) -> pd.DataFrame:
        """One for each person, of `grade` or 2, from the day `first` after radiotherapy until before `after`."""
        days = rng.integers(np.broadcast_to(first, len(persons)), after)
        grades = rng.integers(grade, 3, len(persons))
        return pd.DataFrame({"person": persons, "toxicity": toxicity, "grade": grades, "day": days})

    half = -((people["end"] - people["start"]).dt.days.to_numpy() // 2)
    gut = acute[: published["patients, acute gastrointestinal"]]
    blood = acute[len(acute) - published["patients, acute haematological"] :]
    kinds = ["gastrointestinal", "haematological"]
    late, late_kinds = np.append(both, late), np.repeat(kinds, [published[f"patients, late {kind}"] for kind in kinds])
    table = pd.concat(
        [
            some(gut, kinds[0], 1, half[gut], 15),
            some(blood, kinds[1], 2, half[blood], 25),
            some(late, late_kinds, 1, 105, np.minimum(last[late] - 5, 700)),
        ],
        ignore_index=True,
    )
    patient = people.loc[table["person"]].reset_index(drop=True)
    onset = patient["end"] + pd.to_timedelta(table["day"], unit="D")
    return table.assign(patient_id=patient["patient_id"], onset_date=onset)
