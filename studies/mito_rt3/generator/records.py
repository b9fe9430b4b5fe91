"""The records that say what became of people and lesions: as far as anybody looked, and when somebody did."""

from __future__ import annotations

import numpy as np
import pandas as pd

from generator import parameters as true

DAY = pd.Timedelta(days=1)
FIRST_LINE = "carboplatin + paclitaxel"
LATER = ("carboplatin + gemcitabine", "carboplatin + liposomal doxorubicin", "weekly paclitaxel", "topotecan")
TARGETED = ("olaparib", "niraparib", "bevacizumab")
NEXT = ("liposomal doxorubicin", "weekly paclitaxel", "carboplatin + gemcitabine", "niraparib")
ACUTE = {"gastrointestinal": 0.45, "constitutional": 0.30, "dermatological": 0.10, "respiratory": 0.15}
LATE = {"gastrointestinal": 0.45, "musculoskeletal": 0.25, "respiratory": 0.20, "neurological": 0.10}


def schedule(people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator) -> tuple:
    """First and last fraction of each lesion (dates), the patient's restaging, end and record number."""
    began = lesions["person"].map(people["start"]).to_numpy().astype("datetime64[D]")
    began = np.busday_offset(began, (lesions["lesion_number"] - 1).to_numpy(), roll="forward")
    ended = np.busday_offset(began, (lesions["fractions"] - 1).to_numpy())
    late = rng.choice(people.index, true.INTERRUPTED, replace=False)
    pause = np.where(lesions["person"].isin(late) & (lesions["fractions"] > 1), rng.integers(8, 15, len(lesions)), 0)
    lesions = lesions.assign(start_date=pd.to_datetime(began), end_date=pd.to_datetime(np.busday_offset(ended, pause)))
    number = people.groupby("centre").cumcount() + 1
    people = people.assign(
        end=lesions.groupby("person")["end_date"].max(),
        restaging=people["start"] - pd.to_timedelta(rng.integers(8, 35, len(people)), unit="D"),
        patient_id=number.map("{:03d}".format),
    )
    return people, lesions


def visit(people: pd.DataFrame, cut: pd.Timestamp, rng: np.random.Generator) -> pd.DataFrame:
    """The imaging visits that took place: person, date, due (month). Some are late, some never were."""
    rows = []
    for person in people.itertuples():
        centre = true.CENTRES[person.centre]
        last = min(cut, person.end + min(person.death, person.lost) * true.MONTH * DAY)
        for due in true.VISITS:
            delay = rng.normal(0, 7) + (rng.uniform(35, 60) if rng.random() < centre.late else 0)
            took_place = rng.random() >= centre.missed
            day = (person.end + (due * true.MONTH + delay) * DAY).normalize()
            if took_place and day < last:
                rows.append((person.Index, day, due))
    return pd.DataFrame(rows, columns=["person", "date", "due"])


def image(people: pd.DataFrame, lesions: pd.DataFrame, visits: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Measurements: a baseline at restaging, then every lesion at each visit, with what the reader called it."""
    usual = dict(zip(people.index, rng.choice(["ct", "pet_ct"], len(people), p=[0.6, 0.4]), strict=True))
    days = {person: list(of["date"]) for person, of in visits.groupby("person")}
    rows = []
    for lesion in lesions.itertuples():
        person = people.loc[lesion.person]
        modality = "mri" if lesion.site == "intracranial" else usual[lesion.person]
        rows.append((lesion.person, lesion.lesion_number, person["restaging"], modality,
                     lesion.long_cm, lesion.short_cm, 1, 0, None))  # fmt: skip
        shrunk = {"CR": 0.0, "PR": rng.uniform(0.35, 0.65), "SD": rng.uniform(0.80, 1.0), "PD": 1.0}[lesion.response]
        nodal_rest = round(float(rng.uniform(0.4, 0.9)), 1) if lesion.nodal and rng.random() < 0.5 else 0.0
        start = lesion.short_cm if lesion.nodal else lesion.long_cm
        before = {"CR": rng.uniform(0.5, 0.75), "PR": rng.uniform(0.72, 0.9)}.get(lesion.response, 1.0)
        shown, told = [start], False
        for day in days.get(lesion.person, []):
            months = (day - lesion.end_date).days / true.MONTH
            if months >= lesion.failed:
                size = max(min(shown) * 1.35, min(shown) + 0.7, 1.2, shown[-1])
            elif months < lesion.responded:
                size = start * before if lesion.response in ("CR", "PR") else start * max(shrunk, 0.85)
            else:
                size = nodal_rest if lesion.response == "CR" else start * shrunk
            size = min(round(float(size), 1), 14.0)
            shown.append(size)
            call = _call(lesion, months, shown)
            centre = true.CENTRES[person["centre"]]
            if rng.random() < centre.misread:
                call = {"CR": "PR", "PR": "CR" if months > 5 else "SD", "SD": "PR", "PD": "SD"}[call]
            new = int(months >= person["distant"] and not told)
            told |= bool(new)
            ratio = lesion.long_cm / lesion.short_cm
            long, short = (size * ratio, size) if lesion.nodal else (size, size / ratio)
            axes = (None, None, 0) if size == 0 else (round(long, 1), round(min(short, long), 1), 1)
            rows.append((lesion.person, lesion.lesion_number, day, modality, *axes, new, call))
    columns = ["person", "lesion_number", "date", "modality", "long_axis_cm", "short_axis_cm", "seen", "new_lesions"]
    return pd.DataFrame(rows, columns=[*columns, "reader_response"])


def _call(lesion, months: float, shown: list[float]) -> str:
    """What a reader who saw rightly calls it."""
    now, start = shown[-1], shown[0]
    if months >= lesion.failed:
        return "PD"
    if now == 0 or (lesion.nodal and now < 1.0):
        return "CR"
    return "PR" if now <= 0.7 * start else "SD"


def contact(people: pd.DataFrame, lesions: pd.DataFrame, visits: pd.DataFrame, cut: pd.Timestamp,
            rng: np.random.Generator) -> pd.DataFrame:  # fmt: skip
    """Follow-up: a contact a visit with what it found, the last contact, and the death if there was one by the cut."""
    rows = []
    days = {person: list(of["date"]) for person, of in visits.groupby("person")}
    for person in people.itertuples():
        own = lesions[lesions["person"] == person.Index]
        failed_before: set[int] = set()
        distant_before = False
        for day in days.get(person.Index, []):
            months = (day - person.end).days / true.MONTH
            failed = set(own.loc[(day - own["end_date"]).dt.days / true.MONTH >= own["failed"], "lesion_number"])
            new = sorted(failed - failed_before)
            distant = int(months >= person.distant and not distant_before)
            failed_before, distant_before = failed, distant_before or bool(distant)
            rows.append((person.Index, day, "alive", int(bool(new)), ";".join(map(str, new)) or None, distant, None))
        death = (person.end + np.ceil(person.death * true.MONTH) * DAY).normalize()
        lost = (person.end + person.lost * true.MONTH * DAY).normalize()
        if death <= cut and person.death <= person.lost:
            cause = "ovarian_cancer" if person.death > min(person.distant, person.local) else "other"
            rows.append((person.Index, death, "dead", 0, None, 0, cause))
        elif lost < cut - 60 * DAY:
            rows.append((person.Index, lost + 1 * DAY, "lost", 0, None, 0, None))
        else:
            last = cut - int(rng.integers(1, 60)) * DAY
            if last > person.end and last not in days.get(person.Index, []):
                rows.append((person.Index, last, "alive", 0, None, 0, None))
    columns = ["person", "date", "status", "in_field_recurrence", "in_field_lesions", "distant_progression"]
    return pd.DataFrame(rows, columns=[*columns, "cause_of_death"])


def treat(people: pd.DataFrame, contacts: pd.DataFrame, cut: pd.Timestamp, rng: np.random.Generator) -> pd.DataFrame:
    """Systemic therapy before radiotherapy, and the next one after it."""
    rows = []
    progressed = contacts[(contacts["distant_progression"] == 1) | (contacts["in_field_recurrence"] == 1)]
    found = progressed.groupby("person")["date"].min()
    last = contacts.groupby("person")["date"].max()
    for person in people.itertuples():
        relapse = person.restaging - int(rng.integers(10, 40)) * DAY
        lines = 1 if person.disease == "persistent" else int(rng.integers(1, 4))
        ends = relapse - int(rng.integers(20, 60 if person.disease == "persistent" else 500)) * DAY
        for line in range(lines, 0, -1):
            began = ends - int(rng.integers(100, 170)) * DAY
            drug = FIRST_LINE if line == 1 else str(rng.choice(LATER))
            relapsed = None if person.disease == "persistent" else relapse
            rows.append((person.Index, drug, "chemotherapy", int("carboplatin" in drug), began, ends,
                         "first_line" if line == 1 else "relapse", relapsed))  # fmt: skip
            relapse = began - int(rng.integers(15, 60)) * DAY
            ends = relapse - int(rng.integers(180, 700)) * DAY
        if person.brca != "wild_type" and person.disease == "recurrent":
            began = rows[-1][5] + 30 * DAY
            stop = began + int(rng.integers(60, 120)) * DAY
            if stop < person.restaging:
                drug = str(rng.choice(TARGETED[:2]))
                rows.append((person.Index, drug, "targeted_therapy", 0, began, stop, "maintenance", None))
        begun = person.end + person.therapy * true.MONTH * DAY
        if person.Index in found.index and person.treated:
            begun = min(begun, found[person.Index] + int(rng.integers(10, 60)) * DAY)
        begun = begun.normalize()
        if begun < min(cut, last[person.Index]):
            drug = str(rng.choice(NEXT))
            kind = "targeted_therapy" if drug == "niraparib" else "chemotherapy"
            rows.append((person.Index, drug, kind, int("carboplatin" in drug), begun, None, "after_radiotherapy", None))
    columns = ["person", "drug", "therapy_class", "platinum", "start_date", "end_date", "reason", "relapse_date"]
    return pd.DataFrame(rows, columns=columns).drop_duplicates(["person", "drug", "start_date"])


def harm(people: pd.DataFrame, contacts: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Toxicities before, soon after and late after radiotherapy, and whether it caused them."""
    rows = []
    last = contacts.groupby("person")["date"].max()
    for person in people.itertuples():
        if rng.random() < true.BASELINE_TOXICITY:
            onset = person.restaging - int(rng.integers(1, 60)) * DAY
            kind = str(rng.choice(["neurological", "haematological"]))
            rows.append((person.Index, kind, int(rng.integers(1, 3)), onset, "unrelated"))
        if rng.random() < true.ACUTE_TOXICITY:
            kind = str(rng.choice(list(ACUTE), p=list(ACUTE.values())))
            grade = int(rng.choice([1, 2, 3], p=[0.70, 0.27, 0.03]))
            rows.append((person.Index, kind, grade, person.end + int(rng.integers(1, 60)) * DAY, "related"))
        for months, caused in ((person.late, "related"), (person.unrelated, "unrelated")):
            onset = (person.end + np.ceil(months * true.MONTH) * DAY).normalize()
            kind = str(rng.choice(list(LATE), p=list(LATE.values())))
            grade = int(rng.choice([2, 3], p=[0.85, 0.15]))
            if onset < last[person.Index]:
                rows.append((person.Index, kind, grade, onset, caused))
    columns = ["person", "toxicity", "grade", "onset_date", "attribution"]
    return pd.DataFrame(rows, columns=columns).drop_duplicates(["person", "toxicity", "onset_date"])
