"""The synthetic cohort: clean tables of a hospital's records that carry the published results.

From the outside in: who could be followed for how long, what became of them, which lesions they had, which labels they bear;
then the dated records that say so. Everything is drawn from one seed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from oligomet.schemas import SOURCES, conform
from oligomet.study import Study
from oligomet.synthetic import targets
from oligomet.synthetic.dose import bed10, prescribe, size
from oligomet.synthetic.fates import fail, follow
from oligomet.synthetic.history import intervals
from oligomet.synthetic.labels import choose, choose_levels
from oligomet.synthetic.lesions import assign_lesions
from oligomet.synthetic.records import record, schedule
from oligomet.synthetic.screened import screen


def generate(study: Study) -> dict[str, pd.DataFrame]:
    """The content of the raw exports before the hospital makes a mess of it: a clean table for each role of schemas.SOURCES.

    Deterministic from `synthetic.seed` of study.yaml. Eligible patients, and others who were screened and break one rule each.
    """
    rng = np.random.default_rng(study.synthetic.seed)
    people, lesions = assign_lesions(follow(study, rng), rng)
    people = label(fail(people, lesions, study, rng), lesions, rng)
    lesions = plan(people, lesions, rng)
    people, lesions = schedule(people, lesions, rng)
    eligible = record(intervals(people, rng), lesions, rng)
    others = screen(study, set(people["patient_id"]), rng)
    return {role: tidy(role, pd.concat([eligible[role], others[role]])) for role in SOURCES}


def label(people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """`people` with what Table 1 counts and Table 4 and Figure 3 test; large and low_bed say who has such a lesion."""
    everyone = people.index.to_numpy()
    survival = people["os_months"].to_numpy(), people["dead"].to_numpy()
    control = people["lrfs_months"].to_numpy(), people["failed"].to_numpy()
    held = lesions.groupby("person").size().to_numpy()
    evaluable = (people["response"] != "NE").to_numpy()

    def tests(factor: str, sign: int = 1) -> list:
        """Members are worse off (sign 1) or better off (-1)."""
        both = [(*survival, sign * targets.OVERALL_SURVIVAL_P[factor], 0.01)]
        if factor in targets.LOCAL_CONTROL_P:
            both.append((*control, sign * targets.LOCAL_CONTROL_P[factor], 0.006))
        return both

    def enough(count: int, among: np.ndarray):
        """At least `count` lesions of evaluable members, in at most as many patients."""

        def penalty(members: np.ndarray) -> float:
            members = members[among[members]]
            return max(count - held[members].sum(), 0) + max(len(members) - count, 0)

        return penalty

    people = people.copy()
    several = choose(everyone, everyone, targets.TWICE_RECURRENT, tests("recurrences"), lambda members: 0.0, rng)
    people["recurrences"] = np.where(several, rng.choice([2, 3, 4], len(people), p=[0.65, 0.27, 0.08]), 1)
    people["sensitive"] = choose(everyone, everyone, targets.SENSITIVE, tests("platinum", -1), lambda members: 0.0, rng)
    people["recent"] = choose(
        everyone,
        everyone,
        targets.RECENTLY_TREATED,
        tests("since_last_treatment"),
        lambda members: 0.3 * abs(held[members].sum() - targets.RECENTLY_TREATED_LESIONS),
        rng,
    )
    people["large"] = choose(
        everyone[evaluable], everyone[evaluable], 56, tests("gtv"), enough(targets.LARGE, evaluable), rng
    )
    people["low_bed"] = choose(
        everyone, everyone[~people["sbrt"]], 34, tests("bed"), enough(targets.LOW_BED, evaluable), rng
    )
    tissue = choose_levels(targets.TISSUE, *survival, targets.OVERALL_SURVIVAL_P["histology"], rng)
    epithelial = rng.permutation(np.repeat(list(targets.EPITHELIAL), list(targets.EPITHELIAL.values())))
    people["histology"] = tissue
    people.loc[people["histology"] == "epithelial", "histology"] = epithelial
    people["figo_stage"] = choose_levels(targets.FIGO, *survival, targets.OVERALL_SURVIVAL_P["figo_stage"], rng)
    people["kps"] = rng.permutation(np.repeat([70, 80, 90, 100], targets.KPS))
    for therapy, size_ in (("immune", targets.IMMUNE), ("targeted", targets.TARGETED)):
        people[therapy] = rng.permutation(np.arange(len(people)) < size_)
    people["age_years"] = ages(people, rng)
    people["patient_id"] = [
        f"PUMCH-{number}" for number in rng.choice(np.arange(100_000, 500_000), len(people), replace=False)
    ]
    return people


def ages(people: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Ages at the first fraction: 21 to 79, 56 on average, 51 patients of 60 or more; germ cell tumours are of the young."""
    younger = np.clip(np.round(rng.normal(50.5, 7, targets.YOUNGER)), 22, 59)
    older = np.clip(np.round(60 + rng.gamma(2, 3, targets.PATIENTS - targets.YOUNGER)), 60, 78)
    age = np.concatenate([younger, older]).astype(int)
    age[0], age[-1] = 21, 79
    while abs(missing := targets.MEAN_AGE - age.mean()) > 0.2:
        one = rng.integers(1, targets.YOUNGER)
        age[one] = np.clip(age[one] + np.sign(missing), 22, 59)
    order = np.where(people["histology"] == "germ_cell", -1, rng.random(len(people)))
    drawn = np.empty(len(people), int)
    drawn[np.argsort(order, kind="stable")] = np.concatenate([np.sort(age)[:4], rng.permutation(np.sort(age)[4:])])
    return drawn


def plan(people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """`lesions` with GTV diameter and prescription; the median BED10 is the published one."""
    evaluable = lesions["response"] != "NE"
    lesions = lesions.assign(
        large=spread(people["large"], lesions, evaluable, targets.LARGE, rng),
        low_bed=spread(people["low_bed"], lesions, evaluable, targets.LOW_BED, rng)
        | (lesions["person"].map(people["low_bed"]) & ~evaluable),
    )
    lesions["gtv_diameter_cm"] = size(lesions, rng)
    for _ in range(100):
        planned = prescribe(people, lesions, rng)
        doses = bed10(planned)
        if round(doses.median(), 2) == round(doses[evaluable].median(), 2) == targets.MEDIAN_BED:
            return planned
    raise ValueError("no prescription found with the published median BED")


def spread(
    members: pd.Series, lesions: pd.DataFrame, among: pd.Series, total: int, rng: np.random.Generator
) -> pd.Series:
    """`total` lesions of the members, at least one of each."""
    theirs = lesions[lesions["person"].map(members) & among].sample(frac=1, random_state=rng)
    first = theirs.drop_duplicates("person").index
    more = theirs.index.difference(first, sort=False)[: total - len(first)]
    return pd.Series(lesions.index.isin(first.append(more)), index=lesions.index)


def tidy(role: str, table: pd.DataFrame) -> pd.DataFrame:
    """The declared columns with their types, by patient."""
    return conform(table.sort_values("patient_id", kind="stable").reset_index(drop=True), SOURCES[role])
