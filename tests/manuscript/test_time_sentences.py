"""What is told of hazards, of other decisions on time, and of curves that censor death follows the rows."""

import re

import pytest

from oligomet.displays.survival import survival_figure
from oligomet.estimates.robustness.choices import Choice
from oligomet.estimates.rows import tabulate
from oligomet.manuscript.methods import define
from oligomet.manuscript.robustness_methods import write_robustness_methods
from oligomet.manuscript.robustness_time import tell_hazards, tell_timing
from oligomet.manuscript.sentences import write_sentences
from oligomet.manuscript.staging import resolve
from oligomet.manuscript.values import prose_values

MARK = re.compile(r'\[((?:[^\]\\]|\\.)*)\]\{\.value title="[^"]*"\}')
WHERE = {"unit": "patient", "population": "all", "n": 100, "events": 60, "method": "made up"}


def spoken(text):
    return re.sub(r"\\(.)", r"\1", MARK.sub(r"\1", text)).replace("\u00a0", " ")


def hazards(*p_values):
    """Tests of overall survival by three factors, with rates, and with a difference of 6 months."""
    lines = []
    for name, p in zip(("lesion_count", "age", "kps"), p_values, strict=False):
        here = {**WHERE, "endpoint": "OS", "factor": name}
        pair = {"lesion_count": ("Single", "≥ 2"), "age": ("< 60", "≥ 60"), "kps": ("70-80", "90-100")}[name]
        of_test = {"analysis": "proportionality", "statistic": "chi_square"}
        lines.append(
            {**here, **of_test, "estimate": 1.0, "p_value": p} if p else {**here, **of_test, "reason": "no events"}
        )
        difference = {"statistic": "restricted_mean_difference", "level": " vs ".join(pair), "time_months": 60}
        limits = {"estimate": 6.4, "conf_low": -1.5, "conf_high": 14.2}
        lines.append({**here, **difference, **limits, "analysis": "proportionality"})
        for level, rates in zip(pair, ((0.67, 0.45), (0.66, 0.20)), strict=True):
            for time, rate in zip((12, 60), rates, strict=True):
                at = {"analysis": "survival", "statistic": "survival", "level": level, "time_months": time}
                lines.append({**here, **at, "estimate": rate})
    return tabulate(lines)


def test_no_small_p_is_no_evidence_of_proportional_hazards(study):
    text = spoken(tell_hazards(hazards(0.068, 0.4, 0.9), study))
    assert "tested in 3 pairs" in text
    assert "the smallest p is that of metastatic lesions and overall survival (p = 0.068)" in text
    assert "No p is below 0.05, which does not show that hazards are proportional" in text
    assert "‘Single’ against ‘≥ 2’, 67.0% against 66.0% at 12 months and 45.0% against 20.0% at 60 months" in text
    assert "up to 60 months, is 6.4 months (95% interval −1.5 to 14.2, which includes none)" in text
    assert "age" not in text.split("For metastatic")[1]  # the smallest alone is told


def test_every_small_p_is_told_the_smallest_first(study):
    text = spoken(tell_hazards(hazards(0.03, 0.001, 0.9), study))
    assert "the smallest p is that of age and overall survival (p = 0.001)" in text
    assert "below 0.05 for age and overall survival and metastatic lesions and overall survival" in text
    assert text.index("For age") < text.index("For metastatic lesions")
    assert "KPS" not in text


def test_tests_that_could_not_be_made_are_told(study):
    assert "In 2 it could not be tested." in spoken(tell_hazards(hazards(0.5, None, None), study))
    nothing = spoken(tell_hazards(hazards(None, None), study))
    assert nothing == "Whether hazards are proportional could not be tested for any factor."


def test_nothing_ever_speaks_for_proportional_hazards(study):
    for p_values in ((0.9, 0.9, 0.9), (0.01, 0.9, 0.9), (None, None, None), (0.5,)):
        assert "spoke against" not in tell_hazards(hazards(*p_values), study)


def timing_rows(study, intervals=((0.5, 0.3, 0.9), (0.6, 0.35, 1.05)), aside=1):
    """Rates of local recurrence, and the hazard ratio of GTV as declared and unrounded."""
    here = {**WHERE, "endpoint": "LRFS", "statistic": "survival", "time_months": 60}
    lines = [
        {**here, "analysis": "survival", "estimate": 0.408, "n": 14},
        {**here, "analysis": "timing", "level": "censored at last imaging", "estimate": 0.308, "n": 4},
        {**here, "analysis": "timing", "level": "unrounded", "estimate": 0.403},
        {**WHERE, "endpoint": "LRFS", "analysis": "timing", "level": "censored at last imaging", "estimate": aside,
         "statistic": "set_aside", "events": aside, "method": "last imaging before radiotherapy end"},
    ]  # fmt: skip
    for timing, (ratio, low, high) in zip(("declared", "unrounded"), intervals, strict=True):
        level = Choice(ties=study.analyses.ties, timing=timing).level("< 3 vs ≥ 3")
        limits = {"estimate": ratio, "conf_low": low, "conf_high": high}
        of = {"analysis": "specification", "statistic": "hazard_ratio", "factor": "gtv", "level": level}
        lines.append({**WHERE, **of, **limits, "endpoint": "LRFS"})
    return tabulate(lines)


def test_rates_under_other_decisions_stand_beside_the_declared_one(study):
    text = spoken(tell_timing(timing_rows(study), study))
    assert (
        "local-recurrence-free survival is 40.8% as declared, 30.8% censored at the last imaging (with 4 at risk, not "
        "14) and 40.3% with times not rounded."
    ) in text
    assert "1 of 100 patients (last imaging before radiotherapy end)" in text
    assert "Of 1 hazard ratio under these decisions, none changed direction" in text
    assert "of their intervals 1 came to exclude one or ceased to" in text


def test_what_changes_nothing_and_who_is_missed_by_nobody_is_not_told(study):
    text = spoken(tell_timing(timing_rows(study, ((0.5, 0.3, 0.9), (1.2, 1.05, 1.5)), aside=0), study))
    assert "Set aside" not in text
    assert "1 changed direction, and of their intervals none came" in text
    assert tell_timing(tabulate([]), study) == ""


def test_the_methods_tell_the_decisions_on_time_that_are_declared(study):
    def told(**months):
        changed = {"robustness": study.robustness.model_copy(update={"censoring": {}}), "months": study.months}
        return write_robustness_methods(study.model_copy(update=changed | months))

    whole = write_robustness_methods(study)
    assert "were also censored at the last imaging instead of the last contact" in whole
    assert "without rounding the times" in whole
    assert "censored at the last imaging" not in told()
    unrounded = study.months.model_copy(update={"round_endpoints_to": 0})
    assert "without rounding the times" not in told(months=unrounded)


def test_an_endpoint_that_censors_death_is_said_to_be_freedom(study):
    assert "they are of freedom from the event, not of survival" in define("LRFS", study.endpoints["LRFS"])
    for name in ("OS", "PFS"):
        assert "freedom" not in define(name, study.endpoints[name])
    renamed = study.endpoints["OS"].model_copy(update={"events": ["in_field_recurrence"], "competing": ["death"]})
    assert "freedom" in define("OS", renamed)  # by what is declared, not by name


@pytest.fixture
def with_incidence(estimates):
    """The made-up estimates, and the incidence of local recurrence."""
    lines = [
        {
            **WHERE,
            "analysis": "competing",
            "endpoint": "LRFS",
            "statistic": name,
            "time_months": time,
            "estimate": value,
        }
        for time, values in ((12, (0.29, 0.31)), (24, (0.39, 0.45)), (60, (0.47, 0.59)))
        for name, value in zip(("cumulative_incidence", "kaplan_meier_complement"), values, strict=True)
    ]
    return tabulate([*estimates.to_dict("records"), *lines])


def test_the_course_of_such_an_endpoint_tells_the_incidence(study, estimates, with_incidence):
    def course(name, rows):
        values = prose_values(rows, study) | write_sentences(rows, study)
        return spoken(resolve(values[f"endpoints.{name}.course"], values).markdown)

    assert course("LRFS", with_incidence).endswith(
        "as if nobody died first; the cumulative incidence of the event, with death competing, was 29.0% at 12 months, "
        "39.0% at 24 months and 47.0% at 60 months."
    )
    assert course("LRFS", estimates).endswith("as if nobody died first, and not of survival.")
    assert "freedom" not in course("OS", with_incidence)


def test_its_figure_tells_it_in_caption_and_foot(study, estimates, with_incidence):
    def drawn(endpoint, rows, panels=("all",)):
        figure = survival_figure(rows, study, endpoint, list(panels), "Title")
        return figure.metadata["caption"], " ".join(text.get_text() for text in figure.texts)

    caption, foot = drawn("LRFS", with_incidence)
    assert "freedom from the event, as if nobody died first, and not survival" in caption
    assert "29.0% (31.0%) at 12 months; 39.0% (45.0%) at 24 months; 47.0% (59.0%) at 60 months" in caption
    assert "deaths too" in foot
    assert "freedom from the event, not survival" in drawn("LRFS", with_incidence, study.figures["figure3"].panels)[1]
    assert "Cumulative incidence" not in drawn("LRFS", estimates)[0]
    assert "freedom" not in "".join(drawn("OS", with_incidence))
