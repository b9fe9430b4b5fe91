"""Files of statistics programs, written by pyreadstat; operations.sas7bdat, which it cannot write, by R's haven."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from exports import extract, problems, rows_of, source

FILES = Path(__file__).parent / "files"
CASES = pd.DataFrame(
    {
        "pid": ["00012", "OV-2", "OV-3", ""],
        "operated": [dt.date(2019, 3, 5), dt.date(1999, 12, 31), None, None],
        "procedure": [1.0, 2.0, 9.0, None],
        "size": [2.4, 99.0, 3.0, None],
    }
)
LABELS = {"procedure": {1: "肿瘤细胞减灭术", 2: "Staging", 9: "not recorded"}, "size": {99: "too large to measure"}}
COLUMNS = {"patient_id": "pid", "date": "operated", "procedure": "procedure", "size": "size"}


def test_spss_with_labels_and_missing_values_that_the_user_declared(tmp_path):
    path, missing = tmp_path / "a.sav", {"procedure": [9]}
    pyreadstat.write_sav(CASES, path, variable_value_labels=LABELS, missing_ranges=missing)
    rows = extract(tmp_path, surgeries=source("a.sav", columns=COLUMNS))["surgeries"]
    assert rows[list(COLUMNS)].to_numpy().tolist() == [
        ["00012", "2019-03-05", "肿瘤细胞减灭术", "2.4"],
        ["OV-2", "1999-12-31", "Staging", "too large to measure"],
        ["OV-3", "", "", "3"],
    ]
    assert rows["row"].tolist() == [1, 2, 3]  # the fourth case is blank
    codes = rows_of(tmp_path, source("a.sav", columns=COLUMNS, value_labels=False))
    assert [row[2:] for row in codes] == [["1", "2.4"], ["2", "99"], ["", "3"]]


def test_stata(tmp_path):
    pyreadstat.write_dta(CASES, tmp_path / "a.dta", variable_value_labels={"procedure": LABELS["procedure"]})
    assert rows_of(tmp_path, source("a.dta", columns=COLUMNS)) == [
        ["00012", "2019-03-05", "肿瘤细胞减灭术", "2.4"],
        ["OV-2", "1999-12-31", "Staging", "99"],
        ["OV-3", "", "not recorded", "3"],
    ]


@pytest.mark.parametrize("version", [5, 8])
def test_sas_transport(tmp_path, version):
    cases = CASES.drop(columns="procedure")  # a name that is too long for version 5
    pyreadstat.write_xport(cases, tmp_path / "a.xpt", file_format_version=version)
    columns = {name: header for name, header in COLUMNS.items() if name != "procedure"}
    expected = [["00012", "2019-03-05", "2.4"], ["OV-2", "1999-12-31", "99"], ["OV-3", "", "3"]]
    assert rows_of(tmp_path, source("a.xpt", columns=columns)) == expected


def test_sas():
    # write_sas(data.frame(pid = c("00012", "OV-2"), site = c(1, 2), date = as.Date(c("2019-03-05", NA)),
    #                      size = c(2.4, NA)), "operations.sas7bdat")
    columns = {"patient_id": "pid", "date": "date", "site": "site", "size": "size"}
    declared = source("operations.sas7bdat", columns=columns)
    assert rows_of(FILES, declared) == [["00012", "2019-03-05", "1", "2.4"], ["OV-2", "", "2", ""]]
    said = problems(FILES, surgeries=declared.model_copy(update={"catalogue": "formats.sas7bcat"}))
    assert said.endswith("operations.sas7bdat: there is no catalogue formats.sas7bcat.")


@pytest.mark.parametrize("kind", ["sav", "zsav", "dta", "sas7bdat", "xpt", "parquet"])
def test_what_is_no_such_file_is_told_in_words(tmp_path, kind):
    (tmp_path / f"a.{kind}").write_bytes(b"Record No.,Operation date\n" * 40)
    said = problems(tmp_path, surgeries=source(f"a.{kind}"))
    assert said.startswith(f"a.{kind}: this is not a") and said.endswith("that can be read; is it complete?")


def test_a_variable_that_is_not_there(tmp_path):
    pyreadstat.write_sav(CASES, tmp_path / "a.sav")
    said = problems(tmp_path, surgeries=source("a.sav", columns={"patient_id": "PID2", "date": "operated"}))
    assert "column 'PID2' (sources.surgeries.columns.patient_id) is missing." in said
    assert "the columns there are: pid, operated, procedure, size." in said
