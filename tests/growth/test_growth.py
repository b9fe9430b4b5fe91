"""A cohort many times as large, and what the methods do with it."""

import numpy as np
import pandas as pd
import pytest

from growth.measure_growth import ROOT, STAGES, exponents, page
from oligomet.estimates.methods.km import kaplan_meier
from oligomet.estimates.methods_python_lacks.frailty import cox_frailty
from oligomet.estimates.methods_python_lacks.partial_likelihood import risk_sets
from oligomet.synthetic.growth import grow

KEYS = {"patients": ["patient_id"], "plans": ["patient_id"], "follow_up": ["patient_id", "date"]}
DAY = pd.Timedelta(days=1)
END = pd.Timestamp("2018-03-01")
TABLES = {
    "patients": pd.DataFrame({"patient_id": ["A", "B"], "birth_date": END - 20000 * DAY}),
    "plans": pd.DataFrame({"patient_id": ["A"], "end_date": [END]}),
    "follow_up": pd.DataFrame(
        {"patient_id": ["A", "A", "B"], "date": [END + 100 * DAY, END + 101 * DAY, END + 100 * DAY]}
    ),
}


def test_copies_have_their_own_numbers_and_their_own_pace_after_the_last_fraction():
    grown = grow(TABLES, 40, KEYS, seed=1)
    assert grown["patients"]["patient_id"].nunique() == 80
    assert (grown["patients"]["birth_date"] == END - 20000 * DAY).all()
    assert (grown["plans"]["end_date"] == END).all()
    days = (grown["follow_up"].set_index("patient_id")["date"] - END) / DAY
    assert list(days["A"]) == [100, 101]
    copied = days[days.index.str.startswith("A-")]
    assert copied.between(79, 101).all()
    assert copied.nunique() > 10
    assert (days[days.index.str.startswith("B")] == 100).all()  # never irradiated: nothing is after that
    assert not grown["follow_up"].duplicated(KEYS["follow_up"]).any()


def cohort(patients: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(patients)
    patient = np.repeat(np.arange(patients), 1 + rng.binomial(3, 0.3, patients))
    x = pd.DataFrame({"a": rng.integers(0, 2, len(patient)), "b": rng.normal(size=len(patient))})
    hazard = rng.gamma(1, 1, patients)[patient] * np.exp(x["a"])
    died, left = rng.exponential(10 / hazard).round(), rng.uniform(0, 20, len(patient)).round(1)
    return x, np.minimum(died, left), died <= left, patient


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_products_with_the_information_are_those_of_the_whole_matrix(ties):
    x, time, event, patient = cohort(30)
    members = (patient[:, None] == np.arange(30)).astype(float)
    dense = risk_sets(pd.DataFrame(np.hstack([x, members])), time, event, ties=ties)
    narrow = risk_sets(x, time, event, ties=ties)
    beta = np.r_[0.5, -0.2, np.linspace(-1, 1, 30)]
    whole = dense.evaluate(beta)
    at = narrow.evaluate(beta[:2], beta[2:][patient])
    assert at.loglik == pytest.approx(whole.loglik, rel=1e-12)
    product = dense.x.T @ narrow.curvature(dense.x, at)
    np.testing.assert_allclose(product, whole.information, atol=1e-10)


def test_ten_thousand_patients_have_a_shared_frailty():
    x, time, event, patient = cohort(10_000)
    fit = cox_frailty(x, time, event, patient)  # by a matrix of all patients: 800 MB an evaluation
    assert fit.variance == pytest.approx(1, abs=0.1)  # the gamma's from which they are drawn
    assert fit.log_ratio["a"] == pytest.approx(1, abs=0.06)


def test_the_error_by_cluster_is_that_of_the_influences_written_out():
    _, time, event, patient = cohort(60)
    steps = kaplan_meier(time, event, cluster=patient).steps
    hazard = np.cumsum(steps["events"] / steps["at_risk"] / (steps["at_risk"] - steps["events"])).to_numpy()
    place = np.searchsorted(steps["time"], time)
    own = np.where(event, 1 / (steps["at_risk"] - steps["events"]).to_numpy()[place], 0)
    influence = np.where(place[:, None] <= np.arange(len(steps)), (hazard[place] - own)[:, None], hazard)
    by_patient = pd.DataFrame(influence).groupby(patient).sum().to_numpy()
    expected = steps["survival"] * np.sqrt((by_patient**2).sum(axis=0))
    known = steps["std_error"].notna()
    assert known.sum() > 20
    np.testing.assert_allclose(steps["std_error"][known], expected[known], rtol=1e-10, atol=1e-12)


def test_the_exponent_is_of_what_grows_and_the_page_says_what_stopped():
    sizes = [1, 10, 100]
    measured = pd.DataFrame(
        [{"stage": "linear", "times": size, "cpu_seconds": 3 + 0.5 * size} for size in sizes]
        + [{"stage": "square", "times": size, "cpu_seconds": 3 + 0.1 * size**2} for size in sizes[:2]]
        + [{"stage": "square", "times": 100, "cpu_seconds": np.nan, "reason": "not within the time"}]
    ).assign(peak_mb=100.0, wall_seconds=90.0)
    found = exponents(measured)
    assert found["linear"] == pytest.approx(1, abs=0.05)
    shown = page(measured, "A machine.")
    assert "| linear | 3.5 s, 100 MB | 8.0 s, 100 MB | 53.0 s, 100 MB | 1.04 |" in shown
    assert "not within the time" in shown
    assert "| 3.0 minutes, 100 MB | 3.0 minutes, 100 MB |  |  |" in shown


def test_every_stage_that_is_measured_is_one_of_the_workflow():
    rules = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "workflow/rules").glob("*.smk"))
    asked = [target for targets in STAGES.values() for target in targets if "/" not in target]
    assert [target for target in asked if f"rule {target}:" not in rules] == []
