"""Abstracts that others published, entered as they are printed: what is wrong in them is found, and nothing else."""

from pathlib import Path

import pytest

from oligomet.audit.claims_reader import read_claims
from oligomet.audit.consistency import run_checks
from oligomet.audit.reporting import reporting_items

PUBLISHED = Path(__file__).with_name("published")
STUDIES = Path(__file__).parents[2] / "studies"  # two of them, so that a person can audit a paper alone
FILES = {path.stem: path for path in PUBLISHED.glob("*.yaml")} | {
    name: STUDIES / name / "published" / "claims.yaml" for name in ("conformal_and_imrt", "yahara2013")
}
WRONG = {
    "conformal_and_imrt": {
        "2 of 43 is 4.65%, not 4.6%.",
        "Recurrence-free survival 86.8%, overall survival 82.4% at 12 months, though the first counts every event of "
        "the second.",
    },
    "deodato2009": {
        "8 of 12 is 66.67%, not 66.6%.",
        "2 of 12 is 16.67%, not 16.6%.",
        "7 of 11 is 63.64%, not 63%.",
    },
    "yahara2013": {"22 of 27 is 81.48%, not 82%."},
    "one_percentage": {"76.7% of 105 is no whole number of them."},
    "guckenberger2010": set(),
    "hasan2016": set(),
    "kennedy2020": set(),
    "palma2020": set(),
    "patel2015": set(),
}


@pytest.mark.parametrize("name", sorted(FILES))
def test_what_is_wrong_is_found_and_nothing_else(name):
    findings = run_checks(read_claims(FILES[name]))
    assert set(findings.loc[findings["severity"] != "sound", "says"]) == WRONG[name]
    if name != "one_percentage":
        slips = findings["check"] == "percentages"
        assert set(findings.loc[slips, "severity"]) <= {"slip", "sound"}
        assert (findings["severity"] == "sound").sum() >= 4


def test_a_trial_lacks_what_its_abstract_leaves_out():
    missing = {item.what for item in reporting_items(read_claims(PUBLISHED / "palma2020.yaml")) if not item.stated}
    assert missing == {"the closing date", "numbers at risk", "the level of significance"}
