"""What is derived of patients, lesions and toxicities.

Restaged on 21 December 2018, irradiated from 10 January to 10 February 2019, unless a test says otherwise.
"""

import pandas as pd
import pytest
from handwritten import RECIST, cohort_of, irradiated_again, patient, study

from oligomet.declarations import Dose, PerPatient, PlatinumFreeInterval
from oligomet.outcomes.characteristics import derive_lesions, derive_patients, derive_toxicities, per_patient
from oligomet.outcomes.recist import assess_responses
from oligomet.schemas import validate


def patients_of(*patients, **decided) -> pd.DataFrame:
    cohort = cohort_of(*patients)
    responses = assess_responses(cohort["lesions"], cohort["measurements"], RECIST)
    return validate(derive_patients(cohort, responses, study(**decided)), "outcomes/patients")


def lesions_of(*patients, **decided) -> pd.DataFrame:
    cohort, declared = cohort_of(*patients), study(**decided)
    responses = assess_responses(cohort["lesions"], cohort["measurements"], RECIST)
    derived = derive_lesions(cohort, derive_patients(cohort, responses, declared), responses, declared)
    return validate(derived, "outcomes/lesions")


def days(courses, interval, **decided):
    value = patients_of(patient(courses=courses), **decided)[f"{interval}_days"][0]
    return None if pd.isna(value) else int(value)


class TestPlatinumFreeInterval:
    @pytest.mark.parametrize(
        ("courses", "expected"),
        [
            (["chemotherapy platinum 2017-01-01 to 2017-06-01 relapse 2018-06-01"], 365),
            # the last platinum counts, and the relapse after it, not the one before
            (
                [
                    "chemotherapy platinum 2015-01-01 to 2015-06-01 relapse 2016-06-01",
                    "chemotherapy platinum 2016-07-01 to 2016-12-01 relapse 2017-12-01",
                ],
                365,
            ),
            # relapse noted on the last day of platinum
            (["chemotherapy platinum 2017-01-01 to 2017-06-01 relapse 2017-06-01"], 0),
            # another drug between the platinum and the relapse does not end the interval
            (
                [
                    "chemotherapy platinum 2017-01-01 to 2017-06-01",
                    "targeted_therapy 2017-06-02 to 2018-05-01 relapse 2018-06-01",
                ],
                365,
            ),
            # of two relapses after it the first
            (
                [
                    "chemotherapy platinum 2017-01-01 to 2017-06-01 relapse 2017-06-11",
                    "chemotherapy 2017-07-01 to 2017-12-01 relapse 2018-06-01",
                ],
                10,
            ),
            # no relapse on record: to the restaging that found it
            (["chemotherapy platinum 2017-01-01 to 2018-12-11"], 10),
            # the only relapse on record came after radiotherapy
            (["chemotherapy platinum 2017-01-01 to 2018-12-11 relapse 2020-01-01"], 10),
            # still on platinum at restaging
            (["chemotherapy platinum 2018-10-01 to 2019-01-05"], 0),
            # platinum whose end nobody wrote down
            (["chemotherapy platinum 2017-01-01 relapse 2018-06-01"], None),
            # never had platinum
            (["targeted_therapy 2017-01-01 to 2017-06-01 relapse 2018-06-01"], None),
        ],
    )
    def test_from_the_last_platinum_to_the_next_relapse(self, courses, expected):
        assert days(courses, "platinum_free_interval") == expected

    def test_to_radiotherapy_if_declared(self):
        courses = ["chemotherapy platinum 2017-01-01 to 2018-12-31 relapse 2019-01-02"]
        declared = PlatinumFreeInterval.model_validate({"to": "radiotherapy"})
        assert days(courses, "platinum_free_interval", platinum_free_interval=declared) == 10


class TestSinceLastTreatment:
    @pytest.mark.parametrize(
        ("courses", "expected"),
        [
            (["chemotherapy platinum 2017-01-01 to 2018-12-31"], 10),
            (["targeted_therapy 2017-07-01 to 2018-12-31", "chemotherapy 2017-01-01 to 2017-06-01"], 10),
            # treatment after radiotherapy is not before it
            (["chemotherapy 2018-01-01 to 2018-12-31", "chemotherapy 2020-01-01 to 2020-06-01"], 10),
            (["chemotherapy 2018-01-01 to 2018-12-31", "chemotherapy 2019-01-10 to 2019-03-01"], 10),
            # a course that runs into radiotherapy
            (["targeted_therapy 2018-01-01 to 2020-01-01"], 0),
            # an end that is missing in the middle of the history does not matter, at its end it does
            (["chemotherapy 2015-01-01", "chemotherapy 2018-01-01 to 2018-12-31"], 10),
            (["chemotherapy 2015-01-01 to 2015-06-01", "chemotherapy 2018-01-01"], None),
            (["chemotherapy 2018-01-01"], None),
        ],
    )
    def test_from_the_end_of_the_last_course(self, courses, expected):
        assert days(courses, "since_last_treatment") == expected

    def test_months_are_not_rounded(self):
        (row,) = patients_of(patient(courses=["chemotherapy 2017-01-01 to 2018-12-31"])).to_dict("records")
        assert row["since_last_treatment_months"] == pytest.approx(10 / 30)


def test_recurrences_are_distinct_relapse_dates_up_to_radiotherapy():
    courses = [
        "chemotherapy platinum 2015-01-01 to 2015-06-01 relapse 2016-06-01",
        "targeted_therapy 2015-06-01 to 2016-06-01 relapse 2016-06-01",
        "chemotherapy 2016-07-01 to 2016-12-01 relapse 2019-01-10",
        "chemotherapy 2020-01-01 relapse 2020-09-01",
    ]
    assert patients_of(patient(courses=courses))["recurrences"].tolist() == [2]


def test_therapies_and_operations_before_radiotherapy_are_flagged():
    treated = patient(
        "P1",
        courses=["chemotherapy 2017-01-01", "immunotherapy 2018-01-01", "targeted_therapy 2019-03-01"],
        operations=["2016-12-01 cytoreduction"],
    )
    untreated = patient("P2", courses=[], operations=["2016-12-01 biopsy", "2019-01-10 cytoreduction"])
    flags = patients_of(treated, untreated)[["surgery", "chemotherapy", "immunotherapy", "targeted_therapy"]]
    assert flags.to_numpy().tolist() == [[1, 1, 1, 0], [0, 0, 0, 0]]


def test_a_patient_has_her_largest_gtv_and_her_smallest_dose():
    (row,) = patients_of(patient(lesions=("pelvic", "liver"), doses=("2x30", "2x25"))).to_dict("records")
    assert (row["irradiated_lesions"], row["visceral"], row["sbrt"]) == (2, 1, 0)
    assert (row["gtv_diameter_cm"], row["bed10_gy"]) == (3.0, pytest.approx(60))


def test_which_lesion_gives_the_patient_her_gtv_and_dose_is_declared():
    rules = PerPatient(gtv_diameter_cm="smallest", bed10_gy="largest")
    (row,) = patients_of(patient(lesions=("pelvic", "liver"), doses=("2x30", "2x25")), per_patient=rules).to_dict(
        "records"
    )
    assert (row["gtv_diameter_cm"], row["bed10_gy"]) == (2.0, pytest.approx(72))


def test_a_lesion_of_unknown_size_does_not_hide_the_others():
    lesions = pd.DataFrame(
        {"patient_id": ["P1", "P1", "P2"], "gtv_diameter_cm": [None, 2.5, None], "bed10_gy": [60.0, 72.0, 60.0]}
    )
    assert per_patient(lesions, PerPatient())["gtv_diameter_cm"].fillna(0).to_dict() == {"P1": 2.5, "P2": 0}


def test_the_dose_level_is_the_declared_one():
    boosted = patient(doses=("1.8x28/2.15x28",))
    assert lesions_of(boosted)["dose_gy"].tolist() == [pytest.approx(60.2)]
    assert lesions_of(boosted, dose=Dose(level="ptv"))["bed10_gy"].tolist() == [pytest.approx(59.472)]


def test_response_of_the_worst_lesion_and_what_follows_from_it():
    imaging = {1: ["2019-01-02 20mm", "2019-04-01 gone"], 2: ["2019-01-02 20mm", "2019-04-01 20mm", "2019-07-01 10mm"]}
    mixed = patient("P1", lesions=("pelvic", "liver"), imaging=imaging)
    unknown = patient("P2")
    columns = ["response", "best_response", "objective_response", "disease_control"]
    derived = patients_of(mixed, unknown)[columns].astype(object).where(lambda frame: frame.notna(), None)
    assert derived.to_numpy().tolist() == [["SD", "PR", 0, 1], ["NE", "NE", None, None]]
    assert lesions_of(mixed)["objective_response"].tolist() == [1, 0]
    assert lesions_of(mixed)["best_response"].tolist() == ["CR", "PR"]


def test_toxicity_is_acute_to_ninety_days_and_late_from_there():
    noted = ["2019-01-09 gi 1", "2019-01-10 gi 1", "2019-05-11 gi 2", "2019-05-12 gi 1"]
    tables = patient(toxicities=noted)
    derived = validate(derive_toxicities(tables, study()), "outcomes/toxicities")
    assert derived["source"].tolist() == ["toxicity.csv:3", "toxicity.csv:4", "toxicity.csv:5"]
    assert derived["phase"].tolist() == ["acute", "acute", "late"]


def test_toxicity_soon_after_a_second_course_is_acute():
    tables = irradiated_again(patient(toxicities=["2020-05-01 gi 1", "2020-07-01 gi 2"]), 1, "2020-06-01", "2020-06-05")
    assert derive_toxicities(tables, study())["phase"].tolist() == ["late", "acute"]


def test_toxicity_before_radiotherapy_is_not_counted():
    flagged = patients_of(patient("P1", toxicities=["2019-01-09 gi 1"]), patient("P2", toxicities=["2019-02-01 gi 1"]))
    assert flagged["any_toxicity"].tolist() == [0, 1]
