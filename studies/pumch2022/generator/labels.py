"""What Table 1 counts and Table 4 and Figure 3 compare: the labels of the patients, given what became of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from generator import targets
from generator.choose import LogRankAim, choose_levels, choose_members

WITH_LARGE, WITH_LOW_BED = 56, 34  # patients with a lesion of 3 cm or more; with one below a BED10 of 60 Gy
EPITHELIAL = {
    "serous": "Serous",
    "endometrioid": "Endometrioid",
    "clear_cell": "Clear cell carcinoma",
    "other_epithelial": "Other epithelial",
}
FIRST_NUMBER, LAST_NUMBER = 100_000, 499_999  # of the hospital's records


def label(people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """`people` with record number, age, and all that is known of them before radiotherapy.

    Adds recurrences, sensitive (to platinum), recent (last treatment), large and low_bed (has such a lesion),
    histology, figo_stage, kps, immune, targeted, age_years, patient_id.

    Parameters
    ----------
    people
        response, sbrt, os_months, dead, lrfs_months, failed.
    lesions
        person, response.
    """
    people = people.copy()
    count = len(people)
    held = lesions.groupby("person").size().reindex(people.index).to_numpy()
    evaluable = (people["response"] != "NE").to_numpy()

    def tests(factor: str, worse: bool = True) -> list[LogRankAim]:
        """Of both endpoints that the paper compares by `factor`."""
        found = [LogRankAim(*people[["os_months", "dead"]].to_numpy().T, targets.OVERALL_SURVIVAL_P[factor], worse)]
        if factor in targets.LOCAL_CONTROL_P:
            _, low, high = targets.LOCAL_CONTROL_P[factor]
            found.append(LogRankAim(*people[["lrfs_months", "failed"]].to_numpy().T, (low + high) / 2, worse))
        return found

    def holding(total: int):
        """A penalty: evaluable members hold at least `total` lesions, and are not more than these."""
        return lambda member: (
            max(total - held[member & evaluable].sum(), 0) + max((member & evaluable).sum() - total, 0)
        )

    again = choose_members(targets.TABLE_1["recurrences"]["≥ 2"], tests("recurrences"), rng)
    people["recurrences"] = np.where(again, rng.choice([2, 3, 4], count, p=[0.65, 0.27, 0.08]), 1)
    people["sensitive"] = choose_members(targets.TABLE_1["platinum"]["≥ 6 months"], tests("platinum", False), rng)
    recent, theirs = (table["since_last_treatment"]["< 6 months"] for table in (targets.TABLE_1, targets.TABLE_2))
    people["recent"] = choose_members(
        recent, tests("since_last_treatment"), rng, penalty=lambda member: 0.3 * abs(held[member].sum() - theirs)
    )
    people["large"] = choose_members(
        WITH_LARGE, tests("gtv"), rng, evaluable, evaluable, holding(targets.TABLE_2["gtv"]["≥ 3"])
    )
    people["low_bed"] = choose_members(
        WITH_LOW_BED, tests("bed"), rng, ~people["sbrt"].to_numpy(), None, holding(targets.BED_OF_EVALUABLE["< 60"])
    )
    people["histology"] = _histology(people, tests("histology")[0], rng)
    people["figo_stage"] = choose_levels(targets.TABLE_1["figo_stage"], tests("figo_stage")[0], rng)
    poor = targets.TABLE_1["kps"]["70-80"]
    people["kps"] = rng.permutation(
        np.concatenate([rng.choice([70, 80], poor, p=[0.2, 0.8]), rng.choice([90, 100], count - poor)])
    )
    for therapy, factor in (("immune", "immunotherapy"), ("targeted", "targeted_therapy")):
        people[therapy] = rng.permutation(np.arange(count) < targets.TABLE_1[factor]["Yes"])
    people["age_years"] = _ages(people, rng)
    people["patient_id"] = record_numbers(count, set(), rng)
    return people


def record_numbers(count: int, taken: set[str], rng: np.random.Generator) -> list[str]:
    """Record numbers of the hospital that are not `taken`."""
    drawn = rng.permutation(np.arange(FIRST_NUMBER, LAST_NUMBER + 1))[: count + len(taken)]
    numbers = [f"PUMCH-{number}" for number in drawn]
    return [number for number in numbers if number not in taken][:count]


def _histology(people: pd.DataFrame, test: LogRankAim, rng: np.random.Generator) -> np.ndarray:
    """Tissue of origin by its test of survival, the germ cell tumours faring worst; the kinds of carcinoma by lot."""
    sizes = targets.TABLE_1["histology"]
    tissue = {
        "carcinoma": "Epithelial carcinoma",
        "sex_cord_stromal": "Sex cord-stromal tumour",
        "germ_cell": "Germ cell tumour",
    }
    long, alive = (people["os_months"] > 60).to_numpy(), (people["dead"] == 0).to_numpy()

    def survivors(level: np.ndarray) -> float:
        """Germ cell tumours beyond five years, of which the paper has none, and those who may be."""
        return float(long[level == 2].sum() + 0.2 * alive[level == 2].sum())

    drawn = choose_levels({name: sizes[printed] for name, printed in tissue.items()}, test, rng, survivors)
    kinds = rng.permutation(np.repeat(list(EPITHELIAL), [sizes[printed] for printed in EPITHELIAL.values()]))
    histology = drawn.astype(object)
    histology[drawn == "carcinoma"] = kinds
    return histology


def _ages(people: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Ages at the first fraction, with the published range, mean and counts; germ cell tumours are of the youngest,
    and of these the youngest relapsed once: she has not had many years."""
    younger = np.clip(np.round(rng.normal(50.5, 7, targets.TABLE_1["age"]["< 60"])), 22, 59)
    older = np.clip(np.round(60 + rng.gamma(2, 3, targets.TABLE_1["age"]["≥ 60"])), 60, 78)
    age = np.sort(np.concatenate([younger, older])).astype(int)
    age[0], age[-1] = targets.AGES
    while abs(missing := targets.MEAN_AGE - age.mean()) > 0.2:
        one = rng.integers(1, len(younger))
        age[one] = np.clip(age[one] + np.sign(missing), 22, 59)
    age = np.sort(age)
    lot = np.where(people["histology"] == "germ_cell", people["recurrences"] - 10, rng.random(len(people)))
    drawn = np.empty(len(people), int)
    young = (people["histology"] == "germ_cell").sum()
    drawn[np.argsort(lot, kind="stable")] = np.append(age[:young], rng.permutation(age[young:]))
    return drawn
