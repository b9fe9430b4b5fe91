"""Variables, coded responses and units as people mistype them: each mistake in words, with what may be meant."""

from pathlib import Path

import pytest
import yaml

from oligomet.study import declared_in
from oligomet.validate.problems import told

SHIPPED = Path("studies/pumch2022/study.yaml")


@pytest.fixture
def said(tmp_path):
    def read(variables: str = "{}", **sections) -> str:
        declared = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
        for name, changed in sections.items():
            declared[name] = {**declared[name], **changed}
        declared = {**declared, "variables": yaml.safe_load(variables)}
        file = tmp_path / "study.yaml"
        file.write_text(yaml.safe_dump(declared, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return told(declared_in(file)[1]).replace(f"{file}, ", "")

    return read


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a: {of: patients, label: A}", "variables.a.kind: this must be declared\n  Expected one of number, category"),
        ("a: {of: patient, kind: flag, label: A}", 'variables.a.of: found "patient"\n'),
        ("a: {of: patients, kind: flags, label: A}", "Did you mean flag?"),
        ("a: {of: patients, kind: flag}", "variables.a.label: this must be declared"),
        ("a: {of: patients, kind: flag, label: A, levels: [x]}", "levels is of a category; this is a flag"),
        ("a: {of: patients, kind: category, label: A}", "variables.a.levels: expected the levels"),
        ("a: {of: patients, kind: category, label: A, levels: {x: '('}}", "'(' is not a regular expression"),
        ("a: {of: patients, kind: code, label: A}", "a code needs pattern"),
        ("kps: {of: patients, kind: number, label: A}", "variables.kps: the name is taken"),
        ("site: {of: patients, kind: category, label: A, levels: [x]}", "variables.site: the name is taken"),
        ("technique: {of: patients, kind: category, label: A, levels: [x]}", "terms.technique says otherwise"),
        ("my-own: {of: patients, kind: flag, label: A}", "a name is of letters, digits and _"),
        ("a: {of: patients, any_of: [surgery, kps], label: A}", "variables.a.any_of: expected flags; kps is a number"),
        ("a: {of: patients, any_of: [surgry], label: A}", "surgry is no variable of patients, or is declared"),
        ("a: {of: patients, sum: [metastases, figo_stage], label: A}", "expected numbers; figo_stage is a category"),
        ("a: {of: lesions, sum: [kps], label: A}", "kps is no variable of lesions"),
        ("a: {of: patients, between: [screening_date], unit: days, label: A}", "expected two dates"),
        ("a: {of: patients, between: [screening_date, radiotherapy_start], label: A}", "unit: days, months or years"),
        ("a: {of: patients, between: [kps, screening_date], unit: days, label: A}", "expected dates; kps is a number"),
        ("a: {of: patients, cut: kps, label: A}", "expected cut: the variable and at: the limits"),
        ("a: {of: patients, cut: kps, at: [80, 70], label: A}", "at: expected limits in rising order"),
        ("a: {of: patients, cut: kps, at: [80], levels: [x], label: A}", "levels: expected 2"),
        ("a: {of: patients, cut: kps, at: [80], sum: [kps], label: A}", "expected one of column, any_of, sum"),
        ("a: {of: patients, kind: number, sum: [kps], unit: x, column: B, label: A}", "expected one of column, any_of"),
        ("a: {of: patients, kind: flag, sum: [kps], label: A}", "sum gives a number, and kind says flag"),
        ("a: {of: measurements, any_of: [seen], label: A}", "expected of: patients or lesions for what is derived"),
        ("a: {of: patients, cut: b, at: [1], label: A}\nb: {of: patients, sum: [kps], label: B}", "declared after"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_in_words(said, line, words):
    text = said(line)
    assert words in text
    assert "pydantic" not in text and "sources.patients.columns: a is" not in text


def test_a_misspelt_variable_is_told_with_the_one_that_may_be_meant(said):
    own = "ca125: {of: patients, kind: number, label: CA-125}"
    text = said(own, factors={"x": {"label": "X", "variable": "ca15", "groups": {"any": {"at_least": 0}}}})
    assert "factors.x.variable: ca15 is no column" in text and "Did you mean ca125?" in text


def test_groups_of_ones_own_are_held_against_their_levels(said):
    own = "brca: {of: patients, kind: category, label: BRCA, levels: [mutated, wild type]}"
    groups = {"label": "X", "variable": "brca", "groups": {"yes": {"is": "mutate"}, "no": {"is": "wild type"}}}
    text = said(own, factors={"x": groups})
    assert 'factors.x.groups.yes.is: "mutate" is no word of terms.brca. Did you mean mutated?' in text


def test_a_table_of_lesions_has_no_factor_of_patients(said):
    own = "brca: {of: patients, kind: category, label: BRCA, levels: [mutated, wild type]}"
    tables = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))["tables"]
    tables["table2"]["factors"].append("brca")
    assert "tables.table2.factors: brca is no factor of a lesion" in said(own, tables=tables)
    tables["table2"]["factors"].remove("brca")
    tables["table1"]["factors"].append("brca")
    assert said(own, tables=tables) == ""


@pytest.mark.parametrize(
    ("variables", "response", "words"),
    [
        ("{}", {"coded": "code"}, "response.coded: code is no variable of lesions or measurements"),
        ("codes: {of: lesions, kind: flag, label: A}", {"coded": "code"}, "Did you mean codes?"),
        ("code: {of: lesions, kind: flag, label: A}", {"coded": "code"}, "expected a category with levels of CR"),
        ("code: {of: lesions, kind: category, label: A, levels: [CR, none]}", {"coded": "code"}, "expected a category"),
        ("code: {of: patients, kind: category, label: A, levels: [CR, PD]}", {"coded": "code"}, "no variable of les"),
        (
            "code: {of: measurements, kind: category, label: A, levels: [CR, PD]}",
            {"coded": "code", "coded_best": "code"},
            "response.coded_best: expected a variable of lesions",
        ),
        ("code: {of: lesions, kind: category, label: A, levels: [CR, PD]}", {"coded_best": "code"}, "response.coded,"),
        (
            "code: {of: lesions, kind: category, label: A, levels: [CR, PD]}",
            {"coded": "code"},
            "endpoints.LRFS: lesion_progression has no day",
        ),
    ],
)  # fmt: skip
def test_a_coded_response_has_to_be_a_code(said, variables, response, words):
    assert words in said(variables, response=response)


def test_a_heading_that_names_another_unit_stops_until_one_is_declared(said):
    sources = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))["sources"]
    lesions = {**sources["lesions"], "columns": {**sources["lesions"]["columns"], "gtv_diameter_cm": "GTV (mm)"}}
    text = said(sources={"lesions": lesions})
    assert (
        "sources.lesions.columns.gtv_diameter_cm: the heading GTV (mm) says mm, and without a declared unit it is cm"
        in text
    )
    lesions["columns"]["gtv_diameter_cm"] = {"header": "GTV (mm)", "unit": "mm"}
    assert said(sources={"lesions": lesions}) == ""
    lesions["columns"]["gtv_diameter_cm"] = {"header": "GTV", "unit": "Gy"}
    assert "Gy is no unit of largest diameter of the GTV on planning CT; expected mm or cm" in said(
        sources={"lesions": lesions}
    )


def test_response_factors_need_a_landmark(said):
    text = said(robustness={"landmarks_months": []})
    assert "robustness: landmarks_months: expected at least one month: disease_control" in text
    assert "response_factors" in text
    assert said(robustness={"landmarks_months": [-3]}).startswith("line")
