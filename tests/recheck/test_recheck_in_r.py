"""The tables' scripts in R: where R is there, they find our numbers again, and one that is wrong."""

import os
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from oligomet.declarations import Condition
from oligomet.display_declarations import Table
from oligomet.estimates.parts import PARTS
from oligomet.recheck.r_script import condition_in_r, rechecked_tables, write_r_script
from oligomet.tables import read, write_csv
from outcomes.handwritten import study

pytestmark = pytest.mark.skipif(shutil.which("Rscript") is None, reason="NOT CHECKED: R is not installed")


def recheck(script: Path, *results: Path) -> tuple[str, bool]:
    """What a script says, and whether all is well."""
    command = ["Rscript", "--vanilla", script, *results]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
    return done.stdout + done.stderr, done.returncode == 0


def test_every_table_is_found_again_in_r(own_run):
    own_run.snakemake("--cores", "1", "recheck_in_r")
    scripts = sorted((own_run.results / "recheck").glob("*.R"))
    assert [script.stem for script in scripts] == ["table1", "table2", "table3", "table4"]
    for script in scripts:
        said, well = recheck(script)
        assert well, said
        assert int(said.split()[1]) > 100, said  # numbers were compared


def declared_otherwise():
    """The study with other intervals and ties, lesions as subjects, and three groups."""
    declared = study()
    decided = {"ties": "efron", "proportion_interval": "wilson", "survival_interval": "plain", "confidence": 0.9}
    analyses = declared.analyses.model_copy(
        update={
            **decided,
            "compare": {"LRFS_lesion": ["gtv", "visceral", "site"]},
            "multivariable": {"LRFS_lesion": ["gtv", "visceral"]},
        }
    )
    tables = {
        "lesions": Table(title="Factors per lesion", endpoint="LRFS_lesion", factors=["gtv", "visceral", "site"]),
        "groups": Table(title="≥ 3 groups", unit="patient", factors=["age", "kps"], variables=["age_years"],
                        by="lesion_groups"),
    }  # fmt: skip
    return declared.model_copy(update={"analyses": analyses, "tables": tables})


@pytest.fixture(scope="module")
def otherwise(run, tmp_path_factory) -> Path:
    """Results and scripts of the study as declared otherwise."""
    results = tmp_path_factory.mktemp("otherwise")
    shutil.copytree(run.results / "outcomes", results / "outcomes")
    part, other = PARTS["analyses"], declared_otherwise()
    stages = (run.results / "cohort", run.results / "outcomes")
    files = {name: stage / f"{name}.csv" for stage in stages for name in part.reads if (stage / f"{name}.csv").exists()}
    tables = {name: read(file) for name, file in files.items()}
    (results / "estimates").mkdir()
    write_csv(pd.concat(part.estimate(tables, other)), results / "estimates/estimates.csv")
    (results / "recheck").mkdir()
    for name in rechecked_tables(other):
        (results / f"recheck/{name}.R").write_text(write_r_script(name, other), encoding="utf-8")
    return results


@pytest.mark.parametrize("name", ["lesions", "groups"])
def test_it_follows_what_is_declared(otherwise, name):
    said, well = recheck(otherwise / f"recheck/{name}.R")
    assert well, said


def test_a_wrong_number_is_found(otherwise, tmp_path):
    shutil.copytree(otherwise, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "estimates/estimates.csv"
    rows = pd.read_csv(file, dtype=str)
    wrong = rows[(rows["analysis"] == "cox_univariable") & (rows["factor"] == "gtv")].index[0]
    rows.loc[wrong, "estimate"] = "0.5"
    rows.to_csv(file, index=False)
    said, well = recheck(otherwise / "recheck/lesions.R", tmp_path)
    assert not well
    assert "1 differ from ours" in said
    assert "hazard_ratio" in said


def test_a_condition_in_r():
    assert condition_in_r(Condition(**{"is": "serous"}), "histology") == '(histology %in% c("serous"))'
    assert condition_in_r(Condition(is_not=["a", "b"], below=2.5), "x") == '!(x %in% c("a", "b")) & x < 2.5'
