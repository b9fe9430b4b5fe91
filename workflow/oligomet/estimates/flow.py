"""Who was screened and analysed, and what became of the raw rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oligomet.eligibility_declarations import NO_ELIGIBLE_LESION, NO_RADIOTHERAPY
from oligomet.estimates.estimate_rows import tabulate
from oligomet.schemas import TABLES

if TYPE_CHECKING:
    from oligomet.study import Study


def estimate_flow(
    screened: pd.DataFrame,
    screened_lesions: pd.DataFrame,
    quarantine: pd.DataFrame,
    accounting: pd.DataFrame,
    findings: pd.DataFrame,
    study: Study,
) -> pd.DataFrame:
    """Counts of patients, and where there are such rules of lesions, by eligibility rule in the declared order, of raw
    rows by source and fate, and of contradictions by check.

    Parameters
    ----------
    screened, screened_lesions, quarantine, accounting, findings
        The tables of those names of the cohort stage.
    study
        Its `eligibility` is used.

    Returns
    -------
    Rows of `estimates`, analysis flow. `n` is what the count is out of: the screened patients or lesions, the source's
    raw rows, all contradictions, those dismissed included. Lesions are those
    in the course in which they were irradiated; rules of lesions come before those of patients, and `patient_excluded`
    are the eligible lesions of patients who are not.
    """
    return tabulate(
        {"analysis": "flow", "population": "screened", "statistic": "count", "method": "count", **row}
        for row in [
            *_patients(screened, study),
            *_lesions(screened_lesions, screened, study),
            *_raw_rows(quarantine, accounting),
            *_contradictions(findings),
        ]
    )


def _patients(screened: pd.DataFrame, study: Study) -> list[dict]:
    """The rules of patients, in their order, and what excluded somebody without being declared."""
    undeclared = [name for name in (NO_ELIGIBLE_LESION[0], NO_RADIOTHERAPY[0]) if (screened["rule"] == name).any()]
    rules = [*(rule.id for rule in study.eligibility if rule.of == "patients"), *undeclared]
    return _screening("patient", screened, rules, {"analysed": screened["eligible"] == 1})


def _lesions(screened: pd.DataFrame, patients: pd.DataFrame, study: Study) -> list[dict]:
    rules = [rule.id for rule in study.eligibility if rule.of == "lesions"]
    if not rules:
        return []
    analysed = patients.loc[patients["eligible"] == 1, "patient_id"]
    eligible, theirs = screened["eligible"] == 1, screened["patient_id"].isin(analysed)
    ends = {"patient_excluded": eligible & ~theirs, "analysed": eligible & theirs}
    return _screening("lesion", screened, rules, ends)


def _screening(unit: str, screened: pd.DataFrame, rules: list[str], ends: dict[str, pd.Series]) -> list[dict]:
    groups = {
        "screened": screened["eligible"].notna(),
        **{rule: screened["rule"] == rule for rule in rules},
        "excluded": screened["eligible"] != 1,
        **ends,
    }
    where = {"unit": unit, "factor": "eligibility", "n": len(screened)}
    return [{**where, "group": group, "estimate": int(who.sum())} for group, who in groups.items()]


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


def _contradictions(findings: pd.DataFrame) -> list[dict]:
    """By check, those that nobody has dismissed; none where there are none."""
    counts = findings.groupby("check", sort=True)["dismissed"].agg(["size", "sum"])
    where = {"unit": "row", "factor": "cross_checks"}
    return [
        {**where, "group": check, "estimate": count["size"] - count["sum"], "n": count["size"]}
        for check, count in counts.iterrows()
        if count["size"] > count["sum"]
    ]
