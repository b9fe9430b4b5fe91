"""Outcome tables of a drawn cohort, as far as the reanalyses look at them, and the study that declares it."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from oligomet.declarations import Factor
from oligomet.follow_up_declarations import Endpoint

STUDY = SimpleNamespace(
    synthetic=None,
    analyses=SimpleNamespace(confidence=0.95),
    endpoints={
        "OS": Endpoint(
            label="Overall survival", per="patient", starts="radiotherapy_end", events=["death"],
            observed_until=["last_contact"],
        ),
        "LRFS": Endpoint(
            label="Local control", per="patient", starts="radiotherapy_end", events=["lesion_progression"],
            observed_until=["last_contact"], competing=["death"],
        ),
        "LRFS_lesion": Endpoint(
            label="Local control", per="lesion", starts="radiotherapy_end", events=["lesion_progression"],
            observed_until=["last_contact"], competing=["death"],
        ),
    },
    factors={
        "arm": Factor(label="Arm", variable="arm", groups={"A": {"is": "A"}, "B": {"is": "B"}}),
        "control": Factor(label="Control", variable="disease_control", groups={"yes": {"is": 1}, "no": {"is": 0}}),
    },
)  # fmt: skip


def draw(n: int = 60, seed: int = 0) -> dict[str, pd.DataFrame]:
    """times, patients, lesions, responses: two lesions a patient, of which the first alone can progress."""
    rng = np.random.default_rng(seed)
    ids = [f"P{i:03d}" for i in range(n)]
    patients = pd.DataFrame({"patient_id": ids, "arm": rng.choice(["A", "B"], n)})
    lesions = pd.DataFrame({"patient_id": np.repeat(ids, 2), "lesion_id": [f"{i}-L{k}" for i in ids for k in (1, 2)]})
    lesions = lesions.assign(gtv_diameter_cm=rng.uniform(1, 6, 2 * n), bed10_gy=rng.uniform(40, 100, 2 * n))
    first = rng.choice(["CR", "SD", "PD"], 2 * n)
    responses = pd.concat(
        [
            lesions[["patient_id", "lesion_id"]].assign(assessment=which, response=response)
            for which, response in (("first", first), ("best", np.where(first == "SD", "PR", first)))
        ]
    )
    died = rng.integers(1, 60, n)
    dead = rng.integers(0, 2, n)
    failed = rng.integers(0, 2, n)
    local = np.minimum(rng.integers(1, 40, n), died)
    frames = [
        _times("OS", "patient", ids, ids, died, dead, np.where(dead, "death", "last_contact"), 0),
        _times("LRFS", "patient", ids, ids, local, failed, np.where(failed, "lesion_progression", "death"), 1 - failed),
    ]
    for k, event in ((1, failed), (2, 0 * failed)):
        names = [f"{i}-L{k}" for i in ids]
        why = np.where(event, "lesion_progression", "death")
        frames.append(_times("LRFS_lesion", "lesion", names, ids, local, event, why, 1 - event))
    return {"times": pd.concat(frames), "patients": patients, "lesions": lesions, "responses": responses}


def _times(endpoint, unit, subjects, patients, months, event, why, competing) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "endpoint": endpoint, "unit": unit, "subject_id": subjects, "patient_id": patients, "months": months,
            "event": event, "why": why, "competing": competing,
        }
    )  # fmt: skip
