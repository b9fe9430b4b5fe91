"""Dates as people write them, by the formats that study.yaml declares."""

from __future__ import annotations

import calendar
import datetime as dt
import re
import zoneinfo

import pandas as pd

MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
          "december")  # fmt: skip

_PARTS = {
    "%Y": r"(?P<year>\d{4})",
    "%m": r"(?P<month>\d{1,2})",
    "%d": r"(?P<day>\d{1,2})",
    "%b": r"(?P<name>[a-z]{3,9})",
}
_TIME = re.compile(
    r"(?P<date>.*?)[T ] *(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(:(?P<second>[0-5]\d)(\.\d+)?)?"
    r" *(?P<offset>Z|UTC|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)
_UNKNOWN = r"(?:[-/. ]?(?:UNK?|UK|XX?|00|\?\??|ND))"
_YEAR, _MONTH = r"(?P<year>(?:1[89]|20)\d\d)", r"(?:[-/.年](?P<month>0?[1-9]|1[0-2])月?)?"
_PARTIAL = re.compile(rf"{_YEAR}{_MONTH}{_UNKNOWN}{{0,2}}年?", re.IGNORECASE)
_UTC = ("Z", "UTC", "+0000", "+00:00")


class ImpossibleDate(ValueError):
    """It looks like a date, and there is no such day, or it lies outside the limits."""


def date_pattern(declared: str) -> re.Pattern:
    """The pattern of a declared format (`declarations.DateFormats`); spaces around its signs do not matter."""
    tokens = re.findall(r"%.|[^%]", declared)
    pattern = "".join(_PARTS.get(token) or rf"\s*{re.escape(token.strip())}\s*" for token in tokens)
    if "%Y%m" in declared or "%m%d" in declared or "%d%m" in declared or "%m%Y" in declared:
        pattern = pattern.replace(
            r"\d{1,2}", r"\d{2}"
        )  # without signs between them, only full widths tell the parts apart
    return re.compile(pattern, re.IGNORECASE)


class MomentElsewhere(ValueError):
    """A moment with an offset from UTC, and it is not declared where its day is meant."""


def read_date(
    text: str, patterns: list[re.Pattern], earliest: dt.date, latest: dt.date, timezone: str | None = None
) -> pd.Timestamp | None:
    """The day, and the time of day where one is written after it; None if the text fits no pattern.

    Of several patterns that fit, the first that gives a day of the calendar decides. A moment with an offset (Z is that
    of UTC) is the moment in `timezone`; midnight in UTC is how software writes a day without a time, and is that day.

    Raises
    ------
    ImpossibleDate
        If a pattern fits and there is no such day, or it is before `earliest` or after `latest`.
    MomentElsewhere
        If a moment has an offset, is not midnight in UTC, and no `timezone` is declared.
    """
    timed = _TIME.fullmatch(text)
    fits = [fit for pattern in patterns if (fit := pattern.fullmatch(timed["date"] if timed else text))]
    if not fits:
        return None
    days = [day for fit in fits if (day := _day(**fit.groupdict()))]
    if not days:
        raise ImpossibleDate("there is no such day in the calendar")
    hour, minute, second = (int(timed[part] or 0) if timed else 0 for part in ("hour", "minute", "second"))
    time = dt.time(hour, minute, second)
    moment = dt.datetime.combine(days[0], time)
    offset = (timed["offset"] or "").upper() if timed else ""
    if offset and not (time == dt.time() and offset in _UTC):
        moment = _moment_in(timezone, moment, offset)
    if not earliest <= moment.date() <= latest:
        raise ImpossibleDate(f"a date before {earliest} or after {latest} is impossible here")
    return pd.Timestamp(moment)


def _moment_in(timezone: str | None, moment: dt.datetime, offset: str) -> dt.datetime:
    if timezone is None:
        raise MomentElsewhere("a moment with an offset from UTC; declare where its day is meant (parsing.timezone)")
    sign, digits = offset[0], offset[1:].replace(":", "")
    ahead = dt.timedelta(0)
    if sign in "+-":
        ahead = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) * (1 if sign == "+" else -1)
    there = moment.replace(tzinfo=dt.timezone(ahead)).astimezone(zoneinfo.ZoneInfo(timezone))
    return there.replace(tzinfo=None)


def complete_date(text: str, rule: str, latest: dt.date) -> tuple[pd.Timestamp, str] | None:
    """A day for a date of which only year and month, or only the year, is known: 2020-06, 2020-06-UNK, 2020-UNK-UNK.

    Parameters
    ----------
    rule
        first, middle or last: day of the month or year. The middle of a month is the 15th, of a year the 1st of July.
    latest
        The data cut: no day is made up after it.

    Returns
    -------
    The day, and in words what was taken; None if the text is no such date.
    """
    known = _PARTIAL.fullmatch(text)
    if not known:
        return None
    year, month = int(known["year"]), known["month"] and int(known["month"])
    days = {
        "first": dt.date(year, month or 1, 1),
        "middle": dt.date(year, month, 15) if month else dt.date(year, 7, 1),
        "last": dt.date(year, month or 12, calendar.monthrange(year, month or 12)[1]),
    }
    day = max(days["first"], min(days[rule], latest))
    return pd.Timestamp(day), f"no day{'' if month else ' and month'}: one is taken (parsing.partial_dates: {rule})"


def _day(year: str, day: str, month: str | None = None, name: str | None = None) -> dt.date | None:
    numbers = [number for number, full in enumerate(MONTHS, 1) if name and full.startswith(name.lower())]
    try:
        return dt.date(int(year), int(month) if month else numbers[0], int(day))
    except (ValueError, IndexError):
        return None
