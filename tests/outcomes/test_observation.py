"""Until when a subject is observed. Irradiated to 10 February 2019; a month has 30 days in these tests."""

import pytest
from handwritten import LOCAL, RECIST, cohort_of, endpoint, patient, scans_of, study
from pydantic import ValidationError

from oligomet.follow_up_declarations import ImagingSchedule
from oligomet.outcomes.endpoints import derive_times, find_set_aside
from oligomet.outcomes.events import collect_events
from oligomet.outcomes.recist import assess_responses
from oligomet.schemas import validate

PROGRESSION = ["lesion_progression", "distant_progression", "death"]
EVERY_90_DAYS = ImagingSchedule(due_days=[90, 180], then_every_days=90, tolerance_days=15)
# 60, 90, 180 and 360 days after the last fraction
BASELINE, DAY_60, DAY_90, DAY_180, DAY_360 = "2019-01-02", "2019-04-11", "2019-05-11", "2019-08-09", "2020-02-05"


def progression_free(*patients, schedule=EVERY_90_DAYS, subject="P1", per="patient", **declared) -> list:
    """Months, event, competing and the reason."""
    declared = {"events": PROGRESSION, "observed_until": ["last_adequate_imaging"]} | declared
    rules = study(endpoints={"PFS": endpoint(per, **declared)}, imaging_schedule=schedule)
    cohort = cohort_of(*patients)
    responses = assess_responses(cohort["lesions"], cohort["measurements"], RECIST)
    events = collect_events(cohort, responses, rules)
    times = derive_times(cohort["patients"], cohort["lesions"], events, scans_of(cohort), rules)
    (row,) = validate(times, "outcomes/times").query("subject_id == @subject").to_dict("records")
    return [row["months"], row["event"], row["competing"], row["why"]]


def imaged(*scans, contacts=("2021-06-01 alive",), courses=()) -> dict:
    return patient(imaging={1: [f"{BASELINE} 20mm", *scans]}, contacts=contacts, courses=courses)


class TestLastAdequateImaging:
    """FDA 2018: without progression, censored at the last adequate assessment, not at the last telephone call."""

    def test_a_telephone_call_is_no_look(self):
        assert progression_free(imaged(f"{DAY_60} 20mm")) == [2, 0, 0, "censored: last_adequate_imaging"]

    def test_a_scan_without_a_diameter_is_not_adequate(self):
        unmeasured = imaged(f"{DAY_60} 20mm", f"{DAY_180} seen")
        assert progression_free(unmeasured)[0] == 2
        assert progression_free(unmeasured, observed_until=["last_imaging"])[0] == 6

    def test_a_lesion_that_is_gone_was_looked_at(self):
        assert progression_free(imaged(f"{DAY_60} 20mm", f"{DAY_180} gone"))[0] == 6

    def test_each_lesion_has_its_own(self):
        two = patient(
            lesions=("pelvic", "liver"),
            imaging={1: [f"{BASELINE} 20mm", f"{DAY_60} 20mm"], 2: [f"{BASELINE} 20mm", f"{DAY_180} 20mm"]},
        )
        local = {"per": "lesion", "events": LOCAL["events"]}
        assert progression_free(two, subject="P1-L1", **local)[0] == 2
        assert progression_free(two, subject="P1-L2", **local)[0] == 6
        assert progression_free(two)[0] == 6

    def test_death_is_an_event_whenever_it_comes(self):
        assert progression_free(imaged(f"{DAY_60} 20mm", contacts=[f"{DAY_360} dead"])) == [12, 1, 0, "death"]


BEFORE = {"observed_before": ["next_systemic_therapy"]}
TWO_MISSED = {"missed_scans": 2}
LOCAL_CONTROL = {**LOCAL, "observed_until": ["last_contact"]}


class TestBeforeAnotherTherapy:
    """FDA 2018: a new anticancer therapy before progression, censored at the last adequate assessment before it."""

    treated = ("chemotherapy 2019-07-01",)  # 141 days after the last fraction

    def test_what_comes_after_it_does_not_count(self):
        her = imaged(f"{DAY_60} 20mm", f"{DAY_180} 20mm", contacts=[f"{DAY_360} distant"], courses=self.treated)
        assert progression_free(her) == [12, 1, 0, "distant_progression"]
        why = "censored: last_adequate_imaging before next_systemic_therapy"
        assert progression_free(her, **BEFORE) == [2, 0, 0, why]

    def test_censored_at_a_contact_it_is_the_day_of_the_therapy(self):
        her = imaged(f"{DAY_60} 20mm", contacts=[f"{DAY_360} distant"], courses=self.treated)
        until = {"observed_until": ["last_contact"], **BEFORE}
        assert progression_free(her, **until) == [5, 0, 0, "censored: next_systemic_therapy"]

    def test_progression_on_that_day_or_before_is_progression(self):
        her = imaged(f"{DAY_60} 20mm", contacts=["2019-07-01 distant"], courses=self.treated)
        assert progression_free(her, **BEFORE) == [5, 1, 0, "distant_progression"]

    def test_who_was_never_treated_again_is_observed_to_the_end(self):
        assert progression_free(imaged(f"{DAY_60} 20mm"), **BEFORE) == [2, 0, 0, "censored: last_adequate_imaging"]

    def test_the_competing_death_after_it_does_not_compete(self):
        her = imaged(f"{DAY_60} 20mm", contacts=[f"{DAY_360} dead"], courses=self.treated)
        assert progression_free(her, **LOCAL)[2] == 1
        assert progression_free(her, **LOCAL, **BEFORE)[:3] == [2, 0, 0]

    def test_without_a_scan_since_the_start_she_is_set_aside_with_the_reason(self):
        her = imaged(contacts=[f"{DAY_360} distant"], courses=self.treated)
        rules = study(
            endpoints={"PFS": endpoint(events=PROGRESSION, observed_until=["last_adequate_imaging"], **BEFORE)}
        )
        events = collect_events(her, assess_responses(her["lesions"], her["measurements"], RECIST), rules)
        aside = find_set_aside(her["patients"], her["lesions"], events, scans_of(her), rules)
        assert aside["reason"].tolist() == ["last adequate imaging before radiotherapy end"]


class TestMissedScans:
    """FDA 2018: progression or death after two or more missed assessments, censored at the last adequate one."""

    def test_after_two_missed_scans_an_event_does_not_count(self):
        her = imaged(f"{DAY_90} 20mm", contacts=[f"{DAY_360} distant"])  # those of day 180 and 270 are missing
        assert progression_free(her, **TWO_MISSED) == [3, 0, 0, "censored: last_adequate_imaging"]
        assert progression_free(her, missed_scans=3)[:2] == [12, 1]

    def test_after_one_it_does(self):
        her = imaged(f"{DAY_180} 20mm", contacts=[f"{DAY_360} distant"])
        assert progression_free(her, **TWO_MISSED)[:2] == [12, 1]

    def test_a_scan_within_the_tolerance_is_the_one_that_was_due(self):
        late = "2019-08-24"  # day 195
        assert progression_free(imaged(f"{late} 20mm", contacts=[f"{DAY_360} dead"]), missed_scans=1)[1] == 0
        her = imaged(f"{DAY_90} 20mm", f"{late} 20mm", contacts=["2019-11-22 dead"])  # day 285, within day 270's
        assert progression_free(her, missed_scans=1)[:2] == [10, 1]

    def test_what_was_missed_before_a_scan_without_progression_does_not_matter(self):
        her = imaged(f"{DAY_360} 20mm", contacts=["2020-03-01 dead"])
        assert progression_free(her, **TWO_MISSED)[:2] == [13, 1]

    def test_an_inadequate_scan_is_a_missed_one(self):
        her = imaged(f"{DAY_90} 20mm", f"{DAY_180} seen", contacts=[f"{DAY_360} distant"])
        assert progression_free(her, **TWO_MISSED)[:2] == [3, 0]

    def test_never_scanned_after_radiotherapy(self):
        never = imaged(contacts=[f"{DAY_360} dead"])
        until = {"observed_until": ["last_contact"], "missed_scans": 2}
        assert progression_free(never, **until) == [7, 0, 0, "censored: missed scans"]  # day 180 and its tolerance

    def test_nobody_is_missed_without_an_event(self):
        her = imaged(f"{DAY_90} 20mm", contacts=[f"{DAY_360} alive"])
        assert progression_free(her, observed_until=["last_contact"], **TWO_MISSED)[0] == 12

    def test_the_schedule_goes_on_as_declared(self):
        assert ImagingSchedule(due_days=[60, 120, 300], then_every_days=180).due(700) == [60, 120, 300, 480, 660]
        assert ImagingSchedule(due_days=[60, 120]).due(90) == [60]
        with pytest.raises(ValidationError, match="in their order"):
            ImagingSchedule(due_days=[90, 60])


class TestOnOneDay:
    def test_recurrence_and_death_on_one_day(self):
        her = patient(contacts=[f"{DAY_360} in-field 1 dead"])
        assert progression_free(her, **LOCAL_CONTROL) == [12, 1, 0, "in_field_recurrence"]
        assert progression_free(her, **LOCAL_CONTROL, on_one_day="competing") == [12, 0, 1, "competing: death"]

    def test_progression_and_death_on_one_day_are_one_event_named_by_the_order_declared(self):
        her = patient(contacts=[f"{DAY_360} distant dead"])
        until = {"observed_until": ["last_contact"]}
        assert progression_free(her, **until) == [12, 1, 0, "distant_progression"]
        assert progression_free(her, **until, events=PROGRESSION[::-1]) == [12, 1, 0, "death"]


def test_what_ends_an_endpoint_cannot_end_observation_before():
    with pytest.raises(ValidationError, match="observed_before: death ends it already"):
        endpoint(observed_before=["death"])
