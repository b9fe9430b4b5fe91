"""Clean records of patients whose fate, lesions and labels are drawn: a table for each role of the raw exports."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oligomet.synthetic import follow_up, history, imaging

DAY = pd.Timedelta(days=1)


def schedule(
    people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Dates of treatment: five fractions a week; a lesion is finished `lead` days before the patient's last fraction.

    Returns
    -------
    people with start and restaging, lesions with start_date, end_date and technique.
    """
    lesions = lesions.copy()
    lesions["end_date"] = lesions["person"].map(people["end"]) - pd.to_timedelta(lesions["lead"], unit="D")
    first = np.busday_offset(
        lesions["end_date"].to_numpy().astype("datetime64[D]"), 1 - lesions["fractions"].to_numpy()
    )
    lesions["start_date"] = pd.to_datetime(first)
    people = people.assign(start=lesions.groupby("person")["start_date"].min())
    people["restaging"] = people["start"] - pd.to_timedelta(rng.integers(7, 29, len(people)), unit="D")
    recent = rng.random(len(people)) < (people["end"].dt.year - 2012) / 9  # arcs and helices replace fixed fields
    machine = np.where(recent, "vmat", np.where(rng.random(len(people)) < 0.5, "tomotherapy", "fixed_field_imrt"))
    machine = pd.Series(np.where(people["sbrt"], "sbrt", machine), index=people.index)
    lesions["technique"] = lesions["person"].map(machine)
    return people, lesions


def record(people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """The tables of all roles, for patients with fate (fates.fail), labels and schedule, and lesions with plans."""
    people = people.assign(modality=rng.choice(["ct", "pet_ct", "mri"], len(people), p=[0.7, 0.2, 0.1]))
    lesions = lesions.assign(
        patient_id=lesions["person"].map(people["patient_id"]), fails=_failing(people, lesions, rng)
    )
    contacts, visits = follow_up.contact(people, lesions, rng)
    dated = people.assign(
        first_imaging=people["end"] + pd.to_timedelta(people["first_imaging"], unit="D"),
        failure_day=people["end"] + pd.to_timedelta(people["failure"], unit="D"),
    )
    surgeries, therapies = history.treat(people, rng)
    return {
        "patients": history.describe(people, rng),
        "therapies": pd.concat([therapies, follow_up.treat_again(people, rng)]),
        "surgeries": surgeries,
        "lesions": lesions,
        "plans": lesions,
        "measurements": imaging.image(dated, lesions, visits, rng),
        "follow_up": contacts,
        "toxicities": follow_up.harm(people, lesions, rng),
    }


def _failing(people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """Which lesions recur when their patient fails locally after the first imaging: one, sometimes another."""
    fails = lesions["person"].map(people["failure"].notna()) & (lesions["response"] != "PD")
    another = rng.random(len(lesions)) < 0.3
    return fails & (another | ~fails.groupby(lesions["person"]).cumsum().gt(1))
