"""The specification curve and the words of the section follow the rows."""

import re

import pandas as pd
import pytest

from oligomet.displays.published import Ratio
from oligomet.displays.robustness import verdicts
from oligomet.displays.robustness_values import e_values
from oligomet.displays.specification_curve import specification_figure
from oligomet.displays.specification_marks import data_of, list_lines, list_options
from oligomet.estimates.robustness.choices import list_choices
from oligomet.estimates.robustness.verdicts import estimate_verdicts, primary_choice
from oligomet.estimates.rows import tabulate
from oligomet.manuscript.robustness import write_robustness
from oligomet.tables import rows


def invented(study, primary=(0.6, 0.4, 0.9), others=(0.7, 0.5, 0.9)):
    """Every choice of every conclusion gives `others`, the primary analysis what it is told."""
    lines = []
    for endpoint, names in study.robustness.headline.items():
        for name in names:
            factor = study.factors[name]
            [level] = [level for level in factor.levels if level != factor.reference_level]
            contrast = f"{level} vs {factor.reference_level}"
            for choice in list_choices(endpoint, name, study):
                special = choice == primary_choice(endpoint, name, study)
                ratio, low, high = primary if special else others
                lines.append({
                    "analysis": "specification", "endpoint": endpoint, "unit": choice.unit, "population": "all",
                    "factor": name, "level": choice.level(contrast), "statistic": "hazard_ratio", "estimate": ratio,
                    "conf_low": low, "conf_high": high, "n": 100, "events": 60, "method": choice.label,
                })  # fmt: skip
    specifications = tabulate(lines)
    return pd.concat([specifications, estimate_verdicts(specifications, study)], ignore_index=True)


@pytest.fixture(scope="module")
def specified(study):
    return invented(study)


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_a_panel_a_conclusion_and_one_of_marks_an_endpoint(study, specified):
    figure = specification_figure(specified, study, "All choices")
    conclusions = sum(len(names) for names in study.robustness.headline.values())
    assert len(figure.axes) == conclusions + len(study.robustness.headline)
    assert sum(text == "stands" for text in texts(figure)) == conclusions


def test_a_printed_ratio_is_marked_in_its_panel_only(study, specified):
    def bands(published):
        figure = specification_figure(specified, study, "All choices", published)
        return sum(len(axes.patches) for axes in figure.axes)

    assert bands({}) == 0
    assert bands({("OS", "lesion_count", "Single vs ≥ 2"): Ratio(0.6, 0.4, 0.9)}) == 1


def test_the_marks_tell_the_lines_apart(study, specified):
    for endpoint in study.robustness.headline:
        lines = list_lines(specified, endpoint)
        choices = [line.choice for line in lines]
        options = list_options(choices, study.analyses.ties)
        marked = {tuple(option.chosen(choice) for option in options) for choice in choices}
        assert len(marked) == len(choices)
        groups = [data_of(choice) for choice in choices]
        assert groups == sorted(groups)


def test_the_table_holds_each_conclusion_with_its_verdict(study, specified):
    frame = verdicts(specified, study).frame
    assert len(frame) == sum(len(names) for names in study.robustness.headline.values())
    assert set(frame["verdict"]) == {"Stands"}
    assert set(frame["primary"]) == {"0.60 (0.40–0.90)"}


@pytest.mark.parametrize(
    ("primary", "said"),
    [
        ((0.6, 0.4, 0.9), "These stand:"),
        ((0.8, 0.5, 1.3), "These weaken,"),
        ((1.3, 0.9, 1.8), "These are not confirmed,"),
        ((1.5, 1.1, 2.1), "These fall,"),
    ],
)
def test_the_words_follow_the_numbers(study, primary, said):
    text = write_robustness(invented(study, primary), study)
    openings = ("These stand:", "These weaken,", "These are not confirmed,", "These fall,")
    assert [words for words in openings if words in text] == [said]
    assert "synthetic cohort" in text


def test_a_published_analysis_that_is_unclear_on_this_cohort_is_said_to_be(study, specified):
    said = "where the interval includes one already"
    assert said in write_robustness(invented(study, others=(0.7, 0.5, 1.1)), study)
    assert said not in write_robustness(specified, study)


def test_another_contrast_is_named_in_words_table_and_figure(study, specified):
    assert "where the model compares SD against PD" in write_robustness(specified, study)
    assert "SD against PD" in " ".join(verdicts(specified, study).notes)
    figure = specification_figure(specified, study, "All choices")
    assert "the contrast is another one" in figure.metadata["caption"]
    alone = study.model_copy(update={"analyses": study.analyses.model_copy(update={"multivariable": {}})})
    assert "SD against PD" not in write_robustness(invented(alone), alone)
    assert "contrast" not in specification_figure(invented(alone), alone, "All choices").metadata["caption"]


def test_beside_the_verdict_stand_intervals_and_holm(study, specified):
    holm = {"analysis": "multiplicity", "endpoint": "OS", "unit": "patient", "population": "all", "method": "made up"}
    holm |= {"factor": "lesion_count", "statistic": "holm", "estimate": 0.129, "p_value": 0.129, "n": 12}
    found = pd.concat([specified, tabulate([holm])], ignore_index=True)
    frame = verdicts(found, study).frame.set_index(["endpoint", "factor"])
    one = frame.loc[("Overall survival", "Metastatic lesions")]
    assert one["holm"] == "0.129"
    assert one["excluding_one"] == one["same_direction"]
    assert "Holm’s" in write_robustness(found, study) and "Holm’s" not in write_robustness(specified, study)


def test_e_values_are_shown_and_told_where_there_is_something_to_explain(study, specified):
    frame = e_values(specified, study).frame
    assert (frame["primary_limit"].astype(float) > 1).all()
    assert "nobody recorded would have to go with factor and event" in write_robustness(specified, study)
    nothing = write_robustness(invented(study, primary=(0.8, 0.5, 1.3)), study)
    assert "No corrected interval excludes one, so that there is nothing" in nothing


def test_every_number_of_the_section_says_where_it_comes_from(study, specified):
    text = write_robustness(specified, study)
    without = re.sub(r'\[[^\]]*\]\{\.value title="[^"]+"\}', "", text)
    assert re.findall(r"\b\d+", without) == []


def test_the_rule_in_the_rows_is_the_declared_one(study, specified):
    method = rows(specified, analysis="verdict", statistic="stands")["method"].iloc[0]
    assert f"at least {100 * study.robustness.same_direction:g} % of choices" in method
