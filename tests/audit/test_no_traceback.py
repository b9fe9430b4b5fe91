"""However damaged a claims file is: it is audited, or refused in words."""

import copy
import math

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paper_of import DECLARED, text

from oligomet.audit.claim_verdicts import judge
from oligomet.audit.claims_reader import parse_claims
from oligomet.audit.consistency import run_checks
from oligomet.audit.page import render_audit
from oligomet.book import Book
from oligomet.declarations import ConfigurationError

WHOLE = [
    {"of": "patients", "count": 142}, {"of": "lesions", "count": 189}, {"of": "evaluable", "count": 179},
    {"of": {"arm": "A"}, "count": 67, "percentage": 47.2}, {"of": {"arm": "B"}, "count": 75, "percentage": 52.8},
    {"of": {"age": "< 60"}, "count": 91}, {"of": {"age": "≥ 60"}, "count": 51},
    {"of": "patients", "by": "count", "count": {"1": 67, "2": 51, "3-5": 24}},
    {"of": "evaluable", "by": "response", "count": {"CR": 22, "PR": 39, "SD": 38, "PD": 80}},
    {"of": {"phase": "acute"}, "count": 25}, {"of": {"phase": "late"}, "count": 20},
    {"of": {"toxicity": "none"}, "count": 98},
    {"variable": "age", "mean": 56, "median": 57, "minimum": 21, "maximum": 79},
    {"variable": "fraction", "minimum": 1.8, "maximum": 8}, {"variable": "fractions", "minimum": 5, "maximum": 28},
    {"variable": "dose", "minimum": 24, "maximum": 60},
    {"variable": "bed", "minimum": 28, "median": 68, "maximum": 115},
    {"variable": "age", "sd": 11.2},
    {"of": "patients", "variable": "age", "factor": "arm", "test": "t", "statistic": 2.2, "df": [140], "p_value": 0.03},
    {"variable": "assessed", "minimum": 1, "maximum": 3},
    {"setting": "accrual_start", "date": "2013-01"}, {"setting": "accrual_end", "date": "2020-12-30"},
    {"setting": "data_cut", "date": "2021-12-30"}, {"setting": "significance_level", "value": 0.05},
    {"setting": "confidence_level", "value": 95}, {"setting": "scale", "text": "CTCAE 4.0"},
    {"endpoint": "OS", "rate": {12: 67.1, 24: 52.6, 60: 30.3}, "median": 25, "maximum": 99},
    {"endpoint": "LC", "rate": {12: 69.7, 24: 54.3}}, {"endpoint": "PFS", "rate": {12: 40.5}, "median": 11},
    {"endpoint": "OS", "of": {"arm": "A"}, "rate": {12: 67.2, 24: 58.1}},
    {"endpoint": "OS", "of": {"arm": "B"}, "rate": {12: 66.7, 24: 42.9}},
    {"endpoint": "LRFS", "of": {"arm": "A"}, "rate": 81.4}, {"endpoint": "LRFS", "of": {"arm": "B"}, "rate": 29.0},
    {"endpoint": "OS", "factor": "arm", "p_value": "0.008", "called": "significant"},
    {"endpoint": "OS", "contrast": {"factor": "arm", "level": "A", "reference": "B"}, "model": "multivariable",
     "window": 60, "hazard_ratio": "0.598", "low": "0.405", "high": "0.884", "p_value": "0.010"},
    {"endpoint": "OS", "contrast": {"factor": "control", "level": "yes", "reference": "no"}, "model": "multivariable",
     "hazard_ratio": "0.640", "low": "0.448", "high": "0.918"},
    {"endpoint": "OS", "contrast": {"factor": "objective", "level": "yes", "reference": "no"}, "model": "multivariable",
     "hazard_ratio": "0.466", "low": "0.308", "high": "0.707"},
    {"endpoint": "OS", "events": 90, "at_risk": {0: 142, 12: 90, 24: 60}},
    {"endpoint": "OS", "of": {"arm": "A"}, "events": 40},
    {"endpoint": "PFS", "of": {"arm": "A"}, "median": "not reached"},
    {"endpoint": "OS", "of": {"arm": "A"}, "rate": {36: 50}, "low": {36: 40}, "high": {36: 60}},
    {"of": {"arm": "A", "toxicity": "any"}, "count": 20}, {"of": {"arm": "B", "toxicity": "any"}, "count": 24},
    {"of": {"arm": "A", "toxicity": "none"}, "count": 47}, {"of": {"arm": "B", "toxicity": "none"}, "count": 51},
    {"contrast": {"factor": "arm", "level": "A", "reference": "B"}, "outcome": {"toxicity": "any"},
     "odds_ratio": "0.90", "low": "0.44", "high": "1.85", "p_value": "NS"},
    {"of": "patients", "factor": "arm", "by": "toxicity", "test": "chi-square", "p_value": "0.78"},
    {"variable": "age", "of": {"arm": "A"}, "mean": 55, "sd": 11, "q1": 48, "q3": 62},
    {"variable": "age", "of": {"arm": "B"}, "mean": 57, "sd": 10, "se": "1.15"},
    {"variable": "dose", "of": {"arm": "A"}, "in": "lesions", "mean": 45, "low": 40, "high": 50},
    {"endpoint": "OS", "variable": "age", "per": 10, "hazard_ratio": 1.02, "low": 1.0, "high": 1.04, "p_value": 0.05},
]  # fmt: skip
NUMBERS = ["0", "0.0", "0.00", "1", "100", "0.001", "< 0.001", "> 5", "≥ 3", "?", "-3", "99999999999", "1e9", "2.5",
           "", "many", "half", "2013-01", "2099-12-31", "5000000", "50", "0.5",
           "not reached", "NS"]  # fmt: skip
WORDS = [
    "patients",
    "lesions",
    "evaluable",
    "age",
    "arm",
    "OS",
    "LC",
    "response",
    "A",
    "yes",
    "none",
    "total",
    "moon",
    "",
]


@st.composite
def damaged(draw):
    """The file with some of its entries, and some values and declarations that are others, none or of a wrong kind."""
    raw = copy.deepcopy(text({**DECLARED}))
    entries = [text({"row": n, **entry}) for n, entry in enumerate(WHOLE) if draw(st.booleans())]
    spoilt = st.one_of(st.sampled_from(NUMBERS), st.sampled_from(WORDS), st.just({}), st.just([]), st.none(),
                       st.dictionaries(st.sampled_from(WORDS), st.sampled_from(NUMBERS), max_size=2))  # fmt: skip
    for _ in range(draw(st.integers(0, 4))):
        where = draw(st.sampled_from(["entry", "number", "declaration"]))
        if where == "declaration":
            at = raw[draw(st.sampled_from(["populations", "variables", "factors", "endpoints"]))]
            at = at[draw(st.sampled_from(sorted(at)))]
        elif entries:
            at = draw(st.sampled_from(entries))
            inner = [value for value in at.values() if isinstance(value, dict)]
            at = draw(st.sampled_from(inner)) if inner and where == "number" else at
        else:
            continue
        if at:
            at[draw(st.sampled_from(sorted(at)))] = draw(st.sampled_from(NUMBERS) if where == "number" else spoilt)
    return {**raw, "claims": {"text": entries}}


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(damaged())
def test_a_damaged_file_is_audited_or_refused_in_words(raw):
    try:
        claims = parse_claims(raw)
    except ConfigurationError as refused:
        assert "Traceback" not in str(refused)
        return
    findings = run_checks(claims)
    judged = judge(claims, findings, Book([]))
    assert len(judged) == len(claims.claims)
    assert "<html" in render_audit(claims, judged, findings)
    assert findings["says"].ne("").all()
    assert not findings["says"].str.contains("nan|inf ", regex=True).any(), findings["says"].to_list()
    assert all(math.isfinite(size) or pd.isna(size) for size in findings["size"])
