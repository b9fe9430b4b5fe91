"""Compares the methods with the numbers that R gave (reference*.json), and tabulates how far they are apart.

PYTHONPATH=workflow python tests/reference/agreement.py     writes tests/reference/agreement.csv
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from calls_other import METHODS as OTHER
from calls_survival import METHODS as SURVIVAL
from calls_trial import METHODS as TRIAL

METHODS = SURVIVAL | OTHER | TRIAL
HERE = Path(__file__).parent
FLOOR = 1e-12  # rounding differs from machine to machine: what is closer is only said to be closer than this


@cache
def references() -> list[dict]:
    """One entry a method and data set: method, data, call, and values as arrays (NaN where R has NA)."""
    files = HERE / "reference.json", HERE / "reference_trial.json"
    entries = [entry for file in files for entry in json.loads(file.read_text())["reference"]]
    for entry in entries:
        entry["values"] = {name: np.atleast_1d(np.array(v, float)) for name, v in entry["values"].items()}
    return entries


@cache
def differences(method: str, data: str) -> pd.DataFrame:
    """A row a number: quantity, ours, theirs, absolute and relative difference.

    Raises
    ------
    AssertionError
        If the quantities differ, or one side has a number where the other has none.
    """
    theirs = next(e["values"] for e in references() if (e["method"], e["data"]) == (method, data))
    ours = METHODS[method](pd.read_csv(HERE / "data" / f"{data}.csv"), data)
    assert set(ours) == set(theirs), f"{sorted(ours)} are not {sorted(theirs)}"
    rows = []
    for quantity, values in theirs.items():
        own = np.atleast_1d(np.asarray(ours[quantity], float)).ravel()
        assert own.shape == values.shape, f"{quantity}: {own.shape} numbers, not {values.shape}"
        assert (np.isnan(own) == np.isnan(values)).all(), f"{quantity}: {own} are not {values}"
        rows.append(pd.DataFrame({"quantity": quantity, "ours": own, "theirs": values}))
    table = pd.concat(rows, ignore_index=True).dropna()
    absolute = (table["ours"] - table["theirs"]).abs()
    relative = absolute / table["theirs"].abs()
    return table.assign(absolute=absolute, relative=relative.where(table["theirs"].abs() > 1e-6, absolute))


def agreement() -> pd.DataFrame:
    """A row a method: the call (of its first data set), data sets, how many numbers, largest differences as bounds."""
    rows = []
    for entry in references():
        found = differences(entry["method"], entry["data"])
        rows.append(
            {**entry, "numbers": len(found), "absolute": found["absolute"].max(), "relative": found["relative"].max()}
        )
    table = (
        pd.DataFrame(rows)
        .groupby("method", sort=False, as_index=False)
        .agg(
            call=("call", "first"),
            data=("data", lambda names: " ".join(dict.fromkeys(names))),
            numbers=("numbers", "sum"),
            absolute=("absolute", "max"),
            relative=("relative", "max"),
        )
    )
    for column in ("absolute", "relative"):
        table[column] = [f"< {power_above(value):.0e}" for value in table[column]]
    return table


def power_above(value: float) -> float:
    """The power of ten above a difference, and at least FLOOR."""
    return 10.0 ** np.ceil(np.log10(max(value, FLOOR / 10) * 1.001))


if __name__ == "__main__":
    agreement().to_csv(HERE / "agreement.csv", index=False, lineterminator="\n")
