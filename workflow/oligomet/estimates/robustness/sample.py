"""Of very many patients a random sample: robustness asks whether conclusions hold, not for their last digit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.declared import declared_robustness

if TYPE_CHECKING:
    from oligomet.study import Study


@dataclass(frozen=True)
class Sample:
    """Who is analysed; None for everyone. `rows` say in the estimates that a sample was drawn, and of how many."""

    patients: pd.Series | None
    rows: list[dict]

    def of(self, *tables: pd.DataFrame) -> list[pd.DataFrame]:
        """The rows of these tables, each with a column patient_id, that are of the sample."""
        if self.patients is None:
            return list(tables)
        return [table[table["patient_id"].isin(self.patients)] for table in tables]


def sampled(patients: pd.DataFrame, study: Study) -> Sample:
    """So many patients as `robustness.at_most_patients` declares, where there are more; the same at every draw.

    The row: analysis robustness_sample, statistic count (n: of how many).
    """
    limit, seed = declared_robustness(study).at_most_patients, declared_robustness(study).seed
    if limit is None or len(patients) <= limit:
        return Sample(None, [])
    row = {
        "analysis": "robustness_sample", "unit": "patient", "population": "all", "statistic": "count",
        "estimate": limit, "n": len(patients), "method": f"drawn at random, seed {seed}",
    }  # fmt: skip
    return Sample(patients["patient_id"].sample(limit, random_state=seed), [row])
