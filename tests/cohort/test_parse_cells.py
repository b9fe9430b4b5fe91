"""What a cell's text means, by the declarations of the study."""

import pandas as pd
import pytest
from ward import STUDY

from oligomet.cohort.parse import parse_column, parse_edited


def parse(role: str, name: str, *cells: str, study=STUDY, **declared):
    if declared:
        source = study.sources[role]
        column = source.columns[name].model_copy(update=declared)
        source = source.model_copy(update={"columns": {**source.columns, name: column}})
        study = study.model_copy(update={"sources": {**study.sources, role: source}})
    return parse_column(pd.Series(cells, dtype="string"), role, name, study)


def value(role: str, name: str, cell: str, **declared):
    values, findings = parse(role, name, cell, **declared)
    return findings["kind"].iloc[0] if len(findings) else values.iloc[0]


@pytest.mark.parametrize(
    "cell",
    ["2019-03-05", "2019/3/5", "2019.03.05", "5.3.2019", "20190305", "2019年3月5日", "5 Mar 2019", "05 march 2019",
     "２０１９－０３－０５", " 2019 年 3 月 5 日", "2019–03–05", "2019-03-05 14:30", "2019-03-05T08:00:00"],
)  # fmt: skip
def test_dates(cell):
    assert value("measurements", "date", cell) == pd.Timestamp("2019-03-05")


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("31.02.2019", "impossible_date"),
        ("2019-02-29", "impossible_date"),
        ("2019年13月1日", "impossible_date"),
        ("5 Foo 2019", "impossible_date"),
        ("2022-01-01", "impossible_date"),  # after the data cut
        ("1899-12-31", "impossible_date"),
        ("2019-03", "unreadable"),  # no day is made up
        ("2019305", "unreadable"),  # 2019-3-05 or 2019-30-5?
        ("5.3.19", "unreadable"),
        ("ca. 2019-03-05", "unreadable"),
        ("43529", "unreadable"),
        ("", "missing"),
    ],
)
def test_what_is_no_date(cell, kind):
    assert value("measurements", "date", cell) == kind


def with_parsing(**changes):
    return STUDY.model_copy(update={"parsing": STUDY.parsing.model_copy(update=changes)})


@pytest.mark.parametrize("cell", ["2019-03", "2019-03-UNK", "2019-03-XX", "2019年3月", "2019/3", "2019-03-00"])
@pytest.mark.parametrize(("rule", "day"), [("first", "2019-03-01"), ("middle", "2019-03-15"), ("last", "2019-03-31")])
def test_a_month_is_a_day_by_the_declared_rule_and_is_flagged(cell, rule, day):
    values, findings = parse("measurements", "date", cell, study=with_parsing(partial_dates=rule))
    assert values.tolist() == [pd.Timestamp(day)]
    assert findings["kind"].tolist() == ["partial_date"]
    assert findings["reason"].tolist() == [f"no day: one is taken (parsing.partial_dates: {rule})"]


@pytest.mark.parametrize(("rule", "day"), [("first", "2021-01-01"), ("middle", "2021-07-01"), ("last", "2021-12-30")])
def test_a_year_is_a_day_by_the_declared_rule_and_none_after_the_data_cut(rule, day):
    for cell in ("2021", "2021-UNK-UNK", "2021-UNK"):
        values, _ = parse("measurements", "date", cell, study=with_parsing(partial_dates=rule))
        assert values.tolist() == [pd.Timestamp(day)]


def test_a_day_of_a_month_to_come_is_impossible_whatever_the_rule():
    _, findings = parse("measurements", "date", "2022-03", study=with_parsing(partial_dates="first"))
    assert findings["kind"].tolist() == ["impossible_date"]


def test_a_moment_in_utc_is_a_day_where_the_hospital_is():
    moments = [
        "2019-03-04T16:00:00Z",
        "2019-03-04T16:00:00.000+00:00",
        "2019-03-05T00:00:00Z",
        "2019-03-05T06:30:00+08:00",
    ]
    values, _ = parse("measurements", "date", *moments, study=with_parsing(timezone="Asia/Shanghai"))
    assert values.tolist() == [pd.Timestamp("2019-03-05")] * 4
    values, findings = parse("measurements", "date", *moments)  # of no declared place only midnight in UTC is a day
    assert values.notna().tolist() == [False, False, True, False]
    assert "parsing.timezone" in findings["reason"].iloc[0]


@pytest.mark.parametrize(
    ("cell", "cm"),
    [("24", 2.4), ("24mm", 2.4), ("24 MM", 2.4), ("2.4cm", 2.4), ("２．４ ｃｍ", 2.4), ("24㎜", 2.4),
     ("2.43 厘米", 2.43), ("24.3", 2.43), ("0", 0.0), ("+7", 0.7)],
)  # fmt: skip
def test_lengths_are_in_cm_to_the_last_bit(cell, cm):
    assert value("measurements", "long_axis_cm", cell) == cm  # mm where the cell does not say


@pytest.mark.parametrize(
    ("cell", "kind"),
    [("2,4 cm", "unreadable"), ("24 x 18", "unreadable"), ("< 5 mm", "unreadable"), ("1 inch", "unreadable"),
     ("mm", "unreadable"), ("-3 mm", "out_of_range"), ("31 cm", "out_of_range"), ("9" * 400, "unreadable")],
)  # fmt: skip
def test_what_is_no_length(cell, kind):
    assert value("measurements", "long_axis_cm", cell) == kind


def test_a_unit_in_the_cell_is_reconciled_with_the_columns_or_told():
    assert value("lesions", "gtv_diameter_cm", "18 mm") == 1.8  # in a column of cm
    assert value("lesions", "gtv_diameter_cm", "1.8 cm", unit="mm") == 1.8
    for cell in ("18 inch", "18 mm (axial)", "1.8 cm?"):
        _, findings = parse("lesions", "gtv_diameter_cm", cell)
        (reason,) = findings["reason"]
        assert "none of the units cm" in reason and "(cm is declared)" in reason and "inch" not in reason


def test_units_and_decimal_signs_are_declared_by_column():
    assert value("lesions", "gtv_diameter_cm", "2.4") == 2.4
    assert value("lesions", "gtv_diameter_cm", "24", unit="mm") == 2.4
    assert value("measurements", "long_axis_cm", "2,4 cm", decimal=",") == 2.4
    assert value("measurements", "long_axis_cm", "2.4 cm", decimal=",") == "unreadable"
    assert value("plans", "ptv_dose_gy", "50.4") == 50.4
    assert value("plans", "ptv_dose_gy", "5040", unit="cGy") == 50.4
    assert value("plans", "ptv_dose_gy", "5040 cgy") == 50.4
    assert value("plans", "ptv_dose_gy", "50.4 mm") == "unreadable"


@pytest.mark.parametrize(
    ("cell", "kps"), [("80", 80), ("８０", 80), ("80.0", 80), ("80.5", "unreadable"), ("-10", "out_of_range"),
                      ("999", "missing"), ("－９", "missing"), ("——", "missing"), ("8O", "unreadable")]
)  # fmt: skip
def test_whole_numbers(cell, kps):
    assert value("patients", "kps", cell) == kps


@pytest.mark.parametrize(
    ("cell", "stage"),
    [
        ("IIIc", "III"),
        ("Ⅲ C", "III"),
        ("stage 3", "III"),
        ("FIGO Stage IV b", "IV"),
        ("ⅰA", "I"),
        ("V", "unknown_term"),
    ],
)
def test_terms_match_as_a_whole_whatever_case_and_width(cell, stage):
    assert value("patients", "figo_stage", cell) == stage


def test_flags():
    values, findings = parse("measurements", "new_lesions", "Yes", "＋", "是", "0", "无", "", "n.a.", "maybe")
    assert values.tolist()[:5] == [1, 1, 1, 0, 0]
    assert values.isna().tolist() == [False] * 5 + [True] * 3
    assert findings.index.tolist() == [7]  # what is missing is no finding where it may be


def test_columns_without_rows_or_values_have_their_types():
    for cells in ((), ("", "-")):
        for name, dtype in {"long_axis_cm": "float64", "new_lesions": "Int64"}.items():
            assert parse("measurements", name, *cells)[0].dtype == dtype
        assert parse("therapies", "end_date", *cells)[0].dtype == "datetime64[ns]"
        assert parse("follow_up", "in_field_lesions", *cells)[0].dtype == "string"


def test_the_reason_never_repeats_the_cell():
    for role, name in (("patients", "birth_date"), ("patients", "kps"), ("lesions", "gtv_diameter_cm")):
        _, findings = parse(role, name, "Jane Doe 1961")
        assert "Jane" not in findings["reason"].iloc[0]


def test_the_time_of_an_edit_counts_and_may_be_after_the_data_cut_but_not_decades():
    cells = ["2019-03-05 14:30:05", "5.3.2019", "2022-02-01", "", "?", "2099-01-01"]
    moments, findings = parse_edited(pd.Series(cells), STUDY)
    assert moments.tolist()[:3] == [
        pd.Timestamp("2019-03-05 14:30:05"), pd.Timestamp("2019-03-05"), pd.Timestamp("2022-02-01"),
    ]  # fmt: skip
    assert findings["kind"].to_dict() == {4: "unreadable", 5: "impossible_date"}
