"""The analyses that authors could have run: whose rows, which lesion and response of a patient, which death."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from oligomet.declarations import PerPatient
from oligomet.estimates.design import followed
from oligomet.estimates.robustness.choices import Choice
from oligomet.outcomes.characteristics import per_patient, with_control
from oligomet.outcomes.recist import patient_responses
from oligomet.study import Study

OF_RESPONSE = {"response", "complete_response", "objective_response", "disease_control"}
OF_LESIONS = OF_RESPONSE | set(PerPatient.model_fields)
PER_PATIENT = {
    "worst": PerPatient(gtv_diameter_cm="largest", bed10_gy="smallest"),
    "best": PerPatient(gtv_diameter_cm="smallest", bed10_gy="largest"),
}
NOT_APPLICABLE = "-"


@dataclass(frozen=True)
class AuthorsChoice(Choice):
    """A choice with what authors leave open beside it; '-' where there is none to make.

    Attributes
    ----------
    unit
        As in `Choice`. A lesion has the follow-up of its own endpoint, or of its patient where that has no such.
    adjustment, ties
        As in `Choice`, of a hazard ratio; published: the factors of the paper's model.
    lesion
        worst | best: which of a patient's lesions stands for the patient.
    assessment
        first | best: which response of a lesion counts.
    death
        event | censored, where the endpoint leaves it open.
    follow_up
        all | 60 months: nothing later is known.
    """

    adjustment: str = NOT_APPLICABLE
    ties: str = NOT_APPLICABLE
    lesion: str = NOT_APPLICABLE
    assessment: str = NOT_APPLICABLE
    death: str = NOT_APPLICABLE
    follow_up: str = "all"


@dataclass(frozen=True)
class Outcomes:
    """The tables of the outcomes stage that the analyses are made of, and the study that says how."""

    times: pd.DataFrame
    patients: pd.DataFrame
    lesions: pd.DataFrame
    responses: pd.DataFrame
    study: Study
    made: dict = field(default_factory=dict, compare=False)  # subjects and models, each made once


def possible_analyses(endpoint: str, variables: list[str], tables: Outcomes) -> Iterator[AuthorsChoice]:
    """Every choice of rows, of a patient's lesion, of the assessment and of death, as far as it makes a difference.

    Parameters
    ----------
    endpoint
        Of study.yaml.
    variables
        Columns of the outcomes that the analysis divides or adjusts by: only those of lesions need a lesion chosen.
    tables
        Their study says whether death is open to choice.
    """
    declared = tables.study.endpoints[endpoint]
    open_to_choice = "death" in declared.competing or ("death" in declared.events and len(declared.events) > 1)
    for unit in ("patient", "lesion"):
        for lesion in PER_PATIENT if OF_LESIONS & set(variables) and unit == "patient" else [NOT_APPLICABLE]:
            for assessment in ["first", "best"] if OF_RESPONSE & set(variables) else [NOT_APPLICABLE]:
                for death in ["censored", "event"] if open_to_choice else [NOT_APPLICABLE]:
                    yield AuthorsChoice(unit, lesion=lesion, assessment=assessment, death=death)


def analysed_subjects(endpoint: str, choice: AuthorsChoice, tables: Outcomes) -> pd.DataFrame:
    """Who is followed in an analysis, as `design.followed` gives it, the factors' columns as the choice has them."""
    key = endpoint, choice.unit, choice.lesion, choice.assessment, choice.death, choice.follow_up
    if key not in tables.made:
        lesions, patients = _with_response(choice, tables)
        name = endpoint if choice.unit == "patient" else _per_lesion(endpoint, tables.study)
        times = tables.times[tables.times["endpoint"] == name]
        times = _cut(times.assign(event=_event(times, choice.death)), choice.follow_up)
        if choice.unit == "lesion" and name == endpoint:
            own = lesions[["lesion_id", "patient_id"]].rename(columns={"lesion_id": "subject_id"})
            times = own.merge(times.drop(columns="subject_id"), on="patient_id", validate="m:1")
        tables.made[key] = followed(name, choice.unit, times, patients, lesions)
    return tables.made[key]


def _with_response(choice: AuthorsChoice, tables: Outcomes) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lesions with the response that counts, and patients with that, the diameter and the BED of the chosen lesion."""
    assessment = "best" if choice.assessment == "best" else "first"
    lesion: Literal["worst", "best"] = "best" if choice.lesion == "best" else "worst"
    counted = tables.responses[tables.responses["assessment"] == assessment].set_index("lesion_id")["response"]
    lesions = with_control(tables.lesions.assign(response=tables.lesions["lesion_id"].map(counted)))
    of_lesions = per_patient(lesions, PER_PATIENT[lesion])
    of_lesions["response"] = patient_responses(tables.responses, lesion)[assessment]
    patients = tables.patients.drop(columns=[*OF_LESIONS], errors="ignore")
    return lesions, patients.join(with_control(of_lesions), on="patient_id")


def _per_lesion(endpoint: str, study: Study) -> str:
    """The endpoint that asks the same of each lesion; the patient's own where there is none."""
    events = study.endpoints[endpoint].events
    same = (name for name, other in study.endpoints.items() if other.per == "lesion" and other.events == events)
    return next(same, endpoint)


def _event(times: pd.DataFrame, death: str) -> pd.Series:
    event = times["event"].astype(int)
    if death == "event":
        return event.where(times["competing"].fillna(0) != 1, 1)
    return event.where(times["why"] != "death", 0) if death == "censored" else event


def _cut(times: pd.DataFrame, follow_up: str) -> pd.DataFrame:
    """Nothing is known after the end of follow-up."""
    if follow_up == "all":
        return times
    limit = float(follow_up.split()[0])
    late = times["months"] > limit
    return times.assign(months=times["months"].clip(upper=limit), event=times["event"].mask(late, 0))
