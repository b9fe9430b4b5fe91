import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oligomet.audit.printed import Interval, as_printed, read_number, read_printed_date


def test_a_last_zero_counts():
    assert read_number("3.1").interval == Interval(3.05, 3.15)
    assert read_number("3.10").interval == Interval(3.095, 3.105)


def test_a_count_means_itself():
    assert read_number("142", whole=True).interval == Interval(142, 142)
    assert not read_number("< 5", whole=True).interval.holds(5, slack=0)


def test_inequalities_are_open_ended():
    assert read_number("< 0.05").interval.holds(0.0001)
    assert not read_number("< 0.05").interval.holds(0.06)
    assert read_number("≥ 3").interval.holds(1e6)


def test_a_number_that_is_announced_but_not_given():
    printed = read_number("?")
    assert printed.value != printed.value  # NaN
    assert printed.interval.holds(1e9)


@pytest.mark.parametrize("text", ["about 5", "1,5", "5%", ""])
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match="is not a number as printed"):
        read_number(text)


def test_a_month_is_any_of_its_days():
    month = read_printed_date("2020-02").interval
    assert month.holds(dt.date(2020, 2, 29).toordinal())
    assert not month.holds(dt.date(2020, 3, 1).toordinal())
    with pytest.raises(ValueError, match="is not a date"):
        read_printed_date("2020.2.1")


@given(st.floats(0, 1000), st.integers(0, 4))
def test_a_number_lies_within_what_it_prints_as(value, decimals):
    assert read_number(as_printed(value, decimals)).interval.holds(value)


def test_gap_says_how_far_and_which_way():
    assert Interval(1, 2).gap(Interval(3, 4)) == 1
    assert Interval(3, 4).gap(Interval(1, 2)) == -1
    assert Interval(1, 2).meets(Interval(2, 3))


ENDS = st.floats(-1e5, 1e5).map(lambda value: round(value, 3))


@given(st.tuples(ENDS, ENDS).map(sorted), st.tuples(ENDS, ENDS).map(sorted), st.floats(0, 1), st.floats(0, 1))
def test_what_is_made_of_intervals_holds_what_is_made_of_their_numbers(first, second, a, b):
    a, b = first[0] + a * (first[1] - first[0]), second[0] + b * (second[1] - second[0])
    first, second = Interval(*first), Interval(*second)
    assert (first + second).holds(a + b, 1e-6)
    assert first.minus(second).holds(a - b, 1e-6)
    assert first.magnitude().holds(abs(a), 1e-6)
    assert first.through(lambda value: -3 * value).holds(-3 * a, 1e-6)
    assert first.apart(second) == second.apart(first) <= abs(a - b) + 1e-6
    assert (first.apart(second) == 0) == first.meets(second)


def test_thousands_may_have_commas():
    assert read_number("1,029", whole=True).value == 1029
    assert read_number("20,590").interval.holds(20590.4)
    with pytest.raises(ValueError, match="is not a number as printed"):
        read_number("1,02")
