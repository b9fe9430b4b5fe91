"""Time to an endpoint, from what was declared. Irradiated to 10 February 2019; a month has 30 days in these tests."""

import pandas as pd
import pytest
from handwritten import LOCAL, RECIST, cohort_of, endpoint, irradiated_again, irradiated_later, patient, scans_of, study

from oligomet.declarations import Courses, Months
from oligomet.outcomes.characteristics import derive_patients
from oligomet.outcomes.endpoints import derive_recensored, derive_times, find_set_aside, to_months
from oligomet.outcomes.events import collect_events
from oligomet.outcomes.imaging import add_last_free
from oligomet.outcomes.recist import assess_responses
from oligomet.schemas import validate


def times_of(*patients, **endpoints) -> pd.DataFrame:
    cohort = cohort_of(*patients)
    declared = study(endpoints=endpoints) if endpoints else study()
    events = collect_events(cohort, assess_responses(cohort["lesions"], cohort["measurements"], RECIST), declared)
    return validate(
        derive_times(cohort["patients"], cohort["lesions"], events, scans_of(cohort), declared), "outcomes/times"
    )


def of(times, name, subject="P1") -> list:
    """Months, event, competing and the reason, of one subject's endpoint."""
    (row,) = times[(times["endpoint"] == name) & (times["subject_id"] == subject)].to_dict("records")
    return [row["months"], row["event"], row["competing"], row["why"]]


def test_death_is_an_event_and_the_row_that_says_so_is_kept():
    times = times_of(patient(contacts=["2019-05-01 alive", "2020-02-05 dead"]))
    assert of(times, "OS") == [12, 1, 0, "death"]
    assert times.loc[times["endpoint"] == "OS", "source"].tolist() == ["follow_up.csv:3"]


def test_the_living_are_observed_until_the_last_contact():
    assert of(times_of(patient(contacts=["2020-02-05 alive", "2019-05-01 alive"])), "OS") == [
        12,
        0,
        0,
        "censored: last_contact",
    ]


def test_the_first_of_several_events_decides():
    grew = patient(
        contacts=["2019-08-01 in-field 1", "2020-02-05 dead"], imaging={1: ["2019-01-02 20mm", "2019-04-11 30mm"]}
    )
    assert of(times_of(grew), "LRFS") == [2, 1, 0, "lesion_progression"]


def test_on_one_day_the_event_declared_first_gives_its_name():
    times = times_of(
        patient(contacts=["2020-02-05 in-field 1 dead"]), PFS=endpoint(events=["death", "in_field_recurrence"])
    )
    assert of(times, "PFS") == [12, 1, 0, "death"]


def test_death_without_recurrence_competes_with_it():
    times = times_of(patient(contacts=["2020-02-05 dead"]))
    assert of(times, "LRFS") == [12, 0, 1, "competing: death"]


def test_death_after_recurrence_does_not():
    times = times_of(patient(contacts=["2019-08-09 in-field 1", "2020-02-05 dead"]))
    assert of(times, "LRFS") == [6, 1, 0, "in_field_recurrence"]


def test_recurrence_on_the_day_of_death_is_recurrence():
    assert of(times_of(patient(contacts=["2020-02-05 in-field 1 dead"])), "LRFS") == [12, 1, 0, "in_field_recurrence"]


def test_where_death_does_not_compete_it_only_ends_the_contact():
    local = endpoint(events=LOCAL["events"])
    assert of(times_of(patient(contacts=["2020-02-05 dead"]), L=local), "L") == [12, 0, 0, "censored: last_contact"]


def test_censoring_at_the_last_of_several_dates():
    imaged = patient(contacts=["2019-05-01 alive"], imaging={1: ["2019-01-02 20mm", "2020-02-05 20mm"]})
    times = times_of(imaged, A=endpoint(observed_until=["last_contact", "last_imaging"]), B=endpoint())
    assert (of(times, "A")[3], of(times, "B")[3]) == ("censored: last_imaging", "censored: last_contact")
    assert of(times, "A")[0] == 12


def test_an_event_after_the_last_contact_is_an_event():
    progressed = patient(contacts=["2019-03-01 alive"], imaging={1: ["2019-01-02 20mm", "2019-04-11 30mm"]})
    assert of(times_of(progressed), "LRFS")[1] == 1


class TestLesions:
    two = ("pelvic", "liver")

    def test_each_lesion_has_its_own_recurrence(self):
        times = times_of(patient(lesions=self.two, contacts=["2019-08-09 in-field 2", "2020-02-05 alive"]))
        assert of(times, "LRFS_lesion", "P1-L1") == [12, 0, 0, "censored: last_contact"]
        assert of(times, "LRFS_lesion", "P1-L2") == of(times, "LRFS") == [6, 1, 0, "in_field_recurrence"]

    def test_death_is_every_lesions(self):
        times = times_of(patient(lesions=self.two, contacts=["2020-02-05 dead"]))
        assert of(times, "LRFS_lesion", "P1-L1") == of(times, "LRFS_lesion", "P1-L2") == [12, 0, 1, "competing: death"]

    def test_a_recurrence_that_names_no_lesion_censors_them_all(self):
        times = times_of(patient(lesions=self.two, contacts=["2019-08-09 in-field", "2020-02-05 dead"]))
        assert of(times, "LRFS") == [6, 1, 0, "in_field_recurrence"]
        for lesion in ("P1-L1", "P1-L2"):
            assert of(times, "LRFS_lesion", lesion) == [6, 0, 0, "censored: in_field_recurrence of an unnamed lesion"]

    def test_progression_before_a_recurrence_that_names_no_lesion_stands(self):
        imaging = {1: ["2019-01-02 20mm", "2019-04-11 30mm"]}
        times = times_of(patient(lesions=self.two, imaging=imaging, contacts=["2019-08-09 in-field"]))
        assert of(times, "LRFS_lesion", "P1-L1") == [2, 1, 0, "lesion_progression"]
        assert of(times, "LRFS_lesion", "P1-L2")[1] == 0

    def test_time_runs_from_the_lesions_own_last_fraction(self):
        early, late = patient(), patient(irradiated=("2019-02-01", "2019-03-12"))
        lesions = pd.concat([early["lesions"], late["lesions"].assign(lesion_id="P1-L2")], ignore_index=True)
        times = times_of({**early, "lesions": lesions})
        starts = times[times["unit"] == "lesion"].set_index("subject_id")["start_date"].dt.strftime("%Y-%m-%d")
        assert starts.to_dict() == {"P1-L1": "2019-02-10", "P1-L2": "2019-03-12"}
        assert set(times.loc[times["unit"] == "patient", "start_date"].dt.strftime("%Y-%m-%d")) == {"2019-03-12"}


def test_who_cannot_be_followed_is_set_aside_with_the_reason_and_nobody_else():
    cohort = cohort_of(patient("P1", contacts=["2019-02-01 dead"]), patient("P2", contacts=[]), patient("P3"))
    events = collect_events(cohort, assess_responses(cohort["lesions"], cohort["measurements"], RECIST), study())
    aside = validate(
        find_set_aside(cohort["patients"], cohort["lesions"], events, scans_of(cohort), study()), "outcomes/set_aside"
    )
    of_os = aside[aside["endpoint"] == "OS"].set_index("subject_id")
    assert of_os["reason"].to_dict() == {"P1": "death before radiotherapy end", "P2": "no last contact"}
    assert of_os.loc["P1", "source"] == "follow_up.csv:2"
    assert set(aside["subject_id"]) == {"P1", "P2", "P1-L1", "P2-L1"}
    times = derive_times(cohort["patients"], cohort["lesions"], events, scans_of(cohort), study())
    assert set(times["subject_id"]) == {"P3", "P3-L1"}


def test_a_lesion_that_was_never_imaged_after_radiotherapy_sets_only_itself_aside():
    local = endpoint("lesion", events=LOCAL["events"], observed_until=["last_imaging"])
    two = patient(lesions=("pelvic", "liver"), imaging={1: ["2019-01-02 20mm", "2019-04-11 20mm"]})
    times = times_of(two, L=local)
    assert times["subject_id"].tolist() == ["P1-L1"]
    assert of(times, "L", "P1-L1") == [2, 0, 0, "censored: last_imaging"]


def test_progression_during_radiotherapy_counts_on_the_day_of_the_start():
    imaged = patient(imaging={1: ["2019-01-02 20mm", "2019-02-01 20mm new"]}, contacts=["2020-02-05 alive"])
    times = times_of(imaged, PFS=endpoint(events=["new_lesion", "death"]))
    assert of(times, "PFS") == [0, 1, 0, "new_lesion"]


class TestSecondCourse:
    """A first course from 10 January to 10 February 2019, a second from 1 to 5 June 2020."""

    local = endpoint(**LOCAL)
    progression = endpoint(events=["distant_progression", "new_lesion", "death"])
    new_lesion = patient(
        lesions=("pelvic", "liver"),
        imaging={1: ["2019-01-02 20mm", "2019-04-11 20mm"], 2: ["2020-05-20 20mm"]},
        contacts=["2019-08-09 in-field 1 distant", "2021-02-05 dead"],
    )
    later = irradiated_later(new_lesion, 2, "2020-06-01", "2020-06-05")

    def test_it_does_not_undo_what_came_before(self):
        times = times_of(self.later, LRFS=self.local, PFS=self.progression)
        assert of(times, "LRFS") == [6, 1, 0, "in_field_recurrence"]
        assert of(times, "PFS") == [6, 1, 0, "distant_progression"]

    def test_it_does_not_move_time_zero_of_the_patient_and_has_its_own_for_its_lesion(self):
        times = times_of(self.later, OS=endpoint(), L=endpoint("lesion", **LOCAL))
        assert of(times, "OS") == [24, 1, 0, "death"]
        assert of(times, "L", "P1-L1") == [6, 1, 0, "in_field_recurrence"]
        assert of(times, "L", "P1-L2") == [8, 0, 1, "competing: death"]

    def test_follow_up_can_start_at_the_last_course(self):
        cohort = cohort_of(self.later)
        moved = cohort["patients"].assign(
            radiotherapy_start=pd.Timestamp("2020-06-01"), radiotherapy_end=pd.Timestamp("2020-06-05")
        )
        declared = study(courses=Courses(starts="last"), endpoints={"OS": endpoint(), "PFS": self.progression})
        events = collect_events(
            {**cohort, "patients": moved},
            assess_responses(cohort["lesions"], cohort["measurements"], RECIST),
            declared,
        )
        times = derive_times(moved, cohort["lesions"], events, scans_of(cohort), declared)
        assert of(times, "OS") == of(times, "PFS") == [8, 1, 0, "death"]

    def test_a_lesion_irradiated_again_is_followed_in_each_course(self):
        scans = ["2019-01-02 20mm", "2019-04-11 14mm", "2020-05-20 30mm", "2020-09-03 30mm"]
        again = irradiated_again(
            patient(imaging={1: scans}, contacts=["2020-12-02 in-field 1", "2021-02-05 dead"]),
            1,
            "2020-06-01",
            "2020-06-05",
        )
        responses = assess_responses(again["lesions"], again["measurements"], RECIST)
        first = responses[responses["assessment"] == "first"].set_index("lesion_id")
        assert first["response"].to_dict() == {"P1-L1": "PR", "P1-L1-C2": "SD"}
        assert first["baseline_cm"].tolist() == [2.0, 3.0]
        times = times_of(again, L=endpoint("lesion", **LOCAL), LRFS=self.local)
        assert of(times, "L", "P1-L1") == [16, 0, 0, "censored: next_radiotherapy"]
        assert of(times, "L", "P1-L1-C2") == [6, 1, 0, "in_field_recurrence"]
        assert of(times, "LRFS") == [22, 1, 0, "in_field_recurrence"]

    def test_the_next_course_can_be_an_event_itself(self):
        times = times_of(self.later, TFI=endpoint(events=["next_systemic_therapy", "next_radiotherapy"]))
        assert of(times, "TFI") == [16, 1, 0, "next_radiotherapy"]

    def test_what_comes_after_a_second_course_is_still_found_for_its_lesion(self):
        twice = patient(lesions=("pelvic", "liver"), contacts=["2019-08-09 distant", "2020-12-02 distant"])
        times = times_of(
            irradiated_later(twice, 2, "2020-06-01", "2020-06-05"), P=endpoint("lesion", events=["distant_progression"])
        )
        assert of(times, "P", "P1-L1")[0] == 6
        assert of(times, "P", "P1-L2")[0] == 6

    def test_a_patient_is_described_by_the_course_from_which_she_is_followed(self):
        cohort = cohort_of(self.later)
        responses = assess_responses(cohort["lesions"], cohort["measurements"], RECIST)
        (her,) = derive_patients(cohort, responses, study()).to_dict("records")
        assert (her["irradiated_lesions"], her["visceral"], her["gtv_diameter_cm"], her["response"]) == (
            1,
            0,
            2.0,
            "SD",
        )


IMAGED = {1: ["2019-01-02 20mm", "2019-04-11 20mm"]}  # the second 60 days after radiotherapy


class TestOtherCensoring:
    def recensored(self, *patients, observed_until=("last_imaging",), names=("LRFS", "LRFS_lesion")) -> pd.DataFrame:
        cohort = cohort_of(*patients)
        events = collect_events(cohort, assess_responses(cohort["lesions"], cohort["measurements"], RECIST), study())
        otherwise = {name: list(observed_until) for name in names}
        found = derive_recensored(cohort["patients"], cohort["lesions"], events, scans_of(cohort), study(), otherwise)
        return validate(found, "outcomes/recensored")

    def test_the_living_and_the_dead_are_observed_until_the_last_imaging(self):
        for contact in ("2020-02-05 alive", "2020-02-05 dead"):
            found = self.recensored(patient(imaging=IMAGED, contacts=[contact]))
            assert of(found, "LRFS") == of(found, "LRFS_lesion", "P1-L1") == [2, 0, 0, "censored: last_imaging"]

    def test_an_event_stays_when_it_was(self):
        recurred = patient(imaging=IMAGED, contacts=["2020-02-05 in-field 1"])
        assert (
            of(self.recensored(recurred), "LRFS") == of(times_of(recurred), "LRFS") == [12, 1, 0, "in_field_recurrence"]
        )

    def test_who_was_never_imaged_afterwards_is_set_aside_with_the_reason_and_nobody_else(self):
        before, never = patient("P2", imaging={1: ["2019-01-02 20mm"]}), patient("P3")
        found = self.recensored(patient(imaging=IMAGED), before, never, names=["LRFS"]).set_index("subject_id")
        assert found["reason"].dropna().to_dict() == {
            "P2": "last imaging before radiotherapy end",
            "P3": "no last imaging",
        }
        assert found.loc[["P2", "P3"], ["days", "months", "event"]].isna().all(axis=None)
        assert found.loc["P1", "days"] == 60

    def test_the_last_of_several_events_censors(self):
        both = self.recensored(patient(imaging=IMAGED), observed_until=["last_imaging", "last_contact"])
        assert of(both, "LRFS") == of(times_of(patient(imaging=IMAGED)), "LRFS")

    def test_nothing_declared_is_an_empty_table(self):
        assert self.recensored(patient(), names=[]).empty


class TestLastFree:
    """What imaging had not yet shown, in days after 10 February 2019."""

    def free(self, *patients) -> dict:
        cohort = cohort_of(*patients)
        times = add_last_free(times_of(*patients), cohort["lesions"], cohort["measurements"])
        return validate(times, "outcomes/times").set_index(["endpoint", "subject_id"])["free_days"].to_dict()

    def test_the_event_lies_after_the_last_imaging_before_it(self):
        scans = ["2019-01-02 20mm", "2019-04-11 20mm", "2019-06-10 20mm", "2019-09-08 20mm"]
        free = self.free(patient(imaging={1: scans}, contacts=["2019-09-08 in-field 1", "2020-02-05 dead"]))
        assert free["LRFS", "P1"] == free["LRFS_lesion", "P1-L1"] == 120  # not the one of that day, which found it
        assert free["OS", "P1"] == 360  # a death is dated by nobody's looking

    def test_what_the_first_imaging_finds_may_have_come_at_once(self):
        grew = patient(imaging={1: ["2019-01-02 20mm", "2019-04-11 30mm"]})
        assert self.free(grew)["LRFS", "P1"] == 0

    def test_of_several_lesions_the_one_looked_at_longest_ago_decides(self):
        imaging = {
            1: ["2019-01-02 20mm", "2019-04-11 20mm", "2019-06-10 20mm"],
            2: ["2019-01-02 20mm", "2019-04-11 20mm"],
        }
        two = patient(
            lesions=("pelvic", "liver"), imaging=imaging, contacts=["2019-09-08 in-field 1", "2020-02-05 alive"]
        )
        free = self.free(two)
        assert (free["LRFS", "P1"], free["LRFS_lesion", "P1-L1"]) == (60, 120)
        assert free["LRFS_lesion", "P1-L2"] == 360  # censored: free as long as followed


@pytest.mark.parametrize(
    ("days", "step", "months"),
    [
        (0, 1, 0),
        (14, 1, 0),
        (15, 1, 1),
        (44, 1, 1),
        (45, 1, 2),
        (10, 0, 1 / 3),
        (10, 0.5, 0.5),
        (10, 3, 0),
        (45, 3, 3),
        (3, 0.1, 0.1),
    ],
)
def test_months_round_half_up(days, step, months):
    rounded = to_months(pd.Series([days]), Months(days_per_month=30, round_endpoints_to=step))
    assert rounded.tolist() == [pytest.approx(months, abs=1e-12)]
