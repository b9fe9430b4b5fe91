"""What is told of hazards, decisions on time, cuts, imputation, dose and verdicts follows the rows."""

import pytest
from told import fill_in, leftovers, publish, spoken

from oligomet.book import Book
from oligomet.estimates.estimate_rows import tabulate
from oligomet.estimates.robustness.choices import Choice, list_choices
from oligomet.estimates.robustness.verdicts import estimate_verdicts, primary_choice

WHERE = {"unit": "patient", "population": "all", "n": 100, "events": 60, "endpoint": "LRFS", "factor": "gtv"}
ABSTRACT = "_robustness_abstract.qmd"
GTV = {"group": "< 3", "reference": "≥ 3"}


@pytest.fixture(scope="module")
def plain(study):
    """The study without the analysis of dose, of which these books have no rows."""
    return study.model_copy(update={"robustness": study.robustness.model_copy(update={"dose_response": None})})


def told(study, *lines, templates=("_robustness_summary.qmd", "_robustness.qmd"), published=None):
    """What the paper says in short and the supplement in full."""
    book = Book(tabulate([{**WHERE, "method": "made up", **line} for line in lines]))
    text = "\n\n".join(fill_in(template, study, book, published=published) for template in templates)
    assert leftovers(text) == []
    return spoken(text)


def ratio(estimate, low, high, **more):
    return {"estimate": estimate, "conf_low": low, "conf_high": high, **more}


def hazards(*p_values):
    """Tests of overall survival by three factors, with rates, and with a difference of 6 months."""
    lines = []
    for name, p in zip(("lesion_count", "age", "kps"), p_values, strict=False):
        here = {"endpoint": "OS", "factor": name}
        first, second = {"lesion_count": ("Single", "≥ 2"), "age": ("< 60", "≥ 60"), "kps": ("70-80", "90-100")}[name]
        test = {**here, "analysis": "proportionality", "statistic": "chi_square"}
        lines.append({**test, "estimate": 1.0, "p_value": p} if p else {**test, "reason": "no events"})
        difference = {"statistic": "restricted_mean_difference", "group": first, "reference": second, "time_months": 60}
        lines.append({**here, **difference, **ratio(6.4, -1.5, 14.2), "analysis": "proportionality"})
        for group, rates in zip((first, second), ((0.67, 0.45), (0.66, 0.20)), strict=True):
            for time, rate in zip((12, 60), rates, strict=True):
                at = {"analysis": "survival", "statistic": "survival", "group": group, "time_months": time}
                lines.append({**here, **at, "estimate": rate})
    return lines


def test_no_small_p_is_no_evidence_of_proportional_hazards(plain):
    text = told(plain, *hazards(0.068, 0.4, 0.9))
    assert "tested in 3 pairs" in text
    assert "the smallest p is that of metastatic lesions and overall survival (p = 0.068)" in text
    assert "No p is below 0.05, which does not show that hazards are proportional" in text
    assert "‘Single’ against ‘≥ 2’, 67.0% against 66.0% at 12 months and 45.0% against 20.0% at 60 months" in text
    assert "up to 60 months, is 6.4 months (95% interval −1.5 to 14.2, which includes zero)." in text
    assert " age " not in text.split("For metastatic")[1]  # the smallest alone is told


def test_every_small_p_is_told_the_smallest_first(plain):
    text = told(plain, *hazards(0.03, 0.001, 0.9))
    assert "the smallest p is that of age and overall survival (p = 0.001)" in text
    assert "below 0.05 for age and overall survival and metastatic lesions and overall survival" in text
    assert text.index("For age") < text.index("For metastatic lesions")
    assert "KPS" not in text


def test_hazards_that_could_not_be_tested_are_told(plain):
    assert "In 2 it could not be tested (no events)." in told(plain, *hazards(0.5, None, None))
    nothing = told(plain, *hazards(None, None))
    assert "Whether hazards are proportional could not be tested for any factor (no events)." in nothing


def timing(study, otherwise, aside=1):
    """Rates of local recurrence, and the hazard ratio of GTV as declared and unrounded."""
    here = {"statistic": "survival", "time_months": 60, "factor": None}
    censored = {"analysis": "timing", "timing": "censored at last imaging", "factor": None}
    choices = [Choice(ties=study.analyses.ties, timing=timing).where for timing in ("declared", "unrounded")]
    of = {"analysis": "specification", "statistic": "hazard_ratio", **GTV}
    return [
        {**here, "analysis": "survival", "estimate": 0.408, "n": 14},
        {**here, **censored, "estimate": 0.308, "n": 4},
        {**here, "analysis": "timing", "timing": "unrounded", "estimate": 0.403},
        {**censored, "statistic": "set_aside", "estimate": aside, "events": aside, "method": "last imaging before"},
        {**of, **choices[0], **ratio(0.5, 0.3, 0.9)},
        {**of, **choices[1], **otherwise, "method": "times not rounded"},
    ]


def test_rates_under_other_decisions_stand_beside_the_declared_one(plain):
    text = told(plain, *timing(plain, ratio(0.6, 0.35, 1.05)))
    assert (
        "local-recurrence-free survival is 40.8% as declared, 30.8% censored at the last imaging (with 4 at risk, not "
        "14) and 40.3% with times not rounded."
    ) in text
    assert "1 of 100 patients for local-recurrence-free survival (the last imaging before)" in text
    assert "Of 1 hazard ratio under these decisions, none changed direction" in text
    assert "of their intervals 1 came to exclude one or ceased to" in text


def test_what_changes_nothing_and_who_is_missed_by_nobody_is_not_told(plain):
    text = told(plain, *timing(plain, ratio(1.2, 1.05, 1.5), aside=0))
    assert "Set aside" not in text
    assert "1 changed direction, and of their intervals none came" in text
    assert "*Follow-up.*" not in told(plain)


def test_a_cut_costs_only_where_there_is_an_association(plain):
    cut, spline = ({"analysis": "continuous", "form": form} for form in ("cut", "spline"))
    text = told(
        plain,
        {**cut, "statistic": "adequacy", "estimate": 0.4},
        {**cut, "statistic": "lost_subjects", "estimate": 60.0},
        {**cut, "statistic": "left_out", "p_value": 0.03},
        {**cut, "statistic": "adequacy", "factor": "age", "reason": "no association beyond chance"},
        {**spline, "statistic": "non_linearity", "p_value": 0.01},
        {**spline, "statistic": "likelihood_ratio", "factor": "bed", "reason": "no events"},
    )
    assert "found in 1 of 2 pairs" in text and "keep 40% of the association" in text
    assert "leaving out 60 of 100 patients" in text and "p = 0.030 for what it adds" in text
    assert "Curvature beyond chance was found in 1." in text
    assert "No curve could be fitted for BED10 and local-recurrence-free survival (no events)." in text


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (ratio(0.62, 0.4, 0.95), "ratio none changed direction, and of their intervals none came"),
        (ratio(0.7, 0.4, 1.2), "ratio none changed direction, and of their intervals 1 came"),
        (ratio(1.1, 0.8, 1.5), "ratio 1 changed direction, and of their intervals 1 came"),
    ],
)
def test_imputation_is_told_by_what_it_changes(plain, after, said):
    of = {"analysis": "imputation_univariable", "statistic": "hazard_ratio", **GTV}
    text = told(
        plain,
        {**of, "population": "complete", "n": 90, **ratio(0.6, 0.4, 0.9)},
        {**of, "population": "imputed", **after},
        {**of, "population": "imputed", "statistic": "missing_information", "estimate": 0.083},
    )
    assert said in text
    assert "up to 10 of 100 patients" in text and "at most 8.3% was missing" in text


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (ratio(0.9, 0.7, 1.1), "do not show that dose matters"),
        (ratio(0.8, 0.7, 0.9), "More dose went with fewer events"),
        (ratio(1.3, 1.1, 1.5), "More dose went with more events"),
        ({"reason": "no events"}, "is not estimable (no events) alone, not estimable (no events) adjusted for site"),
    ],
)
def test_the_words_on_dose_follow_the_adjusted_interval(study, found, said):
    step = {"form": "per 10 Gy", "endpoint": "LRFS_lesion", "factor": "bed"}
    ways = [f"dose_response_{how}" for how in ("unadjusted", "adjusted", "stratified")]
    lines = [{**step, "analysis": way, "statistic": "hazard_ratio", **found} for way in ways]
    e_values = [{**step, "analysis": ways[1], "statistic": f"e_value{of}", "estimate": 1.5} for of in ("", "_limit")]
    assert said in told(study, *lines, *e_values)


def test_each_patient_counted_once_stands_beside_all_lesions(plain):
    lesions = {"analysis": "clustering", "endpoint": "LRFS_lesion", "unit": "lesion", **GTV}
    ratios = {"naive": (1.0, 0.7, 1.5), "clustered": (1.0, 0.68, 1.46), "weighted": (0.75, 0.48, 1.19)}
    lines = [{**lesions, "statistic": f"{way}_hazard_ratio", **ratio(*found)} for way, found in ratios.items()]
    text = told(plain, *lines)
    assert "for GTV diameter, 0.75 (0.48–1.19) instead of 1.00 (0.68–1.46)." in text
    lines[2] = {**lesions, "statistic": "weighted_hazard_ratio", "reason": "no events"}
    text = told(plain, *lines)
    assert "for GTV diameter, not estimable (no events) instead of 1.00 (0.68–1.46)." in text
    assert "informative" not in text


def test_the_abstract_counts_the_verdicts_that_there_are(study):
    verdicts = ("stands", "weakens", "weakens", "not_confirmed", "falls")
    text = told(study, *({"analysis": "verdict", "statistic": verdict} for verdict in verdicts), templates=[ABSTRACT])
    assert text.strip() == ("Of 5 conclusions put to the test, 1 stands, 2 weaken, 1 is not confirmed and 1 falls.")
    assert told(study, templates=[ABSTRACT]).strip() == ""


def judged(study, primary=(0.6, 0.4, 0.9), others=(0.7, 0.5, 0.9), holm=(), published=None):
    """The section where every choice of every conclusion gives `others`, and the primary analysis what it is told."""
    lines = []
    for endpoint, names in study.robustness.headline.items():
        for name in names:
            factor = study.factors[name]
            [group] = [level for level in factor.levels if level != factor.reference_level]
            of = {"analysis": "specification", "endpoint": endpoint, "factor": name, "statistic": "hazard_ratio"}
            of |= {"group": group, "reference": factor.reference_level}
            for choice in list_choices(endpoint, name, study):
                found = primary if choice == primary_choice(endpoint, name, study) else others
                lines.append({**WHERE, **of, **choice.where, **ratio(*found), "method": choice.label})
    specifications = tabulate(lines)
    verdicts = estimate_verdicts(specifications, study)
    return told(study, *specifications.to_dict("records"), *verdicts.to_dict("records"), *holm, published=published)


@pytest.mark.parametrize(
    ("primary", "said"),
    [
        ((0.6, 0.4, 0.9), "These stand:"),
        ((0.8, 0.5, 1.3), "These weaken,"),
        ((1.3, 0.9, 1.8), "These are not confirmed,"),
        ((1.5, 1.1, 2.1), "These fall,"),
    ],
)
def test_the_words_on_conclusions_follow_the_numbers(plain, primary, said):
    text = judged(plain, primary)
    openings = ("These stand:", "These weaken,", "These are not confirmed,", "These fall,")
    assert [words for words in openings if words in text] == [said]
    assert "on this synthetic cohort" in text
    assert "synthetic" not in judged(plain.model_copy(update={"synthetic": None}), primary)


def test_what_the_published_analysis_is_here_is_said(plain):
    unclear = "where the interval includes one already"
    text = judged(plain)
    assert unclear in judged(plain, others=(0.7, 0.5, 1.1)) and unclear not in text
    assert "where the model compares SD against PD" in text
    alone = plain.model_copy(update={"analyses": plain.analyses.model_copy(update={"multivariable": {}})})
    assert "SD against PD" not in judged(alone)


def test_what_is_divided_otherwise_is_not_called_published(plain):
    own = "with the study’s own groups"
    text = judged(plain, published=publish(plain))
    assert "is repeated here but for" not in text and own not in text
    groups = dict(zip(("< 2.5", "≥ 2.5"), plain.factors["gtv"].groups.values(), strict=True))
    factors = plain.factors | {"gtv": plain.factors["gtv"].model_copy(update={"groups": groups})}
    changed = plain.model_copy(update={"factors": factors})
    text = judged(changed, published=publish(changed))
    assert "The published analysis is repeated here but for the groups of GTV diameter." in text
    [line] = [line for line in text.split("\n") if "(< 2.5 cm against ≥ 2.5 cm)" in line]
    assert own in line and "published analysis and" not in line


def test_holm_and_confounding_are_told_beside_the_verdict(plain):
    holm = {"analysis": "multiplicity", "endpoint": "OS", "factor": "lesion_count", "statistic": "holm"}
    text = judged(plain, holm=[{**holm, "estimate": 0.129, "p_value": 0.129}])
    assert text.count("Holm’s p = 0.129.") == 1
    assert "nobody recorded would have to go with factor and event" in text
    assert "No corrected interval excludes one, so that there is nothing" in judged(plain, primary=(0.8, 0.5, 1.3))
