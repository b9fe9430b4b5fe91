"""The workflow on a Slurm of one node: the results are those of a local run. `make slurm`; skipped without Slurm."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from cluster.slurm import missing, slurm
from whole_run import ROOT, Run, copy_repository

PROFILE = yaml.safe_load((ROOT / "profiles/slurm/config.yaml").read_text(encoding="utf-8"))
ABSENT = missing() or (
    None if importlib.util.find_spec("snakemake_executor_plugin_slurm") else "snakemake-executor-plugin-slurm is absent"
)


def test_every_rule_that_the_profile_names_is_there():
    rules = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "workflow/rules").glob("*.smk"))
    named = {group.split("=")[0] for group in PROFILE["groups"]} | set(PROFILE["set-resources"])
    assert [name for name in sorted(named) if f"rule {name}:" not in rules] == []


@pytest.mark.parametrize("rule", ["default-resources", *PROFILE["set-resources"]])
def test_memory_grows_with_the_input_and_with_every_attempt(rule):
    resources = PROFILE["default-resources"] if rule == "default-resources" else PROFILE["set-resources"][rule]

    def needed(size_mb: float, attempt: int) -> float:
        names = {"attempt": attempt, "input": type("Input", (), {"size_mb": size_mb})}
        return eval(resources["mem_mb"], names)  # the profile's own expression, as Snakemake evaluates it

    assert needed(1, 2) == 2 * needed(1, 1)
    assert needed(100, 1) > needed(1, 1)


@pytest.mark.skipif(ABSENT is not None, reason=str(ABSENT))
def test_a_run_through_slurm_gives_the_bytes_of_a_local_run_in_at_most_three_times_its_time(run, tmp_path: Path):
    folder = copy_repository(tmp_path / "oligomet")
    asked = [
        "--slurm-status-command",
        "squeue",
        "--slurm-no-account",
        "--latency-wait",
        "10",
        "--slurm-keep-successful-logs",
    ]
    with slurm(tmp_path / "slurm") as environment:
        path = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
        done = subprocess.run(
            [sys.executable, "-m", "snakemake", "--profile", "profiles/slurm", *asked],
            cwd=folder,
            env=environment | {"PATH": path},
            capture_output=True,
            text=True,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    made, through = run.contents(record=False), Run(folder).contents(record=False)
    assert made.keys() == through.keys()
    assert [name for name in made if made[name] != through[name]] == []
    here, there = (int(re.search(r"^Done in (\d+) s", said, re.M)[1]) for said in (run.said, done.stderr))
    print(f"{here} s here, {there} s through Slurm")  # for docs/cluster.md
    assert there < 3 * here
    travelled = {log.name for log in (folder / ".snakemake/slurm_logs").iterdir()}
    assert {"rule_estimate", "rule_audit"} <= travelled
    assert any(name.startswith("group_data") for name in travelled)
