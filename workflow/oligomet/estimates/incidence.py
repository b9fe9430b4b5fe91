"""Cumulative incidence as a curve, of the endpoints of which a figure shows it beside the Kaplan-Meier estimate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.declared import of_curve
from oligomet.estimates.design import followed
from oligomet.estimates.estimate_rows import tabulate
from oligomet.estimates.factor_levels import assign
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods_python_lacks.competing_risks import cumulative_incidence

if TYPE_CHECKING:
    from oligomet.study import Study

COLUMNS = {"incidence": "estimate", "time": "time_months", "at_risk": "n"}


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
    rows: list[dict] = []
    for endpoint, declared in study.endpoints.items():
        if endpoint not in shown or not declared.competing:
            continue
        frame = followed(endpoint, declared.per, times, patients, lesions)
        where = {"analysis": "incidence_curve", "endpoint": endpoint, "unit": declared.per, "population": "all"}
        rows += _steps(frame, where, study)
        for name in study.analyses.compare.get(endpoint, []):
            level = assign(frame, study.factors[name])
            for group in study.factors[name].levels:
                rows += _steps(frame[level == group], {**where, "factor": name, "group": group}, study)
    return tabulate(rows)


def _steps(frame: pd.DataFrame, where: dict, study: Study) -> Iterator[dict]:
    """A row a time; none where nobody is followed."""
    cause = frame["event"].astype(int).mask(frame["competing"] == 1, 2)
    cluster = frame["patient_id"] if where["unit"] == "lesion" else None
    by = ", variance by patient" if where["unit"] == "lesion" else ""
    interval = f"{100 * study.analyses.confidence:g} % {study.analyses.survival_interval} interval{by}"
    try:
        found = cumulative_incidence(frame["months"], cause, cluster=cluster, **of_curve(study.analyses))
    except Undefined:
        return
    curve = found.curve.drop_duplicates("time", keep="last").rename(columns=COLUMNS)
    for step in curve[[*COLUMNS.values(), "conf_low", "conf_high", "events"]].to_dict("records"):
        yield {**where, "statistic": "cumulative_incidence", "method": f"Aalen-Johansen, {interval}", **step}
