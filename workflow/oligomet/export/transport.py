"""Data sets as files that statistical programs read: SAS transport, version 5, and CSV."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pandas as pd

from oligomet.export.adam import DataSet
from oligomet.tables import write_csv

LONGEST = 200  # bytes of a text in version 5
SPELT = str.maketrans(
    {"≥": ">=", "≤": "<=", "–": "-", "—": "-", "−": "-", "×": "x", "µ": "u", "α": "alpha", "β": "beta"}
)


def write_data_set(data: DataSet, folder: str | Path) -> list[Path]:
    """Write <name>.xpt and <name>.csv; the CSV holds the words as they are, the transport file in ASCII.

    Raises
    ------
    ValueError
        Naming the variables that hold a text of more than 200 characters, which a transport file would cut.
    """
    import pyreadstat  # late: only this rule needs it

    transport, table = (Path(folder, data.name.lower()).with_suffix(kind) for kind in (".xpt", ".csv"))
    rows = data.rows.copy()
    for name in rows:
        if pd.api.types.is_datetime64_any_dtype(rows[name]):
            rows[name] = pd.Series([None if pd.isna(day) else day.date() for day in rows[name]], dtype=object)
        elif pd.api.types.is_numeric_dtype(rows[name]):
            rows[name] = rows[name].astype(float)
        else:
            rows[name] = rows[name].astype("string").fillna("").map(to_ascii).astype(object)
    texts = rows.select_dtypes(object)
    long = [str(name) for name in texts if texts[name].map(lambda text: len(str(text)) > LONGEST).any()]
    if long:
        raise ValueError(f"{data.name}: texts of more than {LONGEST} characters in {', '.join(long)}.")
    write_csv(data.rows, table)
    labels: dict[str, str | None] = {name: to_ascii(label) for name, label in data.labels.items()}
    pyreadstat.write_xport(
        rows, transport, file_label=data.label, column_labels=labels, table_name=data.name, file_format_version=5
    )
    return [transport, table]


def to_ascii(text: str) -> str:
    """'≥ 3 cm' -> '>= 3 cm'; accents go, and what has no letter of ASCII becomes a question mark."""
    plain = unicodedata.normalize("NFKD", str(text).translate(SPELT))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).encode("ascii", "replace").decode()
