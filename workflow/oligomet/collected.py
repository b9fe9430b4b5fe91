"""What a hospital does not collect, and what rests on it: an absence is no finding of nothing.

A role, or a column of one, is declared `not collected` in its place under `sources`. No table is asked of it, its
values are empty, and nothing that rests on it may be declared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oligomet.sections import Sections
    from oligomet.study import Study

NOT_COLLECTED = "not collected"

# What may be so declared; without the others there is no cohort.
ROLES = ("therapies", "surgeries", "measurements", "toxicities", "image_features")
COLUMNS = {
    "patients": (
        "birth_date",
        "histology",
        "figo_stage",
        "kps",
        "screening_date",
        "metastases",
        "surgery_or_systemic_feasible",
    ),
    "therapies": ("therapy_class", "platinum", "end_date", "reason", "relapse_date"),
    "lesions": ("gtv_diameter_cm",),
    "plans": ("fractions", "ptv_fraction_gy", "ptv_dose_gy", "pgtv_fraction_gy", "pgtv_dose_gy"),
    "measurements": ("long_axis_cm", "short_axis_cm", "new_lesions"),
    "follow_up": ("in_field_recurrence", "in_field_lesions", "distant_progression", "cause_of_death"),
}

# Nor are these needed where the response is coded and nothing measured.
OF_CODED_RESPONSES = ("measurements.seen", "measurements.modality")

# Of these any two tell the third. The total dose alone has neither BED nor EQD2, as nobody knows its fractions.
DOSE = ("plans.fractions", "plans.ptv_fraction_gy", "plans.ptv_dose_gy")
OF_FRACTIONS = ("fractions", "ptv_fraction_gy", "fraction_gy", "bed10_gy", "eqd2_gy")

RESPONSE = ("response", "best_response", "complete_response", "objective_response", "disease_control")

# Variables and events that are nothing without a role or one of its columns, beside the patient's own columns.
RESTS_ON = {
    "age_years": ("patients.birth_date",),
    "cytoreductive_surgeries": ("surgeries",),
    "surgery": ("surgeries",),
    "systemic_courses": ("therapies",),
    "chemotherapy": ("therapies.therapy_class",),
    "immunotherapy": ("therapies.therapy_class",),
    "targeted_therapy": ("therapies.therapy_class",),
    "recurrences": ("therapies.relapse_date",),
    "since_last_treatment_days": ("therapies.end_date",),
    "since_last_treatment_months": ("therapies.end_date",),
    "platinum_free_interval_days": ("therapies.platinum", "therapies.end_date"),
    "platinum_free_interval_months": ("therapies.platinum", "therapies.end_date"),
    "gtv_diameter_cm": ("lesions.gtv_diameter_cm",),
    "pgtv_dose_gy": ("plans.pgtv_dose_gy",),
    "pgtv_fraction_gy": ("plans.pgtv_fraction_gy",),
    **dict.fromkeys(RESPONSE, ("measurements",)),
    "any_toxicity": ("toxicities",),
    "next_systemic_therapy": ("therapies",),
    "toxicity": ("toxicities",),
    "lesion_progression": ("measurements",),
    "last_imaging": ("measurements",),
    "last_adequate_imaging": ("measurements",),
    "new_lesion": ("measurements.new_lesions",),
    "in_field_recurrence": ("follow_up.in_field_recurrence",),
    "distant_progression": ("follow_up.distant_progression",),
    **{name: (f"patients.{name}",) for name in COLUMNS["patients"] if name != "birth_date"},
}


def take_out(raw: dict[str, Any]) -> dict[str, Any]:
    """`raw` declarations with what is not collected taken from `sources` and listed under `not_collected`."""
    sources, absent = dict(raw["sources"]), []
    for role, source in raw["sources"].items():
        if source == NOT_COLLECTED:
            absent.append(role)
            del sources[role]
        elif isinstance(source, dict) and isinstance(source.get("columns"), dict):
            columns = {name: column for name, column in source["columns"].items() if column != NOT_COLLECTED}
            absent += [f"{role}.{name}" for name in source["columns"] if name not in columns]
            sources[role] = {**source, "columns": columns}
    return {**raw, "sources": sources, "not_collected": absent}


def collects(not_collected: list[str], name: str) -> bool:
    """Whether a role ('toxicities') or a column ('patients.kps') is collected: no column is where its role is not."""
    return name not in not_collected and name.partition(".")[0] not in not_collected


def needs(study: Study | Sections, variable: str) -> list[str]:
    """What a variable or an event rests on that is not collected; a response that is coded rests on its code alone."""
    coded = study.variables.get(study.response.coded or "")
    if coded is not None and coded.of == "lesions" and variable in RESPONSE:
        return []
    unknown = [name for name in DOSE if not study.collects(name)]
    if variable in OF_FRACTIONS and len(unknown) > 1:
        return unknown
    return [name for name in RESTS_ON.get(variable, ()) if not study.collects(name)]


def problems(study: Study) -> list[str]:
    """What is declared in spite of resting on something that is not collected, and what cannot be done without."""
    absent = study.not_collected
    coded = OF_CODED_RESPONSES if study.response.coded else ()
    said = [
        f"sources.{name}: it cannot be done without; not collected can be {', '.join(ROLES)} and columns of others"
        for name in absent
        if name not in (*ROLES, *coded) and name.partition(".")[2] not in COLUMNS.get(name.partition(".")[0], ())
    ]
    if len(unknown := [name for name in DOSE if name in absent]) > 1 and "plans.ptv_dose_gy" in unknown:
        said.append("sources.plans.columns: expected ptv_dose_gy, or fractions and ptv_fraction_gy, for the dose")
    declared: list[tuple[str, Sequence[str]]] = [
        (f"eligibility.{rule.id}", rule.variables) for rule in study.eligibility
    ]
    declared += [(f"variables.{name}", variable.ingredients) for name, variable in study.variables.items()]
    declared += [(f"factors.{name}", [factor.variable]) for name, factor in study.factors.items()]
    declared += [(f"analyses.describe.{unit}", names) for unit, names in study.analyses.describe.items()]
    declared += [(f"tables.{name}.variables", table.variables) for name, table in study.tables.items()]
    declared += [(f"tables.{name}", ["response"]) for name, it in study.tables.items() if it.kind == "response"]
    declared += [(f"figures.{name}", ["response"]) for name, it in study.figures.items() if it.kind == "response"]
    for name, endpoint in study.endpoints.items():
        if endpoint.missed_scans:
            declared.append((f"endpoints.{name}.missed_scans", ["last_imaging"]))
        ending = [*endpoint.events, *endpoint.competing, *endpoint.observed_before]
        declared.append((f"endpoints.{name}", [*ending, *endpoint.observed_until]))
    if study.robustness:
        declared += [(f"robustness.censoring.{name}", events) for name, events in study.robustness.censoring.items()]
    return said + [
        f"{where}: {variable} rests on {' and '.join(missing)}, which is not collected"
        for where, variables in declared
        for variable in dict.fromkeys(variables)
        if (missing := needs(study, variable))
    ]
