"""The section on robustness says what study.yaml declares and what the rows hold, whatever either is."""

import re

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from told import fill_in, leftovers, spoken

from estimates.robust_cohort import draw
from estimates.robust_cohort import study as declare
from oligomet.book import Book
from oligomet.declarations import Factor
from oligomet.estimates.estimate_rows import tabulate
from oligomet.estimates.response import estimate_response
from oligomet.estimates.robustness import estimate_robustness
from oligomet.estimates.robustness.conclusions import estimate_conclusions
from oligomet.estimates.survival import estimate_survival
from oligomet.manuscript.sourced import MARKED

TEMPLATES = (
    "_robustness_summary.qmd", "_robustness.qmd", "_robustness_methods.qmd", "_robustness_methods_summary.qmd",
    "_robustness_abstract.qmd", "_robustness_discussion.qmd",
)  # fmt: skip
ALL = {
    "continuous": {"OS": ["age"]},
    "dose_response": {"endpoint": "LRFS_lesion", "factor": "gtv", "adjust": ["age"]},
    "imputed_datasets": 2,
}


def of_a_cohort(study, patients=40):
    """The book of a cohort by chance, a value missing here and there."""
    times, people, lesions, responses = draw(seed=3, patients=patients)
    lesions.loc[lesions.index[::9], "gtv_diameter_cm"] = None
    people.loc[people.index[::9], "gtv_diameter_cm"] = None
    lesions = lesions.assign(best_response=lesions["response"])
    of_patient = lesions.groupby("patient_id", as_index=False)[["response", "best_response"]].last()
    assessed = pd.concat([responses, responses.assign(assessment="best")], ignore_index=True)
    parts = [
        estimate_response(lesions, people.merge(of_patient, on="patient_id"), assessed, study),
        estimate_survival(times, people, lesions, study),
        *(part(times, people, lesions, responses, None, study) for part in (estimate_robustness, estimate_conclusions)),
    ]
    return Book(pd.concat(parts, ignore_index=True))


def declaring(study, **options):
    return study.model_copy(update={"robustness": study.robustness.model_copy(update=options)})


def everything_told(study, book):
    """What the templates say, each by its name; nothing in them that no reader should see."""
    told = {name: fill_in(name, study, book) for name in TEMPLATES}
    for name, text in told.items():
        assert leftovers(text) == [], name
    return {name: spoken(text) for name, text in told.items()}


@pytest.fixture(scope="module")
def whole():
    study = declare(**ALL)
    return study, of_a_cohort(study)


def test_what_is_declared_is_said_with_its_numbers(study):
    changed = declaring(
        study, imputed_datasets=37, knots=5, landmarks_months=[6, 9], same_direction=0.8, excluding_one=0.6
    )
    text = spoken(fill_in("_robustness_methods.qmd", changed))
    for words in (
        "37 data sets",
        "with 5 knots",
        "start 6 months (and, for comparison, 9) after the last fraction",
        "from the landmark at 6 months",
        "at least 80% of",
        "at least 60% an interval",
        "adjusted for site and GTV diameter",
        "disease control compares SD against PD and objective response compares CR or PR against SD there",
        "were also censored at the last imaging instead of the last contact, dead or alive, as nobody",
        "without rounding the times, and again with every event",
    ):
        assert words in text
    months = study.months.model_copy(update={"round_endpoints_to": 0})
    alone = study.analyses.model_copy(update={"multivariable": {}})
    other = declaring(study, censoring={}).model_copy(update={"months": months, "analyses": alone})
    text = spoken(fill_in("_robustness_methods.qmd", other))
    assert "The published analysis has each factor alone." in text
    for words in ("SD against PD", "were also censored", "without rounding"):
        assert words not in text


def test_a_sample_of_the_patients_is_said_to_be_one(whole):
    study, book = whole
    row = {"analysis": "robustness_sample", "unit": "patient", "population": "all", "statistic": "count"}
    sample = Book(tabulate([{**row, "estimate": 100, "n": 14200, "method": "drawn at random, seed 1"}]))
    said = "a random sample: 100 of 14,200 patients"
    assert said in spoken(fill_in("_robustness_methods.qmd", study, Book([*book, *sample])))
    assert "sample:" not in spoken(fill_in("_robustness_methods.qmd", study, book))


EDITS = {  # what is declared instead: what is said then, and what is not, in section and methods
    "no conclusion": (
        {**ALL, "headline": {}},
        ["### Robustness \n", "*Missing values.*", "*Dose.*"],
        ["conclusion", "*Verdicts.*", "orrected", "known from the start", "*Proportional hazards.*", "*Death.*"],
    ),
    "one conclusion": (
        {**ALL, "headline": {"OS": ["age"]}},
        ["The conclusion was put to", "This ", "for overall survival, age."],
        ["Of the conclusions,", "the time from which a response counts", "several lesions", "*Death.*", "landmark"],
    ),
    "no lesions as subjects": (
        {**ALL, "per_lesion": {}},
        ["Lesions of a patient are not independent, which samples of whole patients allow for", "for local, GTV"],
        ["in the subjects", "several lesions of a patient", "counted once", "*Lesions of a patient.*", "by lesion"],
    ),
    "no response among the factors": (
        {**ALL, "response_factors": [], "headline": {"LRFS": ["gtv", "age"], "OS": ["age"]}},
        ["The 3 conclusions"],
        ["esponse counts", "landmark", "*Response as", "had to live until", "Response was not imputed", "counted from"],
    ),
    "nothing specified in advance": (
        {**ALL, "prespecified": {}, "per_lesion": {}},
        ["The primary corrected analysis counts responses from the landmark at 3 months."],
        ["in advance", "*Several factors.*", "events a coefficient"],
    ),
    "nothing but the conclusions": (
        {"headline": {"OS": ["age"]}, "prespecified": {}, "per_lesion": {}, "response_factors": []},
        ["The primary corrected analysis has each factor alone, as no correction", "so that nothing was imputed"],
        ["*Dose.*", "*Cut-points.*", "*Continuous factors.*"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_what_is_declared_is_said_and_nothing_else(edit):
    options, said, unsaid = EDITS[edit]
    study = declare(**options)
    told = "\n\n".join(everything_told(study, of_a_cohort(study)).values())
    for words in said:
        assert words in told
    for words in unsaid:
        assert words not in told


def test_groups_may_be_called_anything():
    study = declare(headline={"OS": ["age"]}, prespecified={}, per_lesion={}, response_factors=[])
    groups = {"a; b = c": {"below": 60}, "1 vs more": {"at_least": 60}}
    study.factors["age"] = Factor(label="Age", variable="age_years", groups=groups)
    told = everything_told(study, of_a_cohort(study))["_robustness.qmd"]
    assert "overall survival by age (a; b = c against 1 vs more): hazard ratio" in told
    assert "‘a; b = c’ against ‘1 vs more’" in told


def test_factors_of_three_groups_are_told_by_their_groups():
    study = declare(headline={"LRFS": ["age"]}, prespecified={}, response_factors=[])
    groups = {"< 50": {"below": 50}, "50-65": {"at_least": 50, "below": 66}, "> 65": {"above": 65}}
    study.factors["age"] = Factor(label="Age", variable="age_years", groups=groups)
    told = everything_told(study, of_a_cohort(study))["_robustness.qmd"]
    for group in ("< 50", "50-65"):
        assert f"for age ({group} against > 65), " in told


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.data())
def test_what_has_no_answer_says_why(whole, data):
    study, book = whole
    named = data.draw(
        some.sets(some.sampled_from(sorted(set(book.each("analysis", "statistic")))), min_size=1, max_size=40)
    )
    frame = book.frame()
    of_these = pd.MultiIndex.from_frame(frame[["analysis", "statistic"]]).isin(named)
    judged = frame["analysis"].eq("verdict")
    frame.loc[of_these & ~judged, ["estimate", "conf_low", "conf_high", "p_value"]] = None
    frame.loc[of_these & ~judged, "reason"] = "no events"
    told = everything_told(study, Book(frame))["_robustness.qmd"]
    if ("dose_response_unadjusted", "hazard_ratio") in named:
        assert "is not estimable (no events) alone" in told


def test_an_undefined_conclusion_says_why(whole):
    study, book = whole
    frame = book.frame()
    of_age = frame["analysis"].eq("verdict") & frame["endpoint"].eq("OS") & frame["factor"].eq("age")
    numbers = ["estimate", "conf_low", "conf_high", "p_value", "events"]
    frame.loc[of_age & frame["statistic"].str.startswith("primary"), [*numbers]] = None
    frame.loc[of_age & frame["statistic"].str.startswith("primary"), "reason"] = "no events in a group"
    frame.loc[of_age & frame["statistic"].eq("not_confirmed"), ["reason", "estimate", "events"]] = [
        "the primary analysis is undefined", None, None
    ]  # fmt: skip
    told = everything_told(study, Book(frame))["_robustness.qmd"]
    assert "by age (< 60 against ≥ 60): the primary analysis is undefined (no events in a group)." in told


def test_what_no_notebook_shows_is_not_referred_to(whole):
    study, book = whole
    told = fill_in("_robustness.qmd", study, book, shown=())
    assert "@" not in told and "embed" not in told and leftovers(told) == []
    assert told.count("{{< embed") == 0 < fill_in("_robustness.qmd", study, book).count("{{< embed")


def test_every_number_is_a_value_with_its_source(whole):
    study, book = whole
    for name, text in {name: fill_in(name, study, book) for name in TEMPLATES}.items():
        plain = re.sub(r"\{\{<.*?>\}\}|@[\w-]+|^- ", "", MARKED.sub("", text), flags=re.M)
        assert re.findall(r"\d+", plain) == [], name
