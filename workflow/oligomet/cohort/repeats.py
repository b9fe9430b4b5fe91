"""Rows that share a key: copies, corrections, and contradictions."""

from __future__ import annotations

import pandas as pd

from oligomet.cohort.records import findings


def compare_repeats(contents: pd.DataFrame, key: list[str], edited: pd.Series, rows: pd.Series) -> pd.DataFrame:
    """Which of the rows with the same key are to go, and why.

    Rows that say the same are copies: the first in the file stays. Where rows say different things, what was edited
    last stays. If that cannot be told, because a date of editing is missing or shared, none of them stays.

    Parameters
    ----------
    contents
        What each row says, as comparable text.
    key
        The columns of `contents` that identify a row.
    edited
        When each row was last edited; all empty where the source does not say.
    rows
        The number of each row in its file, for the reasons.

    Returns
    -------
    findings of kind `duplicate`, `superseded` or `inconsistent`, as `records.findings` makes them.
    """
    same_key = contents.groupby(key, dropna=False, sort=False).ngroup()
    same_content = contents.groupby(list(contents.columns), dropna=False, sort=False).ngroup()
    version = edited.groupby(same_content).transform("max")  # when this content was last confirmed
    latest = version == version.groupby(same_key).transform("max")

    one_content = same_content.groupby(same_key).transform("nunique") == 1
    all_dated = version.notna().groupby(same_key).transform("all")
    one_latest = same_content.where(latest).groupby(same_key).transform("nunique") == 1
    decided = one_content | (all_dated & one_latest)
    stays = decided & (one_content | latest) & ~same_content.duplicated()

    keeper = rows.where(stays).groupby(same_key).transform("max").astype("Int64").astype("string")
    contradicting = rows[~decided].astype("string")  # few; joining texts goes through Python key by key
    listed = contradicting.groupby(same_key).transform(", ".join).astype("string").reindex(rows.index)
    superseded = decided & ~one_content & ~latest
    duplicate = decided & ~stays & ~superseded
    contradiction = f"the same {', '.join(key)}, and no date of editing tells which is right: rows "
    return pd.concat(
        [
            _found(duplicate, "duplicate", "says the same as row " + keeper),
            _found(superseded, "superseded", "corrected by row " + keeper + ", which was edited later"),
            _found(~decided, "inconsistent", contradiction + listed),
        ]
    )


def _found(where: pd.Series, kind: str, reason: pd.Series) -> pd.DataFrame:
    return findings(where.index[where], kind, reason[where])
