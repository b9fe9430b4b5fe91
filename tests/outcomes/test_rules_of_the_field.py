"""What the field has settled, a patient a rule (docs/definitions.md). Irradiated 10 January to 10 February 2019."""

import pandas as pd
import pytest
from handwritten import LOCAL, RECIST, assessed, cohort_of, endpoint, first, patient, responses, scans, scans_of, study

from oligomet.outcomes.endpoints import derive_times, find_set_aside
from oligomet.outcomes.events import collect_events
from oligomet.outcomes.recist import assess_responses

LAST_FRACTION = "2019-02-10"
PFS = endpoint(events=["lesion_progression", "distant_progression", "new_lesion", "death"])


def timed(her, **declared) -> list[tuple]:
    """(days, event, why) of each subject that can be followed."""
    rules = study(endpoints={"E": declared.pop("endpoint", endpoint())}, **declared)
    cohort = cohort_of(her)
    events = collect_events(cohort, assess_responses(cohort["lesions"], cohort["measurements"], rules.response), rules)
    followed = cohort["patients"], cohort["lesions"], events, scans_of(cohort), rules
    times, aside = derive_times(*followed), find_set_aside(*followed)
    assert len(times) + len(aside) == 1
    return [*times[["days", "event", "why"]].itertuples(index=False, name=None), *aside["reason"]]


class TestDayZero:
    """A time of 0 is a time: Kaplan-Meier counts it among those at risk on that day (R's Surv takes 0, not less)."""

    def test_death_on_the_day_of_the_last_fraction(self):
        assert timed(patient(contacts=[f"{LAST_FRACTION} dead"])) == [(0, 1, "death")]

    def test_censored_on_that_day(self):
        assert timed(patient(contacts=[f"{LAST_FRACTION} alive"])) == [(0, 0, "censored: last_contact")]

    def test_followed_for_less_than_no_days(self):
        assert timed(patient(contacts=["2019-01-20 alive"])) == ["last contact before radiotherapy end"]

    def test_progression_during_radiotherapy_is_an_event_on_day_zero(self):
        her = patient(imaging={1: ["2019-01-02 20mm", "2019-02-01 20mm new"]}, contacts=["2020-02-05 alive"])
        assert timed(her, endpoint=PFS) == [(0, 1, "new_lesion")]


class TestOneDay:
    def test_progression_and_death_on_one_day_are_one_event(self):
        assert timed(patient(contacts=["2019-08-09 distant dead"]), endpoint=PFS) == [(180, 1, "distant_progression")]

    @pytest.mark.parametrize(("counts", "event"), [("event", 1), ("competing", 0)])
    def test_of_a_recurrence_and_a_competing_death_on_one_day_the_declared_one_counts(self, counts, event):
        her = patient(contacts=["2019-08-09 in-field 1 dead"])
        ((days, happened, _),) = timed(her, endpoint=endpoint(**LOCAL, on_one_day=counts))
        assert (days, happened) == (180, event)


def test_death_is_the_last_contact_whatever_contact_came_before():
    her = patient(contacts=["2019-08-09 dead", "2019-05-11 alive"])
    assert timed(her) == [(180, 1, "death")]


class TestBaseline:
    """RECIST 1.1 wants it before treatment; how long before, and whether days after may be, is declared."""

    def test_the_last_in_the_window_counts_also_some_days_after_the_first_fraction(self):
        row = assessed(scans("2019-01-05 20mm", "2019-01-15 24mm", "2019-04-01 24mm"))
        assert (row["baseline_cm"], row["response"]) == (2.4, "SD")

    def test_a_window_that_ends_with_the_first_fraction_takes_none_after_it(self):
        lesion = scans("2019-01-05 20mm", "2019-01-15 24mm", "2019-04-01 24mm")
        assert assessed(lesion, baseline_days=(-60, 0))["baseline_cm"] == 2.0
        after_alone = scans("2019-01-15 24mm", "2019-04-01 24mm")
        assert first(after_alone, baseline_days=(-60, 0)) == "NE"


class TestNodesOfTenToFifteenMillimetres:
    """RECIST 1.1: below 10 mm normal, from 15 mm measurable, between them pathological and no target."""

    def test_at_baseline_it_is_not_evaluable_unless_its_disappearance_is_asked_for(self):
        node = scans("2019-01-02 12mm", "2019-04-01 8mm", site="node")
        assert first(node) == "NE"
        assert first(node, unmeasurable_baseline="CR_or_not") == "CR"
        assert (
            first(scans("2019-01-02 12mm", "2019-04-01 11mm", site="node"), unmeasurable_baseline="CR_or_not") == "SD"
        )

    def test_afterwards_it_is_no_complete_response(self):
        assert responses(scans("2019-01-02 18mm", "2019-04-01 12mm", "2019-07-01 10mm", site="node")) == ["PR", "PR"]


class TestNothingAndTooSmall:
    """RECIST 1.1 (4.3.2): 0 mm is gone; one that is there and too small to measure is recorded as 5 mm."""

    def test_gone_is_complete_and_five_millimetres_are_not(self):
        assert first(scans("2019-01-02 20mm", "2019-04-01 gone")) == "CR"
        assert first(scans("2019-01-02 20mm", "2019-04-01 5mm")) == "PR"
        assert first(scans("2019-01-02 20mm", "2019-04-01 seen")) == "NE"  # there, and nobody said how large


class TestAnotherModality:
    """RECIST 1.1 asks for the same method throughout. Whether a scan by another tells something is declared."""

    followed = ("2019-01-02 20mm ct", "2019-04-01 30mm mri", "2019-07-01 24mm ct")

    def test_it_counts_as_measured_unless_declared(self):
        assert responses(scans(*self.followed)) == ["PD", "SD"]

    def test_or_tells_nothing_and_makes_no_nadir(self):
        assert responses(scans(*self.followed), other_modality="NE") == ["NE", "SD"]
        small = scans("2019-01-02 20mm ct", "2019-04-01 10mm mri", "2019-07-01 19mm ct")
        assert responses(small) == ["PR", "PD"] and responses(small, other_modality="NE") == ["NE", "SD"]
        gone = scans("2019-01-02 20mm ct", "2019-04-01 gone mri", "2019-07-01 11mm ct")
        assert responses(gone) == ["CR", "PD"] and responses(gone, other_modality="NE") == ["NE", "PR"]


def with_column(lesion, name, *values):
    lesions, imaging = lesion
    return lesions, imaging.assign(**{name: values})


class TestSplitAndMerged:
    """RECIST 1.1 (4.3.2): the diameters of fragments are added; lesions that coalesce have that of the whole."""

    split = with_column(
        scans("2019-01-02 30mm", "2019-04-01 10mm", "2019-04-01 12mm", "2019-07-01 gone", "2019-07-01 13mm"),
        "piece", "a", "a", "b", "a", "b",
    )  # fmt: skip

    def test_the_parts_of_a_lesion_are_added(self):
        lesions, imaging = self.split
        table = assess_responses(lesions, imaging, RECIST.model_copy(update={"part": "piece"}))
        assert table["diameter_cm"].round(6).tolist() == [2.2, 1.3]  # of the first assessment, and of the best
        assert responses(self.split, part="piece") == ["SD", "PR"]
        assert responses(self.split) != ["SD", "PR"]  # without the declaration one of the rows would decide

    def test_one_is_gone_when_all_its_parts_are(self):
        lesion = scans("2019-01-02 30mm", "2019-04-01 gone", "2019-04-01 gone")
        assert responses(with_column(lesion, "piece", "a", "a", "b"), part="piece") == ["CR"]

    def test_a_part_without_a_diameter_leaves_the_sum_unknown(self):
        lesion = scans("2019-01-02 30mm", "2019-04-01 10mm", "2019-04-01 seen")
        assert responses(with_column(lesion, "piece", "a", "a", "b"), part="piece") == ["NE"]

    def test_of_lesions_that_became_one_nothing_is_said_or_each_has_the_whole(self):
        lesion = with_column(scans("2019-01-02 20mm", "2019-04-01 45mm", "2019-07-01 gone"), "fused", 0, 1, 0)
        assert responses(lesion, merged="fused") == ["NE", "CR"]
        assert assessed(lesion, merged="fused")["why"] == "one with another lesion, measured together"
        assert responses(lesion, merged="fused", merged_lesion="as_measured") == ["PD", "CR"]


def test_who_is_irradiated_again_is_followed_for_her_first_failure_to_that_day():
    """A later course neither undoes what came before it nor answers for what comes after (tests of second courses)."""
    her = patient(contacts=["2021-02-05 in-field 1"])
    again = her["lesions"].iloc[[0]].assign(lesion_id="P1-L1-C2", course=2, plan_source="plans:9")
    again["start_date"], again["end_date"] = pd.Timestamp("2020-06-01"), pd.Timestamp("2020-06-05")
    her = {**her, "lesions": pd.concat([her["lesions"], again], ignore_index=True)}
    rules = study(endpoints={"L": endpoint("lesion", **LOCAL)})
    events = collect_events(her, assess_responses(her["lesions"], her["measurements"], RECIST), rules)
    times = derive_times(her["patients"], her["lesions"], events, scans_of(her), rules).set_index("subject_id")["why"]
    assert times.to_dict() == {"P1-L1": "censored: next_radiotherapy", "P1-L1-C2": "in_field_recurrence"}
