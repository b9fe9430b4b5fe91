import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper_of import DECLARED, found, paper, text, verdicts

from oligomet.audit.checks.rates_against_results import fewest_patients, interval_hazard_ratios, landmark_z
from oligomet.audit.checks.single_rates import can_be_median, mean_within
from oligomet.audit.claims_reader import parse_claims
from oligomet.audit.mixtures import Part, least_gap, mixture, pooling_error
from oligomet.audit.printed import Interval

PATIENTS = {"of": "patients", "count": 142}
ARMS = {"of": "patients", "by": "arm", "count": {"A": 67, "B": 75}}
CALENDAR = (
    {"setting": "accrual_start", "date": "2013-01-01"},
    {"setting": "accrual_end", "date": "2020-12-30"},
    {"setting": "data_cut", "date": "2021-12-30"},
)


def rates(whole: dict, a: dict, b: dict, **more):
    return (
        {"endpoint": "OS", "rate": whole},
        {"endpoint": "OS", "of": {"arm": "A"}, "rate": a, **more},
        {"endpoint": "OS", "of": {"arm": "B"}, "rate": b, **more},
    )


def check(*entries):
    return paper(PATIENTS, ARMS, *CALENDAR, *entries)


def test_a_cohort_between_its_groups():
    right = check(*rates({12: 66.9, 24: 50.1}, {12: 67.2, 24: 58.1}, {12: 66.7, 24: 42.9}))
    assert verdicts(right, "whole_and_groups") == ["sound"]
    above = check(*rates({12: 66.9, 24: 52.6}, {12: 67.2, 24: 58.1}, {12: 66.7, 24: 42.9}))
    assert verdicts(above, "whole_and_groups") == ["inconsistent"]
    outside = check(*rates({12: 66.9, 24: 60.0}, {12: 67.2, 24: 58.1}, {12: 66.7, 24: 42.9}))
    assert verdicts(outside, "whole_and_groups") == ["impossible"]


def test_groups_swapped_against_their_sizes():
    patients = {"of": "patients", "by": "arm", "count": {"A": 20, "B": 122}}
    claims = paper(
        PATIENTS, patients, *CALENDAR, *rates({12: 80.0, 24: 51.9}, {12: 60.0, 24: 32.2}, {12: 83.3, 24: 55.2})
    )
    assert verdicts(claims, "whole_and_groups") == ["sound"]
    claims = paper(
        PATIENTS, patients, *CALENDAR, *rates({12: 80.0, 24: 51.9}, {12: 83.3, 24: 55.2}, {12: 60.0, 24: 32.2})
    )
    assert found(claims, "whole_and_groups")["repair"].tolist() == ["the labels of the two groups swapped"]


def test_survival_from_one_time_to_the_next_lies_between_the_groups():
    claims = check(*rates({12: 67.0, 24: 60.0}, {12: 67.2, 24: 50.0}, {12: 66.7, 24: 50.0}))
    assert "impossible" in verdicts(claims, "conditional_survival")


def test_survival_does_not_rise():
    assert verdicts(paper({"endpoint": "OS", "rate": {12: 60, 24: 65}}), "monotony") == ["impossible"]
    assert verdicts(paper({"endpoint": "OS", "rate": {12: 60, 24: 60.4}}), "monotony") == ["sound"]  # 60 may be 60.4


def test_an_endpoint_with_more_events_is_not_better():
    entries = [PATIENTS, {"endpoint": "PFS", "rate": {12: 80}}, {"endpoint": "LRFS", "rate": {12: 40}}]
    assert verdicts(paper(*entries), "endpoints") == ["inconsistent"]


@pytest.mark.parametrize(("pfs", "verdict"), [(64, "inconsistent"), (44, "sound")])
def test_nor_is_it_in_a_group(pfs, verdict):
    group, size = {"of": {"arm": "A"}}, {"of": {"arm": "A"}, "count": 33}
    rates = {**group, "endpoint": "PFS", "rate": {60: pfs}}, {**group, "endpoint": "LRFS", "rate": {60: 42}}
    assert verdicts(paper(size, *rates), "endpoints") == [verdict]
    medians = {**group, "endpoint": "PFS", "median": pfs}, {**group, "endpoint": "LRFS", "median": 42}
    assert verdicts(paper(*medians), "medians_of_endpoints") == [verdict]


def test_medians_against_rates():
    assert verdicts(paper({"endpoint": "PFS", "median": 11, "rate": {12: 40.5}}), "medians_and_rates") == ["sound"]
    assert verdicts(paper({"endpoint": "PFS", "median": 14, "rate": {12: 40.5}}), "medians_and_rates") == ["impossible"]


def test_local_control_against_the_lesions_already_progressing():
    known = (
        PATIENTS, {"of": "lesions", "count": 189},
        {"of": "evaluable", "by": "response", "count": {"PD": 80, "total": 179}},
        {"variable": "assessed", "minimum": 1, "maximum": 3}, {"of": "patients", "by": "count", "count": {"3-5": 24}},
    )  # fmt: skip
    assert verdicts(paper(*known, {"endpoint": "LRFS", "rate": {12: 69.7}}), "progressing_lesions") == ["sound"]
    named = found(paper(*known, {"endpoint": "LC", "rate": {12: 69.7}}), "progressing_lesions").iloc[0]
    assert (named["severity"], named["repair"]) == ("ambiguous", "the rate per patient")
    assert verdicts(paper(*known, {"endpoint": "LRFS", "rate": {12: 84.9}}), "progressing_lesions") == ["impossible"]


def test_the_fewest_patients_who_can_have_so_many_lesions():
    assert fewest_patients(80, 142, 189, 5) == 33
    assert fewest_patients(3, 3, 3, 5) == 3
    assert fewest_patients(4, 2, 5, 3) == 2


@settings(max_examples=60)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=12), st.data())
def test_no_real_cohort_has_fewer_such_patients(lesions, data):
    affected = [data.draw(st.integers(0, n)) for n in lesions]
    assert fewest_patients(sum(affected), len(lesions), sum(lesions), 4) <= sum(n > 0 for n in affected)


def test_rates_that_stand_alone_are_read():
    known = rates({12: 67.1, 24: 50.1, 60: 30.3}, {12: 67.2, 24: 58.1, 60: 44.6}, {12: 66.7, 24: 42.9, 60: 20.6})

    def alone(a, b, **more):
        table = [
            {"endpoint": "OS", "of": {"arm": "A"}, "rate": a, **more},
            {"endpoint": "OS", "of": {"arm": "B"}, "rate": b, **more},
        ]
        entries = {"text": [PATIENTS, ARMS, *CALENDAR, *known], "table": table}
        return found(paper(**entries), "readings").iloc[0]

    assert alone(58.1, 42.9, time=24)["severity"] == "sound"
    between = alone(60.0, 50.0, time=60)
    assert (between["severity"], between["repair"]) == ("inconsistent", "read as rates between 12 and 24 months")
    assert alone(60.0, 50.0)["severity"] == "ambiguous"
    assert alone(72.29, 41.79, time=60)["severity"] == "impossible"
    assert alone(40.0, 20.0, time=60)["repair"].endswith("or medians in months")  # S = 0.5 from 24 to 60, 12 to 24


def test_one_column_of_one_time():
    def column(arm_a, arm_b):
        shown = {"arm": (arm_a, arm_b), "age": (53.0, 47.9), "since": (45.0, 53.0)}
        counts = (
            {"age": {"< 60": 91, "≥ 60": 51}, "since": {"< 6": 35, "≥ 6": 107}, "arm": {"A": 20, "B": 122}}
        ).items()
        sizes = [{"of": "patients", "by": factor, "count": levels} for factor, levels in counts]
        table = [
            {"endpoint": "OS", "time": 24, "of": {factor: level}, "rate": rate}
            for factor, values in shown.items()
            for level, rate in zip(dict(counts)[factor], values, strict=True)
        ]
        return found(paper(text=[PATIENTS, *sizes, *CALENDAR], table=table), "one_column").set_index("about")

    assert column(32.2, 54.2)["severity"].tolist() == ["sound"] * 3
    swapped = column(54.2, 32.2).loc["Overall survival, Arm"]
    assert swapped["severity"] == "inconsistent"
    assert swapped["repair"].startswith("the labels of the two groups swapped")


def test_means_and_medians_that_rates_bound():
    curve = {12.0: Interval(60, 60), 24.0: Interval(40, 40)}
    mean = mean_within(curve, 60)
    assert mean.holds(0.6 * 12 + 0.4 * 12 + 0.2 * 36)
    assert (mean.low, mean.high) == (pytest.approx(12.0), pytest.approx(12 + 7.2 + 14.4))
    assert can_be_median(Interval(18, 18), curve)
    assert not can_be_median(Interval(10, 10), curve)


def test_hazard_ratio_of_the_order_of_the_rates():
    contrast = {"factor": "arm", "level": "A", "reference": "B"}
    curves = rates({12: 70.0, 24: 50.1}, {12: 80.0, 24: 65.0}, {12: 60.0, 24: 35.0})
    ratio = {"endpoint": "OS", "contrast": contrast, "hazard_ratio": 0.42, "low": 0.28, "high": 0.63}
    assert verdicts(check(*curves, ratio), "hazard_ratio_and_rates") == ["sound"]
    wrong = {**ratio, "hazard_ratio": 2.38, "low": 1.59, "high": 3.57}
    assert found(check(*curves, wrong), "hazard_ratio_and_rates")["repair"].tolist() == [
        "the two groups the other way round"
    ]
    assert interval_hazard_ratios([0.8, 0.65], [0.6, 0.35])[0] == pytest.approx(math.log(0.8) / math.log(0.6))


def test_rates_far_apart_and_a_test_that_sees_nothing():
    curves = (
        {"endpoint": "OS", "of": {"arm": "A"}, "rate": 81.4},
        {"endpoint": "OS", "of": {"arm": "B"}, "rate": 29.0},
    )
    test = {"endpoint": "OS", "factor": "arm", "p_value": 0.07}
    assert verdicts(check(*curves, test), "rates_and_logrank") == ["inconsistent"]
    near = ({**curves[0], "rate": 60.0}, {**curves[1], "rate": 52.0})
    assert verdicts(check(*near, test), "rates_and_logrank") == ["sound"]
    assert landmark_z(0.5, 0.5, 30, 30) == 0


def test_times_against_the_calendar():
    assert verdicts(paper(*CALENDAR, {"endpoint": "PFS", "maximum": 99}), "follow_up") == ["sound"]
    assert verdicts(paper(*CALENDAR, {"endpoint": "PFS", "maximum": 120}), "follow_up") == ["impossible"]
    declared = {
        **DECLARED["variables"],
        "span": {"says": "Span", "of": "patients", "measure": "years", "follow_up": "true"},
    }
    for years, verdict in ((8, "sound"), (12, "impossible")):
        entries = [
            text({"row": n, **each}) for n, each in enumerate((*CALENDAR, {"variable": "span", "maximum": years}))
        ]
        claims = parse_claims({**DECLARED, "variables": declared, "claims": {"text": entries}})
        assert verdicts(claims, "follow_up") == [verdict]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_a_real_mixture_leaves_no_gap(seed, known):
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.ones(3))
    curves = np.sort(rng.uniform(0, 100, (3, 3)), axis=1)[:, ::-1]
    whole = shares @ curves
    parts = [
        Part(Interval(s, s) if known else Interval(0, 1), tuple(Interval(r, r) for r in curve))
        for s, curve in zip(shares, curves, strict=True)
    ]
    assert least_gap([Interval(w, w) for w in whole], parts) == pytest.approx(0, abs=1e-5)
    assert mixture(parts, 1).holds(whole[1])
    higher = curves.max() + 5
    assert least_gap([Interval(higher, higher)], parts) >= 5 - 1e-6


def test_without_censoring_there_is_no_chance():
    assert pooling_error([0.5, 0.5], [80, 40], 100, 1.0) == 0
    assert pooling_error([0.5, 0.5], [80, 40], 100, 0.5) > pooling_error([0.5, 0.5], [80, 40], 400, 0.5)
