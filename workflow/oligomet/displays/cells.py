"""A row of the estimates as a cell of a table."""

from __future__ import annotations

from oligomet.book import Entry
from oligomet.displays import formats


def estimate(one: Entry, digits: int | None = 2) -> str:
    """'0.60 (0.41–0.88)'; a dash where there is no value."""
    return formats.estimate_ci(one.estimate, one.conf_low, one.conf_high, digits)


def ratio(one: Entry | None, digits: int | None = 2) -> str:
    """'0.60 (0.41–0.88)'; the reason where there is no value; nothing where there is no such row."""
    if one is None:
        return ""
    return estimate(one, digits) if one.is_defined else one.reason or formats.MISSING


def percent(one: Entry) -> str:
    """'34.1 (27.2–41.5)', of a proportion; a dash where there is no value."""
    return formats.percent_ci(one.estimate, one.conf_low, one.conf_high, 1, "")


def rate(one: Entry | None) -> str:
    """'34.1 (27.2–41.5)'; the reason where there is no value; nothing where there is no such row."""
    if one is None:
        return ""
    return percent(one) if one.is_defined else one.reason or formats.MISSING


def median(one: Entry) -> str:
    """'18 (12–25)', of a time in months, with a decimal where one is needed; 'not reached' above one half."""
    whole = all(x is None or float(x).is_integer() for x in (one.estimate, one.conf_low, one.conf_high))
    return estimate(one, 0 if whole else 1) if one.is_defined else formats.NOT_REACHED


def p_value(one: Entry | None) -> str:
    """'0.035'; nothing where there is no such row."""
    return "" if one is None else formats.p_value(one.p_value)


def size(one: Entry | None) -> str:
    """'142', of how many; nothing where there is no such row."""
    return "" if one is None else formats.count(one.n)


def counted_of(one: Entry | None) -> str:
    """'28 of 34'; nothing where there is no such count."""
    return "" if one is None or one.events is None else f"{formats.count(one.events)} of {formats.count(one.n)}"


def fraction(one: Entry | None) -> str:
    """'28 / 34', for a narrow column; nothing where there is no such count."""
    return counted_of(one).replace(" of ", " / ")


def count_and_share(one: Entry) -> str:
    """'40 (59.7)'; a group of nobody has no percentage."""
    known = one.is_defined and not isinstance(one.estimate, formats.Withheld)
    return formats.count(one.events) + (f" ({formats.percent(one.estimate, 1, '')})" if known else "")


def number(one: Entry | None, digits: int = 2) -> str:
    """'1.68', the value alone; a dash where there is none."""
    return formats.number(one.estimate, digits) if one else formats.MISSING


def share(one: Entry | None) -> str:
    """'13.1', a proportion in per cent without its interval; nothing where there is no such row."""
    return "" if one is None else formats.percent(one.estimate, 1, "")
