"""The workflow on a queue, a Slurm of one node: the results are those of a local run. `make slurm`; skipped without."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from cluster.slurm import missing, slurm
from whole_run import ROOT, Run, copy_repository

PROFILES = {
    name: yaml.safe_load((ROOT / f"profiles/{name}/config.yaml").read_text(encoding="utf-8"))
    for name in ("slurm", "cluster")
}
ASKS = PROFILES["slurm"]["set-resources"]


def plugin_missing(name: str) -> str | None:
    there = importlib.util.find_spec(f"snakemake_{name.replace('-', '_')}")
    return None if there else f"snakemake-{name} is absent"


ABSENT = missing() or plugin_missing("executor-plugin-cluster-generic")
needs_slurm = pytest.mark.skipif(ABSENT is not None, reason=str(ABSENT))


def test_every_rule_that_the_profile_names_is_there():
    rules = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "workflow/rules").glob("*.smk"))
    named = {group.split("=")[0] for group in PROFILES["slurm"]["groups"]} | set(ASKS)
    assert [name for name in sorted(named) if f"rule {name}:" not in rules] == []


def test_the_profiles_differ_only_in_the_commands_of_the_queue():
    slurm, cluster = (
        {name: part for name, part in profile.items() if not name.startswith("cluster-generic-")}
        for profile in PROFILES.values()
    )
    assert slurm == cluster


@pytest.mark.parametrize("rule", ["default-resources", *ASKS])
def test_memory_grows_with_the_input_and_with_every_attempt(rule):
    resources = PROFILES["slurm"]["default-resources"] if rule == "default-resources" else ASKS[rule]

    def needed(size_mb: float, attempt: int) -> float:
        names = {"attempt": attempt, "input": type("Input", (), {"size_mb": size_mb})}
        return eval(resources["mem_mb"], names)  # the profile's own expression, as Snakemake evaluates it

    assert needed(1, 2) == 2 * needed(1, 1)
    assert needed(100, 1) > needed(1, 1)


INVALID = "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1"
ANSWERS = {  # of squeue and sacct -> what Snakemake is told
    ("echo PENDING", ""): "running",
    ("echo COMPLETING", ""): "running",
    ("echo COMPLETED", ""): "success",
    ("echo TIMEOUT", ""): "failed",
    ("echo OUT_OF_MEMORY", ""): "failed",
    (INVALID, "echo COMPLETED"): "success",
    (INVALID, "echo 'CANCELLED by 1000'"): "failed",
    (INVALID, "exit 1"): "failed",  # a cluster without accounting: nobody knows what became of it
    ("echo 'Unable to contact slurm controller' >&2; exit 1", "echo COMPLETED"): "running",
}


@pytest.mark.parametrize(("squeue", "sacct"), ANSWERS)
def test_what_slurm_says_of_a_job_is_told_as_snakemake_asks(tmp_path, squeue, sacct):
    for name, script in (("squeue", squeue), ("sacct", sacct)):
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    environment = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    told = subprocess.run([ROOT / "profiles/slurm/status", "7"], env=environment, capture_output=True, text=True)
    assert told.stdout.split() == [ANSWERS[squeue, sacct]]


@pytest.fixture(scope="module")
def queue(tmp_path_factory) -> Iterator[dict[str, str]]:
    """The environment in which sbatch is found."""
    with slurm(tmp_path_factory.mktemp("slurm")) as environment:
        yield environment | {"PATH": os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])}


def through_queue(folder: Path, queue: dict[str, str], *asked: str) -> str:
    command = [sys.executable, "-m", "snakemake", "--latency-wait", "10", *asked]
    done = subprocess.run(command, cwd=folder, env=queue, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stderr


def same_as_far_as_made(made: dict[str, bytes], folder: Path) -> set[str]:
    """What stands in the results of the folder, each file with the bytes of the local run."""
    through = Run(folder).contents(record=False)
    assert [name for name in through if made[name] != through[name]] == []
    return set(through)


@needs_slurm
def test_a_run_through_slurm_gives_the_bytes_of_a_local_run_in_at_most_three_times_its_time(run, queue, tmp_path: Path):
    folder = copy_repository(tmp_path / "oligomet")
    said = through_queue(folder, queue, "--profile", "profiles/slurm")
    made = run.contents(record=False)
    assert same_as_far_as_made(made, folder) == made.keys()
    here, there = (int(re.search(r"^Done in (\d+) s", one, re.M)[1]) for one in (run.said, said))
    print(f"{here} s here, {there} s through Slurm")  # for docs/cluster.md
    assert there < 3 * here
    ran = [log.read_text() for log in (folder / ".snakemake/log").glob("slurm-*.log")]
    together = sorted(re.search("--target-jobs (.*) --allowed-rules", log)[1].split() for log in ran)
    groups = {group.split("=")[1] for group in PROFILES["slurm"]["groups"]} | {"notebooks"}
    assert len([jobs for jobs in together if len(jobs) > 1]) == len(groups)


@needs_slurm
def test_a_job_that_the_queue_ends_is_run_again(run, queue, tmp_path: Path):
    folder, asked = copy_repository(tmp_path / "oligomet"), "results/pumch2022/cohort/patients.csv"
    command = [sys.executable, "-m", "snakemake", "--profile", "profiles/slurm", "--latency-wait", "10", asked]
    with subprocess.Popen(command, cwd=folder, env=queue, stderr=subprocess.PIPE, text=True) as running:
        for line in running.stderr:
            if submitted := re.search("Submitted .* with external jobid '(\\d+)'", line):
                break
        subprocess.run(["scancel", submitted[1]], env=queue, check=True)
        said = running.communicate()[1]
    assert running.returncode == 0, said
    assert "Submitted" in said
    assert "cohort/patients.csv" in same_as_far_as_made(run.contents(record=False), folder)


@needs_slurm
def test_any_command_that_takes_a_script_is_a_queue(run, queue, tmp_path: Path):
    folder = copy_repository(tmp_path / "oligomet")
    submit = "sbatch --parsable --cpus-per-task {threads} --mem {resources.mem_mb} --time {resources.runtime}"
    through_queue(folder, queue, "--profile", "profiles/cluster", "--cluster-generic-submit-cmd", submit, "tables")
    made = same_as_far_as_made(run.contents(record=False), folder)
    assert {Path(name).parts[0] for name in made} >= {"cohort", "outcomes", "estimates", "tables"}


@pytest.mark.skipif(
    (plugin := plugin_missing("storage-plugin-fs")) is not None or not shutil.which("rsync"),
    reason=plugin or "rsync is not installed",
)
def test_results_in_a_storage_have_the_bytes_of_a_local_run(run, tmp_path: Path):
    folder, storage = copy_repository(tmp_path / "oligomet"), copy_repository(tmp_path / "storage")
    provider = ("--default-storage-provider", "fs", "--default-storage-prefix", str(storage))
    said = through_queue(folder, dict(os.environ), "--cores", "2", *provider)
    assert said.endswith(f"Results are in {storage}/results/pumch2022/.\n")
    made = run.contents(record=False)
    # It names the exports that were read, and these were copies.
    copies = str(Path(".snakemake/storage/fs", *storage.parts[1:]))
    problems = storage / "results/pumch2022/validation.csv"
    problems.write_text(problems.read_text(encoding="utf-8").replace(f"{copies}/", ""), encoding="utf-8")
    assert same_as_far_as_made(made, storage) == made.keys()
    assert [file.name for file in (folder / "results/pumch2022").iterdir() if file.is_file()] == ["run_record.csv"]
