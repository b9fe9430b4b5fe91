"""Who is analysed, by the declared rules in their order."""

from __future__ import annotations

import pandas as pd

from oligomet.conditions import holds
from oligomet.declarations import ConfigurationError, Eligibility
from oligomet.schemas import SOURCES

# What a rule may ask for: the patient's own row, and what is counted from the other sources.
COUNTED = (
    "age_years",  # at the first fraction
    "radiotherapy_start",  # of the course from which the patient is followed, as all that follows here
    "radiotherapy_end",
    "irradiated_lesions",
    "cytoreductive_surgeries",  # before the first fraction
    "systemic_courses",  # begun before the first fraction
    "contacts_after_radiotherapy",  # after the last fraction, death included
)
VARIABLES = (*(name for name in SOURCES["patients"] if name not in ("patient_id", "birth_date")), *COUNTED)

# Not a decision: a patient without radiotherapy has no time zero. It comes last: a declared rule can say it better.
NO_RADIOTHERAPY = ("no_radiotherapy", "no irradiated lesion on record")


def check_rules(rules: list[Eligibility]) -> None:
    """Every rule has an id of its own and asks for a variable there is.

    Raises
    ------
    ConfigurationError
        Naming all that do not, and the variables there are.
    """
    ids = [NO_RADIOTHERAPY[0], *(rule.id for rule in rules)]
    problems = [f"eligibility: the id {name} is taken more than once" for name in set(ids) if ids.count(name) > 1]
    for rule in rules:
        if rule.variable not in VARIABLES:
            known = ", ".join(VARIABLES)
            problems.append(f"eligibility.{rule.id}: there is no variable {rule.variable}. Variables are: {known}.")
    if problems:
        raise ConfigurationError("\n".join(sorted(problems)))


def derive_variables(rows: dict[str, pd.DataFrame], index: pd.DataFrame) -> pd.DataFrame:
    """The screening variables of every patient, on the index of `rows["patients"]`.

    `rows` are the cleaned rows by role, `index` the lesions, with their plans, of the course from which each patient is
    followed. Where there was no radiotherapy, its dates and the age are empty and what is counted from it is 0.
    """
    patients = rows["patients"]
    of = patients["patient_id"]
    plans = index.groupby("patient_id")
    start, end = of.map(plans["start_date"].min()), of.map(plans["end_date"].max())
    start_of, end_of = (day.set_axis(of) for day in (start, end))

    def count(role: str, counted: pd.Series) -> pd.Series:
        return of.map(rows[role].loc[counted, "patient_id"].value_counts()).fillna(0).astype("Int64")

    surgeries, courses, contacts = rows["surgeries"], rows["therapies"], rows["follow_up"]
    before = surgeries["date"] < surgeries["patient_id"].map(start_of)
    return patients.assign(
        age_years=completed_years(patients["birth_date"], start),
        radiotherapy_start=start,
        radiotherapy_end=end,
        irradiated_lesions=of.map(index["patient_id"].value_counts()).fillna(0).astype("Int64"),
        cytoreductive_surgeries=count("surgeries", before & (surgeries["procedure"] == "cytoreduction")),
        systemic_courses=count("therapies", courses["start_date"] < courses["patient_id"].map(start_of)),
        contacts_after_radiotherapy=count("follow_up", contacts["date"] > contacts["patient_id"].map(end_of)),
    )


def completed_years(birth: pd.Series, day: pd.Series) -> pd.Series:
    """Age in completed years; a birthday on 29 February is reached on 1 March of other years."""
    not_yet = (day.dt.month * 100 + day.dt.day) < (birth.dt.month * 100 + birth.dt.day)
    return (day.dt.year - birth.dt.year - not_yet).astype("Int64")


def screen(variables: pd.DataFrame, rules: list[Eligibility]) -> pd.DataFrame:
    """`eligible` (1/0) of every patient and, where not, the id and the words of the first `rule` that was not met."""
    unmet = pd.DataFrame({rule.id: ~holds(variables[rule.variable], rule) for rule in rules}, index=variables.index)
    unmet[NO_RADIOTHERAPY[0]] = variables["radiotherapy_start"].isna()
    rule = unmet.idxmax(axis=1).where(unmet.any(axis=1)).astype("string")
    words = {**{rule.id: rule.excluded for rule in rules}, NO_RADIOTHERAPY[0]: NO_RADIOTHERAPY[1]}
    return pd.DataFrame(
        {"eligible": rule.isna().astype("Int64"), "rule": rule, "reason": rule.map(words).astype("string")}
    )
