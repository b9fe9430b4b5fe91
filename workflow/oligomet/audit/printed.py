"""What a printed number can mean: the interval of values that print so."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

RELATIONS = {"<": "<", "≤": "≤", "<=": "≤", ">": ">", "≥": "≥", ">=": "≥", "=": "="}
NOT_GIVEN = "?"
NOT_REACHED = "not reached"
NOT_SIGNIFICANT = 0.05  # 'NS' stands for a p above it
MOST = 10_000_000  # that a number of a paper can be


@dataclass(frozen=True)
class Interval:
    """All numbers from `low` to `high`, both included."""

    low: float
    high: float

    @classmethod
    def at(cls, value: float) -> Interval:
        """The one number alone."""
        return cls(value, value)

    def holds(self, value: float, slack: float = 1e-9) -> bool:
        """Whether a value is in it, up to the last bits of a float."""
        return self.low - slack <= value <= self.high + slack

    def gap(self, other: Interval) -> float:
        """How far `other` lies above (+) or below (-) this interval; 0 where they meet, up to the last bits of both."""
        gap = other.low - self.high if other.low > self.high else min(0.0, other.high - self.low)
        size = max([1.0, *(abs(end) for end in (self.low, self.high) if math.isfinite(end))])
        return gap if abs(gap) > 1e-9 * size else 0.0

    def apart(self, other: Interval) -> float:
        """The gap between two intervals, whichever lies above."""
        return abs(self.gap(other))

    def meets(self, other: Interval) -> bool:
        """Whether two intervals have a value in common: one number, printed twice, can be meant."""
        return self.gap(other) == 0

    def within(self, low: float, high: float) -> Interval:
        """The nearest to it that is in between."""
        return Interval(min(max(self.low, low), high), min(max(self.high, low), high))

    def times(self, factor: float) -> Interval:
        """All of its numbers, multiplied by one that is not negative."""
        return Interval(self.low * factor, self.high * factor)

    def widened(self, by: float) -> Interval:
        """With so much more at both ends."""
        return Interval(self.low - by, self.high + by)

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def minus(self, other: Interval) -> Interval:
        """All differences of its numbers and those of another."""
        return Interval(self.low - other.high, self.high - other.low)

    def magnitude(self) -> Interval:
        """The absolute values of its numbers."""
        ends = sorted((abs(self.low), abs(self.high)))
        return Interval(0.0 if self.holds(0) else ends[0], ends[1])

    def through(self, function: Callable[[float], float]) -> Interval:
        """What a function that only rises, or only falls, makes of its numbers."""
        return Interval(*sorted((function(self.low), function(self.high))))

    def __str__(self) -> str:
        low, high = (
            f"{end:g}" if abs(end) < 1e6 and end == round(end) else f"{end:.4g}" for end in (self.low, self.high)
        )
        if low == high:
            return low
        if self.low == -math.inf:
            return f"at most {high}" if math.isfinite(self.high) else "anything"
        return f"{low} to {high}" if math.isfinite(self.high) else f"at least {low}"


@dataclass(frozen=True)
class Printed:
    """A number as printed, with its decimals, its relation (=, <, ≤, >, ≥) and the values it can stand for."""

    text: str
    value: float
    decimals: int
    relation: str
    interval: Interval


def read_number(text: str, whole: bool = False) -> Printed:
    """A number as printed: '3.10' stands for 3.095 to 3.105, '< 0.05' for anything below, '?' for what was not given.

    'not reached' stands for infinity, 'NS' for a p above 0.05.

    Both ways of rounding a final 5 are allowed, so the interval is closed.

    Parameters
    ----------
    text
        A number with a point as decimal sign and commas between thousands only, after =, <, ≤, > or ≥ if anything; or
        '?'.
    whole
        The number is a count: it means itself.

    Raises
    ------
    ValueError
        If it is none of these.
    """
    text = text.strip()
    if text == NOT_GIVEN:
        return Printed(text, math.nan, 0, "=", Interval(-math.inf, math.inf))
    if text == NOT_REACHED:
        return Printed(text, math.inf, 0, "=", Interval(-math.inf, math.inf))
    if text == "NS":
        return Printed(text, NOT_SIGNIFICANT, 2, ">", Interval(NOT_SIGNIFICANT, math.inf))
    match = re.fullmatch(r"(<=|>=|[<≤>≥=])?\s*(-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)", text)
    if not match:
        raise ValueError(f"{text!r} is not a number as printed, e.g. 14, 69.7, 3.10, < 0.05 or ? where none is given")
    relation = RELATIONS[match[1] or "="]
    number = Decimal(match[2].replace(",", ""))
    if whole and (number != number.to_integral_value() or abs(number) > MOST):
        raise ValueError(f"{text!r} is no count: that is a whole number of at most {MOST:,}")
    if abs(number) > MOST:
        raise ValueError(f"{text!r} is more than any paper means")
    decimals = max(0, -int(number.as_tuple().exponent))
    half = Decimal(0) if whole else Decimal(1).scaleb(-decimals) / 2
    low, high = float(number - half), float(number + half)
    if relation in "<≤":
        low = -math.inf
    if relation in ">≥":
        high = math.inf
    if whole and relation == "<":
        high = math.nextafter(high, -math.inf)
    if whole and relation == ">":
        low = math.nextafter(low, math.inf)
    return Printed(text, float(number), decimals, relation, Interval(low, high))


def read_printed_date(text: str) -> Printed:
    """A day (2021-12-30) or a month (2013-01), in days as `datetime.date.toordinal` counts them.

    A month stands for any of its days.

    Raises
    ------
    ValueError
        If it is neither.
    """
    try:
        if re.fullmatch(r"\d{4}-\d{2}", text):
            first = dt.date.fromisoformat(text + "-01")
            last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
        else:
            first = last = dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a date: write 2021-12-30, or 2021-12 for a month") from None
    return Printed(text, first.toordinal(), 0, "=", Interval(first.toordinal(), last.toordinal()))


def as_printed(value: float, decimals: int) -> str:
    """`value` as papers print it: with so many decimals, a final 5 rounded away from zero: 2.5 as 3."""
    number = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding="ROUND_HALF_UP")
    return f"{number:f}"
