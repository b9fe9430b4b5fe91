from types import SimpleNamespace

import pandas as pd
from hand_cohort import study

from asked import rows
from oligomet.estimates.flow import estimate_flow
from oligomet.schemas import validate


def flow(**rules):
    screened = pd.DataFrame(
        {"patient_id": list("ABCDE"), "eligible": [1, 0, 0, 1, 0], "rule": [None, "kps", "site", None, "kps"]}
    )
    accounting = pd.DataFrame(
        {
            "role": ["follow_up", "lesions", "lesions"],
            "sheet": [None, "2019", "2020"],
            "raw": [10, 4, 5],
            "analysed": [10, 3, 4],
            "quarantined": [0, 1, 1],
        }
    )
    quarantine = pd.DataFrame({"role": ["lesions"] * 3, "kind": ["missing", "duplicate", "missing"]})
    lesions = pd.DataFrame(
        {
            "patient_id": list("AABCD"),
            "eligible": [1, 0, 1, 0, 1],
            "rule": [None, "dose", None, "small", None],
        }
    )
    findings = pd.DataFrame({"check": ["size", "early", "size", "size"], "dismissed": [0, 1, 1, 0]})
    declared = [SimpleNamespace(id=name, of=rules.get(name, "patients")) for name in ("site", "age", "kps", *rules)]
    tables = (screened, lesions, quarantine, accounting, findings)
    return validate(estimate_flow(*tables, study(eligibility=declared)), "estimates")


def test_patients_leave_by_the_rules_in_their_order():
    found = rows(flow(), unit="patient", factor="eligibility")
    assert found["group"].tolist() == ["screened", "site", "age", "kps", "excluded", "analysed"]
    assert found["estimate"].tolist() == [5, 1, 0, 2, 3, 2]
    assert (found["n"] == 5).all()


def test_lesions_are_counted_by_their_rules_where_there_are_such():
    assert rows(flow(), unit="lesion", factor="eligibility").empty
    found = rows(flow(dose="lesions", small="lesions"), unit="lesion", factor="eligibility")
    assert found["group"].tolist() == ["screened", "dose", "small", "excluded", "patient_excluded", "analysed"]
    assert found["estimate"].tolist() == [5, 1, 1, 2, 1, 2]
    of_patients = rows(flow(dose="lesions"), unit="patient", factor="eligibility")["group"]
    assert "dose" not in of_patients.tolist()


def test_raw_rows_of_a_source_are_added_over_its_sheets():
    found = rows(flow(), unit="row", factor="lesions")
    assert dict(zip(found["group"], found["estimate"], strict=True)) == {
        "raw": 9, "analysed": 7, "quarantined": 2, "missing": 2, "duplicate": 1,
    }  # fmt: skip
    assert rows(flow(), unit="row", factor="follow_up")["group"].tolist() == ["raw", "analysed", "quarantined"]


def test_contradictions_are_counted_by_check_without_those_dismissed():
    found = rows(flow(), unit="row", factor="cross_checks")
    assert found[["group", "estimate", "n"]].to_numpy().tolist() == [["size", 2, 3]]
