"""A run is killed again and again; the same command, typed once more, finishes it with the same bytes.

KILLS=100 in the environment (make kills) kills so often, and in the whole way to the paper.
"""

import os
import random
import shutil
import signal
import subprocess
import time

import pytest
from interrupted import Example

from reliability import note

KILLS = int(os.environ.get("KILLS", 3))
TARGETS = () if KILLS > 3 else ("tables", "figures")


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> tuple[dict[str, bytes], float]:
    """What a run leaves that nobody disturbs, and how many seconds it took."""
    began = time.monotonic()
    run = Example.set_up(tmp_path_factory.mktemp("whole"))
    run.snakemake("--cores", "2", *TARGETS)
    return run.contents(), time.monotonic() - began


def test_after_any_kill_the_same_command_finishes_with_the_same_bytes(tmp_path, whole):
    contents, seconds = whole
    chance, run, killed = random.Random(KILLS), Example.set_up(tmp_path), 0
    while killed < KILLS:
        process = run.start(*TARGETS)
        try:
            process.wait(chance.uniform(0, seconds))
            said = process.communicate()[0]
            assert process.returncode == 0, said
            assert run.contents() == contents
            shutil.rmtree(run.folder / "results")
            shutil.rmtree(run.folder / ".snakemake")
        except subprocess.TimeoutExpired:
            killed += 1
            if killed % 2:
                os.killpg(process.pid, signal.SIGKILL)  # the power fails
            else:
                process.kill()  # its jobs go on for a while
            process.communicate()
    said = run.snakemake("--cores", "2", *TARGETS)
    assert "LockException" not in said and "IncompleteFiles" not in said
    assert run.contents() == contents
    note("kill -9 at a random moment, of the run or of all its jobs", KILLS, "finished by the same command, same bytes")


def test_a_run_killed_before_its_record_is_written_has_it_from_the_next(tmp_path):
    run = Example.set_up(tmp_path)
    run.snakemake("--cores", "2", "tables")
    record = run.results / "run_record.csv"
    content = record.read_bytes()
    for kill in (record.unlink, lambda: os.utime(record, (0, 0))):  # with none, or with that of a run before
        kill()
        assert "Nothing to be done" in run.snakemake("--cores", "2", "tables")
        assert record.read_bytes() == content and record.stat().st_mtime > 0
    assert "Nothing to be done" in run.snakemake("--dry-run", "tables")


def test_a_run_beside_another_is_refused_in_words_and_harms_it_not(tmp_path, whole):
    run = Example.set_up(tmp_path)
    process = run.start(*TARGETS)
    while not list(run.folder.glob(".snakemake/locks/*")):
        time.sleep(0.05)
        assert process.poll() is None, process.communicate()[0]
    said = run.snakemake("--cores", "2", *TARGETS, check=False)
    assert f"Another run is at work here: process {process.pid}, since " in said.splitlines()[-1]
    assert "LockException" not in said and "Traceback" not in said
    assert "dry-run" in run.snakemake("--dry-run")
    said = process.communicate()[0]
    assert process.returncode == 0, said
    assert run.contents() == whole[0]


def test_a_lock_that_a_killed_run_left_is_removed(tmp_path):
    run = Example.set_up(tmp_path)
    locks = run.folder / ".snakemake/locks"
    locks.mkdir(parents=True)
    (locks / "0.output.lock").write_text("results/example/extracted/patients.csv\n")
    (locks / "1.output.lock").write_text("results/another/extracted/patients.csv\n")
    said = run.snakemake("--cores", "1", "results/example/extracted/patients.csv")
    assert "A run was killed here." in said
    assert "A run was killed here." not in run.snakemake("--cores", "1", "results/example/extracted/patients.csv")
