"""Makes the random cohorts that the methods are held against R with: random/cohorts.csv, one long table.

python tests/reference/make_random_cohorts.py && Rscript tests/reference/make_random_reference.R

What a hospital's data do to a method is dealt out by hand, so that every trouble occurs, also together with others:
ties (whole months, few visits), times of exactly 0, groups of one to three, groups or cohorts without events or without
censoring, a covariate that separates, lesions of one patient. The rest is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent / "random"
SEED = 20250


@dataclass(frozen=True)
class Plan:
    """n rows; times in days, months, whole (with 0) or few; what the third group is; censoring; the largest cluster."""

    n: int
    times: str
    groups: str = "even"  # even | one | three | no_event | all_events
    censored: float = 0.5  # roughly, of the rows; 0 and 1 exactly
    most: int = 3  # lesions a patient
    separated: str = ""  # z: no event where z is 1; x: the order of x is that of the times, the other way round


PLANS = [
    Plan(12, "days", "three", 0.3, 2),
    Plan(12, "months", "one", 0.5, 6),
    Plan(15, "few", "three", 0.6, 1),
    Plan(18, "whole", "even", 0.4, 3),
    Plan(20, "days", "even", 0.0, 2),  # all have the event at times of their own: the curve runs at exactly one half
    Plan(20, "months", "no_event", 0.5, 4),
    Plan(24, "few", "all_events", 0.3, 3),
    Plan(24, "whole", "even", 0.3, 3, "z"),
    Plan(25, "days", "even", 1.0, 2),
    Plan(30, "months", "one", 0.7, 5),
    Plan(30, "few", "even", 0.0, 3),
    Plan(36, "whole", "all_events", 0.5, 2),
    Plan(40, "days", "three", 0.8, 6),
    Plan(40, "months", "even", 0.0, 1),
    Plan(40, "days", "even", 0.2, 2, "x"),
    Plan(45, "whole", "no_event", 0.4, 4),
    Plan(50, "few", "even", 0.5, 6),
    Plan(60, "days", "even", 0.5, 3, "z"),
    Plan(60, "months", "three", 0.95, 3),
    Plan(70, "whole", "one", 0.3, 2),
    Plan(80, "days", "all_events", 0.5, 4),
    Plan(90, "months", "even", 0.4, 3),
    Plan(100, "few", "no_event", 0.6, 5),
    Plan(120, "whole", "even", 0.6, 6),
    Plan(150, "days", "three", 0.3, 3),
    Plan(189, "months", "even", 0.5, 3),
    Plan(200, "days", "even", 0.9, 4),
    Plan(250, "few", "even", 0.2, 3),
    Plan(300, "months", "one", 0.6, 6),
    Plan(400, "days", "even", 0.4, 2),
]


def cohort(plan: Plan, rng: np.random.Generator) -> pd.DataFrame:
    """Columns time, status, cause (0 censored, 1, 2), start (before time), group, z (0, 1), x, patient, response."""
    n = plan.n
    sizes = rng.integers(1, plan.most + 1, n)
    patient = np.repeat(np.arange(n), sizes)[:n]
    shared = rng.gamma(2, 0.5, n)[patient]  # unobserved, of the patient
    group = rng.choice(["a", "b", "c"], n)
    if few := {"one": 1, "three": 3}.get(plan.groups):
        group = rng.choice(["a", "b"], n)
        group[rng.choice(n, few, replace=False)] = "c"
    z, x = rng.integers(0, 2, n), np.round(rng.normal(size=n), 2)
    hazard = 0.04 * shared * np.exp(0.5 * z + 0.3 * x)
    event = rng.exponential(1 / hazard)
    other = rng.exponential(60 / shared)
    end = rng.exponential(25 / max(plan.censored, 0.01) - 24.9, n)
    if plan.censored in (0, 1):
        end = np.full(n, np.inf) if plan.censored == 0 else np.zeros(n) + rng.uniform(1, 40, n)
        event, other = (event, np.inf) if plan.censored == 0 else (np.inf, np.inf)
    time = np.minimum(np.minimum(event, other), end)
    cause = np.where(time == event, 1, np.where(time == other, 2, 0))
    third = group == "c"
    if plan.groups in ("no_event", "all_events"):
        cause = np.where(third, int(plan.groups == "all_events"), cause)
    if plan.separated == "z":
        cause = np.where((z == 1) & (cause == 1), 0, cause)
    if plan.separated == "x":
        cause, x = np.ones(n, int), np.round(-np.argsort(np.argsort(time)) / 10, 2)
    match plan.times:
        case "days":
            time = np.maximum(np.round(time * 30.4375), 1) / 30.4375
        case "months":
            time = np.ceil(time)
        case "whole":
            time = np.floor(time)
        case "few":
            time = np.minimum(6 * np.ceil(time / 12) + 6, 36)
    late = (rng.uniform(size=n) < 0.4) & (time > 1)
    share = rng.uniform(0.1, 0.99, n)
    entered = time * share if plan.times == "days" else np.floor(time * share)  # whole: some enter at others' events
    response = rng.uniform(size=n) < 1 / (1 + np.exp(0.3 - 0.8 * z - np.log(shared)))
    return pd.DataFrame(
        {
            "time": time.round(6),
            "status": (cause == 1).astype(int),
            "cause": cause,
            "start": np.where(late, entered, 0).round(6),
            "group": group,
            "z": z,
            "x": x,
            "patient": patient + 1,
            "response": (response & (z == 0) if plan.separated == "z" else response).astype(int),
        }
    )


if __name__ == "__main__":
    rng = np.random.default_rng(SEED)
    HERE.mkdir(exist_ok=True)
    cohorts = {f"{number:02d}": cohort(plan, rng) for number, plan in enumerate(PLANS, start=1)}
    table = pd.concat(cohorts, names=["cohort"]).reset_index(level=0)
    table.to_csv(HERE / "cohorts.csv", index=False, float_format="%.10g", lineterminator="\n")
