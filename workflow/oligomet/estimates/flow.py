"""Who was screened and analysed, and what became of the raw rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.rows import tabulate
from oligomet.schemas import TABLES

if TYPE_CHECKING:
    from oligomet.study import Study


def estimate_flow(
    screened: pd.DataFrame,
    quarantine: pd.DataFrame,
    accounting: pd.DataFrame,
    findings: pd.DataFrame,
    set_aside: pd.DataFrame,
    study: Study,
) -> pd.DataFrame:
    """Counts of patients by eligibility rule, in the declared order, of raw rows by source and fate, of contradictions
    by check, and of whom an endpoint cannot be said by reason.

    Parameters
    ----------
    screened, quarantine, accounting, findings
        The tables of those names of the cohort stage.
    set_aside
        outcomes/set_aside.
    study
        Its `eligibility` is used.

    Returns
    -------
    Rows of `estimates`, analysis flow. `n` is what the count is out of: the screened patients, the source's raw rows,
    all contradictions, those dismissed included, the subjects with the endpoint set aside.
    """
    return tabulate(
        {"analysis": "flow", "population": "screened", "statistic": "count", "method": "count", **row}
        for row in [
            *_patients(screened, study),
            *_raw_rows(quarantine, accounting),
            *_contradictions(findings),
            *_set_aside(set_aside),
        ]
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
    for role, counts in totals.iterrows():
        occurred = kinds.loc[role]
        rows += [
            {"unit": "row", "factor": role, "group": group, "estimate": count, "n": counts["raw"]}
            for group, count in [*counts.items(), *occurred[occurred > 0].items()]
        ]
    return rows


def _contradictions(findings: pd.DataFrame) -> list[dict]:
    """By check, those that nobody has dismissed; none where there are none."""
    counts = findings.groupby("check", sort=True)["dismissed"].agg(["size", "sum"])
    where = {"unit": "row", "factor": "cross_checks"}
    return [
        {**where, "group": check, "estimate": count["size"] - count["sum"], "n": count["size"]}
        for check, count in counts.iterrows()
        if count["size"] > count["sum"]
    ]


def _set_aside(set_aside: pd.DataFrame) -> list[dict]:
    """By endpoint and reason; none where everybody was followed."""
    counts = set_aside.groupby(["endpoint", "unit", "reason"], sort=False).size()
    totals = set_aside["endpoint"].value_counts()
    return [
        {"endpoint": endpoint, "unit": unit, "factor": "set_aside", "group": reason, "estimate": count,
         "n": totals[endpoint]}
        for (endpoint, unit, reason), count in counts.items()
    ]  # fmt: skip
