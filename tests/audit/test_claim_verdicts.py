import datetime as dt
from types import SimpleNamespace

import pandas as pd
import pytest
from paper_of import paper

from oligomet.audit.claim_verdicts import judge
from oligomet.audit.consistency import run_checks
from oligomet.audit.recomputed_values import row_criteria
from oligomet.schemas import TABLES, conform


def estimates(*rows: dict) -> pd.DataFrame:
    defaults = {"population": "all", "method": "test"}
    return conform(
        pd.DataFrame([{**defaults, **row} for row in rows], columns=list(TABLES["estimates"])), TABLES["estimates"]
    )


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
    assert verdict(claims)["reason"] == "no estimates answer it"
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
    found, column, factor = row_criteria(claims.claims[0], claims)
    return {key: value for key, value in found.items() if value is not None}, column, factor


def test_which_estimate_answers_a_claim():
    assert wanted({"of": {"age": "< 60"}, "percentage": 64.1}) == (
        {
            "analysis": "description", "unit": "patient", "population": "all", "factor": "age", "level": "< 60",
            "statistic": "proportion",
        },
        "estimate", 100.0,
    )  # fmt: skip
    contrast = {"factor": "arm", "level": "A", "reference": "B"}
    assert wanted({"endpoint": "OS", "model": "multivariable", "contrast": contrast, "low": 0.405}) == (
        {
            "analysis": "cox_multivariable", "endpoint": "OS", "unit": "patient", "population": "all", "factor": "arm",
            "level": "A vs B", "statistic": "hazard_ratio",
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
