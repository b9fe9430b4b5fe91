"""Numbers as printed: each case is one that a naive format string gets wrong or a reader would stumble over."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oligomet.displays import formats


@pytest.mark.parametrize(
    ("x", "digits", "printed"),
    [
        (2.5, 0, "3"),  # half to even would give 2
        (0.285, 2, "0.29"),  # the binary value is a little less than 0.285
        (1.005, 2, "1.01"),
        (0.05, 1, "0.1"),
        (0.1 + 0.2, 15, "0.300000000000000"),
        (-0.0004, 2, "0.00"),
        (-1.5, 0, "−2"),
        (1204, 0, "1,204"),
        (math.nan, 1, "—"),
        (None, 1, "—"),
    ],
)
def test_number_rounds_half_up_on_the_decimal_value(x, digits, printed):
    assert formats.number(x, digits) == printed


@pytest.mark.parametrize(
    ("part", "whole", "printed"),
    [(91, 142, "64.1%"), (99, 179, "55.3%"), (61, 179, "34.1%"), (1, 16, "6.3%"), (0, 9, "0.0%"), (142, 142, "100.0%")],
)
def test_percent_of_a_proportion(part, whole, printed):
    assert formats.percent(part / whole) == printed


def test_percent_without_sign_under_a_heading_that_says_so():
    assert formats.percent(0.05, 1, sign="") == "5.0"
    assert formats.percent(0.3408, 0) == "34%"


@pytest.mark.parametrize(
    ("p", "printed", "sentence"),
    [
        (0.0004, "< 0.001", "p < 0.001"),
        (0.00099999, "< 0.001", "p < 0.001"),
        (0.001, "0.001", "p = 0.001"),
        (0.0005, "< 0.001", "p < 0.001"),
        (0.0125, "0.013", "p = 0.013"),
        (0.05, "0.050", "p = 0.050"),
        (0.9996, "> 0.999", "p > 0.999"),
        (1.0, "> 0.999", "p > 0.999"),
        (math.nan, "—", "p not estimable"),
    ],
)
def test_p_values_are_never_nought_or_one(p, printed, sentence):
    assert formats.p_value(p) == printed
    assert formats.p_text(p) == sentence


def test_estimates_with_intervals():
    assert formats.estimate_ci(0.5975, 0.4045, 0.8838, 2) == "0.60 (0.40–0.88)"
    assert formats.estimate_ci(0.5975, 0.4045, 0.8838, 3) == "0.598 (0.405–0.884)"
    assert formats.estimate_ci(-0.1, -0.3, 0.5, 1) == "−0.1 (−0.3 to 0.5)"
    assert formats.estimate_ci(2.0, 0.5, math.inf, 1) == "2.0 (0.5 to not reached)"
    assert formats.estimate_ci(2.0, math.nan, math.nan, 1) == "2.0"
    assert formats.estimate_ci(math.nan, 0.1, 0.2) == "—"
    assert formats.percent_ci(61 / 179, 0.2717, 0.4152) == "34.1% (27.2–41.5)"
    assert formats.percent_ci(0.0, math.nan, math.nan) == "0.0%"


def test_ranges():
    assert formats.range_(1, 99) == "1–99"
    assert formats.range_(1, 12.3, 2) == "1.00–12.30"


@given(st.floats(-1e6, 1e6), st.integers(0, 4))
def test_a_printed_number_is_within_half_a_unit_of_the_number(x, digits):
    printed = float(formats.number(x, digits).replace(",", "").replace("−", "-"))
    assert abs(printed - x) <= 0.5 * 10**-digits * (1 + 1e-9) + abs(x) * 1e-11
