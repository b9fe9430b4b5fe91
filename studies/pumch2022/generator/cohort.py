"""The synthetic cohort: clean tables of a hospital's records that carry the published results.

From the outside in: who could be followed for how long, what became of them, which lesions they had, which labels they
bear; then the dated records that say so. Everything is drawn from one seed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from generator import targets
from generator.choose import spread
from generator.dose import prescribe_as_published, size
from generator.fates import fail, follow
from generator.follow_up import harm
from generator.history import intervals
from generator.labels import label
from generator.lesions import assign_lesions
from generator.records import record, schedule
from generator.screened import screen
from oligomet.schemas import SOURCES, conform
from oligomet.study import Study


def generate(study: Study) -> dict[str, pd.DataFrame]:
    """What the raw exports say, before the hospital makes a mess of it.

    Deterministic from `synthetic.seed` of study.yaml.

    Returns
    -------
    By role, a clean table with the columns and types of schemas.SOURCES, sorted by patient: the patients of the
    analysis, and others who were screened and break one rule of eligibility each.
    """
    rng = np.random.default_rng(study.synthetic.seed)
    people, lesions = assign_lesions(follow(study, rng), rng)
    people = label(fail(people, lesions, study, rng), lesions, rng)
    lesions = _with_doses(people, lesions, rng)
    people, lesions = schedule(people, lesions, rng)
    analysed = {**record(intervals(people, rng), lesions, rng), "toxicities": harm(people, lesions, rng)}
    others = screen(study, set(people["patient_id"]), rng)
    return {role: _tidy(role, [of[role] for of in (analysed, others) if role in of]) for role in SOURCES}


def _with_doses(people: pd.DataFrame, lesions: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    evaluable = lesions["response"] != "NE"
    large = spread(people["large"], lesions[evaluable], targets.TABLE_2["gtv"]["≥ 3"], rng)
    low_bed = spread(people["low_bed"], lesions[evaluable], targets.BED_OF_EVALUABLE["< 60"], rng)
    lesions = lesions.assign(
        large=large.reindex(lesions.index, fill_value=False),
        low_bed=low_bed.reindex(lesions.index, fill_value=False)
        | (~evaluable & lesions["person"].map(people["low_bed"])),
    )
    lesions["gtv_diameter_cm"] = size(lesions, rng)
    return prescribe_as_published(people, lesions, rng)


def _tidy(role: str, tables: list[pd.DataFrame]) -> pd.DataFrame:
    table = pd.concat([conform(table, SOURCES[role]) for table in tables])
    return table.sort_values("patient_id", kind="stable").reset_index(drop=True)
