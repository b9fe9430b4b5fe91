"""Curves read off a figure: the data that are known come back, and the text is held against them."""

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.statistics import logrank_test
from paper_of import DECLARED, text

from oligomet.audit.claims_reader import read_claims
from oligomet.audit.consistency import run_checks
from oligomet.audit.curves import Curve, reconstruct
from oligomet.declarations import ConfigurationError


def drawn(seed=1, n=150):
    """Two arms whose data are known."""
    rng = np.random.default_rng(seed)
    death = np.concatenate([rng.exponential(40, n), rng.exponential(22, n)])
    end = rng.uniform(20, 70, 2 * n)
    return np.minimum(death, end), (death <= end).astype(int), np.repeat(["A", "B"], n)


def read_off(months, event, every=12, step=0.5):
    """What somebody reads off the figure: the curve at every half month, in tenths of a percent; numbers at risk."""
    fitted = KaplanMeierFitter().fit(months, event)
    grid = np.unique([*np.arange(0, months.max(), step), months.max()])
    percent = (100 * fitted.survival_function_at_times(grid).to_numpy()).round(1)
    risk = np.arange(0, months.max(), every)
    return Curve(tuple(grid), tuple(percent), tuple(risk), tuple(int((months >= time).sum()) for time in risk))


def log_ratio(months, event, arm):
    frame = pd.DataFrame({"months": months, "event": event, "first": (arm == "A").astype(int)})
    return CoxPHFitter().fit(frame, "months", "event").params_["first"]


@pytest.mark.parametrize("seed", range(5))
def test_known_data_come_back(seed):
    months, event, arm = drawn(seed)
    found = {level: reconstruct(read_off(months[arm == level], event[arm == level])) for level in "AB"}
    for level, (time, happened) in found.items():
        here = arm == level
        assert len(time) == here.sum()
        assert happened.sum() == pytest.approx(event[here].sum(), abs=6)
        known, again = (KaplanMeierFitter().fit(*data) for data in ((months[here], event[here]), (time, happened)))
        assert again.median_survival_time_ == pytest.approx(known.median_survival_time_, abs=1.0)
        at = [12, 24, 36]
        difference = again.survival_function_at_times(at) - known.survival_function_at_times(at)
        assert np.abs(difference.to_numpy()).max() < 0.015
    time, happened = (np.concatenate([found[level][n] for level in "AB"]) for n in (0, 1))
    group = np.repeat(["A", "B"], [len(found[level][0]) for level in "AB"])
    assert log_ratio(time, happened, group) == pytest.approx(log_ratio(months, event, arm), abs=0.05)
    tests = [
        logrank_test(t[g == "A"], t[g == "B"], e[g == "A"], e[g == "B"]).test_statistic ** 0.5
        for t, e, g in ((months, event, arm), (time, happened, group))
    ]
    assert tests[0] == pytest.approx(tests[1], abs=0.4)


def test_the_number_of_events_is_met_if_it_is_known():
    months, event, arm = drawn()
    curve = read_off(months[arm == "B"], event[arm == "B"])
    for events in (event[arm == "B"].sum() - 3, event[arm == "B"].sum()):
        time, happened = reconstruct(curve, int(events))
        assert happened.sum() == pytest.approx(events, abs=3)
        assert len(time) == 150


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.floats(0, 120), st.floats(0, 100)), min_size=1, max_size=30),
    st.lists(st.tuples(st.floats(0, 120), st.integers(0, 300)), max_size=6),
    st.integers(1, 300),
    st.none() | st.integers(0, 400),
)
def test_whatever_is_read_off_nobody_is_lost_or_made_up(points, risks, first, events):
    points, risks = sorted(points), [(0.0, first), *sorted(risk for risk in risks if risk[0] > 0)]
    curve = Curve(*zip(*points, strict=True), *zip(*risks, strict=True))
    months, happened = reconstruct(curve, events)
    assert len(months) == len(happened) == first
    assert set(happened) <= {0, 1}
    assert (np.diff(months) >= 0).all()


def write(folder, entries, seed=1):
    """A paper with its two curves as files beside it."""
    months, event, arm = drawn(seed)
    (folder / "curves").mkdir()
    for level in "AB":
        curve = read_off(months[arm == level], event[arm == level])
        points = pd.DataFrame({"months": curve.months, "percent": curve.percent})
        risk = pd.DataFrame({"months": curve.risk_months, "at_risk": curve.at_risk})
        pd.concat([points, risk]).to_csv(folder / "curves" / f"{level}.csv", index=False)
    curves = [{"endpoint": "OS", "of": {"arm": level}, "file": f"{level}.csv"} for level in "AB"]
    claims = {"text": [text({"row": n, **entry}) for n, entry in enumerate(entries)]}
    (folder / "claims.yaml").write_text(yaml.safe_dump({**DECLARED, "curves": curves, "claims": claims}), "utf-8")
    return folder / "claims.yaml"


def stated(ratio, p, rate, median, n=150):
    contrast = {"factor": "arm", "level": "A", "reference": "B"}
    return [
        {"of": {"arm": "A"}, "count": n},
        {"endpoint": "OS", "of": {"arm": "A"}, "rate": {24: rate}, "median": median},
        {"endpoint": "OS", "contrast": contrast, "model": "univariable", "hazard_ratio": ratio},
        {"endpoint": "OS", "factor": "arm", "test": "log-rank", "p_value": p},
    ]


def severities(path):
    findings = run_checks(read_claims(path))
    here = findings[findings["check"].str.startswith("curves_and")]
    return here.set_index("claims")["severity"].to_dict()


def test_the_text_is_held_against_the_figure(tmp_path):
    months, event, arm = drawn()
    ratio = f"{np.exp(log_ratio(months, event, arm)):.2f}"
    fitted = KaplanMeierFitter().fit(months[arm == "A"], event[arm == "A"])
    rate, median = f"{100 * fitted.predict(24):.1f}", f"{fitted.median_survival_time_:.1f}"
    (tmp_path / "true").mkdir()
    assert set(severities(write(tmp_path / "true", stated(ratio, "< 0.001", rate, median))).values()) == {"sound"}
    (tmp_path / "false").mkdir()
    wrong = stated("0.85", "0.04", f"{float(rate) - 8:.1f}", f"{float(median) + 8:.1f}", 140)
    found = severities(write(tmp_path / "false", wrong))
    assert set(found.values()) == {"inconsistent"}
    assert len(found) == 5  # how many there are, rate, median, hazard ratio, test


def test_a_curve_that_is_none_is_told_with_its_row(tmp_path):
    path = write(tmp_path, stated("0.50", "0.01", 50, 30))
    (tmp_path / "curves" / "A.csv").write_text("months,percent,at_risk\n0,100,150\n6,a half,\n12,120,\n", "utf-8")
    (tmp_path / "curves" / "B.csv").unlink()
    with pytest.raises(ConfigurationError) as problems:
        read_claims(path)
    said = str(problems.value)
    assert "A.csv, row 3: months '6', percent 'a half' is no point of a curve" in said
    assert "A.csv, row 4: months '12', percent '120' is no point of a curve" in said
    assert "B.csv is not there" in said
