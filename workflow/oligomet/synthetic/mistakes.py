"""Rows that cannot be analysed: each is a true row with a cell or two gone wrong, under a key that no true row has."""

from __future__ import annotations

import numpy as np
import pandas as pd

# What goes wrong in cells, by role. STRANGER is a record number of nobody, SPARE a lesion number that no patient has.
STRANGER, SPARE = "{stranger}", "{spare}"
MISTAKES: dict[str, list[dict[str, str]]] = {
    "patients": [
        {"patient_id": STRANGER, "birth_date": "31.02.1958"},
        {"patient_id": STRANGER, "histology": "see pathology report"},
        {"patient_id": STRANGER, "kps": "good"},
        {"patient_id": ""},
    ],
    "therapies": [
        {"start_date": "2015年2月30日"},
        {"start_date": "spring 2014"},
        {"drug": "as discussed", "therapy_class": "unclear"},
        {"drug": "see letter", "end_date": "1999-12-31"},
        {"patient_id": STRANGER},
    ],
    "surgeries": [{"date": "2013-13-01"}, {"date": "2035-06-01"}, {"patient_id": STRANGER}],
    "lesions": [{"lesion_number": "?"}, {"lesion_number": SPARE}, {"patient_id": STRANGER}],
    "plans": [
        {"lesion_number": SPARE, "start_date": "30.02.2016"},
        {"lesion_number": SPARE, "ptv_dose_gy": "5.04 Gy"},
        {"lesion_number": SPARE},
        {"patient_id": STRANGER},
    ],
    "measurements": [
        {"date": "2018-02-31"},
        {"date": "2081-05-02"},
        {"date": "after cycle 3"},
        {"lesion_number": SPARE},
        {"patient_id": STRANGER},
    ],
    "follow_up": [
        {"date": "30.02.2019"},
        {"date": "last summer"},
        {"date": "2091-04-11"},
        {"patient_id": STRANGER},
    ],
    "toxicities": [
        {"onset_date": "31.04.2017"},
        {"toxicity": "tiredness"},
        {"toxicity": "unclear", "grade": "7"},
        {"patient_id": STRANGER},
    ],
    "image_features": [{"lesion_number": SPARE}, {"patient_id": STRANGER}],
}


def find_mistakes(
    role: str, tables: dict[str, pd.DataFrame], rng: np.random.Generator
) -> list[tuple[int, dict[str, str]]]:
    """Places in the table of `role`, and the cells (verbatim) with which those rows are to be written once more."""
    table = tables[role]
    if table.empty:
        return []
    taken = {*tables["patients"]["patient_id"]}
    strangers = (number for k in range(1, 10**6) if (number := f"UNKNOWN-{k:04d}") not in taken)
    spare = int(max([0, *tables["lesions"]["lesion_number"], *tables["plans"]["lesion_number"]])) + 1
    # lesions, plans and measurements must not meet under one spare number
    numbers = iter(range(spare + 10 * list(MISTAKES).index(role), 10**6))
    mistakes = []
    for cells in MISTAKES[role]:
        filled = {
            name: next(strangers) if cell == STRANGER else str(next(numbers)) if cell == SPARE else cell
            for name, cell in cells.items()
        }
        mistakes.append((int(rng.integers(len(table))), filled))
    return mistakes + (_impossible_contacts(tables) if role == "follow_up" else [])


def _impossible_contacts(tables: dict[str, pd.DataFrame]) -> list[tuple[int, dict[str, str]]]:
    """A death before radiotherapy and a contact before birth, of the first patients for whom there is one."""
    contacts = tables["follow_up"]
    number = contacts["patient_id"]
    started = number.map(tables["plans"].groupby("patient_id")["start_date"].min())
    first = contacts.groupby("patient_id")["date"].transform("min")
    died = pd.concat([started, first], axis=1).min(axis=1).where(started.notna()) - pd.Timedelta(days=30)
    born = number.map(tables["patients"].set_index("patient_id")["birth_date"]) - pd.DateOffset(years=1)
    days = {"died": died.dropna(), "born": born.dropna()}
    return [
        (contacts.index.tolist().index(of.index[0]), {"date": f"{of.iloc[0]:%Y-%m-%d}", **cells})
        for of, cells in ((days["died"], {"status": "dead"}), (days["born"], {}))
        if len(of)
    ]
