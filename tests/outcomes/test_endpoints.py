"""Time to an endpoint, from what was declared. Irradiated to 10 February 2019; a month has 30 days in these tests."""

import pandas as pd
import pytest
from handwritten import LOCAL, RECIST, cohort_of, endpoint, patient, study

from oligomet.declarations import Months
from oligomet.outcomes.endpoints import derive_recensored, derive_times, to_months
from oligomet.outcomes.events import collect_events
from oligomet.outcomes.imaging import add_last_free
from oligomet.outcomes.recist import assess_responses
from oligomet.schemas import validate


def times_of(*patients, **endpoints) -> pd.DataFrame:
    cohort = cohort_of(*patients)
    declared = study(endpoints=endpoints) if endpoints else study()
    events = collect_events(cohort, assess_responses(cohort["lesions"], cohort["measurements"], RECIST), declared)
    return validate(derive_times(cohort["patients"], cohort["lesions"], events, declared), "outcomes/times")


def of(times, name, subject="P1") -> list:
    """Months, event, competing and the reason, of one subject's endpoint."""
    (row,) = times[(times["endpoint"] == name) & (times["subject_id"] == subject)].to_dict("records")
    return [row["months"], row["event"], row["competing"], row["why"]]


def test_death_is_an_event_and_the_row_that_says_so_is_kept():
    times = times_of(patient(contacts=["2019-05-01 alive", "2020-02-05 dead"]))
    assert of(times, "OS") == [12, 1, 0, "death"]
    assert times.loc[times["endpoint"] == "OS", "source"].tolist() == ["follow_up.csv:3"]


def test_the_living_are_censored_at_the_last_contact():
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
    times = times_of(imaged, A=endpoint(censored_at=["last_contact", "last_imaging"]), B=endpoint())
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


def test_what_cannot_be_is_refused_all_at_once():
    died_before = patient("P1", contacts=["2019-02-01 dead"])
    never_seen = patient("P2", contacts=[])
    with pytest.raises(ValueError) as refusal:
        times_of(died_before, never_seen, patient("P3"))
    said = str(refusal.value)
    assert "OS, P1: death on 2019-02-01 (follow_up.csv:2) is before radiotherapy_end on 2019-02-10" in said
    assert "OS, P2: no event, and no date of last_contact" in said
    assert "LRFS_lesion, P2-L1: no event" in said
    assert "P3" not in said


IMAGED = {1: ["2019-01-02 20mm", "2019-04-11 20mm"]}  # the second 60 days after radiotherapy


class TestOtherCensoring:
    def recensored(self, *patients, censored_at=("last_imaging",), names=("LRFS", "LRFS_lesion")) -> pd.DataFrame:
        cohort = cohort_of(*patients)
        events = collect_events(cohort, assess_responses(cohort["lesions"], cohort["measurements"], RECIST), study())
        otherwise = {name: list(censored_at) for name in names}
        found = derive_recensored(cohort["patients"], cohort["lesions"], events, study(), otherwise)
        return validate(found, "outcomes/recensored")

    def test_the_living_and_the_dead_are_censored_at_the_last_imaging(self):
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
        both = self.recensored(patient(imaging=IMAGED), censored_at=["last_imaging", "last_contact"])
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
