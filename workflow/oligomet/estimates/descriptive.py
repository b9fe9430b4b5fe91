"""Characteristics of the patients and of the irradiated lesions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.estimate_rows import share, tabulate
from oligomet.estimates.factor_levels import UNKNOWN, members

if TYPE_CHECKING:
    from oligomet.declarations import Unit
    from oligomet.study import Study

SUMMARIES = {
    "mean": lambda values: values.mean(),
    "sd": lambda values: values.std(),
    "median": lambda values: values.median(),
    "q1": lambda values: values.quantile(0.25),
    "q3": lambda values: values.quantile(0.75),
    "min": lambda values: values.min(),
    "max": lambda values: values.max(),
}


def estimate_descriptive(
    patients: pd.DataFrame, lesions: pd.DataFrame, responses: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """How many there are, every declared factor's levels, and the summaries of the declared variables.

    Parameters
    ----------
    patients, lesions, responses
        The tables of those names of the outcomes stage.
    study
        Its `factors`, `analyses` and `tables` are used. A factor is described for each unit that has its variable;
        variables are those of `analyses.describe` and of the tables, and the days to the first assessment.

    Returns
    -------
    Rows of `estimates`, analysis description, populations all and evaluable (a response at the first assessment other
    than NE).
    """
    first = responses[responses["assessment"] == "first"].set_index("lesion_id")["days_after_radiotherapy"]
    lesions = lesions.assign(days_to_first_assessment=lesions["lesion_id"].map(first))
    frames: dict[Unit, pd.DataFrame] = {"patient": patients, "lesion": lesions}
    rows: list[dict] = []
    for unit, frame in frames.items():
        for population, who in (("all", frame), ("evaluable", frame[frame["response"] != "NE"])):
            where = {"analysis": "description", "unit": unit, "population": population}
            rows.append({**where, "statistic": "count", "estimate": len(who), "n": len(who), "method": "count"})
            for name, factor in study.factors.items():
                if factor.variable in frame:
                    table = members(who, factor)
                    rows += [
                        share(table[group].sum(), len(who), study.analyses, **where, factor=name, group=group)
                        for group in table
                        if group != UNKNOWN or table[UNKNOWN].any()
                    ]
            for variable in _variables(unit, study):
                rows += [{**where, "factor": variable, **row} for row in summaries(who[variable])]
    return tabulate(rows)


def _variables(unit: Unit, study: Study) -> list[str]:
    shown = [name for table in study.tables.values() if table.unit == unit for name in table.variables]
    derived = ["days_to_first_assessment"] if unit == "lesion" else []
    return list(dict.fromkeys([*study.analyses.describe.get(unit, []), *shown, *derived]))


def summaries(values: pd.Series) -> Iterator[dict]:
    """A row a summary of the values that are there: sample standard deviation, quantiles interpolated (R's type 7)."""
    known = values.dropna().astype(float)
    needed = {"sd": 2}
    for statistic, summarise in SUMMARIES.items():
        row = {"statistic": statistic, "n": len(known), "method": "known values; quantiles by linear interpolation"}
        if len(known) < needed.get(statistic, 1):
            yield {**row, "reason": "no values" if known.empty else "one value only"}
        else:
            yield {**row, "estimate": summarise(known)}
