"""The numbers of the prose: how a template asks for one, the question that this puts to the book, how it is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from oligomet.book import Book, Entry, describe
from oligomet.displays import formats
from oligomet.manuscript.sourced import Declared, Said
from oligomet.schemas import TABLES

ANY = object()  # an argument that may be left out where one row answers without it
NEAREST = 3


@dataclass(frozen=True)
class Call:
    """A number that can be asked for: ``OS.rate(60)``, ``OS.hr("gtv", "{estimate} ({low}–{high})")``."""

    pattern: str  # how it is printed unless the template says otherwise
    required: tuple[str, ...] = ()  # columns of the key that are given in this order, before the pattern
    optional: dict[str, Any] = field(default_factory=dict)  # columns that may be given by name: if not, these
    question: dict[str, Any] = field(default_factory=dict)  # what else the row must be


def _survival(pattern: str, statistic: str, *required: str) -> Call:
    return Call(pattern, required, {"factor": None, "group": None}, {"analysis": "survival", "statistic": statistic})


def _ratio(analysis: str, statistic: str, *required: str) -> Call:
    return Call("{estimate}{ci}", required, {"group": ANY}, {"analysis": analysis, "statistic": statistic})


OF_ENDPOINT = {
    "rate": _survival("{estimate}%", "survival", "time_months"),
    "median": _survival("{estimate} months{ci}", "median"),
    "follow_up": _survival("{estimate} months{ci}", "follow_up_median"),
    "earliest": _survival("{estimate}", "min"),
    "latest": _survival("{estimate}", "max"),
    "incidence": Call(
        "{estimate}%",
        ("time_months",),
        {"factor": None},
        {"analysis": "competing", "statistic": "cumulative_incidence"},
    ),
    "test": Call("{p}", ("factor",), {}, {"analysis": "logrank"}),
    "hr": _ratio("cox_univariable", "hazard_ratio", "factor"),
    "adjusted_hr": _ratio("cox_multivariable", "hazard_ratio", "factor"),
}
OF_RESPONSE = {
    "rate": Call(
        "{estimate}%",
        ("statistic",),
        {"unit": "lesion", "endpoint": "first", "population": "evaluable", "factor": None, "group": None},
        {"analysis": "response"},
    ),
    "odds_ratio": _ratio("logistic_multivariable", "odds_ratio", "endpoint", "factor"),
    "firth_odds_ratio": _ratio("logistic_multivariable", "firth_odds_ratio", "endpoint", "factor"),
}
_DESCRIBED = {"analysis": "description", "by": None}
OF_UNIT = {
    "size": Call("{estimate}", (), {"population": "all"}, {**_DESCRIBED, "factor": None, "statistic": "count"}),
    "share": Call(
        "{events} ({estimate}%)",
        ("factor", "group"),
        {"population": "all"},
        {**_DESCRIBED, "statistic": "proportion"},
    ),
    "variable": Call("{estimate}", ("factor", "statistic"), {"population": "all"}, {**_DESCRIBED, "group": None}),
}
OF_TOXICITY = {
    "patients": Call(
        "{events}", ("factor",), {"group": None, "grade": None}, {"analysis": "toxicity", "statistic": "proportion"}
    )
}
OF_LITERATURE = {
    "pooled": Call(
        "{estimate}%{ci}",
        ("population", "factor"),
        {},
        {"analysis": "literature", "group": "pooled", "statistic": "proportion"},
    )
}
_COUNTED = {"analysis": "flow", "statistic": "count"}
OF_FLOW = {
    "patients": Call("{estimate}", ("group",), {}, {**_COUNTED, "unit": "patient", "factor": "eligibility"}),
    "records": Call("{estimate}", ("factor", "group"), {}, {**_COUNTED, "unit": "row"}),
}


class Asked:
    """What a template calls: the numbers of an endpoint, of the patients, of the responses.

    An endpoint has its declaration as well: ``OS.label``.
    """

    def __init__(
        self,
        name: str,
        calls: dict[str, Call],
        book: Book,
        report: Callable[[str], None],
        bound: dict[str, Any] | None = None,
        declaration: Declared | None = None,
    ):
        self.name = name
        self.made: dict[tuple[str, str], str] = {}  # text and source -> the call that asked for it
        self._calls, self._book, self._report = calls, book, report
        self._bound, self._declaration = bound or {}, declaration

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or (name not in self._calls and self._declaration is None):
            raise AttributeError(name)
        if name in self._calls:
            return lambda *given, **optional: self._answer(name, given, optional)
        return getattr(self._declaration, name)

    def __dir__(self) -> list[str]:
        return [*self._calls, *(dir(self._declaration) if self._declaration else ())]

    def _answer(self, name: str, given: tuple, optional: dict[str, Any]) -> Said:
        call = self._calls[name]
        required = dict(zip(call.required, given, strict=False))
        pattern, asked = given[len(required) :], self._spoken(name, given, optional)
        if len(required) < len(call.required) or len(pattern) > 1 or set(optional) - set(call.optional):
            usage = ", ".join([*call.required, "pattern", *(f"{key}=..." for key in call.optional)])
            self._report(f"{asked} is not how it is asked for: {self.name}.{name}({usage})")
            return Said("?", "")
        question = {**call.question, **self._bound, **call.optional, **required, **optional}
        found = list(self._book.some(**{key: value for key, value in question.items() if value is not ANY}))
        if len(found) != 1:
            names = [one for one, _ in self.names()]
            alike = [one for one in names if one.startswith(f"{self.name}.{name}(")]
            near = get_close_matches(asked, alike or names, NEAREST, 0)
            many = f"{len(found)} rows answer {asked}" if found else f"nothing answers {asked}"
            self._report(many + (f"; the nearest are {', '.join(near)}" if near else ""))
            return Said("?", "")
        try:
            said = tell(found[0], *(pattern or (call.pattern,)))
        except LookupError as error:
            self._report(f"{asked}: {error}")
            return Said("?", "")
        self.made[(said.plain, said.source)] = asked
        return said

    def names(self) -> Iterator[tuple[str, Said]]:
        """Every call that has an answer, as it is written in a template, and the answer."""
        for name, call in self._calls.items():
            for entry in self._book.some(**call.question, **self._bound):
                given = tuple(entry[column] for column in call.required)
                more = {key: entry[key] for key, usual in call.optional.items() if entry[key] != usual}
                if None not in given and all(value is not None for value in more.values()):
                    yield self._spoken(name, given, more), tell(entry, call.pattern)

    def _spoken(self, name: str, given: tuple, optional: dict[str, Any]) -> str:
        said = [_written(value) for value in given] + [f"{key}={_written(value)}" for key, value in optional.items()]
        return f"{self.name}.{name}({', '.join(said)})"


def _written(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value.plain if isinstance(value, Said) else value}"'
    return f"{value:g}" if isinstance(value, float) else str(value)


class _Figure:
    """A number of a row in a pattern: ``{estimate}`` as such numbers are printed, ``{estimate:3}`` to three decimals,
    ``{estimate:1%}`` in per cent (the sign stands in the pattern)."""

    def __init__(self, value: float | None, usual: str, missing: str = formats.MISSING):
        self._value, self._usual, self._missing = value, usual, missing

    def __format__(self, spec: str) -> str:
        if self._value is None:
            return self._missing
        if isinstance(self._value, formats.Withheld):
            return _in_words(self._value)
        spec = spec or self._usual
        if spec.endswith("%"):
            return formats.percent(self._value, int(spec[:-1]), sign="")
        return formats.number(self._value, int(spec) if spec != "as it is" else None)


def _in_words(count: Any) -> str:
    """A count that may not be shown, in a sentence: 'fewer than 5', '5 or more', 'an undisclosed number'."""
    sign, _, limit = formats.count(count).partition(" ")
    return {"<": f"fewer than {limit}", "≥": f"{limit} or more"}.get(sign, "an undisclosed number")


class _Interval:
    """The limits in brackets with a space before them; nothing where there are none, or the interval has no width."""

    def __init__(self, entry: Entry, usual: str):
        self._low, self._high, self._usual = entry.conf_low, entry.conf_high, usual

    def __format__(self, spec: str) -> str:
        spec = spec or self._usual
        if self._low == self._high or isinstance(self._low, formats.Withheld):
            return ""
        digits = None if spec == "as it is" else int(spec.rstrip("%"))
        times = 100 if spec.endswith("%") else 1
        low, high = (end if end is None else times * end for end in (self._low, self._high))
        return f" ({formats.range_(low, high, digits)})"


def tell(entry: Entry, pattern: str = "{estimate}{ci}") -> Said:
    """What a row of the estimates says, in the words of a pattern.

    A pattern may hold `{estimate}`, `{low}`, `{high}`, `{ci}` (both limits in brackets, with a space before them, or
    nothing), `{n}`, `{events}`, `{p}` (p = 0.035) and `{reason}`. Where the estimate itself is missing, the text is a
    dash, of a median 'not reached'; what may not be shown is said in words.

    >>> tell(book.one(...), "{estimate}% ({low} to {high})")
    '34.1% (27.2 to 41.5)'

    Raises
    ------
    LookupError
        If a pattern holds anything else.
    """
    usual = usual_format(entry)
    if entry.estimate is None and "{estimate" in pattern:
        median = entry.statistic in ("median", "follow_up_median")
        return Said(formats.NOT_REACHED if median else formats.MISSING, source_of(entry))
    if isinstance(entry.estimate, formats.Withheld) and usual.endswith("%") and "{estimate" in pattern:
        return Said(_in_words(entry.events) if "{events" in pattern else "an undisclosed share", source_of(entry))
    parts = {
        "estimate": _Figure(entry.estimate, usual),
        "low": _Figure(entry.conf_low, usual, formats.NOT_REACHED),
        "high": _Figure(entry.conf_high, usual, formats.NOT_REACHED),
        "ci": _Interval(entry, usual),
        "n": _Figure(entry.n, "0"),
        "events": _Figure(entry.events, "0"),
        "p": formats.p_text(entry.p_value),
        "reason": entry.reason,
    }
    try:
        text = pattern.format(**parts)
    except (KeyError, IndexError, ValueError) as error:
        raise LookupError(f"{error} in '{pattern}': a pattern may hold {', '.join(parts)}") from None
    return Said(text, source_of(entry))


def source_of(entry: Entry) -> str:
    """Where the row stands, and the numbers behind it."""
    counts = ", ".join(f"{name} {entry[name]}" for name in ("n", "events") if entry[name] is not None)
    return f"estimates: {describe(entry.where)}" + (f"; {counts}" if counts else "")


def usual_format(entry: Entry) -> str:
    """How an estimate is printed: decimals, and % where it is a proportion."""
    if "ratio" in entry.statistic:
        return "2"
    if entry.analysis == "description" and entry.statistic not in ("count", "proportion"):
        return _as_measured(entry.factor, entry.statistic)
    if entry.statistic in ("count", "median", "follow_up_median", "min", "max"):
        return "0"
    return "1%"


def _as_measured(variable: str, statistic: str) -> str:
    """Decimals of a described variable: as it is measured for what was observed, one more for what was computed."""
    columns = {**TABLES["outcomes/patients"], **TABLES["outcomes/lesions"]}
    if variable in columns and columns[variable].kind != "integer":
        return "2" if variable.endswith("_cm") else "1"
    if variable.startswith("days_") or variable.endswith("_years"):
        return "0"
    return "1" if statistic in ("mean", "sd") else "as it is"
