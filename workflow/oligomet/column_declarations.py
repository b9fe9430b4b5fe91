"""How study.yaml declares a column of an export, and which rows of it count."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from oligomet.declarations import DateFormats, Declaration


def _word(value: Any) -> Any:
    """A number or date of YAML as the text that was typed; yes and no are truth values to YAML, so they need quotes."""
    if isinstance(value, bool):
        raise ValueError("put the word in quotes: YAML takes a bare yes, no, true or false for a truth value")
    return value if value is None or isinstance(value, dict | list) else str(value)


Word = Annotated[str, BeforeValidator(_word)]


class Brief(Declaration):
    """Dumped without what nobody declared: Snakemake shows the parameters of a rule when one of them has changed."""

    @model_serializer(mode="wrap")
    def _declared(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in dump(self).items() if value not in (None, [], {})}


class ColumnSource(Brief):
    """Where a column stands in the export, and how its cells are to be read where that differs from `parsing`."""

    header: Word
    constant: Word | None = None  # what every row says, where no column says it
    unit: Literal["mm", "cm", "Gy", "cGy"] | None = None
    dates: DateFormats | None = None
    decimal: Literal[".", ","] | None = None
    serial_dates: Literal[1900, 1904] | None = None  # numbers are Excel's days since then
    digits: int | None = Field(None, ge=1)  # numbers get leading zeros up to so many digits: a record number's
    pattern: str | None = None  # a regular expression: the cell is what its group holds, or all that it matches

    @property
    def written(self) -> tuple:
        """How its cells are written, for those who parse them: one answer a column of a file."""
        return self.unit, self.decimal, self.dates

    @model_validator(mode="after")
    def _pattern_compiles(self) -> ColumnSource:
        try:
            re.compile(self.pattern or "")
        except re.error as error:
            raise ValueError(f"{self.pattern!r} is not a regular expression ({error})") from None
        return self


class Cells(Brief):
    """What the cells of a column must be for a row to count: one of the words in `is`, none of those in `is_not`."""

    is_: list[Word] | None = Field(None, alias="is")
    is_not: list[Word] | None = None

    @model_validator(mode="before")
    @classmethod
    def _words_alone(cls, raw: Any) -> Any:
        raw = raw if isinstance(raw, dict) else {"is": raw}
        return {name: words if isinstance(words, list) or words is None else [words] for name, words in raw.items()}

    @model_validator(mode="after")
    def _says_something(self) -> Cells:
        if self.is_ is None and self.is_not is None:
            raise ValueError("expected words, or is: and is_not: with words; '' is the empty cell")
        return self


def with_constants(raw: Any) -> Any:
    """Headers alone and `constants` as full columns, so that a column is looked up in one place."""
    if not isinstance(raw, dict) or not isinstance(raw.get("columns", {}), dict):
        return raw
    raw = dict(raw)
    constants = raw.pop("constants", None) or {}
    if not isinstance(constants, dict):
        raise ValueError(f"constants: expected 'column: word' lines, found {constants!r}")
    columns = {
        name: {"header": value} if isinstance(value, str | int | float) else value
        for name, value in raw.get("columns", {}).items()
    }
    fixed = {name: {"header": f"constants.{name}", "constant": value} for name, value in constants.items()}
    return {**raw, "columns": {**columns, **fixed}}


class RowSource(Brief):
    """One of several rows that a row of the file stands for: what differs from the source's own columns."""

    where: dict[str, Cells] = Field({})
    columns: dict[str, ColumnSource] = Field({})

    @model_validator(mode="before")
    @classmethod
    def _unfold(cls, raw: Any) -> Any:
        return with_constants(raw)
