"""Choices name themselves, and verdicts follow from them by the rule."""

import pandas as pd
import pytest
from robust_cohort import draw, study

from oligomet.estimates.regression import estimate_regression
from oligomet.estimates.robustness.choices import Choice, list_choices, read_level
from oligomet.estimates.robustness.specifications import estimate_specifications, take_imputed
from oligomet.estimates.robustness.verdicts import estimate_verdicts, primary_choice, published_choice
from oligomet.estimates.rows import tabulate
from oligomet.tables import row, rows

STUDY = study()


@pytest.mark.parametrize(("endpoint", "factor"), [("LRFS", "gtv"), ("OS", "age"), ("OS", "response")])
def test_choices_differ_and_hold_the_published_and_the_primary_analysis(endpoint, factor):
    choices = list(list_choices(endpoint, factor, STUDY))
    assert len(set(choices)) == len(choices)
    assert choices[0] == published_choice(endpoint, STUDY)
    assert primary_choice(endpoint, factor, STUDY) in choices
    assert len({choice.label for choice in choices}) == len(choices)


def test_a_level_reads_back():
    choice = Choice("lesion", "clustered", "subdistribution", adjustment="prespecified")
    assert read_level(choice.level("≥ 60 vs < 60")) == (choice, "≥ 60 vs < 60")


def test_landmarks_are_for_responses_only():
    moments = {choice.response for choice in list_choices("OS", "age", STUDY)}
    assert moments == {"start"}
    moments = {choice.response for choice in list_choices("OS", "response", STUDY)}
    assert moments == {"start", "landmark 2", "landmark 3", "landmark 4", "time-dependent"}


def test_the_published_choices_are_the_published_models():
    cohort = draw(seed=6, patients=60)
    found = estimate_specifications(*cohort, STUDY)
    as_published = estimate_regression(*cohort[:3], STUDY)
    for analysis, adjustment in (("cox_univariable", "alone"), ("cox_multivariable", "published")):
        level = Choice(adjustment=adjustment, ties="breslow").level("Yes vs No")
        one = row(found, endpoint="OS", factor="response", level=level)
        other = row(as_published, analysis=analysis, endpoint="OS", factor="response", statistic="hazard_ratio")
        for column in ("estimate", "conf_low", "conf_high", "p_value"):
            assert one[column] == pytest.approx(other[column], rel=1e-9)


def specified(primary, others, published=(0.5, 0.3, 0.9)):
    """Specifications of OS by age: the published analysis, the primary one, and the ratios of others."""
    about = {"analysis": "specification", "endpoint": "OS", "unit": "patient", "population": "all", "factor": "age"}
    about |= {"statistic": "hazard_ratio", "method": "made up"}
    more = [Choice(response=f"landmark {month}", ties="breslow") for month in range(len(others))]
    choices = [published_choice("OS", STUDY), primary_choice("OS", "age", STUDY), *more]
    ratios = [published, primary, *((ratio, ratio / 2, ratio * 2) for ratio in others)]
    lines = [
        {**about, "level": choice.level("< 60 vs ≥ 60"), "estimate": ratio, "conf_low": low, "conf_high": high}
        | ({"reason": "made up"} if ratio is None else {})
        for choice, (ratio, low, high) in zip(choices, ratios, strict=True)
    ]
    return estimate_verdicts(tabulate(lines), only_age())


def only_age():
    return study(headline={"OS": ["age"]})


def verdict(found):
    return found[found["statistic"].isin(["stands", "weakens", "falls"])].iloc[0]


@pytest.mark.parametrize(
    ("primary", "others", "expected"),
    [
        ((0.6, 0.4, 0.9), [0.7] * 8, "stands"),
        ((0.6, 0.4, 0.9), [0.7] * 7 + [1.2], "stands"),  # nine of ten
        ((0.6, 0.4, 0.9), [0.7] * 6 + [1.2] * 2, "falls"),  # eight of ten
        ((0.8, 0.5, 1.2), [0.7] * 8, "weakens"),
        ((1.1, 0.8, 1.5), [0.7] * 40, "falls"),  # the primary analysis turns round
    ],
)
def test_the_rule(primary, others, expected):
    assert verdict(specified(primary, others))["statistic"] == expected


def test_the_direction_counts_as_it_was_published():
    found = verdict(specified((1.8, 1.2, 2.7), [1.5] * 8, published=(1.6, 1.1, 2.3)))
    assert found["statistic"] == "stands"
    assert (found["estimate"], found["n"], found["events"]) == (1, 10, 10)


def test_a_primary_analysis_that_is_undefined_is_no_support_and_says_why():
    found = verdict(specified((None, None, None), [0.7] * 8))
    assert (found["statistic"], found["reason"]) == ("falls", "the primary analysis is undefined")


def test_imputed_models_join_the_choices_of_their_headline():
    about = {"unit": "lesion", "endpoint": "LRFS_lesion", "statistic": "hazard_ratio", "level": "< 3 vs ≥ 3"}
    about |= {"analysis": "imputation_univariable", "method": "made up", "estimate": 0.7}
    lines = [{**about, "factor": "gtv", "population": name} for name in ("complete", "imputed")]
    lines.append({**about, "factor": "response", "population": "imputed"})  # no headline of local recurrence
    found = take_imputed(tabulate(lines), STUDY)
    assert len(found) == 1
    choice, contrast = read_level(found["level"].iloc[0])
    assert (choice.missing, choice.dependence, contrast) == ("imputed", "clustered", "< 3 vs ≥ 3")
    assert found["endpoint"].iloc[0] == "LRFS"


def test_verdicts_come_for_every_headline():
    found = estimate_verdicts(estimate_specifications(*draw(seed=7, patients=60), STUDY), STUDY)
    judged = pd.concat([rows(found, statistic=name) for name in ("stands", "weakens", "falls")])
    assert sorted(zip(judged["endpoint"], judged["factor"], strict=True)) == [
        ("LRFS", "age"), ("LRFS", "gtv"), ("OS", "age"), ("OS", "response"),
    ]  # fmt: skip
