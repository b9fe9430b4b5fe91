"""`snakemake revision`: a run held against earlier results that are committed, kept in a folder, or not there."""

import re
import shutil
import subprocess
import zipfile

import pandas as pd
import pytest


@pytest.fixture(scope="module")
def earlier(own_run):
    """The run, and the results that it is held against: another table, estimate and sentence, committed."""
    expected = own_run.folder / "studies/pumch2022/expected"
    paper = expected / "manuscript/project/paper.qmd"
    text = paper.read_text(encoding="utf-8")
    assert "From untidy records" in text
    paper.write_text(text.replace("From untidy records", "From tidy records"), encoding="utf-8")
    estimates = expected / "estimates/estimates.csv"
    rows = pd.read_csv(estimates, dtype=str, keep_default_na=False)
    rows.loc[rows["estimate"] == "142", "estimate"] = "141"
    rows.to_csv(estimates, index=False)
    git = ["git", "-c", "user.name=somebody", "-c", "user.email=somebody@example.org"]
    for command in (["init", "-q"], ["add", "studies/pumch2022/expected"], ["commit", "-q", "-m", "as it was"]):
        subprocess.run([*git, *command], cwd=own_run.folder, check=True)
    return own_run, shutil.copytree(expected, own_run.folder / "before")


@pytest.mark.parametrize("before", ["HEAD", "before"])
def test_what_moved_is_listed_and_marked(earlier, before):
    own_run, _ = earlier
    own_run.snakemake("--cores", "1", "--forcerun", "revision", "--config", f"before={before}", "--", "revision")
    folder = own_run.results / "revision"
    numbers = pd.read_csv(folder / "numbers.csv", dtype=str)
    changed = numbers[numbers["change"] == "changed"]
    assert set(changed["estimate_before"].astype(float)) == {141} and set(changed["estimate_after"].astype(float)) == {
        142
    }
    with zipfile.ZipFile(folder / "paper.docx") as parts:
        xml = parts.read("word/document.xml").decode()
    assert re.search(r"<w:delText[^>]*>tidy</w:delText>", xml) and re.search(r"<w:ins .*?<w:t[^>]*>untidy</w:t>", xml)
    assert "tidy" in (folder / "revision.html").read_text(encoding="utf-8")


def test_results_that_are_not_there_are_told(earlier):
    own_run, _ = earlier
    said = own_run.snakemake("--cores", "1", "--config", "before=nowhere", "--", "revision", check=False)
    assert "before=nowhere is no folder of results with estimates/estimates.csv, and no commit" in said
    assert "Traceback" not in said
