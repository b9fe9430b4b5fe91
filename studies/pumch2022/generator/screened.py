"""Patients who were screened and are not analysed: each is like the others, but for one rule of eligibility."""

from __future__ import annotations

import numpy as np
import pandas as pd

from generator.dose import prescribe, size
from generator.history import intervals
from generator.labels import record_numbers
from generator.records import record, schedule
from oligomet.study import Study

BROKEN = {  # rule of study.yaml: patients who break it
    "ovarian_primary": 5,
    "accrual": 12,
    "surgery": 6,
    "systemic_therapy": 5,
    "oligometastatic": 13,
    "no_alternative": 8,
    "performance": 6,
    "followed": 7,
}
# Of those outside the accrual: the end of radiotherapy, and how many. The others were restaged and not irradiated.
OUTSIDE = (("2011-06-01", "2012-11-30", 4), ("2021-02-15", "2021-08-31", 3))


def screen(study: Study, taken: set[str], rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Tables of all roles but toxicities; no patient has a record number that is `taken`."""
    people = _people(study, taken, rng)
    people, lesions = schedule(people, prescribe(people, _lesions(people, rng), rng), rng)
    return _break(people, record(intervals(people, rng), lesions, rng), rng)


def _people(study: Study, taken: set[str], rng: np.random.Generator) -> pd.DataFrame:
    """Patients with a fate and labels, drawn without regard to any result."""
    rule = np.repeat(list(BROKEN), list(BROKEN.values()))
    count = len(rule)
    days = pd.bdate_range("2013-03-01", "2020-12-01")
    end = days[rng.integers(0, len(days), count)].to_series(index=range(count))
    outside = iter(np.flatnonzero(rule == "accrual"))
    for first, last, number in OUTSIDE:
        days = pd.bdate_range(first, last)
        for _ in range(number):
            end[next(outside)] = days[rng.integers(0, len(days))]
    until = (pd.Timestamp(study.data_cut) - end).dt.days.to_numpy() - rng.integers(5, 50, count)
    survived = (100 + rng.exponential(700, count)).astype(int)
    dead = survived < until
    last = np.where(dead, survived, until)
    distant = np.where(rng.random(count) < 0.7, np.round(rng.uniform(0.3, 0.9, count) * last), np.nan)
    return pd.DataFrame(
        {
            "rule": rule,
            "patient_id": record_numbers(count, taken, rng),
            "end": end,
            "last": last,
            "dead": dead.astype(int),
            "lost": ~dead & (rng.random(count) < 0.1),
            "cause": "ovarian_cancer",
            "first_imaging": np.where(rng.random(count) < 0.8, rng.integers(30, 60, count), np.nan),
            "failure": np.nan,
            "distant": distant,
            "shown_by": "contact",
            "next_therapy": np.where(last > distant + 60, distant + 20, np.nan),
            "sbrt": False,
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
    number = np.minimum(people["metastases"], rng.integers(1, 3, len(people)))
    lesions = pd.DataFrame({"person": np.repeat(people.index, number)})
    lesions["lesion_number"] = lesions.groupby("person").cumcount() + 1
    sites = ["neck", "mediastinum", "pelvic_cavity", "abdominal_cavity", "retroperitoneal_nodes"]
    lesions = lesions.assign(
        site=rng.choice(sites, len(lesions)),
        response=rng.choice(["CR", "PR", "SD", "PD"], len(lesions)),
        large=rng.random(len(lesions)) < 0.35,
        low_bed=rng.random(len(lesions)) < 0.4,
        lead=0,
    )
    return lesions.assign(gtv_diameter_cm=size(lesions, rng))


def _break(people: pd.DataFrame, tables: dict[str, pd.DataFrame], rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """The tables with each patient's rule broken."""
    rules, started = people.set_index("patient_id")["rule"], people.set_index("patient_id")["start"]

    def breaks(role: str, rule: str) -> pd.Series:
        return tables[role]["patient_id"].map(rules) == rule

    patients = tables["patients"]
    patients.loc[breaks("patients", "ovarian_primary"), "histology"] = "not_ovarian"
    patients.loc[breaks("patients", "no_alternative"), "surgery_or_systemic_feasible"] = 1
    many, poor = breaks("patients", "oligometastatic"), breaks("patients", "performance")
    patients.loc[many, "metastases"] = rng.integers(6, 15, many.sum())
    patients.loc[poor, "kps"] = rng.choice([40, 50, 60], poor.sum())

    cytoreduction = breaks("surgeries", "surgery") & (tables["surgeries"]["procedure"] == "cytoreduction")
    tables["surgeries"].loc[cytoreduction, "procedure"] = "biopsy"
    tables["therapies"] = tables["therapies"][~breaks("therapies", "systemic_therapy")]

    never = rules.index[rules == "accrual"][sum(number for *_, number in OUTSIDE) :]
    for role in ("lesions", "plans", "measurements", "follow_up"):
        tables[role] = tables[role][~tables[role]["patient_id"].isin(never)]
    for role, dated, unseen in (
        ("therapies", "start_date", [*never, *rules.index[rules == "followed"]]),
        ("measurements", "date", rules.index[rules == "followed"]),
        ("follow_up", "date", rules.index[rules == "followed"]),
    ):
        of = tables[role]["patient_id"]
        tables[role] = tables[role][~(of.isin(unseen) & (tables[role][dated] >= of.map(started)))]
    return tables
