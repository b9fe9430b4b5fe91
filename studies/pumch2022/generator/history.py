"""The years before radiotherapy: birth, operation, courses of systemic therapy and the relapses between them.

Built backwards from the first fraction, so that what the workflow derives comes out as drawn: the relapses documented
until radiotherapy, the platinum-free interval, the time since the last treatment, the classes of therapy.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

DAY = pd.Timedelta(days=1)
HALF_YEAR = 183  # days; six months are 182.5
MIDDLE = 388, 389  # days since the last treatment of the middle two of 142 patients: the published median, 12.77 months
SHORTEST = 45  # days since the last treatment, so that the relapse and its restaging fit in

FIRST_LINE = {
    "clear_cell": "docetaxel + carboplatin",
    "other_epithelial": "paclitaxel + cisplatin",
    "sex_cord_stromal": "bleomycin + etoposide + cisplatin",
    "germ_cell": "bleomycin + etoposide + cisplatin",
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
    """`people` with since_days (last treatment to first fraction) and platinum_free_days, by their labels.

    The labels are recent, sensitive and recurrences. Whoever relapsed once, and within half a year of platinum, was
    irradiated without long delay: she has one of the shorter times since the last treatment.
    """
    recent, sensitive = people["recent"].to_numpy(), people["sensitive"].to_numpy()
    late = np.flatnonzero(~recent)
    half = len(people) // 2 - recent.sum()
    shorter = np.append(rng.integers(HALF_YEAR, MIDDLE[0], half - 1), MIDDLE[0])
    longer = np.append(MIDDLE[1], MIDDLE[1] + rng.gamma(1.3, 260, len(late) - half - 1).astype(int))
    rank = (people["recurrences"].to_numpy() > 1) + sensitive + rng.normal(0, 0.4, len(people))
    since = rng.integers(SHORTEST, HALF_YEAR, len(people))
    since[late[np.argsort(rank[late], kind="stable")]] = np.concatenate([np.sort(shorter), np.sort(longer)])
    free = rng.integers(20, HALF_YEAR - 1, len(people))
    long = HALF_YEAR + rng.gamma(1.5, 120, len(people)).astype(int)
    return people.assign(since_days=since, platinum_free_days=np.where(sensitive, long, free))


def describe(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The patients table; a birthday is some days before the first fraction, age_years of it ago."""
    birthday = people["start"] - pd.to_timedelta(rng.integers(3, 362, len(people)), unit="D")
    birth = [day - pd.DateOffset(years=int(age)) for day, age in zip(birthday, people["age_years"], strict=True)]
    return people.assign(birth_date=birth, screening_date=people["restaging"], surgery_or_systemic_feasible=0)


def treat(people: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Surgeries, and therapies before radiotherapy, the last of them since_days before the first fraction."""
    surgeries, therapies = [], []
    for patient in people.itertuples():
        courses = _courses(patient, rng)
        operations = _operations(patient, courses[0]["start_date"], rng)
        therapies += [{"patient_id": patient.patient_id, **course} for course in courses]
        surgeries += [{"patient_id": patient.patient_id, "date": date, "procedure": what} for date, what in operations]
    return pd.DataFrame(surgeries), pd.DataFrame(therapies)


def course(
    drug: str,
    therapy_class: str,
    start: pd.Timestamp,
    end: pd.Timestamp,
    reason: str,
    relapse: pd.Timestamp = pd.NaT,
    platinum: int = 0,
) -> dict:
    """A row of the therapies table, without the patient."""
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
    """Courses from first line to radiotherapy: the lines of platinum, and what may have followed the last of them."""
    last_day = patient.start - patient.since_days * DAY
    relapse = patient.restaging - int(rng.integers(1, 15)) * DAY  # the one now irradiated
    gap, free = (relapse - last_day).days, patient.platinum_free_days
    once = patient.recurrences == 1
    if once and gap < free < gap + 45:  # no time for maintenance: the platinum was the last treatment, or much earlier
        free = gap if (gap >= HALF_YEAR) == patient.sensitive else free + 45
    watched = gap - free  # days from the relapse after the last treatment to the one now irradiated, if it was platinum
    if watched >= 0 and (watched < 120 or (once and rng.random() < 0.3)):
        platinum_end, followed = last_day, []
        relapses = [platinum_end + free * DAY]  # seen then, and watched until radiotherapy
    elif once and watched < 0:
        platinum_end, relapses = relapse - free * DAY, [relapse]
        drug, therapy_class = _maintenance(patient, rng)
        followed = [course(drug, therapy_class, platinum_end + 21 * DAY, last_day, "maintenance")]
    else:  # treated without platinum; what was left, or came back, is irradiated
        began = last_day - int(rng.integers(60, 150)) * DAY
        relapses = [began - int(rng.integers(7, 25)) * DAY] + ([] if once else [relapse])
        platinum_end, back = relapses[0] - free * DAY, pd.NaT if once else relapse
        followed = [course(str(rng.choice(WITHOUT_PLATINUM)), "chemotherapy", began, last_day, "relapse", back)]

    courses: list[dict] = []
    end, relapsed = platinum_end, relapses[0]
    for line in range(patient.recurrences - len(relapses), -1, -1):
        start = end - int(rng.integers(95, 150)) * DAY
        first = FIRST_LINE.get(patient.histology, "paclitaxel + carboplatin")
        drug, reason = (first, "first_line") if line == 0 else (str(rng.choice(LATER_PLATINUM)), "relapse")
        courses.insert(0, course(drug, "chemotherapy", start, end, reason, relapsed, platinum=1))
        relapsed = start - int(rng.integers(7, 30)) * DAY
        end = relapsed - int(rng.integers(200, 700)) * DAY
    return _with_classes(patient, [*courses, *followed], rng)


def _maintenance(patient, rng: np.random.Generator) -> tuple[str, str]:
    if patient.targeted:
        return str(rng.choice(TARGETED)), "targeted_therapy"
    if patient.immune:
        return str(rng.choice(IMMUNE)), "immunotherapy"
    return ("letrozole", "endocrine_therapy") if rng.random() < 0.5 else ("oral etoposide", "chemotherapy")


def _with_classes(patient, courses: list[dict], rng: np.random.Generator) -> list[dict]:
    """Beside the last course, the targeted or immune therapy that the patient had and that is not among the courses."""
    shown = {course["therapy_class"] for course in courses}
    host, beside = courses[-1], []
    for had, therapy_class, drugs in (
        (patient.targeted, "targeted_therapy", TARGETED),
        (patient.immune, "immunotherapy", IMMUNE),
    ):
        if had and therapy_class not in shown:
            start = min(host["start_date"] + int(rng.integers(1, 21)) * DAY, host["end_date"])
            beside.append(course(str(rng.choice(drugs)), therapy_class, start, host["end_date"], host["reason"]))
    return [*courses, *beside]


def _operations(patient, first_course: pd.Timestamp, rng: np.random.Generator) -> list[tuple[pd.Timestamp, str]]:
    """Debulking before first line or, for some advanced tumours, after three cycles; staging for some early ones."""
    if patient.figo_stage in ("III", "IV") and rng.random() < 0.25:
        return [
            (first_course - int(rng.integers(7, 20)) * DAY, "biopsy"),
            (first_course + int(rng.integers(62, 85)) * DAY, "cytoreduction"),
        ]
    operated = first_course - int(rng.integers(12, 40)) * DAY
    staged = [(operated - int(rng.integers(14, 45)) * DAY, "staging_surgery")]
    return [*(staged if patient.figo_stage == "I" and rng.random() < 0.5 else []), (operated, "cytoreduction")]
