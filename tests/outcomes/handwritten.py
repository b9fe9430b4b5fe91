"""Patients written by hand: a line a scan, a contact or a course, as a person would note them."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pandas as pd

from oligomet.declarations import Courses, Dose, Months, PerPatient, PlatinumFreeInterval, Response, Toxicity
from oligomet.follow_up_declarations import Endpoint
from oligomet.outcomes.imaging import find_scans
from oligomet.outcomes.recist import assess_imaging, assess_responses
from oligomet.schemas import TABLES, conform
from oligomet.study import Study, read_study

RECIST = Response(
    criteria="adapted RECIST 1.1",
    progression="first assessment",
    baseline_days=(-60, 7),
    first_assessment_days=(20, 100),
    best_response_days=(20, 365),
)


def endpoint(
    per="patient", events=("death",), observed_until=("last_contact",), starts="radiotherapy_end", **declared
) -> Endpoint:
    return Endpoint(label="", per=per, starts=starts, events=events, observed_until=observed_until, **declared)


LOCAL = {"events": ["in_field_recurrence", "lesion_progression"], "competing": ["death"]}
DECIDED = {  # what the tests stand on, whatever the study in the repository decides
    "data_cut": dt.date(2021, 12, 30),
    "months": Months(days_per_month=30, round_endpoints_to=1),
    "response": RECIST,
    "courses": Courses(),
    "dose": Dose(),
    "per_patient": PerPatient(),
    "platinum_free_interval": PlatinumFreeInterval(),
    "toxicity": Toxicity(scale="CTCAE 4.0"),
    "imaging_schedule": None,
    "endpoints": {"OS": endpoint(), "LRFS": endpoint(**LOCAL), "LRFS_lesion": endpoint("lesion", **LOCAL)},
}


def study(**decided) -> Study:
    declared = read_study(Path(__file__).parents[2] / "studies/pumch2022/study.yaml")
    return declared.model_copy(update={**DECIDED, **decided})


def scans(*noted, site="pelvic", irradiated=("2019-01-10", "2019-02-10"), lesion="P1-L1"):
    """A lesion and its imaging: "2019-01-02 baseline 24mm", "2019-04-01 gone", "2019-07-01 24x15mm mri", "… seen"."""
    lesions = pd.DataFrame(
        {
            "lesion_id": [lesion],
            "patient_id": lesion.split("-")[0],
            "course": 1,
            "imaged_id": lesion,
            "site": site,
            "nodal": int(site == "node"),
            "start_date": irradiated[0],
            "end_date": irradiated[1],
        }
    )
    rows = []
    for line, note in enumerate(noted, start=2):
        date, *words = note.split()
        size = re.search(r"([\d.]+)(?:x([\d.]+))?mm", note)
        long, short = ([float(mm) / 10 if mm else None for mm in size.groups()]) if size else (None, None)
        if site == "node" and short is None:
            long, short = None, long
        rows.append(
            {
                "patient_id": lesions["patient_id"][0],
                "lesion_id": lesion,
                "date": date,
                "modality": next((word for word in words if word in ("mri", "pet_ct")), "ct"),
                "long_axis_cm": long,
                "short_axis_cm": short,
                "seen": int("gone" not in words),
                "new_lesions": int("new" in words),
                "source": f"imaging.csv:{line}",
            }
        )
    return conform(lesions, TABLES["cohort/lesions"]), conform(
        pd.DataFrame(rows, columns=list(TABLES["cohort/measurements"])), TABLES["cohort/measurements"]
    )


def all_of(*several):
    """Several lesions with their imaging, as one pair of tables."""
    return tuple(pd.concat(tables, ignore_index=True) for tables in zip(*several, strict=True))


def responses(lesion, **changed) -> list[str]:
    """What each imaging after baseline shows."""
    return list(assess_imaging(*lesion, RECIST.model_copy(update=changed))["response"])


def assessed(lesion, assessment="first", **changed) -> pd.Series:
    """The row of a single lesion's first or best response."""
    table = assess_responses(*lesion, RECIST.model_copy(update=changed))
    (row,) = table[table["assessment"] == assessment].to_dict("records")
    return pd.Series(row)


def first(lesion, **changed) -> str:
    return assessed(lesion, "first", **changed)["response"]


def best(lesion, **changed) -> str:
    return assessed(lesion, "best", **changed)["response"]


def patient(
    name="P1",
    irradiated=("2019-01-10", "2019-02-10"),
    lesions=("pelvic",),
    contacts=("2021-06-01 alive",),
    courses=("chemotherapy platinum 2017-01-01 to 2017-06-01 relapse 2018-10-01",),
    operations=("2016-12-01 cytoreduction",),
    imaging=None,
    toxicities=(),
    doses=("2x28",),
) -> dict[str, pd.DataFrame]:
    """The cohort's tables of one patient.

    contacts    "2019-05-01 alive", "2019-08-01 in-field 1;2", "2019-08-01 distant", "2020-01-01 dead"
    courses     "<class> [platinum] <first day> [to <last day>] [relapse <day>]"
    imaging     {lesion number: [scans]}, as for `scans`
    doses       "2x28" or "1.8x28/2.1x28" (PTV/PGTV), one for each lesion or one for all
    """
    imaging = imaging or {}
    pairs = [
        scans(*imaging.get(number, ()), site=site, irradiated=irradiated, lesion=f"{name}-L{number}")
        for number, site in enumerate(lesions, start=1)
    ]
    lesion_table, measurements = all_of(*pairs)
    plans = [dose.split("/") for dose in (doses * len(lesions) if len(doses) == 1 else doses)]
    for level, place in (("ptv", 0), ("pgtv", 1)):
        parts = [plan[place].split("x") if len(plan) > place else (None, None) for plan in plans]
        lesion_table[f"{level}_fraction_gy"] = [d and float(d) for d, _ in parts]
        lesion_table[f"{level}_dose_gy"] = [d and float(d) * int(n) for d, n in parts]
    tables = {
        "patients": [
            {
                "patient_id": name,
                "age_years": 60,
                "histology": "serous",
                "figo_stage": "III",
                "kps": 90,
                "metastases": len(lesions),
                "screening_date": pd.Timestamp(irradiated[0]) - pd.Timedelta(days=20),
                "radiotherapy_start": irradiated[0],
                "radiotherapy_end": irradiated[1],
                "source": "patients.csv:2",
            }
        ],
        "lesions": lesion_table.assign(
            fractions=[int(plan[0].split("x")[1]) for plan in plans],
            technique="tomotherapy",
            visceral=[int(site == "liver") for site in lesions],
            gtv_diameter_cm=[2.0 + number for number in range(len(lesions))],
            source="lesions:2",
            plan_source=[f"plans:{number + 2}" for number in range(len(lesions))],
        ),
        "measurements": measurements,
        "therapies": [_course(name, line, note) for line, note in enumerate(courses, start=2)],
        "surgeries": [
            {"patient_id": name, "date": note.split()[0], "procedure": note.split()[1], "source": f"surgery:{line}"}
            for line, note in enumerate(operations, start=2)
        ],
        "follow_up": [_contact(name, line, note) for line, note in enumerate(contacts, start=2)],
        "toxicities": [
            {
                "patient_id": name,
                "onset_date": note.split()[0],
                "toxicity": note.split()[1],
                "grade": int(note.split()[2]),
                "source": f"toxicity.csv:{line}",
            }
            for line, note in enumerate(toxicities, start=2)
        ],
    }
    return {
        role: conform(pd.DataFrame(rows, columns=None if len(rows) else []), TABLES[f"cohort/{role}"])
        for role, rows in tables.items()
    }


def irradiated_later(tables: dict[str, pd.DataFrame], number: int, *dates: str) -> dict[str, pd.DataFrame]:
    """The same patient, the lesion with this number irradiated in a second course instead."""
    lesions = tables["lesions"].copy()
    lesions.loc[number - 1, ["start_date", "end_date"]] = [pd.Timestamp(date) for date in dates]
    lesions.loc[number - 1, "course"] = 2
    return {**tables, "lesions": lesions}


def irradiated_again(tables: dict[str, pd.DataFrame], number: int, *dates: str) -> dict[str, pd.DataFrame]:
    """The same patient, the lesion with this number irradiated in a second course as well."""
    name = tables["lesions"]["lesion_id"][number - 1] + "-C2"
    again = tables["lesions"].iloc[[number - 1]].assign(lesion_id=name, plan_source="plans:again")
    both = {**tables, "lesions": pd.concat([tables["lesions"], again], ignore_index=True)}
    return irradiated_later(both, len(both["lesions"]), *dates)


def cohort_of(*patients: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return {role: pd.concat([tables[role] for tables in patients], ignore_index=True) for role in patients[0]}


def scans_of(cohort: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return find_scans(cohort["lesions"], cohort["measurements"], RECIST)


def _course(name: str, line: int, note: str) -> dict:
    def day(pattern: str) -> str | None:
        found = re.search(pattern + r"(\d{4}-\d\d-\d\d)", note)
        return found and found[1]

    return {
        "patient_id": name,
        "drug": "drug",
        "therapy_class": note.split()[0],
        "platinum": int("platinum" in note),
        "start_date": day(r"^[a-z_ ]+"),
        "end_date": day("to "),
        "relapse_date": day("relapse "),
        "source": f"therapies:{line}",
    }


def _contact(name: str, line: int, note: str) -> dict:
    date, *words = note.split()
    return {
        "patient_id": name,
        "date": date,
        "status": next((word for word in words if word in ("dead", "lost")), "alive"),
        "in_field_recurrence": int("in-field" in words),
        "in_field_lesions": next((word for word in words if word[0].isdigit()), None),
        "distant_progression": int("distant" in words),
        "source": f"follow_up.csv:{line}",
    }
