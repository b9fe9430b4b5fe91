"""A paper of which there are only the claims: what its numbers say of each other, and nothing that needs data."""

import html
import re

import pytest
from paper_of import paper

from oligomet.audit.claim_verdicts import judge
from oligomet.audit.consistency import run_checks
from oligomet.audit.page import render_audit


@pytest.fixture(scope="module")
def claims():
    return paper(
        {"of": "patients", "count": 142},
        {"of": {"arm": "B"}, "count": 75, "percentage": 58.2},
        {"endpoint": "OS", "rate": 67.1},
        {"endpoint": "OS", "rate": {12: 80.1}},
    )


@pytest.fixture(scope="module")
def judged(claims):
    return judge(claims, run_checks(claims))


def test_verdicts_are_those_of_the_checks(judged):
    assert judged.set_index("printed")["verdict"].to_dict() == {
        "142": "needs data",
        "75": "needs data",
        "58.2": "impossible",
        "67.1": "not testable",
        "80.1": "needs data",
    }
    assert judged[["recomputed", "answer"]].eq("").all(axis=None)
    assert judged.loc[judged["verdict"] == "needs data", "reason"].eq("only the paper is at hand").all()


def test_the_page_speaks_of_the_paper_only(claims, judged):
    page = render_audit(claims, judged, run_checks(claims))
    text = html.unescape(re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", page, flags=re.S))
    assert "75 of 142 is 52.82%, not 58.2%." in text
    assert "two digits swapped: 52.8%" in text
    for of_data in ("reproduced", "recomputes", "synthetic", "How could this number have been made?"):
        assert of_data not in text
    assert "$" not in page
