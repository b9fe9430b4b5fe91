"""Where a declared condition holds: the one meaning of is, is_not, below, at_least, above and at_most."""

from __future__ import annotations

import datetime as dt
import operator
from typing import Any

import pandas as pd

from oligomet.declarations import Condition, ConfigurationError
from oligomet.eligibility_declarations import Requirement

_LIMITS = {"below": operator.lt, "at_least": operator.ge, "above": operator.gt, "at_most": operator.le}


def holds(values: pd.Series, condition: Condition) -> pd.Series:
    """Where `values` meet everything that `condition` asks; a missing value meets no condition.

    Parameters
    ----------
    values
        A column of one of the declared tables: text, numbers or dates.
    condition
        A factor's group, an eligibility rule, or any other `Condition` of study.yaml.

    Returns
    -------
    Series of bool, on the index of `values`, never missing.

    Raises
    ------
    ConfigurationError
        If the values cannot be compared with what the condition names, e.g. text with a number.
    """
    met = values.notna()
    if condition.is_ is not None:
        met &= _among(values, condition.is_)
    if condition.is_not is not None:
        met &= ~_among(values, condition.is_not)
    for name, compare in _LIMITS.items():
        limit = getattr(condition, name)
        if limit is not None:
            met &= compare(values, _like(values, limit, name)).fillna(False).astype(bool)
    return met


def meets(variables: pd.DataFrame, requirement: Requirement) -> pd.Series:
    """Where the variables of each row meet a requirement; alternatives that lack their variable are not met.

    Returns
    -------
    Series of bool, on the index of `variables`, never missing. Errors as `holds`.
    """
    if requirement.variable:
        return holds(variables[requirement.variable], requirement)
    parts = [meets(variables, part) for part in (*requirement.any_of, *requirement.all_of)]
    together = pd.concat(parts, axis=1)
    return together.any(axis=1) if requirement.any_of else together.all(axis=1)


def _among(values: pd.Series, wanted: Any) -> pd.Series:
    words = wanted if isinstance(wanted, list) else [wanted]
    return values.isin([_like(values, word, "is") for word in words]).fillna(False).astype(bool)


def _like(values: pd.Series, limit: Any, name: str) -> Any:
    """`limit` as a value of the column's type: dates come from YAML as `date`, columns hold timestamps."""
    if pd.api.types.is_datetime64_any_dtype(values):
        expected, fits = "a date", isinstance(limit, dt.date)
    elif pd.api.types.is_numeric_dtype(values):
        expected, fits = "a number", isinstance(limit, int | float)
    else:
        expected, fits = "a word", isinstance(limit, str)
    if not fits:
        raise ConfigurationError(
            f"{values.name}: '{name}: {limit}' cannot be compared with this column; expected {expected}."
        )
    return pd.Timestamp(limit) if expected == "a date" else limit
