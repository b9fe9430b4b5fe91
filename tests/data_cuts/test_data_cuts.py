"""Two data cuts of one small study: what changed is told once, and what only moved is not."""

import pandas as pd

from oligomet.data_cuts import KEYS
from oligomet.data_cuts.changes import find_changed_numbers, find_changed_records, tell
from oligomet.schemas import TABLES, conform


def snapshot(*times, patients=("P1",)):
    tables = {name: pd.DataFrame(columns=[*key, "source"]) for name, key in KEYS.items()}
    tables["patients"] = pd.DataFrame(
        {"patient_id": patients, "kps": 90, "source": [f"a.csv:{row}" for row in range(len(patients))]}
    )
    columns = ["patient_id", "subject_id", "endpoint", "end_date", "event"]
    return {**tables, "times": pd.DataFrame([("P1", "P1", "OS", *one) for one in times], columns=columns)}


def told(before, after):
    found = find_changed_records(before, after)
    return (
        found[["patient_id", "table", "change", "column"]].astype(object).where(found.notna(), None).to_numpy().tolist()
    )


def test_a_later_contact_and_an_event_are_two_changes_of_one_record():
    before, after = snapshot(("2020-01-01", 0)), snapshot(("2020-05-01", 1))
    assert told(before, after) == [["P1", "times", "changed", "end_date"], ["P1", "times", "changed", "event"]]
    found = find_changed_records(before, after)
    assert found.loc[0, ["before", "after"]].tolist() == ["2020-01-01", "2020-05-01"]


def test_a_new_patient_is_one_line_and_so_is_one_that_is_gone():
    one, two = snapshot(patients=["P1"]), snapshot(patients=["P1", "P2"])
    assert told(one, two) == [["P2", "patients", "added", None]]
    assert told(two, one) == [["P2", "patients", "gone", None]]


def test_two_patients_with_the_same_new_record_are_two_lines():
    before = snapshot(patients=["P1", "P2"])
    cough = pd.DataFrame({"patient_id": ["P1", "P2"], "toxicity": "cough", "onset_date": "2020-02-01", "grade": 1})
    after = {**before, "toxicities": cough}
    assert told(before, after) == [["P1", "toxicities", "added", None], ["P2", "toxicities", "added", None]]
    first = {**before, "toxicities": cough.iloc[:1]}
    assert told(first, after) == [["P2", "toxicities", "added", None]]


def test_a_row_that_only_moved_in_its_file_has_not_changed():
    assert told(snapshot(patients=["P1", "P2"]), snapshot(patients=["P2", "P1"])) == []


def numbers(**changed):
    row = {"analysis": "survival", "endpoint": "OS", "statistic": "survival", "time_months": 12, "population": "all"}
    rows = [
        {**row, "estimate": 0.8, "n": 10, "events": 2},
        {**row, "time_months": 24, "estimate": 0.5, "n": 5} | changed,
    ]
    rows.append({**row, "analysis": "curve", "estimate": changed.get("estimate", 0.5)})
    return conform(pd.DataFrame(rows).assign(method=changed.get("method", "Kaplan-Meier")), TABLES["estimates"])


def test_a_number_that_changed_has_both_values_and_the_steps_of_a_curve_none():
    found = find_changed_numbers(numbers(), numbers(estimate=0.4, n=9))
    assert found[["time_months", "change"]].to_numpy().tolist() == [[24, "changed"]]
    assert found[["estimate_before", "estimate_after", "n_before", "n_after"]].to_numpy().tolist() == [[0.5, 0.4, 5, 9]]
    assert find_changed_numbers(numbers(), numbers(method="another word for it")).empty


def test_numbers_that_appear_or_disappear_are_told():
    assert find_changed_numbers(numbers(), numbers(endpoint="PFS"))["change"].tolist() == ["gone", "added"]
    assert "0 numbers" in tell(find_changed_records(snapshot(), snapshot()), find_changed_numbers(numbers(), numbers()))
