"""Rules of eligibility with alternatives, and of lesions and their doses: a lesion goes, and its patient may stay."""

import pytest
from ward import STUDY, build, contact, imaging, lesion, patient, plan, said

from oligomet.eligibility_declarations import Eligibility


def with_rules(*rules: dict):
    declared = [Eligibility.model_validate({"excluded": "said in words", **rule}) for rule in rules]
    return STUDY.model_copy(update={"eligibility": declared})


FIT = {
    "id": "fit",
    "any_of": [
        {"variable": "kps", "at_least": 80},
        {"all_of": [{"variable": "metastases", "at_most": 1}, {"variable": "kps", "at_least": 60}]},
    ],
}
ENOUGH = {"id": "dose", "of": "lesions", "variable": "bed10_gy", "at_least": 50}
TWO = dict(
    lesions=[lesion(), lesion(lesion_number="2", site="liver")],
    plans=[plan(), plan(lesion_number="2", fractions="5", ptv_fraction_gy="2", ptv_dose_gy="10", pgtv_fraction_gy="",
                        pgtv_dose_gy="")],
)  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "eligible"),
    [
        ({"kps": "80", "metastases": "5"}, 1),
        ({"kps": "60", "metastases": "1"}, 1),
        ({"kps": "60", "metastases": "2"}, 0),
        ({"kps": "50", "metastases": "1"}, 0),
    ],
)
def test_one_of_the_alternatives_is_enough(cells, eligible):
    screened = build(with_rules(FIT), patients=[patient(**cells)])["screened"].iloc[0]
    assert screened["eligible"] == eligible
    assert eligible or screened["rule"] == "fit"


def test_a_lesion_is_excluded_by_its_dose_and_its_patient_stays():
    scans = [imaging(), imaging(lesion_number="2"), imaging(lesion_number="2", date="2016-06-01", new_lesions="yes")]
    cohort = build(with_rules(ENOUGH), **TWO, measurements=scans)
    assert cohort["lesions"]["lesion_id"].str.endswith("-L1").tolist() == [True]
    screened = cohort["screened_lesions"]
    assert screened["eligible"].tolist() == [1, 0]
    assert screened["rule"].tolist()[1] == "dose"
    assert cohort["screened"]["eligible"].tolist() == [1]
    gone = [line for line in said(cohort) if line[3] == "not_eligible"]
    assert sorted(line[:2] for line in gone) == [("lesions", 3), ("measurements", 3), ("plans", 3)]
    assert len(cohort["measurements"]) == 2  # imaging that shows new lesions dates the patient's progression
    accounting = cohort["accounting"]
    assert (accounting["raw"] == accounting["analysed"] + accounting["quarantined"]).all()


def test_what_is_asked_of_a_patient_is_asked_of_the_lesions_left():
    one = {"id": "single", "variable": "irradiated_lesions", "at_most": 1}
    assert build(with_rules(one), **TWO)["screened"]["rule"].tolist() == ["single"]
    assert build(with_rules(one, ENOUGH), **TWO)["screened"]["eligible"].tolist() == [1]


def test_a_patient_of_whom_no_lesion_is_left_is_excluded_for_that():
    followed = {"id": "followed", "variable": "contacts_after_radiotherapy", "at_least": 1}
    nothing = {**ENOUGH, "at_least": 500}
    screened = build(with_rules(nothing, followed))["screened"].iloc[0]
    assert screened["rule"] == "no_eligible_lesion"
    assert build(with_rules(nothing, followed), plans=[])["screened"]["rule"].tolist() == ["no_radiotherapy"]


def test_an_irradiation_may_go_and_the_lesion_stay():
    again = plan(start_date="2018-03-01", end_date="2018-03-05", fractions="5", ptv_fraction_gy="2", ptv_dose_gy="10",
                 pgtv_fraction_gy="", pgtv_dose_gy="")  # fmt: skip
    cohort = build(with_rules(ENOUGH), plans=[plan(), again])
    assert cohort["lesions"]["plan_source"].str.endswith(":2").tolist() == [True]
    assert len(cohort["measurements"]) == 1


@pytest.mark.parametrize(
    ("named", "expected"),
    [("2", (None, 0, 1)), ("1;2", ("1", 1, 0)), ("1", ("1", 1, 0))],
    ids=["only the excluded", "both", "only the analysed"],
)
def test_recurrence_of_an_excluded_lesion_is_none_of_an_analysed_one(named, expected):
    recurred = [contact(in_field_recurrence="1", in_field_lesions=named)]
    found = build(with_rules(ENOUGH), **TWO, follow_up=recurred)["follow_up"].iloc[0]
    lesions = None if found.isna()["in_field_lesions"] else found["in_field_lesions"]
    assert (lesions, found["in_field_recurrence"], found["distant_progression"]) == expected


def test_a_rule_asks_for_what_its_subjects_have():
    assert with_rules(FIT, ENOUGH).contradictions() == []
    wrong = with_rules(
        {"id": "a", "variable": "bed10_gy", "at_least": 50},
        {"id": "b", "of": "lesions", "variable": "kps", "at_least": 70},
        {"id": "c", "any_of": [{"variable": "kps", "at_least": 70}, {"variable": "histolgy", "is": "serous"}]},
    )
    said_of = {line[len("eligibility.")]: line for line in wrong.contradictions()}
    assert "It is of lesions: of: lesions." in said_of["a"]
    assert "It is of patients: of: patients." in said_of["b"]
    assert "Did you mean histology?" in said_of["c"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "a"},
        {"id": "a", "variable": "kps"},
        {"id": "a", "variable": "kps", "at_least": 1, "any_of": [{"variable": "kps", "at_least": 1}]},
        {"id": "a", "at_least": 1, "any_of": [{"variable": "kps", "at_least": 1}]},
        {"id": "a", "any_of": [{"variable": "kps"}]},
    ],
)
def test_a_rule_that_says_nothing_or_two_things_is_refused(wrong):
    with pytest.raises(ValueError, match=r"expected one of variable|needs one of"):
        with_rules(wrong)
