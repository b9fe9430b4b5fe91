"""Who is analysed, by the declared rules in their order."""

from __future__ import annotations

import pandas as pd

from oligomet.conditions import meets
from oligomet.declarations import ConfigurationError
from oligomet.eligibility_declarations import NO_ELIGIBLE_LESION, NO_RADIOTHERAPY, Eligibility
from oligomet.outcomes.dose import delivered_dose
from oligomet.schemas import SOURCES, TABLES
from oligomet.study import Study
from oligomet.validate.problems import did_you_mean
from oligomet.variables import add_derived

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
DOSES = ("dose_gy", "fraction_gy", "bed10_gy", "eqd2_gy")  # of the level that study.yaml chooses
OF_LESIONS = (
    *(name for name in TABLES["cohort/lesions"] if not name.endswith(("_id", "source"))),
    *DOSES,
)


def check_rules(study: Study) -> None:
    """Every rule has an id of its own and asks for variables there are.

    Raises
    ------
    ConfigurationError
        Naming all that do not, and the variables there are.
    """
    ids = [NO_RADIOTHERAPY[0], NO_ELIGIBLE_LESION[0], *(rule.id for rule in study.eligibility)]
    problems = [f"eligibility: the id {name} is taken more than once" for name in set(ids) if ids.count(name) > 1]
    known = {"patients": list(VARIABLES), "lesions": list(OF_LESIONS)}
    for unit, names in known.items():
        for name, one in study.variables.items():
            if one.of == unit and set(one.ingredients) <= set(names):
                names.append(name)
    for rule in study.eligibility:
        for name in rule.variables:
            if name not in known[rule.of]:
                other = "lesions" if rule.of == "patients" else "patients"
                elsewhere = f" It is of {other}: of: {other}." if name in known[other] else ""
                near = elsewhere or did_you_mean(name, known[rule.of])
                problems.append(
                    f"eligibility.{rule.id}: there is no variable {name} of {rule.of}.{near} "
                    f"Variables are: {', '.join(known[rule.of])}."
                )
    if problems:
        raise ConfigurationError("\n".join(sorted(problems)))


def screen_lesions(irradiated: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Which irradiations go on, by the rules of lesions (cohort/screened_lesions), on the index of `irradiated`.

    Parameters
    ----------
    irradiated
        The lesions with their plans, a row for each course in which a lesion was irradiated.
    """
    variables = irradiated.join(delivered_dose(irradiated, study.dose))
    variables = add_derived(variables, "lesions", study.variables, study.months)
    rules = [rule for rule in study.eligibility if rule.of == "lesions"]
    unmet = pd.DataFrame({rule.id: ~meets(variables, rule) for rule in rules}, index=irradiated.index)
    screened = _first_unmet(unmet, {rule.id: rule.excluded for rule in rules})
    lesions = irradiated[["patient_id", "lesion_id", "plan_source"]].rename(columns={"plan_source": "source"})
    return lesions.join(screened)


def derive_variables(rows: dict[str, pd.DataFrame], index: pd.DataFrame, study: Study) -> pd.DataFrame:
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
    variables = patients.assign(
        age_years=completed_years(patients["birth_date"], start),
        radiotherapy_start=start,
        radiotherapy_end=end,
        irradiated_lesions=of.map(index["patient_id"].value_counts()).fillna(0).astype("Int64"),
        cytoreductive_surgeries=count("surgeries", before & (surgeries["procedure"] == "cytoreduction")),
        systemic_courses=count("therapies", courses["start_date"] < courses["patient_id"].map(start_of)),
        contacts_after_radiotherapy=count("follow_up", contacts["date"] > contacts["patient_id"].map(end_of)),
    )
    return add_derived(variables, "patients", study.variables, study.months)


def completed_years(birth: pd.Series, day: pd.Series) -> pd.Series:
    """Age in completed years; a birthday on 29 February is reached on 1 March of other years."""
    not_yet = (day.dt.month * 100 + day.dt.day) < (birth.dt.month * 100 + birth.dt.day)
    return (day.dt.year - birth.dt.year - not_yet).astype("Int64")


def screen(variables: pd.DataFrame, lesions: pd.DataFrame, rules: list[Eligibility]) -> pd.DataFrame:
    """`eligible` (1/0) of every patient and, where not, the id and the words of the first `rule` that was not met.

    Parameters
    ----------
    variables
        As `derive_variables` gives them.
    lesions
        cohort/screened_lesions.
    """
    nothing = variables["radiotherapy_start"].isna()
    unmet = pd.DataFrame({NO_ELIGIBLE_LESION[0]: nothing & variables["patient_id"].isin(lesions["patient_id"])})
    of_patients = [rule for rule in rules if rule.of == "patients"]
    unmet = unmet.assign(**{rule.id: ~meets(variables, rule) for rule in of_patients}, **{NO_RADIOTHERAPY[0]: nothing})
    words = dict([NO_ELIGIBLE_LESION, *((rule.id, rule.excluded) for rule in of_patients), NO_RADIOTHERAPY])
    return _first_unmet(unmet, words)


def _first_unmet(unmet: pd.DataFrame, words: dict[str, str]) -> pd.DataFrame:
    """`eligible`, `rule` and `reason` by the first column of `unmet` that is true."""
    rule = pd.Series(pd.NA, unmet.index, dtype="string")
    for name in reversed(unmet.columns):
        rule = rule.mask(unmet[name], name)
    return pd.DataFrame(
        {"eligible": rule.isna().astype("Int64"), "rule": rule, "reason": rule.map(words).astype("string")}
    )
