"""Files in the shapes that departments keep: wide, in parts, with cells that mean the one above, with others' rows."""

import pytest
from exports import STUDY, cells, extract, problems, rows_of, source, workbook
from pydantic import ValidationError

from oligomet.cohort.parse import parse_column

LESIONS = {"patient_id": "ID", "site": "lesion{lesion_number}_site", "gtv_diameter_cm": "lesion{lesion_number}_gtv"}
BY_LESION = {"lesion_number": "{lesion_number}"}


def write(path, *lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_wide_lesions_become_rows_that_say_where_they_stood(tmp_path):
    write(
        tmp_path / "a.csv",
        "ID,lesion1_site,lesion1_gtv,lesion2_site,lesion2_gtv",
        "A,liver,2.4,bone,",
        "B,lung,3.1,,",  # no second lesion
        "C,, ,,1.0",  # no first one
    )
    declared = source(
        "a.csv", key=["patient_id", "lesion_number"], melt={"lesion_number": [1, 2]}, columns=LESIONS | BY_LESION
    )
    rows = extract(tmp_path, lesions=declared)["lesions"]
    assert cells(rows, "patient_id", "lesion_number", "site", "gtv_diameter_cm", "row", "part") == [
        ["A", "1", "liver", "2.4", 2, "lesion1_site"],
        ["A", "2", "bone", "", 2, "lesion2_site"],
        ["B", "1", "lung", "3.1", 3, "lesion1_site"],
        ["C", "2", "", "1.0", 4, "lesion2_site"],
    ]


def test_lesions_times_visits_where_a_lesion_was_measured(tmp_path):
    write(
        tmp_path / "a.csv", "ID,base_date,fu1_date,L1_base,L1_fu1,L2_base,L2_fu1", "A,2019-01-01,2019-04-01,24,12,30,"
    )
    declared = source(
        "a.csv",
        melt={"lesion_number": [1, 2], "visit": ["base", "fu1"]},
        columns={"patient_id": "ID", "long_axis_cm": "L{lesion_number}_{visit}", "date": "{visit}_date"} | BY_LESION,
    )
    rows = extract(tmp_path, measurements=declared)["measurements"]
    assert cells(rows, "lesion_number", "date", "long_axis_cm", "part") == [
        ["1", "2019-01-01", "24", "L1_base"],
        ["1", "2019-04-01", "12", "L1_fu1"],
        ["2", "2019-01-01", "30", "L2_base"],
    ]


def test_a_condition_on_what_a_row_stands_for(tmp_path):
    header = "ID,site1,RT1,edited1,site2,RT2,edited2"
    write(tmp_path / "a.csv", header, "A,liver,yes,2019,bone,no,2020", "B,lung,,1,hip,ＹＥＳ,2")
    declared = source(
        "a.csv",
        melt={"n": [1, 2]},
        where={"RT{n}": "yes"},
        edited="edited{n}",
        columns={"patient_id": "ID", "site": "site{n}"},
    )
    rows = extract(tmp_path, lesions=declared)["lesions"]
    assert cells(rows, "patient_id", "site", "edited", "part") == [
        ["A", "liver", "2019", "site1"],
        ["B", "hip", "2", "site2"],
    ]


def test_one_row_a_patient_becomes_follow_up(tmp_path):
    write(
        tmp_path / "a.csv",
        "ID,Last contact,Last status,Cause,Local relapse,Relapse,Relapse seen",
        "A,2021-05-01,dead,tumour,2019-06-01,,",
        "B,2021-06-01,alive,,,2020-02-02,elsewhere",
        "C,2021-07-01,alive,,,2020-03-03,?",
    )
    declared = source(
        "a.csv",
        columns={"patient_id": "ID"},
        constants={"modality": "none"},
        rows=[
            {"columns": {"date": "Last contact", "status": "Last status", "cause_of_death": "Cause"}},
            {"columns": {"date": "Local relapse"}, "constants": {"status": "alive", "in_field_recurrence": "yes"}},
            {
                "where": {"Relapse seen": "elsewhere"},
                "columns": {"date": "Relapse"},
                "constants": {"status": "alive", "distant_progression": "yes"},
            },
        ],
    )
    rows = extract(tmp_path, follow_up=declared)["follow_up"]
    names = ["patient_id", "date", "status", "cause_of_death", "in_field_recurrence", "distant_progression", "part"]
    assert cells(rows, *names) == [
        ["A", "2021-05-01", "dead", "tumour", "", "", "Last contact"],
        ["A", "2019-06-01", "alive", "", "yes", "", "Local relapse"],
        ["B", "2021-06-01", "alive", "", "", "", "Last contact"],
        ["B", "2020-02-02", "alive", "", "", "yes", "Relapse"],
        ["C", "2021-07-01", "alive", "", "", "", "Last contact"],
    ]
    assert set(rows["modality"]) == {"none"}


def test_two_rows_from_one_column_have_places_of_their_own(tmp_path):
    write(tmp_path / "a.csv", "ID,Relapse,Local,Distant", "A,2020-02-02,yes,Yes ", "B,2020-03-03,no,yes")
    declared = source(
        "a.csv",
        columns={"patient_id": "ID", "date": "Relapse"},
        rows=[
            {"where": {"Local": ["yes", "y"]}, "columns": {"date": "Relapse"}, "constants": {"kind": "local"}},
            {
                "where": {"Distant": {"is_not": ["no", ""]}},
                "columns": {"date": "Relapse"},
                "constants": {"kind": "far"},
            },
        ],
    )
    rows = extract(tmp_path, follow_up=declared)["follow_up"]
    assert cells(rows, "patient_id", "kind", "part") == [
        ["A", "local", "Relapse (1)"],
        ["A", "far", "Relapse (2)"],
        ["B", "far", "Relapse (2)"],
    ]


def test_rows_of_others_are_left_where_they_are(tmp_path):
    write(tmp_path / "a.csv", "ID,Day,Ward,Void", "A,1,Radiotherapy,", "B,2,surgery,", "C,3, RADIOTHERAPY ,x", "D,4,,")
    columns = {"patient_id": "ID", "date": "Day"}
    rows = rows_of(tmp_path, source("a.csv", columns=columns, where={"Ward": "radiotherapy"}))
    assert rows == [["A", "1"], ["C", "3"]]
    both = {"Ward": {"is_not": "surgery"}, "Void": ""}
    assert rows_of(tmp_path, source("a.csv", columns=columns, where=both)) == [["A", "1"], ["D", "4"]]


def test_the_log_tells_what_was_found_and_how_many_rows_were_left_but_no_cell(tmp_path, caplog):
    (tmp_path / "a.csv").write_bytes("ID,Day,Ward\n甲,1,放疗\n乙,2,外科\n".encode("gb18030"))
    declared = source("a.csv", columns={"patient_id": "ID", "date": "Day"}, where={"Ward": "放疗"})
    with caplog.at_level("INFO", "oligomet"):
        extract(tmp_path, surgeries=declared)
    assert caplog.messages == ["a.csv: read as gb18030", "a.csv: 1 of 2 rows are 1 of surgeries"]


def test_a_filter_that_leaves_nothing_says_what_it_nearly_is_and_repeats_no_other_cell(tmp_path):
    write(tmp_path / "a.csv", "ID,Day,Ward", "A,1,Radiotherapie", "B,2,Stella", "C,3,RT")
    declared = source("a.csv", columns={"patient_id": "ID", "date": "Day"}, where={"Ward": "radiotherapy"})
    assert problems(tmp_path, surgeries=declared) == (
        "a.csv: none of 3 rows meets sources.surgeries.where.\n"
        "a.csv: column 'Ward' holds 3 other texts. Is it 'Radiotherapie'?"
    )


def test_cells_that_mean_the_one_above(tmp_path):
    write(tmp_path / "a.csv", "ID,Day,Course", ",1,", "A,2,first", " ,3,", "B,4,", ",5,second")
    columns = {"patient_id": "ID", "date": "Day", "course": "Course"}
    rows = rows_of(tmp_path, source("a.csv", columns=columns, fill_down=["ID"]))
    assert rows == [["", "1", ""], ["A", "2", "first"], ["A", "3", ""], ["B", "4", ""], ["B", "5", "second"]]
    assert rows_of(tmp_path, source("a.csv", columns=columns, fill_down=["patient_id"])) == rows


def test_several_files_each_with_what_is_its_own(tmp_path):
    write(tmp_path / "north_2019.csv", "ID,Day", "A,1")
    write(tmp_path / "north_2020.csv", "ID,Day", "B,2")
    (tmp_path / "sub").mkdir()
    workbook(tmp_path / "sub/south.xlsx", X=[["x"]], Y=[["Nr", "Day", "Kind"], ["A", "3", "PDS"]])
    south = {
        "file": "sub/south.xlsx",
        "sheet": "Y",
        "columns": {"patient_id": "Nr", "procedure": "Kind"},
        "constants": {"centre": "south"},
    }
    declared = source(
        files=["north_*.csv", south], columns={"patient_id": "ID", "date": "Day"}, constants={"centre": "north"}
    )
    rows = extract(tmp_path, surgeries=declared)["surgeries"]
    assert cells(rows, "centre", "patient_id", "date", "procedure", "file", "sheet", "row") == [
        ["north", "A", "1", "", "north_2019.csv", "", 2],
        ["north", "B", "2", "", "north_2020.csv", "", 2],
        ["south", "A", "3", "PDS", "sub/south.xlsx", "Y", 2],
    ]
    assert rows["sha256"].nunique() == 3
    assert declared.shown == "north_*.csv, sub/south.xlsx"


def test_a_name_with_brackets_is_a_name_where_there_is_such_a_file(tmp_path):
    write(tmp_path / "export [1].csv", "ID,Day", "A,1")
    assert rows_of(tmp_path, source("export [1].csv", columns={"patient_id": "ID", "date": "Day"})) == [["A", "1"]]


def test_all_that_is_wrong_with_several_files_is_told_at_once(tmp_path):
    write(tmp_path / "a.csv", "ID,Dya", "A,1")
    declared = source(
        files=["a.csv", "b.csv", "c_*.csv"], columns={"patient_id": "ID", "date": "Day"}, fill_down=["Nr"]
    )
    said = problems(tmp_path, surgeries=declared)
    assert "a.csv: column 'Day' (sources.surgeries.columns.date) is missing." in said
    assert "a.csv: column 'Nr' (sources.surgeries.fill_down) is missing." in said
    assert "b.csv: there is no such file" in said
    assert "c_*.csv: there is no such file" in said


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"melt": {"lesion_number": [1, 2]}}, r"expected \{lesion_number\} in the header of a column"),
        ({"where": {"Ward": True}}, "put the word in quotes"),
        ({"where": {"Ward": {}}}, "expected words, or is: and is_not:"),
        ({"constants": {"status": False}}, "put the word in quotes"),
        ({"columns": {"patient_id": {"header": "ID", "pattern": "("}}}, "is not a regular expression"),
        ({"files": ["b.csv"]}, "expected one of file, files, url"),
    ],
)
def test_declarations_that_cannot_be_meant(wrong, told):
    with pytest.raises(ValidationError, match=told):
        source("a.csv", **wrong)


def test_rows_of_one_file_agree_on_how_cells_are_written():
    columns = {"date": {"header": "Last day", "decimal": ","}}
    with pytest.raises(ValidationError, match=r"columns\.date: expected one unit, decimal sign and list of dates"):
        source("a.csv", columns={"patient_id": "ID", "date": "Day"}, rows=[{"columns": columns}])


def test_each_file_of_a_role_is_read_as_it_is_written(tmp_path):
    write(tmp_path / "north.csv", "ID;Day;Operation", "1;04/03/2019;PDS")
    write(tmp_path / "south.csv", "Number,Date,Operation", "2,2019-04-03,PDS", "3,04/03/2019,PDS")
    declared = source(
        files=[
            {"file": "north.csv", "columns": {"date": {"header": "Day", "dates": ["%m/%d/%Y"]}}},
            {
                "file": "south.csv",
                "columns": {"patient_id": "Number", "date": {"header": "Date", "dates": ["%Y-%m-%d"]}},
            },
        ],
        columns={"patient_id": "ID", "date": "Day", "procedure": "Operation"},
    )
    study = STUDY.model_copy(update={"sources": {"surgeries": declared}})
    extracted = extract(tmp_path, surgeries=declared)["surgeries"]
    assert extracted["entry"].tolist() == ["0", "1", "1"]
    days, found = parse_column(extracted["date"], "surgeries", "date", study, extracted["entry"])
    assert days.dt.strftime("%Y-%m-%d").fillna("").tolist() == ["2019-04-03", "2019-04-03", ""]
    assert found["kind"].tolist() == ["unreadable"]
