"""The workflow run from a hospital's own folder, `snakemake -s .../Snakefile`, with a study that has no generator."""

import shutil
import sys
from pathlib import Path

import pytest

from oligomet.displays.results import Results
from recovery.interrupted import Example
from whole_run import ROOT, Run


@pytest.fixture(scope="module")
def hospital(tmp_path_factory) -> Run:
    """A folder with a config.yaml and a study of its own, and nothing else."""
    folder = tmp_path_factory.mktemp("hospital")
    for part in ("study.yaml", "raw", "published/literature.csv"):
        source, target = ROOT / "studies/pumch2022" / part, folder / "studies/ours" / part
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy2(source, target)
    declared = folder / "studies/ours/study.yaml"
    declared.write_text(
        declared.read_text(encoding="utf-8").replace("study: pumch2022", "study: ours"), encoding="utf-8"
    )
    (folder / "config.yaml").write_text("study: ours\n")
    return Run(folder)


def test_a_study_where_one_stands_is_planned_with_the_code_and_the_notebooks_of_the_workflow(hospital):
    said = hospital.snakemake("-s", str(ROOT / "Snakefile"), "--dry-run")
    assert " studies/ours/raw/imaging.csv" in said and " results/ours/manuscript/paper.html" in said
    assert "/notebooks/cohort.ipynb" in said and "studies/pumch2022" not in said
    assert not (hospital.folder / "results").exists()


def test_what_one_does_not_have_is_the_workflows(tmp_path):
    said = Run(tmp_path).snakemake("-s", str(ROOT / "Snakefile"), "--dry-run", "calibration")
    assert "studies/pumch2022/raw/imaging.csv" in said and "studies/pumch2022/generator/measure.py" in said
    assert " results/pumch2022/synthetic/calibration.csv" in said


def test_a_study_of_the_workflow_runs_where_one_stands(tmp_path):
    here, page = Run(tmp_path), "results/example/notebooks/cohort.html"
    here.snakemake("-s", str(ROOT / "Snakefile"), "--cores", "2", "--config", "study=example", "--", page)
    assert (tmp_path / page).is_file() and not (tmp_path / "studies").exists()


@pytest.mark.parametrize("target", ["synthesise", "calibration"])
def test_a_study_without_a_generator_says_that_it_has_none(hospital, target):
    said = hospital.snakemake("-s", str(ROOT / "Snakefile"), target, "--cores", "1", check=False)
    assert "studies/ours/ has no generator/: the records of this study are not to be made up." in said
    assert "Traceback" not in said
    assert target not in hospital.snakemake("-s", str(ROOT / "Snakefile"), "--list")


def test_results_go_to_the_folder_that_config_names_with_the_same_bytes(tmp_path, monkeypatch):
    here, other = Example.set_up(tmp_path / "here"), Example.set_up(tmp_path / "other")
    (other.folder / "config.yaml").write_text("study: example\nresults: ../kept\n")
    for run, results in ((here, "results"), (other, "../kept")):
        run.snakemake("--cores", "2", f"{results}/example/notebooks/cohort.html")
    assert not (other.folder / "results").exists()
    (other.folder / "results").symlink_to(tmp_path / "kept")
    assert other.contents(record=False) == here.contents(record=False)
    (other.folder / "results").unlink()
    monkeypatch.chdir(other.folder)  # by hand, with nothing but config.yaml to go by
    assert len(Results("example").patients) > 5


def test_a_python_that_stands_in_a_folder_with_a_space_runs_the_scripts(tmp_path, monkeypatch):
    (tmp_path / "ein Ort").symlink_to(Path(sys.executable).parents[1])
    monkeypatch.setattr(sys, "executable", str(tmp_path / "ein Ort/bin" / Path(sys.executable).name))
    run = Example.set_up(tmp_path / "Übung und café")
    run.snakemake("--cores", "1", "results/example/extracted/patients.csv")
