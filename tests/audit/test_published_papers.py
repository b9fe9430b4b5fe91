"""The two papers that the project holds as claims."""

from pathlib import Path

import pandas as pd
import pytest

from oligomet.audit.claim_verdicts import CLAIM_VERDICTS, judge
from oligomet.audit.claims_reader import read_claims
from oligomet.audit.consistency import run_checks
from oligomet.audit.tokens import compare_tokens, read_nonclaims, read_tokens
from oligomet.book import Book
from oligomet.study import read_study

STUDIES = Path(__file__).parents[2] / "studies"
PUMCH = STUDIES / "pumch2022" / "published"


@pytest.fixture(scope="module")
def pumch():
    return read_claims(PUMCH / "claims.yaml", read_study(PUMCH.parent / "study.yaml"))


@pytest.fixture(scope="module")
def findings(pumch):
    return run_checks(pumch)


def test_every_number_of_the_paper_is_a_claim_or_a_reasoned_non_claim(pumch):
    problems = compare_tokens(pumch, read_tokens(PUMCH / "tokens.csv"), read_nonclaims(PUMCH / "nonclaims.yaml"))
    assert problems.empty, problems.to_string()


def test_a_number_that_is_left_out_or_made_up_is_noticed(pumch):
    tokens, nonclaims = read_tokens(PUMCH / "tokens.csv"), read_nonclaims(PUMCH / "nonclaims.yaml")
    claim = next(claim for claim in pumch.claims if claim.printed == "71.17")
    without = type(pumch)(pumch.declared, tuple(each for each in pumch.claims if each is not claim))
    assert "neither claim nor non-claim" in compare_tokens(without, tokens, nonclaims)["problem"].iloc[0]
    more = pd.concat([nonclaims, pd.DataFrame([{"section": "2.1", "row": "3", "number": "7", "reason": "none"}])])
    assert compare_tokens(pumch, tokens, more)["problem"].tolist() == ["a non-claim that is not left over"]
    fewer = tokens[~((tokens["section"] == "Table 3") & (tokens["number"] == "48"))]
    assert compare_tokens(pumch, fewer, nonclaims)["problem"].str.contains("but not in the paper").all()


@pytest.mark.parametrize(
    ("check", "severity", "words"),
    [
        ("percentages", "slip", "101 of 142 is 71.13%, not 71.17%"),
        ("percentages", "inconsistent", "36 of 189 is 19.05%, not 20.11%"),
        ("sums", "inconsistent", "there are 189 irradiated lesions: 5 missing"),
        ("sums", "inconsistent", "there are 10 patients treated stereotactically: 3 missing"),
        ("class_totals", "inconsistent", "= 241 at the least, more than 189"),
        ("ordered_variables", "inconsistent", "at least 87 must be below it"),
        ("medians", "impossible", "so the median is 0.5 to 3, not 3.10"),
        ("doses", "impossible", "not 115"),
        ("events", "inconsistent", "at least 4/SE² = 119 events; 142 patients can have 99 up to 60 months"),
        ("events_of_adjusted", "inconsistent", "needs about 206 events"),
        ("significance", "inconsistent", "p = 0.07 is called significant"),
        ("whole_and_groups", "inconsistent", "against 52.6% of all"),
        ("readings", "impossible", "72.29 (Single) and 41.79"),
        ("readings", "ambiguous", "90.76 (≥ 6 months) and 66.94"),
        ("one_column", "inconsistent", "Platinum-free interval averages to 35.45"),
        ("progressing_lesions", "ambiguous", "not per lesion (at most 57.7%)"),
        ("rates_and_logrank", "inconsistent", "81.40% and 28.96%"),
        ("names_of_scales", "inconsistent", "RTOG (Abstract) and CTCAE 4.0"),
        ("units", "inconsistent", "followed in lesions (Fig. 4, 189) and patients"),
        ("restatements", "inconsistent", "44.6 (3.2.2) and 72.29 (Table 4)"),
    ],
)
def test_what_is_known_to_be_wrong_is_found(findings, check, severity, words):
    these = findings[(findings["check"] == check) & (findings["severity"] == severity)]
    assert these["says"].str.contains(words, regex=False).any(), these["says"].to_list()


def test_repairs_that_work_are_named(findings):
    repairs = set("; ".join(findings["repair"].dropna()).split("; "))
    for repair in (
        "the last digits changed so that the column adds up to 93",
        "out of the 179 lesions evaluable for response",
        "a line 'Others' of 5 (at least 4 by other claims)",
        "the labels of the two groups swapped",
        "'mean' in place of 'median' (as it is called elsewhere): by classes and range it lies within 1.46 to 6.365",
        "a total dose of 63.7 Gy, in 8 fractions of 7.97 Gy",
        "p < 0.001 in place of 0.001",
        "each factor in a model of its own",
        "read as mean survival times in months",
    ):
        assert repair in repairs


def test_sound_claims_come_out_sound(findings):
    grave = " ".join(findings.loc[findings["severity"].isin(["impossible", "inconsistent"]), "claims"]).split()
    for claim in ("table-1.3.age-lt-60.percentage", "table-3.2.site-intracranial.response-pd.count", "3.1.2.age.mean"):
        assert claim not in grave
    assert (findings["severity"] == "sound").sum() > 300


def test_every_claim_gets_one_of_six_verdicts_even_without_estimates(pumch, findings):
    claims = judge(pumch, findings, Book([]))
    assert list(claims["id"]) == [claim.id for claim in pumch.claims]
    assert set(claims["verdict"]) <= set(CLAIM_VERDICTS)
    assert claims["reason"].ne("").all()


def test_a_second_paper_is_audited_without_new_code():
    mito = read_claims(STUDIES / "mitort1" / "published" / "claims.yaml")
    said = run_checks(mito).set_index("check")["says"]
    assert said["denominators"].str.contains("of 446 lesions").any()  # printed nowhere: only they give all percentages
    assert said["denominators"].str.contains("of 261 patients").any()
    assert said["names_of_scales"].str.contains("≤ 60 (Abstract) and < 60", regex=False).any()
    assert judge(mito, run_checks(mito), Book([]))["verdict"].unique().tolist() == ["needs data"]
