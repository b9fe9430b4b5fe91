"""A cohort many times as large, for measuring how the workflow grows."""

from __future__ import annotations

import numpy as np
import pandas as pd

LEAST = 0.8  # of the time after radiotherapy that a copied patient keeps


def grow(tables: dict[str, pd.DataFrame], times: int, keys: dict[str, list[str]], seed: int) -> dict[str, pd.DataFrame]:
    """Clean tables by role with every patient `times` times, each copy under a record number of its own.

    The first copy is as she was. What happened to another after her last fraction happened sooner, by a share of her
    own: copies to the day would tie every event with as many others, which no larger cohort does.

    Parameters
    ----------
    tables
        By role, with the column patient_id; `plans` has an end_date.
    keys
        By role, the columns that no two rows share; of rows that a sooner date makes share them the first stays.
    """
    rng = np.random.default_rng(seed)
    numbers = pd.Index(tables["patients"]["patient_id"])
    shares = np.vstack([np.ones(len(numbers)), rng.uniform(LEAST, 1, (times - 1, len(numbers)))])
    ended = tables["plans"].groupby("patient_id")["end_date"].max()
    return {
        role: pd.concat(
            [_copy(table, number, pd.Series(share, numbers), ended) for number, share in enumerate(shares)],
            ignore_index=True,
        ).drop_duplicates(keys[role], ignore_index=True)
        for role, table in tables.items()
    }


def _copy(table: pd.DataFrame, number: int, share: pd.Series, ended: pd.Series) -> pd.DataFrame:
    if number == 0:
        return table
    of, end = table["patient_id"].map(share), table["patient_id"].map(ended)
    sooner = {
        str(name): dates.mask(dates > end, end + ((dates - end) * of).dt.floor("D"))
        for name, dates in table.select_dtypes("datetime").items()
    }
    return table.assign(**sooner, patient_id=table["patient_id"] + f"-{number}")
