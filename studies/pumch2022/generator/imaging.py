"""Measurements of the irradiated lesions, in which adapted RECIST finds the responses that were drawn for them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from generator.dose import NODES

DAY = pd.Timedelta(days=1)
LARGEST_CM = 14.0  # a lesion grows no further, unless it was larger at the first assessment
COLUMNS = ["patient_id", "lesion_number", "date", "modality", "long_axis_cm", "short_axis_cm", "seen", "new_lesions"]


def image(people: pd.DataFrame, lesions: pd.DataFrame, visits: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The measurements table: of every lesion a baseline at restaging, the first assessment, and later imaging.

    Parameters
    ----------
    people
        patient_id, restaging, end (dates), first_imaging and failure (days after the end), modality.
    lesions
        person, lesion_number, site, response, gtv_diameter_cm, fails (recurs on the day of failure).
    visits
        person, date, new_lesions: contacts with imaging, as `follow_up.contact` gives them.
    """
    rows = []
    seen_at = {
        person: sorted(zip(of["date"], of["new_lesions"], strict=True)) for person, of in visits.groupby("person")
    }
    for lesion in lesions.itertuples():
        patient = people.loc[lesion.person]
        failure = patient["end"] + patient["failure"] * DAY if lesion.fails else pd.NaT
        never_again = np.isnan(patient["first_imaging"])
        scans = [(patient["restaging"], 0), *([] if never_again else seen_at.get(lesion.person, []))]
        modality = "mri" if lesion.site == "intracranial" else patient["modality"]
        axes = _measure(lesion, [date for date, _ in scans], failure, rng)
        rows += [
            (patient["patient_id"], lesion.lesion_number, date, modality, *measured, new)
            for (date, new), measured in zip(scans, axes, strict=True)
        ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _measure(lesion, dates: list[pd.Timestamp], failure: pd.Timestamp, rng: np.random.Generator) -> list[tuple]:
    """Long axis, short axis (cm) and seen at baseline, first assessment and later; bone has no measurable diameter.

    After the first assessment a lesion shrinks or stays, within the 3 mm that nobody calls growth, until it fails.
    """
    if lesion.site == "bone":
        return [(np.nan, np.nan, 1)] * len(dates)
    node = lesion.site in NODES
    long, short = _baseline(lesion, node, rng)
    diameters = [short if node else long]
    trend = rng.uniform(0.92, 1.0)
    for place, date in enumerate(dates[1:]):
        before, smallest = diameters[-1], min(diameters)
        if place == 0:
            now = _first(lesion.response, before, node, rng)
        elif date > failure or lesion.response == "PD":
            now = max(before, min(before * rng.uniform(1.02, 1.15) + 0.1, LARGEST_CM))
        elif date == failure:
            now = max(smallest * rng.uniform(1.3, 1.7), smallest + rng.uniform(0.7, 1.2), 1.1)
        elif before == 0:
            now = 0.0
        else:
            limit = 0.9 if node and smallest < 1.0 else smallest + 0.3  # a normal node stays one
            now = max(min(before * trend + rng.choice([-0.1, 0, 0, 0.1]), limit), 0.4)
        diameters.append(round(now, 1))
    return [
        (np.nan, np.nan, 0)
        if diameter == 0
        else (round(diameter * long / short, 1), diameter, 1)
        if node
        else (diameter, round(diameter * short / long, 1), 1)
        for diameter in diameters
    ]


def _baseline(lesion, node: bool, rng: np.random.Generator) -> tuple[float, float]:
    """Long and short axis before radiotherapy, measurable, within a millimetre of the GTV; without one, drawn."""
    gtv = rng.uniform(1.5, 3.5) if np.isnan(lesion.gtv_diameter_cm) else lesion.gtv_diameter_cm
    long = round(max(gtv + rng.choice([-0.1, 0, 0, 0.1]), 1.7 if node else 1.0), 1)
    short = round(long * rng.uniform(0.65, 0.92), 1)
    if node:
        short = min(max(short, 1.7 if lesion.response == "PR" else 1.5), long)
    return long, short


def _first(response: str, baseline: float, node: bool, rng: np.random.Generator) -> float:
    """The diameter (cm) at the first assessment that shows `response`."""
    if response == "CR":
        return rng.uniform(0.4, 0.9) if node and rng.random() < 0.6 else 0.0
    if response == "PR":
        return np.clip(baseline * rng.uniform(0.35, 0.66), 1.0 if node else 0.3, np.floor(6.8 * baseline) / 10)
    if response == "SD":
        return baseline * rng.uniform(0.78, 1.0) + rng.choice([0, 0.1, 0.2])
    return max(baseline * rng.uniform(1.25, 1.45), baseline + rng.uniform(0.6, 1.2))
