"""Adapted RECIST 1.1 of one lesion. Irradiated from 10 January to 10 February 2019 unless a test says otherwise."""

import pandas as pd
import pytest
from handwritten import RECIST, all_of, assessed, best, first, responses, scans

from oligomet.outcomes.recist import assess_responses, patient_responses
from oligomet.schemas import TABLES, conform, validate


def test_growth_after_complete_response_is_progression():
    lesion = scans("2019-01-02 baseline 24mm", "2019-04-01 gone", "2019-07-03 11mm")
    assert responses(lesion) == ["CR", "PD"]


def test_growth_after_complete_response_as_measured_needs_five_millimetres():
    lesion = scans("2019-01-02 baseline 24mm", "2019-04-01 gone", "2019-07-03 4mm", "2019-10-01 5mm")
    assert responses(lesion) == ["CR", "PD", "PD"]
    assert responses(lesion, growth_after_complete_response="as_measured") == ["CR", "PR", "PD"]


@pytest.mark.parametrize(
    ("followed", "response"),
    [
        ("14mm", "PR"),  # 30 % less
        ("14.1mm", "SD"),
        ("20mm", "SD"),
        ("24.9mm", "SD"),
        ("25mm", "PD"),  # 25 % and exactly 5 mm more
        ("gone", "CR"),
        ("seen", "NE"),  # there, but no diameter in the record
    ],
)
def test_thresholds_of_a_twenty_millimetre_lesion(followed, response):
    assert first(scans("2019-01-02 baseline 20mm", f"2019-04-01 {followed}")) == response


def test_floating_point_decides_nothing():
    assert 2.1 > 3.0 * (1 - 0.3) and 2.3 - 1.8 < 0.5  # as the machine has it
    assert first(scans("2019-01-02 baseline 30mm", "2019-04-01 21mm")) == "PR"
    assert first(scans("2019-01-02 baseline 18mm", "2019-04-01 23mm")) == "PD"


def test_a_large_lesion_needs_twenty_per_cent_not_five_millimetres():
    assert responses(scans("2019-01-02 baseline 60mm", "2019-04-01 71.9mm", "2019-07-01 72mm")) == ["SD", "PD"]


def test_a_ten_millimetre_lesion_needs_five_millimetres_not_twenty_per_cent():
    assert responses(scans("2019-01-02 baseline 10mm", "2019-04-01 14mm", "2019-07-01 15mm")) == ["SD", "PD"]


def test_shrinkage_is_from_baseline_and_growth_from_nadir():
    lesion = scans("2019-01-02 baseline 40mm", "2019-04-01 20mm", "2019-07-01 24mm", "2019-10-01 26mm")
    assert responses(lesion) == ["PR", "PR", "PD"]  # 26 mm is still 35 % below baseline, but 30 % above the nadir of 20


def test_growth_adds_up_over_several_scans():
    lesion = scans("2019-01-02 baseline 20mm", "2019-04-01 22mm", "2019-07-01 24mm", "2019-10-01 26mm")
    assert responses(lesion) == ["SD", "SD", "PD"]


def test_the_nadir_counts_scans_during_treatment_and_before_the_window():
    lesion = scans("2019-01-02 baseline 30mm", "2019-02-01 20mm", "2019-04-01 26mm")
    assert assessed(lesion)[["response", "nadir_cm", "baseline_cm", "diameter_cm"]].tolist() == ["PD", 2.0, 3.0, 2.6]


def test_the_row_keeps_the_measurements_that_decided():
    row = assessed(scans("2018-12-01 33mm", "2019-01-02 baseline 24mm", "2019-04-01 16mm", "2019-07-01 9mm"))
    assert row["response"] == "PR"
    assert (row["date"], row["days_after_radiotherapy"]) == (pd.Timestamp("2019-04-01"), 50)
    assert (row["baseline_source"], row["source"]) == ("imaging.csv:3", "imaging.csv:4")
    assert row["why"] == "at least 30 % below the baseline"


class TestNodes:
    """A node is measured by its short axis: 15 mm to be measured, below 10 mm it is normal."""

    def test_a_node_of_normal_size_is_a_complete_response(self):
        node = scans("2019-01-02 baseline 30x18mm", "2019-04-01 25x9.9mm", site="node")
        assert assessed(node)[["response", "axis"]].tolist() == ["CR", "short"]

    def test_ten_millimetres_is_not_normal(self):
        assert first(scans("2019-01-02 baseline 30x18mm", "2019-04-01 25x10mm", site="node")) == "PR"

    def test_the_long_axis_does_not_count(self):
        assert first(scans("2019-01-02 baseline 20x18mm", "2019-04-01 60x18mm", site="node")) == "SD"

    def test_a_node_within_normal_size_has_not_come_back(self):
        node = scans("2019-01-02 18mm", "2019-04-01 4mm", "2019-07-01 9mm", "2019-10-01 10mm", site="node")
        assert responses(node) == ["CR", "CR", "PD"]

    def test_a_node_below_fifteen_millimetres_is_not_evaluable(self):
        row = assessed(scans("2019-01-02 baseline 30x14.9mm", "2019-04-01 gone", site="node"))
        assert row["response"] == "NE"
        assert row["why"] == "too small to measure at baseline, short axis below 1.5 cm"

    def test_a_node_without_a_short_axis_is_not_evaluable(self):
        lesions, imaging = scans("2019-01-02 30x18mm", "2019-04-01 25x9mm", site="node")
        row = assessed((lesions, imaging.assign(short_axis_cm=[1.8, None])))
        assert row["why"] == "seen, but no short axis recorded"


class TestNotEvaluable:
    @pytest.mark.parametrize(
        ("noted", "why"),
        [
            ([], "no imaging from 60 days before to 7 days after the first fraction"),
            (["2019-04-01 20mm"], "no imaging from 60 days before to 7 days after the first fraction"),
            (
                ["2018-10-01 20mm", "2019-04-01 20mm"],
                "no imaging from 60 days before to 7 days after the first fraction",
            ),
            (["2019-01-02 seen", "2019-04-01 20mm"], "no long axis recorded at baseline"),
            (["2019-01-02 gone", "2019-04-01 20mm"], "not seen at baseline"),
            (["2019-01-02 9mm", "2019-04-01 gone"], "too small to measure at baseline, below 1 cm"),
            (["2019-01-02 20mm"], "no imaging from 20 to 100 days after the last fraction"),
            (["2019-01-02 20mm", "2019-02-20 20mm"], "no imaging from 20 to 100 days after the last fraction"),
            (["2019-01-02 20mm", "2019-06-01 20mm"], "no imaging from 20 to 100 days after the last fraction"),
            (["2019-01-02 20mm", "2019-04-01 seen"], "seen, but no long axis recorded"),
        ],
    )
    def test_the_reason_is_given(self, noted, why):
        row = assessed(scans(*noted))
        assert (row["response"], row["why"]) == ("NE", why)
        assert pd.isna(row["date"])

    def test_the_windows_include_their_first_and_last_day(self):
        for day in ("2019-03-02", "2019-05-21"):  # 20 and 100 days after the last fraction
            assert first(scans("2018-11-11 20mm", f"{day} 20mm")) == "SD"  # baseline 60 days before
        assert first(scans("2019-01-17 20mm", "2019-04-01 20mm")) == "SD"  # baseline 7 days after the first fraction

    def test_an_unmeasured_scan_does_not_hide_a_measured_one(self):
        assert first(scans("2018-12-20 20mm", "2019-01-05 seen", "2019-04-01 seen", "2019-04-20 13mm")) == "PR"

    def test_complete_response_or_not_can_be_said_of_a_small_lesion_if_declared(self):
        small = scans("2019-01-02 8mm", "2019-04-01 30mm", "2019-07-01 gone", "2019-10-01 seen")
        assert responses(small) == ["NE", "NE", "NE"]
        assert responses(small, unmeasurable_baseline="CR_or_not") == ["SD", "CR", "SD"]
        never_again = assessed(scans("2019-01-02 8mm"), unmeasurable_baseline="CR_or_not")
        assert never_again["why"] == "no imaging from 20 to 100 days after the last fraction"

    def test_where_there_was_no_lesion_nothing_can_be_said_at_all(self):
        normal = scans("2019-01-02 9mm", "2019-04-01 4mm", site="node")
        assert first(normal, unmeasurable_baseline="CR_or_not") == "NE"


class TestSeveralScans:
    def test_the_baseline_is_the_last_before_treatment(self):
        assert first(scans("2018-12-01 30mm", "2019-01-05 20mm", "2019-04-01 20mm")) == "SD"

    def test_the_first_assessment_is_the_first_in_the_window(self):
        lesion = scans("2019-01-05 20mm", "2019-03-10 20mm", "2019-04-10 10mm")
        assert (first(lesion), best(lesion)) == ("SD", "PR")

    def test_of_two_scans_on_a_day_the_modality_of_the_baseline_counts(self):
        assert first(scans("2019-01-05 20mm mri", "2019-04-01 30mm ct", "2019-04-01 20mm mri")) == "SD"

    def test_a_scan_that_gives_the_diameter_counts_before_the_same_modality(self):
        assert first(scans("2019-01-05 20mm mri", "2019-04-01 30mm ct", "2019-04-01 seen mri")) == "PD"

    def test_of_two_baselines_on_a_day_the_modality_used_most_counts(self):
        lesion = scans("2019-01-05 20mm ct", "2019-01-05 30mm mri", "2019-04-01 20mm mri")
        assert assessed(lesion)["baseline_cm"] == 3.0


class TestBestResponse:
    def test_best_is_the_best_before_progression(self):
        lesion = scans("2019-01-05 20mm", "2019-04-01 20mm", "2019-07-01 12mm", "2019-09-01 30mm", "2019-12-01 gone")
        assert (first(lesion), best(lesion)) == ("SD", "PR")

    def test_what_follows_progression_does_not_count(self):
        lesion = scans("2019-01-05 20mm", "2019-04-01 30mm", "2019-07-01 gone")
        assert (first(lesion), best(lesion)) == ("PD", "PD")

    def test_progression_alone_is_progression(self):
        assert best(scans("2019-01-05 20mm", "2019-04-01 30mm")) == "PD"

    def test_growth_before_the_window_is_no_assessment(self):
        assert best(scans("2019-01-05 20mm", "2019-02-20 30mm", "2019-05-01 10mm")) == "PR"

    def test_best_can_come_after_the_window_of_the_first(self):
        lesion = scans("2019-01-05 20mm", "2019-08-01 gone")
        assert (first(lesion), best(lesion)) == ("NE", "CR")

    def test_the_earliest_imaging_that_reached_it_is_kept(self):
        row = assessed(scans("2019-01-05 20mm", "2019-04-01 12mm", "2019-07-01 10mm"), "best")
        assert row["date"] == pd.Timestamp("2019-04-01")


def test_every_lesion_has_a_first_and_a_best_row_in_its_order():
    lesions, imaging = all_of(
        scans("2019-01-02 20mm", "2019-04-01 gone", lesion="P2-L1"), scans(lesion="P1-L1"), scans(lesion="P1-L2")
    )
    table = assess_responses(lesions, imaging, RECIST)
    assert table["lesion_id"].tolist() == ["P2-L1", "P2-L1", "P1-L1", "P1-L1", "P1-L2", "P1-L2"]
    assert table["assessment"].tolist() == ["first", "best"] * 3
    assert table["response"].tolist() == ["CR", "CR", "NE", "NE", "NE", "NE"]
    validate(table, "outcomes/responses")


@pytest.mark.parametrize(
    ("lesions", "worst", "best_"),
    [
        (["CR"], "CR", "CR"),
        (["CR", "SD"], "SD", "CR"),
        (["NE", "PR"], "PR", "PR"),
        (["NE", "PD", "CR"], "PD", "CR"),
        (["NE", "NE"], "NE", "NE"),
    ],
)
def test_a_patient_is_her_worst_evaluable_lesion(lesions, worst, best_):
    table = pd.DataFrame({"patient_id": "P1", "response": lesions})
    table = conform(pd.concat([table.assign(assessment=a) for a in ("first", "best")]), TABLES["outcomes/responses"])
    assert patient_responses(table, "worst").loc["P1"].tolist() == [worst, worst]
    assert patient_responses(table, "best").loc["P1", "first"] == best_
