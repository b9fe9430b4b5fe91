"""The conda route asks for what pyproject.toml asks for: the same packages, within the same bounds."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
CONDA = {  # the recipe of a package, where it bears another name
    "duckdb": "python-duckdb",
    "jupyter-client": "jupyter_client",
    "matplotlib": "matplotlib-base",  # without a window system
    "snakemake": "snakemake-minimal",  # without the report's and the cloud's packages
    "types-PyYAML": "types-pyyaml",
}
BY_PIP = {  # why, says environment.yml
    "great-tables",
    "psycopg-binary",
    "pypandoc-binary",
    "statsmodels",
    "typst",
}
OTHERS = {"python", "quarto", "pip"}


def bounds(requirements):
    """'numpy>=2.1,<2.5' -> {'numpy': {'>=2.1', '<2.5'}}"""
    split = (re.fullmatch(r"([\w-]+)(.*)", requirement).groups() for requirement in requirements)
    return {name: set(filter(None, limits.split(","))) for name, limits in split}


def declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return project, bounds([*project["project"]["dependencies"], *project["dependency-groups"]["dev"]])


def environment():
    """What conda is asked for, and what pip."""
    asked = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    by_pip = next(entry["pip"] for entry in asked if isinstance(entry, dict))
    return bounds([entry for entry in asked if isinstance(entry, str)]), by_pip


def test_conda_and_pip_ask_for_the_same_packages_within_the_same_bounds():
    _, wanted = declared()
    conda, by_pip = environment()
    assert {name: limits for name, limits in conda.items() if name not in OTHERS} == {
        CONDA.get(name, name): limits for name, limits in wanted.items() if name not in BY_PIP
    }
    assert bounds(entry for entry in by_pip if entry[0] != "-") == {name: wanted[name] for name in BY_PIP}


def test_the_package_itself_is_installed_and_its_python_is_one_that_it_supports():
    project, _ = declared()
    conda, by_pip = environment()
    assert by_pip[-1] == "-e ."
    assert set(conda) >= OTHERS
    least = project["project"]["requires-python"].removeprefix(">=")
    (version,) = conda["python"]
    assert tuple(map(int, version.strip("=").split("."))) >= tuple(map(int, least.split(".")))


def test_a_mapped_name_is_a_dependency():
    _, wanted = declared()
    assert {*CONDA, *BY_PIP} <= set(wanted)
