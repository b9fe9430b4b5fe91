"""Simulated designs: the truth is as declared, chunks change nothing, tests keep or break their promise."""

import numpy as np
import pandas as pd
import pytest

from oligomet.design.operating_characteristics import WHERE, Scenario, add_up, count, draw_lesions, scenarios
from oligomet.design.sizes import planned_lesions, significance_of, sizes
from oligomet.design.stages import of_size
from oligomet.trial_declarations import CompleteResponse, SampleSize

NODES = {"null_rate": 0.5, "target_rate": 0.7, "why": "invented for this test"}
RESPONSE = CompleteResponse(hypotheses={"all": NODES}, multiplicity="none")


def scenario(rate=0.5, lesions=60, correlation=0.0, each=1, lost=0.0):
    return Scenario("all", "null rate", rate, 0.5, lesions, correlation, each, lost)


def share(one, measure, replicates=4000):
    found = add_up([count([one], replicates, 1, 0.05, 0.95)])
    return found.set_index("measure").loc[measure, "share"]


@pytest.mark.parametrize("correlation", [0, 0.3])
def test_lesions_have_the_declared_rate_and_likeness(correlation):
    complete, seen = draw_lesions(scenario(0.6, 60, correlation, 2, 0.2), 20_000, np.random.default_rng(1))
    first, second = complete[..., 0].ravel(), complete[..., 1].ravel()
    assert complete.mean() == pytest.approx(0.6, abs=0.005)
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(correlation, abs=0.01)
    assert seen.mean() == pytest.approx(0.8, abs=0.005)


def test_there_are_as_many_lesions_as_planned():
    complete, seen = draw_lesions(scenario(1, 61, 0, 4), 3, np.random.default_rng(1))
    assert (seen.sum(axis=(1, 2)) == 61).all()
    assert (complete.sum(axis=(1, 2)) == 61).all()


@pytest.mark.parametrize("chunks", [2, 3, 7])
def test_numbers_are_the_same_however_they_are_chunked(chunks):
    wanted = [scenario(0.6, 40, 0.2, 2, 0.1), scenario(0.5, 40)]
    whole = add_up([count(wanted, 950, 7, 0.05, 0.95)])
    parts = [count(wanted, 950, 7, 0.05, 0.95, chunk, chunks) for chunk in range(chunks)]
    pd.testing.assert_frame_equal(add_up(parts), whole)
    assert (whole["replicates"] == 950).all()


def test_another_seed_gives_other_numbers():
    one, other = (add_up([count([scenario()], 500, seed, 0.05, 0.95)]) for seed in (1, 2))
    assert (one["share"] != other["share"]).any()


@pytest.mark.parametrize("rate", [0.5, 0.7])
def test_of_independent_lesions_the_exact_test_does_what_the_binomial_says(rate):
    promised = of_size(60, 0.5, rate, 0.05)
    assert share(scenario(rate), "rejects: exact, evaluable", 10_000) == pytest.approx(promised.power, abs=0.015)


def test_lesions_that_are_alike_break_the_exact_test_and_its_interval_but_not_those_by_patient():
    alike = scenario(correlation=0.5, lesions=200, each=4)
    assert share(alike, "rejects: exact, evaluable") > 0.1
    assert share(alike, "rejects: by patient, evaluable") < 0.07
    assert share(alike, "covers: exact, evaluable") < 0.85
    assert share(alike, "covers: by patient, evaluable") > 0.92


def test_lost_scans_cost_power_among_all_treated_lesions():
    lost = scenario(0.7, lost=0.2)
    assert share(lost, "rejects: exact, all treated") < share(lost, "rejects: exact, evaluable") - 0.1


def test_every_declared_combination_is_a_scenario():
    declared = SampleSize(
        planned={"all": 50}, intraclass_correlations=[0, 0.2], lesions_a_patient=[1, 3], lost_scans=[0]
    )
    wanted = scenarios(declared, RESPONSE, planned_lesions(declared, RESPONSE))
    assert len(wanted) == 2 * 2 * 2
    assert {one.lesions for one in wanted} == {50}
    assert set(WHERE) <= set(vars(wanted[0]))


def test_sizes_are_of_each_hypothesis_at_its_share_of_the_significance():
    two = CompleteResponse(strata="site", hypotheses={"Node": NODES, "Parenchyma": NODES}, multiplicity="holm")
    assert significance_of(two) == pytest.approx(0.025)
    found = sizes(SampleSize(planned={"Node": 90}), two)
    assert list(found["design"][:4]) == ["one exact stage", "Simon, optimal", "Simon, minimax", "as planned"]
    assert len(found) == 4 + 3
    assert (found["significance"] <= 0.025).all()
    needed = found.set_index(["hypothesis", "design"])["n"]
    assert planned_lesions(SampleSize(), two)["Node"] == needed["Node", "one exact stage"]


def test_a_size_that_does_not_exist_says_why():
    close = CompleteResponse(hypotheses={"all": {**NODES, "target_rate": 0.505}})
    found = sizes(SampleSize(), close)
    assert found["n"].isna().all()
    assert found["reason"].str.contains("more than").all()
