"""Cohorts of chance with a known truth, for analyses that no hand can write down."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from oligomet.declarations import Analyses, Factor
from oligomet.follow_up_declarations import Endpoint
from oligomet.robustness_declarations import Robustness

FACTORS = {
    "size": {"label": "Size", "variable": "gtv_diameter_cm", "groups": {"< 3": {"below": 3}, "≥ 3": {"at_least": 3}}},
    "dose": {"label": "Dose", "variable": "bed10_gy", "groups": {"< 60": {"below": 60}, "≥ 60": {"at_least": 60}}},
    "age": {"label": "Age", "variable": "age_years", "groups": {"< 60": {"below": 60}, "≥ 60": {"at_least": 60}}},
    "site": {"label": "Site", "variable": "site", "groups": {"Neck": {"is": "neck"}, "Bone": {"is": "bone"}}},
    "control": {"label": "Control", "variable": "disease_control", "groups": {"Yes": {"is": 1}, "No": {"is": 0}}},
}


def study(analyses=None, **robustness):
    """Endpoints OS (a patient) and LC (a lesion), the factors above, and what is asked of robustness."""
    endpoints = {
        name: Endpoint(
            label=name, per=unit, starts="radiotherapy_end", events=["death"], observed_until=["last_contact"]
        )
        for name, unit in (("OS", "patient"), ("LC", "lesion"))
    }
    return SimpleNamespace(
        endpoints=endpoints,
        factors={name: Factor(**factor) for name, factor in FACTORS.items()},
        analyses=Analyses(**{"rates_at_months": [12, 24], "ties": "efron", **(analyses or {})}),
        robustness=Robustness(**{"headline": {}, **robustness}),
    )


def cohort(n=300, seed=1, hazard=lambda lesion: 0.03, lesions_each=1):
    """Times of LC and OS (that of a patient's first lesion), patients and lesions; `hazard` per month of a lesion."""
    random = np.random.default_rng(seed)
    number = np.tile(np.arange(1, lesions_each + 1), n)
    who = np.repeat([f"P{place:03}" for place in range(n)], lesions_each)
    lesions = pd.DataFrame(
        {
            "lesion_id": [f"{patient}-L{place}" for patient, place in zip(who, number, strict=True)],
            "patient_id": who,
            "gtv_diameter_cm": np.round(random.gamma(3, 1, len(who)) + 0.5, 1),
            "bed10_gy": np.round(random.uniform(40, 90, len(who)), 1),
            "site": random.choice(["neck", "bone"], len(who)),
        }
    )
    first = lesions[number == 1]
    patients = pd.DataFrame(
        {
            "patient_id": first["patient_id"].to_numpy(),
            "gtv_diameter_cm": first["gtv_diameter_cm"].to_numpy(),
            "bed10_gy": first["bed10_gy"].to_numpy(),
            "age_years": random.integers(30, 80, n),
            "disease_control": pd.array(random.integers(0, 2, n), "Int64"),
        }
    )
    happens = random.exponential(1 / (np.zeros(len(lesions)) + hazard(lesions)))
    months, event = np.minimum(happens, 60), (happens < 60).astype(int)
    times = pd.DataFrame({"subject_id": lesions["lesion_id"], "patient_id": who, "months": months, "event": event})
    of_patient = times[number == 1].assign(subject_id=first["patient_id"], endpoint="OS")
    return pd.concat([times.assign(endpoint="LC"), of_patient], ignore_index=True), patients, lesions
