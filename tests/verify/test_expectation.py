import os
import subprocess

import pandas as pd
import pytest

from oligomet.verify.expectation import accept, cells_agree, compare_tables, read_tables, report_differences, verify
from oligomet.verify.run_record import changed_since, record_outputs


def table(**columns):
    return pd.DataFrame(columns, dtype=str)


EXPECTED = {"tables/table1.csv": table(group=["A", "B"], n=["67 (47.2%)", "75 (52.8%)"])}


def test_equal_tables_pass():
    differences = compare_tables(EXPECTED, EXPECTED)
    assert differences.empty
    assert report_differences(differences, EXPECTED) == "PASS: 4 values in 1 tables are as expected."


def test_a_number_in_a_cell_of_text():
    found = {"tables/table1.csv": table(group=["A", "B"], n=["67 (47.3%)", "75 (52.8%)"])}
    (difference,) = compare_tables(EXPECTED, found).to_dict("records")
    assert (difference["row"], difference["column"]) == (1, "n")
    assert "tables/table1.csv, row 1, n: expected 67 (47.2%), found 67 (47.3%)" in report_differences(
        compare_tables(EXPECTED, found), EXPECTED
    )


@pytest.mark.parametrize(
    ("expected", "found", "equal"),
    [
        ("0.123456789", "0.123456789012", True),
        ("0.1234", "0.1235", False),
        ("0", "1e-12", True),
        ("1.2 to 3.4", "1.2 to 3.4", True),
        ("1.2 to 3.4", "1.2 - 3.4", False),
        ("P-1a2b", "P-1a2c", False),
        ("", "0", False),
    ],
)
def test_tolerances(expected, found, equal):
    assert cells_agree(expected, found) is equal


def test_missing_tables_columns_and_rows():
    assert compare_tables(EXPECTED, {})["found"].tolist() == ["no table"]
    other = {"tables/table1.csv": table(group=["A"], m=["67"])}
    assert set(compare_tables(EXPECTED, other)["found"]) == {"no column", "a column", "1 rows"}


def test_whether_it_passed_and_what_is_said(tmp_path):
    for folder, value in (("expected", "1"), ("same", "1.0000000001"), ("other", "2")):
        (tmp_path / folder / "tables").mkdir(parents=True)
        (tmp_path / folder / "tables" / "t.csv").write_text(f"x\n{value}\n")
        (tmp_path / folder / "extra.csv").write_text("y\n1\n") if folder != "expected" else None
    passed, said = verify(tmp_path / "expected", tmp_path / "same")
    assert passed and said.startswith("PASS")
    passed, said = verify(tmp_path / "expected", tmp_path / "other")
    assert not passed and "expected 1, found 2" in said
    passed, said = verify(tmp_path / "nothing", tmp_path / "other")
    assert not passed and said.endswith("nothing was verified.")
    assert list(read_tables(tmp_path / "same", like=tmp_path / "expected")) == ["tables/t.csv"]


def test_what_is_accepted_passes(tmp_path):
    for name in ("audit/claims.csv", "tables/table1.csv", "logs/run.csv"):
        (tmp_path / "results" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "results" / name).write_text("x\n1\n")
    assert accept(tmp_path / "results", tmp_path / "expected") == ["audit/claims.csv", "tables/table1.csv"]
    assert verify(tmp_path / "expected", tmp_path / "results")[0]


def test_what_is_no_longer_made_is_no_longer_expected(tmp_path):
    results, expected = tmp_path / "results", tmp_path / "expected"
    for file in (results / "tables/new.csv", results / "tables/old.csv", expected / "tables/old.csv"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x\n1\n")
    (results / "logs").mkdir()
    record_outputs([str(results / "tables/new.csv")], results / "logs/tables.sha256")
    assert accept(results, expected) == ["tables/new.csv"]
    assert [file.name for file in (expected / "tables").iterdir()] == ["new.csv"]


def test_a_study_without_an_expectation_is_held_against_the_record_of_its_run(tmp_path):
    logs, made = tmp_path / "results/logs", tmp_path / "results/paper.html"
    logs.mkdir(parents=True)
    made.write_text("0.60")
    record_outputs([str(made)], logs / "paper.sha256")
    assert subprocess.run(["sha256sum", "--check", "--quiet", logs / "paper.sha256"]).returncode == 0
    passed, said = verify(tmp_path / "expected", tmp_path / "results")
    assert passed and said.startswith("PASS: 1 files") and said.endswith("holds nothing to compare them with.")
    made.write_text("0.50")
    os.utime(made, (0, 0))  # as if it were old
    assert changed_since(logs) == [made]
    passed, said = verify(tmp_path / "expected", tmp_path / "results")
    assert not passed and f"  {made}" in said


def test_figures_and_the_papers_source_are_compared_line_by_line(tmp_path):
    for folder, number in (("expected", "1.5"), ("same", "1.50000001"), ("other", "1.6")):
        (tmp_path / folder / "figures").mkdir(parents=True)
        (tmp_path / folder / "figures/figure1.svg").write_text(f"<svg>\n<path d='{number}'/>\n</svg>")
    assert verify(tmp_path / "expected", tmp_path / "same")[0]
    passed, said = verify(tmp_path / "expected", tmp_path / "other")
    assert not passed and "figures/figure1.svg, row 2, line: expected <path d='1.5'/>, found <path d='1.6'/>" in said
