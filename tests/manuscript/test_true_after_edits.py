"""Whatever is changed in study.yaml, the paper stays true: each test edits the file and reads the staged paper."""

import re
from typing import get_args

import made_up_cohort
import pandas as pd
import pytest
from small_paper import ROOT
from told import edited, fill_in, publish, spoken

from oligomet import declarations, trial_declarations
from oligomet.book import Book
from oligomet.columns import CHECKS, EVENTS
from oligomet.eligibility_declarations import Eligibility
from oligomet.manuscript.published import PublishedAnalysis
from oligomet.manuscript.staging import stage
from oligomet.variables import Variable

COMMON, OWN = ROOT / "manuscript", ROOT / "studies" / "pumch2022" / "manuscript"
GTV_AT_3 = "groups: {< 3: {below: 3}, ≥ 3: {at_least: 3}}"
GTV_AT_2_5 = "groups: {< 2.5: {below: 2.5}, ≥ 2.5: {at_least: 2.5}}"
COMPARED = "LRFS: [gtv, platinum, since_last_treatment, lesion_count, bed]\n    OS:\n"


def paper_of(folder, study, book, folders=(OWN, COMMON), published=None):
    """The words of the staged paper, without the section on robustness, which has tests of its own."""
    plain = study.model_copy(update={"robustness": None})
    if published is not None:
        published = PublishedAnalysis(published.paper, published.verdicts, plain)
    stage(folder / "project", folders, [], book, plain, published)
    return spoken((folder / "project" / "paper.qmd").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def book_at_2_5(estimates):
    """The same numbers for groups that are cut at 2.5 cm."""
    of_gtv, names = estimates["factor"] == "gtv", {"< 3": "< 2.5", "≥ 3": "≥ 2.5"}
    renamed = {name: estimates[name].mask(of_gtv, estimates[name].replace(names)) for name in ("group", "reference")}
    return Book(estimates.assign(**renamed))


def test_cut_points_as_published_were_taken_over(tmp_path, study, book):
    text = paper_of(tmp_path, study, book, published=publish(study))
    assert "The cut-points were taken over, not chosen on these data." in text
    assert "follow the published analysis; overall survival by technique is compared in addition." in text


def test_a_cut_point_of_the_study_is_not_called_published(tmp_path, book_at_2_5):
    changed = edited(tmp_path, (GTV_AT_3, GTV_AT_2_5))
    text = paper_of(tmp_path, changed, book_at_2_5, published=publish(changed))
    assert "‘< 2.5 cm’ against ‘≥ 2.5 cm’" in text
    assert "The cut-points were taken over" not in text
    assert "were taken over, not chosen on these data; that of GTV diameter is this study's own." in text
    taken = text.partition("The cut-points of ")[2].partition(" were taken over")[0]
    assert "BED10" in taken and "GTV" not in taken
    assert "follow the published analysis, except that GTV diameter is cut otherwise; " in text


def test_a_limit_that_its_label_does_not_state_is_no_published_one(tmp_path, study):
    assert publish(study).divides_as("gtv")
    assert not publish(edited(tmp_path, (GTV_AT_3, GTV_AT_3.replace(": 3}", ": 2.5}")))).divides_as("gtv")


def test_without_a_published_paper_no_origin_is_claimed(tmp_path, study, book):
    text = paper_of(tmp_path, study, book)
    assert "Continuous factors were cut in two" in text
    for words in ("taken over", "the published analysis", "the published paper", "published numbers, "):
        assert words not in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("      - sbrt\n", ""), "The comparisons above follow the published analysis."),
        (
            (COMPARED + "      - histology\n", COMPARED),
            "follow the published analysis, except that overall survival is not compared by histology; overall "
            "survival by technique is compared in addition.",
        ),
        (
            (COMPARED, COMPARED + "      - age\n"),
            "The comparisons above follow the published analysis; overall survival by age and technique are compared "
            "in addition.",
        ),
    ],
    ids=["the same", "less", "more"],
)
def test_the_comparisons_follow_the_published_analysis_as_far_as_they_do(tmp_path, estimates, change, said):
    shown = [(f"{of}: [histology, figo_stage, rec", f"{of}: [figo_stage, rec") for of in ("factors", "panels")]
    told_by = [("    by: sbrt\n    endpoint: OS\n", "    by: sbrt\n")]
    changed = edited(tmp_path, change, *shown * ("histology" in change[0]), *told_by * ("sbrt" in change[0]))
    told = estimates
    if "age" in changed.analyses.compare["OS"]:  # as if its rows were those of another factor
        told = pd.concat([estimates, estimates[estimates["factor"] == "recurrences"].assign(
            factor="age", group=lambda rows: rows["group"].replace({"< 2": "< 60", "≥ 2": "≥ 60"}))])  # fmt: skip
        told = told.drop_duplicates(["analysis", "endpoint", "unit", "population", "by", "by_group", "factor", "group",
                                     "statistic", "time_months", "form", "grade"])  # fmt: skip
    assert said in paper_of(tmp_path, changed, Book(told), published=publish(changed))


def test_a_setting_that_is_not_the_published_one_is_named(tmp_path, study, book):
    published = publish(study, **{"2.3.3.data-cut.date": "not reproduced"})
    assert published.settings == ["Data cut"]
    text = paper_of(tmp_path, study, book, published=published)
    assert "follow the published analysis, except that the data cut is another; " in text
    both = publish(study, **{"abstract.5.toxicity-scale.text": "not reproduced"})  # it agrees with the methods
    assert both.settings == []


def test_no_number_was_typed_is_said_only_if_so(tmp_path, study, book):
    said = "No number in the text was typed"
    assert said in paper_of(tmp_path, study, book)
    own = tmp_path / "own"
    own.mkdir()
    (own / "_limitations_patients.qmd").write_text("Patients were selected.\n\nMost were followed for 12 months.\n")
    typed = stage(tmp_path / "project", [own, OWN, COMMON], [], book, study.model_copy(update={"robustness": None}))
    assert typed == [f"{own / '_limitations_patients.qmd'}, line 3: Most were followed for 12 months."]
    assert said not in (tmp_path / "project" / "paper.qmd").read_text(encoding="utf-8")


def test_the_design_is_the_declared_one(tmp_path, study, book):
    text = paper_of(tmp_path, study, book)
    assert "This is a retrospective cohort study" in text
    assert "The design is retrospective, from one centre, without a comparison group." in text
    assert "such as the mutational status of BRCA genes or the systemic therapy that followed, could" in text

    changed = edited(
        tmp_path,
        ("timing: retrospective", "timing: prospective"),
        ("centres: 1", "centres: 12"),
        ("comparison_group: false", "comparison_group: true"),
        ("    - the mutational status of BRCA genes\n    - the systemic therapy that followed\n", "    - smoking\n"),
    )
    text = paper_of(tmp_path, changed, book)
    assert "This is a prospective cohort study" in text and "A prospective series can be published" in text
    assert "The design is prospective, from 12 centres." in text
    assert "Factors that were not recorded, such as smoking, could" in text
    for words in ("This is a retrospective", "one centre", "comparison group", "BRCA", "ascribed", "The department's"):
        assert words not in text


def test_a_study_that_compares_nothing_says_nothing_of_comparisons(tmp_path, study, book):
    analyses = study.analyses.model_copy(update={"compare": {}, "multivariable": {}, "logistic": {}})
    text = paper_of(tmp_path, study.model_copy(update={"analyses": analyses, "tables": {}}), book)
    before, _, rest = text.partition("### Software")
    told = before + rest.partition("## Results")[2]
    for words in ("log-rank", "Cox", "were compared", "was compared", "cut-point", "differed", "comparisons were made"):
        assert words not in told, words


def test_what_was_not_recorded_need_not_be_known(tmp_path, book):
    listed = "  not_recorded: # what could explain a difference and stands in no record\n"
    items = "    - the mutational status of BRCA genes\n    - the systemic therapy that followed\n"
    text = paper_of(tmp_path, edited(tmp_path, (listed + items, "")), book)
    assert "Factors that were not recorded could explain any of the differences." in text


def test_which_lesion_stands_for_a_patient_is_said(tmp_path, study, book):
    said = "a patient with several counts with the largest GTV diameter and the smallest BED10."
    assert said in paper_of(tmp_path, study, book)
    changed = edited(tmp_path, ("bed10_gy: smallest", "bed10_gy: largest"))
    assert "the largest GTV diameter and the largest BED10." in paper_of(tmp_path, changed, book)


OPTIONS = {
    "dose": (declarations.Dose, ["level"]),
    "response": (
        declarations.Response,
        ["growth_after_complete_response", "other_modality", "unmeasurable_baseline", "patient"],
    ),
    "analyses": (declarations.Analyses, ["survival_interval", "proportion_interval", "ties"]),
    "per_patient": (declarations.PerPatient, ["gtv_diameter_cm", "bed10_gy"]),
    "design": (declarations.Design, ["timing"]),
}


@pytest.mark.parametrize(
    ("section", "model", "option"),
    [(section, model, option) for section, (model, options) in OPTIONS.items() for option in options],
)
def test_every_option_that_can_be_declared_has_words_of_its_own(study, book, section, model, option):
    plain, said = study.model_copy(update={"robustness": None}), set()
    choices = get_args(model.model_fields[option].annotation)
    for choice in choices:
        declared = getattr(plain, section).model_copy(update={option: choice})
        changed = plain.model_copy(update={section: declared})
        said.add("".join(fill_in(part, changed, book) for part in ("_methods.qmd", "_data.qmd")))
    assert len(said) == len(choices) > 1


def test_every_event_that_can_be_declared_has_its_words(tmp_path, study):
    (tmp_path / "events.qmd").write_text('<% from "_words.qmd" import EVENTS %><< EVENTS|join(" ") >>')
    assert set(fill_in("events.qmd", study, folders=[tmp_path, COMMON]).split()) == set(EVENTS)


def test_every_check_of_the_records_has_its_words(tmp_path, study):
    (tmp_path / "checks.qmd").write_text('<% from "_words.qmd" import CONTRADICTIONS %><< CONTRADICTIONS|join(" ") >>')
    assert set(fill_in("checks.qmd", study, folders=[tmp_path, COMMON]).split()) == set(CHECKS)


def test_other_scales_and_months_are_said_as_they_are(tmp_path, study, book):
    options = {
        "round_endpoints_to: 1": ("round_endpoints_to: 0.5", "rounded half up to multiples of 0.5."),
        "scale: CTCAE 4.0": ("scale: RTOG", "graded by RTOG and"),
        "criteria: RECIST 1.1, adapted": (
            "criteria: WHO, adapted",
            "are WHO, adapted to each irradiated lesion by itself. ",
        ),
    }
    text = paper_of(tmp_path, edited(tmp_path, *((old, new) for old, (new, _) in options.items())), book)
    for _, words in options.values():
        assert words in text, words
    assert "RECIST" not in text


def test_until_when_a_subject_is_observed_is_said_where_it_is_declared(tmp_path, study, book):
    events = "    events: [in_field_recurrence, lesion_progression, distant_progression, new_lesion, death]\n"
    until = events + "    observed_until: [last_contact]\n"
    by_scans = (
        events + "    observed_until: [last_adequate_imaging]\n    observed_before: [next_systemic_therapy]\n"
        "    missed_scans: 2\n"
    )
    schedule = "imaging_schedule: {due_days: [60, 180], then_every_days: 120, tolerance_days: 21}\n"
    changed = edited(tmp_path, (until, by_scans), ("endpoints: # events", schedule + "endpoints: # events"))
    text = paper_of(tmp_path, changed, book)
    assert "without it, censored at the last imaging that could be assessed." in text
    assert (
        "Observation ended with the first day of the next systemic therapy or 2 missed scans in a row: what came later "
        "did not count, and censoring was no later."
    ) in text
    assert (
        "Imaging was due 60 and 180 days after the last fraction and every 120 days from then on; a scan was missed if "
        "none that could be assessed was done within 21 days of its day."
    ) in text
    plain = paper_of(tmp_path, study, book)
    assert "Observation ended" not in plain and "Imaging was due" not in plain


def test_which_of_two_events_on_one_day_counts_is_said_where_two_can_be(tmp_path, study, book):
    said = "(of the two on one day, the event counted)"
    assert paper_of(tmp_path, study, book).count(said) == sum(1 for one in study.endpoints.values() if one.competing)
    other = edited(tmp_path, ("competing: [death]", "competing: [death]\n    on_one_day: competing"))
    assert said not in paper_of(tmp_path, other, book)
    assert "(of the two on one day, the competing one counted)" in paper_of(tmp_path, other, book)


def test_a_coded_response_is_told_as_coded(tmp_path, study, book):
    code = {"of": "measurements", "kind": "category", "label": "Code", "levels": ["CR", "PR", "SD", "PD", "NE"]}
    for criteria, said in (({}, ""), ({"criteria": "RECIST 1.1"}, " The criteria were RECIST 1.1.")):
        response = declarations.Response.model_validate({"coded": "code", **criteria})
        changed = {"variables": {"code": Variable.model_validate(code)}, "response": response}
        text = paper_of(tmp_path / (said or "plain").split()[0], study.model_copy(update=changed), book)
        assert "is the one that the radiologist coded" in text and f"compared for this study.{said}" in text
        assert "first imaging with a code 20 to 100 days" in text
        for measured in ("diameter compared", "Lesions were measurable", "The baseline was"):
            assert measured not in text


def test_a_code_a_lesion_has_no_day(tmp_path, study, book):
    code = {"of": "lesions", "kind": "category", "label": "Code", "levels": ["CR", "PR", "SD", "PD", "NE"]}
    response = declarations.Response.model_validate({"coded": "code"})
    changed = {"variables": {"code": Variable.model_validate(code)}, "response": response}
    text = paper_of(tmp_path, study.model_copy(update=changed), book)
    assert "A lesion has one code, which is not dated" in text and "The first assessment was" not in text


def test_rules_of_lesions_are_told_before_those_of_patients(tmp_path, study, book):
    rule = {"id": "dose", "of": "lesions", "variable": "bed10_gy", "at_least": 20, "excluded": "too low a dose"}
    rules = [*study.eligibility, Eligibility.model_validate(rule)]
    text = paper_of(tmp_path, study.model_copy(update={"eligibility": rules}), book)
    assert "The reason for exclusion of a lesion was: too low a dose. A patient of whom no lesion was left" in text
    of_patients = text.partition("Every screened patient met each of the ")[2]
    assert of_patients.startswith(f"{len(study.eligibility)} eligibility rules of patients")
    assert "too low a dose" not in of_patients.partition("## Dose")[0]


def test_rates_of_groups_come_with_interval_and_number_at_risk(study, estimates):
    differing = estimates["p_value"].mask(estimates["analysis"] == "logrank", 0.01)
    text = spoken(fill_in("_endpoints.qmd", study, Book(estimates.assign(p_value=differing)), shown=()))
    listed = [line for line in text.split("\n") if line.startswith("- ")]
    shown = re.compile(
        r"- [^:]+: (.+, (—|[\d.]+%( \([^)]*\))?, \d+ at risk); )+(hazard ratio .+, )?log-rank p [=<] [\d.]+"
    )
    assert listed and all(shown.fullmatch(line) for line in listed)


def test_a_unit_is_not_said_twice(study, book):
    text = fill_in("_methods.qmd", study.model_copy(update={"robustness": None}), book)
    assert "per lesion**:" in text and "**Overall survival** (OS), per patient:" in text


def test_stereotactic_lesions_are_told_where_they_are_a_factor(study, other_study, book):
    text = spoken(fill_in("_response.qmd", study, book, shown=()))
    assert "Stereotactic body radiotherapy was given to " in text and "The median of overall survival of the " in text
    assert "stereotactic" not in fill_in("_response.qmd", other_study, Book(made_up_cohort.make_estimates(other_study)))


def test_robustness_without_conclusions_is_still_referred_to(tmp_path, study, estimates):
    plain = study.model_copy(update={"robustness": study.robustness.model_copy(update={"headline": {}})})
    text = fill_in("_robustness_summary.qmd", plain, Book(estimates[estimates["analysis"] != "verdict"]), shown=())
    assert "How far the results depend on how they were made is told in @sec-robustness." in text


def test_therapies_that_are_not_collected_are_not_counted(study, estimates):
    """The intercurrent event of complete response rests on them."""
    text = fill_in(
        "_complete_response_methods.qmd",
        with_complete_response(study.model_copy(update={"not_collected": ["therapies"]})),
        Book(estimates),
    )
    assert "Whether it was begun is not on record" in text and "It is ignored" not in text
    assert "It is ignored" in fill_in("_complete_response_methods.qmd", with_complete_response(study), Book(estimates))


def test_the_plan_does_not_refer_to_what_only_a_paper_has(study, book):
    """The items of TRIPOD+AI stand in the supplement."""
    prediction = trial_declarations.Prediction(clinical=["age_years"])
    text = fill_in("_prediction_methods.qmd", study.model_copy(update={"prediction": prediction}), book)
    assert "(@sec-tripod)" in text and "which the appendix lists" not in text


def with_complete_response(study):
    return study.model_copy(update={"complete_response": trial_declarations.CompleteResponse()})
