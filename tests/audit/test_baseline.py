"""Means of two groups and the p value of their difference; a trial's baseline all together."""

import numpy as np
import pytest
from paper_of import DECLARED, found, paper, text, verdicts

from oligomet.audit.claims_reader import parse_claims
from oligomet.audit.consistency import run_checks
from oligomet.audit.printed import as_printed

ARMS = [{"of": {"arm": "A"}, "count": 33}, {"of": {"arm": "B"}, "count": 66}]
AGES = [
    {"variable": "age", "of": {"arm": "A"}, "mean": "58.8", "sd": "9.5"},
    {"variable": "age", "of": {"arm": "B"}, "mean": "64.1", "sd": "11.2"},
]


@pytest.mark.parametrize(
    ("test", "p", "verdict"),
    [("t-test", "0.022", "sound"), ("Welch", "0.016", "sound"), ("t-test", "0.22", "inconsistent"),
     (None, "0.22", "ambiguous"), ("Mann-Whitney", "0.22", None)],
)  # fmt: skip
def test_a_p_value_is_that_of_means_and_deviations(test, p, verdict):
    # R 4.2: 2 * pt(-5.3 / (sp * sqrt(1/33 + 1/66)), 97) is 0.0219 with the pooled sp
    entry = {"of": "patients", "variable": "age", "factor": "arm", "p_value": p, **({"test": test} if test else {})}
    findings = found(paper(*ARMS, *AGES, entry), "tests_of_means")
    assert list(findings["severity"]) == [verdict] * (verdict is not None)


def trial(differences):
    """A randomised trial of 60 in each arm with variables whose means differ by so many standard deviations."""
    names = [f"v{n}" for n in range(len(differences))]
    variables = {name: {"says": name, "of": "patients"} for name in names}
    arm = {**DECLARED["factors"]["arm"], "randomised": "true"}
    entries = [{"of": {"arm": level}, "count": 60} for level in "AB"]
    for name, gap in zip(names, differences, strict=True):
        entries += [
            {"variable": name, "of": {"arm": level}, "mean": as_printed(50 + shift, 2), "sd": "10.00"}
            for level, shift in (("A", 0), ("B", 10 * gap))
        ]
    numbered = [text({"row": n, **entry}) for n, entry in enumerate(entries)]
    return parse_claims(
        {**DECLARED, "variables": variables, "factors": {"arm": arm}, "endpoints": {}, "claims": {"text": numbered}}
    )


def baseline(differences):
    findings = run_checks(trial(differences))
    return findings.loc[findings["check"] == "baseline"]


def test_a_baseline_is_neither_too_alike_nor_too_different():
    rng = np.random.default_rng(4)
    chance = [baseline(rng.normal(0, np.sqrt(2 / 60), 12))["severity"].tolist() for _ in range(60)]
    assert chance == [["sound"]] * 60
    alike = baseline(rng.normal(0, 0.01, 12))
    assert alike["severity"].tolist() == ["ambiguous"]
    assert "more alike than chance" in alike["says"].iloc[0]
    assert "go together" in alike["says"].iloc[0]
    assert "further apart" in baseline(rng.normal(0, 0.5, 12))["says"].iloc[0]
    assert baseline([0.0] * 4).empty  # too few to be taken together
    assert verdicts(paper(*ARMS, *AGES), "baseline") == []  # not declared as randomised
