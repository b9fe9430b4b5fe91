"""One question to the estimates: what it answers, and what it says where there is no answer."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oligomet.book import Book
from oligomet.schemas import ESTIMATE_KEY, TABLES, conform

ROWS = [
    {"analysis": "survival", "endpoint": "OS", "statistic": "survival", "time_months": 12, "estimate": 0.8},
    {"analysis": "survival", "endpoint": "OS", "statistic": "survival", "time_months": 60, "estimate": 0.3},
    {"analysis": "survival", "endpoint": "OS", "factor": "age", "group": "< 60", "statistic": "survival",
     "time_months": 60, "reason": "nobody followed to 60"},
    {"analysis": "cox_univariable", "endpoint": "OS", "factor": "age", "group": "1 vs more", "reference": "a; b = c",
     "statistic": "hazard_ratio", "estimate": 0.5, "conf_low": 0.2, "n": 9},
]  # fmt: skip
BOOK = Book(pd.DataFrame([{"method": "made up", **row} for row in ROWS]))


def test_a_column_that_is_not_named_may_hold_anything_and_none_is_an_empty_cell():
    assert len(BOOK.some(analysis="survival", time_months=60)) == 2
    assert BOOK.one(analysis="survival", time_months=60, factor=None).estimate == 0.3
    assert [entry.time_months for entry in BOOK.some(factor=None)] == [12, 60]
    assert len(BOOK.some(time_months=[12, 60])) == 3


def test_what_is_empty_is_none_whatever_its_type():
    ratio = BOOK.one(analysis="cox_univariable")
    assert (ratio.conf_low, ratio.conf_high, ratio.n, ratio.events, ratio.reason) == (0.2, None, 9, None, None)
    assert ratio.is_defined and not BOOK.one(factor="age", group="< 60").is_defined


def test_groups_may_be_named_like_contrasts():
    assert BOOK.one(group="1 vs more", reference="a; b = c").contrast == "1 vs more vs a; b = c"


def test_no_answer_names_the_nearest_rows():
    with pytest.raises(LookupError) as error:
        BOOK.one(analysis="survival", endpoint="OSS", time_months=60, factor=None)
    asked, nearest, *_ = str(error.value).splitlines()
    assert asked.startswith("no estimate answers analysis survival, endpoint OSS, time_months 60, no factor")
    assert nearest.startswith("  analysis survival, endpoint OS, statistic survival, time_months 60")


def test_several_answers_are_named_and_none_may_be_allowed():
    with pytest.raises(LookupError, match="3 estimates answer analysis survival, one should"):
        BOOK.one(analysis="survival")
    with pytest.raises(LookupError, match="2 estimates"):
        BOOK.maybe(analysis="survival", factor=None)
    assert BOOK.maybe(analysis="logrank") is None


def test_an_unknown_column_is_an_error_even_where_nothing_is_asked():
    with pytest.raises(LookupError, match="level: not of the key"):
        Book([]).some(level="a vs b")


def test_each_value_once_in_order():
    assert BOOK.each("analysis") == ["survival", "cox_univariable"]
    assert BOOK.each("factor", "group") == [(None, None), ("age", "< 60"), ("age", "1 vs more")]


@settings(deadline=None)  # of a busy machine
@given(st.lists(st.sampled_from(range(len(ROWS)))))
def test_a_book_of_entries_is_the_table_that_it_came_from(numbers):
    frame = conform(pd.DataFrame([{"method": "made up", **ROWS[number]} for number in numbers]), TABLES["estimates"])
    pd.testing.assert_frame_equal(Book(frame).frame(), frame, check_dtype=bool(numbers))


def test_the_key_holds_what_was_asked_and_not_what_was_found():
    assert {"group", "reference", "method", "timing"} <= set(ESTIMATE_KEY)
    assert not {"estimate", "conf_low", "n", "events", "p_value", "reason"} & set(ESTIMATE_KEY)
