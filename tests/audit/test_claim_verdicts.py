import datetime as dt
from types import SimpleNamespace

import pandas as pd
import pytest
from paper_of import DECLARED, paper

from oligomet.audit.claim_verdicts import judge
from oligomet.audit.claims_reader import parse_claims
from oligomet.audit.consistency import run_checks
from oligomet.audit.recomputed_values import question_of
from oligomet.book import Book
from oligomet.schemas import TABLES


def estimates(*rows: dict) -> Book:
    defaults = {"population": "all", "method": "test"}
    return Book(pd.DataFrame([{**defaults, **row} for row in rows], columns=list(TABLES["estimates"])))


def verdict(claims, *rows, study=None):
    return judge(claims, run_checks(claims), estimates(*rows), study).iloc[0]


RATE = {"analysis": "survival", "endpoint": "OS", "unit": "patient", "statistic": "survival", "time_months": 12.0}


@pytest.mark.parametrize(
    ("recomputed", "expected"),
    [(0.67149, "reproduced"), (0.6705, "reproduced"), (0.6800, "within tolerance"), (0.6950, "not reproduced")],
)
def test_what_prints_the_same_is_reproduced(recomputed, expected):
    claims = paper({"endpoint": "OS", "rate": {12: 67.1}, "tolerance": 1.0})
    assert verdict(claims, {**RATE, "estimate": recomputed})["verdict"] == expected


def test_the_difference_is_recomputed_minus_published():
    row = verdict(paper({"endpoint": "OS", "rate": {12: 67.1}}), {**RATE, "estimate": 0.6800})
    assert (row["recomputed"], row["difference"]) == ("68.00", pytest.approx(0.9))


def test_a_rate_without_its_time_cannot_be_tested():
    assert verdict(paper({"endpoint": "OS", "rate": 67.1}))["verdict"] == "not testable"


def test_what_contradicts_itself_is_impossible_whatever_is_recomputed():
    claims = paper({"of": {"arm": "A"}, "percentage": 40.0, "count": 67}, {"of": "patients", "count": 142})
    row = verdict(claims)
    assert row["id"].endswith("count")
    judged = judge(claims, run_checks(claims), estimates()).set_index("kind")["verdict"]
    assert judged["percentage"] == "impossible"


def test_no_estimate_or_an_empty_one():
    claims = paper({"endpoint": "OS", "rate": {12: 67.1}})
    assert verdict(claims)["reason"].endswith("the nearest are; (there are no estimates)")
    of_two_years = verdict(claims, {**RATE, "time_months": 24.0, "estimate": 0.5})
    assert of_two_years["verdict"] == "needs data"
    assert of_two_years["reason"].startswith("no estimate answers analysis survival, endpoint OS, unit patient")
    assert of_two_years["reason"].endswith(
        "the nearest are; analysis survival, endpoint OS, unit patient, population all, statistic survival, "
        "time_months 24, method test"
    )
    row = verdict(claims, {**RATE, "reason": "nobody followed to 12"})
    assert (row["verdict"], row["reason"]) == ("not reproduced", "nobody followed to 12")


def test_settings_are_answered_by_the_study():
    study = SimpleNamespace(data_cut=dt.date(2021, 12, 30), toxicity=SimpleNamespace(scale="CTCAE 4.0"))
    date = paper({"setting": "data_cut", "date": "2021-12-30", "answer": {"study": "data_cut"}})
    assert verdict(date, study=study)["verdict"] == "reproduced"
    scale = paper({"setting": "scale", "text": "RTOG", "answer": {"study": "toxicity.scale"}})
    row = verdict(scale, study=study)
    assert (row["verdict"], row["reason"]) == ("not reproduced", "the study declares CTCAE 4.0")


def wanted(entry):
    claims = paper(entry)
    found, column, factor = question_of(claims.claims[0], claims)
    return {key: value for key, value in found.items() if value is not None}, column, factor


def test_which_estimate_answers_a_claim():
    assert wanted({"of": {"age": "< 60"}, "percentage": 64.1}) == (
        {
            "analysis": "description", "unit": "patient", "population": "all", "factor": "age", "group": "< 60",
            "statistic": "proportion",
        },
        "estimate", 100.0,
    )  # fmt: skip
    contrast = {"factor": "arm", "level": "A", "reference": "B"}
    assert wanted({"endpoint": "OS", "model": "multivariable", "contrast": contrast, "low": 0.405}) == (
        {
            "analysis": "cox_multivariable", "endpoint": "OS", "unit": "patient", "population": "all", "factor": "arm",
            "group": "A", "reference": "B", "statistic": "hazard_ratio",
        },
        "conf_low", 1.0,
    )  # fmt: skip
    override = {
        "endpoint": "OS",
        "factor": "arm",
        "p_value": 0.01,
        "answer": {"analysis": "cox_univariable", "take": "p_value"},
    }
    assert wanted(override)[0]["analysis"] == "cox_univariable"


def test_groups_may_have_any_name():
    names = {"1 vs more": {"at_most": "1"}, "a; b = c": {"at_least": "2"}}
    claims = parse_claims(
        {
            **DECLARED,
            "factors": {"count": {"says": "Lesions", "of": "patients", "levels": names}},
            "endpoints": {"OS": DECLARED["endpoints"]["OS"]},
            "claims": {
                "text": [
                    {"row": "1", "of": {"count": "a; b = c"}, "count": "75"},
                    {"row": "2", "endpoint": "OS", "hazard_ratio": "0.60",
                     "contrast": {"factor": "count", "level": "1 vs more", "reference": "a; b = c"}},
                ]
            },
        }
    )  # fmt: skip
    count = {"analysis": "description", "unit": "patient", "factor": "count", "group": "a; b = c", "events": 75}
    ratio = {"analysis": "cox_univariable", "endpoint": "OS", "unit": "patient", "factor": "count", "estimate": 0.6}
    contrast = {"group": "1 vs more", "reference": "a; b = c", "statistic": "hazard_ratio"}
    book = estimates({**count, "statistic": "proportion"}, {**ratio, **contrast})
    assert list(judge(claims, run_checks(claims), book)["verdict"]) == ["reproduced", "reproduced"]
