"""Patients, lesions and toxicities with what is derived from them: the columns that the factors of study.yaml cut.

Before radiotherapy is what began before the patient's first fraction. A systemic course that runs into radiotherapy
ends, for the intervals, on that day. A course whose last day is not recorded is taken to have ended by the last known
end of the patient's courses; if it began after that, its end decides the interval and is not known, and the interval
stays empty.
"""

from __future__ import annotations

import pandas as pd

from oligomet.collected import needs
from oligomet.courses import index_course
from oligomet.declarations import PerPatient
from oligomet.outcomes.dose import delivered_dose
from oligomet.outcomes.recist import patient_responses
from oligomet.schemas import conform
from oligomet.study import Study
from oligomet.variables import add_derived, columns_of

COMPLETE = {"CR": 1, "PR": 0, "SD": 0, "PD": 0}
RESPONDED = {"CR": 1, "PR": 1, "SD": 0, "PD": 0}
CONTROLLED = {"CR": 1, "PR": 1, "SD": 1, "PD": 0}


def derive_patients(cohort: dict[str, pd.DataFrame], responses: pd.DataFrame, study: Study) -> pd.DataFrame:
    """The patients with their treatment history, irradiated lesions, responses and toxicity (outcomes/patients).

    Parameters
    ----------
    cohort
        The tables of the cohort stage: patients, lesions, therapies, surgeries, toxicities.
    responses
        outcomes/responses.

    Notes
    -----
    All is of the course from which the patient is followed (`courses.starts`), and of its lesions: what a later course
    brings is not known when follow-up begins. Of several lesions: the GTV
    diameter and the BED that `per_patient` names, visceral or stereotactic if any is, and the response that
    `response.patient` names. Relapses are counted by distinct dates, up to the first fraction. Any
    operation but a biopsy is surgery.
    """
    patients = cohort["patients"].copy()
    patient = patients["patient_id"]
    lesions = index_course(cohort["lesions"], study.courses)
    lesions = lesions.join(delivered_dose(lesions, study.dose)[["bed10_gy"]])
    lesions["sbrt"] = _is_sbrt(lesions)
    of_lesions = lesions.groupby("patient_id").agg(
        irradiated_lesions=("lesion_id", "size"),
        visceral=("visceral", "max"),
        sbrt=("sbrt", "max"),
    )
    patients = patients.join(of_lesions.join(per_patient(lesions, study.per_patient)), on="patient_id")

    before = _courses_before(cohort["therapies"], patients)
    operations = _with_start(cohort["surgeries"], patients)
    operations = operations[
        (operations["date"] < operations["radiotherapy_start"]) & (operations["procedure"] != "biopsy")
    ]
    patients["surgery"] = patient.isin(operations["patient_id"]).astype(int)
    for therapy in ("chemotherapy", "immunotherapy", "targeted_therapy"):
        patients[therapy] = patient.isin(before.loc[before["therapy_class"] == therapy, "patient_id"]).astype(int)

    relapses = _relapses(cohort["therapies"], patients)
    patients["recurrences"] = patient.map(relapses.groupby("patient_id").size()).fillna(0)
    last_end = _known_end(before)
    patients["since_last_treatment_days"] = (patients["radiotherapy_start"] - patient.map(last_end)).dt.days
    patients["platinum_free_interval_days"] = _platinum_free_days(before, relapses, patients, study)
    for interval in ("since_last_treatment", "platinum_free_interval"):
        patients[f"{interval}_months"] = patients[f"{interval}_days"] / study.months.days_per_month

    of_course = responses[responses["lesion_id"].isin(lesions["lesion_id"])]
    by_patient = patient_responses(of_course, study.response.patient)
    patients["response"] = patient.map(by_patient["first"])
    patients["best_response"] = patient.map(by_patient["best"])
    tolerated = _since_start(cohort["toxicities"], patients)
    patients["any_toxicity"] = patient.isin(tolerated["patient_id"]).astype(int)
    columns = columns_of("outcomes/patients", study.variables)
    unknown = [name for name, column in columns.items() if needs(study, name) and not column.required]
    known = with_control(patients).drop(columns=unknown, errors="ignore")
    return conform(add_derived(known, "patients", study.variables, study.months), columns)


def per_patient(lesions: pd.DataFrame, rules: PerPatient) -> pd.DataFrame:
    """What a patient has of her lesions by `rules`: by patient_id, gtv_diameter_cm (cm) and bed10_gy (Gy).

    A lesion whose value is not known does not count; a patient without any known value has none.

    Parameters
    ----------
    lesions
        Any table with patient_id and the columns named in `rules`, a row a lesion.
    """
    chosen = {name: {"largest": "max", "smallest": "min"}[rule] for name, rule in rules}
    return lesions.groupby("patient_id").agg(chosen)


def derive_lesions(
    cohort: dict[str, pd.DataFrame], patients: pd.DataFrame, responses: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """The irradiated lesions with their dose, response and image features, and what they take from their patient.

    Parameters
    ----------
    patients
        outcomes/patients.

    Returns
    -------
    The table outcomes/lesions.
    """
    lesions = cohort["lesions"].join(delivered_dose(cohort["lesions"], study.dose))
    lesions["sbrt"] = _is_sbrt(lesions)
    taken = ["metastases", "since_last_treatment_months", "platinum_free_interval_months"]
    lesions = lesions.join(patients.set_index("patient_id")[taken], on="patient_id")
    for assessment, column in (("first", "response"), ("best", "best_response")):
        of_lesions = responses[responses["assessment"] == assessment].set_index("lesion_id")["response"]
        lesions[column] = lesions["lesion_id"].map(of_lesions)
    if "image_features" in cohort:
        features = cohort["image_features"].drop(columns=["patient_id", "source"]).set_index("lesion_id")
        lesions = lesions.join(features, on="imaged_id")
    derived = add_derived(with_control(lesions), "lesions", study.variables, study.months)
    return conform(derived, columns_of("outcomes/lesions", study.variables))


def derive_toxicities(cohort: dict[str, pd.DataFrame], study: Study) -> pd.DataFrame:
    """The toxicities since the first fraction, acute or late by the days from the last one (outcomes/toxicities).

    Late is more than `toxicity.late_after_days` after the last fraction of the course that began last before it, not
    before the course from which the patient is followed. What began before the first fraction
    is not a toxicity of radiotherapy: it stays in cohort/toxicities and is not counted.
    """
    counted = _since_start(cohort["toxicities"], cohort["patients"]).reset_index(drop=True)
    courses = (
        cohort["lesions"]
        .groupby(["patient_id", "course"], as_index=False)
        .agg(began=("start_date", "min"), ended=("end_date", "max"))
    )
    begun = counted[["patient_id", "onset_date"]].reset_index().merge(courses, on="patient_id")
    begun = begun[begun["began"] <= begun["onset_date"]]
    last_fraction = begun.sort_values("course").drop_duplicates("index", keep="last").set_index("index")["ended"]
    late = (counted["onset_date"] - last_fraction).dt.days > study.toxicity.late_after_days
    counted = counted.assign(phase=late.map({True: "late", False: "acute"}))
    return conform(counted, columns_of("outcomes/toxicities", study.variables))


def with_control(frame: pd.DataFrame) -> pd.DataFrame:
    """`frame` with complete_response, objective_response and disease_control by its `response`: 1, 0 or unknown."""
    return frame.assign(
        complete_response=frame["response"].map(COMPLETE),
        objective_response=frame["response"].map(RESPONDED),
        disease_control=frame["response"].map(CONTROLLED),
    )


def _is_sbrt(lesions: pd.DataFrame) -> pd.Series:
    return (lesions["technique"] == "sbrt").astype(int)


def _with_start(records: pd.DataFrame, patients: pd.DataFrame) -> pd.DataFrame:
    start = patients.set_index("patient_id")["radiotherapy_start"]
    return records.assign(radiotherapy_start=records["patient_id"].map(start))


def _since_start(toxicities: pd.DataFrame, patients: pd.DataFrame) -> pd.DataFrame:
    began = toxicities["patient_id"].map(patients.set_index("patient_id")["radiotherapy_start"])
    return toxicities[toxicities["onset_date"] >= began]


def _courses_before(therapies: pd.DataFrame, patients: pd.DataFrame) -> pd.DataFrame:
    """The courses that began before radiotherapy, none ending after its first fraction."""
    courses = _with_start(therapies, patients)
    courses = courses[courses["start_date"] < courses["radiotherapy_start"]]
    ends = courses["end_date"].mask(courses["end_date"] > courses["radiotherapy_start"], courses["radiotherapy_start"])
    return courses.assign(end_date=ends)


def _known_end(courses: pd.DataFrame) -> pd.Series:
    """The end of the last course by patient_id; empty where the course that decides has none."""
    last = courses.groupby("patient_id")["end_date"].max()
    open_start = courses[courses["end_date"].isna()].groupby("patient_id")["start_date"].max().reindex(last.index)
    return last.mask(open_start > last)


def _relapses(therapies: pd.DataFrame, patients: pd.DataFrame) -> pd.DataFrame:
    """The distinct relapse dates of each patient up to the first fraction."""
    relapses = _with_start(therapies, patients).rename(columns={"relapse_date": "date"})
    relapses = relapses[relapses["date"] <= relapses["radiotherapy_start"]]
    return relapses[["patient_id", "date"]].drop_duplicates()


def _platinum_free_days(
    before: pd.DataFrame, relapses: pd.DataFrame, patients: pd.DataFrame, study: Study
) -> pd.Series:
    """Days from the end of the last platinum course to the next relapse or, without one, to the restaging.

    A platinum course that was still running at restaging leaves no interval: 0 days.
    """
    patient = patients["patient_id"]
    end = _known_end(before[before["platinum"].eq(1)])
    if study.platinum_free_interval.to == "radiotherapy":
        until = patients["radiotherapy_start"]
    else:
        after = relapses[relapses["date"] >= relapses["patient_id"].map(end)]
        until = patient.map(after.groupby("patient_id")["date"].min()).fillna(patients["screening_date"])
    return (until - patient.map(end)).dt.days.clip(lower=0)
