"""The kernels of the calibration against other software, and the search on problems that can be seen through."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from generator.anneal import anneal
from generator.choose import LogRankAim, choose_members
from generator.curves import (
    HORIZON,
    chi_square,
    contrast,
    median,
    survival,
    tally,
    z_score,
)
from generator.survival_truth import NEVER, observed
from oligomet.estimates.methods.cox import cox
from oligomet.estimates.methods.logrank import logrank

PATIENT = st.tuples(st.integers(0, HORIZON - 1), st.integers(0, 1), st.integers(0, 2))
COHORT = st.lists(PATIENT, min_size=6, max_size=60).filter(
    lambda cohort: {group for *_, group in cohort} == {0, 1, 2} and sum(event for _, event, _ in cohort) > 1
)


def arrays(cohort: list[tuple]) -> tuple[np.ndarray, ...]:
    return tuple(np.array(part) for part in zip(*cohort, strict=True))


@settings(max_examples=40, deadline=None)
@given(COHORT)
def test_survival_and_median_are_those_of_scipy(cohort):
    months, events, groups = arrays(cohort)
    counts = tally(months, events, groups, 3)
    for group in range(3):
        ended, censored = (months[(groups == group) & (events == event)] for event in (1, 0))
        curve = stats.ecdf(stats.CensoredData(ended, right=censored)).sf
        at = [float(curve.evaluate(month)) for month in (12, 24, 60)]
        assert survival(counts, (12, 24, 60))[group] == pytest.approx(at, abs=1e-9)
        reached = curve.quantiles[curve.probabilities <= 0.5 + 1e-12]
        assert median(counts[group]) == (reached[0] if reached.size else np.inf)


@settings(max_examples=40, deadline=None)
@given(COHORT)
def test_log_rank_of_two_groups_is_that_of_scipy(cohort):
    months, events, groups = arrays(cohort)
    first = groups == 0
    samples = [
        stats.CensoredData(months[of & (events == 1)], right=months[of & (events == 0)]) for of in (first, ~first)
    ]
    counts = tally(months, events, (~first).astype(int), 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = stats.logrank(*samples)
    assume(np.isfinite(expected.statistic) and abs(expected.statistic) > 1e-6)
    found = contrast(counts[:1], counts[1:], 1.0)[0][0]
    assert found == pytest.approx(expected.statistic**2, rel=1e-6)
    assert chi_square(counts) == pytest.approx(found, rel=1e-6)
    assert abs(z_score(months, events, first)) == pytest.approx(abs(expected.statistic), rel=1e-6)


def test_members_with_more_events_than_expected_have_a_z_above_0():
    months, events = np.array([1, 2, 3, 10, 11, 12]), np.ones(6, int)
    early = np.array([True, True, True, False, False, False])
    assert z_score(months, events, early) > 0 > z_score(months, events, ~early)


def test_log_rank_of_several_groups_and_breslow_are_those_of_the_estimates():
    rng = np.random.default_rng(3)
    groups = rng.integers(0, 3, 120)
    months = np.ceil(rng.exponential(15 + 8 * groups)).clip(max=70).astype(int)
    events = (rng.random(120) < 0.8).astype(int)
    assert chi_square(tally(months, events, groups, 3)) == pytest.approx(logrank(months, events, groups).chi_square)

    first = groups == 0
    model = cox(pd.DataFrame({"first": first.astype(float)}), months, events, ties="breslow")
    expected = np.exp(model.log_ratio["first"])
    counts = tally(months, events, (~first).astype(int), 2)
    ratio = np.ones(1)
    for _ in range(20):
        ratio = contrast(counts[:1], counts[1:], ratio)[1]
    assert ratio[0] == pytest.approx(expected, abs=1e-8)
    near = contrast(counts[:1], counts[1:], np.array([expected + 0.02]))[1]
    assert near[0] == pytest.approx(expected, abs=1e-3)  # a step is enough from nearby


def test_an_event_in_the_last_month_of_follow_up_is_seen_and_later_ones_are_not():
    course = observed(np.array([5, 6, 7, NEVER]), np.array([6, 6, 6, 6]))
    assert course.months.tolist() == [5, 6, 6, 6]
    assert course.events.tolist() == [1, 1, 0, 0]


def test_annealing_finds_the_way_out_of_a_valley_and_repeats_itself():
    landscape = np.array([4.0, 1.0, 3.0, 2.0, 0.0, 5.0])  # from 1, the way to 0 leads over 3

    def walk(seed: int) -> int:
        rng = np.random.default_rng(seed)
        return anneal(1, lambda at: (at + rng.choice([-1, 1])) % 6, lambda at: landscape[at], rng, 2000, hot=3)

    assert walk(0) == 4
    assert walk(1) == walk(1)


def test_members_are_chosen_among_the_eligible_with_the_p_value_asked_for():
    rng = np.random.default_rng(0)
    months, events = rng.integers(1, 80, 140), rng.integers(0, 2, 140)
    eligible = np.arange(140) % 3 > 0
    member = choose_members(30, [LogRankAim(months, events, 0.035, worse=False)], rng, eligible)
    assert member.sum() == 30 and not (member & ~eligible).any()
    z = z_score(months, events, member)
    assert z < 0 and stats.chi2.sf(z * z, 1) == pytest.approx(0.035, abs=0.002)
