"""Counts that a table and a figure both show: responses by site, exclusions by rule."""

from __future__ import annotations

import pandas as pd

from oligomet.displays import formats
from oligomet.tables import row, rows

CLASSES = ["CR", "PR", "SD", "PD"]
MEANING = {
    "CR": "complete response",
    "PR": "partial response",
    "SD": "stable disease",
    "PD": "progressive disease",
    "NE": "not evaluable",
}
TOTAL = "Total"


def response_counts(estimates: pd.DataFrame, study, endpoint: str = "first", factor: str = "site") -> pd.DataFrame:
    """One row a level of `factor` and one for all lesions: counts of CR, PR, SD, PD and of evaluable lesions (`total`),
    `orr` with its interval, and the lesions that were not evaluable (`NE`); in the order of study.yaml."""
    response = rows(estimates, analysis="response", endpoint=endpoint, unit="lesion")
    response = response[response["factor"].isna() | (response["factor"] == factor)]
    response = response.assign(level=response["level"].fillna(TOTAL))
    evaluable = response[response["population"] == "evaluable"]
    order = [name for name in [*study.factors[factor].groups, TOTAL] if name in set(response["level"])]
    counts = evaluable.set_index(["level", "statistic"])["events"].unstack()[CLASSES]  # noqa: PD010
    orr = evaluable[evaluable["statistic"] == "ORR"].set_index("level")[["n", "estimate", "conf_low", "conf_high"]]
    missed = response[(response["population"] == "all") & (response["statistic"] == "NE")].set_index("level")["events"]
    found = counts.join(orr.rename(columns={"n": "total", "estimate": "orr"})).join(missed.rename("NE")).reindex(order)
    return found.fillna({column: 0 for column in [*CLASSES, "total", "NE"]})


def sites_without_response(counts: pd.DataFrame) -> str:
    """The sites of which no lesion was evaluable, in words, for a footnote: 'No lesion was evaluable in: Bone (9).'"""
    none = counts[counts["total"] == 0]
    named = ", ".join(f"{site} ({formats.count(n)})" for site, n in none["NE"].items())
    return f"No lesion was evaluable in: {named}." if named else ""


def patients(estimates: pd.DataFrame, level: str) -> int:
    """How many patients were screened | excluded | analysed, or were first excluded by the rule of that id."""
    return int(row(estimates, analysis="flow", factor="eligibility", level=level)["estimate"])


def exclusions(estimates: pd.DataFrame, study) -> list[tuple[str, int]]:
    """Each eligibility rule in words with the patients whom it was the first to exclude, in the order of the rules."""
    return [(rule.excluded, patients(estimates, rule.id)) for rule in study.eligibility]
