"""The analyses that authors could have run: whose rows, which response, which death, which time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pandas as pd

from oligomet.estimates.groups import UNKNOWN, assign
from oligomet.study import Study

BEST_TO_WORST = ["CR", "PR", "SD", "PD"]  # from best to worst
WORST = {"gtv_diameter_cm": "max", "bed10_gy": "min"}  # of a patient's lesions
KNOWN_OF_LESIONS = {*WORST, "objective_response", "disease_control", "response"}
NOT_APPLICABLE = "-"


@dataclass(frozen=True)
class PossibleAnalysis:
    """One analysis that the authors could have run, by the choices it makes; '-' where there is none to make.

    Attributes
    ----------
    unit
        patient | lesion row: a row a patient, or a row a lesion with its patient's follow-up.
    lesion
        worst | best: which of a patient's lesions stands for the patient.
    assessment
        first | best: which response of a lesion counts.
    death
        event | censored, where the endpoint leaves it open.
    follow_up
        all | 60 months: nothing later is known.
    model, ties
        Of a hazard ratio: univariable | multivariable; breslow | efron | exact.
    time_months
        Of rates whose time is not stated: the time that was tried.
    labels
        as printed | swapped: two groups with each other's results.
    """

    unit: str
    lesion: str = NOT_APPLICABLE
    assessment: str = NOT_APPLICABLE
    death: str = NOT_APPLICABLE
    follow_up: str = "all"
    model: str = NOT_APPLICABLE
    ties: str = NOT_APPLICABLE
    time_months: float | None = None
    labels: str = "as printed"


@dataclass(frozen=True)
class Outcomes:
    """The tables of the outcomes stage that the analyses are made of, and the study that says how."""

    times: pd.DataFrame
    patients: pd.DataFrame
    lesions: pd.DataFrame
    responses: pd.DataFrame
    study: Study
    made: dict = field(default_factory=dict, compare=False)  # frames of subjects, levels and models, each made once


def possible_analyses(endpoint: str, variables: list[str], tables: Outcomes) -> Iterator[PossibleAnalysis]:
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
    of_lesions = KNOWN_OF_LESIONS & set(variables)
    of_response = of_lesions - set(WORST)
    assessments = ["first", "best"] if of_response else [NOT_APPLICABLE]
    for unit in ("patient", "lesion row"):
        for lesion in ["worst", "best"] if of_lesions and unit == "patient" else [NOT_APPLICABLE]:
            for assessment in assessments:
                for death in _deaths(endpoint, tables.study):
                    yield PossibleAnalysis(unit, lesion, assessment, death)


def _deaths(endpoint: str, study: Study) -> list[str]:
    declared = study.endpoints[endpoint]
    open_to_choice = "death" in declared.competing or ("death" in declared.events and len(declared.events) > 1)
    return ["censored", "event"] if open_to_choice else [NOT_APPLICABLE]


def analysed_subjects(endpoint: str, choice: PossibleAnalysis, tables: Outcomes) -> pd.DataFrame:
    """Who is followed in an analysis: a row a subject, with months, event, patient_id and the factors' columns."""
    return _cut(_uncut(endpoint, choice, tables), choice.follow_up)


def _uncut(endpoint: str, choice: PossibleAnalysis, tables: Outcomes) -> pd.DataFrame:
    key = _rows_of(endpoint, choice)
    if key not in tables.made:
        tables.made[key] = _subjects(endpoint, choice, tables)
    return tables.made[key]


def _rows_of(endpoint: str, choice: PossibleAnalysis) -> tuple[str, ...]:
    return endpoint, choice.unit, choice.lesion, choice.assessment, choice.death


def _subjects(endpoint: str, choice: PossibleAnalysis, tables: Outcomes) -> pd.DataFrame:
    lesions = _with_response(tables.lesions, choice, tables.responses)
    if choice.unit == "patient":
        frame = tables.patients.drop(columns=[name for name in KNOWN_OF_LESIONS if name in tables.patients])
        frame = frame.join(_of_patient(lesions, choice), on="patient_id")
        name, key = endpoint, "patient_id"
    else:
        own = lesions.columns.difference(["patient_id"])
        frame = lesions.merge(tables.patients.drop(columns=own, errors="ignore"), on="patient_id", validate="m:1")
        name = _per_lesion(endpoint, tables.study)
        key = "patient_id" if name == endpoint else "lesion_id"
    followed = tables.times[tables.times["endpoint"] == name].set_index("subject_id")[
        ["months", "event", "competing", "why"]
    ]
    frame = frame.join(followed, on=key)
    frame = frame[frame["months"].notna()]
    return frame.assign(months=frame["months"].astype(float), event=_event(frame, choice.death))


def _per_lesion(endpoint: str, study: Study) -> str:
    """The endpoint that asks the same of each lesion; the patient's own where there is none."""
    declared = study.endpoints[endpoint]
    same = [
        name for name, other in study.endpoints.items() if other.per == "lesion" and other.events == declared.events
    ]
    return same[0] if same else endpoint


def _with_response(lesions: pd.DataFrame, choice: PossibleAnalysis, responses: pd.DataFrame) -> pd.DataFrame:
    which = "best" if choice.assessment == "best" else "first"
    found = responses[responses["assessment"] == which].set_index("lesion_id")["response"]
    return _with_control(lesions.assign(response=lesions["lesion_id"].map(found)))


def _with_control(frame: pd.DataFrame) -> pd.DataFrame:
    known = frame["response"].isin(BEST_TO_WORST)
    return frame.assign(
        objective_response=frame["response"].isin(BEST_TO_WORST[:2]).astype("Int64").where(known),
        disease_control=frame["response"].isin(BEST_TO_WORST[:3]).astype("Int64").where(known),
    )


def _of_patient(lesions: pd.DataFrame, choice: PossibleAnalysis) -> pd.DataFrame:
    """A patient's response, diameter and BED: of the worst or of the best lesion, unknown ones left out."""
    worst = choice.lesion != "best"
    rank = lesions["response"].map({name: number for number, name in enumerate(BEST_TO_WORST)})
    by_patient = rank.groupby(lesions["patient_id"])
    response = (by_patient.max() if worst else by_patient.min()).map(dict(enumerate(BEST_TO_WORST)))
    opposite = {"max": "min", "min": "max"}
    measures = lesions.groupby("patient_id").agg({name: how if worst else opposite[how] for name, how in WORST.items()})
    return _with_control(measures.assign(response=response))


def _event(frame: pd.DataFrame, death: str) -> pd.Series:
    event = frame["event"].astype(int)
    if death == "event":
        return event.where(frame["competing"].fillna(0) != 1, 1)
    return event.where(frame["why"] != "death", 0) if death == "censored" else event


def _cut(frame: pd.DataFrame, follow_up: str) -> pd.DataFrame:
    """Nothing is known after the end of follow-up."""
    if follow_up == "all":
        return frame
    limit = float(follow_up.split()[0])
    return frame.assign(
        months=frame["months"].clip(upper=limit), event=frame["event"].where(frame["months"] <= limit, 0)
    )


def levels_of(factor: str, endpoint: str, choice: PossibleAnalysis, tables: Outcomes) -> pd.Series:
    """The level of each of the `analysed_subjects` of an analysis, missing where unknown."""
    key = *_rows_of(endpoint, choice), factor
    if key not in tables.made:
        found = assign(_uncut(endpoint, choice, tables), tables.study.factors[factor]).astype(object)
        tables.made[key] = found.where(found != UNKNOWN)
    return tables.made[key]


def with_labels_swapped(choice: PossibleAnalysis) -> PossibleAnalysis:
    """The same analysis, its two groups with each other's names."""
    return replace(choice, labels="swapped")
