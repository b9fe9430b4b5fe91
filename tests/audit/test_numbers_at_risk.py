"""Numbers at risk, numbers of events, and medians that were not reached."""

import pytest
from paper_of import found, paper, verdicts

ALL = {"of": "patients", "count": 100}
RATES = {"endpoint": "OS", "rate": {12: 70, 24: 55}}


@pytest.mark.parametrize(
    ("at_risk", "verdict"),
    [
        ({0: 100, 12: 60, 24: 30}, {"sound"}),
        ({0: 100, 12: 40, 24: 41}, {"sound", "impossible"}),  # rises
        ({0: 100, 12: 80, 24: 30}, {"sound", "inconsistent"}),  # 80 still followed: the curve is at 80% or above
        ({0: 99, 12: 60, 24: 30}, {"sound", "inconsistent"}),
    ],
)
def test_numbers_at_risk_fall_and_leave_the_curve_above_their_share(at_risk, verdict):
    assert set(verdicts(paper(ALL, RATES, {"endpoint": "OS", "at_risk": at_risk}), "numbers_at_risk")) == verdict


@pytest.mark.parametrize(
    ("events", "verdict"), [(45, {"sound"}), (101, {"impossible", "inconsistent"}), (80, {"sound", "inconsistent"})]
)
def test_events_are_of_their_subjects_and_lower_the_curve(events, verdict):
    of = paper(ALL, RATES, {"endpoint": "OS", "events": events, "at_risk": {24: 30}})
    assert set(verdicts(of, "numbers_of_events")) == verdict


def test_events_of_groups_are_those_of_all():
    groups = [{"endpoint": "OS", "of": {"arm": level}, "events": n} for level, n in (("A", 30), ("B", 19))]
    assert verdicts(paper(ALL, {"endpoint": "OS", "events": 49}, *groups), "numbers_of_events")[-1] == "sound"
    assert verdicts(paper(ALL, {"endpoint": "OS", "events": 45}, *groups), "numbers_of_events")[0] == "impossible"


def test_an_interval_cannot_be_of_more_events_than_are_counted():
    ratio = {"endpoint": "OS", "contrast": {"factor": "arm", "level": "A", "reference": "B"}, "hazard_ratio": "0.66"}
    trial = [{"of": "patients", "count": 245}, {"of": {"arm": "A"}, "count": 122}, {"of": {"arm": "B"}, "count": 123}]
    few = {"endpoint": "OS", "events": 110}
    wide, narrow = ({**ratio, "low": low, "high": high} for low, high in (("0.45", "0.97"), ("0.50", "0.87")))
    assert verdicts(paper(*trial, few, wide), "events") == ["sound"]
    assert verdicts(paper(*trial, narrow), "events") == ["sound"]  # if all had events it could be
    assert verdicts(paper(*trial, few, narrow), "events") == ["impossible"]
    arms = [{"endpoint": "OS", "of": {"arm": "A"}, "events": 20}, {"endpoint": "OS", "of": {"arm": "B"}, "events": 180}]
    said = found(paper(*trial, {"endpoint": "OS", "events": 200}, *arms, narrow), "events")
    assert said["severity"].tolist() == ["impossible"]
    assert "with groups of 20 and 180" in said.loc[0, "says"]


def test_a_median_that_is_not_reached():
    for rate, verdict in ((55, "sound"), (42, "impossible")):
        of = paper({"endpoint": "OS", "rate": {24: rate}, "median": "not reached"})
        assert verdicts(of, "medians_not_reached") == [verdict]
        assert verdicts(of, "announced") == []


def test_not_significant_is_a_p_above_the_level():
    contrast = {"factor": "arm", "level": "A", "reference": "B"}
    ratio = {"endpoint": "OS", "contrast": contrast, "hazard_ratio": "0.60", "low": "0.40", "p_value": "NS"}
    assert verdicts(paper({**ratio, "high": "0.90"}), "wald_p") == ["inconsistent"]
    assert verdicts(paper({**ratio, "high": "0.80", "hazard_ratio": "0.57"}), "wald_p") == ["inconsistent"]
    assert verdicts(paper({**ratio, "low": "0.30", "high": "1.20"}), "wald_p") == ["sound"]
