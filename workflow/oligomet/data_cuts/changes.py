"""Two snapshots of a study's tables, held against each other row by row."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oligomet.data_cuts import KEYS
from oligomet.schemas import ESTIMATE_KEY

PLACE = ("source", "plan_source", "baseline_source")  # a row moves in its file without having changed
TOLERANCE = 1e-9  # relative


def find_changed_records(before: dict[str, pd.DataFrame], after: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """What was added, what is gone and what was changed of each patient (data_cuts/records).

    Parameters
    ----------
    before, after
        The tables named in `KEYS`, of the earlier and the later snapshot. Patients must bear the same pseudonyms.
    """
    parts = [find_changed_cells(before[name], after[name], key).assign(table=name) for name, key in KEYS.items()]
    found = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    order = {name: place for place, name in enumerate(KEYS)}
    found = found.sort_values(
        ["patient_id", "table", "record"], key=lambda it: it.map(order) if it.name == "table" else it
    )
    columns = ["patient_id", "table", "record", "change", "column", "before", "after"]
    return found[columns].reset_index(drop=True)


def find_changed_cells(before: pd.DataFrame, after: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """The cells in which two tables differ.

    Parameters
    ----------
    before, after
        An earlier and a later table.
    key
        The columns by which a row is known, more than one or patient_id.

    Returns
    -------
    The first column of the key, record (the rest of it), change (added, gone, changed), column, before, after as text.
    Of a row that is new or gone one line, without column and values.
    """
    first = key[0]
    old, new = (_cells(table, key) for table in (before, after))
    joined = old.merge(new, on=[first, "record", "column"], how="outer", suffixes=("_before", "_after"))
    joined = joined.rename(columns={"cell_before": "before", "cell_after": "after"})
    differs = joined["before"].fillna("") != joined["after"].fillna("")
    of = pd.MultiIndex.from_frame(joined[[first, "record"]])
    there = [of.isin(pd.MultiIndex.from_frame(side[[first, "record"]])) for side in (old, new)]
    found = joined.assign(change=np.select([~there[0], ~there[1]], ["added", "gone"], "changed"))[differs].copy()
    found.loc[found["change"] != "changed", ["column", "before", "after"]] = None
    found = found.drop_duplicates([first, "record", "change", "column"])
    return found[[first, "record", "change", "column", "before", "after"]].reset_index(drop=True)


def find_changed_numbers(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The estimates that are new, gone or not what they were (data_cuts/numbers).

    The steps of curves are left out: they move with every patient, and their rates are given apart.

    Parameters
    ----------
    before, after
        `estimates` of the earlier and the later snapshot.

    Returns
    -------
    The key of the estimates without the method, with estimate, n and events before and after, and `change`: added,
    gone or changed.
    """
    key = [name for name in ESTIMATE_KEY if name != "method"]
    values = ["estimate", "conf_low", "conf_high", "p_value", "n", "events"]
    old, new = (
        frame[~frame["analysis"].str.contains("curve")].drop_duplicates(key)[[*key, *values]]
        for frame in (before, after)
    )
    joined = old.merge(new, on=key, how="outer", suffixes=("_before", "_after"), indicator=True)
    same = pd.Series(True, joined.index)
    for name in values:
        one, other = (joined[f"{name}_{side}"].astype(float) for side in ("before", "after"))
        same &= np.isclose(one, other, rtol=TOLERANCE, atol=0, equal_nan=True)
    change = joined["_merge"].map({"left_only": "gone", "right_only": "added", "both": "changed"}).astype(str)
    told = [f"{name}_{side}" for name in ("estimate", "n", "events") for side in ("before", "after")]
    return joined.assign(change=change)[~same | (change != "changed")][[*key, "change", *told]].reset_index(drop=True)


def _cells(table: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """A row a cell, as text: the first column of the key, record (the rest of it), column, cell."""
    text = table.drop(columns=[name for name in PLACE if name in table]).astype("string")
    record = text[key[1]].str.cat(text[key[2:]], sep=" ", na_rep="") if key[1:] else text[key[0]]
    text = text.drop(columns=key[1:]).assign(record=record)
    return text.melt(id_vars=[key[0], "record"], var_name="column", value_name="cell")


def tell(records: pd.DataFrame, numbers: pd.DataFrame) -> str:
    """What changed, in a few lines for the screen."""
    lines = [f"{len(records.drop_duplicates('patient_id'))} patients with a change, {len(numbers)} numbers."]
    counts = records.value_counts(["table", "change"], sort=False).reset_index()
    lines += [f"  {row['table']}: {row['count']} {row['change']}" for row in counts.to_dict("records")]
    return "\n".join(lines)
