"""Odds and risk ratios and p values of counts, as a trial prints them."""

import numpy as np
import pytest
from paper_of import found, paper, verdicts

from oligomet.audit.checks import cross_tables

CELLS = np.array([[3, 30], [19, 47]])  # grade 2 or more, and not, in two arms of 33 and 66
CONTRAST = {"factor": "arm", "level": "A", "reference": "B"}
COUNTS = [
    {"of": {"arm": "A"}, "count": 33}, {"of": {"arm": "B"}, "count": 66},
    {"of": {"arm": "A", "toxicity": "any"}, "count": 3}, {"of": {"arm": "B", "toxicity": "any"}, "count": 19},
    {"of": {"arm": "A", "toxicity": "none"}, "count": 30}, {"of": {"arm": "B", "toxicity": "none"}, "count": 47},
]  # fmt: skip


def test_tests_and_ratios_are_those_of_r():
    # R 4.2: m <- matrix(c(3, 19, 30, 47), 2); chisq.test(m, correct = FALSE); chisq.test(m); fisher.test(m); G by hand
    by_r = {
        "chi-square": 0.02626768, "chi-square with Yates' correction": 0.04931941, "Fisher": 0.03858993,
        "likelihood ratio": 0.01854442,
    }  # fmt: skip
    assert cross_tables.tests_of(CELLS) == pytest.approx(by_r, rel=1e-6)
    assert cross_tables.tests_of(np.array([[0, 5], [0, 7]])) == {}
    assert cross_tables.ratio_of(CELLS, "odds_ratio") == pytest.approx((0.2473684, 0.6637581), rel=1e-6)
    assert cross_tables.ratio_of(CELLS, "risk_ratio") == pytest.approx((0.3157895, 0.5835327), rel=1e-6)


@pytest.mark.parametrize(
    ("cells", "by_r"),  # R 4.2.2: fisher.test(matrix(c(5, 98, 4, 11, 92, 5), 2, byrow = TRUE))
    [
        ([[5, 98, 4], [11, 92, 5]], 0.3132176),
        ([[76, 29, 2], [78, 22, 8]], 0.09456712),
        (CELLS, 0.03858993),
    ],
)
def test_the_exact_test_is_that_of_r(cells, by_r):
    for table in (np.array(cells), np.array(cells).T):
        assert cross_tables.exact_p(table) == pytest.approx(by_r, rel=1e-6)
    assert cross_tables.exact_p(np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]])) is None


@pytest.mark.parametrize(
    ("printed", "verdict"),
    [({"risk_ratio": "1.39"}, "sound"), ({"odds_ratio": "1.39"}, "sound"), ({"risk_ratio": "1.93"}, "inconsistent")],
)
def test_a_ratio_is_that_of_percentages_where_no_counts_are_printed(printed, verdict):
    shares = [{"of": {"arm": arm, "toxicity": "any"}, "percentage": p} for arm, p in (("A", 4.4), ("B", 3.2))]
    claims = paper(*shares, {"contrast": CONTRAST, "outcome": {"toxicity": "any"}, **printed})
    assert verdicts(claims, "ratios_of_counts") == [verdict]


def ratio(**printed):
    return paper(*COUNTS, {"contrast": CONTRAST, "outcome": {"toxicity": "any"}, **printed})


@pytest.mark.parametrize(
    ("printed", "verdict", "repair"),
    [
        ({"odds_ratio": "0.25"}, "sound", ""),
        ({"risk_ratio": "0.32"}, "sound", ""),
        ({"odds_ratio": "0.32"}, "inconsistent", "'risk ratio'"),
        ({"odds_ratio": "4.04"}, "inconsistent", "the two groups the other way round"),
        ({"odds_ratio": "0.55", "model": "multivariable"}, None, ""),
    ],
)
def test_a_ratio_is_that_of_its_counts(printed, verdict, repair):
    findings = found(ratio(**printed), "ratios_of_counts")
    assert list(findings["severity"]) == [verdict] * (verdict is not None)
    assert list(findings["repair"]) == [repair] * (verdict is not None)


def test_an_interval_is_as_wide_as_the_counts_make_it():
    # exp(log(0.2473684) -+ 1.96 * 0.6637581)
    assert verdicts(ratio(odds_ratio="0.25", low="0.067", high="0.908"), "ratios_of_counts") == ["sound", "sound"]
    assert verdicts(ratio(odds_ratio="0.25", low="0.14", high="0.44"), "ratios_of_counts") == ["inconsistent", "sound"]
    assert verdicts(ratio(odds_ratio="0.25", low="0.14", high="0.44"), "geometric_middle") == ["sound"]
    assert verdicts(ratio(odds_ratio="0.50", low="0.14", high="0.44"), "geometric_middle") == ["impossible"]


@pytest.mark.parametrize(
    ("test", "p", "verdict"),
    [
        ("Fisher's exact test", "0.039", "sound"), ("chi-square", "0.026", "sound"), ("chi-square", "0.049", "sound"),
        (None, "0.026", "sound"), ("Fisher", "0.026", "ambiguous"), ("Fisher", "0.21", "inconsistent"),
        ("Fisher", "0.003", "inconsistent"), (None, "0.003", "ambiguous"), ("McNemar", "0.5", None),
    ],
)  # fmt: skip
def test_a_p_value_is_that_of_the_counts(test, p, verdict):
    entry = {"of": "patients", "factor": "arm", "by": "toxicity", "p_value": p, **({"test": test} if test else {})}
    findings = found(paper(*COUNTS, entry), "tests_of_counts")
    assert list(findings["severity"]) == [verdict] * (verdict is not None)
    assert not findings["says"].str.contains("decision").any() or p == "0.21"


def test_the_p_value_beside_a_ratio_is_one_of_the_counts_too():
    assert verdicts(ratio(odds_ratio="0.25", test="Fisher", p_value="0.039"), "tests_of_counts") == ["sound"]
