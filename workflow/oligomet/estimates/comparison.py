"""Characteristics by group, and whether they differ: what a table that is declared `by` a factor shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.descriptive import summaries
from oligomet.estimates.estimate_rows import share, tabulate
from oligomet.estimates.factor_levels import UNKNOWN, assign, members
from oligomet.estimates.methods.group_tests import GroupTest, compare_counts, compare_means, compare_ranks, fits_normal
from oligomet.estimates.methods.inference import Undefined
from oligomet.schemas import ESTIMATE_KEY

if TYPE_CHECKING:
    from oligomet.declarations import Factor, Unit
    from oligomet.display_declarations import Table
    from oligomet.study import Study


def estimate_comparison(patients: pd.DataFrame, lesions: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Every declared table's factors and variables by the groups of its factor `by`, with a test of each.

    Parameters
    ----------
    patients, lesions
        The tables of those names of the outcomes stage.
    study
        Its `factors`, `analyses` and `tables` are used; tables without `by` give no rows.

    Returns
    -------
    Rows of `estimates`, analysis comparison. Who belongs to no group is in none of them, and
    counted as Unknown; an unknown value counts among the group's, but is left out of the test. Lesions are taken as
    independent. A variable that is normal in every group at the declared significance is compared by its mean, any
    other by ranks.
    """
    frames: dict[Unit, pd.DataFrame] = {"patient": patients, "lesion": lesions}
    rows: dict[tuple, dict] = {}  # two tables can show the same
    for table in study.tables.values():
        if table.by and table.unit:  # who declares groups declares a unit
            for row in _of_table(frames[table.unit], table, study.factors[table.by], study):
                row = {"analysis": "comparison", **row}
                rows.setdefault(tuple(row.get(name) for name in ESTIMATE_KEY), row)
    return tabulate(rows.values())


def _of_table(frame: pd.DataFrame, table: Table, by: Factor, study: Study) -> Iterator[dict]:
    evaluable = frame[frame["response"] != "NE"] if "response" in frame else frame
    for population, who in (("all", frame), ("evaluable", evaluable)):
        group = assign(who, by)
        where = {"by": table.by, "unit": table.unit, "population": population}
        if population == "all" or table.evaluable_only:
            for one, n in group.value_counts(sort=False).items():
                if one != UNKNOWN or n:
                    yield {**where, "by_group": one, "statistic": "count", "estimate": n, "n": n, "method": "count"}
        for name in table.factors:
            if (name in table.evaluable_only) == (population == "evaluable"):
                yield from _of_factor(who, name, group, by, study, where)
    where = {"by": table.by, "unit": table.unit, "population": "all"}
    for name in table.variables:
        yield from _of_variable(frame[name], name, assign(frame, by), by, study, where)


def _of_factor(who: pd.DataFrame, name: str, group: pd.Series, by: Factor, study: Study, where: dict) -> Iterator[dict]:
    factor, table = study.factors[name], members(who, study.factors[name])
    for one in by.levels:
        within = table[group == one]
        for level in table:
            if level != UNKNOWN or table[UNKNOWN].any():
                of = {**where, "by_group": one, "factor": name, "group": level}
                yield share(within[level].sum(), len(within), study.analyses, **of)
    counts = pd.DataFrame({one: table.loc[group == one, factor.levels].sum() for one in by.levels})
    same = factor.variable == by.variable
    yield _test(lambda: compare_counts(counts), same, **where, factor=name)


def _of_variable(
    values: pd.Series, name: str, group: pd.Series, by: Factor, study: Study, where: dict
) -> Iterator[dict]:
    known = {one: values[group == one].dropna().astype(float) for one in by.levels}
    normal = True
    for one in by.levels:
        yield from ({**where, "by_group": one, "factor": name, **row} for row in summaries(known[one]))
        fitted = _test(partial(fits_normal, known[one]), False, **where, by_group=one, factor=name)
        normal &= fitted.get("p_value", 0) >= study.analyses.significance
        yield fitted
    compare = compare_means if normal else compare_ranks
    yield _test(lambda: compare(list(known.values())), name == by.variable, **where, factor=name)


def _test(test: Callable[[], GroupTest], same: bool, **where) -> dict:
    """The row of a test; `same` is whether the groups are made of what would be tested."""
    try:
        if same:
            raise Undefined("defines the groups")
        found = test()
    except Undefined as reason:
        return {**where, "statistic": "p_value", "method": "none", "reason": str(reason)}
    values = {"statistic": found.statistic, "estimate": found.estimate, "p_value": found.p_value, "n": found.n}
    return {**where, **values, "method": found.name}
