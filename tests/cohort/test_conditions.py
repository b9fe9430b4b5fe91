"""Conditions of study.yaml, as factors and eligibility rules use them."""

import datetime as dt

import pandas as pd
import pytest

from oligomet.conditions import holds
from oligomet.declarations import Condition, ConfigurationError


def condition(**parts) -> Condition:
    return Condition.model_validate(parts)


def test_limits_hold_together_and_missing_meets_nothing():
    lesions = pd.Series([1, 2, 3, 4, None], dtype="Int64", name="metastases")
    assert holds(lesions, condition(at_least=2, at_most=3)).tolist() == [False, True, True, False, False]
    assert holds(lesions, condition(below=2)).tolist() == [True, False, False, False, False]
    assert holds(lesions, condition(above=3)).tolist() == [False, False, False, True, False]


def test_words_by_one_or_by_list():
    histology = pd.Series(["serous", "clear_cell", "germ_cell", None], dtype="string", name="histology")
    assert holds(histology, condition(**{"is": ["serous", "clear_cell"]})).tolist() == [True, True, False, False]
    assert holds(histology, condition(is_not="serous")).tolist() == [False, True, True, False]


def test_numbers_with_gaps_in_floats():
    months = pd.Series([5.9, 6.0, float("nan")], name="since_last_treatment_months")
    assert holds(months, condition(at_least=6)).tolist() == [False, True, False]
    assert holds(months, condition(is_not=6)).tolist() == [True, False, False]


def test_dates_against_days():
    start = pd.Series(pd.to_datetime(["2012-12-31", "2013-01-01", "2020-12-30", None]), name="radiotherapy_start")
    accrual = condition(at_least=dt.date(2013, 1, 1), at_most=dt.date(2020, 12, 30))
    assert holds(start, accrual).tolist() == [False, True, True, False]


@pytest.mark.parametrize(
    ("values", "parts"),
    [
        (pd.Series(["a"], dtype="string", name="site"), {"below": 3}),
        (pd.Series([1], dtype="Int64", name="kps"), {"is": "good"}),
        (pd.Series([1.0], name="gtv_diameter_cm"), {"at_least": dt.date(2020, 1, 1)}),
    ],
)
def test_what_cannot_be_compared_is_said(values, parts):
    with pytest.raises(ConfigurationError, match=f"{values.name}: .* cannot be compared"):
        holds(values, condition(**parts))


def test_index_is_kept_and_an_empty_column_is_no_error():
    assert holds(pd.Series([1, 3], index=[7, 9]), condition(below=2)).to_dict() == {7: True, 9: False}
    assert holds(pd.Series([], dtype="Int64"), condition(below=2)).empty
