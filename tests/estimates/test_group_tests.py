"""Tests of groups: the numbers of R 4.2.2, with the call; and what has no answer."""

import numpy as np
import pytest

from oligomet.estimates.methods.group_tests import compare_counts, compare_means, compare_ranks, fits_normal
from oligomet.estimates.methods.inference import Undefined

A, B, C = [56, 58, 61, 49, 72, 44, 58, 63, 39, 51], [66, 70, 58, 75, 81, 62, 69], [40, 52, 47, 61, 55]
SKEWED = [1, 1, 2, 2, 3, 4, 5, 7, 9, 14, 22, 40]


@pytest.mark.parametrize(
    "found, estimate, p_value",
    [
        # chisq.test(matrix(c(45, 22, 39, 36), 2), correct = FALSE)
        (lambda: compare_counts([[45, 39], [22, 36]]), 3.3678670685979, 0.0664797726555766),
        # chisq.test(matrix(c(20, 10, 12, 30, 25, 9, 14, 22, 18), 3), correct = FALSE)
        (lambda: compare_counts([[20, 30, 14], [10, 25, 22], [12, 9, 18]]), 11.1683243454077, 0.0247360130675085),
        # t.test(a, b, var.equal = TRUE)
        (lambda: compare_means([A, B]), -3.09342657397614, 0.00741613498734535),
        # oneway.test(v ~ g, var.equal = TRUE)
        (lambda: compare_means([A, B, C]), 7.38324320597302, 0.00424173392383165),
        # wilcox.test(a, b, exact = FALSE, correct = FALSE)
        (lambda: compare_ranks([A, B]), 9, 0.0109722262634037),
        # kruskal.test(list(a, b, c))
        (lambda: compare_ranks([A, B, C]), 9.55727633069082, 0.00840744071896384),
    ],
)
def test_agrees_with_r(found, estimate, p_value):
    assert (found().estimate, found().p_value) == pytest.approx((estimate, p_value), rel=1e-12)


def test_fishers_test_where_few_are_expected():
    small = compare_counts([[3, 4], [4, 1]])
    assert small.name == "Fisher's exact test"
    assert small.p_value == pytest.approx(0.292929292929293, rel=1e-12)  # fisher.test(matrix(c(3, 4, 4, 1), 2))
    # fisher.test(matrix(c(1, 4, 62, 3, 3, 69), 3)) and fisher.test(matrix(c(8, 1, 3, 2, 9, 4), 3)), both simulated here
    for counts, exact in (
        ([[1, 3], [4, 3], [62, 69]], 0.709904958614523),
        ([[8, 2], [1, 9], [3, 4]], 0.00522933341616872),
    ):
        first, again = compare_counts(counts), compare_counts(counts)
        assert first.name == "Fisher's exact test (99,999 simulated tables)"
        assert first.p_value == again.p_value
        assert first.p_value == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 99_999))


def test_cochrans_rule_at_its_limits():
    assert compare_counts([[10, 10], [5, 5]]).statistic == "chi_square"  # all are expected to be 5 or more
    assert compare_counts([[10, 10], [5, 4]]).statistic == "p_value"  # two of four are not
    assert compare_counts([[20, 20], [20, 20], [20, 20], [20, 20], [4, 4]]).statistic == "chi_square"  # a fifth is not
    assert compare_counts([[20, 20], [20, 20], [20, 20], [20, 20], [1, 0]]).statistic == "p_value"  # and below 1


def test_normal_with_estimated_mean_and_variance():
    # ks.test(x, "pnorm", mean(x), sd(x))$statistic; p by Dallal and Wilkinson 1986, as nortest::lillie.test: 0.02915
    skewed, normal = fits_normal(SKEWED), fits_normal([*A, *B, *C])
    assert skewed.estimate == pytest.approx(0.255767875207117, rel=1e-12)
    assert skewed.p_value == pytest.approx(0.02915, abs=0.003)
    assert normal.estimate == pytest.approx(0.0729103150817421, rel=1e-12)
    assert normal.p_value > 0.9


def test_an_empty_level_takes_no_part():
    assert compare_counts([[45, 39], [0, 0], [22, 36]]) == compare_counts([[45, 39], [22, 36]])


@pytest.mark.parametrize(
    "test, data, reason",
    [
        (compare_counts, [[5, 9], [0, 0]], "one level only"),
        (compare_counts, [[5, 0], [3, 0]], "a group without known values"),
        (compare_counts, [[5], [3]], "one group only"),
        (compare_counts, np.zeros((2, 2)), "a group without known values"),
        (compare_means, [A, []], "fewer than three values in a group"),
        (compare_means, [A, [1, 2]], "fewer than three values in a group"),
        (compare_means, [[2, 2, 2], [3, 3, 3]], "no variance within the groups"),
        (compare_means, [A], "one group only"),
        (compare_ranks, [A, [1, 2]], "fewer than three values in a group"),
        (compare_ranks, [[2, 2, 2], [2, 2, 2]], "all values are the same"),
        (fits_normal, [1, 2, 3], "fewer than four values"),
        (fits_normal, [2, 2, 2, 2], "all values are the same"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_what_has_no_answer_says_why(test, data, reason):
    with pytest.raises(Undefined, match=reason):
        test(data)
