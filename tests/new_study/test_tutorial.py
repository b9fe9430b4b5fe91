"""docs/own_study.md, followed line by line, and what a new study begins with."""

import re
import shutil

import pandas as pd
import pytest
import yaml

from oligomet.manuscript.title_page import declared_title_page
from oligomet.new_study.layout import lay_out
from oligomet.schemas import SOURCES
from oligomet.study import declared_in
from whole_run import ROOT, Run

TUTORIAL = (ROOT / "docs/own_study.md").read_text(encoding="utf-8")
OURS = ("--config", "study=ours")


@pytest.fixture(scope="module")
def hospital(tmp_path_factory) -> Run:
    """A folder of one's own in which `new_study` was run."""
    run = Run(tmp_path_factory.mktemp("hospital"))
    said = run.snakemake("-s", str(ROOT / "Snakefile"), "new_study", *OURS)
    assert "studies/ours/ is laid out. Next: fill in study.yaml" in said
    return run


def declare(hospital: Run, text: str) -> None:
    """The sections of a block in place of those of the same name; of sources, the roles."""
    file = hospital.folder / "studies/ours/study.yaml"
    declared, sections = yaml.safe_load(file.read_text(encoding="utf-8")), yaml.safe_load(text)
    if "sources" in sections:
        sections["sources"] = {**declared["sources"], **sections["sources"]}
    file.write_text(yaml.safe_dump({**declared, **sections}, allow_unicode=True, sort_keys=False), encoding="utf-8")


def validate(hospital: Run) -> str:
    return hospital.snakemake("-s", str(ROOT / "Snakefile"), "validate", *OURS, check=False)


def test_the_layout_is_short_and_complete():
    files = lay_out("ours")
    assert len(files["study.yaml"].splitlines()) < 80
    for role, columns in SOURCES.items():
        assert files[f"raw/{role}.csv"] == ",".join(columns) + "\n"
    assert files["data_dictionary.csv"].count("\n") == 1 + sum(map(len, SOURCES.values()))
    assert "plans,fractions,whole number,,yes,at least 1 and at most 60,,fractions" in files["data_dictionary.csv"]
    assert yaml.safe_load(files["manuscript/title_page.yml"])["keywords"]


def test_all_that_a_new_study_has_to_say_is_what_is_empty(tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text(lay_out("ours")["study.yaml"], encoding="utf-8")
    assert {problem.place for problem in declared_in(file)[1]} == {"title", "department", "data_cut"}
    page = tmp_path / "title_page.yml"
    page.write_text(lay_out("ours")["manuscript/title_page.yml"], encoding="utf-8")
    assert declared_title_page([tmp_path])[1] == []
    page.write_text(page.read_text(encoding="utf-8").replace("# authors", "authors").replace("#  ", "  "))
    assert declared_title_page([tmp_path])[0].authors[0].affiliations == ["Department, Hospital, Town"]


def test_the_fresh_layout_ends_in_words_that_say_what_to_fill_in(hospital):
    said = hospital.snakemake("-s", str(ROOT / "Snakefile"), "--cores", "1", *OURS, check=False).strip()
    for words in (
        "title: found nothing",
        "data_cut: found nothing",
        "raw/patients.csv: sources.patients: there are headings",
    ):
        assert words in said
    assert said.endswith("Expected a day, e.g. 2021-12-30.")
    assert "Traceback" not in said and "WorkflowError" not in said


def test_nothing_is_overwritten_and_what_is_not_there_is_named(hospital):
    before = {file: file.read_bytes() for file in (hospital.folder / "studies").rglob("*") if file.is_file()}
    said = hospital.snakemake("-s", str(ROOT / "Snakefile"), "new_study", *OURS, check=False)
    assert "studies/ours/ is there already; nothing was written." in said
    assert before == {file: file.read_bytes() for file in (hospital.folder / "studies").rglob("*") if file.is_file()}
    said = hospital.snakemake("-s", str(ROOT / "Snakefile"), "--config", "study=nowhere", check=False)
    assert "There is no study nowhere" in said and "There are example, " in said and " ours, " in said


def test_the_tutorial_builds_the_example(hospital):
    before, after = TUTORIAL.split("## 4. Ask what is wrong")
    for text in re.findall(r"```yaml\n(.*?)```", before, re.S):
        declare(hospital, text)
    shutil.copytree(ROOT / "studies/example/raw", hospital.folder / "studies/ours/raw", dirs_exist_ok=True)
    quoted = re.search(r"^studies/ours/raw/patientinnen.csv.*$", after, re.M)[0]
    assert quoted in validate(hospital)
    for text in re.findall(r"```yaml\n(.*?)```", after, re.S):
        declare(hospital, text)
    ours, example = (
        yaml.safe_load((folder / "study.yaml").read_text(encoding="utf-8"))
        for folder in (hospital.folder / "studies/ours", ROOT / "studies/example")
    )
    assert {**ours, "study": "example"} == example
    assert validate(hospital).strip().endswith("Nothing stops a run.")


def test_the_tutorials_study_runs_to_its_tables(hospital):
    tables = [f"results/ours/tables/table{number}.csv" for number in range(1, 5)]
    hospital.snakemake("-s", str(ROOT / "Snakefile"), "--cores", "2", *tables, *OURS)
    accounting = pd.read_csv(hospital.folder / "results/ours/cohort/accounting.csv")
    assert (accounting["raw"] == accounting["analysed"]).all() and len(accounting) == 6
    assert len(pd.read_csv(hospital.folder / "results/ours/outcomes/lesions.csv")) == 18
    assert len(pd.read_csv(hospital.folder / "results/ours/outcomes/patients.csv")) == 12


def test_what_stops_a_run_is_the_last_thing_on_the_screen(hospital):
    shutil.rmtree(hospital.folder / "results/ours/extracted", ignore_errors=True)
    raw = hospital.folder / "studies/ours/raw/patientinnen.csv"
    raw.write_bytes(raw.read_bytes().replace(b"Histologie", b"Histo", 1))
    said = hospital.snakemake("-s", str(ROOT / "Snakefile"), "--cores", "1", *OURS, check=False)
    _, _, last = said.partition("These must be put right first")
    assert "column 'Histologie' (sources.patients.columns.histology) is missing." in last
    assert "Snakemake" not in last and "rule" not in last and "Traceback" not in said
    filed = (hospital.folder / "results/ours/validation.csv").read_text(encoding="utf-8")
    assert "Histologie" in filed and "Geburtsdatum" not in filed
