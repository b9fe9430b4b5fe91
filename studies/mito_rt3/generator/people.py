"""Who comes to which centre when, with which lesions, and how these are planned."""

from __future__ import annotations

import numpy as np
import pandas as pd

from generator import parameters as true

HISTOLOGY = {"serous": 0.80, "endometrioid": 0.08, "clear_cell": 0.06, "other_epithelial": 0.06}
FIGO = {"I": 0.06, "II": 0.08, "III": 0.62, "IV": 0.24}


def draw(of: dict, size: int, rng: np.random.Generator) -> np.ndarray:
    """Words by their probability."""
    return rng.choice(list(of), size, p=np.array(list(of.values())) / sum(of.values()))


def enrol(rng: np.random.Generator, lesions: int = true.LESIONS, nodes: int = true.NODES) -> tuple:
    """People and lesions, so many of both kinds; a patient tends to have lesions of one kind."""
    counts: list[int] = []
    while sum(counts) < lesions:
        counts.append(min(int(draw(true.LESIONS_A_PATIENT, 1, rng)[0]), lesions - sum(counts)))
    people = describe(len(counts), rng)
    person = np.repeat(people.index, counts)
    leaning = pd.Series(rng.normal(0, 1.2, len(people)), people.index)
    rank = (leaning.reindex(person).to_numpy() + rng.normal(0, 1, lesions)).argsort().argsort()
    table = pd.DataFrame({"person": person, "nodal": (rank < nodes).astype(int)})
    table["lesion_number"] = table.groupby("person").cumcount() + 1
    return people, plan(size(table, rng), rng)


def describe(size: int, rng: np.random.Generator) -> pd.DataFrame:
    """Patients in the order of their first fraction, each of a centre that was open by then."""
    first, last = pd.Timestamp(true.FIRST_TREATED), pd.Timestamp(true.LAST_TREATED) - pd.Timedelta(days=14)
    share = np.sort(rng.beta(1.35, 1.0, size))  # accrual is slow at first
    days = first + pd.to_timedelta((share * (last - first).days).astype(int), unit="D")
    start = pd.Series(np.busday_offset(days.to_numpy().astype("datetime64[D]"), 0, roll="forward"), range(size))
    start = pd.to_datetime(start)
    centres = []
    for day in start:
        open_ = {name: one.share for name, one in true.CENTRES.items() if pd.Timestamp(one.opens) <= day}
        centres.append(str(draw(open_, 1, rng)[0]))
    return pd.DataFrame(
        {
            "centre": centres,
            "start": start,
            "age": np.clip(rng.normal(60, 10.5, size), 33, 86).astype(int),
            "brca": draw(true.BRCA, size, rng),
            "entry_reason": draw(true.ENTRY, size, rng),
            "disease": np.where(rng.random(size) < true.PERSISTENT, "persistent", "recurrent"),
            "prior_radiotherapy": (rng.random(size) < true.RADIATED_BEFORE).astype(int),
            "histology": draw(HISTOLOGY, size, rng),
            "figo_stage": draw(FIGO, size, rng),
            "kps": rng.choice([70, 80, 90, 100], size, p=[0.08, 0.20, 0.42, 0.30]),
        }
    )


def size(lesions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Site, axes (cm) and volumes (cc): the GTV a sphere, the PTV with half a centimetre around it."""
    nodal = lesions["nodal"] == 1
    count = len(lesions)
    site = np.where(nodal, draw(true.NODAL_SITES, count, rng), draw(true.PARENCHYMA, count, rng))
    long = np.clip(np.exp(rng.normal(np.log(2.2), 0.35, count)), 1.1, 5.9).round(1)
    long = np.where(nodal, np.maximum(long, 1.3), long)
    short = (long * rng.uniform(0.66, 0.95, count)).round(1)
    return lesions.assign(
        site=site,
        gtv_diameter_cm=long,
        long_cm=long,
        short_cm=np.where(nodal, np.maximum(short, 1.1), short),
        gtv_volume_cc=(np.pi / 6 * long**2 * short).round(1),
        ptv_volume_cc=(np.pi / 6 * (long + 1) ** 2 * (short + 1) * rng.uniform(0.9, 1.25, count)).round(1),
        ptv_coverage_pct=np.clip(rng.normal(96.5, 1.8, count), 88, 100).round(1),
    )


def plan(lesions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Fractions and dose; a few outside the protocol. Lesions of one patient are irradiated one after another."""
    schedules = list(true.SCHEDULES)
    chosen = rng.choice(len(schedules), len(lesions), p=list(true.SCHEDULES.values()))
    fractions = np.array([schedules[one][0] for one in chosen])
    dose = np.array([schedules[one][1] for one in chosen])
    odd = iter(rng.permutation(len(lesions)))
    for (number, fraction), times in true.DEVIATING.items():
        for _ in range(times):
            place = next(odd)
            fractions[place], dose[place] = number, fraction
    return lesions.assign(fractions=fractions, ptv_fraction_gy=dose, ptv_dose_gy=fractions * dose)


def describe_images(lesions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Image features of the lesions whose planning scan was sent in: they go with volume, and tell nothing else."""
    sent = lesions[rng.random(len(lesions)) >= true.IMAGES_NOT_SENT]
    entropy = 5.5 + 0.4 * np.log(sent["gtv_volume_cc"]) + rng.normal(0, 0.5, len(sent))
    return sent[["person", "lesion_number"]].assign(
        joint_entropy=np.clip(entropy, 1, 12).round(3),
        sphericity=np.clip(rng.normal(0.80, 0.06, len(sent)), 0.40, 0.98).round(3),
    )
