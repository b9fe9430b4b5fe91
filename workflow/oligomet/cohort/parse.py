"""The text of a cell as a value of the declared kind, or the reason why it is none."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pandas as pd

from oligomet.cohort.dates import ImpossibleDate, MomentElsewhere, complete_date, date_pattern, read_date
from oligomet.cohort.terms import UnknownTerm, term_reader
from oligomet.column_declarations import ColumnSource
from oligomet.declarations import Parsing
from oligomet.schemas import ALL_SOURCES, DTYPES, Column
from oligomet.study import Study
from oligomet.variables import columns_of

# Widths of the units, in that of the kind. A cell that names no unit has the declared one, else that of its column.
_UNITS = {
    "length_cm": {"cm": Decimal(1), "厘米": Decimal(1), "mm": Decimal("0.1"), "毫米": Decimal("0.1")},
    "dose_gy": {"Gy": Decimal(1), "cGy": Decimal("0.01")},
}
_OWN_UNIT = {"length_cm": "cm", "dose_gy": "Gy"}

_UNSEEN = ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", *map(chr, [*range(9), *range(14, 28), 127])]
_UNIFIED = str.maketrans({**dict.fromkeys("‐‑‒–—―−", "-"), **dict.fromkeys(_UNSEEN, "")})


EDITED_LATER_YEARS = 10  # than the data cut, at most; the day of the run decides nothing


class Refused(ValueError):
    """A cell without a value of the expected kind. The reason never repeats the cell, which may identify someone."""

    def __init__(self, kind: str, reason: str):
        super().__init__(reason)
        self.kind, self.reason = kind, reason


def plain(text: str) -> str:
    """`text` with one width of characters (NFKC), one kind of dash, single spaces, and nothing that cannot be seen."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_UNIFIED).split())


def parse_column(
    cells: pd.Series, role: str, name: str, study: Study, entries: pd.Series | None = None
) -> tuple[pd.Series, pd.DataFrame]:
    """The values of a column, and what was wrong with the cells that have none.

    Parameters
    ----------
    cells
        Verbatim text.
    role, name
        The column of the role, one of `ALL_SOURCES` or of the study's own: it says the kind, the limits and whether a
        value is required; study.yaml says of the same column how it is written.
    entries
        Of a source with `files`, by which entry each cell is read: each file is written in its own way.

    Returns
    -------
    values, on the index of `cells`, in the dtype of the kind (lengths in cm, doses in Gy); empty where there is none.
    findings, on the index of the refused cells: `column`, `kind` (a class of the quarantine) and `reason`. A cell that
    is empty or holds a missing code is refused only where a value is required. A date whose day was made up by
    `parsing.partial_dates` has its value, and a finding of kind partial_date.
    """
    column, source = columns_of(role, study.variables)[name], study.sources[role]

    def parse(written: pd.Series, declared: ColumnSource) -> tuple[pd.Series, pd.DataFrame]:
        read = _reader(column, declared, study)
        return _parse(written, name, column, lambda text: _within_limits(read(text), column), study)

    if entries is None or cells.empty:
        return parse(cells, source.columns[name])
    parsed = [
        parse(of_entry, source.part(str(entry)).columns.get(name, source.columns[name]))
        for entry, of_entry in cells.groupby(entries)
    ]
    return pd.concat([values for values, _ in parsed])[cells.index], pd.concat([found for _, found in parsed])


def parse_role(frame: pd.DataFrame, role: str, study: Study) -> list[tuple[pd.Series, pd.DataFrame]]:
    """`parse_column` of all columns of a role: those of the schema, then when rows were edited and, of follow-up, died.

    Record numbers have their centre before them, where sources name one.
    """
    answers = [
        parse_column(frame[name], role, name, study, frame.get("entry"))
        if name in frame
        else _not_collected(frame.index, role, name)
        for name in columns_of(role, study.variables)
    ]
    if "centre" in frame:
        answers[0] = _of_centre(*answers[0], frame["centre"], study)
    if "edited" in frame:
        answers.append(parse_edited(frame["edited"], study))
    if role == "follow_up" and "death_date" in frame:
        answers.append(_parse_death_date(frame["death_date"], study))
    return answers


def _not_collected(index: pd.Index, role: str, name: str) -> tuple[pd.Series, pd.DataFrame]:
    """A column that no record has: empty values, and nothing wrong with any of them. As `parse_column`."""
    values = pd.Series(None, index=index, dtype=DTYPES[ALL_SOURCES[role][name].kind], name=name)
    return values, pd.DataFrame(columns=["kind", "reason", "column"], dtype=object)


def _of_centre(
    numbers: pd.Series, findings: pd.DataFrame, centres: pd.Series, study: Study
) -> tuple[pd.Series, pd.DataFrame]:
    """Record numbers with their centre before them, as two centres may give one number; findings of both."""
    column = Column("identifier", "centre")
    read = _reader(column, ColumnSource(header="centre"), study)
    names, missing = _parse(centres, "centre", column, read, study)
    return (names + "/" + numbers).rename(numbers.name), pd.concat([findings, missing])


def parse_edited(cells: pd.Series, study: Study) -> tuple[pd.Series, pd.DataFrame]:
    """When each row was last edited, to the second where a time is given; findings as `parse_column` gives them.

    Records are edited after the data cut as well, but one that claims to be of decades later would win over all.
    """
    latest = study.data_cut + dt.timedelta(days=round(EDITED_LATER_YEARS * 365.25))
    read = _date_reader(study.parsing.dates, study.parsing, latest)
    return _parse(cells, "edited", Column("date", "last edit", required=False), read, study)


def _parse_death_date(cells: pd.Series, study: Study) -> tuple[pd.Series, pd.DataFrame]:
    """The day of death where it stands beside that of the last contact; findings as `parse_column` gives them."""
    declared = study.sources["follow_up"].columns["death_date"]
    column = Column("date", "day of death", required=False)
    return _parse(cells, "death_date", column, _reader(column, declared, study), study)


def _parse(cells: pd.Series, name: str, column: Column, read: Callable[[str], Any], study: Study) -> tuple:
    missing = {plain(code).casefold() for code in study.parsing.missing} | {""}

    def answer(text: str) -> tuple:
        try:
            if text.casefold() not in missing:
                value = read(text)
                return (value[0], "partial_date", value[1]) if isinstance(value, tuple) else (value, pd.NA, pd.NA)
            if column.required:
                raise Refused("missing", "nothing is there, and a value is required")
        except Refused as refused:
            return pd.NA, refused.kind, refused.reason
        return pd.NA, pd.NA, pd.NA

    place, written = pd.factorize(cells.fillna(""))  # few texts, many cells
    texts = [plain(text) for text in written]
    answers = {text: answer(text) for text in dict.fromkeys(texts)}
    found = pd.DataFrame([answers[text] for text in texts], columns=["value", "kind", "reason"], dtype=object)
    values, dtype = found["value"], DTYPES[column.kind]
    if dtype == "float64":
        values = values.astype("Float64")  # which knows pd.NA
    values = (pd.to_datetime(values) if column.kind == "date" else values).astype(dtype)
    refused = found["kind"].notna().to_numpy()[place]
    findings = found[["kind", "reason"]].iloc[place[refused]].set_axis(cells.index[refused]).assign(column=name)
    return values.iloc[place].set_axis(cells.index).rename(name), findings


def _within_limits(value: Any, column: Column) -> Any:
    low, high = column.at_least, column.at_most
    if (low is not None and value < low) or (high is not None and value > high):
        limits = ([] if low is None else [f"at least {low:g}"]) + ([] if high is None else [f"at most {high:g}"])
        raise Refused("out_of_range", f"expected {' and '.join(limits)} {_OWN_UNIT.get(column.kind, '')}".strip())
    return value


def _reader(column: Column, declared: ColumnSource, study: Study) -> Callable[[str], Any]:
    parsing = study.parsing
    decimal = declared.decimal or parsing.decimal
    match column.kind:
        case "text":
            return lambda text: _code(text, column.pattern) if column.pattern else text
        case "identifier":
            return lambda text: text.replace(" ", "").upper()
        case "date":
            read = _date_reader(declared.dates or parsing.dates, parsing, study.data_cut)
            return lambda text: _day(read, text, parsing, study.data_cut)
        case "integer":
            return lambda text: _integer(text, decimal)
        case "number" if column.unit is None:
            return lambda text: float(_number(text, decimal, "a number"))
        case "number" | "length_cm" | "dose_gy":
            unit = column.unit or _OWN_UNIT[column.kind]
            units = next((units for units in _UNITS.values() if unit in units), {unit: Decimal(1)})
            widths = {name: width / units[unit] for name, width in units.items()}
            return lambda text: _measure(text, decimal, widths, declared.unit or unit)
        case "flag":
            return _word_reader({1: parsing.true_words, 0: parsing.false_words})
        case "term":
            vocabulary = str(column.terms)
            return _refusing(term_reader(vocabulary, study.terms[vocabulary], parsing.denials))


def _code(text: str, pattern: str) -> str:
    if not re.fullmatch(pattern, text):
        raise Refused("unreadable", "not a code as the declared pattern has it (variables)")
    return text


def _day(read: Callable[[str], pd.Timestamp], text: str, parsing: Parsing, latest: dt.date) -> Any:
    """The day; with what was taken in words, where only its month or year is known and a rule for that is declared."""
    try:
        return read(text).normalize()
    except Refused as refused:
        if parsing.partial_dates == "quarantine":
            raise
        completed = complete_date(text, parsing.partial_dates, latest)
        if completed is None:
            raise
        if not parsing.earliest <= completed[0].date() <= latest:
            reason = f"a date before {parsing.earliest} or after {latest} is impossible here"
            raise Refused("impossible_date", reason) from refused
        return completed


def _date_reader(formats: list[str], parsing: Parsing, latest: dt.date) -> Callable[[str], pd.Timestamp]:
    patterns = [date_pattern(declared) for declared in formats]

    def read(text: str) -> pd.Timestamp:
        try:
            day = read_date(text, patterns, parsing.earliest, latest, parsing.timezone)
        except ImpossibleDate as impossible:
            raise Refused("impossible_date", str(impossible)) from None
        except MomentElsewhere as moment:
            raise Refused("unreadable", str(moment)) from None
        if day is None:
            raise Refused("unreadable", f"not a date in one of the declared formats ({', '.join(formats)})")
        return day

    return read


def _number(text: str, decimal: str, expected: str) -> Decimal:
    if not re.fullmatch(rf"[+-]?\d{{1,9}}({re.escape(decimal)}\d+)?", text):
        sign = "a point" if decimal == "." else "a comma"
        raise Refused("unreadable", f"expected {expected}, {sign} as decimal sign (parsing.decimal)")
    return Decimal(text.replace(decimal, "."))


def _integer(text: str, decimal: str) -> int:
    number = _number(text, decimal, "a whole number")
    if number != int(number):
        raise Refused("unreadable", "expected a whole number")
    return int(number)


def _measure(text: str, decimal: str, units: dict[str, Decimal], default: str) -> float:
    """A number with its unit, in decimal arithmetic: 24 mm is 2.4 cm to the last bit."""
    expected = f"a number with {' or '.join(units)}"
    written = re.fullmatch(r"([+-]?\d+(?:[.,]\d+)?) ?(.*)", text)
    if not written:
        raise Refused("unreadable", f"expected {expected}")
    number, unit = written.groups()
    factor = {name.casefold(): factor for name, factor in units.items()}.get((unit or default).casefold())
    if factor is None:
        reason = f"what stands after the number is none of the units {', '.join(units)} ({default} is declared)"
        raise Refused("unreadable", reason)
    return float(_number(number, decimal, expected) * factor)


def _word_reader(words: dict[int, list[str]]) -> Callable[[str], int]:
    values = {plain(word).casefold(): value for value, listed in words.items() for word in listed}

    def read(text: str) -> int:
        if text.casefold() not in values:
            raise Refused("unknown_term", f"expected yes or no: {', '.join(values)}")
        return values[text.casefold()]

    return read


def _refusing(read: Callable[[str], str]) -> Callable[[str], str]:
    def read_or_refuse(text: str) -> str:
        try:
            return read(text)
        except UnknownTerm as unknown:
            raise Refused("unknown_term", str(unknown)) from None

    return read_or_refuse
