"""Exact sizes, against Simon's published tables and against a search that shares no code with the designs."""

from itertools import product
from math import comb

import pytest

from oligomet.design.stages import of_size, one_stage, simon
from oligomet.estimates.methods.inference import Undefined

# Simon 1989, Table 1 and 2, significance 0.05, power 0.80: null, target: stop, first, reject above, n, expected
OPTIMAL = {
    (0.1, 0.3): (1, 10, 5, 29, 15.0),
    (0.2, 0.4): (3, 13, 12, 43, 20.6),
    (0.3, 0.5): (5, 15, 18, 46, 23.6),
    (0.4, 0.6): (7, 16, 23, 46, 24.5),
    (0.5, 0.7): (8, 15, 26, 43, 23.5),
}
MINIMAX = {
    (0.1, 0.3): (1, 15, 5, 25, 19.5),
    (0.2, 0.4): (4, 18, 10, 33, 22.3),
    (0.3, 0.5): (6, 19, 16, 39, 25.7),
    (0.5, 0.7): (12, 23, 23, 37, 27.7),
}


def of(design):
    return design.stop_at, design.first_n, design.reject_from - 1, design.n, round(design.expected_n, 1)


@pytest.mark.parametrize("rates", OPTIMAL)
def test_optimal_is_simons(rates):
    assert of(simon(*rates, 0.05, 0.8)[0]) == OPTIMAL[rates]


@pytest.mark.parametrize("rates", MINIMAX)
def test_minimax_is_simons(rates):
    assert of(simon(*rates, 0.05, 0.8)[1]) == MINIMAX[rates]


def chance(x, n, p):
    return comb(n, x) * p**x * (1 - p) ** (n - x)


def rejects(stop, first, reject, n, p):
    """Term by term over both stages."""
    return sum(
        chance(one, first, p) * chance(two, n - first, p)
        for one, two in product(range(stop + 1, first + 1), range(n - first + 1))
        if one + two >= reject
    )


@pytest.mark.parametrize("rates", [(0.05, 0.4), (0.2, 0.6), (0.5, 0.9)])
def test_no_other_design_of_two_stages_expects_fewer(rates):
    null, target = rates
    found = simon(*rates, 0.1, 0.8)[0]
    fewest = min(
        first + (1 - sum(chance(x, first, null) for x in range(stop + 1))) * (n - first)
        for n in range(2, found.n + 3)
        for first in range(1, n)
        for stop in range(first)
        for reject in range(stop + 1, n + 1)
        if rejects(stop, first, reject, n, null) <= 0.1 and rejects(stop, first, reject, n, target) >= 0.8
    )
    assert found.expected_n == pytest.approx(fewest)
    counted = found.stop_at, found.first_n, found.reject_from, found.n
    assert (found.significance, found.power) == pytest.approx([rejects(*counted, rate) for rate in rates])


@pytest.mark.parametrize(("null", "target"), [(0.2, 0.4), (0.5, 0.65), (0.6, 0.75)])
def test_one_stage_is_the_smallest_with_its_power(null, target):
    found = one_stage(null, target, 0.05, 0.8)

    def power(n):
        for reject in range(n + 1):
            if sum(chance(x, n, null) for x in range(reject, n + 1)) <= 0.05:
                return reject, sum(chance(x, n, target) for x in range(reject, n + 1))
        return None, 0

    assert power(found.n) == (found.reject_from, pytest.approx(found.power))
    assert found.power >= 0.8
    assert all(power(n)[1] < 0.8 for n in range(1, found.n))


def test_too_few_can_reject_nothing():
    with pytest.raises(Undefined, match=r"2 are too few to reject 0\.5"):
        of_size(2, 0.5, 0.9, 0.05)


def test_rates_that_nobody_can_tell_apart_have_no_size():
    with pytest.raises(Undefined, match="more than"):
        one_stage(0.5, 0.501, 0.05, 0.8)
