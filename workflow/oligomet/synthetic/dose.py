"""Sizes and prescriptions of the irradiated lesions: GTV diameters and plans whose BED has the published median, range and counts."""

from __future__ import annotations

import numpy as np
import pandas as pd

# Fractions, PTV Gy a fraction, PGTV Gy a fraction (0: no PGTV), how often. The dose that counts is the PGTV's where there is one.
# Below a BED10 of 60 Gy:
LOW = {
    25: ((1.8, 0, 3), (1.8, 1.92, 2)),
    28: ((1.8, 0, 1),),
    20: ((2.0, 0, 2),),
    15: ((2.5, 0, 2), (2.4, 3.0, 1)),
    10: ((3.0, 0, 3), (3.0, 4.0, 2)),
    8: ((3.0, 0, 1),),
}
# At or above it; 25 x 2.226 Gy, 55.65 Gy, is the department's usual one and has the BED10 of 68.04 Gy that is the median.
HIGH = {
    25: ((1.8, 2.226, 45), (2.0, 2.4, 34), (1.8, 2.2, 8), (1.8, 2.1, 4)),
    28: ((1.8, 2.14, 1),),
    20: ((2.25, 2.7, 2), (2.2, 2.5, 1)),
    15: ((2.8, 3.4, 2), (2.6, 3.3, 1)),
    10: ((3.0, 5.0, 3), (3.0, 4.5, 1)),
    8: ((4.0, 5.5, 1),),
}
STEREOTACTIC = ((10, 5.0, 6.0), (6, 6.0, 8.0), (10, 5.0, 0), (8, 6.0, 0), (7, 6.0, 7.0), (10, 5.0, 5.5))
# The ends of the printed range of BED10, 28 and 115 Gy, are outside the printed limits of total dose: a lesion each.
LOWEST, HIGHEST = (5, 4.0, 0), (8, 6.0, 8.0)


def prescribe(people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """`lesions` with fractions, ptv_fraction_gy, ptv_dose_gy, pgtv_fraction_gy, pgtv_dose_gy (Gy).

    Lesions of one patient have the same number of fractions. people.low_bed says who has a lesion below 60 Gy, lesions.low_bed which.
    """
    lesions = lesions.copy()
    cerebral = lesions.loc[lesions["site"] == "intracranial", "person"]
    bone = lesions.loc[lesions["site"] == "bone", "person"]
    fractions = pd.Series(
        rng.choice([25, 28, 20, 15, 10], size=len(people), p=[0.74, 0.1, 0.06, 0.05, 0.05]), index=people.index
    )
    fractions[cerebral.unique()] = 10
    fractions[bone] = rng.choice([10, 15, 20], size=len(bone), p=[0.6, 0.2, 0.2])
    eight = fractions.index[fractions == 15][:2]
    fractions[eight] = 8
    rows = []
    for lesion in lesions.itertuples():
        n = fractions[lesion.person]
        options = (LOW if lesion.low_bed else HIGH)[n]
        weights = np.array([often for *_, often in options], float)
        ptv, pgtv, _ = options[rng.choice(len(options), p=weights / weights.sum())]
        rows.append((n, ptv, pgtv))
    if not people["sbrt"].any():
        return _planned(lesions, rows)
    stereotactic = np.flatnonzero(lesions["person"].map(people["sbrt"]))
    for place, lesion in enumerate(rng.permutation(stereotactic)):
        rows[lesion] = STEREOTACTIC[place % len(STEREOTACTIC)]
    rows[stereotactic[0]] = HIGHEST
    alone = lesions.groupby("person")["lesion_number"].transform("size") == 1
    palliative = lesions[lesions["low_bed"] & alone & (lesions["response"] != "NE")]
    palliative = palliative.sort_values("site", key=lambda site: site != "intracranial", kind="stable")
    rows[palliative.index[0]] = LOWEST

    return _planned(lesions, rows)


def _planned(lesions: pd.DataFrame, rows: list[tuple]) -> pd.DataFrame:
    plan = np.array(rows, dtype=float)
    lesions["fractions"] = plan[:, 0].astype(int)
    lesions["ptv_fraction_gy"] = plan[:, 1]
    lesions["pgtv_fraction_gy"] = np.where(plan[:, 2] > 0, plan[:, 2], np.nan)
    for level in ("ptv", "pgtv"):
        lesions[f"{level}_dose_gy"] = (lesions[f"{level}_fraction_gy"] * lesions["fractions"]).round(3)
    return lesions


def bed10(lesions: pd.DataFrame) -> pd.Series:
    """BED10 (Gy) of the higher dose level."""
    fraction = lesions["pgtv_fraction_gy"].fillna(0).clip(lower=lesions["ptv_fraction_gy"])
    return lesions["fractions"] * fraction * (1 + fraction / 10)


def size(lesions: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """GTV diameters (cm, to the millimetre): at least 3 cm where lesions.large, mean 3.10, range 1 to 12.3; unknown where NE.

    A node is drawn long enough for its short axis to be measurable on imaging.
    """
    known = (lesions["response"] != "NE").to_numpy()
    large = lesions["large"].to_numpy() & known
    node = lesions["site"].isin(["neck", "mediastinum", "retroperitoneal_nodes"]).to_numpy()
    low = np.where(large, 3.0, np.where(node, np.where(lesions["response"] == "PR", 2.0, 1.7), 1.1))
    high = np.where(large, 11.0, 2.9)
    drawn = np.where(
        large, 3 + rng.gamma(1.2, 1.7, len(lesions)), low + (high - low) * rng.beta(1.3, 1.6, len(lesions))
    )
    tenths = np.round(10 * np.clip(drawn, low, high)).astype(int)
    smallest = rng.choice(np.flatnonzero(known & ~large & ~node))
    largest = rng.choice(np.flatnonzero(large & ~node))
    tenths[smallest], tenths[largest] = 10, 123
    free = np.setdiff1d(np.flatnonzero(known), [smallest, largest])
    aim = round(3.10 * known.sum() * 10)
    while (missing := aim - tenths[known].sum()) != 0:
        one = rng.choice(free)
        moved = tenths[one] + np.sign(missing)
        if 10 * low[one] <= moved <= 10 * high[one]:
            tenths[one] = moved
    return pd.Series(np.where(known, tenths / 10, np.nan), index=lesions.index)
