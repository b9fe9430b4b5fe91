"""What tables and figures say alike of a study: its subjects, units, variables, outcomes, and what its data are."""

from __future__ import annotations

from oligomet.displays import formats
from oligomet.schemas import TABLES

UNKNOWN = "Unknown"
SUBJECTS = {"patient": "patients", "lesion": "lesions"}
LABELS = {  # of variables whose meaning in the schemas is more than a name
    "age_years": "Age (years)",
    "metastases": "Metastatic lesions",
    "irradiated_lesions": "Irradiated lesions",
    "recurrences": "Recurrences",
    "since_last_treatment_months": "Time since last treatment",
    "platinum_free_interval_months": "Platinum-free interval",
    "gtv_diameter_cm": "GTV diameter (cm)",
    "bed10_gy": "Biologically effective dose (Gy)",
    "eqd2_gy": "Equivalent dose in 2 Gy fractions (Gy)",
    "dose_gy": "Total dose (Gy)",
    "fraction_gy": "Dose per fraction (Gy)",
    "fractions": "Fractions",
    "ptv_dose_gy": "Dose to the PTV (Gy)",
    "pgtv_dose_gy": "Dose to the boosted GTV (Gy)",
}
UNITS = {"months": "months", "years": "years", "cm": "cm", "gy": "Gy"}  # by the end of a variable's name


def is_time(study, variable: str) -> bool:
    """Whether a variable is a time between two dates."""
    own = study.variables.get(variable)
    if own and own.cut:
        return is_time(study, own.cut)
    return bool(own and own.between) or variable.endswith(("_days", "_months", "_years"))


def confidence(study) -> str:
    """'95%'."""
    return formats.percent(study.analyses.confidence, 0)


def interval_of(study) -> str:
    """'95% CI'."""
    return f"{confidence(study)} CI"


def outcome_label(study, name: str) -> str:
    """Of an endpoint, or of the factor that a model predicts."""
    return (study.endpoints[name] if name in study.endpoints else study.factors[name]).label


def variable_label(study, name: str) -> str:
    """A variable's name for readers: that of the first factor that cuts it, else its declared label, else its own, else
    what it means.
    """
    for factor in study.factors.values():
        if factor.variable == name:
            return factor.label
    if own := study.variables.get(name):
        return own.shown
    return LABELS.get(name) or capitalised(
        next((columns[name].meaning for columns in TABLES.values() if name in columns), name)
    )


def unit_of(variable: str, label: str) -> str:
    """The unit of a variable where its label leaves it to the groups, else nothing."""
    return "" if "(" in label else UNITS.get(variable.rpartition("_")[2], "")


def with_unit(label: str, variable: str) -> str:
    """The label of an axis: 'Time since last treatment (months)'."""
    unit = unit_of(variable, label)
    return f"{label} ({unit})" if unit else label


def capitalised(code: str) -> str:
    """A code as a reader sees it: 'impossible_date' -> 'Impossible date', 'follow_up' -> 'Follow-up'."""
    said = code.replace("follow_up", "follow-up").replace("_", " ")
    return said[:1].upper() + said[1:]
