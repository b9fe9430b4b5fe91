"""The workflow on a queue, a Slurm of one node: the results are those of a local run. `make slurm`; skipped without."""

import importlib.util
import os
import re
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
ABSENT = missing() or next(
    (
        f"snakemake-executor-plugin-{profile['executor']} is absent"
        for profile in PROFILES.values()
        if not importlib.util.find_spec(f"snakemake_executor_plugin_{profile['executor'].replace('-', '_')}")
    ),
    None,
)
needs_slurm = pytest.mark.skipif(ABSENT is not None, reason=str(ABSENT))


def test_every_rule_that_the_profile_names_is_there():
    rules = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "workflow/rules").glob("*.smk"))
    named = {group.split("=")[0] for group in PROFILES["slurm"]["groups"]} | set(ASKS)
    assert [name for name in sorted(named) if f"rule {name}:" not in rules] == []


def test_the_profiles_differ_only_in_how_a_job_is_handed_over():
    def own(name: str, of: str) -> bool:
        return name.startswith(of) or name == "executor"

    slurm, cluster = PROFILES["slurm"], PROFILES["cluster"]
    assert {name: part for name, part in slurm.items() if not own(name, "slurm")} == {
        name: part for name, part in cluster.items() if not own(name, "cluster-generic")
    }


@pytest.mark.parametrize("rule", ["default-resources", *ASKS])
def test_memory_grows_with_the_input_and_with_every_attempt(rule):
    resources = PROFILES["slurm"]["default-resources"] if rule == "default-resources" else ASKS[rule]

    def needed(size_mb: float, attempt: int) -> float:
        names = {"attempt": attempt, "input": type("Input", (), {"size_mb": size_mb})}
        return eval(resources["mem_mb"], names)  # the profile's own expression, as Snakemake evaluates it

    assert needed(1, 2) == 2 * needed(1, 1)
    assert needed(100, 1) > needed(1, 1)


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


@needs_slurm
def test_a_run_through_slurm_gives_the_bytes_of_a_local_run_in_at_most_three_times_its_time(run, queue, tmp_path: Path):
    folder = copy_repository(tmp_path / "oligomet")
    alone = ("--slurm-status-command", "squeue", "--slurm-no-account", "--slurm-keep-successful-logs")
    said = through_queue(folder, queue, "--profile", "profiles/slurm", *alone)
    made, through = run.contents(record=False), Run(folder).contents(record=False)
    assert made.keys() == through.keys()
    assert [name for name in made if made[name] != through[name]] == []
    here, there = (int(re.search(r"^Done in (\d+) s", one, re.M)[1]) for one in (run.said, said))
    print(f"{here} s here, {there} s through Slurm")  # for docs/cluster.md
    assert there < 3 * here
    travelled = {log.name for log in (folder / ".snakemake/slurm_logs").iterdir()}
    assert "rule_audit" in travelled
    together = {name.split("_")[1] for name in travelled if name.startswith("group")}
    assert together == {"notebooks", *(group.split("=")[1] for group in PROFILES["slurm"]["groups"])}


@needs_slurm
def test_any_command_that_takes_a_script_is_a_queue(run, queue, tmp_path: Path):
    folder = copy_repository(tmp_path / "oligomet")
    submit = "sbatch --parsable --cpus-per-task {threads} --mem {resources.mem_mb} --time {resources.runtime}"
    through_queue(folder, queue, "--profile", "profiles/cluster", "--cluster-generic-submit-cmd", submit, "tables")
    made, through = run.contents(record=False), Run(folder).contents(record=False)
    assert {Path(name).parts[0] for name in through} >= {"cohort", "outcomes", "estimates", "tables"}
    assert [name for name in through if made[name] != through[name]] == []
