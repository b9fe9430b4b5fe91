"""What the machine refuses is one sentence, or no matter; what somebody changed is named and made again."""

import os
import stat

import pytest
from interrupted import Example

PATIENTS = "results/example/outcomes/patients.csv"


def test_a_home_that_cannot_be_written_is_no_matter(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/proc")
    for variable in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "MPLCONFIGDIR"):
        monkeypatch.delenv(variable, raising=False)
    run = Example.set_up(tmp_path)
    run.snakemake("--cores", "2", "results/example/notebooks/cohort.html")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    run = Example.set_up(tmp_path)
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    said = run.snakemake("--cores", "1", PATIENTS, check=False)
    assert ".snakemake cannot be written here (Permission denied)" in said.strip().splitlines()[-1]
    assert "Traceback" not in said


def test_a_results_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    run = Example.set_up(tmp_path)
    (tmp_path / "results").write_text("a file of this name\n")
    said = run.snakemake("--cores", "1", PATIENTS, check=False)
    assert "cannot be written here" in said.strip().splitlines()[-1]
    assert "Traceback" not in said


def test_what_was_changed_by_hand_is_named_kept_and_made_again(tmp_path):
    run = Example.set_up(tmp_path)
    run.snakemake("--cores", "2", PATIENTS)
    for name in ("cohort/patients.csv", "outcomes/patients.csv"):
        file = run.results / name
        whole, moment = file.read_bytes(), file.stat()
        file.write_bytes(whole.replace(b"P-", b"Q-"))
        os.utime(file, ns=(moment.st_atime_ns, moment.st_mtime_ns))  # as old as it was
        words = f"results/example/{name} was changed since it was made. "
        assert words + "A run makes it again." in run.snakemake("--cores", "1", PATIENTS, "--dry-run")
        said = run.snakemake("--cores", "2", PATIENTS, f"results/example/{name}")
        kept = file.with_name("edited") / "patients.csv"
        assert f"{words}It is made again; what stood there is kept as results/example/" in said
        assert file.read_bytes() == whole and kept.read_bytes() == whole.replace(b"P-", b"Q-")
    again = run.snakemake("--cores", "2", PATIENTS)
    assert "Nothing to be done" in again and "was changed" not in again
    os.utime(run.results / "cohort/patients.csv")  # touched, and the same
    assert "was changed" not in run.snakemake("--cores", "2", PATIENTS)


def test_the_record_of_a_run_names_what_it_was_made_from(tmp_path):
    run = Example.set_up(tmp_path)
    run.snakemake("--cores", "2", PATIENTS)
    record = (run.results / "run_record.csv").read_text(encoding="utf-8")
    for row in (
        "input,studies/example/raw/verlauf.csv,",
        "input,studies/example/study.yaml,",
        "environment,snakemake-",
        f"output,{PATIENTS},",
    ):
        assert f"\n{row}" in record
    assert "workflow/oligomet/cohort/build.py," in record and "__pycache__" not in record
