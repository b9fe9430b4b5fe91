"""The columns of the cohort: the cleaned records of the eligible, who was screened, and what did not go on."""

from dataclasses import replace

from oligomet.columns import CHECKS, EVENTS, Column
from oligomet.export_columns import ALL_SOURCES, OPTIONAL, PATIENT, SOURCES

SOURCE = Column("text", "the raw row this row is: file[sheet]:row")
LESION = Column("identifier", "patient_id-L<number>, and -C<course> where the lesion is irradiated again")

# Why a record is set aside, or one of its cells.
KINDS = (
    *("unreadable", "unknown_term", "missing", "out_of_range", "impossible_date", "partial_date"),
    *("duplicate", "superseded", "orphan", "inconsistent", "not_eligible"),
)

LESION_DERIVED = {
    "lesion_id": LESION,
    "patient_id": PATIENT,
    "course": Column("integer", "the patient's course of radiotherapy, from 1", at_least=1),
    "imaged_id": Column("identifier", "patient_id-L<number>: the lesion as imaging names it, in whichever course"),
    "site": Column("term", "site", terms="site"),
    "nodal": Column("flag", "a lymph node, measured by its short axis"),
    "visceral": Column("flag", "in a visceral organ"),
    "gtv_diameter_cm": SOURCES["lesions"]["gtv_diameter_cm"],
    **{
        name: replace(column, required=column.required and name not in ("fractions", "ptv_fraction_gy", "ptv_dose_gy"))
        for name, column in SOURCES["plans"].items()
        if name not in ("patient_id", "lesion_number")
    },
    "dose_unknown": Column("text", "why the dose that a boost makes of it is not known, where it is not", False),
    "source": SOURCE,
    "plan_source": SOURCE,
}

PATIENT_BASE = {
    "patient_id": PATIENT,
    "age_years": Column("integer", "age at the first fraction, completed years", False, at_least=0, at_most=120),
    **{
        name: replace(column, required=False)  # a hospital may not collect it
        for name, column in SOURCES["patients"].items()
        if name not in ("patient_id", "birth_date", "surgery_or_systemic_feasible")
    },
    "radiotherapy_start": Column("date", "first fraction of the course from which the patient is followed"),
    "radiotherapy_end": Column("date", "last fraction of that course"),
    "source": SOURCE,
}

MAY_LACK = ("therapy_class", "platinum", "reason", "modality", "seen")  # as far as it may be not collected

# Child records as they go on: keyed by patient_id, and by lesion_id in place of the lesion's number.
CHILDREN = {
    role: {
        **{
            name: replace(column, required=column.required and name not in MAY_LACK)
            for name, column in ALL_SOURCES[role].items()
            if name not in ("lesion_number", "drug")  # what was typed freely goes no further
        },
        **(
            {"lesion_id": Column("identifier", "patient_id-L<number>, in whichever course")}
            if "lesion_number" in ALL_SOURCES[role]
            else {}
        ),
        "source": SOURCE,
    }
    for role in ("therapies", "surgeries", "measurements", "follow_up", "toxicities", *OPTIONAL)
}

COHORT: dict[str, dict[str, Column]] = {
    # cohort: one row a thing, eligible patients only
    "cohort/patients": PATIENT_BASE,
    "cohort/lesions": LESION_DERIVED,
    **{f"cohort/{role}": columns for role, columns in CHILDREN.items()},
    "cohort/screened": {
        "patient_id": PATIENT,
        "eligible": Column("flag", "went on to the analysis"),
        "rule": Column("text", "id of the first eligibility rule that was not met", False),
        "reason": Column("text", "that rule in words", False),
        "centre": Column("text", "the centre, where sources name one", False),
        "source": SOURCE,
    },
    "cohort/screened_lesions": {  # before the patients: what is asked of a patient is asked of the lesions left
        "patient_id": PATIENT,
        "lesion_id": LESION,
        "eligible": Column("flag", "went on, if the patient did"),
        "rule": Column("text", "id of the first eligibility rule of lesions that was not met", False),
        "reason": Column("text", "that rule in words", False),
        "source": SOURCE,
    },
    "cohort/quarantine": {
        "role": Column("text", "the source's role, e.g. measurements"),
        "file": Column("text", "raw file"),
        "sheet": Column("text", "worksheet", False),
        "row": Column("integer", "row in the file, the header being row 1", at_least=1),
        "part": Column("text", "where a raw row is several rows: the column at which this one begins", False),
        "column": Column("text", "column as the file names it; empty where the whole row is meant", False),
        "kind": Column("term", "class of the reason", allowed=KINDS),
        "reason": Column("text", "what was expected, in words"),
        "row_kept": Column("flag", "0: the row was left out; 1: it was analysed, this is about one of its cells"),
        "centre": Column("text", "the centre of the row, where sources name one", False),
    },
    # beside the extracted text, and as private
    "extracted/quarantined_cells": {
        "file": Column("text", "raw file"),
        "sheet": Column("text", "worksheet", False),
        "row": Column("integer", "row in the file, as in cohort/quarantine", at_least=1),
        "part": Column("text", "part of the row, as in cohort/quarantine", False),
        "column": Column("text", "column as the file names it"),
        "value": Column("text", "what stood there, verbatim"),
    },
    "cohort/accounting": {
        "role": Column("text", "the source's role"),
        "file": Column("text", "raw file"),
        "sheet": Column("text", "worksheet", False),
        "raw": Column("integer", "rows in the export", at_least=0),
        "analysed": Column("integer", "rows that went into an analysis table", at_least=0),
        "quarantined": Column("integer", "rows that went into quarantine", at_least=0),
        "possible_events": Column("integer", "entries of cohort/possible_events", at_least=0),
    },
    "cohort/possible_events": {
        "role": Column("text", "the source's role"),
        "patient_id": Column("identifier", "pseudonym, where the record number can be read", False),
        "event": Column("term", "what it would have been", allowed=(*EVENTS, "severe_toxicity")),
        "certain": Column("flag", "1: the record says so; 0: it cannot be read and may say so"),
        "decide": Column("flag", "1: no estimate is made until the record is mended or a decision is declared"),
        "source": SOURCE,
        "reason": Column("text", "why it was set aside"),
    },
    # what could be true and contradicts something else: analysed as it stands
    "cohort/findings": {
        "check": Column("term", "what was held against what", allowed=CHECKS),
        "role": Column("text", "the source's role"),
        "patient_id": Column("identifier", "pseudonym; empty where a whole export is meant", False),
        "source": Column("text", "the raw row, or the role of the export that is meant as a whole"),
        "column": Column("text", "the column that is meant", False),
        "said": Column("text", "the contradiction, in words"),
        "dismissed": Column("flag", "1: study.yaml says that it is right"),
        "reason": Column("text", "and why", False),
    },
}
