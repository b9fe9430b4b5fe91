import pandas as pd
import pytest
from hand_cohort import patients, study
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from asked import row, rows
from oligomet.estimates.toxicity import estimate_toxicity
from oligomet.schemas import ESTIMATE_KEY, validate

COHORT = patients(*(f"P{i} serous 1.0 PR 1" for i in range(1, 6)))
SYSTEMS = {"toxicity": {"gastrointestinal": [], "haematological": [], "skin": []}}


def events(*lines):
    """'P1 gastrointestinal 2 acute'"""
    table = pd.DataFrame([line.split() for line in lines], columns=["patient_id", "toxicity", "grade", "phase"])
    return table.astype({"patient_id": "string", "toxicity": "string", "phase": "string"}).astype({"grade": "Int64"})


def estimates(toxicities, cohort=COHORT):
    return validate(estimate_toxicity(toxicities, cohort, study(terms=SYSTEMS)), "estimates")


TOXICITIES = events(
    "P1 gastrointestinal 1 acute",
    "P1 gastrointestinal 2 acute",
    "P1 haematological 2 acute",
    "P2 gastrointestinal 3 late",
    "P3 haematological 1 acute",
    "P3 haematological 1 late",
)


def counts(found, factor):
    found = rows(found, factor=factor)
    named = found["group"].fillna("") + found["grade"].fillna("")
    return dict(zip(named, found["events"], strict=True))


def test_a_patient_counts_once_in_a_phase():
    found = estimates(TOXICITIES)
    assert counts(found, "phase") == {"none": 2, "any": 3, "acute": 2, "late": 2, "both": 1}
    without = row(found, factor="phase", group="none")
    limits = binomtest(2, 5).proportion_ci()
    assert (without.estimate, without.conf_low, without.conf_high) == pytest.approx((0.4, *limits))


def test_the_worst_grade_of_a_system_in_a_phase_counts():
    found = counts(estimates(TOXICITIES), "gastrointestinal")
    assert (found["any"], found["acute"], found["late"]) == (2, 1, 1)
    assert (found["acute1"], found["acute2"], found["late3"]) == (0, 1, 1)


def test_a_system_without_toxicity_has_its_rows():
    found = rows(estimates(TOXICITIES), factor="skin")
    assert (found["estimate"] == 0).all() and (found["conf_high"] > 0).all() and len(found) == 13


def test_grades():
    found = estimates(TOXICITIES)
    assert counts(found, "grade") == {"1": 2, "2": 1, "3": 1, "4": 0, "5": 0, "≥ 3": 1}
    assert counts(found, "worst_grade") == {"0": 2, "1": 1, "2": 1, "3": 1, "4": 0, "5": 0}


def test_nobody_with_toxicity():
    assert counts(estimates(events()), "phase") == {"none": 5, "any": 0, "acute": 0, "late": 0, "both": 0}


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(COHORT["patient_id"].tolist()), st.integers(1, 5), st.sampled_from(["acute", "late"]))
    )
)
def test_phases_and_worst_grades_add_up(records):
    found = estimates(events(*(f"{who} skin {grade} {phase}" for who, grade, phase in records)))
    phase = counts(found, "phase")
    assert phase["none"] + phase["any"] == len(COHORT)
    assert phase["acute"] + phase["late"] - phase["both"] == phase["any"]
    assert sum(counts(found, "worst_grade").values()) == len(COHORT)
    assert not found.duplicated(ESTIMATE_KEY).any()
