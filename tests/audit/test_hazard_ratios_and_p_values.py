import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paper_of import found, paper, verdicts

from oligomet.audit.checks.hazard_ratios_and_p_values import (
    fewest_events,
    geometric_middle,
    spread_of_nested,
    standard_error,
    wald_p,
)
from oligomet.audit.printed import Interval, read_number
from oligomet.estimates.methods.cox import cox
from oligomet.estimates.methods.inference import Undefined


def model(ratio="0.598", low="0.405", high="0.884", p="0.010", **more):
    contrast = {"factor": "arm", "level": "A", "reference": "B"}
    return {
        "endpoint": "OS",
        "contrast": contrast,
        "hazard_ratio": ratio,
        "low": low,
        "high": high,
        "p_value": p,
        **more,
    }


def test_p_follows_from_estimate_and_interval():
    assert verdicts(paper(model()), "wald_p") == ["sound"]
    wrong = found(paper(model(ratio="0.466", low="0.308", high="0.707", p="0.001")), "wald_p").iloc[0]
    assert (wrong["severity"], wrong["repair"]) == ("slip", "p < 0.001 in place of 0.001")
    assert verdicts(paper(model(p="0.100")), "wald_p") == ["inconsistent"]


def test_a_wrong_estimate_is_found_by_the_p_that_its_interval_has():
    wrong = found(paper(model(ratio="1.6", low="0.610", high="2.205", p="0.6503")), "wald_p").iloc[0]
    assert wrong["repair"] == "1.160 in place of 1.6, in the middle of the interval"
    assert wrong["claims"].endswith("hazard-ratio")


def test_the_p_of_a_margin_is_not_that_of_no_difference():
    apart = model(ratio="0.85", low="0.71", high="1.03", p="< 0.001")
    assert verdicts(paper(apart), "wald_p") == ["inconsistent"]
    assert verdicts(paper({**apart, "test": "non-inferiority"}), "wald_p") == []


def test_ratios_of_two_groups_in_one_row_are_two():
    rows = [{**model(), "row": 1, "of": {"age": level}} for level in ("< 60", "≥ 60")]
    assert verdicts(paper(*rows), "wald_p") == ["sound", "sound"]
    sizes = [{"of": {"arm": arm, "age": "< 60"}, "count": 12} for arm in "AB"]
    few = paper({"of": {"age": "< 60"}, "count": 24}, *sizes, {**model(), "of": {"age": "< 60"}})
    assert verdicts(few, "events") == ["impossible"]  # 24 patients, where 101 events would be needed


def test_the_estimate_is_the_geometric_middle():
    assert verdicts(paper(model()), "geometric_middle") == ["sound"]
    assert verdicts(paper(model(ratio="0.597")), "geometric_middle") == ["slip"]  # off by the last digit only
    assert verdicts(paper(model(ratio="0.645")), "geometric_middle") == ["inconsistent"]  # the arithmetic middle
    assert verdicts(paper(model(ratio="0.900")), "geometric_middle") == ["impossible"]


def test_an_interval_too_narrow_for_the_patients():
    rate = {"endpoint": "OS", "rate": {60: 30.3}}
    patients = {"of": "patients", "count": 142}
    wide = paper(patients, rate, model(low="0.350", high="1.022", window=60))
    assert verdicts(wide, "events") == ["sound"]
    narrow = found(paper(patients, rate, {"of": "lesions", "count": 189}, model(window=60)), "events").iloc[0]
    assert (narrow["severity"], narrow["size"]) == ("inconsistent", 2)  # 101 events, where 99 are possible
    assert "a row for each of the lesions (131 events possible)" in narrow["repair"]
    assert verdicts(paper(patients, rate, model()), "events") == ["sound"]  # no window: all 142 may have died


def test_nested_factors_in_one_model_need_more_events():
    response = {"of": "evaluable", "by": "response", "count": {"CR": 22, "PR": 39, "SD": 38, "PD": 80, "total": 179}}

    def of(factor, ratio, low, high):
        contrast = {"factor": factor, "level": "yes", "reference": "no"}
        return {
            "endpoint": "OS",
            "model": "multivariable",
            "contrast": contrast,
            "hazard_ratio": ratio,
            "low": low,
            "high": high,
        }

    narrow = paper(response, of("control", 0.640, 0.448, 0.918), of("objective", 0.466, 0.308, 0.707))
    (finding,) = found(narrow, "events_of_adjusted").to_dict("records")
    assert (finding["severity"], finding["repair"]) == ("inconsistent", "each factor in a model of its own")
    wide = paper(response, of("control", 0.640, 0.300, 1.365), of("objective", 0.466, 0.308, 0.707))
    assert verdicts(wide, "events_of_adjusted") == ["sound"]


def test_called_significant():
    level = {"setting": "significance_level", "value": 0.05}
    entry = {"endpoint": "OS", "factor": "arm", "p_value": "0.07", "called": "significant"}
    assert verdicts(paper(level, entry), "significance") == ["inconsistent"]
    assert verdicts(paper(level, {**entry, "p_value": "0.05"}), "significance") == ["sound"]  # may be 0.049
    assert verdicts(paper(level, model(low="0.9", high="1.1", ratio="1.0", p="0.01")), "significance") == [
        "inconsistent"
    ]


def test_the_spread_that_a_nested_factor_leaves():
    # 22 + 39 responders, 38 stable, 80 progressing: among the other 118 the variance of 'stable' is 38 * 80 / 118^2
    assert spread_of_nested(99 / 179, 61 / 179) == pytest.approx(118 / 179 * 38 * 80 / 118**2)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["breslow", "efron"]))
def test_no_cox_model_is_more_precise_than_its_events_allow(seed, ties):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(10, 60))
    x = pd.DataFrame({"a": rng.integers(0, 2, n), "b": rng.integers(0, 2, n)}).astype(float)
    time, event = rng.integers(1, 15, n), rng.integers(0, 2, n)
    try:
        fit = cox(x, time, event, ties=ties)
    except Undefined:
        return
    assert event.sum() >= fewest_events(fit.table.loc["a", "std_error"]) - 1e-6
    row = fit.table.loc["a"]
    if row["conf_low"] < 0.01 or row["conf_high"] > 100:
        return
    ratio, low, high = (read_number(f"{row[name]:.3f}").interval for name in ("estimate", "conf_low", "conf_high"))
    assert geometric_middle(low, high).meets(ratio)
    assert wald_p(ratio, low, high).holds(row["p_value"])
    assert standard_error(low, high).holds(row["std_error"])


def test_exact_values_are_their_own_interval():
    at = Interval(math.exp(-0.5), math.exp(-0.5))
    assert geometric_middle(Interval(math.exp(-1), math.exp(-1)), Interval(1, 1)).meets(at)
