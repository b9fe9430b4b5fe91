"""Estimates of a random cohort, made by the stage itself: what the prose is given, without the raw exports."""

import numpy as np
import pandas as pd

from oligomet.estimates.comparison import estimate_comparison
from oligomet.estimates.descriptive import estimate_descriptive
from oligomet.estimates.flow import estimate_flow
from oligomet.estimates.literature import estimate_literature
from oligomet.estimates.regression import estimate_regression
from oligomet.estimates.response import estimate_response
from oligomet.estimates.survival import estimate_survival
from oligomet.estimates.toxicity import estimate_toxicity
from oligomet.schemas import TABLES, conform


def make_estimates(study, literature=None, patients=60, seed=7):
    """All rows for `patients` random patients; the first third of them have two irradiated lesions."""
    random = np.random.default_rng(seed)
    people = _patients(study, patients, random)
    lesions = _lesions(study, people, random)
    responses = _responses(lesions)
    people = people.merge(
        lesions.groupby("patient_id", as_index=False)[["response", "best_response"]].last(), on="patient_id"
    ).assign(disease_control=random.integers(0, 2, patients), objective_response=random.integers(0, 2, patients))
    times = _times(study, people, lesions, random)
    toxicities = pd.DataFrame(
        {
            "patient_id": people["patient_id"][: patients // 4],
            "toxicity": random.choice(list(study.terms["toxicity"]), patients // 4),
            "grade": random.integers(1, 3, patients // 4),
            "phase": random.choice(["acute", "late"], patients // 4),
        }
    )
    parts = [
        estimate_flow(*_flow(study, patients), study),
        estimate_descriptive(people, lesions, responses, study),
        estimate_comparison(people, lesions, study),
        estimate_response(lesions, people, responses, study),
        estimate_survival(times, people, lesions, study),
        estimate_regression(times, people, lesions, study),
        estimate_toxicity(toxicities, people, study),
    ]
    if literature is not None:
        parts.append(estimate_literature(literature, study))
    return conform(pd.concat(parts, ignore_index=True), TABLES["estimates"])


def _values(study, n, random, columns):
    """A value for each column of the factors: one that their groups name, or any from wide limits."""
    frame = {}
    for factor in study.factors.values():
        group = next(iter(factor.groups.values()))
        if factor.variable not in columns or factor.variable in frame:
            continue
        named = [value for g in factor.groups.values() for value in np.atleast_1d(g.is_) if g.is_ is not None]
        limit = group.below or group.at_least or group.at_most or group.above
        frame[factor.variable] = random.choice(named, n) if named else random.integers(1, int(2 * limit) + 1, n)
    return frame


def _patients(study, n, random):
    frame = pd.DataFrame({"patient_id": [f"P-{i:03}" for i in range(n)]})
    frame = frame.assign(**_values(study, n, random, set(TABLES["outcomes/patients"]) - {"metastases"}))
    frame["metastases"] = np.where(np.arange(n) < n // 3, random.integers(2, 5, n), 1)
    for names in study.analyses.describe.get("patient", []):
        if names not in frame:
            frame[names] = random.integers(1, 40, n)
    return frame


def _lesions(study, patients, random):
    frame = patients.loc[patients.index.repeat(1 + (patients["metastases"] > 1)), ["patient_id", "metastases"]]
    frame = frame.reset_index(drop=True)
    n = len(frame)
    frame["lesion_id"] = frame["patient_id"] + "-L" + (frame.groupby("patient_id").cumcount() + 1).astype(str)
    frame = frame.assign(**_values(study, n, random, set(TABLES["outcomes/lesions"]) - {"metastases"}))
    for name in [*study.analyses.describe.get("lesion", []), *(v for t in study.tables.values() for v in t.variables)]:
        if name not in frame and name in TABLES["outcomes/lesions"]:
            frame[name] = random.integers(1, 80, n)
    frame["response"] = random.choice(["CR", "PR", "SD", "PD", "NE"], n)
    return frame.assign(best_response=frame["response"])


def _responses(lesions):
    both = [lesions[["lesion_id", "patient_id", "response"]].assign(assessment=name) for name in ("first", "best")]
    return pd.concat(both, ignore_index=True).assign(days_after_radiotherapy=50)


def _times(study, patients, lesions, random):
    frames = []
    for name, endpoint in study.endpoints.items():
        ids = patients["patient_id"] if endpoint.per == "patient" else lesions["lesion_id"]
        frames.append(
            pd.DataFrame(
                {
                    "subject_id": ids,
                    "endpoint": name,
                    "months": np.ceil(np.minimum(random.exponential(30, len(ids)), random.uniform(12, 100, len(ids)))),
                    "event": random.integers(0, 2, len(ids)),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _flow(study, n):
    excluded = [rule.id for rule in study.eligibility]
    screened = pd.DataFrame({"eligible": [1] * n + [0] * len(excluded), "rule": [None] * n + excluded})
    roles = list(study.sources)
    accounting = pd.DataFrame({"role": roles, "raw": n + 3, "analysed": n, "quarantined": 3})
    quarantine = pd.DataFrame({"role": roles * 3, "kind": ["duplicate", "unreadable", "orphan"] * len(roles)})
    findings = pd.DataFrame({"check": ["size", "size", "export"], "dismissed": [0, 1, 1]})
    lesions = pd.DataFrame({"patient_id": [], "eligible": [], "rule": []})
    return screened, lesions, quarantine, accounting, findings
