"""The tables that flow between the stages: columns, types, units, allowed values. The only place that says so.

A column is declared once, with the type of its values (see `Kind`), the words allowed in it, its limits, and whether
it may be empty. Readers of raw exports parse into these types, `oligomet.tables` reads and writes them, `validate`
checks them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    import pandas as pd  # only the two functions below need it: a workflow that has nothing to do must start at once

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


RESPONSES = ("CR", "PR", "SD", "PD", "NE")

SOURCE = Column("text", "the raw row this row is: file[sheet]:row")
PATIENT = Column("identifier", "pseudonym of the patient")
LESION = Column("identifier", "patient_id-L<number>, and -C<course> where the lesion is irradiated again")

# The raw exports, by the role each plays, after cleaning: one row a raw row.
SOURCES: dict[str, dict[str, Column]] = {
    "patients": {
        "patient_id": PATIENT,
        "birth_date": Column("date", "date of birth; only the age leaves the cohort stage"),
        "histology": Column("term", "histology of the primary", terms="histology"),
        "figo_stage": Column("term", "FIGO stage at first diagnosis", terms="figo_stage"),
        "kps": Column("integer", "Karnofsky performance status", at_least=0, at_most=100),
        "screening_date": Column("date", "restaging before radiotherapy"),
        "metastases": Column("integer", "metastatic lesions at restaging", at_least=0),
        "surgery_or_systemic_feasible": Column("flag", "re-operation or systemic therapy was feasible and accepted"),
    },
    "therapies": {
        "patient_id": PATIENT,
        "drug": Column("text", "drugs of the course"),
        "therapy_class": Column("term", "class of the course", terms="therapy_class"),
        "platinum": Column("flag", "the course held a platinum"),
        "start_date": Column("date", "first administration"),
        "end_date": Column("date", "last administration", required=False),
        "reason": Column("term", "why the course was given", terms="therapy_reason"),
        "relapse_date": Column("date", "relapse documented after the course", required=False),
    },
    "surgeries": {
        "patient_id": PATIENT,
        "date": Column("date", "operation"),
        "procedure": Column("term", "kind of operation", terms="procedure"),
    },
    "lesions": {
        "patient_id": PATIENT,
        "lesion_number": Column("integer", "number of the lesion in the patient", at_least=1),
        "site": Column("term", "site", terms="site"),
        "gtv_diameter_cm": Column(
            "length_cm", "largest diameter of the GTV on planning CT", False, at_least=0.1, at_most=30
        ),
    },
    "plans": {
        "patient_id": PATIENT,
        "lesion_number": Column("integer", "number of the lesion in the patient", at_least=1),
        "technique": Column("term", "technique", terms="technique"),
        "fractions": Column("integer", "fractions", at_least=1, at_most=60),
        "ptv_fraction_gy": Column("dose_gy", "dose per fraction to the PTV", at_least=0.1, at_most=40),
        "ptv_dose_gy": Column("dose_gy", "total dose to the PTV", at_least=0.1, at_most=120),
        "pgtv_fraction_gy": Column("dose_gy", "dose per fraction to the PGTV", False, at_least=0.1, at_most=40),
        "pgtv_dose_gy": Column("dose_gy", "total dose to the PGTV", False, at_least=0.1, at_most=120),
        "start_date": Column("date", "first fraction"),
        "end_date": Column("date", "last fraction"),
    },
    "measurements": {
        "patient_id": PATIENT,
        "lesion_number": Column("integer", "number of the lesion in the patient", at_least=1),
        "date": Column("date", "imaging"),
        "modality": Column("term", "modality", terms="modality"),
        "long_axis_cm": Column("length_cm", "longest diameter", False, at_least=0, at_most=30),
        "short_axis_cm": Column("length_cm", "diameter perpendicular to it", False, at_least=0, at_most=30),
        "seen": Column("flag", "the lesion was seen"),
        "new_lesions": Column("flag", "lesions elsewhere that were not there before", False),
    },
    "follow_up": {
        "patient_id": PATIENT,
        "date": Column("date", "contact, or death where status is dead"),
        "status": Column("term", "vital status", terms="status"),
        "in_field_recurrence": Column("flag", "recurrence within the irradiated field", False),
        "in_field_lesions": Column("text", "numbers of the lesions that recurred, e.g. 1;2", False),
        "distant_progression": Column("flag", "progression outside the irradiated field", False),
        "cause_of_death": Column("term", "cause of death", False, terms="cause_of_death"),
    },
    "toxicities": {
        "patient_id": PATIENT,
        "toxicity": Column("term", "CTCAE term, as a system", terms="toxicity"),
        "grade": Column("integer", "CTCAE grade", at_least=1, at_most=5),
        "onset_date": Column("date", "onset"),
    },
}

_LESION_DERIVED = {
    "lesion_id": LESION,
    "patient_id": PATIENT,
    "course": Column("integer", "the patient's course of radiotherapy, from 1", at_least=1),
    "imaged_id": Column("identifier", "patient_id-L<number>: the lesion as imaging names it, in whichever course"),
    "site": Column("term", "site", terms="site"),
    "nodal": Column("flag", "a lymph node, measured by its short axis"),
    "visceral": Column("flag", "in a visceral organ"),
    "gtv_diameter_cm": SOURCES["lesions"]["gtv_diameter_cm"],
    **{name: column for name, column in SOURCES["plans"].items() if name not in ("patient_id", "lesion_number")},
    "source": SOURCE,
    "plan_source": SOURCE,
}

_PATIENT_BASE = {
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

# Child records as they go on: keyed by patient_id, and by lesion_id in place of the lesion's number.
_CHILDREN = {
    role: {
        **{
            name: replace(column, required=column.required and name not in ("therapy_class", "platinum", "reason"))
            for name, column in SOURCES[role].items()
            if name not in ("lesion_number", "drug")  # what was typed freely goes no further
        },
        **(
            {"lesion_id": Column("identifier", "patient_id-L<number>, in whichever course")}
            if "lesion_number" in SOURCES[role]
            else {}
        ),
        "source": SOURCE,
    }
    for role in ("therapies", "surgeries", "measurements", "follow_up", "toxicities")
}

Event = Literal[
    "radiotherapy_start",
    "radiotherapy_end",
    "in_field_recurrence",
    "lesion_progression",
    "distant_progression",
    "new_lesion",
    "next_systemic_therapy",
    "next_radiotherapy",
    "death",
    "last_contact",
    "last_imaging",
    "data_cut",
]
EVENTS: tuple[Event, ...] = get_args(Event)
FOUND_BY_IMAGING = ("in_field_recurrence", "lesion_progression", "distant_progression", "new_lesion")

TABLES: dict[str, dict[str, Column]] = {
    # cohort: one row a thing, eligible patients only
    "cohort/patients": _PATIENT_BASE,
    "cohort/lesions": _LESION_DERIVED,
    **{f"cohort/{role}": columns for role, columns in _CHILDREN.items()},
    "cohort/screened": {
        "patient_id": PATIENT,
        "eligible": Column("flag", "went on to the analysis"),
        "rule": Column("text", "id of the first eligibility rule that was not met", False),
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
        "kind": Column(
            "term",
            "class of the reason",
            allowed=(
                "unreadable",
                "unknown_term",
                "missing",
                "out_of_range",
                "impossible_date",
                "partial_date",
                "duplicate",
                "superseded",
                "orphan",
                "inconsistent",
                "not_eligible",
            ),
        ),
        "reason": Column("text", "what was expected, in words"),
        "row_kept": Column("flag", "0: the row was left out; 1: it was analysed, this is about one of its cells"),
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
        "event": Column("term", "what it would have been", allowed=EVENTS),
        "certain": Column("flag", "1: the record says so; 0: it cannot be read and may say so"),
        "decide": Column("flag", "1: no estimate is made until the record is mended or a decision is declared"),
        "source": SOURCE,
        "reason": Column("text", "why it was set aside"),
    },
    # outcomes
    "outcomes/events": {
        "patient_id": PATIENT,
        "lesion_id": Column("identifier", "the lesion concerned, where one is", False),
        "event": Column("term", "what happened", allowed=EVENTS),
        "date": Column("date", "when"),
        "source": Column("text", "the raw row that says so, or the declaration"),
    },
    "outcomes/responses": {
        "lesion_id": LESION,
        "patient_id": PATIENT,
        "assessment": Column("term", "first or best", allowed=("first", "best")),
        "response": Column("term", "adapted RECIST 1.1 of this lesion", allowed=RESPONSES),
        "date": Column("date", "imaging that decided", False),
        "days_after_radiotherapy": Column("integer", "from the last fraction to that imaging", False),
        "axis": Column("term", "the diameter compared", False, allowed=("long", "short")),
        "baseline_cm": Column("length_cm", "diameter before radiotherapy", False),
        "nadir_cm": Column("length_cm", "smallest diameter before this imaging, baseline included", False),
        "diameter_cm": Column("length_cm", "diameter at this imaging", False),
        "why": Column("text", "the rule that decided, in words"),
        "baseline_source": Column("text", "raw row of the baseline", False),
        "source": Column("text", "raw row of the deciding imaging", False),
    },
    "outcomes/times": {
        "subject_id": Column("identifier", "patient_id or lesion_id, by the unit"),
        "patient_id": PATIENT,
        "endpoint": Column("text", "endpoint of study.yaml"),
        "unit": Column("term", "unit of analysis", allowed=("patient", "lesion")),
        "start_date": Column("date", "time zero"),
        "end_date": Column("date", "event or censoring"),
        "days": Column("integer", "end - start", at_least=0),
        "months": Column("number", "days / days_per_month, rounded as study.yaml says", at_least=0),
        "event": Column("flag", "1 event, 0 censored"),
        "why": Column("text", "the event or the censoring date that decided"),
        "competing": Column("flag", "1 if it ended with the competing event declared for the endpoint"),
        "free_days": Column(
            "integer", "start to the last imaging before an event that imaging finds; else days", False
        ),
        "source": Column("text", "raw row that decided"),
    },
    # subjects of whom an endpoint cannot be said
    "outcomes/set_aside": {
        "subject_id": Column("identifier", "patient_id or lesion_id, by the unit"),
        "patient_id": PATIENT,
        "endpoint": Column("text", "endpoint of study.yaml"),
        "unit": Column("term", "unit of analysis", allowed=("patient", "lesion")),
        "reason": Column("text", "why, in words"),
        "source": Column("text", "raw row that cannot be, where there is one", False),
    },
    # patients and lesions with what was derived from them; the factors' columns are here
    "outcomes/patients": {
        **_PATIENT_BASE,
        "irradiated_lesions": Column("integer", "lesions irradiated in that course", at_least=1),
        "visceral": Column("flag", "any irradiated lesion in a visceral organ"),
        "sbrt": Column("flag", "any lesion treated stereotactically"),
        "surgery": Column("flag", "operated before radiotherapy", False),
        "chemotherapy": Column("flag", "chemotherapy before radiotherapy", False),
        "immunotherapy": Column("flag", "immunotherapy before radiotherapy", False),
        "targeted_therapy": Column("flag", "targeted therapy before radiotherapy", False),
        "recurrences": Column("integer", "relapses documented up to radiotherapy", False, at_least=0),
        "platinum_free_interval_days": Column("integer", "end of last platinum to the next relapse", False),
        "platinum_free_interval_months": Column("number", "the same in months", False),
        "since_last_treatment_days": Column("integer", "end of last systemic therapy to the first fraction", False),
        "since_last_treatment_months": Column("number", "the same in months", False),
        "gtv_diameter_cm": Column("length_cm", "GTV diameter of the lesion that `per_patient` chooses", False),
        "bed10_gy": Column("dose_gy", "BED10 of the lesion that `per_patient` chooses"),
        "response": Column("term", "patient-level response, first assessment", allowed=RESPONSES),
        "best_response": Column("term", "patient-level response, best", allowed=RESPONSES),
        "objective_response": Column("flag", "CR or PR; empty if not evaluable", False),
        "disease_control": Column("flag", "CR, PR or SD; empty if not evaluable", False),
        "any_toxicity": Column("flag", "any toxicity recorded after radiotherapy began", False),
    },
    "outcomes/lesions": {
        **_LESION_DERIVED,
        "dose_gy": Column("dose_gy", "total dose of the dose level that study.yaml chooses"),
        "fraction_gy": Column("dose_gy", "dose per fraction of that level"),
        "bed10_gy": Column("dose_gy", "biologically effective dose, alpha/beta as declared for tumour"),
        "eqd2_gy": Column("dose_gy", "equivalent dose in 2 Gy fractions, same alpha/beta"),
        "sbrt": Column("flag", "treated stereotactically"),
        "metastases": Column("integer", "the patient's metastatic lesions at restaging", False),
        "since_last_treatment_months": Column("number", "the patient's", False),
        "platinum_free_interval_months": Column("number", "the patient's", False),
        "response": Column("term", "first assessment", allowed=RESPONSES),
        "best_response": Column("term", "best response", allowed=RESPONSES),
        "objective_response": Column("flag", "first assessment CR or PR; empty if not evaluable", False),
        "disease_control": Column("flag", "first assessment CR, PR or SD; empty if not evaluable", False),
    },
    "outcomes/toxicities": {
        **_CHILDREN["toxicities"],
        "phase": Column("term", "acute or late, split as declared", allowed=("acute", "late")),
    },
    # what others published, with the study: read, never written
    "published/literature": {
        "study_id": Column("identifier", "first author and year"),
        "label": Column("text", "the same as it is shown"),
        "kind": Column("term", "kind of publication", allowed=("study", "protocol", "review")),
        "status": Column(
            "term",
            "what is known of it as a row of the published Table 5",
            allowed=("this study", "confirmed", "inferred", "candidate", "not a row"),
        ),
        "series": Column("term", "ovarian cancer only, or gynaecological cancers", allowed=("ovarian", "mixed")),
        "year": Column("integer", "year of publication", False),
        "journal": Column("text", "journal, volume and pages as far as known", False),
        "doi": Column("text", "digital object identifier", False),
        "address": Column("text", "public address of the publication or its abstract"),
        "design": Column("text", "design, centres, years of treatment"),
        "population": Column("text", "who was treated"),
        "n_patients": Column("integer", "patients", False, at_least=1),
        "n_ovarian_patients": Column("integer", "of these, with ovarian cancer", False, at_least=0),
        "n_lesions": Column("integer", "irradiated lesions or sites", False, at_least=1),
        "n_evaluable_lesions": Column("integer", "of these, evaluable for response", False, at_least=1),
        "technique": Column("text", "technique"),
        "radiotherapy": Column("term", "its kind", allowed=("stereotactic", "conventional", "both")),
        "dose_fractionation": Column("text", "dose and fractions", False),
        "bed10_gy": Column("text", "BED, alpha/beta 10 Gy, as text: medians, ranges", False),
        "response_criteria": Column("text", "criteria and time of the response", False),
        "response_unit": Column("term", "what the response counts", False, allowed=("lesion", "patient", "site")),
        "response_n": Column("integer", "denominator of the response", False, at_least=1),
        **{
            f"{response.lower()}_n": Column("integer", f"of these, {response}", False, at_least=0)
            for response in RESPONSES[:4]
        },
        **{
            f"{rate}_pct": Column("number", f"{rate.upper()} in percent, as published", False, at_least=0, at_most=100)
            for rate in ("cr", "orr", "dcr")
        },
        "lc_measure": Column(
            "term",
            "what the rates of local control are",
            False,
            allowed=("local control", "local-failure-free survival", "local-progression-free survival"),
        ),
        "lc_unit": Column("term", "what local control counts", False, allowed=("lesion", "patient", "site")),
        "lc_n": Column("integer", "how many were followed for it", False, at_least=1),
        **{
            f"lc_{year}y_pct": Column("number", f"local control at {year} years", False, at_least=0, at_most=100)
            for year in (1, 2, 3, 5)
        },
        "pfs_median_months": Column("number", "median progression-free survival", False, at_least=0),
        "pfs_2y_pct": Column("number", "progression-free survival at 2 years", False, at_least=0, at_most=100),
        "os_median_months": Column("number", "median overall survival", False, at_least=0),
        "os_2y_pct": Column("number", "overall survival at 2 years", False, at_least=0, at_most=100),
        "os_5y_pct": Column("number", "overall survival at 5 years", False, at_least=0, at_most=100),
        "follow_up_median_months": Column("number", "median follow-up", False, at_least=0),
        "grade3plus_toxicity": Column("text", "toxicity of grade 3 or more", False),
        "not_as_reported": Column("text", "which values were computed, inferred or assumed, and how", False),
        "note": Column("text", "what else a reader should know", False),
    },
    # estimates: the one table that displays, notebooks, manuscript and audit read
    "estimates": {
        "analysis": Column("text", "kind of analysis, e.g. description, response, survival, logrank, cox"),
        "endpoint": Column("text", "endpoint or outcome", False),
        "unit": Column("text", "unit of analysis", False, allowed=("patient", "lesion", "study", "row")),
        "population": Column("text", "who was analysed, e.g. all, evaluable"),
        "by": Column("text", "factor by whose groups a table is divided", False),
        "by_group": Column("text", "which of these groups", False),
        "factor": Column("text", "factor of study.yaml, or the variable described", False),
        "group": Column("text", "its group; of a ratio or difference, the one compared", False),
        "reference": Column("text", "the group that it is compared with", False),
        "grade": Column("text", "CTCAE grade, e.g. 2 or ≥ 3", False),
        "value": Column("number", "of a curve: the value of the variable, in its unit", False),
        "form": Column("text", "how a continuous variable stands in the model: linear, spline, cut, per 10 Gy", False),
        # the choices of an analysis of robustness, see estimates.robustness.choices.Choice
        "dependence": Column(
            "text", "lesions of a patient", False, allowed=("independent", "clustered", "weighted", "frailty")
        ),
        "hazard": Column("text", "which hazard", False, allowed=("cause-specific", "subdistribution")),
        "clock": Column("text", "from when a response counts", False, allowed=("start", "landmark", "time-dependent")),
        "adjustment": Column(
            "text", "the model that the factor stands in", False, allowed=("alone", "published", "prespecified")
        ),
        "fit": Column("text", "how it is fitted", False, allowed=("likelihood", "penalised")),
        "ties": Column("text", "how ties are taken", False, allowed=("breslow", "efron")),
        "missing": Column("text", "whom a value lacks", False, allowed=("complete", "imputed")),
        "timing": Column("text", "how follow-up is timed: declared, unrounded, interval, censored at ...", False),
        "statistic": Column("text", "what estimate is"),
        "time_months": Column("number", "time the statistic belongs to, or the landmark", False),
        "estimate": Column("number", "value; proportions between 0 and 1", False),
        "conf_low": Column("number", "lower limit", False),
        "conf_high": Column("number", "upper limit", False),
        "n": Column("integer", "denominator, or number at risk", False),
        "events": Column("integer", "numerator, or events", False),
        "p_value": Column("number", "two-sided p", False, at_least=0, at_most=1),
        "method": Column("text", "method and its options"),
        "reason": Column("text", "why the estimate is empty, where it is", False),
    },
}

# The same times with other censoring events; empty, with the reason, where such an event is not known of a subject.
TABLES["outcomes/recensored"] = {
    **{
        name: replace(column, required=False)
        if name in ("end_date", "days", "months", "event", "competing", "why", "source")
        else column
        for name, column in TABLES["outcomes/times"].items()
        if name != "free_days"
    },
    "reason": Column("text", "why the subject was set aside", False),
}

# What a row of the estimates is of; the other columns are what was found.
ESTIMATE_KEY = [
    name
    for name in TABLES["estimates"]
    if name not in ("estimate", "conf_low", "conf_high", "n", "events", "p_value", "reason")
]


def conform(frame: pd.DataFrame, columns: dict[str, Column]) -> pd.DataFrame:
    """`frame` with exactly the declared columns, in their order and types; columns that are missing come empty."""
    import pandas as pd

    return pd.DataFrame(
        {
            name: frame[name].astype(DTYPES[column.kind])
            if name in frame
            else pd.Series(None, index=frame.index, dtype=DTYPES[column.kind])
            for name, column in columns.items()
        },
        index=frame.index,
    )


def validate(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Check a table against its declaration with pandera; all violations at once.

    Raises
    ------
    ValueError
        Naming the table, and every column and row that is not as declared.
    """
    import pandera.pandas as pa  # late: it takes 1.5 s to import

    def checks(column: Column) -> list:
        limits = []
        if column.allowed:
            limits.append(pa.Check.isin(column.allowed))
        if column.at_least is not None:
            limits.append(pa.Check.ge(column.at_least))
        if column.at_most is not None:
            limits.append(pa.Check.le(column.at_most))
        return limits

    schema = pa.DataFrameSchema(
        {
            key: pa.Column(DTYPES[column.kind], checks(column), nullable=not column.required)
            for key, column in TABLES[name].items()
        },
        strict=True,
    )
    try:
        return schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as problems:
        lines = [
            f"  column {case.column}, row {case.index} fails {case.check}"  # what stands there may be a patient's
            for case in problems.failure_cases.itertuples()
        ]
        raise ValueError(f"table {name} is not as declared:\n" + "\n".join(lines)) from None
