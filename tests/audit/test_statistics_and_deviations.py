"""Test statistics and standard deviations as papers print them."""

import itertools

import numpy as np
import pytest
from paper_of import found, paper, verdicts

from oligomet.audit.checks.statistics_and_deviations import p_of, whole_numbers_have, widest_sd
from oligomet.audit.printed import Interval, as_printed, read_number
from oligomet.declarations import ConfigurationError

BY_R = {  # R 4.2: 2 * pt(-2.2, 28); pf(3.12, 2, 56, lower = FALSE); pchisq(...); 2 * pnorm(-1.96); r as t(22)
    ("t", 2.2, (28,)): 0.0362254847788, ("F", 3.12, (2, 56)): 0.0519178147751,
    ("chi2", 6.63, (1,)): 0.0100275264463, ("z", -1.96, ()): 0.0499957902964,
    ("r", 0.42, (22,)): 0.0410196000141, ("Q", 12.4, (5,)): 0.0296994592035,
}  # fmt: skip


@pytest.mark.parametrize(("test", "statistic", "df"), BY_R)
def test_p_values_are_those_of_r(test, statistic, df):
    assert p_of(test, statistic, df) == pytest.approx(BY_R[test, statistic, df], rel=1e-9)


def with_test(test, statistic, p, *df):
    entry = {"of": "patients", "factor": "arm", "test": test, "statistic": statistic, "p_value": p}
    return paper({**entry, "df": df} if df else entry)


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        (with_test("t", "2.20", "0.04", 28), "sound"),
        (with_test("t", "-2.20", "0.036", 28), "sound"),
        (with_test("t", "2.20", "0.03", 28), "slip"),  # 0.036: the third decimal cut off
        (with_test("t", "2.20", "0.0181", 28), "ambiguous"),  # one-sided
        (with_test("F", "3.12", "0.05", 2, 56), "sound"),
        (with_test("F", "3.12", "< 0.01", 2, 56), "inconsistent"),
        (with_test("chi2", "6.63", "0.01", 1), "sound"),
        (with_test("chi2", "2.20", "0.04", 1), "inconsistent"),
        (with_test("z", "1.96", "0.05"), "sound"),
        (with_test("z", "1.96", "0.50"), "inconsistent"),
        (with_test("r", "0.42", "0.041", 22), "sound"),
        (with_test("Q", "12.4", "0.03", 5), "sound"),
    ],
)
def test_a_p_value_is_held_against_its_statistic(claims, expected):
    assert verdicts(claims, "test_statistics") == [expected]


def test_a_changed_decision_is_said():
    says = found(with_test("chi2", "2.20", "0.04", 1), "test_statistics").iloc[0]["says"]
    assert says == "chi2(1) = 2.20 has a p of 0.1376 to 0.1385, not 0.04: that changes the decision at 0.05."
    says = found(with_test("chi2", "9.20", "0.04", 1), "test_statistics").iloc[0]["says"]
    assert "decision" not in says


def test_a_statistic_needs_its_test_and_degrees_of_freedom():
    with pytest.raises(ConfigurationError, match="statistic needs a test, one of t, F, r"):
        with_test("u", "2.2", "0.04")
    with pytest.raises(ConfigurationError, match="F needs df, a list of 2 above 0"):
        with_test("F", "2.2", "0.04", 28)


def test_a_standard_deviation_within_range_and_mean():
    ages = [{"of": "patients", "count": 142}, {"variable": "age", "mean": 56, "minimum": 21, "maximum": 79}]
    assert widest_sd(Interval(56, 56), 21, 79, 142) == pytest.approx(28.47, abs=0.02)
    assert verdicts(paper(*ages, {"variable": "age", "sd": 11.2}), "standard_deviations")[0] == "sound"
    assert verdicts(paper(*ages, {"variable": "age", "sd": 31}), "standard_deviations")[0] == "impossible"


def test_what_whole_numbers_have_is_what_some_sample_has():
    samples = itertools.combinations_with_replacement(range(1, 6), 5)
    had = {(as_printed(np.mean(s), 2), as_printed(np.std(s, ddof=1), 2)) for s in samples}
    for mean, sd in had:
        assert whole_numbers_have(read_number(mean).interval, read_number(sd).interval, 5)
    never = [(m, f"{s / 100:.2f}") for m, s in itertools.product({mean for mean, _ in had}, range(20, 160))]
    refused = [each for each in never if not whole_numbers_have(*(read_number(x).interval for x in each), 5)]
    assert len(refused) > 1000
    assert not had & set(refused)
