"""Dates as people write them, by the formats that study.yaml declares."""

from __future__ import annotations

import datetime as dt
import re

import pandas as pd

from oligomet.declarations import ConfigurationError

MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
          "december")  # fmt: skip

_PARTS = {
    "%Y": r"(?P<year>\d{4})",
    "%m": r"(?P<month>\d{1,2})",
    "%d": r"(?P<day>\d{1,2})",
    "%b": r"(?P<name>[a-z]{3,9})",
}
_TIME = re.compile(r"(?P<date>.*?)[T ] *(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(:(?P<second>[0-5]\d)(\.\d+)?)?")


class ImpossibleDate(ValueError):
    """It looks like a date, and there is no such day, or it lies outside the limits."""


def date_pattern(declared: str) -> re.Pattern:
    """The pattern of a declared format; spaces around its signs do not matter.

    Raises
    ------
    ConfigurationError
        If the format lacks the year, month or day, or has another part: two-digit years are too ambiguous to be read.
    """
    tokens = re.findall(r"%.|[^%]", declared)
    directives = [token for token in tokens if token.startswith("%")]
    if sorted(directives) not in (["%Y", "%d", "%m"], ["%Y", "%b", "%d"]):
        raise ConfigurationError(f"date format {declared!r}: expected %Y, %d and one of %m and %b, each once.")
    pattern = "".join(_PARTS.get(token) or rf"\s*{re.escape(token.strip())}\s*" for token in tokens)
    if "%Y%m" in declared or "%m%d" in declared or "%d%m" in declared or "%m%Y" in declared:
        pattern = pattern.replace(
            r"\d{1,2}", r"\d{2}"
        )  # without signs between them, only full widths tell the parts apart
    return re.compile(pattern, re.IGNORECASE)


def read_date(text: str, patterns: list[re.Pattern], earliest: dt.date, latest: dt.date) -> pd.Timestamp | None:
    """The day, and the time of day where one is written after it; None if the text fits no pattern.

    Of several patterns that fit, the first that gives a day of the calendar decides.

    Raises
    ------
    ImpossibleDate
        If a pattern fits and there is no such day, or it is before `earliest` or after `latest`.
    """
    timed = _TIME.fullmatch(text)
    fits = [fit for pattern in patterns if (fit := pattern.fullmatch(timed["date"] if timed else text))]
    if not fits:
        return None
    days = [day for fit in fits if (day := _day(**fit.groupdict()))]
    if not days:
        raise ImpossibleDate("there is no such day in the calendar")
    if not earliest <= days[0] <= latest:
        raise ImpossibleDate(f"a date before {earliest} or after {latest} is impossible here")
    time = dt.time(*(int(timed[part] or 0) for part in ("hour", "minute", "second"))) if timed else dt.time()
    return pd.Timestamp(dt.datetime.combine(days[0], time))


def _day(year: str, day: str, month: str | None = None, name: str | None = None) -> dt.date | None:
    numbers = [number for number, full in enumerate(MONTHS, 1) if name and full.startswith(name.lower())]
    try:
        return dt.date(int(year), int(month) if month else numbers[0], int(day))
    except (ValueError, IndexError):
        return None
