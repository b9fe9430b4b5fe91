"""Columns of percentages, two tables of one class, rows that repeat others, doses of two levels, one time."""

import pytest
from paper_of import DECLARED, found, paper, text, verdicts

from oligomet.audit.claims_reader import parse_claims
from oligomet.audit.consistency import run_checks


def declared(**sections):
    """A paper whose declarations are changed section by section, with these entries."""
    entries = sections.pop("entries")
    changed = {name: {**DECLARED[name], **more} for name, more in sections.items()}
    numbered = [text({"row": n, **entry}) for n, entry in enumerate(entries)]
    return parse_claims({**DECLARED, **changed, "claims": {"text": numbered}})


@pytest.mark.parametrize(
    ("percentages", "verdict"),
    [((20, 30, 40, 10), "sound"), ((20.1, 30.2, 39.8, 9.8), "sound"), ((20, 30, 40, 16), "impossible"),
     ((20, 30, 40, 3), "inconsistent"), ((20, 30, 40), None)],
)  # fmt: skip
def test_a_column_of_percentages_adds_up(percentages, verdict):
    levels = ("CR", "PR", "SD", "PD")
    entries = [
        {"of": {"response": level}, "percentage": each} for level, each in zip(levels, percentages, strict=False)
    ]
    assert verdicts(paper(*entries), "columns") == [verdict] * (verdict is not None)


def test_parts_of_a_level_add_up_to_it():
    shares = {"epithelial": 80, "serous": 60, "clear cell": 30, "other": 20}
    entries = [{"of": {"histology": level}, "percentage": each} for level, each in shares.items()]
    findings = found(paper(*entries), "columns")
    assert findings["says"].tolist() == ["60 + 30 = 90%, not 80%.", "80 + 20 = 100%."]


@pytest.mark.parametrize(("lesions", "verdict"), [(67, "sound"), (60, "inconsistent"), (70, "impossible")])
def test_patients_with_one_lesion_have_as_many_lesions(lesions, verdict):
    of = [{"of": {"count": "1"}, "count": 67}, {"of": {"count": "1"}, "in": "lesions", "count": lesions}]
    assert verdicts(paper(*of), "classes_of_both") == [verdict]


def row(level, **printed):
    contrast = {"factor": level[0], "level": level[1], "reference": level[2]}
    return {"endpoint": "OS", "contrast": contrast, "model": "univariable", **printed}


def test_a_row_that_repeats_anothers_numbers():
    numbers = {"hazard_ratio": "0.598", "low": "0.405", "high": "0.884"}
    arm, age = row(("arm", "A", "B"), **numbers), row(("age", "< 60", "≥ 60"), **numbers)
    assert verdicts(paper(arm, age), "repeated_rows") == ["inconsistent"]
    other = row(("age", "< 60", "≥ 60"), **{**numbers, "high": "0.883"})
    assert verdicts(paper(arm, other), "repeated_rows") == []
    assert verdicts(paper(arm, Abstract=[arm]), "repeated_rows") == []  # the same, told again


LEVELS = {
    "outer": {"says": "Dose to the outer volume", "of": "lesions"},
    "inner": {"says": "Dose to the inner volume", "of": "lesions"},
    "bed": {**DECLARED["variables"]["bed"], "dose": ["outer", "inner"]},
}
PLAN = [
    {"variable": "fraction", "minimum": 1.8, "maximum": 8}, {"variable": "fractions", "minimum": 5, "maximum": 28},
    {"variable": "outer", "minimum": 24, "maximum": 50}, {"variable": "inner", "minimum": 40, "maximum": 60},
]  # fmt: skip


@pytest.mark.parametrize(
    ("bed", "pooled"), [({"minimum": 28, "maximum": 105}, True), ({"minimum": 50, "maximum": 105}, False)]
)
def test_two_prescription_levels_are_not_one_variable(bed, pooled):
    findings = run_checks(declared(variables=LEVELS, entries=[*PLAN, {"variable": "bed", **bed}]))
    said = findings.loc[(findings["check"] == "doses") & (findings["severity"] == "ambiguous"), "says"]
    assert list(said.str.contains("two prescription levels are pooled")) == [True] * pooled


def test_fractions_times_dose_of_a_group():
    def plan(high):
        group = {"of": {"arm": "A"}, "in": "lesions"}
        doses = {"fraction": (6, 8), "fractions": (5, 5), "dose": (30, high)}
        entries = [{**group, "variable": v, "minimum": low, "maximum": top} for v, (low, top) in doses.items()]
        return verdicts(paper(*entries), "fractions_and_doses")

    assert plan(40) == ["sound", "sound"]
    assert plan(50) == ["impossible", "sound"]


def test_pairs_that_fit_a_time_each_but_not_together():
    whole = {"endpoint": "OS", "rate": {12: 70, 24: 55, 60: 30}}
    sizes = [{"of": "patients", "count": 142}, {"of": {"arm": "A"}, "count": 71}, {"of": {"arm": "B"}, "count": 71},
             {"of": {"age": "< 60"}, "count": 71}, {"of": {"age": "≥ 60"}, "count": 71}]  # fmt: skip

    def column(first, second):
        pairs = [({"arm": "A"}, first + 5), ({"arm": "B"}, first - 5), ({"age": "< 60"}, second + 5),
                 ({"age": "≥ 60"}, second - 5)]  # fmt: skip
        entries = [{"endpoint": "OS", "of": of, "rate": rate} for of, rate in pairs]
        return verdicts(paper(*sizes, whole, *entries), "one_time")

    assert column(62, 64) == ["sound"]
    assert column(85, 40) == ["inconsistent"]  # before a year, and after two


@pytest.mark.parametrize(("logrank", "verdict"), [("0.012", "sound"), ("0.03", "sound"), ("0.35", "inconsistent")])
def test_a_log_rank_test_and_the_cox_model_of_the_same_groups(logrank, verdict):
    ratio = row(("arm", "A", "B"), hazard_ratio="0.60", low="0.40", high="0.90", p_value="0.013")
    test = {"endpoint": "OS", "factor": "arm", "test": "log-rank", "p_value": logrank}
    assert verdicts(paper(ratio, test), "logrank_and_cox") == [verdict]


@pytest.mark.parametrize(
    ("logrank", "verdict"), [("0.11", "sound"), ("0.001", "inconsistent"), ("0.8", "inconsistent")]
)
def test_a_log_rank_test_and_a_hazard_ratio_without_a_p_of_its_own(logrank, verdict):
    ratio = row(("arm", "A", "B"), hazard_ratio="0.60", low="0.40", high="0.90", confidence=80)
    test = {"endpoint": "OS", "factor": "arm", "test": "log-rank", "p_value": logrank}
    assert verdicts(paper(ratio, test), "logrank_and_cox") == [verdict]
