"""One way to read a table and one way to write it: CSV, UTF-8, ISO dates, empty cells for what is missing."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from oligomet.schemas import conform, validate
from oligomet.variables import Variable, columns_of


def name_of(path: str | Path) -> str:
    """The declared table that a file holds: 'results/x/cohort/patients.csv' -> 'cohort/patients'."""
    path = Path(path)
    name = f"{path.parent.name}/{path.stem}"
    return "estimates" if path.parent.name == "estimates" else name


def read(
    path: str | Path, name: str | None = None, variables: Mapping[str, Variable] = MappingProxyType({})
) -> pd.DataFrame:
    """A declared table with its declared types, those of a study's own `variables` too."""
    columns = columns_of(name or name_of(path), variables)
    dates = [key for key, column in columns.items() if column.kind == "date"]
    frame = pd.read_csv(path, dtype="string", keep_default_na=False, na_values=[""])
    for key in dates:
        frame[key] = pd.to_datetime(frame[key], format="%Y-%m-%d")
    return conform(frame, columns)


def read_verbatim(path: str | Path) -> pd.DataFrame:
    """An extracted source: every cell as the text that stood in the export, empty where it was empty."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def write(
    frame: pd.DataFrame,
    path: str | Path,
    name: str | None = None,
    variables: Mapping[str, Variable] = MappingProxyType({}),
) -> None:
    """Write a declared table, after checking it; the same frame always gives the same bytes."""
    name = name or name_of(path)
    columns = columns_of(name, variables)
    frame = validate(conform(frame, columns).reset_index(drop=True), name, columns)
    write_csv(frame, path)


def write_csv(frame: pd.DataFrame, path: str | Path) -> None:
    """Any frame as CSV in the house's format: 12 significant digits, of which processors can differ in the last two.

    A carriage return in a cell would end its row for whoever reads it, and Python before 3.13 puts no quotes around it:
    a table with one has quotes around all cells.
    """
    style: dict[str, Any] = {"index": False, "date_format": "%Y-%m-%d", "float_format": "%.12g", "lineterminator": "\n"}
    text = str(frame.to_csv(**style))
    if "\r" in text:
        text = str(frame.to_csv(quoting=csv.QUOTE_ALL, **style))
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8", newline="")
