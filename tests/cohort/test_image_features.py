"""Image features that a programme computed elsewhere: a row a lesion, joined to it; what is of no lesion is told."""

from pathlib import Path

import pytest
import yaml
from ward import build, said

from oligomet.declarations import ConfigurationError
from oligomet.outcomes.characteristics import derive_lesions, derive_patients
from oligomet.outcomes.recist import assess_responses
from oligomet.study import read_study

STUDY = Path("studies/pumch2022/study.yaml").read_text(encoding="utf-8")
SOURCE = {"file": "radiomics.csv", "columns": {"patient_id": "Record", "lesion_number": "Lesion", "entropy": "cm_entr"}}
ENTROPY = {"of": "image_features", "label": "Joint entropy", "kind": "number", "at_least": 0, "at_most": 20}


def study(tmp_path, **variable):
    raw = yaml.safe_load(STUDY)
    raw["sources"]["image_features"] = SOURCE
    raw["variables"] = {**raw.get("variables", {}), "entropy": ENTROPY | variable}
    file = tmp_path / "study.yaml"
    file.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return read_study(file)


def features(number="OV-1", lesion="1", entropy="5.25"):
    return {"patient_id": number, "lesion_number": lesion, "entropy": entropy}


def test_a_feature_is_a_column_of_its_lesion(tmp_path):
    declared = study(tmp_path)
    cohort = build(declared, image_features=[features()])
    assert said(cohort) == []
    assert cohort["image_features"]["entropy"].tolist() == [5.25]
    responses = assess_responses(cohort["lesions"], cohort["measurements"], declared.response)
    lesions = derive_lesions(cohort, derive_patients(cohort, responses, declared), responses, declared)
    assert lesions["entropy"].tolist() == [5.25]
    accounting = cohort["accounting"].set_index("role")
    assert accounting.loc["image_features", ["raw", "analysed", "quarantined"]].tolist() == [1, 1, 0]


def test_features_of_no_lesion_and_values_that_cannot_be_are_told(tmp_path):
    rows = [features(), features(lesion="7"), features(number="OV-99"), features(lesion="1", entropy="21")]
    found = build(study(tmp_path), image_features=rows)
    kinds = found["quarantine"].set_index("row")["kind"]
    assert "orphan" in kinds[3] and "orphan" in kinds[4]
    assert set(found["quarantine"]["kind"]) >= {"orphan", "inconsistent"}  # two rows say two things of one lesion
    accounting = found["accounting"].set_index("role").loc["image_features"]
    assert accounting["raw"] == accounting["analysed"] + accounting["quarantined"] == 4


def test_features_without_a_source_and_a_name_that_is_taken_are_told(tmp_path):
    raw = yaml.safe_load(STUDY)
    raw["variables"] = {"entropy": ENTROPY}
    file = tmp_path / "study.yaml"
    file.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"variables.entropy: sources.image_features is not collected"):
        read_study(file)


def test_a_study_without_features_has_no_such_table():
    assert "image_features" not in build()
