"""How often the tests of a response rate reject it where it is true, and lesions of a patient are alike: simulated."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from scipy.special import ndtr

from oligomet.estimates.methods.proportions import clustered_p_above, exact_p_above

NOMINAL, REPLICATES = 0.025, 10_000
PATIENTS = {  # lesions of each
    "45 of 2": np.full(45, 2),
    "22 of 4": np.full(22, 4),
    "48 of 1 to 4": np.repeat([1, 2, 3, 4], [22, 14, 7, 5]),
}


def score_p_above(events: np.ndarray, sizes: np.ndarray, null: float) -> np.ndarray:
    """The generalised score test, whose variance is the sum of squares of what each patient has above the null."""
    above = events - sizes * null
    return ndtr(-above.sum(axis=-1) / np.sqrt((above**2).sum(axis=-1)))


@cache
def sizes() -> pd.DataFrame:
    """Share of simulated samples, drawn under the null rate, that each test rejects at `NOMINAL`."""
    random, rows = np.random.default_rng(1), []
    for patients, lesions in PATIENTS.items():
        for correlation in (0.001, 0.2, 0.5):
            for null in (0.2, 0.35, 0.5, 0.65, 0.8):
                others = (1 - correlation) / correlation
                own = random.beta(null * others, (1 - null) * others, (REPLICATES, len(lesions)))
                events = random.binomial(lesions, own)
                p = {
                    "Exact binomial": exact_p_above(events.sum(axis=1), lesions.sum(), null),
                    "Generalised score": score_p_above(events, lesions, null),
                    "Rao-Scott": clustered_p_above(events, lesions, null),
                }
                where = {"Patients": patients, "Correlation": round(correlation, 1), "Null rate": null}
                rows.append(where | {name: np.mean(values <= NOMINAL) for name, values in p.items()})
    return pd.DataFrame(rows)


def page() -> str:
    """The table in Markdown, in per cent."""
    found = sizes().copy()
    tests = list(found.columns[3:])
    found[tests] = (100 * found[tests]).map("{:.1f}".format)
    lines = [list(found), ["---"] * 3 + ["---:"] * len(tests), *found.astype(str).to_numpy().tolist()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
