"""Patients who were screened and are not analysed: each is like the others but for one rule of eligibility."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oligomet.study import Study
from oligomet.synthetic.dose import prescribe, size
from oligomet.synthetic.history import intervals
from oligomet.synthetic.records import record, schedule

EXCLUDED = {  # rule of study.yaml: patients who break it
    "ovarian_primary": 5,
    "accrual": 12,
    "surgery": 6,
    "systemic_therapy": 5,
    "oligometastatic": 13,
    "no_alternative": 8,
    "performance": 6,
    "followed": 7,
}
BEFORE, AFTER = ("2011-06-01", "2012-11-30"), ("2021-02-15", "2021-09-30")  # ends of radiotherapy outside the accrual


def screen(study: Study, taken: set[str], rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Tables of all roles for the patients who break a rule; none bears a record number that is `taken`."""
    people = _people(study, taken, rng)
    lesions = _lesions(people, rng)
    people, lesions = schedule(people, prescribe(people, lesions, rng), rng)
    return _break(people, record(intervals(people, rng), lesions, rng), rng)


def _people(study: Study, taken: set[str], rng: np.random.Generator) -> pd.DataFrame:
    """Patients with a fate and with the labels of the analysed ones, drawn without regard to any result."""
    rule = np.repeat(list(EXCLUDED), list(EXCLUDED.values()))
    count = len(rule)
    free = np.setdiff1d(np.arange(100_000, 500_000), [int(number.removeprefix("PUMCH-")) for number in taken])
    number = rng.choice(free, count, replace=False)
    days = pd.bdate_range("2013-03-01", "2020-12-01")
    end = days[rng.integers(0, len(days), count)].to_series(index=range(count))
    for span, which in ((BEFORE, slice(0, 4)), (AFTER, slice(4, 7))):
        days, outside = pd.bdate_range(*span), np.flatnonzero(rule == "accrual")[which]
        end[outside] = days[rng.integers(0, len(days), len(outside))]
    until = (pd.Timestamp(study.data_cut) - end).dt.days.to_numpy() - rng.integers(10, 75, count)
    survived = (60 + rng.exponential(800, count)).astype(int)
    dead = survived < until
    last = np.where(dead, survived, until)
    first = np.where(rng.random(count) < 0.8, rng.integers(30, 56, count), np.nan)
    distant = np.where(last > 200, np.round(rng.uniform(90, np.maximum(last - 40, 91))), np.nan)
    return pd.DataFrame(
        {
            "rule": rule,
            "patient_id": [f"PUMCH-{one}" for one in number],
            "end": end,
            "last": last,
            "dead": dead.astype(int),
            "lost": ~dead & (rng.random(count) < 0.1),
            "first_imaging": first,
            "failure": np.nan,
            "distant": distant,
            "shown_by": "contact",
            "next_therapy": np.where(last > distant + 60, distant + 20, np.nan),
            "cause": "ovarian_cancer",
            "sbrt": False,
            "low_bed": True,
            "recurrences": rng.choice([1, 2], count),
            "sensitive": rng.random(count) < 0.3,
            "recent": rng.random(count) < 0.3,
            "targeted": rng.random(count) < 0.15,
            "immune": rng.random(count) < 0.1,
            "histology": rng.choice(["serous", "endometrioid", "clear_cell"], count, p=[0.8, 0.1, 0.1]),
            "figo_stage": rng.choice(["I", "II", "III", "IV"], count, p=[0.08, 0.1, 0.7, 0.12]),
            "kps": rng.choice([70, 80, 90, 100], count),
            "age_years": rng.integers(35, 80, count),
            "metastases": rng.integers(1, 5, count),
        }
    )


def _lesions(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One or two irradiated lesions each."""
    lesions = pd.DataFrame(
        {"person": np.repeat(people.index, np.minimum(people["metastases"], rng.integers(1, 3, len(people))))}
    )
    lesions["lesion_number"] = lesions.groupby("person").cumcount() + 1
    lesions["response"] = rng.choice(["CR", "PR", "SD", "PD"], len(lesions))
    lesions["site"] = rng.choice(["neck", "pelvic_cavity", "abdominal_cavity", "retroperitoneal_nodes"], len(lesions))
    lesions["lead"] = 0
    lesions["large"] = rng.random(len(lesions)) < 0.35
    lesions["low_bed"] = rng.random(len(lesions)) < 0.4
    lesions["gtv_diameter_cm"] = size(lesions, rng)
    return lesions


def _break(people: pd.DataFrame, tables: dict[str, pd.DataFrame], rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """The tables with each patient's rule broken."""
    tables = {role: table.copy() for role, table in tables.items()}
    who = people.set_index("patient_id")["rule"]

    def breaks(role: str, *rules: str) -> pd.Series:
        return tables[role]["patient_id"].map(who).isin(rules)

    patients = tables["patients"]
    patients.loc[breaks("patients", "ovarian_primary"), "histology"] = "not_ovarian"
    many, poor = breaks("patients", "oligometastatic"), breaks("patients", "performance")
    patients.loc[many, "metastases"] = rng.integers(6, 15, many.sum())
    patients.loc[poor, "kps"] = rng.choice([40, 50, 60], poor.sum())
    patients.loc[breaks("patients", "no_alternative"), "surgery_or_systemic_feasible"] = 1

    operated = breaks("surgeries", "surgery") & (tables["surgeries"]["procedure"] == "cytoreduction")
    tables["surgeries"].loc[operated, "procedure"] = "biopsy"
    tables["therapies"] = tables["therapies"][~breaks("therapies", "systemic_therapy")]

    never = people.loc[people["rule"] == "accrual", "patient_id"].iloc[7:]  # restaged, and then not irradiated
    for role in ("lesions", "plans", "measurements", "follow_up", "toxicities"):
        tables[role] = tables[role][~tables[role]["patient_id"].isin(never)]
    again = tables["therapies"]["patient_id"].isin(never) & (tables["therapies"]["reason"] == "after_radiotherapy")
    tables["therapies"] = tables["therapies"][~again]

    for role in ("follow_up", "measurements", "toxicities", "therapies"):
        table = tables[role]
        dated = next(column for column in ("date", "onset_date", "start_date") if column in table)
        after = table[dated] >= table["patient_id"].map(people.set_index("patient_id")["start"])
        tables[role] = table[~(breaks(role, "followed") & after)]
    return tables
