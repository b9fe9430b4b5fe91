"""Raw files as a hospital hands them over, and what the readers make of them, or say about them."""

import datetime as dt
import hashlib

import pytest
import yaml
from exports import DECLARED, extract, problems, source, workbook

from oligomet.declarations import ConfigurationError
from oligomet.study import read_study

# ------------------------------------------------------------------------------------------------ what is read


def test_cells_are_verbatim_and_say_where_they_stood(tmp_path):
    content = "Name,Record No.,Operation date,Last edited\nA, OV-１ ,2019/3/5,\n,,,\nB,OV-2,  31 Feb?,2020-01-02\n"
    (tmp_path / "a.csv").write_text(content, encoding="utf-8")
    rows = extract(tmp_path, surgeries=source("a.csv", edited="Last edited", identifying=["Name"]))["surgeries"]
    assert rows["patient_id"].tolist() == [" OV-１ ", "OV-2"]
    assert rows["date"].tolist() == ["2019/3/5", "  31 Feb?"]
    assert rows["edited"].tolist() == ["", "2020-01-02"]
    assert rows["row"].tolist() == [2, 4]  # the blank row is no row, but it keeps its number
    assert set(rows["file"]) == {"a.csv"} and set(rows["sheet"]) == {""}
    assert set(rows["sha256"]) == {hashlib.sha256(content.encode()).hexdigest()}
    assert "Name" not in rows


def test_encodings_delimiters_titles_and_line_breaks_in_cells(tmp_path):
    text = 'Synthetic "export\n\nRecord No.;Operation date\n"OV\n1";2019年3月5日\nOV2;1.1.2019\n'
    (tmp_path / "a.csv").write_bytes(text.encode("gb18030"))
    rows = extract(tmp_path, surgeries=source("a.csv", encoding="gb18030", delimiter=";", header_row=3))["surgeries"]
    assert rows["patient_id"].tolist() == ["OV\n1", "OV2"]
    assert rows["date"].tolist() == ["2019年3月5日", "1.1.2019"]
    assert rows["row"].tolist() == [4, 6]


def test_headers_agree_when_only_widths_and_spaces_differ(tmp_path):
    (tmp_path / "a.csv").write_text("\ufeffRecord  No．,Operation date \nOV-1,2019-01-01\n", encoding="utf-8")
    assert len(extract(tmp_path, surgeries=source("a.csv"))["surgeries"]) == 1


def test_excel_cells_read_as_a_person_sees_them(tmp_path):
    values = [dt.datetime(2019, 3, 5), dt.datetime(2019, 3, 5, 14, 30), 2.4, 24, 3.0, 0.1 + 0.2, True, "text", None]
    book = workbook(tmp_path / "a.xlsx", Other=[["x"]], Operations=[["title"], ["Record No.", "Operation date"]])
    for value in values:
        book["Operations"].append(["OV-1", value])
    book["Operations"].append([12, 24])
    book["Operations"]["A12"].number_format, book["Operations"]["B12"].number_format = "00000", '0.0 "mm"'
    book.save(tmp_path / "a.xlsx")
    rows = extract(tmp_path, surgeries=source("a.xlsx", sheet="Operations", header_row=2))["surgeries"]
    assert rows["date"].tolist() == [
        "2019-03-05", "2019-03-05 14:30:00", "2.4", "24", "3", "0.3", "TRUE", "text", "", "24mm",
    ]  # fmt: skip
    assert rows["patient_id"].iloc[-1] == "00012"
    assert rows["row"].tolist() == list(range(3, 13))
    assert set(rows["sheet"]) == {"Operations"}


def test_a_header_without_rows_is_an_empty_table(tmp_path):
    (tmp_path / "a.csv").write_text("Record No.,Operation date\n")
    rows = extract(tmp_path, surgeries=source("a.csv"))["surgeries"]
    assert rows.empty
    assert list(rows.columns) == ["patient_id", "date", "file", "sheet", "row", "sha256"]


# ------------------------------------------------------------------------------------------------ what is said


def test_missing_and_empty_files_and_unknown_kinds(tmp_path):
    (tmp_path / "empty.csv").write_text(" \n")
    said = problems(tmp_path, patients=source("none.csv"), surgeries=source("empty.csv"), plans=source("a.pdf"))
    assert said.split("\n") == [
        "none.csv: there is no such file; sources.patients.file names it.",
        "empty.csv: the file is empty.",
        "a.pdf: no reader for .pdf; there is one for .csv, .tsv, .txt, .xlsx, .xlsm, .xls, .ods, .sav, .zsav, .dta, "
        ".sas7bdat, .xpt, .parquet, .sqlite, .db, .duckdb. sources.plans.format says what it is, if its name does not.",
    ]


def test_missing_and_repeated_columns_are_named_with_those_there_are(tmp_path):
    (tmp_path / "a.csv").write_text("Record No.,Date of operation,Record No.\nOV-1,2019-01-01,OV-1\n")
    said = problems(tmp_path, surgeries=source("a.csv", edited="Last edited"))
    assert "column 'Operation date' (sources.surgeries.columns.date) is missing." in said
    assert "column 'Last edited' (sources.surgeries.edited) is missing" in said
    assert "column 'Record No.' (sources.surgeries.columns.patient_id) is there 2 times" in said
    assert said.count("there are 3 columns; is this the row of the headings? header_row says which.") == 1
    said = problems(tmp_path, surgeries=source("a.csv"))
    assert said.count("the columns there are: Record No., Date of operation, Record No.") == 1


@pytest.mark.parametrize("rows", [{"header_row": 2}, {"header_rows": 2}], ids=["wrong row", "one row too many"])
def test_a_patients_row_taken_for_headings_is_not_repeated(tmp_path, rows):
    write = (tmp_path / "a.csv").write_text
    write("Record No.,Operation date,Name,Born\nOV-1,2019-01-01,Stella Gabler,1957-03-11\nOV-2,2019-02-01,,\n")
    said = problems(tmp_path, surgeries=source("a.csv", edited="Status", **rows))
    assert "column 'Record No.' (sources.surgeries.columns.patient_id) is missing." in said
    assert "there are 4 columns; is this the row of the headings? header_row says which." in said
    assert not any(word in said for word in ("OV-1", "2019", "Stella", "Gabler", "1957"))


def test_repeated_columns_that_are_not_declared_do_no_harm(tmp_path):
    (tmp_path / "a.csv").write_text("Record No.,Note,Operation date,Note\nOV-1,,2019-01-01,\n")
    assert len(extract(tmp_path, surgeries=source("a.csv"))["surgeries"]) == 1


def test_wrong_encoding(tmp_path):
    (tmp_path / "a.csv").write_bytes("Record No.,Operation date\nOV-1,2019年\n".encode("gb18030"))
    said = problems(tmp_path, surgeries=source("a.csv", encoding="utf-8"))
    assert "byte 36 is not text in utf-8; declare the file's encoding, perhaps encoding: gb18030." in said
    assert "'utf-9' is not known" in problems(tmp_path, surgeries=source("a.csv", encoding="utf-9"))


def test_ragged_rows_and_quotes_that_never_close(tmp_path):
    header = "Record No.,Operation date\n"
    (tmp_path / "long.csv").write_text(header + "OV-1,2019-01-01,x\n" * 7)
    (tmp_path / "open.csv").write_text(header + 'OV-1,2019-01-01\nOV-2,"2019\n')
    said = problems(tmp_path, patients=source("long.csv"), surgeries=source("open.csv"))
    assert "long.csv: row 2 has 3 cells, the header 2." in said
    assert "long.csv: 2 more rows like these." in said
    assert "open.csv: row 3 cannot be split into cells" in said


def test_workbooks_that_cannot_be_read(tmp_path):
    (tmp_path / "text.xlsx").write_text("Record No.,Operation date\n")
    workbook(tmp_path / "a.xlsx", Surgery=[["Record No.", "Operation date"]], Blank=[])
    (tmp_path / "cut.xlsx").write_bytes((tmp_path / "a.xlsx").read_bytes()[:-200])
    said = problems(
        tmp_path,
        patients=source("text.xlsx"),
        plans=source("cut.xlsx"),
        surgeries=source("a.xlsx", sheet="Operations"),
        lesions=source("a.xlsx", sheet="Blank"),
    )
    assert "text.xlsx: this is not an Excel workbook" in said
    assert "cut.xlsx: this is not an Excel workbook" in said
    assert "a.xlsx[Operations]: there is no worksheet 'Operations' among 2." in said
    assert "a.xlsx[Blank]: there is no header in row 1" in said


def test_what_identifies_is_never_read_and_what_joins_is_no_choice(tmp_path):
    declared = yaml.safe_load(DECLARED.read_text(encoding="utf-8"))
    declared["sources"]["patients"]["identifying"].append("Histology")
    declared["sources"]["plans"]["key"].append("end_date")
    declared["sources"]["follow_up"]["key"] = ["date"]
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(declared), encoding="utf-8")
    with pytest.raises(ConfigurationError) as error:
        read_study(tmp_path / "study.yaml")
    said = str(error.value)
    assert "sources.patients.identifying: Histology is read as histology; it cannot be both" in said
    assert "sources.plans.key: expected patient_id, lesion_number; it has patient_id, lesion_number, end_date" in said
    assert "sources.follow_up.key: expected patient_id among others; it has date" in said


def test_a_path_or_a_link_out_of_the_studys_folder_is_followed_only_where_that_is_declared(tmp_path):
    raw, secret = tmp_path / "studies/ours/raw", tmp_path / "other.csv"
    raw.mkdir(parents=True)
    secret.write_text("Record No.,Operation date\n7,2019-01-01\n")
    (raw / "link.csv").symlink_to(secret)
    for file in ("../../../other.csv", str(secret), "link.csv", "*.csv"):
        said = problems(raw, surgeries=source(file))
        assert "it lies outside of the study's folder; sources.surgeries.elsewhere: true says" in said
        assert len(extract(raw, surgeries=source(file, elsewhere=True))["surgeries"]) == 1
    drive = tmp_path / "drive"
    raw.rename(drive)
    raw.symlink_to(drive)
    (drive / "own.csv").write_text(secret.read_text())
    assert len(extract(raw, surgeries=source("own.csv"))["surgeries"]) == 1
