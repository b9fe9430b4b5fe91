"""Toxicities as events of endpoints: which of them count is declared of each endpoint."""

from __future__ import annotations

import pandas as pd

from oligomet.conditions import holds
from oligomet.declarations import ToxicityEvent
from oligomet.outcomes.characteristics import derive_toxicities
from oligomet.study import Study


def find_toxicity_events(cohort: dict[str, pd.DataFrame], study: Study) -> list[pd.DataFrame]:
    """The toxicities that are an event of an endpoint, a table for each endpoint that declares such.

    Only what began since the first fraction can be one. Its grade is held against the highest that the same system had
    before, of which the patient's own records tell; who had none before has grade 0.

    Parameters
    ----------
    cohort
        The tables of the cohort stage: patients, lesions, toxicities.

    Returns
    -------
    Tables with patient_id, date, event, endpoint and source, as outcomes/events has them.
    """
    declared = {name: one.toxicity for name, one in study.endpoints.items() if one.toxicity}
    if not declared:
        return []
    toxicities = derive_toxicities(cohort, study)
    grades = ["patient_id", "toxicity"]
    before = _before(cohort).groupby(grades)["grade"].max().rename("baseline").reset_index()
    toxicities = toxicities.merge(before, on=grades, how="left").fillna({"baseline": 0})
    return [
        toxicities[_counts(toxicities, rule)]
        .rename(columns={"onset_date": "date"})
        .assign(event="toxicity", endpoint=name)[["patient_id", "date", "event", "endpoint", "source"]]
        for name, rule in declared.items()
    ]


def _before(cohort: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """What began before the first fraction of the course from which the patient is followed."""
    toxicities = cohort["toxicities"]
    began = toxicities["patient_id"].map(cohort["patients"].set_index("patient_id")["radiotherapy_start"])
    return toxicities[toxicities["onset_date"] < began]


def _counts(toxicities: pd.DataFrame, rule: ToxicityEvent) -> pd.Series:
    counts = (toxicities["grade"] >= rule.grade).fillna(False).astype(bool)
    if rule.phase != "any":
        counts &= toxicities["phase"] == rule.phase
    if rule.systems:
        counts &= toxicities["toxicity"].isin(rule.systems)
    if rule.baseline == "worse":
        counts &= toxicities["grade"] > toxicities["baseline"]
    for name, condition in rule.where.items():
        counts &= holds(toxicities[name], condition)
    return counts
