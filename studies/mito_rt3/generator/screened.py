"""Patients who were screened and are not eligible, each for one reason; with what was recorded of them by then."""

from __future__ import annotations

import numpy as np
import pandas as pd

# What is so of them, and of how many. Two were registered and never irradiated.
REASONS = [
    ({"brca": None}, 6),
    ({"metastases": 5}, 2),
    ({"metastases": 7}, 1),
    ({"surgery_or_systemic_feasible": 1}, 2),
    ({"entry_reason": None}, 2),
    ({"histology": "not_ovarian"}, 1),
    ({"kps": 50}, 1),
]
NEVER_IRRADIATED = 2


def screen(treated: dict[str, pd.DataFrame], cut: pd.Timestamp, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Copies of treated patients under new numbers, with what makes them ineligible.

    Parameters
    ----------
    treated
        Tables by role with centre and patient_id.
    """
    patients = treated["patients"]
    changes = [change for change, times in REASONS for _ in range(times)] + [{}] * NEVER_IRRADIATED
    like = patients.loc[rng.choice(patients.index, len(changes), replace=False)]
    parts: dict[str, list[pd.DataFrame]] = {role: [] for role in treated}
    for number, ((_, row), change) in enumerate(zip(like.iterrows(), changes, strict=True), 801):
        shift = pd.Timedelta(days=int(rng.integers(-120, 120)))
        for role, table in treated.items():
            own = table[(table["centre"] == row["centre"]) & (table["patient_id"] == row["patient_id"])]
            if role == "patients":
                own = own.assign(**change)
                own["birth_date"] += pd.Timedelta(days=int(rng.integers(-900, 900)))
            elif not change and role not in ("therapies",):
                own = own.iloc[:0]
            elif role in ("toxicities", "follow_up"):
                own = own.iloc[:1] if role == "follow_up" else own.iloc[:0]
            elif role == "measurements":
                own = own[own["date"] == own["date"].min()]
            dates = [name for name in own if own[name].dtype.kind == "M" and name != "birth_date"]
            own = own.assign(patient_id=f"{number:03d}", **{name: own[name] + shift for name in dates})
            for name in dates:
                own = own[~(own[name] > cut)]
            parts[role].append(own)
    return {role: pd.concat(tables) if tables else treated[role].iloc[:0] for role, tables in parts.items()}
