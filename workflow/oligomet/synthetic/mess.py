"""How a hospital's clerks type: many formats, units, words and widths for the same value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from oligomet.cohort.dates import MONTHS
from oligomet.study import Study
from oligomet.variables import columns_of

Cell = str | int | float | pd.Timestamp
Words = Mapping[str, Mapping[str, Sequence[str]]]  # of each vocabulary, the words for each code, the usual one first

CARELESS = 0.06  # share of cells with stray spaces or full-width characters
USUAL = 0.7  # share of cells in the most usual of several ways
BLANK = 0.9  # share of the cells without a value that are blank; the others hold a code for missing

# What stands where there is nothing to say and a value would have been optional.
HELPLESS = {"length_cm": "not measurable", "date": "see notes"}


@dataclass(frozen=True)
class Clerk:
    """Types values into cells. `typed`: into a workbook, whose cells may hold numbers and dates. `wide`: the file's
    encoding has the full-width characters of an East Asian keyboard."""

    study: Study
    words: Words
    rng: np.random.Generator
    typed: bool
    wide: bool = True

    def type_in(self, value: Any, role: str, name: str) -> Cell:
        """One way of writing `value` that means it, and nothing else, by the declarations of the column."""
        column = columns_of(role, self.study.variables)[name]
        declared = self.study.sources[role].columns[name]
        decimal = declared.decimal or self.study.parsing.decimal
        if pd.isna(value):
            return self._nothing(column.kind)
        match column.kind:
            case "date":
                return self.date(value, declared.dates or self.study.parsing.dates)
            case "integer":
                return int(value) if self.typed else self._carelessly(str(int(value)))
            case "length_cm":
                return self._amount(value, _with_units(declared.unit or "cm", cm=1, mm=10), decimal)
            case "dose_gy":
                return self._amount(value, _with_units(declared.unit or "Gy", Gy=1, cGy=100), decimal)
            case "number":
                return float(value) if self.typed else self._carelessly(f"{value:g}".replace(".", decimal))
            case "flag":
                words = self.study.parsing.true_words if value else self.study.parsing.false_words
                return self._carelessly(self._one_of(words))
            case "term":
                return self._carelessly(self._one_of(self.words[str(column.terms)][value]))
            case _:
                return self._carelessly(str(value))

    def date(self, day: pd.Timestamp, formats: list[str]) -> str | pd.Timestamp:
        if self.typed and self.rng.random() < USUAL:
            return day
        chosen = self._one_of(formats)
        month, number = str(day.month), str(day.day)
        if "%Y%m" in chosen or self.rng.random() < USUAL:
            month, number = month.zfill(2), number.zfill(2)
        parts = {"%Y": str(day.year), "%m": month, "%d": number, "%b": MONTHS[day.month - 1][:3].title()}
        for directive, text in parts.items():
            chosen = chosen.replace(directive, text)
        return self._carelessly(chosen)

    def _nothing(self, kind: str) -> str:
        if kind in HELPLESS and self.rng.random() < CARELESS:
            return HELPLESS[kind]
        return "" if self.rng.random() < BLANK else str(self.rng.choice(self.study.parsing.missing))

    def _amount(self, value: float, units: tuple[tuple[Decimal, str], ...], decimal: str) -> str | float:
        """A number in one of `units`: (how many make the column's unit, how it is written), the first being usual."""
        factor, unit = units[0] if self.rng.random() < USUAL else units[int(self.rng.integers(len(units)))]
        exact = (Decimal(repr(float(value))) * factor).normalize()
        text = f"{exact:f}"
        if self.typed and not unit and decimal == "." and len(exact.as_tuple().digits) <= 15:
            return float(text)
        space = " " if unit and self.rng.random() < 0.5 else ""
        return self._carelessly(text.replace(".", decimal) + space + unit)

    def _one_of(self, ways: Sequence[str]) -> str:
        return str(ways[0] if self.rng.random() < USUAL else ways[int(self.rng.integers(len(ways)))])

    def _carelessly(self, text: str) -> str:
        """`text` as it is, or so that normalising widths and spaces gives it back."""
        if self.rng.random() >= CARELESS:
            return text
        if not self.wide:
            return str(self.rng.choice([f" {text}", f"{text}  ", f"\u00a0{text}"]))
        full_width = text.translate({ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789+-./;:"})
        wide_spaces = text.replace(" ", "\u3000")
        return str(self.rng.choice([full_width, f" {text}", f"{text}  ", f"\u00a0{wide_spaces}"]))


def _with_units(default: str, **units: int) -> tuple[tuple[Decimal, str], ...]:
    """Amounts without a unit first, which means the declared one, then with each unit."""
    return ((Decimal(units[default]), ""), *((Decimal(factor), unit) for unit, factor in units.items()))
