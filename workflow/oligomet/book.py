"""The book of numbers: the estimates, and the one question that tables, figures, prose, audit and tests put to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from functools import cache
from typing import Any

import pandas as pd

from oligomet.schemas import ESTIMATE_KEY, TABLES, conform

NEAREST = 3  # rows that are named where the one that was asked for is not there


class Entry:
    """A row of the estimates: its columns as attributes, None where they are empty."""

    def __init__(self, columns: dict[str, Any]):
        self.__dict__.update(columns)

    def __getattr__(self, column: str) -> Any:  # asked only for what is not a column
        raise AttributeError(f"{column}: not a column of the estimates")

    def __getitem__(self, column: str) -> Any:
        return self.__dict__[column]

    @property
    def where(self) -> dict[str, Any]:
        """What the row is of: the columns of the key that are not empty."""
        return {name: self[name] for name in ESTIMATE_KEY if self[name] is not None}

    @property
    def is_defined(self) -> bool:
        """Whether there is a value; where there is none, `reason` says why."""
        return self.estimate is not None

    @property
    def contrast(self) -> str:
        """'≥ 60 vs < 60', as readers see two groups that are compared."""
        return f"{self.group} vs {self.reference}"

    def __repr__(self) -> str:
        return describe(self.where)


class Book:
    """Rows of the estimates, in their order.

    A question names columns of the key (`schemas.ESTIMATE_KEY`) and what they hold: a value, None for an empty cell, or
    a list of values of which any will do. A column that is not named may hold anything.

    >>> book = Book(tables.read("results/<study>/estimates/estimates.csv"))
    >>> book.one(analysis="survival", endpoint="OS", statistic="survival", factor=None, time_months=60).estimate
    0.305757575758
    >>> [(test.factor, test.p_value) for test in book.some(analysis="logrank", endpoint="OS")]
    [('histology', 0.27), ...]
    """

    def __init__(self, estimates: pd.DataFrame | Iterable[Entry]):
        if isinstance(estimates, pd.DataFrame):
            filled = conform(estimates, TABLES["estimates"]).astype(object)
            filled = filled.where(filled.notna(), None)  # type: ignore[call-overload]  # cells are objects, None is one
            estimates = map(Entry, filled.to_dict("records"))
        self._entries = list(estimates)
        self._by_analysis: dict[str, list[Entry]] = {}
        for entry in self._entries:
            self._by_analysis.setdefault(entry.analysis, []).append(entry)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def some(self, **question: Any) -> Book:
        """The rows that answer, none or many.

        Raises
        ------
        LookupError
            If the question names a column that is not of the key.
        """
        return Book(self._answers(question))

    def one(self, **question: Any) -> Entry:
        """The row that answers.

        Raises
        ------
        LookupError
            If none or several do. The message names the nearest rows, or those that answer.
        """
        found = self._answers(question)
        if len(found) == 1:
            return found[0]
        if found:
            raise LookupError(f"{len(found)} estimates answer {describe(question)}, one should:\n{_list(found)}")
        nearest = _list(self._nearest(question))
        raise LookupError(f"no estimate answers {describe(question)}; the nearest are\n{nearest}")

    def maybe(self, **question: Any) -> Entry | None:
        """The row that answers, or None; several are an error as in `one`."""
        return self.one(**question) if self._answers(question) else None

    def each(self, *columns: str) -> list[Any]:
        """The values that a column has, or the combinations that several have, each once, in order."""
        found = dict.fromkeys(tuple(entry[name] for name in columns) for entry in self._entries)
        return [values[0] for values in found] if len(columns) == 1 else list(found)

    def frame(self) -> pd.DataFrame:
        """The rows as the table that they come from: a row each, with the columns and types of `estimates`."""
        return conform(pd.DataFrame([vars(entry) for entry in self._entries]), TABLES["estimates"])

    def _answers(self, question: dict[str, Any]) -> list[Entry]:
        unknown = [name for name in question if name not in ESTIMATE_KEY]
        if unknown:
            raise LookupError(f"{', '.join(unknown)}: not of the key, which is {', '.join(ESTIMATE_KEY)}")
        analysis = question.get("analysis")
        candidates = self._by_analysis.get(analysis, []) if isinstance(analysis, str) else self._entries
        wanted = [(name, _values(value)) for name, value in question.items()]
        return [entry for entry in candidates if all(entry.__dict__[name] in values for name, values in wanted)]

    def _nearest(self, question: dict[str, Any]) -> list[Entry]:
        def likeness(entry: Entry) -> float:
            asked = ((entry[name], value) for name, value in question.items())
            return sum(1 if found in _values(value) else _alike(found, value) / 2 for found, value in asked)

        return sorted(self._entries, key=likeness, reverse=True)[:NEAREST]


def describe(where: dict[str, Any]) -> str:
    """Columns and values in words: 'analysis survival, endpoint OS, no factor, time_months 60'."""
    return ", ".join(
        f"no {name}" if value is None else f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in where.items()
    )


def _list(entries: list[Entry]) -> str:
    more = [f"  and {len(entries) - NEAREST} more"] * (len(entries) > NEAREST)
    return "\n".join([*(f"  {entry}" for entry in entries[:NEAREST]), *more]) or "  (there are no estimates)"


@cache  # of few values, in many rows
def _alike(one: Any, other: Any) -> float:
    return SequenceMatcher(None, str(one), str(other)).ratio()


def _values(value: Any) -> tuple:
    return tuple(value) if isinstance(value, list | tuple | set | frozenset) else (value,)
