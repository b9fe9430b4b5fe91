"""What published papers print and is right, though a simple check would cry out; and what is wrong, close beside it."""

import pytest
from paper_of import DECLARED, found, paper, text, verdicts

from oligomet.audit.claims_reader import parse_claims
from oligomet.audit.consistency import run_checks


def graver(of) -> list[str]:
    findings = run_checks(of)
    return findings.loc[findings["severity"] != "sound", "says"].to_list()


def per_unit(**more):
    ratio = {"hazard_ratio": "1.02", "low": "1.01", "high": "1.03", "p_value": "< 0.001", "model": "multivariable"}
    return {"endpoint": "OS", "variable": "age", "per": 1, **ratio, **more}


def test_a_hazard_ratio_per_year_takes_no_impossible_number_of_events():
    patients, age = {"of": "patients", "count": 142}, {"variable": "age", "minimum": 21, "maximum": 79}
    assert graver(paper(patients, age, per_unit())) == []
    assert "Hazard ratio, Age per 1, Overall survival" in [claim.says for claim in paper(per_unit()).claims]
    assert verdicts(paper(patients, age, per_unit(p_value="0.50")), "wald_p") == ["inconsistent"]
    narrow = found(paper(patients, {"variable": "age", "minimum": 50, "maximum": 53}, per_unit()), "events")
    assert list(narrow["severity"]) == ["impossible"]  # three years apart at most: nobody's age can say so much


def test_a_list_need_not_name_all_levels():
    some = [{"of": "evaluable", "count": 179}, {"of": "evaluable", "by": "response", "count": {"CR": 22, "PR": 39}}]
    assert graver(paper(*some)) == []
    grades = {"says": "Grade", "of": "patients", "levels": {"3": {}, "4": {}}}
    entries = [{"of": "patients", "count": 142}, {"of": "patients", "by": "grade", "count": {"3": 9, "4": 2}}]

    def with_grades(**more):
        return parse_claims(
            {
                **DECLARED,
                "factors": {**DECLARED["factors"], "grade": {**grades, **more}},
                "claims": {"text": [text({"row": n, **entry}) for n, entry in enumerate(entries)]},
            }
        )

    assert graver(with_grades(partial="true")) == []
    assert "131 missing" in graver(with_grades())[0]
    entries[1]["count"] = {"3": 140, "4": 5}
    assert "3 too many" in graver(with_grades(partial="true"))[0]


def test_percentages_may_be_of_those_whose_value_is_known():
    def arms(**more):
        return [
            {"of": "patients", "count": 100},
            {"of": {"arm": "A"}, "count": 45, "percentage": "60"},
            {"of": {"arm": "B"}, "count": 30, "percentage": "40", **more},
        ]

    assert graver(paper(*arms())) == []
    assert len(graver(paper(*arms(percentage="30")))) == 2  # of 75 or of 100, but not of both
    unknown = [
        {"of": {"histology": "epithelial"}, "count": 90, "percentage": "90.0"},
        {"of": {"histology": "unknown"}, "count": 10, "percentage": "10.0"},
    ]
    raw = {**DECLARED["factors"]["histology"], "levels": {"epithelial": {}, "unknown": {}}}
    claims = [text({"row": n, **entry}) for n, entry in enumerate([*arms(), *unknown])]
    one_table = parse_claims(
        {**DECLARED, "factors": {**DECLARED["factors"], "histology": raw}, "claims": {"t": claims}}
    )
    assert len(graver(one_table)) == 3  # a table that counts the unknown of one factor among all does so of another


@pytest.mark.parametrize(
    ("stated", "expected"), [(None, "ambiguous"), ("90", "sound"), ("95", "inconsistent"), ("0.9", "sound")]
)
def test_an_interval_of_another_confidence(stated, expected):
    ratio = {"hazard_ratio": "0.598", "low": "0.431", "high": "0.829", "p_value": "0.010"}  # of 90 %
    entry = {"endpoint": "OS", "contrast": {"factor": "arm", "level": "A", "reference": "B"}, **ratio}
    level = [{"setting": "confidence_level", "value": stated}] if stated else []
    assert verdicts(paper(*level, entry), "wald_p") == [expected]
    assert verdicts(paper({**entry, "confidence": 90}), "wald_p") == ["sound"]


def test_groups_limit_how_narrow_an_interval_can_be():
    contrast = {"factor": "arm", "level": "A", "reference": "B"}
    ratio = {"endpoint": "OS", "contrast": contrast, "hazard_ratio": "0.600", "low": "0.400", "high": "0.900"}
    even = [{"of": "patients", "count": 142}, {"of": {"arm": "A"}, "count": 71}, {"of": {"arm": "B"}, "count": 71}]
    assert verdicts(paper(*even, ratio), "events") == ["sound"]
    small = [{"of": "patients", "count": 142}, {"of": {"arm": "A"}, "count": 20}, {"of": {"arm": "B"}, "count": 122}]
    finding = found(paper(*small, ratio), "events").iloc[0]
    assert finding["severity"] == "impossible"
    assert "at least 0.241" in finding["says"]


def test_an_endpoint_with_more_kinds_of_events_is_not_the_better_one():
    endpoints = {**DECLARED["endpoints"], "PFS": {"says": "PFS", "of": "patients", "events": ["death", "local"]}}

    def with_rates(pfs, overall):
        entries = [
            {"of": "patients", "count": "142"}, {"endpoint": "PFS", "rate": {"24": pfs}, "median": "9"},
            {"endpoint": "OS", "rate": {"24": overall}, "median": "10"},
        ]  # fmt: skip
        claims = [text({"row": n, **entry}) for n, entry in enumerate(entries)]
        return parse_claims({**DECLARED, "endpoints": endpoints, "claims": {"text": claims}})

    assert graver(with_rates("40.0", "45.0")) == []
    assert verdicts(with_rates("52.0", "45.0"), "endpoints") == ["inconsistent"]
    assert verdicts(paper({"endpoint": "OS", "median": 8}, {"endpoint": "PFS", "median": 12}), "endpoints") == []


def test_rates_that_hardly_differ_give_no_tiny_p():
    def of(p, *rates):
        arms = [{"endpoint": "OS", "of": {"arm": arm}, "rate": rate} for arm, rate in zip("AB", rates, strict=True)]
        test = {"endpoint": "OS", "factor": "arm", "test": "log-rank", "p_value": p}
        counts = [{"of": {"arm": arm}, "count": 71} for arm in "AB"]
        return verdicts(paper({"of": "patients", "count": 142}, *counts, *arms, test), "rates_and_logrank")

    assert "inconsistent" in of("0.0001", {12: 80.0, 24: 60.0}, {12: 79.0, 24: 59.0})
    assert "inconsistent" not in of("0.0001", {12: 85.0, 24: 70.0}, {12: 60.0, 24: 40.0})
    assert "inconsistent" not in of("0.30", {12: 80.0, 24: 60.0}, {12: 79.0, 24: 59.0})


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"endpoint": "OS", "factor": "arm", "p_value": "1.2"}, "1.2 is no p value"),
        ({"of": {"arm": "A"}, "count": 150}, "150 cannot be among 142 patients"),
        ({"setting": "accrual_end", "date": "2012-12-30"}, "Accrual start, 2013-01, is after accrual end, 2012-12-30"),
    ],
)
def test_what_no_number_of_its_kind_can_be(entry, said):
    start = {"setting": "accrual_start", "date": "2013-01"}
    assert any(said in says for says in graver(paper({"of": "patients", "count": 142}, start, entry)))


@pytest.mark.parametrize(
    ("total", "count", "percentage", "severity"),
    [
        (43, 2, "4.6", "slip"),  # 4.65: of 43 patients with re-irradiation
        (27, 22, "82", "slip"),  # 81.5: of 27 patients with re-irradiation
        (105, None, "76.7", "inconsistent"),  # 80 are 76.2, 81 are 77.1: of 105 patients, if it is of all
        (142, 75, "58.2", "impossible"),  # 52.8
    ],
)
def test_percentages_that_were_published(total, count, percentage, severity):
    counted = {} if count is None else {"count": count}
    entry = {"of": {"arm": "A"}, "percentage": percentage, **counted}
    assert verdicts(paper({"of": "patients", "count": total}, entry), "percentages") == [severity]
