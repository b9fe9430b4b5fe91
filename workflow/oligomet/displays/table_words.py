"""What tables say alike: their subjects, units, variables and the notice of a synthetic cohort."""

from __future__ import annotations

from oligomet.schemas import TABLES

UNKNOWN = "Unknown"


SUBJECTS = {"patient": "patients", "lesion": "lesions"}


UNITS = {"months": "months", "years": "years", "cm": "cm", "gy": "Gy"}  # by the end of a variable's name


def synthetic_note(study) -> list[str]:
    return [f"{study.synthetic.short}."] if study.synthetic else []


def variable_label(study, name: str) -> str:
    """A variable's name for readers: that of the first factor that cuts it, else its meaning in the schemas."""
    for factor in study.factors.values():
        if factor.variable == name:
            return factor.label
    meaning = next(TABLES[table][name].meaning for table in TABLES if name in TABLES[table])
    return meaning[:1].upper() + meaning[1:]


def unit_of(variable: str, label: str) -> str:
    """The unit of a variable where its label leaves it to the groups, else nothing."""
    return "" if "(" in label else UNITS.get(variable.rpartition("_")[2], "")
