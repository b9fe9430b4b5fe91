import pytest
from paper_of import DECLARED, paper

from oligomet.audit.claims_reader import parse_claims, read_claims
from oligomet.declarations import ConfigurationError


def test_an_entry_is_expanded_to_single_claims():
    claims = paper(
        {"of": "evaluable", "by": "response", "count": {"CR": 22, "PD": 80, "total": 179}},
        {"endpoint": "OS", "rate": {12: 67.1, 24: 52.6}},
    ).claims
    assert [(claim.group, claim.value) for claim in claims[:3]] == [
        ((("response", "CR"),), 22),
        ((("response", "PD"),), 80),
        ((), 179),
    ]
    assert [(claim.time, claim.value) for claim in claims[3:]] == [(12, 67.1), (24, 52.6)]


def test_a_group_of_patients_can_be_counted_in_lesions():
    claim = paper({"of": {"age": "< 60"}, "in": "lesions", "count": 44}).claims[0]
    assert (claim.population, claim.unit, claim.says) == ("lesions", "lesion", "Number of lesions, Age: < 60")


def test_a_claim_keeps_its_printed_decimals():
    claim = paper({"variable": "age", "mean": "56.0"}).claims[0]
    assert (claim.printed, claim.decimals) == ("56.0", 1)


def test_all_mistakes_are_reported_at_once_in_words():
    entries = [
        {"row": "1", "of": {"age": "< 50"}, "count": "3"},
        {"row": "2", "endpoint": "QoL", "rate": {"12": "50"}},
        {"row": "3", "of": "patients"},
        {"row": "4", "of": "patients", "cuont": "3"},
    ]
    entries += [{"row": "5", "of": "patients", "count": "3.5"}, {"row": "6", "endpoint": "OS", "rate": {"1y": "50"}}]
    with pytest.raises(ConfigurationError) as problems:
        parse_claims({**DECLARED, "claims": {"text": entries}}, "my.yaml")
    said = str(problems.value)
    assert "my.yaml: claims.text.0.of: < 50 is not a level of age (< 60, ≥ 60)" in said
    assert "my.yaml: claims.text.1.endpoint: QoL is not one of the endpoints" in said
    assert "my.yaml: claims.text.2: states nothing" in said
    assert "my.yaml: claims.text.3.cuont: there is no such key" in said
    assert "my.yaml: claims.text.4: '3.5' is no count: that is a whole number" in said
    assert "my.yaml: claims.text.5.rate.1y: not a number of months" in said


WRITTEN = """\
paper: test
title: A test
citation: Nobody
populations:
  patients: {says: patients, unit: patient, part_of: patients}
  lesions: {says: lesions, unit: lesoin}
claims:
  text:
    - {row: 1, of: patients, count: 142}
    - row: 2
      of: patients
      count: -3
      count: 4
    - {row: 3, of: patients, percentage: about a half}
"""


def test_a_mistake_is_told_with_its_line(tmp_path):
    path = tmp_path / "claims.yaml"
    path.write_text(WRITTEN)
    with pytest.raises(ConfigurationError) as problems:
        read_claims(path)
    assert str(problems.value).split("\n") == [
        f"{path}, line 5: populations.patients.part_of: leads back to patients",
        f"{path}, line 6: populations.lesions.unit: should be 'patient' or 'lesion', found 'lesoin'",
        f"{path}, line 13: claims.text.1.count: stands here twice, and only one of them can be meant",
        f"{path}, line 14: claims.text.2: 'about a half' is not a number as printed, "
        "e.g. 14, 69.7, 3.10, < 0.05 or ? where none is given",
    ]
    path.write_text(WRITTEN.replace("lesoin", "lesion").replace("count: 4", "percentage: 4"))
    with pytest.raises(ConfigurationError) as problems:
        read_claims(path)
    said = str(problems.value).split("\n")
    assert said[0] == f"{path}, line 5: populations.patients.part_of: leads back to patients"
    assert said[1] == f"{path}, line 10: claims.text.1: count is -3, and cannot be negative"
    assert said[2].startswith(f"{path}, line 14: claims.text.2: 'about a half' is not a number as printed")


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"populations": {}}, "populations: is empty"),
        ({"populations": {"lesions": {"nested_in": "lesions"}}}, "nested_in: leads back to lesions"),
        ({"endpoints": {"OS": {"same_as": "PFS"}, "PFS": {"same_as": "OS"}}}, "same_as: leads back to OS"),
        (
            {"factors": {"age": {"levels": {"< 60": {"within": "≥ 60"}, "≥ 60": {"within": "< 60"}}}}},
            "leads back to < 60",
        ),
    ],
)
def test_nothing_is_a_part_of_itself(declared, said):
    raw = {**DECLARED, "claims": {"text": [{"row": "1", "of": "patients", "count": "3"}]}}
    for section, names in declared.items():
        raw[section] = {**raw[section], **{k: {**raw[section][k], **v} for k, v in names.items()}} if names else {}
    with pytest.raises(ConfigurationError, match=said):
        parse_claims(raw)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"endpoint": "OS", "hazard_ratio": "0.6"}, "hazard_ratio needs contrast"),
        ({"endpoint": "OS", "p_value": "0.01"}, "p_value needs contrast or factor"),
        ({"of": "patients", "mean": "56"}, "mean needs variable"),
        ({"of": "patients", "rate": "67.1"}, "rate needs endpoint"),
        ({"of": "patients", "text": "RECIST"}, "text needs setting"),
    ],
)
def test_a_number_that_is_of_nothing_is_a_mistake(entry, said):
    with pytest.raises(ConfigurationError, match=f"claims.text.0: {said}"):
        paper(entry)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            {"level": "A vs B"},
            "level: the estimates have group .and reference, the group it is compared with. and grade",
        ),
        ({"group": "<level>"}, "group: write <group> in the place of <level>"),
        ({"grup": "A"}, "grup: not a column of the estimates, which are analysis, endpoint, unit"),
        ({"take": "p"}, "take: p is not a column of the estimates"),
    ],
)
def test_an_answer_names_columns_of_the_estimates(answer, said):
    with pytest.raises(ConfigurationError, match=said):
        paper({"of": "patients", "count": "3", "answer": answer})


def test_a_tolerance_of_no_kind_is_a_mistake():
    claims = {"text": [{"row": "1", "of": "patients", "count": "3"}]}
    with pytest.raises(ConfigurationError, match=r"tolerances\.raet: not one of count, events, at_risk"):
        parse_claims({**DECLARED, "claims": claims, "tolerances": {"raet": "1"}})


def test_numbers_that_are_none_and_names_that_are_double():
    entries = [{"row": "1", "of": "patients", "count": "many"}]
    with pytest.raises(ConfigurationError, match=r"claims.text.0: 'many' is not a number as printed"):
        parse_claims({**DECLARED, "claims": {"text": entries}})
    with pytest.raises(ConfigurationError, match=r"has the id text\.1\.patients\.count like another"):
        parse_claims({**DECLARED, "claims": {"text": [{"row": "1", "of": "patients", "count": "3"}] * 2}})


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ConfigurationError, match="there is no such file"):
        read_claims(tmp_path / "claims.yaml")
    (tmp_path / "claims.yaml").write_text("- just\n- a list\n")
    with pytest.raises(ConfigurationError, match="expected 'name: value' lines, found list"):
        read_claims(tmp_path / "claims.yaml")


def test_the_value_that_is_said_most_often_counts():
    said = paper(
        {"of": "patients", "count": 142},
        other=[{"of": "patients", "count": 142}],
        table=[{"of": "patients", "count": 1}],
    )
    assert said.counted(("patients", ())).value == 142
