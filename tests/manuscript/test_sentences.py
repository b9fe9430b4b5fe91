import re
from typing import get_args

import pandas as pd
import pytest

from oligomet import declarations
from oligomet.manuscript.cohort_sentences import write_cohort_sentences
from oligomet.manuscript.methods import EVENTS, KEYS, OPTIONS, define, list_endpoints, lower, write_methods
from oligomet.manuscript.sentences import write_sentences
from oligomet.manuscript.shortcodes import SHORTCODE
from oligomet.manuscript.values import prose_values


def changed(estimates, values, **where):
    """The estimates with other values in the rows that are meant."""
    chosen = pd.Series(True, index=estimates.index)
    for column, value in where.items():
        chosen &= estimates[column] == value
    assert chosen.any()
    return estimates.assign(**{column: estimates[column].mask(chosen, value) for column, value in values.items()})


def spoken(sentence, estimates, study):
    """The words of a sentence, with its values in their places."""
    values = prose_values(estimates, study) | write_sentences(estimates, study) | write_methods(study)
    return SHORTCODE.sub(lambda match: values[match[2]].text, sentence)


def comparisons(estimates, study, endpoint="LRFS"):
    return spoken(write_sentences(estimates, study)[f"endpoints.{endpoint}.comparisons"].text, estimates, study)


@pytest.fixture
def all_alike(estimates):
    return changed(estimates, {"p_value": 0.5}, analysis="logrank")


def test_no_difference_is_called_none(all_alike, study):
    assert comparisons(all_alike, study).startswith(
        "The groups differed by none of the factors compared, at the level of 0.05: GTV diameter (p = 0.500), "
    )


@pytest.mark.parametrize(("ratio", "word"), [(0.6, "better"), (1.7, "worse")])
def test_a_difference_says_in_whose_favour(all_alike, study, ratio, word):
    found = changed(all_alike, {"p_value": 0.011}, analysis="logrank", endpoint="LRFS", factor="lesion_count")
    where = {"analysis": "cox_univariable", "endpoint": "LRFS", "factor": "lesion_count"}
    found = changed(found, {"estimate": ratio, "conf_low": 0.4, "conf_high": 2.0}, **where, statistic="hazard_ratio")

    text = comparisons(found, study)

    assert text.startswith(
        "The groups differed by 1 of the 5 factors compared, at the level of 0.05. By metastatic lesions, patients of "
        f"the group ‘Single’ fared {word} than those of the group ‘≥ 2’ ("
    )
    assert f" without an event at 60 months; log-rank p = 0.011; hazard ratio {ratio:.2f} (0.40–2.00))." in text
    assert text.count("By metastatic lesions") == 1 and "No such difference was found by GTV diameter" in text


def test_the_smallest_p_is_told_first(all_alike, study):
    found = changed(all_alike, {"p_value": 0.04}, analysis="logrank", endpoint="LRFS", factor="gtv")
    found = changed(found, {"p_value": 0.001}, analysis="logrank", endpoint="LRFS", factor="bed")
    text = comparisons(found, study)
    assert text.index("By BED10") < text.index("By GTV diameter")
    assert "‘≥ 60 Gy’" in text and text.count("without an event") == 1
    abstract = spoken(write_sentences(found, study)["sentences.differences"].text, found, study)
    assert abstract.startswith(
        "Local-recurrence-free survival differed by BED10 (p = 0.001) and GTV diameter (p = 0.040); overall survival "
        "did not differ by any of the 12 factors compared."
    )


def test_more_than_two_groups_are_told_by_their_rates(all_alike, study):
    found = changed(all_alike, {"p_value": 0.01}, analysis="logrank", endpoint="OS", factor="figo_stage")
    text = comparisons(found, study, "OS")
    assert "By FIGO stage, " in text
    assert " (IV) of patients were without an event at 60 months (log-rank p = 0.010)." in text


def test_those_with_and_without_need_no_names(all_alike, study):
    found = changed(all_alike, {"p_value": 0.01}, analysis="logrank", endpoint="OS", factor="disease_control")
    text = comparisons(found, study, "OS")
    assert re.search(r"Patients with disease control fared (better|worse) than those without \(", text)


def test_severe_toxicity_is_told_when_there_is_some(estimates, study):
    severe = {"analysis": "toxicity", "factor": "grade", "level": "≥ 3"}
    none = write_cohort_sentences(changed(estimates, {"events": 0}, **severe), study)
    some = write_cohort_sentences(changed(estimates, {"events": 2}, **severe), study)
    assert none["sentences.severe"].text == "No toxicity of grade three or above was recorded."
    assert some["sentences.severe"].text.endswith("was recorded in {{< var toxicity.grade.from_3.n >}} patients.")


def test_sites_without_complete_response_are_told(estimates, study):
    where = {"analysis": "response", "endpoint": "first", "unit": "lesion", "factor": "site", "statistic": "CR"}
    alike = changed(estimates, {"events": 0, "estimate": 0.0}, **where)
    assert write_cohort_sentences(alike, study)["sentences.sites"].text == "No lesion responded completely."
    one = changed(alike, {"events": 3, "estimate": 0.3}, **where, level="Neck")
    text = write_cohort_sentences(one, study)["sentences.sites"].text
    assert (
        text.startswith("Complete responses were seen at the sites neck (") and "and at none of intracranial, " in text
    )


def test_the_model_of_a_response_tells_its_odds_ratios_and_what_has_none(estimates, study):
    where = {"analysis": "logistic_multivariable", "statistic": "odds_ratio"}
    known = {"estimate": 2.0, "conf_low": 1.1, "conf_high": 3.6, "p_value": 0.02, "reason": pd.NA}
    told = changed(estimates, known, **where)
    sentence = spoken(write_sentences(told, study)["sentences.response_models"].text, told, study)
    assert sentence.count("2.00 (1.10–3.60) for ") == len(study.analyses.logistic["objective_response"])
    assert "Firth" not in sentence
    nothing = {name: float("nan") for name in ("estimate", "conf_low", "conf_high", "p_value")}
    told = changed(told, {**nothing, "reason": "no response at this level"}, **where, factor="visceral")
    sentence = spoken(write_sentences(told, study)["sentences.response_models"].text, told, study)
    assert "has no odds ratio (no response at this level), with Firth’s penalty it is" in sentence


def test_a_study_without_models_of_response_says_nothing_of_them(estimates, study):
    silent = study.model_copy(update={"analyses": study.analyses.model_copy(update={"logistic": {}})})
    assert write_sentences(estimates, silent)["sentences.response_models"].text == ""
    assert write_methods(silent)["methods.logistic"].text == ""
    assert "objective response by location" in write_methods(study)["methods.logistic"].text


def test_a_real_cohort_is_not_called_synthetic(estimates, study):
    real = study.model_copy(update={"synthetic": None})
    sentences = write_cohort_sentences(estimates, real)
    assert "synthetic" not in " ".join(value.text for value in sentences.values())
    assert "**synthetic**" in write_cohort_sentences(estimates, study)["sentences.origin"].text


def test_every_option_that_can_be_declared_has_its_phrase():
    models = {"dose": declarations.Dose, "response": declarations.Response, "analyses": declarations.Analyses}
    for place in KEYS.values():
        section, option = place.split(".")
        assert set(OPTIONS[place]) == set(get_args(models[section].model_fields[option].annotation)), place
    assert set(EVENTS) == set(declarations.EVENTS)


def test_the_methods_say_what_is_configured(study):
    methods = write_methods(study)
    assert methods["methods.ties"].text == "Breslow's handling of ties [@breslow1974]"
    assert methods["methods.rounding"].text == "rounded half up to whole months"

    months = study.months.model_copy(update={"round_endpoints_to": 0})
    analyses = study.analyses.model_copy(update={"ties": "efron", "multivariable": {}})
    other = write_methods(study.model_copy(update={"months": months, "analyses": analyses}))
    assert other["methods.ties"].text == "Efron's handling of ties [@efron1977]"
    assert other["methods.rounding"].text == "not rounded"
    assert "multivariable" in methods["methods.compared"].text
    assert "multivariable" not in other["methods.compared"].text


def test_the_methods_name_the_tests_of_the_declared_tables(study):
    def groups(**table):
        declared = study.tables["table1"].model_copy(update=table)
        return write_methods(study.model_copy(update={"tables": {"table1": declared}}))["methods.groups"].text

    assert groups(by=None) == ""
    two = groups(by="lesion_count")
    assert two.startswith("Patients by metastatic lesions were compared in their characteristics. Numbers were")
    assert "by Student's t test, any other by the Mann–Whitney U test [@mann1947]." in two
    assert "independent" not in two
    three = groups(by="lesion_groups")
    assert "by analysis of variance, any other by the Kruskal–Wallis test [@kruskal1952]." in three
    assert "normal distribution" not in groups(by="lesion_count", variables=[])
    assert "chi-square" not in groups(by="lesion_count", factors=[])
    assert "take the lesions of a patient as independent" in groups(by="lesion_burden", unit="lesion")


def test_an_endpoint_is_defined_by_its_declaration(study):
    assert define("OS", study.endpoints["OS"]) == (
        "**Overall survival** (OS), per patient: from the last fraction to death; "
        "without it, censored at the last contact."
    )
    assert "; death before that ended follow-up as a competing event. Its" in define("CFI", study.endpoints["CFI"])
    assert list_endpoints(study).count("\n- **") == len(study.endpoints) - 1


def test_labels_within_a_sentence():
    assert [lower(label) for label in ("Metastatic lesions", "GTV diameter (cm)", "FIGO stage", "BED10 (Gy)")] == [
        "metastatic lesions", "GTV diameter (cm)", "FIGO stage", "BED10 (Gy)",
    ]  # fmt: skip
