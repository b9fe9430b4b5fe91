"""The rules are formatted and free of what Snakemake's linter warns of, but for what is explained here."""

import re
import subprocess
import sys
from pathlib import Path

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
