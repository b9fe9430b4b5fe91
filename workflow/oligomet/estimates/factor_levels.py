"""The levels of the declared factors: the one place that cuts variables into groups."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oligomet.conditions import holds
from oligomet.declarations import ConfigurationError, Factor

UNKNOWN = "Unknown"


def members(frame: pd.DataFrame, factor: Factor) -> pd.DataFrame:
    """Who belongs to which group of a factor, sub-levels included.

    Parameters
    ----------
    frame
        A row a patient or a lesion, with the factor's variable.
    factor
        As declared under `factors` of study.yaml.

    Returns
    -------
    DataFrame of bool on the index of `frame`: a column for each declared group, in the declared order, and Unknown,
    last, for rows without a value. A row is in exactly one of the compared levels and Unknown.

    Raises
    ------
    ConfigurationError
        Naming every value that falls into no group or into more than one, and every sub-level that reaches beyond the
        level it is declared within.
    """
    values = frame[factor.variable]
    met = np.column_stack([*(holds(values, group) for group in factor.groups.values()), values.isna()])
    table = pd.DataFrame(met, index=frame.index, columns=[*factor.groups, UNKNOWN])
    hits, problems = table[factor.levels].to_numpy().sum(axis=1), []
    if (hits != values.notna()).any():
        for wrong, what in ((hits == 0, "falls into no group"), (hits > 1, "falls into more than one group")):
            problems += [f"{value} {what}" for value in sorted(values[wrong & values.notna()].unique())]
    problems += [
        f"'{level}' reaches beyond '{group.within}', which it is declared within"
        for level, group in factor.groups.items()
        if group.within is not None and (table[level] & ~table[group.within]).any()
    ]
    if problems:
        raise ConfigurationError(
            "\n".join(f"factor '{factor.label}', variable {factor.variable}: {problem}." for problem in problems)
        )
    return table


def assign(frame: pd.DataFrame, factor: Factor) -> pd.Series:
    """The compared level of each row of `frame`, Unknown where the variable is missing; sub-levels are not told apart.

    Returns
    -------
    Ordered categorical Series on the index of `frame`, categories in the declared order, Unknown last. Parameters and
    errors as `members`.
    """
    levels = [*factor.levels, UNKNOWN]
    position = members(frame, factor)[levels].to_numpy().argmax(axis=1) if len(frame) else np.empty(0, int)
    level = pd.Categorical.from_codes(position.tolist(), dtype=pd.CategoricalDtype(levels, ordered=True))
    return pd.Series(level, index=frame.index, name=factor.label)


def of_lesions(lesions: pd.DataFrame, patients: pd.DataFrame) -> pd.DataFrame:
    """`lesions`, and beside each what is known of its patient and of no lesion."""
    of_patient = patients[["patient_id", *patients.columns.difference(lesions.columns, sort=False)]]
    return lesions.merge(of_patient, on="patient_id", validate="m:1")


def subjects(
    endpoint: str, unit: str, times: pd.DataFrame, patients: pd.DataFrame, lesions: pd.DataFrame
) -> pd.DataFrame:
    """Who was followed for an endpoint, for how long, and what is known of each.

    Returns
    -------
    DataFrame indexed by subject_id: months, event, and the columns of `patients` (unit patient) or of `lesions` and,
    where a lesion has no such column, of its patient (unit lesion).
    """
    followed = times[times["endpoint"] == endpoint].set_index("subject_id")[["months", "event"]]
    if unit == "patient":
        known = patients.set_index("patient_id", drop=False)
    else:
        known = of_lesions(lesions, patients).set_index("lesion_id")
    return followed.join(known, validate="1:1")
