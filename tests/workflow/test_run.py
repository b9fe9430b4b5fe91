"""The whole walk, as a reviewer runs it: what comes out, what reruns, and what is said when the input is bad."""

import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from whole_run import Run, copy_repository

NOTEBOOKS = {f"notebook_{name}" for name in ("cohort", "response", "factors", "robustness", "literature")}
NOTEBOOKS |= {f"notebook_survival_{endpoint}" for endpoint in ("LRFS", "PFS", "OS", "CFI")}
SHOWN = {"tables", "figure", "audit", "manuscript", "paper"} | NOTEBOOKS
ESTIMATED = {"estimate", "estimates"}
OUTCOMES = {"responses", "times", "characteristics"}
EVERYTHING = {"extract", "cohort", "reanalyses"} | OUTCOMES | ESTIMATED | SHOWN


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


def test_the_committed_cohort_carries_the_published_numbers(run):
    run.snakemake("calibration", "--cores", "1")
    calibration = pd.read_csv(run.results / "synthetic/calibration.csv")
    assert len(calibration) > 100
    assert calibration.loc[~calibration.met, "target"].tolist() == []


def test_a_start_with_nothing_to_do_says_where_the_paper_is_and_loads_none_of_the_libraries_of_the_analyses(run):
    command = [sys.executable, "-X", "importtime", "-m", "snakemake", "--cores", "1"]
    done = subprocess.run(command, cwd=run.folder, capture_output=True, text=True, check=True)
    assert "Nothing to be done" in done.stderr
    assert "\nThe paper is results/pumch2022/manuscript/paper.html" in done.stderr
    loaded = set(re.findall(r"^import time:.*\| +(\w+)$", done.stderr, re.M))
    assert "snakemake" in loaded
    assert loaded & {"pandera", "scipy", "matplotlib", "lifelines", "statsmodels", "great_tables", "jupyter"} == set()


def test_tables_and_figures_are_the_same_at_one_core_and_at_four(run, tmp_path):
    other = Run(copy_repository(tmp_path / "again"))
    other.snakemake("--cores", "4")
    first, second = run.contents(record=False), other.contents(record=False)
    first.pop("synthetic/calibration.csv", None)  # which was asked for by name
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_no_result_tells_where_or_by_whom_it_was_made(run):
    assert [name for name, made in run.contents().items() if str(run.folder).encode() in made] == []


@contextmanager
def edited(file: Path, change):
    before, stat = file.read_bytes(), file.stat()
    file.write_bytes(change(before))
    try:
        yield
    finally:
        file.write_bytes(before)
        os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def planned(run: Run, *targets: str) -> dict[str, int]:
    """The rules that a dry run would run, and how many jobs of each."""
    said = run.snakemake("--dry-run", "--cores", "2", *targets)
    jobs = re.search(r"Job stats:\njob +count\n-+ +-+\n(.*?)\ntotal", said, re.S)
    counts = dict(line.split() for line in jobs[1].splitlines()) if jobs else {}
    return {rule: int(count) for rule, count in counts.items() if rule != "all"}


def replaced(old: str, new: str):
    def change(text: bytes) -> bytes:
        assert old.encode() in text
        return text.replace(old.encode(), new.encode(), 1)

    return change


STUDY = "studies/pumch2022/study.yaml"
PACKAGE = "workflow/oligomet"


@pytest.mark.parametrize(
    ("file", "change", "reruns"),
    [
        ("studies/pumch2022/raw/toxicity.csv", lambda text: text + b"\n", EVERYTHING),
        (STUDY, replaced("title: Overall survival by response", "title: By response"),
         {"figure", "notebook_survival_OS", "manuscript", "paper"}),
        (STUDY, replaced("late_after_days: 90", "late_after_days: 120"),
         {"characteristics", "reanalyses"} | ESTIMATED | SHOWN),
        (STUDY, replaced("# nothing after this day is counted", "# a comment is no decision"), set()),
        (f"{PACKAGE}/outcomes/recist.py", lambda text: text + b"\n# why\n",
         {"reanalyses"} | OUTCOMES | ESTIMATED | SHOWN),
        (f"{PACKAGE}/estimates/toxicity.py", lambda text: text + b"\n# why\n",
         ESTIMATED | SHOWN),
        (f"{PACKAGE}/displays/flow_diagram.py", lambda text: text + b"\n# why\n",
         {"figure", "notebook_cohort", "manuscript", "paper"}),
        (f"{PACKAGE}/audit/wording.py", lambda text: text + b"\n# why\n",
         {"reanalyses", "audit", "notebook_robustness", "manuscript", "paper"}),  # which read the claims
        ("workflow/scripts/common.py", lambda text: text + b"\n# why\n", EVERYTHING),
        ("notebooks/literature.ipynb", replaced("published series", "the published series"),
         {"notebook_literature", "manuscript", "paper"}),
        ("manuscript/_limitations.qmd", replaced("as is customary", "as is usual"), {"manuscript", "paper"}),
    ],
    ids=["raw row", "title", "late toxicity", "comment", "recist", "toxicity", "flow chart", "wording of the audit",
         "what scripts do first", "notebook", "sentence"],
)  # fmt: skip
def test_an_edit_reruns_what_depends_on_it(run, file, change, reruns):
    with edited(run.folder / file, change):
        assert planned(run).keys() == reruns


def test_an_edited_generator_reruns_what_it_measures_and_no_analysis(run):
    run.snakemake("calibration", "--cores", "1")
    for file, reruns in {"measure": {"calibration"}, "targets": {"calibration"}, "fates": set()}.items():
        with edited(run.folder / f"studies/pumch2022/generator/{file}.py", lambda text: text + b"\n# why\n"):
            assert planned(run) == {}
            assert planned(run, "calibration").keys() == reruns


def test_the_report_lists_paper_tables_and_figures_under_their_titles(run):
    run.snakemake("--report", "report.html")
    report = (run.folder / "report.html").read_text(encoding="utf-8")
    for shown in ("manuscript/paper.html", "manuscript/paper.pdf", "tables/table5.html", "figures/figure6.svg"):
        assert f'"results/pumch2022/{shown}"' in report
    for title in ("Factors of overall survival", "Overall survival by response"):
        assert title in report


def test_every_rule_says_in_a_line_what_it_makes(run):
    said = run.snakemake("--list").replace("Using workflow specific profile", "-")  # which Snakemake says of every run
    menu = [line for line in said.splitlines() if re.match(r"\w+( |$)", line)]
    assert len(menu) > 20 and [line for line in menu if not re.fullmatch(r"\w+ \(.{20,100}\.\)", line)] == []


@pytest.fixture
def hospital(tmp_path) -> Run:
    """A repository that has not run yet."""
    return Run(copy_repository(tmp_path / "oligomet"))


def test_bad_exports_are_told_all_at_once_and_without_a_traceback(hospital):
    raw = hospital.folder / "studies/pumch2022/raw"
    (raw / "patients.csv").unlink()
    (raw / "toxicity.csv").write_bytes(b"")
    (raw / "imaging.csv").write_bytes((raw / "imaging.csv").read_bytes().replace(b"Long axis", b"Length", 1))
    (raw / "treatment.xlsx").write_bytes(b"this is no workbook")
    said = hospital.snakemake("--cores", "2", check=False)
    for file in ("patients.csv", "toxicity.csv", "imaging.csv", "treatment.xlsx"):
        assert f"raw/{file}" in said
    assert "Long axis" in said
    assert "Traceback" not in said


def test_bad_declarations_stop_the_run_before_it_starts(hospital):
    file = hospital.folder / STUDY
    file.write_bytes(replaced("per: patient", "per: village")(file.read_bytes()))
    said = hospital.snakemake("--cores", "2", check=False)
    assert "endpoints.LRFS.per" in said
    assert "Traceback" not in said


def test_without_the_extracted_text_the_results_stay_up_to_date(run):
    extracted = run.results / "extracted"
    kept = extracted.with_name("kept")
    shutil.copytree(extracted, kept)  # with its times: other tests look at it
    run.snakemake("remove_extracted", "--cores", "1")
    gone, left = not extracted.exists(), planned(run)
    kept.rename(extracted)
    assert gone and left == {}


def test_results_are_as_expected_and_one_that_was_changed_is_noticed_and_made_again(run):
    with edited(run.results / "tables/table3.csv", replaced("22", "23")):
        said = run.snakemake("verify", "--cores", "2")
    assert "table3.csv was changed since it was made. It is made again" in said
    assert "PASS" in said


def test_what_is_not_as_expected_is_the_last_thing_on_the_screen(run):
    with edited(run.folder / "studies/pumch2022/expected/tables/table1.csv", replaced("< 60", "< 61")):
        said = run.snakemake("verify", "--cores", "2", check=False)
    assert said.rstrip().endswith("tables/table1.csv, row 1, level: expected < 61, found < 60")


def test_the_generator_rewrites_the_committed_exports_byte_for_byte(hospital):
    raw = hospital.folder / "studies/pumch2022/raw"
    committed = {file.name: file.read_bytes() for file in raw.iterdir()}
    for file in raw.glob("*.[cx]*"):
        file.unlink()
    hospital.snakemake("synthesise", "--cores", "2")
    assert {file.name: file.read_bytes() for file in raw.iterdir()} == committed
