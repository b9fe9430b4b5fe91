"""A cohort drawn by chance, a patient with one to three lesions, and a study that declares its robustness."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from oligomet.declarations import Analyses, Factor, Months, Response
from oligomet.follow_up_declarations import CrossChecks, Endpoint
from oligomet.robustness_declarations import Robustness

FACTORS = {
    "age": {"label": "Age", "variable": "age_years", "groups": {"< 60": {"below": 60}, "≥ 60": {"at_least": 60}}},
    "gtv": {"label": "GTV", "variable": "gtv_diameter_cm", "groups": {"< 3": {"below": 3}, "≥ 3": {"at_least": 3}}},
    "response": {"label": "Response", "variable": "objective_response", "groups": {"Yes": {"is": 1}, "No": {"is": 0}}},
}
START = pd.Timestamp("2020-01-01")


def study(**robustness):
    local = {"starts": "radiotherapy_end", "events": ["in_field_recurrence"], "observed_until": ["last_contact"]}
    return SimpleNamespace(
        factors={name: Factor(**declared) for name, declared in FACTORS.items()},
        endpoints={
            "LRFS": Endpoint(label="Local", per="patient", competing=["death"], **local),
            "LRFS_lesion": Endpoint(label="Local per lesion", per="lesion", competing=["death"], **local),
            "OS": Endpoint(label="Overall survival", per="patient", **{**local, "events": ["death"]}),
        },
        analyses=Analyses(
            rates_at_months=[6, 12], ties="breslow", compare={"LRFS": ["gtv", "age"], "OS": ["age", "response"]},
            multivariable={"OS": ["age", "response"]},
        ),
        robustness=Robustness(**{
            "headline": {"LRFS": ["gtv", "age"], "OS": ["age", "response"]},
            "per_lesion": {"LRFS": "LRFS_lesion"}, "response_factors": ["response"], "rmst_months": 6,
            "prespecified": {"LRFS": ["gtv", "age"], "OS": ["age", "gtv"]}, "bootstrap_replicates": 100, **robustness,
        }),
        months=Months(days_per_month=30),
        response=Response(
            criteria="RECIST", baseline_days=(-60, 7), first_assessment_days=(20, 100), best_response_days=(20, 365)
        ),
        synthetic=None,
        cross_checks=CrossChecks(),
        tables={},
    )  # fmt: skip


def draw(seed=0, patients=40, lesions=(1, 4)):
    """times, patients, lesions, responses."""
    rng = np.random.default_rng(seed)
    ids = [f"P{number:02}" for number in range(patients)]
    count = rng.integers(*lesions, size=patients)
    owner = np.repeat(ids, count)
    n = len(owner)
    gtv = rng.uniform(1, 6, n).round(1)
    response = rng.choice(["CR", "PR", "SD", "PD", "NE"], n, p=[0.2, 0.2, 0.25, 0.25, 0.1])
    told = pd.Series(response).map({"CR": 1.0, "PR": 1.0, "SD": 0.0, "PD": 0.0}).astype("Int64")
    lesion = pd.DataFrame({
        "lesion_id": [f"{who}-L{number}" for number, who in enumerate(owner)], "patient_id": owner,
        "gtv_diameter_cm": gtv, "response": response, "objective_response": told,
    })  # fmt: skip
    by = lesion.groupby("patient_id")
    patient = pd.DataFrame({
        "patient_id": ids, "age_years": rng.integers(40, 80, patients),
        "gtv_diameter_cm": by["gtv_diameter_cm"].max().to_numpy(),
        "objective_response": by["objective_response"].min().array,
    })  # fmt: skip
    days = rng.integers(20, 100, n)
    seen = pd.to_datetime(START) + pd.to_timedelta(days, unit="D")
    assessed = lesion[["lesion_id", "patient_id", "response"]].assign(assessment="first", date=seen)
    times = pd.concat([
        _times(rng, "LRFS", ids, ids, True), _times(rng, "OS", ids, ids, False),
        _times(rng, "LRFS_lesion", lesion["lesion_id"], owner, True),
    ], ignore_index=True)  # fmt: skip
    return times, patient, lesion, assessed


def _times(rng, endpoint, subjects, owners, competing):
    n = len(owners)
    days = rng.integers(30, 700, n)
    what = rng.choice(["event", "competing", "censored"] if competing else ["event", "event", "censored"], n)
    return pd.DataFrame({
        "subject_id": list(subjects), "patient_id": list(owners), "endpoint": endpoint, "start_date": START,
        "days": days, "months": np.round(days / 30), "free_days": np.where(what == "event", days * 2 // 3, days),
        "event": (what == "event").astype(int), "competing": (what == "competing").astype(int),
    })  # fmt: skip
