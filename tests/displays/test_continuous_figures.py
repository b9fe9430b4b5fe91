"""Curves with their steps, dose and control, the simulation: what is drawn is what the rows say."""

import numpy as np
import pandas as pd
import pytest

from oligomet.displays.continuous import continuous_figure, dose_response_figure
from oligomet.displays.robustness_values import cut_points, dose_response, imputed_values
from oligomet.displays.simulation import simulation_figure
from oligomet.displays.style import figure_bytes
from oligomet.schemas import TABLES, conform
from oligomet.simulation.scenarios import SCENARIOS


def curve(low, high, statistic, ratio, **where):
    at = np.linspace(low, high, 41)
    values = [{"estimate": ratio(x), "conf_low": ratio(x) / 2, "conf_high": ratio(x) * 2} for x in at]
    return [
        {**where, **value, "statistic": statistic, "level": f"{x:.3f}", "n": place % 7, "method": "invented"}
        for place, (x, value) in enumerate(zip(at, values, strict=True))
    ]


@pytest.fixture(scope="module")
def rows(study):
    """Rows of every factor but age, which is said to be undefined."""
    found = []
    for endpoint, names in study.robustness.continuous.items():
        for name in names:
            where = {"endpoint": endpoint, "unit": "patient", "population": "all", "factor": name}
            test = {**where, "analysis": "continuous", "method": "invented", "n": 130, "events": 70}
            if name == "age":
                found.append({**test, "level": "spline", "statistic": "likelihood_ratio", "reason": "no events"})
                continue
            for form in ("linear", "spline", "cut"):
                found += curve(1, 9, f"{form}_hazard_ratio", lambda x: x / 4, **where, analysis="continuous_curve")
                found.append({**test, "level": form, "statistic": "likelihood_ratio", "p_value": 0.0432})
                found.append({**test, "level": form, "statistic": "aic", "estimate": 801.26})
            found.append({**test, "level": "spline", "statistic": "non_linearity", "p_value": 0.5})
            found.append({**test, "level": "cut", "statistic": "left_out", "p_value": 0.25})
            found.append({**test, "level": "cut", "statistic": "lost_subjects", "estimate": 79.4})
    declared = study.robustness.dose_response
    where = {"endpoint": declared.endpoint, "unit": "lesion", "population": "all", "factor": declared.factor}
    ratio = {
        "estimate": 0.8,
        "conf_low": 0.6,
        "conf_high": 1.1,
        "p_value": 0.2,
        "n": 179,
        "events": 107,
        "method": "invented",
    }
    for how in ("unadjusted", "adjusted", "stratified"):
        for statistic in ("hazard_ratio", "e_value", "e_value_limit"):
            found.append(
                {**where, **ratio, "analysis": f"dose_response_{how}", "level": "per 10 Gy", "statistic": statistic}
            )
    for how in ("unadjusted", "adjusted"):
        about = {**where, "analysis": "dose_response_curve"}
        found += curve(45, 80, f"{how}_hazard_ratio", lambda x: 68 / x, **about)
    for dose in (55, 66, 70, 78):
        at = {**where, "analysis": "dose_response_quarters", "statistic": "survival", "level": f"{dose:.3f}"}
        found.append({**at, **ratio, "p_value": None, "time_months": study.analyses.rates_at_months[0]})
    for population, n in (("complete", 132), ("imputed", 142)):
        one = {"analysis": "imputation_univariable", "endpoint": "LRFS", "unit": "patient", "population": population}
        one |= {"factor": "gtv", "level": "< 3 vs ≥ 3"}
        found.append({**one, **ratio, "statistic": "hazard_ratio", "n": n})
    found.append({**one, "statistic": "missing_information", "estimate": 0.131, "n": 142, "method": "invented"})
    return conform(pd.DataFrame(found), TABLES["estimates"])


def words(axes):
    return [text.get_text() for text in axes.texts]


def test_a_panel_has_curve_line_and_step_or_the_reason(rows, study):
    figure = continuous_figure(rows, study, "Continuous factors")
    panels = [axes for axes in figure.axes if axes.get_xlabel()]
    assert len(panels) == sum(len(names) for names in study.robustness.continuous.values())
    empty = [axes for axes in panels if "no events" in words(axes)]
    assert [axes.get_xlabel() for axes in empty] == ["Age (years)"] * 2
    drawn = panels[1]
    assert len(drawn.lines) == 4  # three forms and the line of no effect
    assert {"spline p = 0.043", "curvature p = 0.500"} <= set(words(drawn))
    assert drawn.get_xlabel() == "Time since last treatment (months)"


def test_dose_and_control_in_points_and_curves(rows, study):
    left, right, *_ = dose_response_figure(rows, study, "Dose").axes
    assert words(left) == ["n = 179"] * 4
    assert words(right) == ["unadjusted: 0.80 (0.60–1.10) per 10 Gy", "adjusted: 0.80 (0.60–1.10) per 10 Gy"]


def test_tables_say_what_the_rows_say(rows, study):
    cut = cut_points(rows, study).frame
    assert set(cut.loc[cut["factor"] == "Age (years)", "lost"]) == {"no events"}
    assert set(cut.loc[cut["factor"] == "BED10 (Gy)", "lost"]) == {"79 of 130"}
    missing = imputed_values(rows, study).frame.iloc[0]
    assert (missing["n_complete"], missing["n_imputed"], missing["missing"]) == (132, 142, "13.1")
    assert list(dose_response(rows, study).frame["ratio"]) == ["0.80 (0.60–1.10)"] * 3


@pytest.fixture(scope="module")
def performance():
    """What a simulation might find, in every scenario."""
    factors = ("factor of the lesion", "factor of the patient")
    tests = ("Cox, naive", "Cox, clustered", "log-rank, naive", "log-rank, clustered")
    cells = [("type-I error", factor, test, 0.05) for factor in factors for test in tests]
    cells += [("coverage", factor, test, 0.95) for factor in factors for test in tests[:2]]
    cells += [("coverage", "rate", f"Kaplan-Meier, {answer}", 0.95) for answer in ("naive", "clustered", "bootstrap")]
    cells += [("coverage", "response rate", method, 0.95) for method in ("exact, naive", "GEE, clustered")]
    ways = [(measure, "response", method, nominal) for method in ("responders from the start", "time-dependent")
            for measure, nominal in (("type-I error", 0.05), ("mean log hazard ratio", 0.0))]  # fmt: skip
    return pd.DataFrame(
        {**vars(scenario), "measure": measure, "target": target, "method": method, "estimate": nominal + 0.01,
         "mcse": 0.007, "nominal": nominal, "replicates": 1000, "undefined": 0}
        for scenario in SCENARIOS.values()
        for measure, target, method, nominal in (ways if scenario.window else cells)
    )  # fmt: skip


def test_the_simulation_is_drawn_without_the_word_for_synthetic_cohorts(performance, study):
    figure = simulation_figure(performance, study)
    assert len(figure.axes) == 8
    assert figure.metadata["notice"] == ""
    assert "1,000 cohorts" in figure.metadata["caption"]


def test_figures_are_the_same_bytes_again(rows, study, performance):
    once, again = (figure_bytes(continuous_figure(rows, study, "Continuous factors"), "svg") for _ in range(2))
    assert once == again
    assert figure_bytes(simulation_figure(performance, study), "png")[:4] == b"\x89PNG"
