"""The trial by centre: who was screened, treated and followed, and what is open."""

from __future__ import annotations

import pandas as pd

from oligomet.conditions import holds
from oligomet.protocol_declarations import PlannedAccrual
from oligomet.schemas import TABLES, conform
from oligomet.study import Study


def count_exclusions(screened: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Patients who are not eligible, by centre and rule (protocol/exclusions)."""
    out = screened[screened["eligible"] == 0]
    counts = out.groupby(["centre", "rule", "reason"], sort=True).size().rename("patients").reset_index()
    order = {rule.id: place for place, rule in enumerate(study.eligibility)}
    counts = counts.sort_values("rule", key=lambda rules: rules.map(order)).sort_values("centre", kind="stable")
    return conform(counts.reset_index(drop=True), TABLES["protocol/exclusions"])


def summarise_centres(
    screened: pd.DataFrame,
    lesions: pd.DataFrame,
    responses: pd.DataFrame,
    due_scans: pd.DataFrame,
    deviations: pd.DataFrame,
    queries: pd.DataFrame,
) -> pd.DataFrame:
    """A row a centre, and one of all of them (protocol/centres).

    Parameters
    ----------
    screened, lesions
        The tables of those names of the cohort stage.
    responses
        outcomes/responses.
    due_scans, deviations, queries
        As this package makes them.
    """
    centre = screened.set_index("patient_id")["centre"]

    def count(rows: pd.DataFrame, where: pd.Series | bool = True) -> pd.Series:
        chosen = rows[where] if isinstance(where, pd.Series) else rows
        of = chosen["centre"] if "centre" in chosen else chosen["patient_id"].map(centre)
        return of.value_counts()

    best = responses[responses["assessment"] == "best"]
    table = pd.DataFrame(
        {
            "screened": count(screened),
            "excluded": count(screened, screened["eligible"] == 0),
            "patients": count(screened, screened["eligible"] == 1),
            "lesions": count(lesions),
            "evaluable": count(best, best["response"] != "NE"),
            "scans_due": count(due_scans),
            "scans_missed": count(due_scans, due_scans["status"] == "missed"),
            "scans_off": count(due_scans, due_scans["status"].isin(["late", "early"])),
            "deviations": count(deviations, deviations["kind"] != "reader"),
            "queries": count(queries),
            "urgent": count(queries, queries["priority"] == 1),
        }
    )
    table = table.fillna(0).sort_index()
    table.loc["all"] = table.sum()
    return conform(table.rename_axis("centre").reset_index(), TABLES["protocol/centres"])


def count_accrual(lesions: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Lesions by the end of each month, treated and planned (protocol/accrual), of all and of the groups planned for.

    A lesion counts from its first fraction. What is planned grows evenly from the first day to the last.
    """
    planned = study.protocol.accrual if study.protocol else None
    if planned is None:
        return conform(pd.DataFrame(), TABLES["protocol/accrual"])
    last = pd.Timestamp(max(planned.ends, lesions["start_date"].max().date())) + pd.offsets.MonthEnd(0)
    months = pd.date_range(planned.begins, last, freq="ME")
    parts = {"all": (lesions, planned.lesions)}
    if planned.by:
        factor = study.factors[planned.by]
        for group, number in planned.planned.items():
            parts[group] = (lesions[holds(lesions[factor.variable], factor.groups[group])], number)
    tables = [
        pd.DataFrame(
            {
                "month": months,
                "group": group,
                "treated": [int((rows["start_date"] <= month).sum()) for month in months],
                "planned": [_planned(month, number, planned) for month in months],
            }
        )
        for group, (rows, number) in parts.items()
    ]
    return conform(pd.concat(tables, ignore_index=True), TABLES["protocol/accrual"])


def _planned(month: pd.Timestamp, number: int, planned: PlannedAccrual) -> int:
    begins, ends = pd.Timestamp(planned.begins), pd.Timestamp(planned.ends)
    return round(number * min(max((month - begins) / (ends - begins), 0), 1))
