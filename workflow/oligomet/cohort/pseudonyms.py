"""Names that are none: the same record number always gets the same one, and nobody without the key can go back."""

from __future__ import annotations

import hashlib
import hmac

import pandas as pd

from oligomet.declarations import ConfigurationError


def name_patients(numbers: pd.Series, salt: str) -> dict[str, str]:
    """For each record number, P- and 8 hexadecimal digits of its HMAC-SHA256.

    Raises
    ------
    ConfigurationError
        If two record numbers get the same pseudonym, which another salt cures.
    """
    names = {number: f"P-{_digest(number, salt)[:8]}" for number in numbers.dropna().unique()}
    if len(set(names.values())) < len(names):
        raise ConfigurationError("pseudonym_salt: two record numbers get the same pseudonym; choose another salt.")
    return names


def _digest(number: str, salt: str) -> str:
    return hmac.new(salt.encode(), number.encode(), hashlib.sha256).hexdigest()
