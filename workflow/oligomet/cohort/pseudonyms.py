"""Names that are none: the same record number always gets the same one, and nobody without the key can go back."""

from __future__ import annotations

import hashlib
import hmac

import pandas as pd

from oligomet.declarations import ConfigurationError

PUBLIC_KEY = "oligomet"  # of a synthetic study, which has nobody to protect: its results are the same everywhere


def name_patients(numbers: pd.Series, key: str) -> dict[str, str]:
    """For each record number, P- and 12 hexadecimal digits of its HMAC-SHA256.

    Raises
    ------
    ConfigurationError
        If the key is empty, or two record numbers get the same pseudonym, which another key cures.
    """
    if not key.strip():
        raise ConfigurationError("the key of the pseudonyms is empty: anybody could go back to the record numbers.")
    names = {number: f"P-{_digest(number, key)[:12]}" for number in numbers.dropna().unique()}
    if len(set(names.values())) < len(names):
        raise ConfigurationError("two record numbers get the same pseudonym; the key has to be another.")
    return names


def shift_dates(rows: pd.DataFrame, key: str, most: int) -> pd.DataFrame:
    """`rows` with all dates of a patient moved by the same number of days: at least 1, up to `most`, back or forth.

    The pseudonym and the key say by how many, so that whatever lies between two dates of a patient stays.
    """
    dates = rows.select_dtypes("datetime").columns
    if not most or dates.empty or rows.empty:
        return rows
    days = {name: int(_digest(f"dates of {name}", key), 16) % (2 * most) - most for name in rows["patient_id"].unique()}
    moved = pd.to_timedelta(rows["patient_id"].map({name: by + (by >= 0) for name, by in days.items()}), unit="D")
    return rows.assign(**{name: rows[name] + moved for name in dates})


def _digest(number: str, key: str) -> str:
    return hmac.new(key.encode(), number.encode(), hashlib.sha256).hexdigest()
