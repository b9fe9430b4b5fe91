"""Curves with their steps, dose and control, the simulation: what is drawn is what the rows say."""

import pandas as pd
import pytest

from oligomet.displays.continuous_figures import continuous_figure, dose_response_figure
from oligomet.displays.contrast_tables import imputed_values
from oligomet.displays.robustness_tables import cut_points, dose_response
from oligomet.displays.simulation_figure import simulation_figure
from oligomet.displays.style import figure_bytes
from oligomet.simulation.scenarios import SCENARIOS


def words(axes):
    return [text.get_text() for text in axes.texts]


def test_a_panel_has_curve_line_and_step_or_the_reason(book, study):
    figure = continuous_figure(book, study)
    panels = [axes for axes in figure.axes if axes.get_xlabel()]
    assert len(panels) == sum(len(names) for names in study.robustness.continuous.values())
    empty = [axes for axes in panels if "no events" in words(axes)]
    assert [axes.get_xlabel() for axes in empty] == ["Age (years)"] * 2
    drawn = panels[1]
    assert len(drawn.lines) == 4  # three forms and the line of no effect
    assert {"spline p = 0.043", "curvature p = 0.500"} <= set(words(drawn))
    assert drawn.get_xlabel().split() == ["Time", "since", "last", "treatment", "(months)"]  # in two lines, if need be


def test_dose_and_control_in_points_and_curves(book, study):
    left, right, *_ = dose_response_figure(book, study).axes
    assert words(left) == ["n = 179"] * 4
    assert words(right) == ["unadjusted: 0.80 (0.60–1.10) per 10 Gy", "adjusted: 0.80 (0.60–1.10) per 10 Gy"]


def test_tables_say_what_the_rows_say(book, study):
    cut = cut_points(book, study).frame
    assert set(cut.loc[cut["factor"] == "Age (years)", "lost"]) == {"no events"}
    assert set(cut.loc[cut["factor"] == "BED10 (Gy)", "lost"]) == {"79 of 130"}
    missing = imputed_values(book, study).frame.iloc[0]
    assert (missing["n_complete"], missing["n_imputed"], missing["missing"]) == ("132", "142", "13.1")
    assert list(dose_response(book, study).frame["ratio"]) == ["0.80 (0.60–1.10)"] * 6


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
    assert figure.about["notice"] == ""
    assert "1,000 cohorts" in figure.about["caption"]


def test_figures_are_the_same_bytes_again(book, study, performance):
    once, again = (figure_bytes(continuous_figure(book, study), "svg") for _ in range(2))
    assert once == again
    assert figure_bytes(simulation_figure(performance, study), "png")[:4] == b"\x89PNG"
