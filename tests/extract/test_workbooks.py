"""Workbooks of every kind. The .xls and .ods in files/ were written with xlwt and odfpy."""

import datetime as dt
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest
from exports import extract, problems, rows_of, source, workbook

FILES = Path(__file__).parent / "files"


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_old_excel_and_open_document(kind):
    columns = {"patient_id": "Patient Record No.", "procedure": "Patient Age", "date": "Surgery Operation date"}
    rows = extract(FILES, surgeries=source(f"operations.{kind}", header_rows=2, columns=columns))["surgeries"]
    assert rows[list(columns)].to_numpy().tolist() == [
        ["00012", "61", "2019-03-05"],
        ["13", "2.4", "2019-03-05 14:30:00"],
        ["OV-3", "TRUE", ""],
    ]
    assert rows["row"].tolist() == [3, 4, 6] and not rows.attrs["notes"]


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_other_workbooks_that_cannot_be_read(tmp_path, kind):
    (tmp_path / f"cut.{kind}").write_bytes((FILES / f"operations.{kind}").read_bytes()[:900])
    assert problems(tmp_path, surgeries=source(f"cut.{kind}")) == (
        f"cut.{kind}: this is not a workbook (.{kind}) that can be read; is it complete?"
    )
    said = problems(FILES, surgeries=source(f"operations.{kind}", sheet="Plans"))
    assert "there is no worksheet 'Plans' among 1." in said


def test_a_merged_header_of_two_rows_and_record_numbers_merged_down(tmp_path):
    book = workbook(
        tmp_path / "a.xlsx",
        A=[
            ["Record No.", "Operation", None],
            [None, "date", "kind"],
            ["OV-1", dt.datetime(2019, 3, 5), "PDS"],
            [None, dt.datetime(2019, 4, 5), "IDS"],
            ["OV-2", dt.datetime(2019, 5, 5), "PDS"],
        ],
    )
    for merged in ("A1:A2", "B1:C1", "A3:A4"):
        book["A"].merge_cells(merged)
    book.save(tmp_path / "a.xlsx")
    columns = {"patient_id": "Record No.", "date": "Operation date", "procedure": "Operation kind"}
    assert rows_of(tmp_path, source("a.xlsx", header_rows=2, fill_down=["Record No."], columns=columns)) == [
        ["OV-1", "2019-03-05", "PDS"],
        ["OV-1", "2019-04-05", "IDS"],
        ["OV-2", "2019-05-05", "PDS"],
    ]


def test_dates_are_what_they_are_in_both_epochs(tmp_path):
    book = workbook(tmp_path / "a.xlsx", A=[["Record No.", "Operation date"]])
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book["A"].append(["1", dt.datetime(2019, 3, 5)])
    book["A"].append(["2", 42067])
    book.save(tmp_path / "a.xlsx")
    columns = {"patient_id": "Record No.", "date": {"header": "Operation date", "serial_dates": 1904}}
    assert rows_of(tmp_path, source("a.xlsx", columns=columns)) == [["1", "2019-03-05"], ["2", "2019-03-05"]]


def test_a_formula_without_a_value_is_no_empty_cell(tmp_path):
    workbook(tmp_path / "a.xlsx", A=[["Record No.", "Operation date", "Note"], ["1", "=TODAY()", "=1+1"]])
    assert problems(tmp_path, surgeries=source("a.xlsx")) == (
        "a.xlsx: row 2, column 'Operation date': a formula that was never calculated; "
        "open the file in Excel or LibreOffice and save it."
    )
    read = source("a.xlsx", key=["patient_id"], columns={"patient_id": "Record No."})
    assert rows_of(tmp_path, read) == [["1"]]  # nobody reads the others


def test_numbers_have_the_decimal_sign_that_their_column_declares(tmp_path):
    workbook(tmp_path / "a.xlsx", A=[["Record No.", "Operation date"], ["1.5", 2.4], [7.5, "2,5"]])
    assert rows_of(tmp_path, source("a.xlsx", decimal=",")) == [["1.5", "2,4"], ["7,5", "2,5"]]
    assert rows_of(tmp_path, source("a.xlsx")) == [["1.5", "2.4"], ["7.5", "2,5"]]


def test_a_stray_cell_far_away_costs_nothing_and_is_accounted_for(tmp_path):
    lines = [["Record No.", "Operation date"], ["1", "2019-01-01"]]
    for number, stray in enumerate((" ", "x")):
        book = workbook(tmp_path / f"{number}.xlsx", A=lines)
        book["A"].cell(1_048_576, 16_384, stray)
        book["A"].cell(1, 16_384, " ")
        book.save(tmp_path / f"{number}.xlsx")
    began = time.process_time()
    assert rows_of(tmp_path, source("0.xlsx")) == [["1", "2019-01-01"]]
    (note,) = extract(tmp_path, surgeries=source("0.xlsx"))["surgeries"].attrs["notes"]
    assert note.endswith("2 cells beyond the rows and headings hold only spaces: XFD1, XFD1048576.")
    rows = extract(tmp_path, surgeries=source("1.xlsx"))["surgeries"]
    assert rows[["patient_id", "row"]].to_numpy().tolist() == [["1", 2], ["", 1_048_576]]
    assert "1 rows hold something right of the last heading, which is not read: 1048576." in rows.attrs["notes"][0]
    assert time.process_time() - began < 5


def test_a_workbook_that_unpacks_to_far_more_than_it_is_is_refused_at_once(tmp_path):
    workbook(tmp_path / "a.xlsx", A=[["Record No.", "Operation date"]])
    with zipfile.ZipFile(tmp_path / "a.xlsx", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", b" " * 300_000_000)
    assert (tmp_path / "a.xlsx").stat().st_size < 1_000_000
    began = time.process_time()
    assert "a.xlsx: the workbook is 300 MB when it is unpacked, more than the 60 MB" in problems(
        tmp_path, surgeries=source("a.xlsx")
    )
    assert time.process_time() - began < 1


def test_a_cell_far_away_in_an_open_document_takes_no_memory_and_ends_no_run(tmp_path):
    far = (
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384" '
    )
    far += 'office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>'
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    sheet = f'<office:spreadsheet><table:table table:name="A">{far}</table:table></office:spreadsheet>'
    mime = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
        archive.writestr("mimetype", mime)
        archive.writestr(
            "content.xml",
            f"<office:document-content{names}><office:body>{sheet}</office:body></office:document-content>",
        )
    said = problems(tmp_path, surgeries=source("a.ods"))
    assert said == "a.ods: this is not a workbook (.ods) that can be read; is it complete?"


def test_a_file_far_larger_than_usual_is_refused_unread(tmp_path):
    with (tmp_path / "a.csv").open("wb") as file:
        file.truncate(3_000_000_000)
    assert "a.csv: the file has 3000 MB, more than the 200 MB" in problems(tmp_path, surgeries=source("a.csv"))


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_hidden_and_struck_rows_are_told_and_left_out_where_declared(tmp_path, kind):
    lines = [["Record No.", "Operation date"], *([str(number), "2019-01-01"] for number in range(1, 6))]
    book = workbook(tmp_path / "marked.xlsx", A=lines)
    book["A"].row_dimensions[3].hidden = True
    for cell in (*book["A"][4], book["A"]["A5"]):  # row 5 in one of its cells only
        cell.font = openpyxl.styles.Font(strike=True)
    book.save(tmp_path / "marked.xlsx")
    folder, marked = (tmp_path if kind == "xlsx" else FILES), source(f"marked.{kind}")
    rows = extract(folder, surgeries=marked)["surgeries"]
    assert rows["patient_id"].tolist() == ["1", "2", "3", "4", "5"]
    assert [note.split(": ", 1)[1].split(". ")[0] for note in rows.attrs["notes"]] == [
        "1 rows are hidden and are read like any other: 3",
        "1 rows are struck through and are read like any other: 4",
    ]
    marked = source(f"marked.{kind}", leave_out_rows=["hidden", "struck through"])
    rows = extract(folder, surgeries=marked)["surgeries"]
    assert rows["patient_id"].tolist() == ["1", "4", "5"] and rows["row"].tolist() == [2, 5, 6]
    assert len(rows.attrs["notes"]) == 2


def test_a_workbook_of_which_no_marks_can_be_told_is_read(monkeypatch):
    lines = [["Record No.", "Operation date"], ["1", "2019-01-01"]]
    monkeypatch.setattr("oligomet.extract.workbook.read_lines", lambda path, sheet: (["A"], lines, None))
    rows = extract(FILES, surgeries=source("marked.xls"))["surgeries"]
    assert len(rows) == 1 and "cannot be told of it" in rows.attrs["notes"][0]
    assert "cannot be told of it" in problems(FILES, surgeries=source("marked.xls", leave_out_rows=["hidden"]))


def test_what_odfpy_prints_is_no_part_of_the_sheet(tmp_path):
    with zipfile.ZipFile(FILES / "marked.ods") as old, zipfile.ZipFile(tmp_path / "a.ods", "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, text[: len(text) // 2] if name == "meta.xml" else text)
    assert len(rows_of(tmp_path, source("a.ods"))) == 5
