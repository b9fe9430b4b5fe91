"""Events between two looks, against R and by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods.interval_censored import fit_turnbull, turnbull, weibull
from oligomet.estimates.methods.km import kaplan_meier

NEVER = np.inf
LOWER = np.array([0, 0, 2, 4, 4, 6, 7, 9, 10, 12, 3, 5])
UPPER = np.array([2, 4, 6, 7, 9, NEVER, 10, NEVER, 14, NEVER, 3, 8])  # the eleventh is known to have come at 3
GROUP = pd.DataFrame({"g": [1, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0]})


def test_two_looks_at_each_of_three():
    """The first had the event by 2, the second from 2 to 4, the third has none by 4: a third each, wherever it fell."""
    found = turnbull([0, 2, 4], [2, 4, NEVER], [2, 4])
    assert list(found["survival"]) == pytest.approx([2 / 3, 1 / 3], abs=1e-4)


def test_turnbull_is_rs():
    # R, survival 3.5-3: summary(survfit(Surv(l, u, type = "interval2") ~ 1), times = c(3, 5, 8, 11))$surv, with NA for
    # a lower bound of 0 and an upper one that is infinite. Its iteration stops at 5e-5, this one about as early.
    found = turnbull(LOWER, UPPER, [3, 5, 8, 11])
    assert list(found["survival"]) == pytest.approx([0.7136878941, 0.7136878937, 0.3006050170, 0.3005680631], abs=5e-4)


def test_times_that_are_known_give_the_kaplan_meier_estimate():
    time, event = np.array([2, 3, 3, 5, 8, 8, 13.0]), np.array([1, 1, 0, 1, 1, 0, 1])
    found = turnbull(time, np.where(event == 1, time, NEVER), [2, 4, 8, 13])
    assert list(found["survival"]) == pytest.approx(
        list(kaplan_meier(time, event).at([2, 4, 8, 13])["survival"]), abs=1e-3
    )


def test_beyond_the_last_look_nothing_is_known():
    found = turnbull([0, 3], [2, NEVER], [12]).iloc[0]
    assert pd.isna(found["survival"])
    assert found["reason"] == "nobody followed to 12"


@given(st.integers(0, 10**6), st.integers(8, 40))
@settings(max_examples=15, deadline=None)
def test_survival_falls_from_one_and_lies_between_the_earliest_and_the_latest_it_could(seed, n):
    rng = np.random.default_rng(seed)
    looks = [np.cumsum(rng.integers(1, 9, 12)) for _ in range(n)]
    time = rng.exponential(15, n)
    lower = np.array([max([0, *seen[seen < t]]) for seen, t in zip(looks, time, strict=True)], float)
    upper = np.array([min([NEVER, *seen[seen >= t]]) for seen, t in zip(looks, time, strict=True)])
    at = [1, 4, 9]
    try:
        found = turnbull(lower, upper, at)["survival"].dropna()
    except Undefined as refusal:
        assert str(refusal) in ("no events", "the fit did not converge")
        return
    assert found.between(-1e-9, 1 + 1e-9).all()
    assert (np.diff(found) <= 1e-9).all()


def test_weibull_ratio_is_rs():
    # R, survival 3.5-3: m <- survreg(Surv(l, u, type = "interval2") ~ g, dist = "weibull"); with b, s its slope and
    # scale, -b / s and its standard error by the delta method from vcov(m), whose last row is of log(s)
    one = weibull(GROUP, LOWER, UPPER).loc["g"]
    assert (one["log_ratio"], one["std_error"]) == pytest.approx((1.868835969, 0.7516976505), rel=1e-4)
    assert one["estimate"] == np.exp(one["log_ratio"])
    assert one["conf_low"] == pytest.approx(np.exp(one["log_ratio"] - 1.959963985 * one["std_error"]))


def test_weibull_ratios_of_three_groups_are_rs():
    level = pd.Series(list("abcabcbacabc"))  # as above, ~ h; a is the reference
    found = weibull(pd.DataFrame({name: level == name for name in "bc"}), LOWER, UPPER)
    assert list(found["log_ratio"]) == pytest.approx([1.326379655, 0.463013193], rel=1e-4)
    assert list(found["std_error"]) == pytest.approx([0.9094036642, 0.9222593769], rel=1e-4)


def test_months_or_days_are_the_same_hazard_ratio():
    months, days = (weibull(GROUP, LOWER * unit, UPPER * unit).loc["g"] for unit in (1, 30.4))
    assert days["log_ratio"] == pytest.approx(months["log_ratio"], abs=1e-4)
    assert days["std_error"] == pytest.approx(months["std_error"], abs=1e-4)


@pytest.mark.parametrize(
    ("lower", "upper", "reason"),
    [
        ([], [], "no observations"),
        ([1, np.nan], [2, 3], "missing time"),
        ([-1, 0], [2, 3], "negative time"),
        ([3, 0], [2, 3], "interval without length"),
        ([0, 0], [0, 3], "interval without length"),
        ([3, 4], [NEVER, NEVER], "no events"),
    ],
)
def test_intervals_that_are_none(lower, upper, reason):
    for method in (lambda: turnbull(lower, upper, [1]), lambda: weibull(GROUP[: len(lower)], lower, upper)):
        with pytest.raises(Undefined, match=reason):
            method()


def test_an_infinite_ratio_is_refused_in_words():
    spared = np.where(GROUP["g"] == 1, NEVER, UPPER)
    with pytest.raises(Undefined, match="monotone likelihood"):
        weibull(GROUP, LOWER, spared)
    at_once = np.where(GROUP["g"] == 1, 0, LOWER)
    with pytest.raises(Undefined, match="monotone likelihood"):
        weibull(GROUP, at_once, np.where(GROUP["g"] == 1, 2, UPPER))
    with pytest.raises(Undefined, match="does not vary"):
        weibull(GROUP * 0, LOWER, UPPER)


def test_intervals_that_hold_the_same_parts_of_time_are_fitted_once():
    rng = np.random.default_rng(4)
    lower = rng.integers(0, 40, 300).astype(float)
    upper = np.where(rng.random(300) < 0.5, lower + rng.integers(1, 9, 300), np.inf)
    together = fit_turnbull(lower, upper)
    opened = np.where(lower < upper, lower + 1e-9 * 47, lower)
    apart = KaplanMeierFitter().fit_interval_censoring(opened, upper, tol=1e-7, max_iter=2000)
    at = [5, 10, 20, 30]
    for curve in ("NPMLE_estimate_upper", "NPMLE_estimate_lower"):
        one, other = (fit.survival_function_[curve].reindex(at, method="ffill") for fit in (together, apart))
        np.testing.assert_allclose(one, other, atol=1e-6)
    assert turnbull(lower, upper, [45])["survival"].item() == pytest.approx(0, abs=1e-9)
