"""Abstracts and open tables that others published, entered as printed: what is wrong is found, and nothing else."""

from pathlib import Path

import pytest

from oligomet.audit.claims_reader import read_claims
from oligomet.audit.consistency import run_checks
from oligomet.audit.defects import coverage, merge_findings, worst_defects
from oligomet.audit.reporting import reporting_items
from oligomet.audit.tokens import coverage_of_text

PUBLISHED = Path(__file__).with_name("published")
STUDIES = Path(__file__).parents[2] / "studies"  # most of them, so that a person can audit a paper alone
ALONE = (
    "bhattacharya2015", "conformal_and_imrt", "interstitial_pelvic", "jo2016", "koroulakis2021", "lee2024", "mesko2017",
    "ost2018", "parker2022", "rakhsha2015", "seeds_or_imrt", "spratt2023", "stereotactic_head_neck", "yahara2013",
)  # fmt: skip
FILES = {path.stem: path for path in PUBLISHED.glob("*.yaml")} | {
    name: STUDIES / name / "published" / "claims.yaml" for name in ALONE
}
WRONG = {
    "conformal_and_imrt": {
        "2 of 43 is 4.65%, not 4.6%.",
        "Recurrence-free survival 86.8%, overall survival 82.4% at 12 months, though the first, as usually defined, "
        "counts every event of the second.",
    },
    "deodato2009": {
        "8 of 12 is 66.67%, not 66.6%.",
        "2 of 12 is 16.67%, not 16.6%.",
        "7 of 11 is 63.64%, not 63%.",
    },
    "yahara2013": {"22 of 27 is 81.48%, not 82%."},
    "bhattacharya2015": {"5 of 76, whom the other shares leave, is 6.58%, not 6%."},
    "interstitial_pelvic": {
        "91% of 60 is no whole number of them.",  # of those evaluated, perhaps
        *(
            f"Progression-free survival {pfs}%, overall survival {os}% at 60 months (patients, {whose}), though the "
            "first, as usually defined, counts every event of the second."
            for pfs, os, whose in (
                (64, 42, "Disease: primary"),
                (51, 37, "Disease: recurrent"),
                (84, 55, "Site: vagina"),
            )
        ),
    },
    "koroulakis2021": {"4 of 28 is 14.29%, not 14.2%."},
    "rakhsha2015": {"33.7% of 154 is no whole number of them."},  # nor of the 132 who completed the follow-up
    "seeds_or_imrt": {  # one cause: 1.6 is 1.160 with a digit lost
        "√(0.610 × 2.205) is 1.159 to 1.16, not 1.6, as in every Wald interval.",
        "Estimate and interval, if of 95%, give a Wald p of 0.1263 to 0.1816, not 0.6503.",
    },
    "stereotactic_head_neck": {"23 of 132 is 17.42%, not 18%.", "64 of 132 is 48.48%, not 49%."},
    "jo2016": set(),
    "lee2024": set(),
    "mesko2017": set(),
    "ost2018": set(),
    "parker2022": set(),
    "spratt2023": set(),
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
        alone = findings["says"].str.contains("no whole number")  # of how many is a reading
        assert set(findings.loc[slips & ~alone, "severity"]) <= {"slip", "sound"}
        assert set(findings.loc[slips & alone, "severity"]) <= {"inconsistent"}
        assert (findings["severity"] == "sound").sum() >= 4


def test_a_trial_lacks_what_its_abstract_leaves_out():
    missing = {item.what for item in reporting_items(read_claims(PUBLISHED / "palma2020.yaml")) if not item.stated}
    assert missing == {"the closing date", "numbers at risk", "the level of significance"}


@pytest.mark.parametrize("name", [name for name in ALONE if (STUDIES / name / "published" / "tokens.csv").is_file()])
def test_every_number_of_the_text_is_entered_or_a_reasoned_non_claim(name):
    left = coverage_of_text(read_claims(FILES[name]), FILES[name])
    assert left is not None
    assert left.empty, left.to_string()


@pytest.mark.parametrize(
    ("name", "checked"),
    [
        ("ost2018", "results.2.adtfs.arm.p-value"),  # a log-rank test, by the hazard ratio and an interval of 80 %
        ("lee2024", "abstract.8.arm-conventional.gut-grade-ge-3.percentage"),  # by the risk ratio
        ("mesko2017", "abstract.11.diameter.mean"),  # of all, by the means of two groups
        ("parker2022", "abstract.5.burden-low.os.arm.model.hazard-ratio"),  # two ratios of two places in one row
        ("rakhsha2015", "results.4.stage-iva.dfs.rate-36"),  # by overall survival of the same stage
        ("spratt2023", "table-1.5.arm.ethnicity.p-value"),  # an exact test of six cells
    ],
)
def test_what_could_be_checked_was(name, checked):
    paper = read_claims(FILES[name])
    assert coverage(paper, run_checks(paper))[checked] == "checked"


def test_one_wrong_ratio_is_one_defect_with_the_number_that_puts_it_right():
    paper = read_claims(FILES["seeds_or_imrt"])
    worst = worst_defects(paper, merge_findings(run_checks(paper)))
    assert worst["check"].tolist() == ["geometric_middle"]
    assert "1.160 in place of 1.6" in worst["repair"].iloc[0]
