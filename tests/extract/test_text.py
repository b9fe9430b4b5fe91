"""Delimited text as programs and people write it."""

import pytest
from exports import extract, problems, rows_of, source

CHINESE = "病历号;手术日期;部位\nOV-1;2019年3月5日;肝\nOV-2;2019-03-05;左侧腹膜后淋巴结\n"
GERMAN = "Nummer;Größe;Lokalisation\n1;2,4;Schädel, rechts\n2;3,1;Übergang zum Rückenmark\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_chinese_in_any_usual_encoding_declared_or_not(tmp_path, encoding):
    (tmp_path / "a.csv").write_bytes(CHINESE.encode(encoding))
    columns = {"patient_id": "病历号", "date": "手术日期", "procedure": "部位"}
    expected = [["OV-1", "2019年3月5日", "肝"], ["OV-2", "2019-03-05", "左侧腹膜后淋巴结"]]
    assert rows_of(tmp_path, source("a.csv", columns=columns)) == expected
    assert rows_of(tmp_path, source("a.csv", columns=columns, encoding=encoding, delimiter=";")) == expected


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "cp1252", "utf-16"])
def test_german_in_any_usual_encoding_declared_or_not(tmp_path, encoding):
    (tmp_path / "a.csv").write_bytes(GERMAN.encode(encoding))
    columns = {"patient_id": "Nummer", "date": "Größe", "procedure": "Lokalisation"}
    expected = [["1", "2,4", "Schädel, rechts"], ["2", "3,1", "Übergang zum Rückenmark"]]
    assert rows_of(tmp_path, source("a.csv", columns=columns)) == expected
    assert rows_of(tmp_path, source("a.csv", columns=columns, encoding=encoding)) == expected


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_under_which_the_headers_are_found(tmp_path, delimiter):
    lines = [["Record No.", "Operation date", "Note"], ["007", "2019-01-02", '"a,b;c|d\t"']]
    (tmp_path / "a.txt").write_text("\n".join(delimiter.join(line) for line in lines), encoding="utf-8")
    assert rows_of(tmp_path, source("a.txt")) == [["007", "2019-01-02"]]


def test_mixed_line_ends_and_delimiters_at_line_ends(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"Record No.,Operation date\r\n1,2019-01-01,\n2,2019-01-02\r3,2019-01-03,,\r\n")
    rows = extract(tmp_path, surgeries=source("a.csv"))["surgeries"]
    assert rows["patient_id"].tolist() == ["1", "2", "3"]
    assert rows["row"].tolist() == [2, 3, 4]


def test_other_quotes_and_none(tmp_path):
    (tmp_path / "a.csv").write_text("Record No.,Operation date\n'1,5',2019\n")
    (tmp_path / "b.csv").write_text('Record No.,Operation date\n"1,2019\n')
    assert rows_of(tmp_path, source("a.csv", quote="'")) == [["1,5", "2019"]]
    assert rows_of(tmp_path, source("b.csv", quote="")) == [['"1', "2019"]]


def test_a_header_of_two_rows(tmp_path):
    text = "Record No.,Operation,,Lesion,\n,date,kind,date,\n1,2019-01-01,PDS,2019-02-02,x\n"
    (tmp_path / "a.csv").write_text(text)
    columns = {"patient_id": "Record No.", "date": "Operation date", "procedure": "Operation kind"}
    rows = extract(tmp_path, surgeries=source("a.csv", header_rows=2, columns=columns))["surgeries"]
    assert rows[list(columns)].to_numpy().tolist() == [["1", "2019-01-01", "PDS"]]
    assert rows["row"].tolist() == [3]


def test_numbers_that_lost_their_zeros_and_dates_that_are_numbers_get_them_back(tmp_path):
    (tmp_path / "a.csv").write_text("Record No.,Operation date,Mac\n12,43529,42067\nOV-3,2019-03-05,42067.25\n")
    columns = {
        "patient_id": {"header": "Record No.", "digits": 6},
        "date": {"header": "Operation date", "serial_dates": 1900},
        "procedure": {"header": "Mac", "serial_dates": 1904},
    }
    assert rows_of(tmp_path, source("a.csv", columns=columns)) == [
        ["000012", "2019-03-05", "2019-03-05"],
        ["OV-3", "2019-03-05", "2019-03-05 06:00:00"],
    ]


def test_a_part_of_a_cell(tmp_path):
    (tmp_path / "a.csv").write_text("Record No.,Operation date\nWard 3 / OV-12,on 2019-01-01 (am)\nnone,?\n")
    columns = {
        "patient_id": {"header": "Record No.", "pattern": r"OV-\d+"},
        "date": {"header": "Operation date", "pattern": r"on (\S+)"},
    }
    declared = source("a.csv", columns=columns)
    assert rows_of(tmp_path, declared) == [["OV-12", "2019-01-01"], ["none", "?"]]


def test_nul_bytes_and_quotes_are_told_in_words(tmp_path):
    (tmp_path / "nul.csv").write_bytes(b"Record No.,Operation date\n1,2019\0\n2,\0\n")
    (tmp_path / "quote.csv").write_text('Record No.,Operation date\n1,"2019"-01\n')
    (tmp_path / "declared.csv").write_bytes("Record No.,Operation date\n".encode("utf-16"))
    said = problems(
        tmp_path,
        patients=source("nul.csv"),
        plans=source("quote.csv"),
        lesions=source("declared.csv", encoding="utf-8"),
    )
    assert "nul.csv: row 2 holds NUL bytes.\nnul.csv: row 3 holds NUL bytes." in said
    assert "quote.csv: row 2 cannot be split into cells: a quote stands inside a cell." in said
    assert "declared.csv: byte 1 is not text in utf-8; declare the file's encoding" in said


def test_a_header_that_is_nearly_right_is_named(tmp_path):
    (tmp_path / "a.csv").write_text("Record No.,Date of operation\n1,2019\n")
    said = problems(tmp_path, surgeries=source("a.csv", columns={"patient_id": "Record", "date": "Date of operatoin"}))
    assert "column 'Date of operatoin' (sources.surgeries.columns.date) is missing. Is it 'Date of operation'?" in said
