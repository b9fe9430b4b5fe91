"""Each patient counts once: lesions weighted by one over their number, with the variance by patient."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods_python_lacks.cox_kernel import cox_kernel

DATA = Path(__file__).parents[1] / "reference" / "data"
CALL = "coxph(Surv(time, status) ~ z + x, data, weights = 1 / ave(time, patient, FUN = length), cluster = patient)"


def weights_of(owner):
    return 1 / owner.groupby(owner).transform("size")


# R 4.2.2, survival 3.5-3: CALL with ties = "breslow" or "efron" and coxph.control(eps = 1e-14);
# coefficients, sqrt(diag(var)), loglik
@pytest.mark.parametrize(
    ("name", "ties", "log_hr", "errors", "loglik"),
    [
        ("lesions", "breslow", (0.180526877671, 0.321001310966), (0.263236248277, 0.106138824675),
         (-147.383479825436, -145.049395967394)),
        ("lesions", "efron", (0.187401158468, 0.326740187338), (0.270390340020, 0.108283468568),
         (-146.685003746543, -144.258323779816)),
        ("tied", "breslow", (-0.103291198253, 0.109573337901), (0.395887428594, 0.200031096103),
         (-54.434207600296, -54.305339679773)),
        ("tied", "efron", (-0.104725570359, 0.111863543226), (0.406955131913, 0.204572279931),
         (-54.142442662749, -54.007664245368)),
    ],
)  # fmt: skip
def test_weighted_cox_matches_r(name, ties, log_hr, errors, loglik):
    data = pd.read_csv(DATA / f"{name}.csv")
    fit = cox_kernel(
        data[["z", "x"]], data["time"], data["status"], cluster=data["patient"], weights=weights_of(data["patient"]),
        ties=ties,
    )  # fmt: skip
    assert fit.log_ratio.to_numpy() == pytest.approx(log_hr, abs=1e-9), CALL
    assert fit.table["std_error"].to_numpy() == pytest.approx(errors, abs=1e-9), CALL
    assert (fit.loglik_null, fit.loglik) == pytest.approx(loglik, abs=1e-9), CALL


def people(seed, n=40, months=True):
    rng = np.random.default_rng(seed)
    time = rng.exponential(12, n)
    return pd.DataFrame({
        "patient": np.arange(n), "time": np.ceil(time) if months else time, "event": rng.random(n) < 0.7,
        "x": rng.normal(size=n).round(1), "size": rng.integers(1, 6, n),
    })  # fmt: skip


def once(data, **options):
    return cox_kernel(data[["x"]], data["time"], data["event"], cluster=data["patient"], **options)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_patient_with_five_copies_of_one_lesion_counts_as_if_she_had_one(seed):
    patients = people(seed)
    lesions = patients.loc[patients.index.repeat(patients["size"])].reset_index(drop=True)
    try:
        each = once(patients, ties="breslow")
    except Undefined:
        return
    weighted = once(lesions, weights=weights_of(lesions["patient"]), ties="breslow")
    assert weighted.log_ratio["x"] == pytest.approx(each.log_ratio["x"], abs=1e-9)
    assert weighted.covariance.loc["x", "x"] == pytest.approx(each.covariance.loc["x", "x"], rel=1e-9)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["breslow", "efron"]), st.floats(0.1, 20))
def test_only_the_weights_ratios_count(seed, ties, scale):
    patients = people(seed)
    try:
        plain = once(patients, ties=ties)
    except Undefined:
        return
    scaled = once(patients, weights=np.full(len(patients), scale), ties=ties)
    assert scaled.log_ratio["x"] == pytest.approx(plain.log_ratio["x"], abs=1e-8)
    assert scaled.covariance.loc["x", "x"] == pytest.approx(plain.covariance.loc["x", "x"], rel=1e-7)


def test_weights_are_the_mean_of_one_lesion_a_patient_drawn_again_and_again():
    """Within-cluster resampling (Hoffman, Sen & Weinberg 2001) and weights 1/size estimate the same ratio."""
    rng = np.random.default_rng(5)
    n = 1500
    size = rng.integers(1, 5, n)
    owner = np.repeat(np.arange(n), size)
    x = rng.integers(0, 2, len(owner))
    effect = np.where(size[owner] > 2, 1.2, -0.4)  # the lesions of those who have many tell another story
    time = rng.exponential(1 / np.exp(effect * x))
    lesions = pd.DataFrame({"patient": owner, "time": time, "event": True, "x": x})
    drawn = [once(lesions.sample(frac=1, random_state=k).drop_duplicates("patient")).log_ratio["x"] for k in range(40)]
    weighted = once(lesions, weights=weights_of(lesions["patient"])).log_ratio["x"]
    assert weighted == pytest.approx(np.mean(drawn), abs=0.02)
    assert abs(once(lesions).log_ratio["x"] - weighted) > 0.1


def test_weights_that_are_none_are_refused():
    patients = people(1)
    for wrong, said in ((np.zeros(40), "positive"), (np.full(40, np.nan), "positive"), (np.ones(3), "3 weights")):
        with pytest.raises(ValueError, match=said):
            once(patients, weights=wrong)
    with pytest.raises(ValueError, match="for clusters"):
        cox_kernel(patients[["x"]], patients["time"], patients["event"], weights=np.ones(40))
