"""Are hazards proportional, and what is the difference in months lived where they are not?"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.declared import declared_robustness
from oligomet.estimates.design import Design, chosen, design, each_endpoint
from oligomet.estimates.estimate_rows import degrees, number_row, tabulate, test_row
from oligomet.estimates.methods.inference import ChiSquare
from oligomet.estimates.methods_python_lacks.restricted_mean import restricted_mean, restricted_mean_difference
from oligomet.estimates.methods_python_lacks.zph import proportional_hazards

if TYPE_CHECKING:
    from oligomet.study import Study


def estimate_proportionality(times: pd.DataFrame, patients: pd.DataFrame, lesions: pd.DataFrame, study: Study):
    """The headline factors, each alone, by the unit of their endpoint.

    Returns
    -------
    Rows of `estimates`, analysis proportionality: statistic chi_square, the score test of proportional hazards; at
    time_months = `robustness.rmst_months`, restricted_mean of each level and restricted_mean_difference of each
    contrast, in months.
    """
    rows: list[dict] = []
    for where, frame, names in each_endpoint(declared_robustness(study).headline, times, patients, lesions, study):
        for name in names:
            rows += _of_factor(frame, {**where, "analysis": "proportionality", "factor": name}, study)
    return tabulate(rows)


def _of_factor(frame: pd.DataFrame, where: dict, study: Study) -> list[dict]:
    name, horizon, unit = where["factor"], declared_robustness(study).rmst_months, where["unit"]
    of = design(frame, chosen(study, [name]))

    def test() -> ChiSquare:
        terms = {name: list(of.contrasts)}
        found = proportional_hazards(of.indicators, *of.followed, ties=study.analyses.ties, terms=terms).loc[name]
        return ChiSquare(found["chi_square"], int(found["df"]), found["p_value"])

    def number(method: Callable, some: Design, *data, **columns: str) -> dict:
        row = {**at, "statistic": method.__name__, **columns, "n": some.n, "events": some.events}
        options = {"cluster": some.clusters(unit), "confidence": study.analyses.confidence}
        return number_row(lambda: method(*some.followed, *data, horizon, **options), row)

    method = f"score test of proportional hazards against 1 - Kaplan-Meier, {degrees(len(of.contrasts))}"
    rows = [test_row(test, {**where, "n": of.n, "events": of.events}, method)]
    at = {**where, "time_months": horizon, "method": f"area under the Kaplan-Meier curve to {horizon:g} months"}
    reference = of.indicators.sum(axis=1) == 0
    rows.append(number(restricted_mean, of.rows(reference), group=study.factors[name].reference_level))
    rows += [
        number(restricted_mean, of.rows(of.indicators[column] == 1), group=contrast.group)
        for column, contrast in of.contrasts.items()
    ]
    for column, contrast in of.contrasts.items():
        some = of.rows(reference | (of.indicators[column] == 1))
        rows.append(number(restricted_mean_difference, some, some.indicators[column] == 1, **contrast.where))
    return rows
