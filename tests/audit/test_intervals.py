"""Intervals of rates, percentages, means and medians; standard errors, quartiles, shares of zeros and ones."""

import numpy as np
import pytest
from paper_of import found, paper, verdicts

from oligomet.audit.checks.intervals import narrowest_width
from oligomet.audit.checks.statistics_and_deviations import narrowest_sd, sd_of_share
from oligomet.audit.printed import Interval
from oligomet.declarations import ConfigurationError

PATIENTS = {"of": "patients", "count": 142}


def rate(value, low, high, **more):
    return {"endpoint": "OS", "rate": {24: value}, "low": {24: low}, "high": {24: high}, **more}


@pytest.mark.parametrize(
    ("entry", "check", "verdict"),
    [
        (rate(52.6, 44.2, 60.3), "widths_of_rates", "sound"),
        (rate(52.6, 50.1, 55.1), "widths_of_rates", "inconsistent"),  # takes 1,500 patients
        (rate(52.6, 46.5, 58.7), "widths_of_rates", "inconsistent"),
        (rate(52.6, 46.5, 58.7, confidence=75), "widths_of_rates", "sound"),
        (rate(52.6, 53.0, 60.3), "estimates_and_intervals", "impossible"),
        (rate(52.6, 60.3, 44.2), "estimates_and_intervals", "impossible"),
        ({"endpoint": "OS", "median": 25, "low": 27, "high": 40}, "estimates_and_intervals", "impossible"),
        ({"endpoint": "OS", "median": 41, "low": 26, "high": "not reached"}, "estimates_and_intervals", "sound"),
        ({"of": {"arm": "A"}, "percentage": 47.2, "low": 39, "high": 56}, "widths_of_rates", "sound"),
        ({"of": {"arm": "A"}, "percentage": 47.2, "low": 46, "high": 48}, "widths_of_rates", "inconsistent"),
    ],
)
def test_an_interval_is_around_its_estimate_and_wide_enough(entry, check, verdict):
    assert verdicts(paper(PATIENTS, entry), check) == [verdict]


def test_no_kaplan_meier_interval_is_narrower_than_a_proportions():
    assert narrowest_width(50, 100, 0.95) == pytest.approx(19.23, abs=0.01)  # Wilson's; Wald's is 19.60


MEAN = {"variable": "age", "mean": 56.0, "low": 54.1, "high": 57.9}  # 142 patients with an SD of 11.2


def test_the_interval_of_a_mean():
    sound = paper(PATIENTS, MEAN, {"variable": "age", "sd": 11.2})
    assert verdicts(sound, "intervals_of_means") == ["sound", "sound"]
    error = paper(PATIENTS, MEAN, {"variable": "age", "sd": 0.94})
    findings = found(error, "intervals_of_means")
    assert findings["severity"].tolist() == ["inconsistent", "sound"]
    assert findings.loc[0, "repair"] == "'standard error' in place of 'standard deviation'"
    off = paper(PATIENTS, {**MEAN, "mean": 57.0})
    assert verdicts(off, "intervals_of_means") == ["inconsistent"]


def test_a_standard_error_is_that_of_the_deviation():
    both = {"variable": "age", "sd": 11.2}
    assert verdicts(paper(PATIENTS, {**both, "se": "0.94"}), "standard_errors") == ["sound"]
    exchanged = found(paper(PATIENTS, {**both, "se": "11.2"}), "standard_errors")
    assert exchanged["repair"].tolist() == ["'standard deviation' in place of 'standard error'"]


def test_quartiles_stand_in_order():
    entry = {"variable": "age", "minimum": 21, "q1": 48, "median": 57, "q3": 64, "maximum": 79}
    assert set(verdicts(paper(entry), "quartiles")) == {"sound"}
    assert "impossible" in verdicts(paper({**entry, "q3": 84}), "quartiles")
    assert "impossible" in verdicts(paper({**entry, "q1": 59}), "quartiles")


def test_the_deviation_of_zeros_and_ones_follows_from_their_mean():
    values = np.repeat([1, 0], [10, 30])
    assert sd_of_share(Interval(0.25, 0.25), 40).holds(values.std(ddof=1))
    declared = paper(PATIENTS)
    age = declared.declared.variables["age"].model_copy(update={"binary": True})
    for sd, verdict in (("0.44", "sound"), ("0.30", "impossible")):
        stated = paper({"of": "patients", "count": 40}, {"variable": "age", "mean": "0.25", "sd": sd})
        stated.declared.variables["age"] = age
        assert verdicts(stated, "standard_deviations")[0] == verdict


def test_the_least_deviation_has_all_others_together():
    rng = np.random.default_rng(2)
    for _ in range(200):
        values = rng.integers(1, 20, int(rng.integers(3, 30))).astype(float)
        mean, low, high = values.mean(), values.min(), values.max()
        assert narrowest_sd(Interval(mean, mean), low, high, len(values)) <= values.std(ddof=1) + 1e-9
    assert narrowest_sd(Interval(10, 10), 0, 20, 3) == pytest.approx(10)
    range_ = {"variable": "age", "mean": 50, "minimum": 20, "maximum": 80}
    assert (
        verdicts(paper({"of": "patients", "count": 10}, {**range_, "sd": 6}), "standard_deviations")[0] == "impossible"
    )


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"variable": "age", "mean": 56, "median": 57, "low": 50}, "of which of its estimates"),
        ({"variable": "age", "mean": "not reached"}, "mean cannot be not reached"),
        ({"of": "patients", "count": "NS"}, "count cannot be NS"),
        ({"endpoint": "OS", "at_risk": {"a year": 50}}, "at_risk.a year: not a number of months"),
        ({"endpoint": "OS", "events": "-4"}, "events is -4, and cannot be negative"),
        ({"of": "patients", "odds_ratio": "2.0"}, "odds_ratio needs outcome"),
    ],
)
def test_what_such_an_entry_cannot_be(entry, said):
    with pytest.raises(ConfigurationError, match=said):
        paper(entry)
