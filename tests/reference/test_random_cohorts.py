"""Thirty random cohorts with every trouble of a hospital's data: R's number, or a stated reason where R has none."""

import pandas as pd
import pytest
import random_agreement
from make_random_cohorts import PLANS, SEED, cohort
from numpy.random import default_rng

NAMES = sorted(random_agreement.reference()["cohorts"])


@pytest.mark.parametrize("name", NAMES)
def test_agrees_with_r(name):
    found = random_agreement.comparison(name)
    numbers = found[found["quantity"].notna()]
    bound = [
        random_agreement.LESS_PRECISE.get(key, 1e-6) for key in zip(numbers["method"], numbers["quantity"], strict=True)
    ]
    far = numbers[numbers["apart"] > bound]
    assert far.empty, f"\n{far.to_string()}"


@pytest.mark.parametrize("name", NAMES)
def test_has_no_answer_where_r_has_none(name):
    found = random_agreement.comparison(name)
    for row in found[found["quantity"].isna()].itertuples():
        if pd.isna(row.our_reason):
            assert (row.method, row.their_reason) in random_agreement.ANSWERED, (
                f"{row.method}: R says {row.their_reason}"
            )
        if pd.isna(row.their_reason):
            assert (row.method, row.our_reason) in random_agreement.REFUSED, f"{row.method}: ours says {row.our_reason}"


def test_every_declared_exception_occurs():
    rows = pd.concat([random_agreement.comparison(name) for name in NAMES])
    rows = rows[rows["quantity"].isna()]
    refused = set(zip(rows["method"], rows["our_reason"], strict=True))
    answered = set(zip(rows["method"], rows["their_reason"], strict=True))
    assert set(random_agreement.REFUSED) <= refused
    assert set(random_agreement.ANSWERED) <= answered


def test_the_estimated_frailty_fits_at_least_as_well_as_r_s():
    rows = pd.concat([random_agreement.comparison(name).assign(cohort=name) for name in NAMES])
    found = rows[rows["method"] == "Cox, gamma frailty, estimated variance"].set_index(["quantity", "cohort"])
    estimated = found.loc["variance", "ours"] > 0  # at 0 R stops at 5e-8 and rounds
    loglik = found.loc["loglik"][estimated]
    assert len(loglik) >= 3
    assert (loglik["ours"] >= loglik["theirs"] - 1e-9).all()


def test_every_call_has_a_reference():
    assert set(random_agreement.reference()["calls"]) == set(random_agreement.METHODS)


def test_cohorts_are_those_that_the_seed_gives():
    rng = default_rng(SEED)
    for name, plan in zip(NAMES, PLANS, strict=True):
        pd.testing.assert_frame_equal(cohort(plan, rng), random_agreement.cohorts()[name], rtol=1e-6)


def test_cohorts_hold_the_troubles_that_they_are_for():
    """Which the plans ask for, but the draw decides."""
    cohorts = random_agreement.cohorts().values()
    curves = [random_agreement.numbers_of("Kaplan-Meier, log-log interval", name)["surv"] for name in NAMES]
    assert sum((d["time"] == 0).any() for d in cohorts) >= 4
    assert sum(d["time"].nunique() <= 6 for d in cohorts) >= 6
    assert sum(d["group"].value_counts().min() <= 3 for d in cohorts) >= 8
    assert sum((d.groupby("group")["status"].sum() == 0).any() for d in cohorts) >= 4
    assert sum((d["status"] == 1).all() for d in cohorts) >= 3
    assert any((d["status"] == 0).all() for d in cohorts)
    assert sum(d["patient"].value_counts().max() >= 4 for d in cohorts) >= 8
    assert sum((abs(curve - 0.5) < 1e-9).any() for curve in curves) >= 3
    reasons = pd.concat([random_agreement.comparison(name) for name in NAMES])["our_reason"].dropna()
    assert (reasons.str.startswith("monotone likelihood")).sum() >= 20
