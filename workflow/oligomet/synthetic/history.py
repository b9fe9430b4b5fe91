"""The years before radiotherapy: birth, operation, courses of systemic therapy and the relapses between them.

Built backwards from the first fraction, so that what the workflow derives comes out as drawn: the relapses documented until
radiotherapy, the platinum-free interval, the time since the last treatment, and the classes of therapy that a patient had.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

DAY = pd.Timedelta(days=1)
HALF_YEAR = 183  # days; six months are 182.5

PLATINUM = {
    "serous": "paclitaxel + carboplatin",
    "endometrioid": "paclitaxel + carboplatin",
    "clear_cell": "docetaxel + carboplatin",
    "other_epithelial": "paclitaxel + cisplatin",
    "sex_cord_stromal": "bleomycin + etoposide + cisplatin",
    "germ_cell": "bleomycin + etoposide + cisplatin",
    "not_ovarian": "paclitaxel + cisplatin",
}
LATER_PLATINUM = (
    "gemcitabine + carboplatin",
    "docetaxel + carboplatin",
    "liposomal doxorubicin + carboplatin",
    "gemcitabine + oxaliplatin",
)
WITHOUT_PLATINUM = ("liposomal doxorubicin", "topotecan", "gemcitabine", "oral etoposide", "weekly paclitaxel")
TARGETED = ("bevacizumab", "olaparib", "niraparib", "apatinib")
IMMUNE = ("pembrolizumab", "sintilimab", "camrelizumab", "toripalimab")


def intervals(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Days since the last treatment and platinum-free days of every patient, by the labels recent, sensitive and recurrences.

    The middle two of 142 times since the last treatment are 388 and 389 days: a median of 12.77 months.
    """
    recent = people["recent"].to_numpy()
    late = np.flatnonzero(~recent)
    days = np.empty(len(people), int)
    days[recent] = rng.integers(45, HALF_YEAR, recent.sum())
    below = len(people) // 2 - recent.sum()  # how many of the others are in the lower half
    shorter = np.sort(np.append(rng.integers(HALF_YEAR, 388, below - 1), 388))
    longer = np.sort(np.append(389 + rng.gamma(1.3, 260, len(late) - below - 1).astype(int), 389))
    # who relapsed once, and within half a year of platinum, was irradiated without long delay
    rank = (
        (people["recurrences"] > 1).to_numpy()[late]
        + people["sensitive"].to_numpy()[late]
        + rng.normal(0, 0.4, len(late))
    )
    days[late[np.argsort(rank, kind="stable")]] = np.concatenate([shorter, longer])

    sensitive = people["sensitive"].to_numpy()
    free = rng.integers(20, HALF_YEAR - 1, len(people))
    free = np.where(sensitive, HALF_YEAR + rng.gamma(1.5, 120, len(people)).astype(int), free)
    return people.assign(since_days=days, platinum_free_days=free)


def describe(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The patients table: birth, restaging, and the labels that were drawn; `people` has start, age_years and the labels."""
    birthday = people["start"] - pd.to_timedelta(rng.integers(3, 362, len(people)), unit="D")
    birth = [day - pd.DateOffset(years=int(age)) for day, age in zip(birthday, people["age_years"], strict=True)]
    return pd.DataFrame(
        {
            "patient_id": people["patient_id"],
            "birth_date": birth,
            "histology": people["histology"],
            "figo_stage": people["figo_stage"],
            "kps": people["kps"],
            "screening_date": people["restaging"],
            "metastases": people["metastases"],
            "surgery_or_systemic_feasible": 0,
        }
    )


def treat(people: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Surgeries and therapies before radiotherapy, every date before `restaging`, the last treatment `since_days` before `start`."""
    surgeries, therapies = [], []
    for patient in people.itertuples():
        courses = _courses(patient, rng)
        first = courses[0]["start_date"]
        therapies += [{"patient_id": patient.patient_id, **course} for course in courses]
        surgeries += [{"patient_id": patient.patient_id, **operation} for operation in _operations(patient, first, rng)]
    return pd.DataFrame(surgeries), pd.DataFrame(therapies)


def _course(drug, therapy_class, platinum, start, end, reason, relapse=pd.NaT) -> dict:
    return {
        "drug": drug,
        "therapy_class": therapy_class,
        "platinum": platinum,
        "start_date": start,
        "end_date": end,
        "reason": reason,
        "relapse_date": relapse,
    }


def _courses(patient, rng: np.random.Generator) -> list[dict]:
    """Courses from first line to radiotherapy, in their order: the lines of platinum, and what may have followed the last."""
    last_day = patient.start - patient.since_days * DAY
    relapse = patient.restaging - int(rng.integers(1, 15)) * DAY  # the one now irradiated
    gap, free = (relapse - last_day).days, patient.platinum_free_days
    if (
        gap < free < gap + 45 and patient.recurrences == 1
    ):  # no time for maintenance: platinum was last, or much earlier
        free = gap if (gap >= HALF_YEAR) == patient.sensitive else free + 45
    watched = gap - free
    followed = []
    if watched >= 0 and (watched < 120 or (patient.recurrences == 1 and rng.random() < 0.3)):
        platinum_end = last_day  # the relapse was seen, and watched until radiotherapy
        relapses = [platinum_end + free * DAY]
    elif patient.recurrences == 1 and watched < 0:
        platinum_end = relapse - free * DAY
        relapses = [relapse]
        drug, therapy_class = _maintenance(patient, rng)
        followed = [_course(drug, therapy_class, 0, platinum_end + 21 * DAY, last_day, "maintenance")]
    else:  # the relapse after platinum was treated without it; what was left, or came back, is irradiated
        began = last_day - int(rng.integers(60, 150)) * DAY
        relapses = [began - int(rng.integers(7, 25)) * DAY] + [relapse] * (patient.recurrences > 1)
        platinum_end = relapses[0] - free * DAY
        back = relapse if patient.recurrences > 1 else pd.NaT
        followed = [_course(str(rng.choice(WITHOUT_PLATINUM)), "chemotherapy", 0, began, last_day, "relapse", back)]

    courses = []
    end, relapsed = platinum_end, relapses[0]
    for line in range(patient.recurrences - len(relapses), -1, -1):
        start = end - int(rng.integers(95, 150)) * DAY
        drug, reason = (
            (PLATINUM[patient.histology], "first_line") if line == 0 else (str(rng.choice(LATER_PLATINUM)), "relapse")
        )
        courses.insert(0, _course(drug, "chemotherapy", 1, start, end, reason, relapsed))
        relapsed = start - int(rng.integers(7, 30)) * DAY
        end = relapsed - int(rng.integers(200, 700)) * DAY
    return _with_classes(patient, courses + followed, rng)


def _maintenance(patient, rng: np.random.Generator) -> tuple[str, str]:
    if patient.targeted:
        return str(rng.choice(TARGETED)), "targeted_therapy"
    if patient.immune:
        return str(rng.choice(IMMUNE)), "immunotherapy"
    return ("letrozole", "endocrine_therapy") if rng.random() < 0.5 else ("oral etoposide", "chemotherapy")


def _with_classes(patient, courses: list[dict], rng: np.random.Generator) -> list[dict]:
    """Courses and, beside the last of them, the targeted or immune therapy that the patient had and no course shows yet."""
    shown = {course["therapy_class"] for course in courses}
    host = courses[-1]
    for had, therapy_class, drugs in (
        (patient.targeted, "targeted_therapy", TARGETED),
        (patient.immune, "immunotherapy", IMMUNE),
    ):
        if had and therapy_class not in shown:
            start = host["start_date"] + int(rng.integers(1, 21)) * DAY
            start = min(start, host["end_date"])
            courses.append(_course(str(rng.choice(drugs)), therapy_class, 0, start, host["end_date"], host["reason"]))
    return courses


def _operations(patient, first_course: pd.Timestamp, rng: np.random.Generator) -> list[dict]:
    if patient.figo_stage in ("III", "IV") and rng.random() < 0.25:  # biopsy, then interval debulking during first line
        biopsy = first_course - int(rng.integers(7, 20)) * DAY
        return [
            {"date": biopsy, "procedure": "biopsy"},
            {"date": first_course + int(rng.integers(62, 85)) * DAY, "procedure": "cytoreduction"},
        ]
    operations = [{"date": first_course - int(rng.integers(12, 40)) * DAY, "procedure": "cytoreduction"}]
    if patient.figo_stage == "I" and rng.random() < 0.5:
        operations.insert(
            0, {"date": operations[0]["date"] - int(rng.integers(14, 45)) * DAY, "procedure": "staging_surgery"}
        )
    return operations
