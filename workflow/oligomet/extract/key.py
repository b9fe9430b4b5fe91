"""The key of the pseudonyms: a secret of the hospital, from the environment or in a file beside study.yaml."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from oligomet.declarations import ConfigurationError

VARIABLE = "OLIGOMET_PSEUDONYM_KEY"
FILE = "pseudonym.key"


def find_key(study_folder: Path) -> str:
    """The key in the environment variable, else in the study's file, which is made where there is none.

    Raises
    ------
    ConfigurationError
        If the key that there is is empty, or the file can be neither read nor made.
    """
    file = study_folder / FILE
    if (given := os.environ.get(VARIABLE)) is not None:
        return _not_empty(given, f"the environment variable {VARIABLE}")
    try:
        if not file.exists():
            with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as made:
                made.write(secrets.token_hex(32) + "\n")
        return _not_empty(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise ConfigurationError(
            f"{file}: the key of the pseudonyms can be neither read nor made ({why}). "
            f"It can also stand in the environment variable {VARIABLE}."
        ) from None


def _not_empty(key: str, where: str) -> str:
    if not key.strip():
        raise ConfigurationError(
            f"{where}: the key of the pseudonyms is empty; expected a secret that is hard to guess. "
            f"Without {VARIABLE} and without {FILE} in the study's folder one is made."
        )
    return key.strip()
