"""What is declared is said in the methods; what the rows hold is said of cut-points, imputation, dose and verdicts."""

import re

import pandas as pd
import pytest

from oligomet.estimates.rows import tabulate
from oligomet.manuscript.robustness import conclusion_values, write_published
from oligomet.manuscript.robustness_findings import tell_clusters, tell_cut_points, tell_dose, tell_imputation
from oligomet.manuscript.robustness_methods import write_robustness_methods
from oligomet.manuscript.staging import resolve

MARK = re.compile(r'\[((?:[^\]\\]|\\.)*)\]\{\.value title="[^"]*"\}')
WHERE = {"unit": "patient", "population": "all", "n": 100, "events": 60, "endpoint": "LRFS", "factor": "gtv"}


def spoken(text):
    """The words without the marks of the values."""
    return MARK.sub(r"\1", text)


def declaring(study, **options):
    return study.model_copy(update={"robustness": study.robustness.model_copy(update=options)})


def estimated(*lines):
    return tabulate([{**WHERE, **line} for line in lines])


def test_the_methods_say_what_is_declared_and_all_numbers_are_values(study):
    changed = declaring(
        study, imputed_datasets=37, knots=5, landmarks_months=[6, 9], same_direction=0.8, excluding_one=0.6
    )
    text = write_robustness_methods(changed)
    for words in (
        "37 data sets",
        "with 5 knots",
        "start 6 months (and, for comparison, 9)",
        "at least 80% of",
        "at least 60% an interval",
    ):
        assert words in spoken(text)
    assert "adjusted for site and GTV diameter" in text
    assert re.findall(r"(?<![\w@])\d+", re.sub(r"@\w+", "", MARK.sub("", text))) == []


@pytest.mark.parametrize(
    ("option", "topic"),
    [
        ({"per_lesion": {}}, "Lesions of a patient"),
        ({"response_factors": []}, "Response as a factor"),
        ({"prespecified": {}}, "Several factors"),
        ({"continuous": {}}, "Continuous factors"),
        ({"dose_response": None}, "Dose"),
    ],
)
def test_what_is_not_declared_is_not_said(study, option, topic):
    assert f"*{topic}.*" in write_robustness_methods(study)
    assert f"*{topic}.*" not in write_robustness_methods(declaring(study, **option))
    assert write_robustness_methods(study.model_copy(update={"robustness": None})) == ""


def test_a_cut_costs_only_where_there_is_an_association(study):
    common = {"analysis": "continuous", "level": "cut"}
    text = spoken(
        tell_cut_points(
            estimated(
                {**common, "statistic": "adequacy", "estimate": 0.4},
                {**common, "statistic": "lost_subjects", "estimate": 60.0},
                {**common, "statistic": "left_out", "p_value": 0.03},
                {**common, "statistic": "adequacy", "factor": "age", "reason": "no association beyond chance"},
                {**common, "level": "spline", "statistic": "non_linearity", "p_value": 0.01},
            ),
            study,
        )
    )
    assert "found in 1 of 2 pairs" in text and "keep 40% of the association" in text
    assert "leaving out 60 of 100 patients" in text and "p = 0.030 for what it adds" in text.replace("\u00a0", " ")
    assert text.endswith("Curvature was beyond chance in 1.")


def imputation(after):
    common = {"analysis": "imputation_univariable", "level": "< 3 vs ≥ 3", "statistic": "hazard_ratio"}
    limits = ("estimate", "conf_low", "conf_high")
    return estimated(
        {**common, "population": "complete", "n": 90, **dict(zip(limits, (0.6, 0.4, 0.9), strict=True))},
        {**common, "population": "imputed", **dict(zip(limits, after, strict=True))},
        {**common, "population": "imputed", "statistic": "missing_information", "estimate": 0.083},
    )


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ((0.62, 0.4, 0.95), "ratios none changed direction, and of their intervals none came"),
        ((0.7, 0.4, 1.2), "ratios none changed direction, and of their intervals 1 came"),
        ((1.1, 0.8, 1.5), "ratios 1 changed direction, and of their intervals 1 came"),
    ],
)
def test_imputation_is_told_by_what_it_changes(study, after, said):
    text = spoken(tell_imputation(imputation(after), study))
    assert said in text
    assert "up to 10 of 100 patients" in text and "at most 8.3% was missing" in text


@pytest.mark.parametrize(
    ("ratio", "said"),
    [
        ((0.9, 0.7, 1.1), "do not show that dose matters"),
        ((0.8, 0.7, 0.9), "More dose went with fewer failures"),
        ((1.3, 1.1, 1.5), "More dose went with more failures"),
    ],
)
def test_the_words_on_dose_follow_the_adjusted_interval(study, ratio, said):
    limits = dict(zip(("estimate", "conf_low", "conf_high"), ratio, strict=True))
    lines = [
        {"analysis": f"dose_response_{how}", "level": "per 10 Gy", "statistic": "hazard_ratio", **limits}
        for how in ("unadjusted", "adjusted", "stratified")
    ]
    adjusted = {"analysis": "dose_response_adjusted", "level": "per 10 Gy"}
    lines += [{**adjusted, "statistic": name, "estimate": 1.5} for name in ("e_value", "e_value_limit")]
    assert said in tell_dose(estimated(*lines), study)


def test_the_abstract_counts_the_verdicts_that_there_are(study):
    verdicts = ("stands", "weakens", "weakens", "not_confirmed", "falls")
    values = conclusion_values(estimated(*({"analysis": "verdict", "statistic": verdict} for verdict in verdicts)))
    sentence = write_published(values, study)["sentences.published"]
    text = spoken(resolve(sentence, values).markdown)
    assert text == (
        "On this synthetic cohort, of 5 published conclusions put to the test, 1 stands, 2 weaken, 1 is not "
        "confirmed and 1 falls."
    )
    nothing = conclusion_values(pd.DataFrame(columns=["analysis", "statistic"]))
    assert write_published(nothing, study)["sentences.published"].text == ""


def test_the_methods_say_what_an_informative_cluster_size_is_where_lesions_are_subjects(study):
    assert "the cluster size is *informative*" in write_robustness_methods(study)
    assert "each patient counted once and the variance by patient" in write_robustness_methods(study)
    without = write_robustness_methods(declaring(study, per_lesion={}))
    assert "informative" not in without and "counted once" not in without


def test_the_methods_say_which_analysis_is_the_published_one(study):
    text = write_robustness_methods(study)
    assert "disease control compares SD against PD and objective response compares CR or PR against SD" in text
    alone = study.model_copy(update={"analyses": study.analyses.model_copy(update={"multivariable": {}})})
    assert "The analysis as published has each factor alone." in write_robustness_methods(alone)
    assert "SD against PD" not in write_robustness_methods(alone)


def test_each_patient_counted_once_stands_beside_all_lesions(study):
    common = {"analysis": "clustering", "endpoint": "LRFS_lesion", "unit": "lesion", "level": "< 3 vs ≥ 3"}
    ratios = {"naive": (1.0, 0.7, 1.5), "clustered": (1.0, 0.68, 1.46), "weighted": (0.75, 0.48, 1.19)}
    lines = [
        {**common, "statistic": f"{way}_hazard_ratio", "estimate": ratio, "conf_low": low, "conf_high": high}
        for way, (ratio, low, high) in ratios.items()
    ]
    text = spoken(tell_clusters(estimated(*lines), study))
    assert "for GTV diameter, 0.75 (0.48–1.19) instead of 1.00 (0.68–1.46)" in text
    lines[2] = {**common, "statistic": "weighted_hazard_ratio", "reason": "no events"}
    assert "counted once, the hazard ratios were" not in tell_clusters(estimated(*lines), study)
