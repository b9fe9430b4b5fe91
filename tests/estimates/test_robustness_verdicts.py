"""Choices name themselves, and verdicts follow from them by the rule."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from robust_cohort import draw, study

from asked import row, rows
from oligomet.estimates.estimate_rows import tabulate
from oligomet.estimates.methods_python_lacks.cox_kernel import cox_kernel
from oligomet.estimates.regression import estimate_regression
from oligomet.estimates.robustness.choices import Choice, list_choices
from oligomet.estimates.robustness.clustering import estimate_clustering
from oligomet.estimates.robustness.specifications import estimate_specifications, take_imputed
from oligomet.estimates.robustness.verdicts import estimate_verdicts, primary_choice, published_choice

STUDY = study()


@pytest.mark.parametrize(("endpoint", "factor"), [("LRFS", "gtv"), ("OS", "age"), ("OS", "response")])
def test_choices_differ_and_hold_the_published_and_the_primary_analysis(endpoint, factor):
    choices = list(list_choices(endpoint, factor, STUDY))
    assert len(set(choices)) == len(choices)
    assert published_choice(endpoint, factor, STUDY) in choices
    assert primary_choice(endpoint, factor, STUDY) in choices
    assert len({choice.label for choice in choices}) == len(choices)


def test_a_row_holds_its_choice():
    choice = Choice("patient", clock="landmark", time_months=3, adjustment="prespecified")
    line = {"analysis": "specification", "statistic": "hazard_ratio", "method": "made up", **choice.where}
    assert Choice.of(row(tabulate([line]), analysis="specification")) == choice


def test_the_published_analysis_is_the_published_model_where_that_holds_the_factor():
    assert published_choice("OS", "age", STUDY).adjustment == "published"
    assert published_choice("LRFS", "age", STUDY).adjustment == "alone"


def test_the_primary_analysis_of_lesions_counts_each_patient_once():
    assert primary_choice("LRFS", "gtv", STUDY).dependence == "weighted"
    cohort = draw(seed=6, patients=60)
    found = estimate_specifications(*cohort, study(headline={"LRFS": ["gtv"]}))
    weighted = Choice("lesion", "weighted", ties="breslow")
    one = row(found, endpoint="LRFS", factor="gtv", **weighted.where)
    other = row(estimate_clustering(*cohort[:3], STUDY), statistic="weighted_hazard_ratio", factor="gtv")
    lesions = (
        cohort[0]
        .query("endpoint == 'LRFS_lesion'")
        .merge(cohort[2][["lesion_id", "gtv_diameter_cm"]], left_on="subject_id", right_on="lesion_id")
    )
    small = (lesions["gtv_diameter_cm"] < 3).astype(float).to_frame("small")
    once = 1 / lesions.groupby("patient_id")["event"].transform("size")
    fit = cox_kernel(
        small, lesions["months"], lesions["event"], cluster=lesions["patient_id"], weights=once, ties="breslow"
    ).table.loc["small"]
    for found_there in (one, other):
        assert found_there["estimate"] == pytest.approx(fit["estimate"], rel=1e-9)
        assert found_there["conf_high"] == pytest.approx(fit["conf_high"], rel=1e-9)


def test_landmarks_are_for_responses_only():
    assert {choice.clock for choice in list_choices("OS", "age", STUDY)} == {"start"}
    clocks = {(choice.clock, choice.time_months) for choice in list_choices("OS", "response", STUDY)}
    assert clocks == {("start", None), *(("landmark", months) for months in (2, 3, 4)), ("time-dependent", None)}


def test_the_published_choices_are_the_published_models():
    cohort = draw(seed=6, patients=60)
    found = estimate_specifications(*cohort, STUDY)
    as_published = estimate_regression(*cohort[:3], STUDY)
    for analysis, adjustment in (("cox_univariable", "alone"), ("cox_multivariable", "published")):
        one = row(found, endpoint="OS", factor="response", **Choice(adjustment=adjustment, ties="breslow").where)
        other = row(as_published, analysis=analysis, endpoint="OS", factor="response", statistic="hazard_ratio")
        for column in ("estimate", "conf_low", "conf_high", "p_value"):
            assert one[column] == pytest.approx(other[column], rel=1e-9)


CLEAR, UNCLEAR, OTHER_SIDE = (0.7, 0.5, 0.9), (0.7, 0.4, 1.3), (1.2, 0.8, 1.8)
VERDICTS = ("stands", "weakens", "not_confirmed", "falls")


def specified(primary, others, published=(0.5, 0.3, 0.9)):
    """The verdict on OS by age: the published analysis, the primary one, and others, each a ratio with its limits."""
    about = {"analysis": "specification", "endpoint": "OS", "unit": "patient", "population": "all", "factor": "age"}
    about |= {
        "statistic": "hazard_ratio",
        "method": "made up",
        "n": 100,
        "events": 60,
        "group": "< 60",
        "reference": "≥ 60",
    }
    more = [Choice(clock="landmark", time_months=month, ties="breslow") for month in range(len(others))]
    choices = [published_choice("OS", "age", STUDY), primary_choice("OS", "age", STUDY), *more]
    lines = [
        {**about, **choice.where, "estimate": ratio, "conf_low": low, "conf_high": high}
        | ({"reason": "made up"} if ratio is None else {})
        for choice, (ratio, low, high) in zip(choices, [published, primary, *others], strict=True)
    ]
    return estimate_verdicts(tabulate(lines), only_age())


def only_age():
    return study(headline={"OS": ["age"]})


def verdict(found):
    return found[found["statistic"].isin(VERDICTS)].iloc[0]


@pytest.mark.parametrize(
    ("primary", "others", "expected"),
    [
        ((0.6, 0.4, 0.9), [CLEAR] * 8, "stands"),
        ((0.6, 0.4, 0.9), [CLEAR] * 3 + [UNCLEAR] * 5, "stands"),  # five intervals of ten exclude 1
        ((0.6, 0.4, 0.9), [CLEAR] * 2 + [UNCLEAR] * 6, "weakens"),  # four of ten
        ((0.6, 0.4, 0.9), [CLEAR] * 7 + [OTHER_SIDE], "stands"),  # nine of ten have the direction
        ((0.6, 0.4, 0.9), [CLEAR] * 6 + [OTHER_SIDE] * 2, "not_confirmed"),  # eight of ten
        ((0.8, 0.5, 1.2), [CLEAR] * 8, "weakens"),
        ((1.1, 0.8, 1.5), [CLEAR] * 40, "not_confirmed"),  # the primary analysis turns round, but shows nothing
        ((1.5, 1.1, 2.1), [CLEAR] * 40, "falls"),  # the primary analysis contradicts
        ((0.6, 0.4, 0.9), [(1.5, 1.1, 2.1)] * 8, "not_confirmed"),  # others do, which does not decide
    ],
)
def test_the_rule(primary, others, expected):
    assert verdict(specified(primary, others))["statistic"] == expected


@pytest.mark.parametrize(
    ("primary", "expected"),
    [((0.6, 0.4, 0.9), "weakens"), ((0.8, 0.5, 1.2), "not_confirmed"), ((1.5, 1.1, 2.1), "falls")],
)
def test_a_published_analysis_that_was_compatible_with_1_cannot_stand(primary, expected):
    assert verdict(specified(primary, [CLEAR] * 8, published=(0.7, 0.45, 1.05)))["statistic"] == expected


RATIOS = st.tuples(st.floats(-1, 1).filter(lambda log_ratio: abs(log_ratio) > 1e-6), st.floats(0.05, 1)).map(
    lambda at: tuple(float(np.exp(at[0] + width * at[1])) for width in (0, -1, 1))
)


@settings(max_examples=60, deadline=None)
@given(RATIOS, RATIOS, st.lists(RATIOS, min_size=1, max_size=12))
def test_groups_named_the_other_way_round_change_no_verdict(published, primary, others):
    def turned(ratio):
        return 1 / ratio[0], 1 / ratio[2], 1 / ratio[1]

    one = verdict(specified(primary, others, published))
    other = verdict(specified(turned(primary), [turned(ratio) for ratio in others], turned(published)))
    assert (one["statistic"], one["events"]) == (other["statistic"], other["events"])


def test_beside_the_verdict_stand_the_counts_and_the_e_values():
    found = specified((0.6, 0.4, 0.9), [CLEAR] * 2 + [UNCLEAR] * 5 + [(1.5, 1.1, 2.1)]).set_index("statistic")
    assert found.loc["excluding_one", ["events", "n"]].tolist() == [4, 10]
    assert found.loc["contradicting", ["events", "n"]].tolist() == [1, 10]
    assert found.loc[["published_excludes_one", "primary_excludes_one"], "estimate"].tolist() == [1, 1]
    # 60 of 100 have the event: RR = (1 - 0.5^sqrt(HR)) / (1 - 0.5^sqrt(1/HR)); E = R + sqrt(R (R - 1)), R = 1 / RR
    turned = (1 - 0.5 ** np.sqrt(1 / 0.6)) / (1 - 0.5 ** np.sqrt(0.6))
    assert found.loc["primary_e_value", "estimate"] == pytest.approx(turned + np.sqrt(turned * (turned - 1)), rel=1e-12)
    assert 1 < found.loc["primary_e_value_limit", "estimate"] < found.loc["primary_e_value", "estimate"]


def test_an_interval_that_includes_1_leaves_nothing_to_explain():
    found = specified((0.8, 0.5, 1.2), [CLEAR]).set_index("statistic")
    assert found.loc["primary_e_value_limit", "estimate"] == 1


def test_the_direction_counts_as_it_was_published():
    found = verdict(specified((1.8, 1.2, 2.7), [(1.5, 1.1, 2.0)] * 8, published=(1.6, 1.1, 2.3)))
    assert found["statistic"] == "stands"
    assert (found["estimate"], found["n"], found["events"]) == (1, 10, 10)


def test_a_primary_analysis_that_is_undefined_is_no_support_and_says_why():
    found = specified((None, None, None), [CLEAR] * 8)
    assert tuple(verdict(found)[["statistic", "reason"]]) == ("not_confirmed", "the primary analysis is undefined")
    assert rows(found, statistic="primary_e_value")["reason"].tolist() == ["made up"]


def test_imputed_models_join_the_choices_of_their_headline():
    about = {"unit": "lesion", "endpoint": "LRFS_lesion", "statistic": "hazard_ratio"}
    about |= {"group": "< 3", "reference": "≥ 3"}
    about |= {"analysis": "imputation_univariable", "method": "made up", "estimate": 0.7}
    lines = [{**about, "factor": "gtv", "population": name} for name in ("complete", "imputed")]
    lines.append({**about, "factor": "response", "population": "imputed"})  # no headline of local recurrence
    found = take_imputed(tabulate(lines), STUDY)
    assert len(found) == 1
    one = row(found, group="< 3", reference="≥ 3")
    assert (one.missing, one.dependence, one.endpoint) == ("imputed", "clustered", "LRFS")


def test_verdicts_come_for_every_headline():
    found = estimate_verdicts(estimate_specifications(*draw(seed=7, patients=60), STUDY), STUDY)
    judged = pd.concat([rows(found, statistic=name) for name in VERDICTS])
    assert sorted(zip(judged["endpoint"], judged["factor"], strict=True)) == [
        ("LRFS", "age"), ("LRFS", "gtv"), ("OS", "age"), ("OS", "response"),
    ]  # fmt: skip
