"""The exports, read through before anything runs: what is missing, cannot be read or is not known, counted."""

import shutil
from pathlib import Path

import pytest

from oligomet.validate.data import check_study
from oligomet.validate.report import as_table, report


@pytest.fixture
def hospital(tmp_path):
    folder = tmp_path / "pumch2022"
    shutil.copytree("studies/pumch2022/raw", folder / "raw")
    shutil.copy("studies/pumch2022/study.yaml", folder)
    return folder


def found_in(folder: Path):
    return check_study(folder / "study.yaml", "pumch2022")


def edit(file: Path, old: str, new: str, encoding="utf-8", times: int = -1):
    text = file.read_text(encoding)
    assert old in text
    file.write_text(text.replace(old, new, times), encoding)


def test_a_usable_study_stops_nothing_and_tells_who_is_eligible(hospital):
    found = found_in(hospital)
    assert not found.stops
    assert found.eligible[0] == "204 patients with a readable row, 142 eligible"
    assert "  12 excluded by accrual" in found.eligible
    text = report(found)
    assert "follow_up.csv: duplicate: says the same as row …; 34 rows, e.g. row 3" in text
    assert text.endswith("Nothing stops a run.")


def test_declarations_and_exports_are_told_together(hospital):
    (hospital / "raw/patients.csv").unlink()
    edit(hospital / "raw/imaging.csv", "Long axis", "Longest axis", "gb18030", 1)
    edit(hospital / "study.yaml", "sheet: Plans", "sheet: Plan")
    edit(hospital / "study.yaml", "late_after_days: 90", "late_after_days: ninety")
    text = report(found_in(hospital))
    assert "raw/patients.csv: sources.patients: there is no such file" in text
    assert "column 'Long axis' (sources.measurements.columns.long_axis_cm) is missing. Is it 'Longest axis'?" in text
    assert "Plan" in text and "Plans" in text
    assert 'toxicity.late_after_days: found "ninety"' in text
    assert "These must be put right first" in text


def test_unknown_words_come_with_their_count_and_the_nearest_known(hospital):
    edit(hospital / "raw/toxicity.csv", "Nausea", "Nausae")
    found = found_in(hospital)
    (problem,) = [one for one in found.problems if one.found == '"Nausae"']
    assert problem.count > 1 and not problem.stops
    assert "The nearest known: nausea (gastrointestinal)" in problem.expected


def test_a_required_column_of_which_nothing_can_be_read_stops_the_run(hospital):
    edit(hospital / "study.yaml", "      figo_stage: FIGO", "      figo_stage: KPS")
    edit(hospital / "study.yaml", "      kps: KPS", "      kps: FIGO")
    text = report(found_in(hospital))
    assert "column FIGO: no cell can be read: expected a whole number" in text


def test_when_nobody_is_eligible_the_rules_are_counted(hospital):
    edit(hospital / "study.yaml", "variable: kps, at_least: 70", "variable: kps, at_least: 100")
    edit(hospital / "study.yaml", "variable: metastases, at_most: 5", "variable: metastases, at_most: 0")
    found = found_in(hospital)
    assert found.stops and "nobody is eligible" in report(found) and "by oligometastatic" in report(found)


def test_what_stood_in_a_cell_is_shown_and_not_filed(hospital):
    edit(hospital / "raw/patients.csv", "see pathology report", "Jane Doe 555-0100")
    found = found_in(hospital)
    assert "Jane Doe" in report(found)
    assert "Jane Doe" not in as_table(found.problems).to_csv()


def test_a_record_number_is_not_even_shown(hospital):
    edit(hospital / "raw/patients.csv", "Record No.", "Record  No.", times=1)
    edit(hospital / "study.yaml", "      birth_date: Date of birth", "      birth_date: Record No.")
    numbers = {line.split(",")[0] for line in (hospital / "raw/patients.csv").read_text().splitlines()[1:] if line}
    text = report(found_in(hospital))
    assert "column Record No." in text
    assert [number for number in numbers if len(number) > 4 and number in text] == []


def test_a_death_that_cannot_be_read_stops_the_run(hospital):
    raw = hospital / "raw/follow_up.csv"
    lines = raw.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    day, cause = (lines[0].split(",").index(name) for name in ("Contact", "Cause of death"))
    dead = [number for number, line in enumerate(lines[1:], 1) if line.split(",")[cause]]
    for number in dead:
        cells = lines[number].split(",")
        lines[number] = ",".join([*cells[:day], "in May", *cells[day + 1 :]])
    raw.write_text("".join(lines), encoding="utf-8-sig")
    found = found_in(hospital)
    assert found.stops and len(dead) > 10
    assert report(found).count("a death is set aside, and the patient would be alive") > 10


def test_a_day_of_death_beside_the_last_contact_is_read_like_any_other_cell(hospital):
    follow_up = hospital / "raw/follow_up.csv"
    lines = follow_up.read_text(encoding="utf-8").splitlines()
    lines = [f"{lines[0]},Died", f"{lines[1]},some day", *(f"{line}," for line in lines[2:])]
    follow_up.write_text("\n".join(lines), encoding="utf-8")
    edit(hospital / "study.yaml", "cause_of_death: Cause", "death_date: Died\n      cause_of_death: Cause", times=1)
    (problem,) = [one for one in found_in(hospital).problems if one.column == "Died" and one.found]
    assert "not a date in one of the declared formats" in problem.said and problem.line == 2


def test_a_cell_of_a_wide_table_is_named_by_the_heading_under_which_it_stands(tmp_path):
    shutil.copytree("studies/example", tmp_path / "example")
    edit(tmp_path / "example/raw/bestrahlung.csv", ";28,0;", ";28 inch;", "cp1252")
    edit(tmp_path / "example/raw/verlauf.csv", ";09.01.2020;", ";9. Jan;", "cp1252")
    found = check_study(tmp_path / "example/study.yaml", "example")
    assert {one.column for one in found.problems if one.found} == {"L2 GTV mm", "Rezidiv im Feld"}


def test_an_export_of_headings_alone_needs_a_word_on_what_that_means(tmp_path):
    shutil.copytree("studies/example", tmp_path / "example")
    raw, declared = tmp_path / "example/raw/toxizitaet.csv", tmp_path / "example/study.yaml"
    raw.write_text("Pat-Nr;Nebenwirkung;Grad;Beginn\n", encoding="utf-8")
    found = check_study(declared, "example")
    assert found.stops
    assert (
        "declare sources.toxicities.expected: {rows: 0}; if nobody recorded it, sources.toxicities: not collected."
        in (report(found))
    )
    edit(declared, "file: toxizitaet.csv", "file: toxizitaet.csv\n    expected: {rows: 0}")
    assert not check_study(declared, "example").stops


def test_what_cannot_be_read_comes_with_where_to_declare_it(hospital):
    edit(hospital / "raw/follow_up.csv", ",yes,", ",quite,", times=1)
    (problem,) = [one for one in found_in(hospital).problems if one.found == '"quite"']
    assert problem.expected == "Mend it, or declare it under parsing.true_words or parsing.false_words."


def test_a_death_with_a_day_of_its_own_needs_no_last_contact(tmp_path):
    shutil.copytree("studies/example", tmp_path / "example")
    follow_up = tmp_path / "example/raw/verlauf.csv"
    header, *lines = follow_up.read_text(encoding="cp1252").splitlines()
    lines = [f"{line};{line.split(';')[1] if ';verstorben;' in line else ''}" for line in lines]
    text = "\n".join([f"{header};Gestorben", *lines])
    follow_up.write_text(text.replace("002;02.07.2021;verstorben", "002;;verstorben"), encoding="cp1252")
    edit(tmp_path / "example/study.yaml", "cause_of_death: Todes", "death_date: Gestorben, cause_of_death: Todes")
    found = check_study(tmp_path / "example/study.yaml", "example")
    assert [one.said for one in found.problems if "verlauf" in one.file] == [] and not found.stops


def test_a_decision_about_no_record_is_told(hospital):
    edit(hospital / "study.yaml", "eligibility:", "deaths_set_aside: [follow_up.csv:2]\n\neligibility:", times=1)
    found = found_in(hospital)
    assert "deaths_set_aside: no death in follow_up.csv:2 was set aside" in report(found) and not found.stops


def test_the_title_page_is_read_with_all_else(hospital):
    (hospital / "manuscript").mkdir()
    (hospital / "manuscript/title_page.yml").write_text("authors:\nkeywords: [x]\n")
    edit(hospital / "study.yaml", "late_after_days: 90", "late_after_days: ninety")
    text = report(found_in(hospital))
    assert "title_page.yml, line 1: authors: found nothing" in text and "late_after_days" in text


def test_an_export_of_which_no_row_can_be_used_stops_the_run(tmp_path):
    shutil.copytree("studies/example", tmp_path / "example")
    declared, toxicities = tmp_path / "example/study.yaml", tmp_path / "example/raw/toxizitaet.csv"
    edit(toxicities, "\n0", "\nX0", "cp1252", times=1)  # of no patient
    assert not check_study(declared, "example").stops
    edit(toxicities, "\n0", "\nX0", "cp1252")
    found = check_study(declared, "example")
    assert "raw/toxizitaet.csv: none of its rows can be used" in report(found) and found.stops
    dismissed = "dismissed:\n    - {check: export, record: toxicities, reason: of others}"
    edit(declared, "dismissed:", dismissed, times=1)
    assert not check_study(declared, "example").stops


def test_rows_that_contradict_another_row_are_told(tmp_path):
    shutil.copytree("studies/example", tmp_path / "example")
    edit(tmp_path / "example/raw/bestrahlung.csv", ";07.10.2020;", ";07.09.2020;", "cp1252", times=1)
    text = report(check_study(tmp_path / "example/study.yaml", "example"))
    assert "bestrahlung.csv: impossible date: it ends before it starts; 1 row, e.g. row 2" in text
