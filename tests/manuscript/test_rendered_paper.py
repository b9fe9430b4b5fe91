"""The paper that a whole run leaves behind, and what is left of it when the next one fails."""

import os

import pandas as pd
import pytest
from browser import widths
from prose import unexplained_numbers

from oligomet.manuscript.typed import allowed_names
from whole_run import ROOT


def listed(run):
    return pd.read_csv(run.results / "manuscript" / "values.csv", dtype=str, keep_default_na=False)


def test_every_number_of_the_rendered_paper_is_explained(run):
    paper, names = run.results / "manuscript" / "paper.html", allowed_names([ROOT / "manuscript"])
    assert unexplained_numbers(paper, set(listed(run)["text"]), names) == []


@pytest.mark.parametrize("document", ["paper", "supplement"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_document_scrolls_sideways(run, tmp_path, document, width):
    asked, needed = widths(run.results / "manuscript" / f"{document}.html", tmp_path, width)
    assert needed <= asked


def test_a_paper_that_fails_leaves_the_last_good_one_and_says_why_last(run):
    papers = {file: file.read_bytes() for file in sorted((run.results / "manuscript").glob("paper.*"))}
    part = run.folder / "studies" / "pumch2022" / "manuscript" / "_origin.qmd"
    before, stat = part.read_bytes(), part.stat()
    part.write_text("It is << OS.rte(12) >>.\n")
    try:
        said = run.snakemake("--cores", "1", check=False)
        *_, last = said.rstrip().split("\n")
        assert last.startswith(f"{part.relative_to(run.folder)}, line 1: 'rte' is not known; the nearest are rate, ")
        assert "Traceback" not in said
        assert {file: file.read_bytes() for file in papers} == papers and len(papers) == 3
        assert "OS.rate(12)" in set(listed(run)["name"])
        assert "manuscript" in run.snakemake("--cores", "1", "--dry-run", "--quiet", "rules")  # it is not forgotten
    finally:
        part.write_bytes(before)
        os.utime(part, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        run.snakemake("--cores", "1")
    assert {file: file.read_bytes() for file in papers} == papers
