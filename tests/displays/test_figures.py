"""What a figure must show, and that nothing in it covers something else."""

from itertools import combinations, pairwise

import matplotlib.colors
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented_estimates import changed
from matplotlib.text import Text

from oligomet.book import Book
from oligomet.display_declarations import Figure
from oligomet.displays.declared_figures import build_figure
from oligomet.displays.declared_tables import build_table
from oligomet.displays.distributions import distributions_figure
from oligomet.displays.flow_diagram import exclusions
from oligomet.displays.forest_plot import forest_plot
from oligomet.displays.individuals import swimmer_figure, waterfall_figure
from oligomet.displays.label_placing import Placer
from oligomet.displays.style import COLOURS, INK, MM, RESPONSE_COLOURS, TEXT, Sheet, styled
from oligomet.displays.survival_curves import curve_of_all, draw_curves
from oligomet.displays.words import Words
from oligomet.eligibility_declarations import Eligibility

DECLARED = ["figure1", "figure2", "figure3", "figure4", "figure5", "figure6", "figure7", "factors"]


def curves_of(endpoint, *panels, **asked):
    return Figure(kind="survival", title=endpoint, endpoint=endpoint, panels=panels, **asked)


def texts(figure):
    return [text.get_text() for text in figure.findobj(Text) if text.get_text().strip()]


def boxes(figure):
    """The visible words of a figure and where they stand, in pixels."""
    renderer = figure.canvas.get_renderer()
    figure.draw(renderer)
    words = [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in words]


def assert_readable(figure):
    placed = boxes(figure)
    width, height = figure.bbox.size
    outside = [text for text, box in placed if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height]
    assert outside == []
    covered = [
        (one, other)
        for (one, box), (other, over) in combinations(placed, 2)
        if min(box.x1, over.x1) - max(box.x0, over.x0) > 1 and min(box.y1, over.y1) - max(box.y0, over.y0) > 1
    ]
    assert covered == []


@pytest.fixture(scope="module")
def figures(study, book):
    return {name: build_figure(name, book, study) for name in DECLARED}


@pytest.mark.parametrize("name", DECLARED)
def test_no_word_is_cut_off_or_covered(figures, name):
    assert_readable(figures[name])


@pytest.mark.parametrize("name", DECLARED)
def test_every_figure_says_that_its_data_are_synthetic(figures, study, name):
    assert texts(figures[name]).count(study.synthetic.short) == 1


def test_real_data_are_not_called_synthetic(study, book):
    real = build_figure("figure4", book, study.model_copy(update={"synthetic": None}))
    assert not any("ynthetic" in text for text in [*texts(real), real.about["notice"]])


@pytest.mark.parametrize("name", DECLARED)
def test_figures_fit_a_journals_columns(figures, name):
    assert figures[name].get_size_inches()[0] / MM in (pytest.approx(85), pytest.approx(120), pytest.approx(180))
    assert figures[name].get_size_inches()[1] / MM < 240


def test_flow_chart_counts_every_rule(figures, study, book):
    shown = texts(figures["figure1"])
    for reason, n in exclusions(book, study):
        first = next(text for text in shown if reason.lower().startswith(text.lower()))
        assert str(n) in shown, first
    assert {"Screened", "Analysed", "142 patients", "226 patients", "144 irradiated lesions"} <= set(shown)


def test_flow_chart_counts_excluded_lesions_by_their_rules(study, book):
    counts = {"screened": 190, "dose": 7, "excluded": 7, "patient_excluded": 39, "analysed": 144}
    of_lesions = [
        {"analysis": "flow", "unit": "lesion", "population": "screened", "factor": "eligibility", "group": group,
         "statistic": "count", "estimate": count, "n": 190, "method": "count"} for group, count in counts.items()
    ]  # fmt: skip
    rule = {"id": "dose", "of": "lesions", "variable": "bed10_gy", "at_least": 20, "excluded": "less than 20 Gy"}
    rules = [Eligibility.model_validate(rule), *study.eligibility]
    both = Book(pd.concat([book.frame(), pd.DataFrame(of_lesions)]))
    shown = texts(build_figure("figure1", both, study.model_copy(update={"eligibility": rules})))
    at = shown.index("Lesions excluded")
    assert shown[at : at + 4] == ["Lesions excluded", "7", "Less than 20 Gy", "7"]
    assert "190 irradiated lesions" in shown and "Patients excluded" in shown and "39" in shown


def test_response_bars_carry_their_counts_and_intervals(figures):
    shown = texts(figures["figure2"])
    assert {"CR", "PR", "SD", "PD", "All sites (n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}130)"} <= set(shown)
    assert "50.0 (40.0–60.0)" in shown  # neck, 19 of 38
    assert any("No lesion was evaluable in: Bone (9)." in text for text in shown)


def test_every_survival_panel_has_its_axes_its_n_and_its_p(figures, study):
    panels = study.figures["figure3"].panels
    figure = figures["figure3"]
    assert len(figure.axes) == len(panels) == 6
    titles = [text.get_text() for text in figure.texts]
    assert "All patients (n = 142)" in titles and "".join(title for title in titles if len(title) == 1) == "ABCDEF"
    for panel, axes in zip(panels, figure.axes, strict=True):
        assert axes.get_xlabel() == "Months since end of radiotherapy"
        if panel != "all":
            assert sum(text.get_text().startswith("log-rank p") for text in axes.texts) == 1
            assert study.factors[panel].label in titles
    assert figure.axes[0].get_ylabel() == "Local-recurrence-free survival"


def test_numbers_at_risk_are_those_at_the_start_of_each_period(figures, study, book):
    """One row a group, aligned with the ticks; after the last subject's time nobody is at risk."""
    axes = figures["figure5"].axes[1]
    shown = [text for text in axes.texts if text.get_gid() == "at_risk"]
    levels = study.factors["lesion_count"].levels
    assert len({text.get_position()[1] for text in shown}) == len(levels) == 2
    for level, y in zip(levels, sorted({text.get_position()[1] for text in shown}, reverse=True), strict=True):
        of = {"analysis": "curve", "endpoint": "OS", "factor": "lesion_count", "group": level}
        known = {one.time_months: one.n for one in book.some(**of, statistic="at_risk")}
        expected = [known.get(month, 0) for month in axes.get_xticks()]
        assert [int(text.get_text()) for text in shown if text.get_position()[1] == y] == expected
    assert [text.get_position()[0] for text in shown][: len(axes.get_xticks())] == axes.get_xticks().tolist()


def test_a_curve_goes_on_to_the_last_censored_patient(study, book):
    last = max(book.some(analysis="curve", endpoint="PFS", factor=None).each("time_months"))
    line = draw_curves(curves_of("PFS", "all"), book, study).axes[0].lines[0]
    assert line.get_xdata()[-1] == last
    assert line.get_drawstyle() == "steps-post"


def test_a_group_without_anyone_is_left_out(study, book):
    nobody = {"analysis": "curve", "factor": "bed", "group": "< 60"}
    left = Book([one for one in book if not nobody.items() <= one.where.items()])
    figure = draw_curves(curves_of("LRFS", "bed"), left, study)
    assert {text.get_text() for text in figure.axes[0].texts if text.get_gid() == "at_risk"} != set()
    assert not any("< 60" in text for text in texts(figure))


@pytest.mark.parametrize("factor", ["figo_stage", "sbrt", "histology"])
def test_many_groups_and_long_names_stay_readable(study, book, factor):
    assert_readable(draw_curves(curves_of("OS", factor, "all"), book, study))


def at_height(book, group, height):
    """The book with one group's curve flat at `height` after time 0."""
    later = [month for month in book.some(analysis="curve").each("time_months") if month]
    where = {"analysis": "curve", "statistic": "survival", "group": group, "time_months": later}
    return changed(book, where, estimate=height, conf_low=height, conf_high=height)


@pytest.mark.parametrize("heights", [(0.97, 0.9), (0.97, 0.05), (0.95, 0.5), (0.06, 0.03)])
def test_the_p_value_finds_a_place_that_is_free(study, book, heights):
    for level, height in zip(study.factors["bed"].levels, heights, strict=True):
        book = at_height(book, level, height)
    figure = draw_curves(curves_of("LRFS", "all", "gtv", "bed"), book, study)
    assert sum("log-rank p" in text for text in texts(figure)) == 2
    assert_readable(figure)


def test_a_forest_of_factors_says_what_the_table_of_factors_says(figures, study, book):
    shown = texts(figures["factors"])
    table = build_table("table4", book, study).frame
    for how in ("univariable", "multivariable"):
        cells = table[f"hr_{how}"].dropna()
        assert {cell for cell in cells if cell != "1 (reference)"} <= set(shown)
    assert shown.count("1 (reference)") == sum(
        table[f"hr_{how}"].eq("1 (reference)").sum() for how in ("univariable", "multivariable")
    )
    assert set(table["p_logrank"].dropna()) <= set(shown)
    axes = figures["factors"].axes[0]
    ratios = [one.estimate for one in book.some(analysis=["cox_univariable", "cox_multivariable"], endpoint="OS",
              statistic="hazard_ratio") if one.factor in study.figures["factors"].panels]  # fmt: skip
    marks = [line for line in axes.lines if line.get_marker() in ("s", "D")]
    assert sorted(float(line.get_xdata()[0]) for line in marks) == pytest.approx(sorted(ratios))
    assert axes.get_xscale() == "log"


def test_forest_plot_shows_published_numbers_and_no_synthetic_ones(study, book):
    literature = pd.DataFrame(
        {"study_id": ["MACCHIA2020_MITO_RT1", "IFTODE2018", "LALISCIA2017", "MESKO2017"], "label": ["A", "B", "C", "D"],
         "series": ["ovarian", "ovarian", "mixed", "mixed"]}
    )  # fmt: skip
    figure = forest_plot(book, literature, study)
    shown = texts(figure)
    assert "291/446, 65.2 (55.2–75.2)" in shown
    assert sum("Summary, random effects (I² 84%)" in text for text in shown) == 3
    assert study.synthetic.short not in shown
    assert_readable(figure)


def test_waterfall_draws_every_evaluable_lesion(study):
    lesions = pd.DataFrame(
        [("L1", "PD", 1.0, 3.5), ("L2", "SD", 2.0, 2.1), ("L3", "CR", 2.0, 0.0), ("L4", "NE", 2.0, None)],
        columns=["lesion_id", "response", "baseline_cm", "diameter_cm"],
    ).assign(assessment="first")
    figure = waterfall_figure(lesions, study)
    bars = sorted((bar.get_x(), bar.get_height()) for part in figure.axes[0].containers for bar in part)
    assert [height for _, height in bars] == pytest.approx([1, 0.05, -1])  # the first is cut, and marked so
    assert "complete response (n = 1)" in texts(figure)
    assert "Evaluable lesions (n = 3)" in texts(figure)


def test_swimmer_plot_marks_what_happened_to_whom(study):
    patients = pd.DataFrame({"patient_id": ["P1", "P2", "P3"], "response": ["CR", "PD", "NE"]})
    times = pd.DataFrame(
        [("P1", "OS", 40, 0), ("P2", "OS", 9, 1), ("P3", "OS", 3, 1), ("P2", "LRFS", 2, 1), ("P1", "LRFS", 40, 0)],
        columns=["patient_id", "endpoint", "months", "event"],
    )
    figure = swimmer_figure(times, patients, study)
    axes = figure.axes[0]
    (marks,) = axes.collections
    inside = [matplotlib.colors.to_hex(colour) for colour in marks.get_facecolors()]
    drawn = {(*map(float, place), colour) for place, colour in zip(marks.get_offsets(), inside, strict=True)}
    assert drawn == {(9, 1, INK), (3, 2, INK), (2, 1, "#ffffff")}  # the longest course stands at the top
    bars = {bar.get_y() + bar.get_height() / 2: bar.get_width() for part in axes.containers for bar in part}
    assert bars == pytest.approx({0: 40, 1: 9, 2: 3})
    assert {"death", "local failure", "not evaluable (n = 1)"} <= set(texts(figure))
    assert "Patients (n = 3)" in texts(figure)
    local = {name: endpoint for name, endpoint in study.endpoints.items() if name != "OS"}
    assert swimmer_figure(times, patients, study.model_copy(update={"endpoints": local})) is None
    only = study.model_copy(update={"endpoints": {"OS": study.endpoints["OS"]}})
    assert "local failure" not in texts(swimmer_figure(times, patients, only))


def test_of_too_many_individuals_every_so_many_are_drawn(study):
    n = 1200
    lesions = pd.DataFrame(
        {"lesion_id": [f"L{number}" for number in range(n)], "diameter_cm": np.linspace(1.5, 2.3, n)}
    ).assign(response="SD", baseline_cm=2.0, assessment="first")
    figure = waterfall_figure(lesions, study)
    heights = [bar.get_height() for part in figure.axes[0].containers for bar in part]
    assert len(heights) == 240
    assert sorted(heights, reverse=True) == pytest.approx(np.linspace(0.15, -0.25, n)[::5])
    assert "Evaluable lesions (n = 1,200)" in texts(figure)
    assert "stable disease (n = 1,200)" in texts(figure)
    assert figure.about["title"].startswith("Change of one evaluable lesion in 5 at the first assessment")
    patients = pd.DataFrame({"patient_id": [f"P{number}" for number in range(n)], "response": "CR"})
    times = patients[["patient_id"]].assign(endpoint="OS", months=np.arange(n) / 10, event=1)
    figure = swimmer_figure(times, patients, study)
    assert [len(part) for part in figure.axes[0].containers] == [240]
    assert len(figure.axes[0].collections[0].get_offsets()) == 240  # the deaths of those who are drawn
    assert figure.size[1] < 260  # mm: a page
    assert figure.about["title"] == "Course of one patient in 5 after radiotherapy"


def test_distributions_show_every_known_value_and_the_cut_points(study):
    patients = pd.DataFrame({name: [1.0, 2.0, 7.0] for name in study.analyses.describe["patient"]})
    lesions = pd.DataFrame({name: [1.0, 4.5, 66.0, None] for name in study.analyses.describe["lesion"]})
    figure = distributions_figure(patients, lesions, study)
    shown = {axes.get_xlabel(): axes for axes in figure.axes}
    assert list(shown) == [
        "Age (years)", "Time since last treatment (months)", "Platinum-free interval (months)", "Metastatic lesions",
        "GTV diameter (cm)", "BED10 (Gy)",
    ]  # fmt: skip
    for axes in figure.axes:
        (bars,) = axes.containers
        assert sum(bar.get_height() for bar in bars) == 3
        cuts = [line.get_xdata()[0] for line in axes.lines]
        edges = [bar.get_x() for bar in bars]
        assert all(np.isclose(edges, cut).any() or cut > max(edges) for cut in cuts[:1])
    assert [line.get_xdata()[0] for line in shown["GTV diameter (cm)"].lines] == [3]
    assert {"A", "3 patients", "F", "3 lesions"} <= set(texts(figure))


def test_the_reference_group_has_one_colour_in_every_panel(study, book):
    names = ["gtv", "platinum", "since_last_treatment", "bed", "histology"]
    for name in names:
        factor = study.factors[name]
        lines = draw_curves(curves_of("OS", name), book, study).axes[0].lines
        colours = {line.get_label(): line.get_color() for line in lines if line.get_label() in factor.levels}
        assert list(colours) == factor.levels
        assert [level for level, colour in colours.items() if colour == COLOURS[0]] == [factor.reference_level]
        assert len(set(colours.values())) == len(colours)


@pytest.mark.parametrize("name", DECLARED)
def test_no_text_is_smaller_than_seven_points(figures, name):
    assert TEXT >= 7
    assert min(text.get_fontsize() for text in figures[name].findobj(Text) if text.get_text().strip()) >= TEXT


def test_an_endpoint_without_a_figure_has_the_curve_of_everyone(study, book):
    alone = curve_of_all("CFI", book, study)
    assert alone.about["title"] == study.endpoints["CFI"].label
    assert len(alone.axes) == 1


def test_a_long_note_goes_on_in_the_next_line_and_leaves_room_for_the_word_that_data_are_synthetic(study):
    figure = styled(Sheet)(
        "single",
        60,
        study,
        Words("Note", notes=("Bands are confidence intervals of everything that is shown in here.",)),
    )
    assert_readable(figure)


def test_colours_differ_in_greyscale():
    def grey(colour):
        return np.dot(matplotlib.colors.to_rgb(colour), [0.299, 0.587, 0.114])

    assert abs(grey(COLOURS[0]) - grey(COLOURS[1])) > 0.25
    ordered = [grey(RESPONSE_COLOURS[name]) for name in ("CR", "PR", "SD", "PD")]
    assert min(abs(a - b) for a, b in pairwise(ordered)) > 0.2


class Steps:
    """A falling curve, for the placing of words."""

    def __init__(self, falls):
        self.at = np.linspace(0, 100, len(falls) + 1)[1:]
        self.to = 1 - np.cumsum(falls) / max(1, sum(falls))
        self.end = 100.0

    def survival(self, months):
        return np.concatenate([[1.0], self.to])[np.searchsorted(self.at, months, side="right")]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=30), min_size=1, max_size=4))
def test_words_stand_on_no_curve_and_on_no_other_word(study, drawn):
    curves = [Steps(falls) for falls in drawn]
    axes = Sheet("single", 60, study, Words("Words")).add_axes((0.2, 0.2, 0.7, 0.7))
    axes.set(xlim=(0, 100), ylim=(0, 1.03))
    placer = Placer(axes, curves)
    for which in range(len(curves)):
        placer.beside(which, [f"group {which} (n = 99)"])
    x = np.linspace(0, 1, 997)
    for place, (left, bottom, width, height) in enumerate(placer.taken):
        under = (x > left) & (x < left + width)
        for curve in curves:
            heights = curve.survival(x[under] * 100) / 1.03
            assert not ((heights > bottom) & (heights < bottom + height)).any()
        for other_left, other_bottom, other_width, other_height in placer.taken[:place]:
            apart = left >= other_left + other_width or other_left >= left + width
            assert apart or bottom >= other_bottom + other_height or other_bottom >= bottom + height


def test_the_printed_p_is_the_estimates_p(figures, book):
    p = book.one(analysis="logrank", endpoint="LRFS", factor="bed").p_value
    assert any(f"log-rank p = {p:.3f}" in text for text in texts(figures["figure3"]))
