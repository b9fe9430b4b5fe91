"""The specification curve and the tables of robustness say what the rows say."""

from itertools import pairwise

import pytest
from invented_robustness import specified
from matplotlib.text import Text

from oligomet.book import Book
from oligomet.displays.contrast_tables import e_values, verdicts
from oligomet.displays.printed_ratios import Ratio
from oligomet.displays.specification_curve import data_of, lines_of, options_of, specification_figure
from oligomet.displays.style import TEXT
from oligomet.estimates.design import Contrast


@pytest.fixture(scope="module")
def judged(study):
    return Book(specified(study))


@pytest.fixture(scope="module")
def figure(study, judged):
    return specification_figure(judged, study)


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def without_multivariable(study):
    return study.model_copy(update={"analyses": study.analyses.model_copy(update={"multivariable": {}})})


def test_a_panel_a_conclusion_and_one_of_marks_an_endpoint(study, figure):
    conclusions = sum(len(names) for names in study.robustness.headline.values())
    assert len(figure.axes) == conclusions + len(study.robustness.headline)
    assert sum(text == "stands" for text in texts(figure)) == conclusions


def test_no_text_of_it_is_smaller_than_that_of_the_others(figure):
    assert min(text.get_fontsize() for text in figure.findobj(Text) if text.get_text().strip()) >= TEXT


def test_what_stands_over_a_panel_leaves_the_next_one_alone(figure):
    renderer = figure.canvas.get_renderer()
    panels = [axes for axes in figure.axes if axes.texts and axes.texts[-1].get_fontweight() == "bold"]
    assert len(panels) == len(figure.axes) - 2  # but the marks of two endpoints
    for axes, beside in pairwise(panels):
        end = max(text.get_window_extent(renderer).x1 for text in axes.texts)
        assert end < beside.bbox.x0 or beside.bbox.x0 < axes.bbox.x0  # or that is in the line below


def test_it_fits_a_page(figure):
    assert figure.size[1] < 240


def test_a_printed_ratio_is_marked_in_its_panel_only(study, judged):
    def bands(published):
        figure = specification_figure(judged, study, published)
        return sum(len(axes.patches) for axes in figure.axes)

    assert bands({}) == 0
    assert bands({("OS", Contrast("lesion_count", "Single", "≥ 2")): Ratio(0.6, 0.4, 0.9)}) == 1


def test_the_marks_tell_the_lines_apart(study, judged):
    for endpoint in study.robustness.headline:
        choices = list(lines_of(endpoint, judged))
        options = options_of(choices, study.analyses.ties)
        marked = {tuple(option.is_of(choice) for option in options) for choice in choices}
        assert len(marked) == len(choices)
        groups = [data_of(choice) for choice in choices]
        assert groups == sorted(groups)


def test_the_table_holds_each_conclusion_with_its_verdict(study, judged):
    frame = verdicts(judged, study).frame
    assert len(frame) == sum(len(names) for names in study.robustness.headline.values())
    assert set(frame["verdict"]) == {"Stands"}
    assert set(frame["primary"]) == {"0.60 (0.40–0.90)"}


def test_another_contrast_is_named_in_table_and_figure(study, judged, figure):
    assert "SD against PD" in " ".join(verdicts(judged, study).notes)
    assert "the contrast is another one" in figure.about["caption"]
    alone = without_multivariable(study)
    figure = specification_figure(Book(specified(alone)), alone)
    assert "contrast" not in figure.about["caption"]


def test_beside_the_verdict_stand_intervals_and_holm(study, book):
    frame = verdicts(book, study).frame.set_index(["outcome", "factor"])
    one = frame.loc[("Overall survival", "Metastatic lesions")]
    assert one["holm"] == "0.129"
    assert one["excluding_one"] == one["same_direction"]


def test_e_values_are_shown_where_there_is_something_to_explain(study, judged):
    assert (e_values(judged, study).frame["primary_limit"].astype(float) > 1).all()
    nothing = Book(specified(study, primary=(0.8, 0.5, 1.3)))
    assert set(e_values(nothing, study).frame["primary_limit"]) == {"1.00"}


def test_the_rule_in_the_rows_is_the_declared_one(study, judged):
    said = f"at least {100 * study.robustness.same_direction:g} % of choices"
    assert all(said in method for method in judged.some(analysis="verdict", statistic="stands").each("method"))
