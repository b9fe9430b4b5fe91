"""Sizes and prescriptions of the irradiated lesions: GTV diameters, and plans whose BED is as published."""

from __future__ import annotations

import numpy as np
import pandas as pd

from generator import targets

NODES = ("neck", "mediastinum", "retroperitoneal_nodes")

# By fractions: PTV Gy a fraction, PGTV Gy a fraction (0: there is no PGTV), weight. A PGTV has the higher dose.
LOW = {  # BED10 below 60 Gy
    25: ((1.8, 0, 3), (1.8, 1.92, 2)),
    28: ((1.8, 0, 1),),
    20: ((2.0, 0, 2), (1.8, 2.0, 1)),
    15: ((2.5, 0, 2), (2.4, 3.0, 1)),
    10: ((3.0, 0, 3), (3.0, 4.0, 2)),
    8: ((3.0, 0, 1),),
}
HIGH = {  # 60 Gy or more. The department's usual 25 x 2.226 Gy is the published median, 68.04 Gy
    25: ((1.8, 2.226, 45), (2.0, 2.4, 34), (1.8, 2.2, 8), (1.8, 2.1, 4)),
    28: ((1.8, 2.14, 1),),
    20: ((2.25, 2.7, 2), (2.2, 2.5, 1)),
    15: ((2.8, 3.4, 2), (2.6, 3.3, 1)),
    10: ((3.0, 5.0, 3), (3.0, 4.5, 1)),
    8: ((4.0, 5.5, 1),),
}
USED = {25: 0.72, 28: 0.1, 20: 0.06, 15: 0.05, 10: 0.05, 8: 0.02}  # share of the patients
STEREOTACTIC = ((10, 5.0, 6.0), (6, 6.0, 8.0), (10, 5.0, 0), (8, 6.0, 0), (7, 6.0, 7.0), (10, 5.0, 5.5))
# The ends of the printed range of BED10, 28 and 115 Gy, need 20 and 64 Gy, which no printed limit of dose allows.
LOWEST, HIGHEST = (5, 4.0, 0), (8, 6.0, 8.0)


def prescribe(people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """`lesions` with fractions, and dose a fraction and total dose of PTV and PGTV (Gy).

    All lesions of a patient have the same number of fractions; lesions.low_bed says which are below 60 Gy.
    """
    fractions = pd.Series(rng.choice(list(USED), len(people), p=list(USED.values())), index=people.index)
    fractions[lesions.loc[lesions["site"] == "intracranial", "person"].unique()] = 10
    fractions[lesions.loc[lesions["site"] == "bone", "person"].unique()] = 10
    stereotactic = iter(rng.permutation(np.arange(people["sbrt"].sum()) % len(STEREOTACTIC)))
    plans = []
    for number, low, sbrt in zip(
        lesions["person"].map(fractions), lesions["low_bed"], lesions["person"].map(people["sbrt"]), strict=True
    ):
        options = (LOW if low else HIGH)[number]
        weight = np.array([weight for *_, weight in options], float)
        ptv, pgtv, _ = options[rng.choice(len(options), p=weight / weight.sum())]
        plans.append(STEREOTACTIC[next(stereotactic)] if sbrt else (number, ptv, pgtv))
    return _with_plans(lesions, plans)


def prescribe_as_published(people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """`prescribe`, drawn until the median BED10 is the published one, with its printed range."""
    alone = ~lesions["person"].duplicated(keep=False)
    evaluable = lesions["response"] != "NE"
    lowest = lesions[lesions["low_bed"] & alone & evaluable].sort_values(
        "site", key=lambda site: site != "intracranial", kind="stable"
    )
    highest = lesions.index[lesions["person"].map(people["sbrt"])][0]
    for _ in range(100):
        planned = prescribe(people, lesions, rng)
        for lesion, plan in ((lowest.index[0], LOWEST), (highest, HIGHEST)):
            planned.loc[[lesion]] = _with_plans(lesions.loc[[lesion]], [plan])
        if {round(bed10(part).median(), 2) for part in (planned, planned[evaluable])} == {targets.MEDIAN_BED}:
            return planned
    raise ValueError(f"no prescriptions found with a median BED10 of {targets.MEDIAN_BED} Gy; change the weights.")


def bed10(lesions: pd.DataFrame) -> pd.Series:
    """BED10 (Gy) of the higher dose level."""
    fraction = lesions[["ptv_fraction_gy", "pgtv_fraction_gy"]].max(axis=1)
    return lesions["fractions"] * fraction * (1 + fraction / 10)


def _with_plans(lesions: pd.DataFrame, plans: list[tuple]) -> pd.DataFrame:
    number, ptv, pgtv = np.array(plans, dtype=float).T
    pgtv = np.where(pgtv > 0, pgtv, np.nan)
    return lesions.assign(
        fractions=number.astype(int),
        ptv_fraction_gy=ptv,
        ptv_dose_gy=np.round(number * ptv, 3),
        pgtv_fraction_gy=pgtv,
        pgtv_dose_gy=np.round(number * pgtv, 3),
    )


def size(lesions: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """GTV diameters (cm, to the millimetre), with the published mean and range; not known of lesions not evaluable.

    lesions.large says which have 3 cm or more. A node is long enough for a measurable short axis.
    """
    known = (lesions["response"] != "NE").to_numpy()
    large = lesions["large"].to_numpy() & known
    node = lesions["site"].isin(NODES).to_numpy()
    low = np.where(large, 30, np.where(node, np.where(lesions["response"] == "PR", 20, 17), 11))
    high = np.where(large, 110, 29)
    drawn = np.where(
        large, 30 + rng.gamma(1.2, 17, len(lesions)), low + (high - low) * rng.beta(1.3, 1.6, len(lesions))
    )
    millimetres = np.clip(np.round(drawn), low, high).astype(int)
    smallest, largest = np.flatnonzero(known & ~large & ~node)[0], np.flatnonzero(large & ~node)[0]
    millimetres[smallest], millimetres[largest] = 10, 123
    free = np.setdiff1d(np.flatnonzero(known), [smallest, largest])
    total = round(10 * targets.MEAN_GTV * known.sum())
    while missing := total - millimetres[known].sum():
        one = rng.choice(free)
        millimetres[one] = np.clip(millimetres[one] + np.sign(missing), low[one], high[one])
    return pd.Series(np.where(known, millimetres / 10, np.nan), index=lesions.index)
