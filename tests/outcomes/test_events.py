"""What happened, when, and which raw row says so."""

import pandas as pd
from handwritten import RECIST, cohort_of, patient, study

from oligomet.declarations import Response
from oligomet.outcomes.events import collect_events
from oligomet.outcomes.recist import assess_responses
from oligomet.schemas import validate


def events_of(*patients, **decided) -> pd.DataFrame:
    cohort = cohort_of(*patients)
    events = collect_events(
        cohort, assess_responses(cohort["lesions"], cohort["measurements"], RECIST), study(**decided)
    )
    return validate(events, "outcomes/events")


def dated(events, event) -> list[tuple]:
    """(lesion number or None, date, raw row) of every row of an event."""
    rows = events[events["event"] == event]
    lesions = [None if pd.isna(lesion) else lesion.split("-L")[1] for lesion in rows["lesion_id"]]
    return list(zip(lesions, rows["date"].dt.strftime("%Y-%m-%d"), rows["source"], strict=True))


def test_radiotherapy_is_of_each_lesion_and_of_the_patient():
    one, two = patient(lesions=("pelvic",)), patient(lesions=("pelvic",), irradiated=("2019-01-14", "2019-03-01"))
    lesions = pd.concat([one["lesions"], two["lesions"].assign(lesion_id="P1-L2", plan_source="plans:9")])
    events = events_of({**one, "lesions": lesions.reset_index(drop=True)})
    assert dated(events, "radiotherapy_start") == [
        (None, "2019-01-10", "plans:2"),
        ("1", "2019-01-10", "plans:2"),
        ("2", "2019-01-14", "plans:9"),
    ]
    assert dated(events, "radiotherapy_end")[-2:] == [(None, "2019-03-01", "plans:9"), ("2", "2019-03-01", "plans:9")]


def test_a_named_recurrence_is_of_the_lesions_named():
    events = events_of(patient(lesions=("pelvic", "node", "liver"), contacts=["2019-08-01 in-field 1;3"]))
    assert dated(events, "in_field_recurrence") == [
        ("1", "2019-08-01", "follow_up.csv:2"),
        ("3", "2019-08-01", "follow_up.csv:2"),
    ]


def test_a_recurrence_that_names_no_lesion_is_of_the_only_one():
    events = events_of(patient(contacts=["2019-08-01 in-field"]))
    assert dated(events, "in_field_recurrence") == [("1", "2019-08-01", "follow_up.csv:2")]


def test_a_recurrence_of_one_of_several_lesions_is_of_the_patient_alone():
    events = events_of(patient(lesions=("pelvic", "node"), contacts=["2019-08-01 in-field"]))
    assert dated(events, "in_field_recurrence") == [(None, "2019-08-01", "follow_up.csv:2")]


def test_a_recurrence_in_a_lesion_that_was_not_irradiated_is_not_pinned_on_another():
    events = events_of(patient(lesions=("pelvic", "node"), contacts=["2019-08-01 in-field 4"]))
    assert dated(events, "in_field_recurrence") == [(None, "2019-08-01", "follow_up.csv:2")]


def test_a_recurrence_is_dated_by_the_first_contact_that_records_it():
    events = events_of(patient(contacts=["2020-02-01 in-field 1", "2019-08-01 in-field 1"]))
    assert dated(events, "in_field_recurrence") == [("1", "2019-08-01", "follow_up.csv:3")]


def test_progression_at_the_first_assessment_alone_is_an_event_if_so_declared():
    grows = patient("P1", imaging={1: ["2019-01-02 20mm", "2019-04-01 30mm"]})
    grows_later = patient("P2", imaging={1: ["2019-01-02 20mm", "2019-04-01 20mm", "2019-09-01 40mm"]})
    imaged_late = patient("P3", imaging={1: ["2019-01-02 20mm", "2019-09-01 40mm"]})
    events = events_of(grows, grows_later, imaged_late)
    assert dated(events, "lesion_progression") == [("1", "2019-04-01", "imaging.csv:3")]


def test_later_growth_is_progression():
    scans = ["2019-01-02 20mm", "2019-04-01 20mm", "2019-09-01 40mm", "2019-12-01 50mm"]
    grows_later, imaged_late = patient("P1", imaging={1: scans}), patient("P2", imaging={1: [scans[0], *scans[2:]]})
    events = events_of(grows_later, imaged_late, response=Response())
    assert dated(events, "lesion_progression") == [
        ("1", "2019-09-01", "imaging.csv:4"),
        ("1", "2019-09-01", "imaging.csv:3"),
    ]


def test_new_lesions_at_baseline_are_the_disease_that_is_treated():
    events = events_of(patient(imaging={1: ["2019-01-12 20mm new", "2019-04-01 20mm", "2019-09-01 20mm new"]}))
    assert dated(events, "new_lesion") == [(None, "2019-09-01", "imaging.csv:4")]


def test_a_new_lesion_noted_with_a_lesion_that_was_not_irradiated_is_progression():
    tables = patient(lesions=("pelvic", "liver"), imaging={1: ["2019-01-02 20mm"], 2: ["2019-09-01 20mm new"]})
    events = events_of({**tables, "lesions": tables["lesions"].iloc[:1]})
    assert dated(events, "new_lesion") == [(None, "2019-09-01", "imaging.csv:2")]


def test_new_lesions_during_radiotherapy_are_progression():
    events = events_of(patient(imaging={1: ["2019-01-12 20mm new", "2019-02-01 20mm new"]}))
    assert dated(events, "new_lesion") == [(None, "2019-02-01", "imaging.csv:3")]


def test_distant_progression_before_radiotherapy_led_to_it():
    events = events_of(patient(contacts=["2018-11-01 distant", "2019-10-01 distant", "2020-01-01 distant"]))
    assert dated(events, "distant_progression") == [(None, "2019-10-01", "follow_up.csv:3")]


def test_next_therapy_is_the_first_course_to_begin_after_the_last_fraction():
    courses = [
        "chemotherapy platinum 2017-01-01 to 2017-06-01",
        "targeted_therapy 2018-06-01 to 2019-12-01",  # maintenance through radiotherapy
        "chemotherapy 2019-02-10",  # on the day of the last fraction
        "chemotherapy 2020-05-01",
        "immunotherapy 2020-02-01",
    ]
    assert dated(events_of(patient(courses=courses)), "next_systemic_therapy") == [(None, "2020-02-01", "therapies:6")]


def test_death_is_also_the_last_contact():
    events = events_of(patient(contacts=["2019-05-01 alive", "2020-01-01 dead"]))
    assert dated(events, "death") == dated(events, "last_contact") == [(None, "2020-01-01", "follow_up.csv:3")]


def test_the_last_imaging_is_of_each_lesion_and_of_the_patient():
    imaging = {1: ["2019-01-02 20mm", "2019-04-01 20mm"], 2: ["2019-01-02 20mm", "2019-09-01 20mm"]}
    events = events_of(patient(lesions=("pelvic", "liver"), imaging=imaging))
    assert [row[:2] for row in dated(events, "last_imaging")] == [
        ("1", "2019-04-01"),
        (None, "2019-09-01"),
        ("2", "2019-09-01"),
    ]


def test_nothing_after_the_data_cut_counts():
    contacts = ["2021-12-30 alive", "2022-02-01 in-field 1", "2022-03-01 dead"]
    late = patient(
        contacts=contacts,
        courses=["chemotherapy 2017-01-01", "chemotherapy 2022-01-01"],
        imaging={1: ["2022-01-05 20mm new"]},
    )
    events = events_of(late)
    assert dated(events, "last_contact") == [(None, "2021-12-30", "follow_up.csv:2")]
    assert dated(events, "data_cut") == [(None, "2021-12-30", "study.yaml: data_cut")]
    absent = {"in_field_recurrence", "death", "next_systemic_therapy", "last_imaging", "new_lesion"}
    assert not absent & set(events["event"])
