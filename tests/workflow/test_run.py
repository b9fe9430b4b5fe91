"""The whole walk, as a reviewer runs it: what comes out, what reruns, and what is said when the input is bad."""

import os
import re
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
from whole_run import ROOT, Run, copy_repository

DISPLAYS = {"table", "figure", "notebook", "manuscript_project", "paper"}
ESTIMATES = {
    "estimate_flow",
    "estimate_descriptive",
    "estimate_response",
    "estimate_survival",
    "estimate_regression",
    "estimate_toxicity",
}
OUTCOMES = {"responses", "times", "characteristics"}


def test_everything_promised_is_there(run):
    promised = [
        *(f"cohort/{name}.csv" for name in ("patients", "lesions", "screened", "quarantine")),
        *(f"outcomes/{name}.csv" for name in ("responses", "times")),
        "estimates/estimates.csv",
        *(f"tables/table{number}.{kind}" for number in range(1, 6) for kind in ("csv", "html")),
        *(f"figures/figure{number}.{kind}" for number in range(1, 7) for kind in ("svg", "png", "pdf")),
        *(f"manuscript/paper.{kind}" for kind in ("html", "pdf", "docx")),
    ]
    assert [name for name in promised if not (run.results / name).is_file()] == []
    executed = {file.stem for file in (run.results / "notebooks").glob("*.ipynb")}
    assert {"survival_LRFS", "survival_PFS", "survival_OS", "survival_CFI"} <= executed
    assert executed == {file.stem for file in (run.results / "notebooks").glob("*.html")}


def test_every_raw_row_is_analysed_or_quarantined(run):
    accounting = pd.read_csv(run.results / "cohort/accounting.csv")
    assert (accounting.raw == accounting.analysed + accounting.quarantined).all()
    for role in accounting.role:
        extracted = pd.read_csv(run.results / f"extracted/{role}.csv", dtype=str)
        assert len(extracted) == accounting.set_index("role").raw[role]


def test_nothing_is_left_to_do_after_a_run(run):
    assert planned(run) == set()


def test_tables_and_figures_are_the_same_at_one_core_and_at_four(run, tmp_path):
    other = Run(copy_repository(tmp_path / "again"))
    other.snakemake("--cores", "4")
    first, second = ({str(f.relative_to(r.results)): f.read_bytes() for f in outputs(r)} for r in (run, other))
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def outputs(run: Run) -> list[Path]:
    return sorted(file for file in run.results.rglob("*") if file.is_file() and "logs" not in file.parts)


def test_no_result_tells_where_or_by_whom_it_was_made(run):
    text = [file for file in outputs(run) if file.suffix in (".csv", ".html", ".ipynb", ".svg")]
    assert [str(file) for file in text if str(run.folder) in file.read_text(encoding="utf-8")] == []


@contextmanager
def edited(file: Path, change):
    before, stat = file.read_bytes(), file.stat()
    file.write_bytes(change(before))
    try:
        yield
    finally:
        file.write_bytes(before)
        os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def planned(run: Run) -> set[str]:
    """The rules that a dry run would run."""
    said = run.snakemake("--dry-run", "--cores", "2")
    jobs = re.search(r"Job stats:\njob +count\n-+ +-+\n(.*?)\ntotal", said, re.S)
    return {line.split()[0] for line in jobs[1].splitlines()} - {"all"} if jobs else set()
