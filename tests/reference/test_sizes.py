"""How often the tests of a response rate reject it where it is true, and lesions of a patient are alike."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr

from oligomet.estimates.methods.proportions import clustered_p_above, exact_p_above, p_above

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


def test_by_rao_and_scott_the_size_is_near_the_nominal():
    found = sizes()
    assert found["Rao-Scott"].between(0.008, 0.033).all()
    away = (found[["Exact binomial", "Generalised score", "Rao-Scott"]] - NOMINAL).abs()
    assert away["Rao-Scott"].mean() < 0.5 * away["Generalised score"].mean() < 0.5 * away["Exact binomial"].mean()


def test_the_score_test_errs_with_the_skewness():
    found = sizes().groupby("Null rate")["Generalised score"].mean()
    assert found.is_monotonic_increasing
    assert found[0.2] < 0.015 < 0.02 < found[0.5] < 0.03 < 0.04 < found[0.8]


def test_of_one_lesion_a_patient_it_is_nearly_the_binomial_test():
    for events in (60, 70, 75):
        outcome = np.repeat([1, 0], [events, 100 - events])
        assert p_above(outcome, 0.6, cluster=np.arange(100)) == pytest.approx(p_above(outcome, 0.6), abs=0.08)


def test_where_all_respond_the_lesions_of_a_patient_count_as_one():
    p = p_above(np.ones(20), 0.5, cluster=np.repeat(np.arange(10), 2))
    assert p == pytest.approx(p_above(np.ones(10), 0.5, cluster=np.arange(10)))
    assert 0 < p < 0.01


def test_no_patient_with_every_lesion_half_responding_is_certain():
    """The variance between patients is then nothing, the binomial one is not."""
    p = p_above(np.tile([1, 0], 20), 0.4, cluster=np.repeat(np.arange(20), 2))
    assert 0.05 < p < 0.2
