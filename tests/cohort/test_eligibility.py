"""Screening by the declared rules, in their order."""

import pytest
from ward import BASE, STUDY, build, contact, lesion, patient, plan, said, surgery, therapy

from oligomet.declarations import ConfigurationError
from oligomet.eligibility_declarations import Eligibility


def outcome(**records) -> str:
    screened = build(**records)["screened"].iloc[0]
    return "eligible" if screened["eligible"] else screened["rule"]


def rule(**parts) -> Eligibility:
    return Eligibility.model_validate({"excluded": "said in words", **parts})


def with_rules(*rules: Eligibility):
    return STUDY.model_copy(update={"eligibility": list(rules)})


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ({}, "eligible"),
        ({"patients": [patient(histology="cervical carcinoma")]}, "ovarian_primary"),
        ({"plans": []}, "accrual"),  # never irradiated: no date is within the period
        ({"plans": [plan(start_date="2012-03-01", end_date="2012-04-05")]}, "accrual"),
        ({"surgeries": [surgery(procedure="biopsy")]}, "surgery"),
        ({"surgeries": [surgery(date="2016-03-01")]}, "surgery"),  # on the day of the first fraction is not before
        ({"therapies": [therapy(start_date="2016-06-01", end_date="", relapse_date="")]}, "systemic_therapy"),
        ({"patients": [patient(metastases="6")]}, "oligometastatic"),
        ({"patients": [patient(surgery_or_systemic_feasible="是")]}, "no_alternative"),
        ({"patients": [patient(kps="60")]}, "performance"),
        ({"follow_up": [contact(date="2016-04-05")]}, "followed"),  # on the day of the last fraction is not after
        ({"follow_up": [contact(date="2016-04-06", status="dead")]}, "eligible"),  # a death is a contact
        ({"patients": [patient(kps="60", metastases="6")]}, "oligometastatic"),  # the first rule counts
    ],
)
def test_the_first_rule_that_is_not_met_counts(records, expected):
    assert outcome(**records) == expected


def test_rows_of_an_excluded_patient_go_with_her_and_say_why():
    cohort = build(patients=[patient(kps="60")], lesions=[lesion(), lesion(lesion_number="2")])
    assert {line[3] for line in said(cohort)} == {"not_eligible"}
    assert set(cohort["quarantine"]["reason"]) == {"performance: general condition too poor (KPS below 70)"}
    assert (cohort["accounting"]["analysed"] == 0).all()
    assert cohort["screened"]["reason"].tolist() == ["general condition too poor (KPS below 70)"]


def test_a_patient_beside_an_excluded_one_stays():
    two = {role: rows + [row | {"patient_id": "OV-2"} for row in rows] for role, rows in BASE.items()}
    two["patients"] = [patient(), patient("OV-2", kps="60")]
    cohort = build(**two)
    assert cohort["screened"]["eligible"].tolist() == [1, 0]
    assert all(len(cohort[name]) == 1 for name in ("patients", "lesions", "therapies", "measurements", "follow_up"))


def test_without_radiotherapy_nobody_is_analysed_even_if_no_rule_says_so():
    screened = build(with_rules(rule(id="any_age", variable="kps", at_least=0)), plans=[])["screened"]
    assert screened[["eligible", "rule", "reason"]].iloc[0].tolist() == [
        0,
        "no_radiotherapy",
        "no irradiated lesion on record",
    ]


def test_who_was_not_irradiated_is_not_excluded_for_want_of_follow_up():
    followed = [rule for rule in STUDY.eligibility if rule.id == "followed"]
    cohort = build(STUDY.model_copy(update={"eligibility": followed}), plans=[plan(end_date="2016-02-01")])
    assert cohort["screened"]["rule"].tolist() == ["no_radiotherapy"]
    cohort = build(STUDY.model_copy(update={"eligibility": followed}), follow_up=[contact(date="2016-03-02")])
    assert cohort["screened"]["rule"].tolist() == ["followed"]


def test_a_missing_variable_meets_no_rule():
    study = with_rules(rule(id="older", variable="age_years", is_not=3))
    assert build(study, plans=[])["screened"]["rule"].tolist() == ["older"]


def test_rules_may_ask_for_what_is_counted():
    study = with_rules(
        rule(id="one_lesion", variable="irradiated_lesions", **{"is": 1}),
        rule(id="treated_twice", variable="systemic_courses", at_least=2),
    )
    assert build(study)["screened"]["rule"].tolist() == ["treated_twice"]


def test_unknown_variables_and_repeated_ids_are_named_together():
    wrong = with_rules(
        rule(id="a", variable="shoe_size", at_least=3),
        rule(id="b", variable="birth_date", at_least=3),
        rule(id="b", variable="kps", at_least=3),
    )
    said = "\n".join(wrong.contradictions())
    assert "eligibility.a: there is no variable shoe_size" in said
    assert "eligibility.b: there is no variable birth_date" in said
    assert "eligibility.b: the id is taken more than once" in said
    assert "Variables are histology, " in said and "contacts_after_radiotherapy" in said


def test_a_rule_that_compares_a_word_with_a_number_is_an_error():
    with pytest.raises(ConfigurationError, match="histology"):
        build(with_rules(rule(id="a", variable="histology", at_least=3)))


@pytest.mark.parametrize(
    ("birth", "first_fraction", "age"),
    [("1960-03-01", "2016-03-01", 56), ("1960-03-02", "2016-03-01", 55), ("1960-02-29", "2018-02-28", 57)],
)
def test_age_is_in_completed_years_at_the_first_fraction(birth, first_fraction, age):
    plans = [plan(start_date=first_fraction, end_date="2018-03-30")]
    cohort = build(patients=[patient(birth_date=birth)], plans=plans, follow_up=[contact(date="2019-01-01")])
    assert cohort["patients"]["age_years"].tolist() == [age]
