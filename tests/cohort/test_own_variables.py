"""Columns that only this hospital has, and what is derived from them: from the cell to the outcomes."""

from pathlib import Path

import pandas as pd
import pytest
import yaml
from ward import STUDY, build, imaging, lesion, patient, said

from all_outcomes import derive_outcomes
from oligomet.cohort.parse import parse_column
from oligomet.declarations import Months
from oligomet.estimates.descriptive import estimate_descriptive
from oligomet.schemas import validate
from oligomet.study import read_study
from oligomet.tables import read, write
from oligomet.variables import add_derived, columns_of

SHIPPED = Path("studies/pumch2022/study.yaml")
OURS = """
brca: {of: patients, column: BRCA status, kind: category, label: BRCA, levels: {Mutated: [mut.*, "1"], Wild type: wt}}
grade: {of: patients, kind: category, label: Grade, levels: [low, high]}
ascites: {of: patients, kind: flag, label: Ascites}
effusion: {of: patients, kind: flag, label: Pleural effusion}
ca125: {of: patients, kind: number, unit: U/ml, label: CA-125, at_least: 0}
biopsy_date: {of: patients, kind: date, label: Biopsy}
icd: {of: patients, kind: code, pattern: 'C\\d\\d(\\.\\d)?', label: ICD-10}
margin: {of: lesions, kind: number, unit: mm, label: Margin}
fluid: {of: patients, any_of: [ascites, effusion], label: Ascites or effusion}
tumours: {of: patients, sum: [metastases, ca125], label: A sum}
wait: {of: patients, between: [biopsy_date, radiotherapy_start], unit: days, label: Wait}
wait_months: {of: patients, between: [biopsy_date, radiotherapy_start], unit: months, label: Wait in months}
ca125_group: {of: patients, cut: ca125, at: [35, 100], label: CA-125 (U/ml)}
margin_group: {of: lesions, cut: margin, at: [5], levels: [narrow, wide], label: Margin}
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The study of the ward, with these variables."""
    return declared_with(tmp_path_factory.mktemp("ours"), OURS)


def declared_with(folder, variables: str, **sections):
    declared = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    declared = {**declared, "variables": yaml.safe_load(variables), **sections}
    file = folder / "study.yaml"
    file.write_text(yaml.safe_dump(declared, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return read_study(file)


HERS = dict(
    brca="mutated",
    grade="HIGH",
    ascites="no",
    effusion="yes",
    ca125="35",
    biopsy_date="2016-01-31",
    icd="C56.9",
)


def derived(study, folder, patients, lesions=None):
    """outcomes/patients and outcomes/lesions of these, written and read again."""
    cohort = build(study, patients=patients, lesions=lesions or [lesion(margin="8")])
    made, tables = derive_outcomes(cohort, study), []
    for name in ("patients", "lesions"):
        file = folder / "outcomes" / f"{name}.csv"
        write(made[name], file, variables=study.variables)
        tables.append(read(file, variables=study.variables))
    return *tables, made["responses"]


def test_each_kind_is_read_as_declared_and_stays_to_the_outcomes(study, tmp_path):
    patients, lesions, _ = derived(study, tmp_path, [patient(**HERS)])
    her = patients.iloc[0]
    assert her[["brca", "grade", "icd"]].tolist() == ["Mutated", "high", "C56.9"]
    assert (her["ascites"], her["effusion"], her["ca125"]) == (0, 1, 35)
    assert her["biopsy_date"] == pd.Timestamp("2016-01-31")
    assert lesions["margin"].tolist() == [8]


def test_what_is_derived_is_as_declared(study, tmp_path):
    patients, lesions, _ = derived(study, tmp_path, [patient(**HERS)])
    her = patients.iloc[0]
    assert her["fluid"] == 1
    assert her["tumours"] == 37  # 2 metastases and 35
    assert her["wait"] == 30  # to the first fraction, 2016-03-01
    assert her["wait_months"] == pytest.approx(30 / study.months.days_per_month)
    assert her["ca125_group"] == "35 to < 100"  # a limit belongs to the level above it
    assert lesions["margin_group"].tolist() == ["wide"]


def test_what_is_not_known_is_not_made_up(study, tmp_path):
    patients, _, _ = derived(study, tmp_path, [patient(**HERS | dict.fromkeys(HERS, ""))])
    own = [name for name, one in study.variables.items() if one.of == "patients"]
    assert patients[own].isna().all(axis=None)


@pytest.mark.parametrize(("flags", "expected"), [((0, 0), 0), ((1, None), 1), ((0, None), None), ((None, None), None)])
def test_any_of_is_no_only_if_all_are(study, flags, expected):
    frame = pd.DataFrame({"ascites": [flags[0]], "effusion": [flags[1]]}, dtype="Int64")
    found = add_derived(frame, "patients", study.variables, Months())["fluid"][0]
    assert found == expected if expected is not None else found is pd.NA


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ({"brca": "perhaps"}, "unknown_term"),
        ({"ascites": "some"}, "unknown_term"),
        ({"ca125": "-5"}, "out_of_range"),
        ({"ca125": "35 kU/l"}, "unreadable"),
        ({"biopsy_date": "1950-01-01"}, "impossible_date"),  # before her birth
        ({"icd": "Mrs Smith"}, "unreadable"),
    ],
)
def test_a_cell_that_is_none_is_quarantined_and_its_row_stays(study, cell, kind):
    cohort = build(study, patients=[patient(**HERS | cell)])
    (name,) = cell
    (line,) = said(cohort, "patients")
    assert line == ("patients", 2, study.sources["patients"].columns[name].header, kind, 1)
    assert cohort["patients"][name].isna().all()


@pytest.mark.parametrize(("cell", "mm"), [("8", 8), ("8 mm", 8), ("0.8 cm", 8), ("0.8cm", 8)])
def test_a_unit_in_the_cell_is_that_of_the_cell(study, cell, mm):
    values, found = parse_column(pd.Series([cell]), "lesions", "margin", study)
    assert found.empty and values[0] == mm


def test_rows_that_differ_in_a_variable_are_no_copies(study):
    both = [patient(**HERS, edited=""), patient(**HERS | {"grade": "low"}, edited="")]
    assert {line[3] for line in said(build(study, patients=both), "patients")} == {"inconsistent"}


def test_a_category_and_a_flag_are_factors_by_the_line_alone(study, tmp_path):
    assert study.factors["brca"].levels == ["Mutated", "Wild type"]
    assert study.factors["fluid"].levels == ["Yes", "No"]
    assert study.factors["ca125_group"].levels == ["< 35", "35 to < 100", "≥ 100"]
    assert study.factors["margin_group"].label == "Margin"
    assert "ca125" not in study.factors and "icd" not in study.factors
    patients, lesions, responses = derived(study, tmp_path, [patient(**HERS)])
    rows = validate(estimate_descriptive(patients, lesions, responses, study), "estimates")
    of_brca = rows[(rows["factor"] == "brca") & (rows["population"] == "all")]
    assert dict(zip(of_brca["group"], of_brca["events"], strict=True)) == {"Mutated": 1, "Wild type": 0}


def test_what_factors_says_of_one_stands(tmp_path):
    declared = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    own = {"brca": {"variable": "brca", "groups": "levels", "reference": "Mutated"}}
    study = declared_with(tmp_path, OURS, factors={**declared["factors"], **own})
    assert (study.factors["brca"].label, study.factors["brca"].reference_level) == ("BRCA", "Mutated")


def test_a_rule_may_ask_for_own_and_derived_variables(tmp_path):
    rules = [
        {"id": "no_fluid", "variable": "fluid", "is": 0, "excluded": "fluid"},
        {"id": "low", "variable": "ca125_group", "is_not": "≥ 100", "excluded": "much CA-125"},
    ]
    study = declared_with(tmp_path, OURS, eligibility=rules)
    for cells, rule in (({}, "no_fluid"), ({"effusion": "no", "ca125": "100"}, "low"), ({"effusion": "no"}, None)):
        screened = build(study, patients=[patient(**HERS | cells)])["screened"].iloc[0]
        assert screened["rule"] == rule if rule else screened["eligible"] == 1


def test_dates_of_ones_own_are_shifted_like_others(study):
    moved = study.model_copy(update={"privacy": study.privacy.model_copy(update={"shift_dates_days": 300})})
    plain, shifted = (build(one, patients=[patient(**HERS)])["patients"].iloc[0] for one in (study, moved))
    days = [row["radiotherapy_start"] - row["biopsy_date"] for row in (plain, shifted)]
    assert days[0] == days[1] and plain["biopsy_date"] != shifted["biopsy_date"]


def test_the_schemas_know_nothing_of_them(study):
    assert "brca" not in columns_of("outcomes/patients", STUDY.variables)
    assert set(columns_of("cohort/patients", study.variables)) & {"brca", "fluid"} == {"brca"}
    assert "fluid" in columns_of("outcomes/patients", study.variables)
    assert "brca" not in columns_of("cohort/follow_up", study.variables)


def test_a_column_of_measurements_stays_with_them(tmp_path):
    code = "code: {of: measurements, kind: category, label: Code, levels: [CR, PR, SD, PD, NE]}"
    study = declared_with(tmp_path, code)
    assert build(study, measurements=[imaging(code="pr")])["measurements"]["code"].tolist() == ["PR"]
    assert "code" not in study.factors
