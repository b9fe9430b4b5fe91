"""Measurements of the irradiated lesions, from which the responses drawn for them are read again by adapted RECIST."""

from __future__ import annotations

import numpy as np
import pandas as pd

DAY = pd.Timedelta(days=1)
NODES = ("neck", "mediastinum", "retroperitoneal_nodes")


def image(people: pd.DataFrame, lesions: pd.DataFrame, visits: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The measurements table: a baseline, the first assessment and later imaging of every lesion.

    Parameters
    ----------
    people
        Columns patient_id, restaging, first_imaging (date), last_day (date), failure_day (date or empty).
    lesions
        Columns person, lesion_number, site, response, gtv_diameter_cm, fails (recurs in the field on failure_day).
    visits
        Columns person, date, new_lesions: the contacts at which the patient was imaged, the first assessment not included.
    """
    rows = []
    of_person = dict(tuple(lesions.groupby("person")))
    seen_at = dict(tuple(visits.groupby("person")))
    for patient in people.itertuples():
        scans = _scans(patient, seen_at.get(patient.Index), rng)
        for lesion in of_person[patient.Index].itertuples():
            modality = "mri" if lesion.site == "intracranial" else patient.modality
            measured = _never_again if lesion.site == "lung" and lesion.response == "NE" else _measured
            for date, new_lesions, long, short, seen in measured(patient, lesion, scans, rng):
                rows.append((patient.patient_id, lesion.lesion_number, date, modality, long, short, seen, new_lesions))
    columns = [
        "patient_id",
        "lesion_number",
        "date",
        "modality",
        "long_axis_cm",
        "short_axis_cm",
        "seen",
        "new_lesions",
    ]
    return pd.DataFrame(rows, columns=columns)


def _scans(patient, visits: pd.DataFrame | None, rng: np.random.Generator) -> list[tuple[pd.Timestamp, int]]:
    """Dates of imaging after radiotherapy, each with whether new lesions were seen."""
    scans = {} if pd.isna(patient.first_imaging) else {patient.first_imaging: 0}
    if visits is not None:
        scans |= dict(zip(visits["date"], visits["new_lesions"], strict=True))
    return sorted(scans.items())


def _never_again(patient, lesion, scans, rng) -> list[tuple]:
    long, short = _baseline(lesion, rng)
    return [(patient.restaging, 0, long, short, 1)]


def _measured(patient, lesion, scans, rng: np.random.Generator) -> list[tuple]:
    """(date, new lesions, long axis, short axis, seen) of a lesion at every imaging; a bone lesion has no diameters."""
    if lesion.site == "bone":
        return [(date, new, np.nan, np.nan, 1) for date, new in [(patient.restaging, 0), *scans]]
    node = lesion.site in NODES
    long, short = _baseline(lesion, rng)
    rows = [(patient.restaging, 0, long, short, 1)]
    diameter = baseline = short if node else long
    shape = long / short
    smallest, failed = baseline, False
    trend = rng.uniform(0.9, 1.0)
    for place, (date, new) in enumerate(scans):
        if place == 0:
            diameter = _first(lesion.response, baseline, node, rng)
        elif failed or lesion.response == "PD":
            diameter = round(diameter * rng.uniform(1.02, 1.2) + 0.1, 1)
        elif lesion.fails and date >= patient.failure_day:
            failed = True
            diameter = round(
                max(smallest * rng.uniform(1.3, 1.7), smallest + rng.uniform(0.7, 1.2), 1.1 if node else 0.8), 1
            )
        elif diameter > 0:
            drifted = round(diameter * trend + rng.choice([-0.1, 0, 0, 0.1]), 1)
            ceiling = 0.9 if lesion.response == "CR" else smallest + 0.3
            diameter = max(min(drifted, ceiling), 0.3 if node else 0.5)
        smallest = min(smallest, diameter)
        if diameter == 0:
            rows.append((date, new, np.nan, np.nan, 0))
        elif node:
            rows.append((date, new, round(diameter * shape, 1), diameter, 1))
        else:
            rows.append((date, new, diameter, round(diameter / shape, 1), 1))
    return rows


def _baseline(lesion, rng: np.random.Generator) -> tuple[float, float]:
    """Long and short axis on imaging before radiotherapy, near the GTV; a lesion without GTV diameter is drawn."""
    node = lesion.site in NODES
    gtv = rng.uniform(1.5, 3.5) if np.isnan(lesion.gtv_diameter_cm) else lesion.gtv_diameter_cm
    long = round(max(gtv + rng.choice([-0.1, 0, 0, 0.1]), 1.7 if node else 1.0), 1)
    short = round(long * rng.uniform(0.65, 0.92), 1)
    if node:
        short = min(max(short, 1.7 if lesion.response == "PR" else 1.5), long)
    return long, max(short, 0.5)


def _first(response: str, baseline: float, node: bool, rng: np.random.Generator) -> float:
    """The diameter (cm) at first assessment that shows `response`."""
    if response == "CR":
        return round(rng.uniform(0.4, 0.9), 1) if node and rng.random() < 0.6 else 0.0
    if response == "PR":
        low, high = (1.0 if node else 0.3), np.floor(10 * 0.68 * baseline) / 10
        return round(min(max(baseline * rng.uniform(0.35, 0.66), low), high), 1)
    if response == "SD":
        return round(baseline * rng.uniform(0.78, 1.0) + rng.choice([0, 0.1, 0.2]), 1)
    return round(max(baseline * rng.uniform(1.25, 1.8), baseline + rng.uniform(0.6, 1.2)), 1)
