"""The tables that flow between the stages: columns, types, units, allowed values. The only place that says so.

A column is declared once, with the type of its values (see `columns`), the words allowed in it, its limits, and
whether it may be empty: those of the exports in `export_columns`, of the cohort in `cohort_columns`, of the estimates
in `estimate_columns`, of published series in `literature_columns`, for monitors in `protocol_columns`, of all other
tables here. Readers of raw exports parse into these types, `oligomet.tables` reads and writes them, `validate` checks.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from oligomet.cohort_columns import CHILDREN, COHORT, LESION, LESION_DERIVED, PATIENT_BASE
from oligomet.columns import DTYPES, EVENTS, RESPONSES, Column
from oligomet.estimate_columns import ESTIMATES
from oligomet.export_columns import ALL_SOURCES as ALL_SOURCES
from oligomet.export_columns import OPTIONAL as OPTIONAL  # these for all others, who know them from here
from oligomet.export_columns import PATIENT
from oligomet.export_columns import SOURCES as SOURCES
from oligomet.literature_columns import LITERATURE
from oligomet.protocol_columns import PROTOCOL

if TYPE_CHECKING:
    import pandas as pd  # only the two functions below need it: a workflow that has nothing to do must start at once

TIMES: dict[str, Column] = {
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
    "free_days": Column("integer", "start to the last imaging before an event that imaging finds; else days", False),
    "source": Column("text", "raw row that decided"),
}

TABLES: dict[str, dict[str, Column]] = {
    **COHORT,
    **PROTOCOL,
    # outcomes
    "outcomes/events": {
        "patient_id": PATIENT,
        "lesion_id": Column("identifier", "the lesion concerned, where one is", False),
        "event": Column("term", "what happened", allowed=EVENTS),
        "date": Column("date", "when"),
        "endpoint": Column(
            "text", "the endpoint of which alone it is an event, by whose rule a toxicity counts", False
        ),
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
    "outcomes/times": TIMES,
    # with other days in place of those that a date lacks, of a study that gives it one
    "outcomes/other_dates": {
        **TIMES,
        "partial_dates": Column("term", "which day of the month or year is taken", allowed=("first", "last")),
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
    # complete response as an endpoint, of a study that declares one
    "outcomes/complete_responses": {
        "lesion_id": LESION,
        "patient_id": PATIENT,
        "by": Column("term", "whose response counts", allowed=("measured", "reader")),
        "systemic_therapy": Column(
            "term", "how therapy begun before it is taken", allowed=("ignored", "excluded after", "composite")
        ),
        "complete": Column("flag", "complete response; empty if not evaluable", False),
        "best": Column("term", "best response on imaging that counts", allowed=RESPONSES),
        "date": Column("date", "imaging that first showed it", False),
        "days_after_radiotherapy": Column("integer", "from the last fraction to that imaging", False),
        "therapy_first": Column("flag", "systemic therapy began before the best response"),
        "months": Column(
            "number", "from the last fraction to it, to what makes it impossible, or to censoring", at_least=0
        ),
        "cause": Column("integer", "0 censored, 1 complete response, 2 it became impossible", at_least=0, at_most=2),
        "why": Column("text", "what decided, in words"),
        "source": Column("text", "raw row of the deciding imaging", False),
    },
    "outcomes/lesion_imaging": {
        "lesion_id": LESION,
        "patient_id": PATIENT,
        "by": Column("term", "whose response it is", allowed=("measured", "reader")),
        "months": Column("number", "from the last fraction", False),
        "response": Column("term", "what that imaging shows by itself", allowed=RESPONSES),
        "change": Column("number", "of the diameter from baseline, as a share of it", False),
        "source": Column("text", "raw row of the imaging"),
    },
    "outcomes/lesion_courses": {
        "lesion_id": LESION,
        "patient_id": PATIENT,
        "best": Column("term", "best response, by the judge and the rules of the endpoint", allowed=RESPONSES),
        "what": Column(
            "term",
            "what happened, or the end of what is known",
            allowed=("complete response", "progression", "systemic therapy", "death", "last seen"),
        ),
        "months": Column("number", "from the last fraction", at_least=0),
    },
    # patients and lesions with what was derived from them; the factors' columns are here
    "outcomes/patients": {
        **PATIENT_BASE,
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
        "bed10_gy": Column("dose_gy", "BED10 of the lesion that `per_patient` chooses", False),
        "response": Column("term", "patient-level response, first assessment", allowed=RESPONSES),
        "best_response": Column("term", "patient-level response, best", allowed=RESPONSES),
        "complete_response": Column("flag", "CR; empty if not evaluable", False),
        "objective_response": Column("flag", "CR or PR; empty if not evaluable", False),
        "disease_control": Column("flag", "CR, PR or SD; empty if not evaluable", False),
        "any_toxicity": Column("flag", "any toxicity recorded after radiotherapy began", False),
    },
    "outcomes/lesions": {
        **LESION_DERIVED,
        "dose_gy": Column("dose_gy", "total dose of the dose level that study.yaml chooses", False),
        "fraction_gy": Column("dose_gy", "dose per fraction of that level", False),
        "bed10_gy": Column("dose_gy", "biologically effective dose, alpha/beta as declared for tumour", False),
        "eqd2_gy": Column("dose_gy", "equivalent dose in 2 Gy fractions, same alpha/beta", False),
        "sbrt": Column("flag", "treated stereotactically"),
        "metastases": Column("integer", "the patient's metastatic lesions at restaging", False),
        "since_last_treatment_months": Column("number", "the patient's", False),
        "platinum_free_interval_months": Column("number", "the patient's", False),
        "response": Column("term", "first assessment", allowed=RESPONSES),
        "best_response": Column("term", "best response", allowed=RESPONSES),
        "complete_response": Column("flag", "first assessment CR; empty if not evaluable", False),
        "objective_response": Column("flag", "first assessment CR or PR; empty if not evaluable", False),
        "disease_control": Column("flag", "first assessment CR, PR or SD; empty if not evaluable", False),
    },
    "outcomes/toxicities": {
        **CHILDREN["toxicities"],
        "phase": Column("term", "acute or late, split as declared", allowed=("acute", "late")),
    },
    # what others published, with the study: read, never written
    "published/literature": LITERATURE,
    # estimates: the one table that displays, notebooks, manuscript and audit read
    "estimates": ESTIMATES,
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


def validate(frame: pd.DataFrame, name: str, columns: dict[str, Column] | None = None) -> pd.DataFrame:
    """Check a table against its declaration (with a study's own `columns`) with pandera; all violations at once.

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
            for key, column in (columns or TABLES[name]).items()
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
