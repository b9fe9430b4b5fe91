"""Values that could be true and contradict another are reported, analysed, and can be dismissed by a person."""

import datetime as dt

import pytest
from ward import BASE, STUDY, build, contact, imaging, lesion, patient, plan, said

from oligomet.cohort.cross_checks import dismissed_in_vain
from oligomet.columns import CHECKS
from oligomet.follow_up_declarations import CrossChecks, Dismissed
from oligomet.source_declarations import Expected

PLAIN = STUDY.model_copy(update={"cross_checks": CrossChecks()})


def found(study=PLAIN, **records) -> list[tuple]:
    findings = build(study, **records)["findings"]
    return list(findings[["check", "source"]].itertuples(index=False, name=None))


def scans(*sizes: str) -> list[dict]:
    """A scan a quarter."""
    days = ["2016-02-20", "2016-06-01", "2016-09-01", "2016-12-01", "2017-03-01"]
    sizes = zip(days, sizes, strict=False)
    return [imaging(date=day, long_axis_cm=size, short_axis_cm="", edited="2020-06-01") for day, size in sizes]


def expecting(role: str, **declared):
    source = STUDY.sources[role].model_copy(update={"expected": Expected(**declared)})
    return PLAIN.model_copy(update={"sources": {**STUDY.sources, role: source}})


RECENT = contact(date="2021-12-01", edited="")
LATE_SCAN = imaging(date="2021-12-01", edited="")


def quiet(**records) -> dict:
    """An export that goes on to the data cut, so that this is not what is found."""
    records = BASE | records
    return records | {
        "follow_up": [RECENT, *records["follow_up"]],
        "measurements": [LATE_SCAN, *records["measurements"]],
    }


def test_nothing_is_found_in_what_agrees():
    assert found(**quiet()) == []


@pytest.mark.parametrize(
    ("check", "role", "rows", "place"),
    [
        ("boost", "plans", [plan(pgtv_fraction_gy="1.6", pgtv_dose_gy="40")], "radiotherapy.xlsx[Plans]:2"),
        ("fractions", "plans", [plan(end_date="2016-03-08")], "radiotherapy.xlsx[Plans]:2"),
        ("fractions", "plans", [plan(end_date="2016-08-05")], "radiotherapy.xlsx[Plans]:2"),
        ("early", "patients", [patient(screening_date="2006-02-20")], "patients.csv:2"),
        ("early", "measurements", [imaging(date="2006-02-20")], "imaging.csv:3"),
        ("living", "follow_up", [contact(cause_of_death="ovarian cancer")], "follow_up.csv:3"),
        ("recurrence", "follow_up", [contact(in_field_lesions="1")], "follow_up.csv:3"),
        ("edited", "follow_up", [contact(edited="2017-01-01")], "follow_up.csv:3"),
    ],
)
def test_a_value_that_contradicts_another_is_found_and_analysed(check, role, rows, place):
    cohort = build(PLAIN, **quiet(**{role: rows}))
    assert cohort["findings"][["check", "source"]].to_numpy().tolist() == [[check, place]]
    assert said(cohort) == [] and (cohort["accounting"]["quarantined"] == 0).all()


class TestFactorOfTen:
    def sizes(self, *sizes: str) -> list[str]:
        return [place for _, place in found(**quiet(measurements=scans(*sizes)))]

    def test_the_scan_in_the_wrong_unit_is_named_wherever_it_stands(self):
        assert self.sizes("18", "180", "17", "16") == ["imaging.csv:4"]
        assert self.sizes("180", "18", "17", "16") == ["imaging.csv:3"]
        assert self.sizes("18", "17", "16", "1.6") == ["imaging.csv:6"]

    def test_of_two_scans_the_later(self):
        assert self.sizes("24", "2.4") == ["imaging.csv:4"]

    def test_less_than_that_is_growth_or_response(self):
        assert self.sizes("24", "2.5", "24") == []
        assert self.sizes("24", "0", "24") == []  # gone and back

    def test_another_factor_can_be_declared(self):
        five = PLAIN.model_copy(update={"cross_checks": CrossChecks(size_factor=5)})
        assert found(five, **quiet(measurements=scans("24", "24", "4.7"))) == [("size", "imaging.csv:5")]

    def test_the_gtv_is_held_against_the_lesion_on_its_scans(self):
        other = found(**quiet(lesions=[lesion(gtv_diameter_cm="2.4 mm")]))
        assert other == [("size", "radiotherapy.xlsx[Lesions]:2")]
        shrunk = quiet(measurements=[*scans("24"), *scans("x", "3", "2", "2")[1:]])
        assert ("size", "radiotherapy.xlsx[Lesions]:2") not in found(**shrunk)


def test_a_death_that_other_records_follow_may_be_the_one_that_is_wrong():
    died = contact(date="2017-05-01", status="died", cause_of_death="ovarian cancer")
    cohort = build(PLAIN, **quiet(follow_up=[died, contact(date="2019-05-01")]))
    findings = cohort["findings"]
    assert findings.loc[findings["check"] == "death", "source"].tolist() == ["follow_up.csv:3"]
    assert {line[1] for line in said(cohort, "follow_up")} == {2, 4}  # the records after it are set aside


class TestExports:
    def test_rows_are_as_many_as_expected(self):
        assert found(expecting("toxicities", rows=1), **quiet()) == []
        assert found(expecting("toxicities", rows=386), **quiet()) == [("export", "toxicities")]

    def test_an_empty_role_is_a_finding_unless_that_is_expected(self):
        assert found(**quiet(toxicities=[])) == [("export", "toxicities")]
        assert found(expecting("toxicities", rows=0), **quiet(toxicities=[])) == []

    def test_one_that_ends_before_the_data_cut(self):
        assert found() == [("export", "measurements"), ("export", "follow_up")]
        until = expecting("toxicities", until=dt.date(2020, 1, 1))
        assert found(until, **quiet()) == [("export", "toxicities")]

    def test_no_row_is_edited_after_the_export(self):
        assert found(expecting("plans", exported=dt.date(2020, 6, 1)), **quiet()) == []
        made = expecting("plans", exported=dt.date(2020, 5, 31))
        assert found(made, **quiet()) == [("edited", "radiotherapy.xlsx[Plans]:2")]


def test_a_person_dismisses_a_finding_with_a_reason():
    looked_at = [
        Dismissed(check="early", record="patients.csv:2", reason="she was restaged abroad"),
        Dismissed(check="size", record="imaging.csv:99", reason="measured again"),
    ]
    study = PLAIN.model_copy(update={"cross_checks": CrossChecks(dismissed=looked_at)})
    findings = build(study, **quiet(patients=[patient(screening_date="2006-02-20")]))["findings"]
    assert findings[["check", "dismissed", "reason"]].to_numpy().tolist() == [["early", 1, "she was restaged abroad"]]
    assert dismissed_in_vain(findings, study) == ["size of imaging.csv:99"]


def test_patients_who_are_not_analysed_have_no_findings():
    assert found(**quiet(patients=[patient(screening_date="2006-02-20", kps="10")])) == []


def test_every_check_is_tried_here():
    import pathlib

    tried = pathlib.Path(__file__).read_text(encoding="utf-8")
    assert all(f'"{check}"' in tried for check in CHECKS)
