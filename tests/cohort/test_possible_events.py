"""A death, recurrence or new lesion that is set aside is named, and no estimate is made as if it had not been there."""

import pandas as pd
import pytest
from ward import BASE, STUDY, build, contact, imaging, patient, said, therapy, toxicity

from oligomet.cohort.possible_events import refuse_undecided, tell


def with_parsing(**changes):
    return STUDY.model_copy(update={"parsing": STUDY.parsing.model_copy(update=changes)})


def died(date="2020-06", **changes) -> dict:
    return contact(date=date, status="died", **changes)


def named(cohort) -> list[tuple]:
    events = cohort["possible_events"]
    return list(events[["event", "certain", "decide", "source"]].itertuples(index=False, name=None))


@pytest.mark.parametrize("date", ["2020-06", "2020-06-UNK", "31.06.2020", "2020-06-05T16:00:00Z", "summer", ""])
def test_no_estimate_is_made_while_a_death_cannot_be_read(date):
    cohort = build(follow_up=[contact(), died(date)])
    assert named(cohort) == [("death", 1, 1, "follow_up.csv:3")]
    with pytest.raises(ValueError, match=r"follow_up\.csv:3") as refusal:
        refuse_undecided(cohort["possible_events"])
    assert "deaths_set_aside" in str(refusal.value)
    assert "follow_up.csv:3: death" in tell(cohort["possible_events"])


def test_who_was_followed_by_no_other_row_is_not_just_left_out():
    cohort = build(follow_up=[died()])
    assert cohort["screened"]["rule"].tolist() == ["followed"]
    assert named(cohort) == [("death", 1, 1, "follow_up.csv:2")]


def test_a_decision_for_the_record_or_a_rule_for_such_dates_lets_it_pass():
    declared = STUDY.model_copy(update={"deaths_set_aside": ["follow_up.csv:3"]})
    decided = build(declared, follow_up=[contact(), died()])
    assert named(decided) == [("death", 1, 0, "follow_up.csv:3")]
    refuse_undecided(decided["possible_events"])
    ruled = build(with_parsing(partial_dates="middle"), follow_up=[contact(), died()])
    assert named(ruled) == []
    assert ruled["follow_up"]["date"].tolist() == list(pd.to_datetime(["2018-01-10", "2020-06-15"]))
    assert said(ruled) == [("follow_up", 3, "Contact", "partial_date", 1)]


def test_a_day_that_was_made_up_is_not_before_a_contact_in_life():
    seen = contact(date="2020-06-20")
    cohort = build(with_parsing(partial_dates="first"), follow_up=[seen, died()])
    assert cohort["follow_up"]["date"].tolist() == list(pd.to_datetime(["2020-06-20", "2020-06-20"]))
    cohort = build(with_parsing(partial_dates="first"), follow_up=[seen, died("2020")])
    assert len(cohort["follow_up"]) == 2


def test_a_visit_and_a_death_certificate_of_one_day_are_two_records():
    cohort = build(follow_up=[contact(distant_progression="yes", edited=""), died("2018-01-10", edited="")])
    assert cohort["follow_up"]["status"].tolist() == ["alive", "dead"]
    assert said(cohort) == [] and named(cohort) == []


def test_a_death_without_a_record_number_is_nobodys_and_named():
    rows = [contact(), died("2020-06-05") | {"patient_id": ""}]
    assert named(build(follow_up=rows)) == [("death", 1, 1, "follow_up.csv:3")]


def test_a_status_that_no_term_knows_may_be_death():
    cohort = build(follow_up=[contact(), contact(date="2019-01-01", status="RIP")])
    assert named(cohort) == [("death", 0, 1, "follow_up.csv:3")]
    assert "possibly death" in tell(cohort["possible_events"])


def test_recurrence_progression_and_new_lesions_are_named_and_need_no_decision():
    cohort = build(
        follow_up=[
            contact(),
            contact(date="?", in_field_recurrence="yes"),
            contact(date="2018-03-01", distant_progression="?"),
        ],
        measurements=[imaging(), imaging(date="summer", new_lesions="yes")],
    )
    assert named(cohort) == [
        ("distant_progression", 0, 0, "follow_up.csv:4"),
        ("in_field_recurrence", 1, 0, "follow_up.csv:3"),
        ("new_lesion", 1, 0, "imaging.csv:3"),
    ]
    accounting = cohort["accounting"].set_index("role")["possible_events"]
    assert (accounting["follow_up"], accounting["measurements"], accounting["patients"]) == (2, 1, 0)


@pytest.mark.parametrize(
    "records",
    [
        {"follow_up": [contact(), died("2019-01-01"), died("2019-01-01")]},  # a copy
        {"follow_up": [contact(), died("2019-01-01"), died("?")]},  # another row tells of it
        {"follow_up": [contact(), died("?")], "patients": [patient(kps="10")]},  # not eligible
        {"follow_up": [contact(), died("?") | {"patient_id": "OV-404"}]},  # no patient of the study
    ],
)
def test_what_changes_nothing_needs_no_decision(records):
    refuse_undecided(build(**records)["possible_events"])


def test_grade_five_is_death():
    fatal = [*BASE["toxicities"], toxicity(grade="5", onset_date="2016-05-01")]
    living = build(toxicities=fatal)
    assert said(living) == [("toxicities", 3, "Grade", "inconsistent", 0)]
    assert named(living) == [("death", 1, 1, "toxicity.csv:3"), ("severe_toxicity", 1, 0, "toxicity.csv:3")]
    dead = build(toxicities=fatal, follow_up=[contact(date="2016-05-01", status="dead")], therapies=[therapy()])
    assert len(dead["toxicities"]) == 2 and named(dead) == []


def test_a_cause_of_death_without_a_status_may_be_death():
    cohort = build(follow_up=[contact(), contact(date="2019-01-01", status="", cause_of_death="ovarian cancer")])
    assert named(cohort) == [("death", 1, 1, "follow_up.csv:3")]
    assert "follow_up.csv:3: death; status: nothing is there" in tell(cohort["possible_events"])
    assert named(build(follow_up=[contact(), contact(date="2019-01-01", status="")])) == []


@pytest.mark.parametrize(
    ("changes", "certain"),
    [
        ({"grade": "3", "onset_date": "2016-13-01"}, 1),
        ({"grade": "4", "toxicity": "something"}, 1),
        ({"grade": "III"}, 0),
        ({"grade": "2", "onset_date": "?"}, None),
        ({"grade": "9"}, None),  # no grade there is
        ({"grade": "3", "patient_id": "OV-404"}, None),  # no patient of the study
    ],
)
def test_a_severe_toxicity_that_is_set_aside_is_named(changes, certain):
    cohort = build(toxicities=[toxicity(**changes)])
    assert named(cohort) == ([] if certain is None else [("severe_toxicity", certain, 0, "toxicity.csv:2")])
