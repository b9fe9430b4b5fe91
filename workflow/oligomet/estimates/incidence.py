"""Cumulative incidence as a curve, of the endpoints of which a figure shows it beside the Kaplan-Meier estimate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.declared import of_curve
from oligomet.estimates.design import cause_of, each_endpoint
from oligomet.estimates.estimate_rows import COLUMNS, aalen_johansen_of, tabulate
from oligomet.estimates.factor_levels import assign
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods_python_lacks.competing_risks import cumulative_incidence

if TYPE_CHECKING:
    from oligomet.study import Study


def estimate_incidence(
    times: pd.DataFrame, patients: pd.DataFrame, lesions: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """The steps of the cumulative incidence where other events compete, of everyone and of the groups compared.

    Parameters
    ----------
    times, patients, lesions
        The tables of those names of the outcomes stage.
    study
        Its `figures` say of which endpoints (`incidence`); its `endpoints`, `factors` and `analyses` are used.

    Returns
    -------
    Rows of `estimates`, analysis incidence_curve: Aalen-Johansen, with n at risk and events at each time. Intervals of
    lesions take those of one patient as a cluster.
    """
    shown = {figure.endpoint for figure in study.figures.values() if figure.incidence}
    named = {
        endpoint: study.analyses.compare.get(endpoint, [])
        for endpoint, declared in study.endpoints.items()
        if endpoint in shown and declared.competing
    }
    rows: list[dict] = []
    for where, frame, names in each_endpoint(named, times, patients, lesions, study):
        where |= {"analysis": "incidence_curve"}
        rows += _steps(frame, where, study)
        for name in names:
            level = assign(frame, study.factors[name])
            for group in study.factors[name].levels:
                rows += _steps(frame[level == group], {**where, "factor": name, "group": group}, study)
    return tabulate(rows)


def _steps(frame: pd.DataFrame, where: dict, study: Study) -> Iterator[dict]:
    """A row a time; none where nobody is followed."""
    cluster = frame["patient_id"] if where["unit"] == "lesion" else None
    try:
        found = cumulative_incidence(frame["months"], cause_of(frame), cluster=cluster, **of_curve(study.analyses))
    except Undefined:
        return
    row = {**where, "statistic": "cumulative_incidence", "method": aalen_johansen_of(study.analyses, where["unit"])}
    curve = found.curve.drop_duplicates("time", keep="last").rename(columns=COLUMNS)
    for step in curve[["time_months", "estimate", "conf_low", "conf_high", "n", "events"]].to_dict("records"):
        yield {**row, **step}
