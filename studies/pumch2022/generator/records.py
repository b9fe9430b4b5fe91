"""Clean records of patients whose fate, lesions and labels are drawn: a table for each role of the raw exports."""

from __future__ import annotations

import numpy as np
import pandas as pd

from generator.follow_up import contact, treat_again
from generator.history import describe, treat
from generator.imaging import image


def schedule(
    people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Dates of treatment, five fractions a week, a lesion finished `lead` days before the patient's last fraction.

    Returns
    -------
    people with start and restaging (dates); lesions with start_date, end_date, technique.
    """
    ended = lesions["person"].map(people["end"]) - pd.to_timedelta(lesions["lead"], unit="D")
    began = np.busday_offset(ended.to_numpy().astype("datetime64[D]"), 1 - lesions["fractions"].to_numpy())
    lesions = lesions.assign(start_date=pd.to_datetime(began), end_date=ended)
    people = people.assign(start=lesions.groupby("person")["start_date"].min())
    people["restaging"] = people["start"] - pd.to_timedelta(rng.integers(7, 29, len(people)), unit="D")

    arcs = rng.random(len(people)) < (people["end"].dt.year - 2012) / 9  # they replaced fixed fields over the years
    others = np.where(rng.random(len(people)) < 0.5, "tomotherapy", "fixed_field_imrt")
    machine = np.where(people["sbrt"], "sbrt", np.where(arcs, "vmat", others))
    return people, lesions.assign(technique=lesions["person"].map(pd.Series(machine, index=people.index)))


def record(people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """The tables of all roles but toxicities.

    Parameters
    ----------
    people
        Patients with their fate (`fates.fail`), labels (`labels.label`), intervals and schedule.
    lesions
        With size, plan and schedule.
    """
    people = people.assign(modality=rng.choice(["ct", "pet_ct", "mri"], len(people), p=[0.7, 0.2, 0.1]))
    lesions = lesions.assign(
        patient_id=lesions["person"].map(people["patient_id"]), fails=_failing(people, lesions, rng)
    )
    contacts, visits = contact(people, lesions, rng)
    surgeries, therapies = treat(people, rng)
    return {
        "patients": describe(people, rng),
        "therapies": pd.concat([therapies, treat_again(people, rng)]),
        "surgeries": surgeries,
        "lesions": lesions,
        "plans": lesions,
        "measurements": image(people, lesions, visits, rng),
        "follow_up": contacts,
    }


def _failing(people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """Which lesions the contact names at which a patient's failure is recorded: those that progressed at the first
    imaging or, where none did, one and sometimes another."""
    progressed = lesions["response"] == "PD"
    any_progressed = progressed.groupby(lesions["person"]).transform("any")
    another = rng.random(len(lesions)) < 0.3
    named = progressed | (~any_progressed & (another | (lesions["lesion_number"] == 1)))
    return named & lesions["person"].map(people["failure"].notna())
