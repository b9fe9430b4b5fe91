"""Are hazards proportional, and what is the difference in months lived where they are not?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.declared import declared_robustness
from oligomet.estimates.design import chosen, design, followed
from oligomet.estimates.estimate_rows import degrees, tabulate
from oligomet.estimates.methods.inference import ChiSquare
from oligomet.estimates.methods_python_lacks.restricted_mean import restricted_mean, restricted_mean_difference
from oligomet.estimates.methods_python_lacks.zph import proportional_hazards
from oligomet.estimates.robustness.models import number_row, test_row

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
    for endpoint, names in declared_robustness(study).headline.items():
        unit = study.endpoints[endpoint].per
        frame = followed(endpoint, unit, times, patients, lesions)
        where = {"analysis": "proportionality", "endpoint": endpoint, "unit": unit, "population": "all"}
        for name in names:
            rows += _of_factor(frame, {**where, "factor": name}, study)
    return tabulate(rows)


def _of_factor(frame: pd.DataFrame, where: dict, study: Study) -> list[dict]:
    name, horizon = where["factor"], declared_robustness(study).rmst_months
    of = design(frame, chosen(study, [name]))

    def test() -> ChiSquare:
        terms = {name: list(of.contrasts)}
        found = proportional_hazards(of.indicators, *of.followed, ties=study.analyses.ties, terms=terms).loc[name]
        return ChiSquare(found["chi_square"], int(found["df"]), found["p_value"])

    counts = {"n": of.n, "events": of.events}
    method = f"score test of proportional hazards against 1 - Kaplan-Meier, {degrees(len(of.contrasts))}"
    rows = [test_row(test, {**where, **counts}, method)]

    confidence = study.analyses.confidence
    at = {**where, "time_months": horizon, "method": f"area under the Kaplan-Meier curve to {horizon:g} months"}
    reference = of.indicators.sum(axis=1) == 0
    groups = {study.factors[name].reference_level: reference}
    groups |= {contrast.group: of.indicators[column] == 1 for column, contrast in of.contrasts.items()}
    for group, inside in groups.items():
        some = of.rows(inside)
        here = {**at, "statistic": "restricted_mean", "group": group}
        here |= {"n": some.n, "events": some.events}
        cluster = _cluster(some, where)
        mean = partial(restricted_mean, *some.followed, horizon, cluster=cluster, confidence=confidence)
        rows.append(number_row(mean, here))
    for column, contrast in of.contrasts.items():
        some = of.rows(reference | (of.indicators[column] == 1))
        here = {**at, "statistic": "restricted_mean_difference", **contrast.where}
        here |= {"n": some.n, "events": some.events}
        cluster, data = _cluster(some, where), (*some.followed, some.indicators[column] == 1)
        difference = partial(restricted_mean_difference, *data, horizon, cluster=cluster, confidence=confidence)
        rows.append(number_row(difference, here))
    return rows


def _cluster(some, where: dict) -> pd.Series | None:
    return some.cluster if where["unit"] == "lesion" else None
