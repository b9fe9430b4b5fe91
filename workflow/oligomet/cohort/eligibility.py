"""Who is analysed, by the declared rules in their order."""

from __future__ import annotations

import pandas as pd

from oligomet.conditions import meets
from oligomet.eligibility_declarations import NO_ELIGIBLE_LESION, NO_RADIOTHERAPY, Eligibility
from oligomet.outcomes.dose import delivered_dose
from oligomet.study import Study
from oligomet.variables import add_derived

# Without radiotherapy there is none; with it, a patient may have none for want of a row that was set aside.
AFTER_RADIOTHERAPY = "contacts_after_radiotherapy"


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
    for rule in of_patients:  # nobody has a contact after what there was not, which is the reason then
        unmet[rule.id] = ~meets(variables, rule) & ~(nothing & (AFTER_RADIOTHERAPY in rule.variables))
    unmet[NO_RADIOTHERAPY[0]] = nothing
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
