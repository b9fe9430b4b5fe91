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


def _digest(number: str, key: str) -> str:
    return hmac.new(key.encode(), number.encode(), hashlib.sha256).hexdigest()
