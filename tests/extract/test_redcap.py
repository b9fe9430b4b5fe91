"""REDCap projects: one row a record and one a repeated instrument, choices by code, a checkbox in columns."""

import csv
import io
import re

import pytest
import yaml
from exports import STUDY, cells, extract, problems, source

from oligomet.cohort.parse import parse_column
from oligomet.extract.redcap import DICTIONARY, REPEATS, make_dictionary, registry_sources
from oligomet.schemas import SOURCES
from oligomet.source_declarations import Source

FIELDS = [
    ["record_id", "demographics", "", "text", "Record ID", ""],
    ["name", "demographics", "", "text", "Name", ""],
    ["figo", "demographics", "", "radio", "FIGO", "1, I | 2, II | 3, III"],
    ["feasible", "demographics", "", "yesno", "Surgery feasible", ""],
    ["treated", "demographics", "", "checkbox", "Before", "1, surgery | A2, chemotherapy | 3, radiotherapy, other"],
    ["site", "lesions", "", "dropdown", "Site", "1, Liver | 2, 骨"],
    ["gtv", "lesions", "", "text", "GTV", ""],
    ["scan", "follow_up", "", "text", "Scan", ""],
]
BOXES = "treated___1,treated___a2,treated___3"
EXPORT = f"""record_id,{REPEATS},redcap_repeat_instance,name,figo,feasible,{BOXES},site,gtv,scan
001,,,A,3,0,1,0,1,,,
001,lesions,1,,,,,,,1,2.4,
001,lesions,2,,,,,,,2,,
002,,,B,7,1,0,0,0,,,
002,follow_up,1,,,,,,,,,2019-01-01
003,,,C,,,0,0,0,,,
"""
PATIENTS = {"patient_id": "record_id", "figo_stage": "figo", "feasible": "feasible", "treated": "treated"}
LESIONS = {"patient_id": "record_id", "lesion_number": "redcap_repeat_instance", "site": "site", "gtv": "gtv"}


@pytest.fixture
def project(tmp_path):
    with (tmp_path / "dictionary.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([DICTIONARY, *([*field, *[""] * 12] for field in FIELDS)])
    (tmp_path / "export.csv").write_text(EXPORT, encoding="utf-8")
    return tmp_path


def redcap(file="export.csv", **parts):
    return source(file, format="redcap", **{"dictionary": "dictionary.csv", **parts})


def test_records_with_their_choices_in_words(project):
    rows = extract(project, patients=redcap(columns=PATIENTS))["patients"]
    assert cells(rows, *PATIENTS, "row") == [
        ["001", "III", "No", "surgery; radiotherapy, other", 2],
        ["002", "7", "Yes", "", 5],  # no choice of the dictionary: for the cohort to judge
    ]
    as_codes = extract(project, patients=redcap(columns=PATIENTS | {"treated": "treated___3"}, value_labels=False))
    assert cells(as_codes["patients"], *PATIENTS)[0] == ["001", "3", "0", "1"]


def test_repeated_instruments(project):
    rows = extract(project, lesions=redcap(instrument="lesions", columns=LESIONS))["lesions"]
    assert cells(rows, *LESIONS, "row", "sheet") == [
        ["001", "1", "Liver", "2.4", 3, "lesions"],
        ["001", "2", "骨", "", 4, "lesions"],
    ]


def test_an_export_with_labels_reads_the_same(project):
    labelled = EXPORT.replace(",lesions,", ",Lesions,").replace(",1,2.4,", ",Liver,2.4,").replace(",2,,\n", ",骨,,\n")
    (project / "labels.csv").write_text(labelled, encoding="utf-8")
    rows = extract(project, lesions=redcap("labels.csv", instrument="lesions", columns=LESIONS))["lesions"]
    assert cells(rows, "site", "gtv") == [["Liver", "2.4"], ["骨", ""]]


def test_what_keeps_a_project_from_being_read(project):
    (project / "no.csv").write_text("a,b\n1,2\n")
    (project / "ragged.csv").write_text(",".join(DICTIONARY) + "\n1\n")
    said = problems(
        project,
        patients=redcap(dictionary="none.csv"),
        plans=redcap(dictionary="no.csv"),
        lesions=redcap(instrument="plans"),
        therapies=redcap(columns={"patient_id": "record_id", "drug": "drugs"}),
        surgeries=redcap(dictionary="ragged.csv"),
    )
    assert "export.csv: there is no dictionary none.csv." in said
    assert "export.csv: dictionary no.csv: column 'Variable / Field Name', 'Form Name', 'Field Type'" in said
    assert "export.csv: dictionary ragged.csv: row 2 has 1 cells, the header 20." in said
    assert "export.csv[plans]: there is no instrument 'plans' in the dictionary; it has demographics, lesions" in said
    assert "column 'drugs' (sources.therapies.columns.drug) is missing." in said


def test_the_columns_of_a_checkbox_are_those_that_redcap_makes_of_any_code(project):
    fields = [FIELDS[0], ["where", "demographics", "", "checkbox", "Where", "-1, none | para aortic, nodes | C, liver"]]
    with (project / "dictionary.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([DICTIONARY, *([*field, *[""] * 12] for field in fields)])
    (project / "boxes.csv").write_text("record_id,where____1,where___para_aortic,where___c\n1,0,1,1\n2,1,0,0\n")
    rows = extract(project, lesions=redcap("boxes.csv", columns={"patient_id": "record_id", "site": "where"}))
    assert cells(rows["lesions"], "site") == [["nodes; liver"], ["none"]]


def site_words(*words):
    return {**STUDY.terms, "site": {word: [] for word in words}}


@pytest.mark.parametrize("terms", [STUDY.terms, site_words("liver", "para-aortic node", "< 3", "≥ 3")])
def test_a_registry_set_up_by_our_dictionary_gives_back_what_was_typed_into_it(tmp_path, terms):
    dictionary = make_dictionary(SOURCES, terms)
    (tmp_path / "dictionary.csv").write_text(dictionary, encoding="utf-8")
    fields = list(csv.DictReader(io.StringIO(dictionary)))
    names = [field["Variable / Field Name"] for field in fields]
    assert len(set(names)) == len(names) == 1 + sum(len(columns) - 1 for columns in SOURCES.values())
    assert all(re.fullmatch("[a-z][a-z0-9_]{0,99}", name) for name in names)  # as REDCap wants them

    def answer(field):
        kind, choices = field["Field Type"], field["Choices, Calculations, OR Slider Labels"]
        if kind == "radio":
            assert all(re.fullmatch("[A-Za-z0-9_]+", one.partition(",")[0]) for one in choices.split(" | "))
            return choices.split(" | ")[-1].partition(",")[0]
        if kind == "yesno":
            return "1"
        validation = field["Text Validation Type OR Show Slider Number"]
        return {"date_ymd": "2019-03-05", "": "words"}.get(validation) or field["Text Validation Max"] or "3"

    answers = {field["Variable / Field Name"]: answer(field) for field in fields[1:]}
    header = ["record_id", "redcap_repeat_instrument", "redcap_repeat_instance", *answers]
    rows = [
        ["007", "" if role == "patients" else role, "" if role == "patients" else "1"]
        + [
            value if field["Form Name"] == role else ""
            for field, value in zip(fields[1:], answers.values(), strict=True)
        ]
        for role in SOURCES
    ]
    with (tmp_path / "registry.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])

    keys = {role: source.key for role, source in STUDY.sources.items()}
    declared = yaml.safe_load(yaml.safe_dump(registry_sources(SOURCES, keys, terms)))
    sources = {role: Source.model_validate(entry) for role, entry in declared.items()}
    study = STUDY.model_copy(update={"sources": sources, "terms": terms})
    for role, frame in extract(tmp_path, **sources).items():
        assert len(frame) == 1
        for name in SOURCES[role]:
            values, findings = parse_column(frame[name], role, name, study)
            assert findings.empty, (role, name, findings)
            assert values.notna().all()
