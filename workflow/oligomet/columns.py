"""What a column of a table is: the kind of its values, what it means, and what may stand in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

Kind = Literal["text", "identifier", "date", "integer", "number", "length_cm", "dose_gy", "flag", "term"]

DTYPES: dict[str, Any] = {
    "text": "string",
    "identifier": "string",
    "term": "string",
    "date": "datetime64[ns]",
    "integer": "Int64",
    "flag": "Int64",  # 1 yes, 0 no, empty unknown
    "number": "float64",
    "length_cm": "float64",
    "dose_gy": "float64",
}


@dataclass(frozen=True)
class Column:
    """One column: its kind, what it means, its allowed words (`terms` names a vocabulary of study.yaml), its limits."""

    kind: Kind
    meaning: str
    required: bool = True  # the column may not be empty in a row
    allowed: tuple[str, ...] = ()
    terms: str | None = None
    at_least: float | None = None
    at_most: float | None = None
    unit: str | None = None  # where neither kind nor name tells
    pattern: str | None = None  # a regular expression that all of a text must match


RESPONSES = ("CR", "PR", "SD", "PD", "NE")

Event = Literal[
    "radiotherapy_start",
    "radiotherapy_end",
    "in_field_recurrence",
    "lesion_progression",
    "distant_progression",
    "new_lesion",
    "next_systemic_therapy",
    "next_radiotherapy",
    "toxicity",
    "death",
    "last_contact",
    "last_imaging",
    "last_adequate_imaging",
    "data_cut",
]
EVENTS: tuple[Event, ...] = get_args(Event)
FOUND_BY_IMAGING = ("in_field_recurrence", "lesion_progression", "distant_progression", "new_lesion")

# What values that could be true can be found to contradict (cohort/cross_checks).
Check = Literal["boost", "fractions", "size", "early", "death", "living", "recurrence", "edited", "export"]
CHECKS: tuple[Check, ...] = get_args(Check)
