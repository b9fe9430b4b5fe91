"""Retreatment in the raw rows: what is a second course, and what a correction."""

import pandas as pd
from ward import STUDY, build, contact, imaging, lesion, plan, said

from all_outcomes import derive_outcomes
from oligomet.declarations import Courses
from oligomet.schemas import validate

AGAIN = plan(start_date="2017-06-01", end_date="2017-06-05", edited="2020-07-01")


def test_a_lesion_that_is_irradiated_again_is_a_lesion_in_each_course():
    cohort = build(plans=[plan(), AGAIN])
    lesions = cohort["lesions"]
    first, second = lesions["lesion_id"]
    assert second == first + "-C2"
    assert lesions["course"].tolist() == [1, 2]
    assert lesions["imaged_id"].tolist() == [first, first] == cohort["measurements"]["lesion_id"].tolist() * 2
    assert said(cohort) == [("plans", 3, "First fraction", "inconsistent", 1)]
    (her,) = cohort["patients"].to_dict("records")
    assert (her["radiotherapy_start"], her["radiotherapy_end"]) == tuple(pd.to_datetime(["2016-03-01", "2016-04-05"]))


def test_a_corrected_plan_of_one_course_is_no_second_course():
    cohort = build(plans=[plan(), plan(start_date="2016-03-02", edited="2020-07-01")])
    assert cohort["lesions"]["start_date"].tolist() == [pd.Timestamp("2016-03-02")]
    assert [line[3] for line in said(cohort)] == ["superseded"]


def test_nothing_is_noted_where_the_first_fraction_is_part_of_the_key():
    plans = STUDY.sources["plans"].model_copy(update={"key": ["patient_id", "lesion_number", "start_date"]})
    study = STUDY.model_copy(update={"sources": {**STUDY.sources, "plans": plans}})
    assert len(build(study, plans=[plan(), AGAIN])["lesions"]) == 2
    assert said(build(study, plans=[plan(), AGAIN])) == []
    together = build(study, plans=[plan(), plan(start_date="2016-04-06", end_date="2016-04-08"), AGAIN])
    assert [line[:2] for line in said(together) if line[0] == "plans"] == [("plans", 2), ("plans", 3)]


def test_follow_up_can_start_at_the_last_course():
    second = dict(lesion_number="2")
    records = dict(lesions=[lesion(), lesion(**second)], plans=[plan(), AGAIN | second])
    declared = STUDY.model_copy(update={"courses": Courses(starts="last")})
    starts = [build(study, **records)["patients"]["radiotherapy_start"].iloc[0] for study in (STUDY, declared)]
    assert starts == list(pd.to_datetime(["2016-03-01", "2017-06-01"]))


def test_two_courses_go_through_to_times_and_tables():
    """From the raw rows: recurrence of the first lesion, then the same lesion and a new one irradiated again."""
    again = dict(start_date="2017-06-01", end_date="2017-06-05")
    cohort = build(
        lesions=[lesion(), lesion(lesion_number="2", site="liver")],
        plans=[plan(), AGAIN, plan(lesion_number="2", **again)],
        measurements=[imaging(), imaging(date="2017-05-20"), imaging(lesion_number="2", date="2017-05-20")],
        follow_up=[contact(date="2016-10-02", in_field_recurrence="1", in_field_lesions="1"), contact()],
    )
    made = derive_outcomes(cohort, STUDY)
    times = made["times"]
    of_lesions = times[times["endpoint"] == "LRFS_lesion"].set_index("subject_id")[["event", "why"]]
    her = cohort["patients"]["patient_id"].iloc[0]
    assert of_lesions["event"].to_dict() == {f"{her}-L1": 1, f"{her}-L1-C2": 0, f"{her}-L2": 0}
    (lrfs,) = times[times["endpoint"] == "LRFS"].to_dict("records")
    assert (lrfs["event"], lrfs["days"]) == (1, 180)
    assert made["patients"]["irradiated_lesions"].tolist() == [1]
    assert validate(made["lesions"], "outcomes/lesions")["course"].tolist() == [1, 2, 2]
