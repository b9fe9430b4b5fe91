"""The simulation: its truth is the truth, correct methods keep their promise where nothing is clustered."""

import numpy as np
import pandas as pd
import pytest

from oligomet.simulation.performance import ask_methods, judge
from oligomet.simulation.scenarios import SCENARIOS, Scenario
from oligomet.simulation.trials import limit_of_cox
from oligomet.simulation.truth import Setting, draw_cohort, draw_responders

SETTING = Setting(
    sizes=np.repeat([1, 2, 3], [140, 40, 20]),
    failure=0.03,
    death=0.015,
    loss=0.01,
    time=24,
    lesions_respond=0.35,
    patients_respond=0.4,
    windows={"first": (0.7, 3.3), "best": (0.7, 12)},
    landmark=3,
    significance=0.05,
    confidence=0.95,
)
MANY = 40_000


def simulate(name, replicates, seed, **options):
    answers = ask_methods(name, SETTING, replicates, seed, **options)
    return judge(name, answers, SETTING.significance, SETTING.confidence)


@pytest.mark.parametrize("frailty", [0, 0.5, 2])
def test_truth_is_what_an_endless_cohort_shows(frailty):
    cohort = draw_cohort(SETTING, Scenario("one to five", frailty), np.random.default_rng(1), size=MANY)
    undisturbed = Setting(**{**vars(SETTING), "death": 1e-9, "loss": 1e-9})
    free = draw_cohort(undisturbed, Scenario("one to five", frailty), np.random.default_rng(1), size=MANY)
    assert (free["months"] > SETTING.time).mean() == pytest.approx(SETTING.free, abs=0.012)
    assert cohort["responded"].mean() == pytest.approx(SETTING.lesions_respond, abs=0.012)
    assert cohort.groupby("patient").size().mean() == pytest.approx(3, abs=0.03)


def test_without_frailty_the_model_estimates_the_effect_itself_and_with_one_less():
    alone = limit_of_cox(SETTING, Scenario("study", 0), np.random.default_rng(2))
    shared = limit_of_cox(SETTING, Scenario("study", 2), np.random.default_rng(2))
    assert alone.to_numpy() == pytest.approx(np.log(2), abs=0.03)
    assert (shared < alone - 0.1).all()


def test_nobody_responds_after_the_end_of_follow_up():
    cohort = draw_responders(Setting(**{**vars(SETTING), "sizes": np.ones(2000)}), "best", np.random.default_rng(3))
    seen = cohort.dropna()
    assert (seen["known_at"] < seen["months"]).all()
    assert seen["known_at"].between(*SETTING.windows["best"]).all()
    assert 0.2 < len(seen) / len(cohort) < SETTING.patients_respond


@pytest.fixture(scope="module")
def unclustered():
    return simulate("study_0", 120, seed=1)


def test_where_nothing_is_clustered_every_method_keeps_its_promise(unclustered):
    away = (unclustered["estimate"] - unclustered["nominal"]).abs()
    chance = np.sqrt(0.05 * 0.95 / 120)
    assert (away < 4 * chance).all(), unclustered[away >= 4 * chance]
    assert (unclustered["undefined"] == 0).all()


def test_monte_carlo_errors_are_those_of_a_share(unclustered):
    share = unclustered["estimate"]
    assert unclustered["mcse"].to_numpy() == pytest.approx(np.sqrt(share * (1 - share) / 120).to_numpy())


def test_taking_lesions_as_independent_fails_where_they_are_not():
    found = simulate("one_to_five_2", 60, seed=1)
    found = found.set_index(["measure", "target", "method"])["estimate"].sort_index()
    of_patient = found["type-I error", "factor of the patient"]
    assert of_patient["Cox, naive"] > 0.12 > of_patient["Cox, clustered"]
    assert (
        found["coverage", "rate"]["Kaplan-Meier, naive"] < 0.9 <= found["coverage", "rate"]["Kaplan-Meier, clustered"]
    )


def test_responders_compared_from_the_start_seem_to_live_longer():
    found = simulate("guarantee_best", 60, seed=1)
    bias = found[found["measure"] == "mean log hazard ratio"].set_index("method")
    assert bias.loc["responders from the start", "estimate"] < -0.1
    corrected = bias.drop("responders from the start")
    assert (corrected["estimate"].abs() < 4 * corrected["mcse"]).all()


def test_a_seed_is_a_result_and_progress_is_told():
    told = []
    once = simulate("guarantee_first", 20, seed=1, report=told.append)
    pd.testing.assert_frame_equal(once, simulate("guarantee_first", 20, seed=1))
    assert not once.equals(simulate("guarantee_first", 20, seed=2))
    assert told == [f"guarantee_first, chunk 1 of 1: {done} of 20 cohorts" for done in range(2, 21, 2)]


@pytest.mark.parametrize("name", ["guarantee_first", "study_0.5"])
def test_numbers_are_the_same_in_whatever_chunks_they_are_drawn(name):
    chunks = [ask_methods(name, SETTING, 7, seed=1, chunk=chunk, chunks=3) for chunk in (2, 0, 1)]
    cut = judge(name, pd.concat(chunks, ignore_index=True), SETTING.significance, SETTING.confidence)
    pd.testing.assert_frame_equal(cut, simulate(name, 7, seed=1), check_exact=True)


def test_no_two_replicates_are_the_same():
    answers = ask_methods("guarantee_first", SETTING, 10, seed=1)
    bias = answers[answers["measure"] == "mean log hazard ratio"]
    assert bias.groupby("method")["answer"].nunique().eq(10).all()


def test_every_scenario_has_a_name_that_a_file_may_bear():
    assert len(SCENARIOS) == 10
    assert all(name.replace("_", "").replace(".", "").isalnum() for name in SCENARIOS)
