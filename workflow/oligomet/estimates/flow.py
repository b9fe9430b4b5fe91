"""Who was screened and analysed, and what became of the raw rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.rows import tabulate
from oligomet.schemas import TABLES

if TYPE_CHECKING:
    from oligomet.study import Study


def estimate_flow(
    screened: pd.DataFrame, quarantine: pd.DataFrame, accounting: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Counts of patients by eligibility rule, in the declared order, and of raw rows by source and fate.

    Parameters
    ----------
    screened, quarantine, accounting
        The tables of those names of the cohort stage.
    study
        Its `eligibility` is used.

    Returns
    -------
    Rows of `estimates`, analysis flow. `n` is what the count is out of: the screened patients, the source's raw rows.
    """
    return tabulate(
        {"analysis": "flow", "population": "screened", "statistic": "count", "method": "count", **row}
        for row in [*_patients(screened, study), *_raw_rows(quarantine, accounting)]
    )


def _patients(screened: pd.DataFrame, study: Study) -> list[dict]:
    eligible = screened["eligible"] == 1
    counts = {
        "screened": len(screened),
        **{rule.id: int((screened["rule"] == rule.id).sum()) for rule in study.eligibility},
        "excluded": int((~eligible).sum()),
        "analysed": int(eligible.sum()),
    }
    where = {"unit": "patient", "factor": "eligibility", "n": len(screened)}
    return [{**where, "group": group, "estimate": count} for group, count in counts.items()]


def _raw_rows(quarantine: pd.DataFrame, accounting: pd.DataFrame) -> list[dict]:
    totals = accounting.groupby("role", sort=False)[["raw", "analysed", "quarantined"]].sum()
    kinds = pd.crosstab(quarantine["role"], quarantine["kind"])
    kinds = kinds.reindex(index=totals.index, columns=TABLES["cohort/quarantine"]["kind"].allowed, fill_value=0)
    rows = []
    for role in totals.index:
        counts, occurred = totals.loc[role], kinds.loc[role]
        rows += [
            {"unit": "row", "factor": role, "group": group, "estimate": count, "n": counts["raw"]}
            for group, count in [*counts.items(), *occurred[occurred > 0].items()]
        ]
    return rows
