"""A small trial, run whole: three centres and two endpoints, from their exports to report and monitor."""

import pandas as pd
import pytest
import yaml

from whole_run import Run, copy_repository

CENTRES = ("C04", "C05", "C06")
ENDPOINTS = ("LC", "LTFS")  # each has a notebook, which takes longer than all of its estimates
FEW = {"repeats": 1, "resamples": 20, "folds": 3, "lesions_a_parameter": 3, "centre_lesions": 30}


@pytest.fixture(scope="module")
def trial(tmp_path_factory) -> Run:
    made = Run(copy_repository(tmp_path_factory.mktemp("trial") / "oligomet"))
    file = made.folder / "studies/mito_rt3/study.yaml"
    declared = yaml.safe_load(file.read_text(encoding="utf-8"))
    for source in declared["sources"].values():
        if isinstance(source, dict):
            source["files"] = [entry for entry in source["files"] if entry["constants"]["centre"] in CENTRES]
    declared["prediction"] |= FEW
    declared["design"]["centres"] = len(CENTRES)
    of_endpoints = [(declared, "endpoints"), (declared["analyses"], "compare")]
    of_endpoints += [(declared["secondary"], part) for part in ("competing", "landmark")]
    for section, part in of_endpoints:
        section[part] = {name: one for name, one in section[part].items() if name in ENDPOINTS}
    for displays in ("tables", "figures"):
        declared[displays] = {
            name: one for name, one in declared[displays].items() if one.get("endpoint", "LC") in ENDPOINTS
        }
    file.write_text(yaml.safe_dump(declared, allow_unicode=True, sort_keys=False), encoding="utf-8")
    made.snakemake("--cores", "2", "--config", "study=mito_rt3")
    return made


def test_the_report_and_the_monitors_page_are_there(trial):
    results = trial.folder / "results/mito_rt3"
    promised = ["manuscript/paper.html", "manuscript/paper.pdf", "protocol/protocol.html", "protocol/queries.csv"]
    assert [name for name in promised if not (results / name).is_file()] == []
    page = (results / "protocol/protocol.html").read_text(encoding="utf-8")
    assert all(f"{centre}-001" in page for centre in CENTRES) and "C01-001" not in page
    paper = (results / "manuscript/paper.html").read_text(encoding="utf-8")
    assert "Synthetic data" in paper and "BRCA1/2 status not assessed" in paper and "Late-toxicity-free" in paper
    assert "Image features add" in paper and "Gray’s test" in paper


def test_the_numbers_of_the_monitor_are_those_of_the_estimates(trial):
    results = trial.folder / "results/mito_rt3"
    centres = pd.read_csv(results / "protocol/centres.csv").set_index("centre")
    found = pd.read_csv(results / "estimates/estimates.csv", low_memory=False)
    found = found[(found["analysis"] == "compliance") & found["group"].isna()]
    for centre, of_centre in found.fillna({"by_group": "all"}).groupby("by_group"):
        counted = of_centre[of_centre["factor"].isin(centres.columns)].set_index("factor")["estimate"]
        assert counted.to_dict() == centres.loc[centre].to_dict()
    assert list(centres.index) == [*CENTRES, "all"]


def test_an_edited_protocol_reruns_its_checks_and_no_outcome(trial):
    file = trial.folder / "studies/mito_rt3/study.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("pause_weekdays: 2", "pause_weekdays: 20"), encoding="utf-8")
    said = trial.snakemake("--dry-run", "--cores", "2", "--config", "study=mito_rt3")
    file.write_text(text, encoding="utf-8")
    assert "rule protocol:" in said and "rule times:" not in said and "rule cohort:" not in said


def test_two_cuts_are_compared_by_patient_and_by_number(trial):
    arguments = ("--cores", "2", "--config", "study=mito_rt3")
    trial.snakemake("keep_snapshot", *arguments)
    file = trial.folder / "studies/mito_rt3/raw/c04/toxicity.csv"
    before = file.read_bytes()
    late = b"".join(b"9,%03d,Nausea,3,2023-06-01,related\r\n" % number for number in range(1, 10))
    file.write_bytes(before + late)  # of those who were still alive
    said = trial.snakemake("data_cuts", *arguments, "earlier=2023-09-30")
    file.write_bytes(before)
    folder = trial.folder / "results/mito_rt3/data_cuts"
    records, numbers = pd.read_csv(folder / "records.csv"), pd.read_csv(folder / "numbers.csv")
    assert "patients with a change" in said
    added = records[records["change"] == "added"]
    assert set(added["table"]) == {"toxicities"} and set(records["patient_id"]) == set(added["patient_id"])
    assert {"LTFS"} == set(records.loc[records["table"] == "times", "record"].str.split().str[-1])
    worse = numbers[(numbers["analysis"] == "toxicity") & (numbers["grade"] == "≥ 3")].iloc[0]
    assert worse["events_after"] == worse["events_before"] + records["patient_id"].nunique()
    said = trial.snakemake("keep_snapshot", *arguments, check=False)
    assert "is not written over" in said and "Traceback" not in said


def test_a_snapshot_that_nobody_kept_is_told(trial):
    said = trial.snakemake("data_cuts", "--cores", "1", "--config", "study=mito_rt3", "earlier=2020-01-01", check=False)
    assert "There is no snapshot snapshots/mito_rt3/2020-01-01" in said and "Traceback" not in said


def test_several_studies_are_asked_for_in_one_command(trial):
    said = trial.snakemake("--dry-run", "--forceall", "--cores", "1", "--config", "studies=[example,mito_rt3]")
    assert "output: results/example/extracted/" in said and "output: results/mito_rt3/extracted/" in said
    assert "studies/nobody" in trial.snakemake("-n", "--cores", "1", "--config", "studies=[nobody]", check=False)
