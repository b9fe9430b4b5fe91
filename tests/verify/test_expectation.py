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


def test_the_exit_code(tmp_path, capsys):
    for folder, value in (("expected", "1"), ("same", "1.0000000001"), ("other", "2")):
        (tmp_path / folder / "tables").mkdir(parents=True)
        (tmp_path / folder / "tables" / "t.csv").write_text(f"x\n{value}\n")
        (tmp_path / folder / "extra.csv").write_text("y\n1\n") if folder != "expected" else None
    assert verify(tmp_path / "expected", tmp_path / "same") == 0
    assert verify(tmp_path / "expected", tmp_path / "other") == 1
    assert verify(tmp_path / "nothing", tmp_path / "other") == 2
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("PASS")
    assert "expected 1, found 2" in said[2]
    assert list(read_tables(tmp_path / "same", like=tmp_path / "expected")) == ["tables/t.csv"]


def test_what_is_accepted_passes(tmp_path):
    for name in ("audit/claims.csv", "tables/table1.csv", "logs/run.csv"):
        (tmp_path / "results" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "results" / name).write_text("x\n1\n")
    assert accept(tmp_path / "results", tmp_path / "expected") == ["audit/claims.csv", "tables/table1.csv"]
    assert verify(tmp_path / "expected", tmp_path / "results") == 0


def test_what_is_no_longer_made_is_no_longer_expected(tmp_path):
    results, expected = tmp_path / "results", tmp_path / "expected"
    for file in (results / "tables/new.csv", results / "tables/old.csv", expected / "tables/old.csv"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x\n1\n")
    (results / "logs").mkdir()
    record_outputs([str(results / "tables/new.csv")], results / "logs/tables.sha256")
    assert accept(results, expected) == ["tables/new.csv"]
    assert [file.name for file in (expected / "tables").iterdir()] == ["new.csv"]


def test_a_study_without_an_expectation_is_held_against_the_record_of_its_run(tmp_path, capsys):
    logs, made = tmp_path / "results/logs", tmp_path / "results/paper.html"
    logs.mkdir(parents=True)
    made.write_text("0.60")
    record_outputs([str(made)], logs / "paper.sha256")
    assert subprocess.run(["sha256sum", "--check", "--quiet", logs / "paper.sha256"]).returncode == 0
    assert verify(tmp_path / "expected", tmp_path / "results") == 0
    assert capsys.readouterr().out.startswith("PASS: 1 files")
    made.write_text("0.50")
    os.utime(made, (0, 0))  # as if it were old
    assert changed_since(logs) == [made]
    assert verify(tmp_path / "expected", tmp_path / "results") == 1
    assert f"  {made}" in capsys.readouterr().out


def test_figures_and_the_papers_source_are_compared_line_by_line(tmp_path, capsys):
    for folder, number in (("expected", "1.5"), ("same", "1.50000001"), ("other", "1.6")):
        (tmp_path / folder / "figures").mkdir(parents=True)
        (tmp_path / folder / "figures/figure1.svg").write_text(f"<svg>\n<path d='{number}'/>\n</svg>")
    assert verify(tmp_path / "expected", tmp_path / "same") == 0
    assert verify(tmp_path / "expected", tmp_path / "other") == 1
    assert (
        "figures/figure1.svg, row 2, line: expected <path d='1.5'/>, found <path d='1.6'/>" in capsys.readouterr().out
    )
