"""A claims.yaml begun from a paper's text."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from oligomet.audit.claims_reader import parse_claims, read_claims
from oligomet.audit.claims_template import rows_of, write_template
from oligomet.audit.consistency import run_checks
from oligomet.audit.tokens import coverage_of_text

ROOT = Path(__file__).parents[2]
TEXT = """\
# Abstract
A total of 142 patients (189 lesions) were included. The median follow-up was 22 months (range, 3-120).
Overall survival at 1, 2 and 5 years was 67.1%, 52.6% and 30.3%. A single lesion (HR 0.598, 95% CI 0.405-0.884;
p = 0.010) went with longer overall survival. In 19 (29%) of 66 patients grade 2 was seen.
Methods
A p < 0.05 was considered significant.
Table 1 Characteristics
Age < 60 | 91 (64.1%)
"""


def test_what_the_text_settles_is_proposed_and_the_rest_is_asked():
    written, tokens = write_template(TEXT, "mine")
    claims = parse_claims(yaml.load(written, yaml.BaseLoader))
    stated = {(claim.kind, claim.endpoint or claim.variable or claim.setting or claim.population): claim.printed
              for claim in claims.claims if claim.kind != "rate"}  # fmt: skip
    assert stated == {
        ("count", "patients"): "142", ("count", "lesions"): "189", ("median", "follow_up"): "22",
        ("minimum", "follow_up"): "3", ("maximum", "follow_up"): "120", ("value", "confidence_level"): "95",
        ("value", "significance_level"): "0.05",
    }  # fmt: skip
    rates = {claim.time: claim.printed for claim in claims.claims if claim.kind == "rate"}
    assert rates == {12: "67.1", 24: "52.6", 60: "30.3"}
    for asked in ("hazard_ratio: 0.598, low: 0.405, high: 0.884}", "p_value: 0.010}", "count: 19, percentage: 29}"):
        assert any(line.lstrip().startswith("# - {") and line.endswith(asked) for line in written.splitlines()), asked
    assert "# - {row: 5, of: {?: ?}, count: 66}" in written
    assert "not proposed: 2" in written
    assert tokens.splitlines()[1:4] == ["Abstract,1,142", "Abstract,1,189", "Abstract,2,22"]
    assert written.splitlines()[0].endswith("24 numbers found, 22 of them proposed, 2 left.")


def test_sections_and_rows_are_those_of_the_paper():
    rows = rows_of(TEXT)
    assert list(dict.fromkeys(row.section for row in rows)) == ["Abstract", "Methods", "Table 1"]
    assert [row.number for row in rows if row.section == "Table 1"] == [0, 1]


def test_what_is_not_entered_is_visible(tmp_path):
    for name, content in zip(("claims.yaml", "tokens.csv"), write_template(TEXT, "mine"), strict=True):
        (tmp_path / name).write_text(content, "utf-8")
    claims = read_claims(tmp_path / "claims.yaml")
    left = coverage_of_text(claims, tmp_path / "claims.yaml")
    assert {"0.598", "0.884", "66", "91", "64.1"} <= set(left["number"])
    assert not {"142", "67.1", "22"} & set(left["number"])
    assert coverage_of_text(claims, tmp_path / "elsewhere" / "claims.yaml") is None
    assert set(run_checks(claims)["severity"]) == {"sound"}


def test_the_command_writes_a_study_and_touches_none_that_is_there(tmp_path):
    (tmp_path / "paper.txt").write_text(TEXT, "utf-8")
    command = [
        Path(sys.executable).with_name("snakemake"), "-s", ROOT / "Snakefile", "-d", tmp_path, "--cores", "1",
        "claims_template", "--config", "paper=mine", "text=paper.txt",
    ]  # fmt: skip
    first = subprocess.run(command, capture_output=True, text=True, check=False)
    assert first.returncode == 0, first.stderr
    assert "of them proposed" in first.stderr
    written = tmp_path / "studies" / "mine" / "published" / "claims.yaml"
    before = written.read_text("utf-8")
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode != 0
    assert "is there already; nothing was written" in again.stderr
    assert written.read_text("utf-8") == before


@pytest.mark.parametrize("name", ["../../elsewhere", "/elsewhere", ".hidden", "a/b"])
def test_the_command_writes_nowhere_but_into_a_folder_of_studies(tmp_path, name):
    (tmp_path / "paper.txt").write_text(TEXT, "utf-8")
    here = tmp_path / "here"
    command = [
        Path(sys.executable).with_name("snakemake"), "-s", ROOT / "Snakefile", "-d", here, "--cores", "1",
        "claims_template", "--config", f"paper={name}", f"text={tmp_path / 'paper.txt'}",
    ]  # fmt: skip
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert f"{name!r} is no name of a paper" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not list(tmp_path.rglob("claims.yaml"))


JOURNAL = """\
Results
One hundred and thirty-two patients were followed for a median of 61·3 months. Overall survival was 84.4% at 1 year and
63.2% at 2 years. The 2-year local control (LC), PFS and OS of primary tumours were 81%, 45% and 60%. Twenty-six (20%)
patients, including 12 women, had pain; of those 9 with distant metastases. The DFS hazard ratio (B/A) was 0.60 [80% CI,
0.40 to 0.90], log-rank P = .11; 2-year DFS was 56.1% (80% CI, 51.5 to 60.5) vs. 61.8% (80% CI, 57.2 to 66.0).
Table 2 Cox models
Stage | 3.529 | 1.970–6.322 | <.0001 | 2.182 | 1.022–4.658 | .0437
"""


def test_numbers_as_journals_print_them_and_rates_as_sentences_tell_them():
    written, tokens = write_template(JOURNAL, "mine")
    entries = [line.strip() for line in written.splitlines() if "{row: " in line]
    for expected in (
        "- {row: 0, setting: confidence_level, value: 80, printed: []}",
        "- {row: 1, variable: follow_up, median: 61.3}",
        "- {row: 1, of: patients, count: 132, printed: []}",
        "- {row: 2, endpoint: OS, rate: {12: 84.4, 24: 63.2}}",
        "# - {row: 3, endpoint: OS, of: {?: ?}, rate: {24: 60}}",  # given before, so it is of some
        '# - {row: 4, of: {?: ?}, count: 26, percentage: 20, printed: ["20"]}',
        "# - {row: 4, of: {?: ?}, count: 12}",
        "# - {row: 5, endpoint: DFS, factor: ?, p_value: 0.11}",
        "# - {row: 5, endpoint: DFS, of: {?: ?}, rate: {24: 61.8}, low: {24: 57.2}, high: {24: 66.0}}",
    ):
        assert expected in entries, (expected, entries)
    assert not any("of: lesions" in entry for entry in entries)  # 9 with metastases are no 9 metastases
    ratios = [entry for entry in entries if "hazard_ratio" in entry]
    assert [entry.partition("hazard_ratio: ")[2] for entry in ratios] == [
        "0.60, low: 0.40, high: 0.90}", "3.529, low: 1.970, high: 6.322, p_value: <0.0001}",
        "2.182, low: 1.022, high: 4.658, p_value: 0.0437}",
    ]  # fmt: skip
    assert "Table 2,1,0.0437" in tokens.splitlines()
    parse_claims(yaml.load(written, yaml.BaseLoader))
