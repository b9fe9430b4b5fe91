"""The displays of a trial of complete response, against estimates and outcomes written by hand."""

from itertools import product
from pathlib import Path

import matplotlib.colors
import pandas as pd
import pytest

from oligomet.book import Book
from oligomet.displays.compliance_table import COUNTS
from oligomet.displays.declared_figures import build_figure
from oligomet.displays.declared_tables import build_table
from oligomet.displays.lesion_figures import lesion_swimmer_figure, spider_figure
from oligomet.displays.style import COLOURS, INK, RESPONSE_COLOURS
from oligomet.schemas import TABLES, conform
from oligomet.study import read_study

JUDGES, FORMS = ("measured", "reader"), ("ignored", "excluded after", "composite")
STRATA = {None: 200, "Lymph node": 88, "Parenchyma": 112}
MODELS = ("score", "without image features")
MADE_UP = {"population": "evaluable", "method": "made up"}


@pytest.fixture(scope="module")
def trial():
    return read_study(Path(__file__).parents[2] / "studies/mito_rt3/study.yaml")


def _rates(judge, form, group, n):
    """A rate of one half of `n` evaluable and of `n` + 5 treated lesions, with two intervals, and when they came."""
    where = {"analysis": "complete_response", "endpoint": judge, "unit": "lesion", "form": form, "method": "made up"}
    where |= {"factor": "node", "group": group} if group else {}
    for (population, size), way in product((("evaluable", n), ("all", n + 5)), ("independent", "clustered")):
        wide = 0.05 if way == "independent" else 0.08
        share = {"estimate": n / 2 / size, "conf_low": n / 2 / size - wide, "conf_high": n / 2 / size + wide}
        counted = {"statistic": "proportion", "n": size, "events": n // 2}
        yield {**where, "population": population, "dependence": way, **counted, **share}
    for months in (3, 6, 9, 12):
        share = {"estimate": months / 30, "conf_low": months / 40, "conf_high": months / 20}
        about = {"population": "all", "dependence": "clustered", "statistic": "cumulative_incidence", "n": n}
        yield {**where, **about, "time_months": months, **share}
    if (judge, form) == ("reader", "excluded after"):
        decision = {"statistic": "decision", "p_value": 0.0125 if group == "Lymph node" else 0.4, "n": n}
        yield {**where, "population": "evaluable", "dependence": "clustered", **decision}
        for months in (0, 4, 11):
            at = {"analysis": "complete_response_curve", "population": "all", "dependence": "clustered", "n": n}
            step = {"statistic": "cumulative_incidence", "time_months": months, "estimate": months / 30}
            yield {**where, **at, **step, "conf_low": months / 40, "conf_high": months / 20}


def _prediction(form):
    where = {"analysis": "prediction", "unit": "lesion", "form": form, **MADE_UP}
    limits = {"conf_low": 0.5, "conf_high": 0.9, "n": 200, "events": 102}
    for statistic in ("c_statistic", "calibration_slope", "observed_expected", "brier"):
        yield {**where, "statistic": statistic, "estimate": 0.7, **limits}
    for statistic, value in {"candidates": 7, "carried": 9, "intercept": -0.123, "inverse_penalty": 0.5}.items():
        yield {**where, "statistic": statistic, "estimate": value}
    for statistic in ("corrected_c_statistic", "corrected_brier"):
        yield {**where, "statistic": statistic, "estimate": 0.65}
    yield {**where, "statistic": "c_statistic", "factor": "centre", "group": "C01", "estimate": 0.61, **limits}
    variable = "points" if form == "score" else "brca: brca1"
    for statistic, value in {"odds_ratio_per_sd": 1.8, "mean": 2.25, "sd": 1.5}.items():
        yield {**where, "factor": variable, "statistic": statistic, "estimate": value, **limits}
    for value in (0.2, 0.5, 0.8):
        yield {**where, "statistic": "observed", "value": value, "estimate": value / 2, **limits, "conf_low": 0.05}
        yield {**where, "statistic": "net_benefit", "value": value, "estimate": 0.4 - value}


@pytest.fixture(scope="module")
def found():
    rows = [row for at in product(JUDGES, FORMS) for one in STRATA.items() for row in _rates(*at, *one)]
    rows += [row for form in MODELS for row in _prediction(form)]
    everyone = {"analysis": "prediction", "unit": "lesion", "form": "everyone", **MADE_UP, "statistic": "net_benefit"}
    rows += [{**everyone, "value": value, "estimate": 0.3 - value} for value in (0.2, 0.5)]
    for place, (what, centre) in enumerate(product(COUNTS, ("C01", "C02", None))):
        rows.append({"analysis": "compliance", "unit": "row", "population": "all", "by": "centre", "by_group": centre,
                     "factor": what, "statistic": "count", "estimate": place, "method": "count"})  # fmt: skip
    return Book(conform(pd.DataFrame(rows), TABLES["estimates"]))


def test_rates_stand_by_judge_and_stratum_with_both_intervals_hypotheses_and_p(trial, found):
    frame = build_table("table4", found, trial).frame
    assert frame["lesions"].tolist() == ["All", "Lymph node", "Parenchyma"] * 2
    assert frame["judge"].unique().tolist() == ["As measured", "As the reader called it"]
    nodes = frame[(frame["judge"] == "As the reader called it") & (frame["lesions"] == "Lymph node")].iloc[0]
    assert (nodes["evaluable_complete"], nodes["all_complete"]) == ("44 / 88", "44 / 93")
    assert (nodes["evaluable_exact"], nodes["evaluable_clustered"]) == ("50.0 (45.0–55.0)", "42.0–58.0")
    assert (nodes["rates"], nodes["p"]) == ("50 / 65", "0.013")
    assert frame[frame["lesions"] == "All"]["rates"].tolist() == ["", ""]  # no hypothesis of all
    assert frame[frame["judge"] == "As measured"]["p"].tolist() == ["", "", ""]  # the test is of the declared judge


def test_notes_tell_the_declared_test_and_its_adjustment(trial, found):
    notes = " ".join(build_table("table4", found, trial).notes)
    assert "p: one-sided, Rao-Scott test by patient of evaluable lesions, adjusted by Holm's rule." in notes
    other = trial.complete_response.model_copy(update={"test": "exact", "multiplicity": "none"})
    notes = " ".join(build_table("table4", found, trial.model_copy(update={"complete_response": other})).notes)
    assert "p: one-sided, exact binomial test of evaluable lesions, not adjusted for their number." in notes
    none = trial.complete_response.model_copy(update={"hypotheses": {}})
    alone = build_table("table4", found, trial.model_copy(update={"complete_response": none}))
    assert "p" not in alone.frame and not any("one-sided" in note for note in alone.notes)


def test_estimands_mark_the_declared_one(trial, found):
    frame = build_table("table5", found, trial).frame
    assert len(frame) == 6
    declared = frame[frame["taken"].str.endswith("(declared)")]
    assert declared["judge"].tolist() == ["As the reader called it"]
    assert declared["taken"].tolist() == ["Imaging counted up to its first day (declared)"]
    assert declared["incidence_6_months"].tolist() == ["20.0 (15.0–30.0)"]


def test_compliance_has_a_line_a_centre_and_one_for_all(trial, found):
    table = build_table("table3", found, trial)
    assert table.frame["centre"].tolist() == ["C01", "C02", "All"]
    assert table.frame["screened"].tolist() == ["0", "1", "2"]
    assert any(f"more than {trial.imaging_schedule.tolerance_days} days" in note for note in table.notes)


def test_models_are_judged_by_patients_and_by_centres_left_out(trial, found):
    frame = build_table("table6", found, trial).frame
    assert frame["model"].tolist() == [
        "Fixed score",
        "Fixed score",
        "Model without image features",
        "Model without image features",
    ]
    assert frame["judged"].tolist() == ["Patients", "Centre C01"] * 2
    assert frame["c_statistic"].tolist()[:2] == ["0.70 (0.50–0.90)", "0.61 (0.50–0.90)"]
    assert frame["corrected_c_statistic"].tolist()[:2] == ["0.65", ""]  # optimism is that of all patients
    assert (frame["lesions"].iloc[0], frame["candidates"].iloc[0]) == ("102 / 200", "7 of 9")


def test_coefficients_can_be_applied_elsewhere(trial, found):
    declared = trial.tables["table6"].model_copy(update={"kind": "coefficients"})
    frame = build_table("models", found, trial.model_copy(update={"tables": {"models": declared}})).frame
    assert frame["model"].tolist()[1] == "Model without image features: intercept −0.123, C 0.500"
    assert frame["variable"].tolist()[0] == "Points" and frame["variable"].tolist()[1].endswith(": brca1")
    assert frame.iloc[0, 2:].tolist() == ["2.250", "1.500", "1.80 (0.50–0.90)"]


def lines_of(axes):
    return {line.get_label(): (list(line.get_xdata()), list(line.get_ydata())) for line in axes.lines}


def test_calibration_and_benefit_are_drawn_of_each_model(trial, found):
    name = next(name for name, figure in trial.figures.items() if figure.kind == "prediction")
    left, right = build_figure(name, found, trial).axes
    named = [text.get_text() for text in right.get_legend().get_texts()]
    assert named == ["Fixed score", "Model without image features", "Every lesion"]
    observed = left.containers[0].lines[0]
    assert list(zip(observed.get_xdata(), observed.get_ydata(), strict=True)) == [(0.2, 0.1), (0.5, 0.25), (0.8, 0.4)]
    benefit = lines_of(right)
    assert benefit["Every lesion"] == ([0.2, 0.5], pytest.approx([0.1, -0.2]))
    assert benefit["Fixed score"][1] == pytest.approx([0.2, -0.1, -0.4])
    assert right.get_ylim()[0] == -0.1  # below, nobody would choose so


def test_the_incidence_of_complete_response_is_drawn_of_all_and_of_strata(trial, found):
    axes = build_figure("figure2", found, trial).axes[0]
    drawn = lines_of(axes)
    assert list(drawn) == ["All lesions (n = 200)", "Lymph node (n = 88)", "Parenchyma (n = 112)"]
    assert drawn["Lymph node (n = 88)"] == ([0, 4, 11], pytest.approx([0, 4 / 30, 11 / 30]))
    assert len(axes.collections) == 3  # a band each


COURSES = pd.DataFrame(
    [("L1", "CR", "complete response", 4.0), ("L1", "CR", "last seen", 20.0), ("L2", "PD", "progression", 3.0),
     ("L2", "PD", "death", 9.0), ("L2", "PD", "last seen", 9.0), ("L3", "NE", "last seen", 1.0)],
    columns=["lesion_id", "best", "what", "months"],
)  # fmt: skip


def test_the_spider_draws_measured_lesions_from_their_baseline(trial):
    imaging = pd.DataFrame(
        [("L1", "measured", 4.0, -1.0), ("L1", "measured", 2.0, -0.5), ("L2", "measured", 3.0, 2.5),
         ("L2", "reader", 3.0, 0.9), ("L3", "measured", 1.0, None)],
        columns=["lesion_id", "by", "months", "change"],
    )  # fmt: skip
    axes = spider_figure(imaging, COURSES, trial).axes[0]
    courses = [line for line in axes.lines if len(line.get_xdata()) > 1 and line.get_marker() == "."]
    drawn = {tuple(zip(line.get_xdata(), line.get_ydata(), strict=True)): line.get_color() for line in courses}
    assert drawn == {
        ((0, 0), (2, -0.5), (4, -1)): RESPONSE_COLOURS["CR"],  # in the order of its months
        ((0, 0), (3, 1)): RESPONSE_COLOURS["PD"],  # cut at doubled
    }
    words = [text.get_text() for text in axes.texts]
    assert "— CR (n = 1)" in words and not any("NE" in word for word in words)


def test_the_lesion_swimmer_marks_what_happened(trial):
    axes = lesion_swimmer_figure(COURSES, trial).axes[0]
    bars = {bar.get_y() + bar.get_height() / 2: bar.get_width() for part in axes.containers for bar in part}
    assert bars == pytest.approx({0: 20, 1: 9, 2: 1})  # the longest at the top
    (marks,) = axes.collections
    inside = [matplotlib.colors.to_hex(colour) for colour in marks.get_facecolors()]
    drawn = {(*map(float, at), colour) for at, colour in zip(marks.get_offsets(), inside, strict=True)}
    assert drawn == {(4, 0, "#ffffff"), (3, 1, RESPONSE_COLOURS["PD"]), (9, 1, INK)}
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert "systemic therapy" not in legend and "death" in legend  # only what happened


def test_strata_keep_their_colours(trial, found):
    lines = build_figure("figure2", found, trial).axes[0].lines
    assert [line.get_color() for line in lines] == list(COLOURS[:3])
