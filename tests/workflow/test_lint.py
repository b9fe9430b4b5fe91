"""Modules and rules are as `make lint` wants them, but for what is explained here; the notebooks are committed as they
are before they are run."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXCEPTIONS = {
    # One environment serves every rule: requirements.lock by pip, environment.yml by conda. To name it in each would
    # only have Snakemake make a second one.
    "Specify a conda environment or container for each rule.",
}


def test_rules_pass_the_linter():
    done = subprocess.run([sys.executable, "-m", "snakemake", "--lint"], capture_output=True, text=True)
    said = done.stdout + done.stderr
    assert set(re.findall(r"^ +\* (.+?):?$", said, re.M)) - EXCEPTIONS == set(), said


def test_rules_are_formatted():
    command = [str(Path(sys.executable).with_name("snakefmt")), "--check", "Snakefile", "workflow/rules"]
    assert subprocess.run(command, capture_output=True).returncode == 0


@pytest.mark.parametrize("check", [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]], ids=" ".join)
def test_python_is_as_make_lint_wants_it(check):
    done = subprocess.run([sys.executable, "-m", *check], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", sorted(Path("notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_notebooks_are_committed_without_outputs(path):
    content = json.loads(path.read_text(encoding="utf-8"))
    code = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert all(cell["metadata"].keys() <= {"tags"} for cell in content["cells"])  # nothing of who ran it, and when
    assert content["metadata"].keys() == {"kernelspec", "language_info"}
    assert content["metadata"]["kernelspec"]["name"] == "python3"
    assert (content["nbformat"], content["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in content["cells"]]
    assert len(set(ids)) == len(ids)
