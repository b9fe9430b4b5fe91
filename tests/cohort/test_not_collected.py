"""What a hospital does not collect is absent; it is no finding of nothing. And whose a record number is."""

from pathlib import Path

import pandas as pd
import pytest
import yaml
from ward import BASE, build, contact, said

from oligomet.declarations import ConfigurationError
from oligomet.outcomes.characteristics import derive_patients
from oligomet.outcomes.recist import assess_responses
from oligomet.schemas import validate
from oligomet.study import read_study

TEXT = Path("studies/pumch2022/study.yaml").read_text(encoding="utf-8")


def declared(tmp_path, **changes):
    raw = yaml.safe_load(TEXT)
    for role, columns in changes.items():
        if columns == "not collected":
            raw["sources"][role] = columns
        else:
            raw["sources"][role]["columns"] |= columns
    return raw


def read(tmp_path, raw):
    file = tmp_path / "study.yaml"
    file.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return read_study(file)


def without_toxicity(tmp_path):
    raw = declared(tmp_path, toxicities="not collected")
    del raw["terms"]["toxicity"]
    return read(tmp_path, raw)


def test_no_table_is_asked_of_a_role_that_is_not_collected(tmp_path):
    study = without_toxicity(tmp_path)
    assert not study.collects("toxicities") and study.collects("measurements")
    cohort = build(study)
    assert cohort["toxicities"].empty and said(cohort) == []
    assert "toxicities" not in set(cohort["accounting"]["role"])
    responses = assess_responses(cohort["lesions"], cohort["measurements"], study.response)
    patients = validate(derive_patients(cohort, responses, study), "outcomes/patients")
    assert patients["any_toxicity"].isna().all()  # not 0: nobody looked
    assert patients["chemotherapy"].tolist() == [1]


def test_a_column_that_is_not_collected_is_empty_and_nothing_is_missing(tmp_path):
    raw = declared(tmp_path, patients={"kps": "not collected"})
    raw["eligibility"] = [rule for rule in raw["eligibility"] if rule["variable"] != "kps"]
    del raw["factors"]["kps"]
    raw["tables"]["table1"]["factors"].remove("kps")
    raw["robustness"]["prespecified"]["OS"].remove("kps")
    study = read(tmp_path, raw)
    assert not study.collects("patients.kps")
    cohort = build(study)
    validate(cohort["patients"], "cohort/patients")
    assert cohort["patients"]["kps"].isna().tolist() == [True]
    assert said(cohort) == []


def test_what_rests_on_it_cannot_be_declared_and_is_named_at_once(tmp_path):
    raw = declared(tmp_path, measurements="not collected", patients={"kps": "not collected"})
    with pytest.raises(ConfigurationError) as problems:
        read(tmp_path, raw)
    said_ = str(problems.value)
    for line in (
        "endpoints.LRFS: lesion_progression rests on measurements, which is not collected",
        "endpoints.PFS: new_lesion rests on measurements.new_lesions, which is not collected",
        "robustness.censoring.LRFS: last_imaging rests on measurements",
        "factors.disease_control: disease_control rests on measurements",
        "figures.figure2: response rests on measurements",
        "factors.kps: kps rests on patients.kps",
        "eligibility.performance: kps rests on patients.kps",
    ):
        assert line in said_


def test_there_is_no_cohort_without_plans(tmp_path):
    raw = declared(tmp_path, plans="not collected", follow_up={"date": "not collected"})
    with pytest.raises(ConfigurationError) as problems:
        read(tmp_path, raw)
    assert "sources.plans: it cannot be done without" in str(problems.value)
    assert "sources.follow_up.date: it cannot be done without" in str(problems.value)


class TestCentres:
    def study(self, tmp_path):
        raw = yaml.safe_load(TEXT)
        for source in raw["sources"].values():
            source["columns"]["centre"] = "Hospital"
        return read(tmp_path, raw)

    def test_a_record_number_is_the_centres_own(self, tmp_path):
        two = {
            role: [row | {"centre": centre} for row in rows for centre in ("North", "South")]
            for role, rows in BASE.items()
        }
        two["plans"][1] |= {"start_date": "2016-03-08"}
        cohort = build(self.study(tmp_path), **two)
        assert cohort["patients"]["patient_id"].nunique() == 2 and said(cohort) == []
        assert set(cohort["patients"]["radiotherapy_start"]) == set(pd.to_datetime(["2016-03-01", "2016-03-08"]))

    def test_a_row_without_its_centre_is_nobodys(self, tmp_path):
        one = {role: [row | {"centre": "north "} for row in rows] for role, rows in BASE.items()}
        one["follow_up"].append(contact(date="2018-06-01", centre=""))
        cohort = build(self.study(tmp_path), **one)
        assert said(cohort) == [("follow_up", 3, "Hospital", "missing", 0)]
        assert len(cohort["quarantined_cells"]) == 0

    def test_all_sources_have_it_or_none(self, tmp_path):
        raw = yaml.safe_load(TEXT)
        raw["sources"]["patients"]["columns"]["centre"] = "Hospital"
        with pytest.raises(ConfigurationError, match=r"sources\.plans\.columns: centre is missing"):
            read(tmp_path, raw)
