"""Patients as a hospital writes them, and where each of their rows ends."""

import pandas as pd
import pytest
from ward import (
    BASE,
    STUDY,
    build,
    contact,
    extract,
    imaging,
    lesion,
    patient,
    plan,
    said,
    surgery,
    therapy,
    toxicity,
)

from oligomet.cohort.build import build_cohort
from oligomet.cohort.pseudonyms import PUBLIC_KEY
from oligomet.declarations import ConfigurationError
from oligomet.schemas import OPTIONAL, TABLES, validate


def test_a_patient_comes_out_clean():
    cohort = build()
    assert len(validate(cohort.pop("quarantined_cells"), "extracted/quarantined_cells")) == 0
    of_cohort = {name.partition("/")[2] for name in TABLES if name.startswith("cohort/")}
    assert set(cohort) == of_cohort - set(OPTIONAL)
    for name, table in cohort.items():
        validate(table, f"cohort/{name}")
    assert said(cohort) == []
    her = cohort["patients"].iloc[0]
    assert (her["histology"], her["figo_stage"], her["age_years"]) == ("serous", "III", 55)
    assert (her["radiotherapy_start"], her["radiotherapy_end"]) == (
        pd.Timestamp("2016-03-01"),
        pd.Timestamp("2016-04-05"),
    )
    assert her["source"] == "patients.csv:2"
    node = cohort["lesions"].iloc[0]
    assert (node["site"], node["nodal"], node["visceral"], node["gtv_diameter_cm"]) == (
        "retroperitoneal_nodes",
        1,
        0,
        2.4,
    )
    assert (node["ptv_dose_gy"], node["pgtv_dose_gy"], node["technique"]) == (45, 60, "vmat")
    assert node["lesion_id"] == her["patient_id"] + "-L1"
    assert (node["source"], node["plan_source"]) == ("radiotherapy.xlsx[Lesions]:2", "radiotherapy.xlsx[Plans]:2")
    scan = cohort["measurements"].iloc[0]
    assert (scan["long_axis_cm"], scan["short_axis_cm"], scan["seen"]) == (2.4, 1.8, 1)
    assert pd.isna(scan["new_lesions"])
    assert cohort["screened"][["eligible", "rule"]].iloc[0].tolist() == [1, pd.NA]
    assert (cohort["accounting"]["raw"] == cohort["accounting"]["analysed"]).all()


def test_nobody_can_be_recognised():
    number, born = "OV-77123", "1961-11-30"
    records = {role: [row | {"patient_id": number} for row in rows] for role, rows in BASE.items()}
    records["patients"] = [patient(number, birth_date=born), patient(number + "X", birth_date="31.11.1961", kps="?")]
    records["follow_up"] += [contact("OV-99999")]
    records["therapies"] = [therapy(number, drug="paclitaxel, then as Mrs Gabler wished")]
    cohort = build(**records)
    refused = cohort.pop("quarantined_cells")  # which is beside the extracted text
    assert refused["value"].tolist() == ["31.11.1961", "OV-99999"][: len(refused)]
    written = "\n".join(table.to_csv() for table in cohort.values())
    for secret in (number, born, "31.11.1961", "1961", "99999", "Gabler"):
        assert secret not in written
    assert cohort["patients"]["patient_id"].str.fullmatch("P-[0-9a-f]{12}").all()
    assert len(cohort["quarantine"]) == 2


def test_a_record_number_is_the_same_however_it_is_typed():
    cohort = build(
        follow_up=[contact("ＯＶ－１"), contact(" ov-1 ", date="2018-02-01"), contact("OV–1", date="2018-03-01")]
    )
    assert len(cohort["follow_up"]) == 3


def test_another_key_gives_other_pseudonyms_none_is_refused_and_a_collision_is_an_error(monkeypatch):
    one, other = (build_cohort(extract(), STUDY, key)["patients"]["patient_id"].iloc[0] for key in ("salt", "pepper"))
    assert one != other
    with pytest.raises(ConfigurationError, match="empty"):
        build_cohort(extract(), STUDY, " ")
    monkeypatch.setattr("oligomet.cohort.pseudonyms._digest", lambda number, key: "0" * 64)
    with pytest.raises(ConfigurationError, match="same pseudonym"):
        build(patients=[patient(), patient("OV-2")])


# ---------------------------------------------------------------- cells


@pytest.mark.parametrize(
    ("role", "row", "column", "kind"),
    [
        ("patients", patient("OV-2", histology="mystery"), "Histology", "unknown_term"),
        ("patients", patient("OV-2", kps="good"), "KPS", "unreadable"),
        ("patients", patient("OV-2", kps="110"), "KPS", "out_of_range"),
        ("patients", patient("OV-2", figo_stage="V"), "FIGO", "unknown_term"),
        ("patients", patient("OV-2", birth_date="1899-12-31"), "Date of birth", "impossible_date"),
        ("patients", patient("OV-2", birth_date="1901-01-01"), "Date of birth", "impossible_date"),
        ("patients", patient("不详"), "Record No.", "missing"),
        ("therapies", therapy(start_date="31.02.2015"), "First day", "impossible_date"),
        ("therapies", therapy(start_date="spring"), "First day", "unreadable"),
        ("surgeries", surgery(date="2030-01-01"), "Operation date", "impossible_date"),
        ("toxicities", toxicity(toxicity="tiredness"), "CTCAE term", "unknown_term"),
        ("toxicities", toxicity(onset_date="2016-05-01", grade="-"), "Grade", "missing"),
        ("measurements", imaging(date="2016-13-01"), "Date", "impossible_date"),
        ("lesions", lesion(lesion_number="1.5"), "Lesion", "unreadable"),
    ],
)  # fmt: skip
def test_a_row_without_a_required_value_is_set_aside_and_harms_no_other(role, row, column, kind):
    cohort = build(**{role: [*BASE[role], row]})
    assert said(cohort) == [(role, 3, column, kind, 0)]
    assert cohort["quarantine"]["file"].iloc[0] == STUDY.sources[role].file
    assert len(cohort["patients"]) == len(cohort["lesions"]) == 1


def test_an_unreadable_value_that_is_not_required_goes_alone_with_a_note():
    cohort = build(measurements=[imaging(long_axis_cm="2,4 cm")], lesions=[lesion(gtv_diameter_cm="99")])
    assert said(cohort) == [
        ("lesions", 2, "GTV diameter", "out_of_range", 1),
        ("measurements", 2, "Long axis", "unreadable", 1),
    ]
    assert cohort["quarantined_cells"].drop(columns=["sheet", "part"]).to_numpy().tolist() == [
        ["radiotherapy.xlsx", 2, "GTV diameter", "99"],
        ["imaging.csv", 2, "Long axis", "2,4 cm"],
    ]
    assert pd.isna(cohort["measurements"]["long_axis_cm"].iloc[0])
    assert cohort["measurements"]["short_axis_cm"].iloc[0] == 1.8
    assert (cohort["accounting"]["quarantined"] == 0).all()


def test_a_row_left_out_has_one_line_that_says_all_that_is_wrong():
    cohort = build(toxicities=[toxicity(toxicity="tiredness", grade="9")])
    assert said(cohort) == [("toxicities", 2, "CTCAE term", "unknown_term", 0)]
    reason = cohort["quarantine"]["reason"].iloc[0]
    assert reason == "no pattern under terms.toxicity is this; Grade: expected at least 1 and at most 5"


def test_a_word_that_means_two_codes_means_none():
    terms = {**STUDY.terms, "status": {"alive": ["alive.*"], "lost": ["lost.*", "alive then lost"]}}
    study = STUDY.model_copy(update={"terms": terms})
    cohort = build(study, follow_up=[contact(), contact(date="2018-05-01", status="alive then lost")])
    assert said(cohort) == [("follow_up", 3, "Status", "unknown_term", 0)]
    assert "alive and lost" in cohort["quarantine"]["reason"].iloc[0]


# ---------------------------------------------------------------- copies and corrections


def test_a_copy_is_a_copy_however_it_is_written():
    copies = [imaging(), imaging(date="20.02.2016", long_axis_cm="２．４ cm", modality="ct", edited="2021-01-01")]
    cohort = build(measurements=copies)
    assert said(cohort) == [("measurements", 3, "", "duplicate", 0)]
    assert cohort["quarantine"]["reason"].iloc[0] == "says the same as row 2"


@pytest.mark.parametrize("turned", [False, True])
def test_the_row_edited_last_corrects_the_others_wherever_it_stands(turned):
    versions = [patient(kps="60", edited="2019-01-01"), patient(kps="90", edited="2019-01-01 08:30")]
    cohort = build(patients=versions[::-1] if turned else versions)
    assert cohort["patients"]["kps"].tolist() == [90]
    assert said(cohort) == [("patients", 3 if turned else 2, "", "superseded", 0)]


def test_a_correction_that_was_taken_back():
    versions = [patient(edited="2019-01-01"), patient(kps="90", edited="2019-02-01"), patient(edited="2019-03-01")]
    cohort = build(patients=versions)
    assert cohort["patients"]["kps"].tolist() == [80]
    assert [line[3] for line in said(cohort)] == ["superseded", "duplicate"]


@pytest.mark.parametrize("edited", ["", "2020-06-01", "some day"])
def test_of_contradicting_rows_none_stays_if_no_date_decides(edited):
    cohort = build(follow_up=[contact(), contact(in_field_recurrence="1", edited=edited), contact(date="2018-06-01")])
    left_out = [line for line in said(cohort) if line[4] == 0]
    assert [line[1:4] for line in left_out] == [(2, "", "inconsistent"), (3, "", "inconsistent")]
    assert "rows 2, 3" in cohort["quarantine"]["reason"].iloc[0]
    assert len(cohort["follow_up"]) == 1


def test_an_old_row_does_not_come_back_because_its_correction_cannot_be_read():
    versions = [toxicity(grade="1", edited="2019-01-01"), toxicity(grade="two", edited="2019-02-01")]
    cohort = build(toxicities=versions)
    assert [line[3] for line in said(cohort)] == ["superseded", "unreadable"]
    assert cohort["toxicities"].empty


def test_an_unreadable_date_of_editing_is_noted():
    assert said(build(patients=[patient(edited="last week")])) == [("patients", 2, "Last edited", "unreadable", 1)]


# ---------------------------------------------------------------- rows that belong to nobody


def test_orphans():
    cohort = build(
        therapies=[therapy("OV-404"), therapy()],
        lesions=[lesion(), lesion(lesion_number="2"), lesion(lesion_number="3")],
        plans=[plan(), plan(lesion_number="3", end_date="2016-02-01"), plan(lesion_number="4")],
        measurements=[imaging(), imaging(lesion_number="3"), imaging(lesion_number="5")],
    )
    assert said(cohort) == [
        ("therapies", 2, "", "orphan", 0),
        ("lesions", 3, "Lesion", "orphan", 0),
        ("lesions", 4, "Lesion", "orphan", 0),  # its plan is impossible
        ("plans", 3, "Last fraction", "impossible_date", 0),
        ("plans", 4, "Lesion", "orphan", 0),
        ("measurements", 3, "Lesion", "orphan", 0),
        ("measurements", 4, "Lesion", "orphan", 0),
    ]


def test_rows_of_a_patient_whose_own_row_cannot_be_read_are_orphans():
    cohort = build(patients=[patient(histology="?")])
    assert {line[3] for line in said(cohort)} == {"unknown_term", "orphan"}
    assert cohort["screened"].empty
    assert (cohort["accounting"]["quarantined"] == 1).all()


# ---------------------------------------------------------------- what cannot be true


@pytest.mark.parametrize(
    ("role", "row", "column", "kind"),
    [
        ("follow_up", contact(date="2016-03-15", status="dead"), "Contact", "impossible_date"),  # during radiotherapy
        ("therapies", therapy(start_date="2015-02-01", end_date="2015-01-01"), "Last day", "impossible_date"),
        ("therapies", therapy(start_date="1955-01-01"), "First day", "impossible_date"),  # before birth
        ("surgeries", surgery(date="1955-01-01"), "Operation date", "impossible_date"),
        ("measurements", imaging(date="2016-05-01", seen="0"), "Lesion seen", "inconsistent"),
        ("measurements", imaging(date="2016-05-01", short_axis_cm="30"), "Short axis", "inconsistent"),
    ],
)
def test_a_row_that_cannot_be_true_is_set_aside(role, row, column, kind):
    cohort = build(**{role: [*BASE[role], row]})
    assert said(cohort) == [(role, 3, column, kind, 0)]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"ptv_dose_gy": "50.4"}, "not fractions x dose per fraction within 0.5 Gy"),
        ({"pgtv_dose_gy": "6"}, "not fractions x dose per fraction within 0.5 Gy"),
        ({"end_date": "2016-02-01"}, "it ends before it starts"),
    ],
)
def test_a_plan_that_cannot_be_true_takes_its_lesion_along(change, reason):
    second = dict(lesion_number="2")
    cohort = build(lesions=[lesion(), lesion(**second)], plans=[plan(), plan(**second, **change)])
    assert said(cohort)[0] == ("lesions", 3, "Lesion", "orphan", 0)
    assert cohort["quarantine"]["reason"].iloc[1].startswith(reason)
    assert len(cohort["lesions"]) == 1


def test_a_total_as_typed_may_be_off_by_the_tolerance():
    assert len(build(plans=[plan(ptv_dose_gy="45.5")])["lesions"]) == 1


def test_a_lesion_of_no_millimetres_has_disappeared():
    scans = [imaging(), imaging(date="2016-06-01", long_axis_cm="0", short_axis_cm="0", seen="+")]
    cohort = build(measurements=[*scans, imaging(date="2016-07-01", long_axis_cm="", short_axis_cm="0", seen="+")])
    assert cohort["measurements"]["seen"].tolist() == [1, 0, 0]
    assert [line[1:] for line in said(cohort)] == [(row, "Lesion seen", "inconsistent", 1) for row in (3, 4)]


def test_a_new_lesion_on_the_row_of_a_lesion_that_was_not_irradiated_is_kept():
    new = imaging(lesion_number="7", date="2016-09-01", new_lesions="yes")
    cohort = build(measurements=[imaging(), new, imaging(lesion_number="8", date="2016-09-01")])
    assert cohort["measurements"]["new_lesions"].fillna(0).tolist() == [0, 1]
    assert said(cohort) == [("measurements", 4, "Lesion", "orphan", 0)]


def test_nothing_happens_after_death():
    cohort = build(
        follow_up=[contact(date="2017-05-01", status="died"), contact(date="2017-05-02"), contact(date="2017-04-30")],
        measurements=[imaging(), imaging(date="2017-06-01")],
        therapies=[therapy(), therapy(start_date="2017-04-01", end_date="2017-06-01", relapse_date="")],
    )
    assert said(cohort) == [
        ("therapies", 3, "Last day", "impossible_date", 1),
        ("measurements", 3, "Date", "impossible_date", 0),
        ("follow_up", 3, "Contact", "impossible_date", 0),
    ]
    assert cohort["therapies"]["end_date"].notna().tolist() == [True, False]


def test_in_field_lesions_are_irradiated_lesions():
    contacts = [
        contact(date=f"2018-0{n}-01", in_field_lesions=text) for n, text in enumerate(["1", "1、1", "7", "all"], 1)
    ]
    cohort = build(follow_up=contacts)
    assert cohort["follow_up"]["in_field_lesions"].fillna("").tolist() == ["1", "1;1", "", ""]
    assert [line[1:] for line in said(cohort)] == [
        (4, "In-field lesions", "orphan", 1),
        (5, "In-field lesions", "unreadable", 1),
    ]


def test_odd_counts_and_dates_of_a_patient_are_noted_and_kept():
    cohort = build(patients=[patient(metastases="0", screening_date="2016-03-02")])
    assert said(cohort) == [
        ("patients", 2, "No. of metastases", "inconsistent", 1),
        ("patients", 2, "Restaging date", "inconsistent", 1),
    ]
    assert cohort["patients"]["metastases"].tolist() == [0]


# ---------------------------------------------------------------- accounting


def test_a_source_without_rows_is_accounted_for():
    accounting = build(toxicities=[], surgeries=[surgery(), surgery(date="2010-01-01")])["accounting"].set_index("role")
    assert accounting.loc["toxicities", ["file", "raw", "analysed", "quarantined"]].tolist() == [
        "toxicity.csv",
        0,
        0,
        0,
    ]
    assert accounting.loc["surgeries", ["sheet", "raw", "analysed"]].tolist() == ["Surgery", 2, 2]


def test_nothing_at_all():
    cohort = build(**{role: [] for role in BASE})
    assert set(cohort.pop("findings")["check"]) == {"export"}
    assert all(len(table) == 0 for name, table in cohort.items() if name != "accounting")


def test_what_was_written_and_read_again_gives_the_same(tmp_path):
    from oligomet.tables import read_verbatim, write_csv

    for role, rows in extract().items():
        write_csv(rows, tmp_path / f"{role}.csv")
    again = build_cohort({role: read_verbatim(tmp_path / f"{role}.csv") for role in BASE}, STUDY, PUBLIC_KEY)
    for name, table in build().items():
        pd.testing.assert_frame_equal(table, again[name])
