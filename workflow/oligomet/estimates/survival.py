"""Time to event: Kaplan-Meier rates, medians and curves, overall and by group, and the log-rank tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from oligomet.estimates.declared import of_curve
from oligomet.estimates.design import each_endpoint
from oligomet.estimates.estimate_rows import (
    COLUMNS,
    DEGREES,
    independent,
    kaplan_meier_of,
    rate_rows,
    tabulate,
    test_row,
)
from oligomet.estimates.factor_levels import assign
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods.km import KaplanMeier, follow_up, kaplan_meier
from oligomet.estimates.methods.logrank import logrank

if TYPE_CHECKING:
    from oligomet.declarations import Analyses
    from oligomet.study import Study

YEAR = 12


def estimate_survival(times: pd.DataFrame, patients: pd.DataFrame, lesions: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Kaplan-Meier estimates of every endpoint, overall and by the factors of `analyses.compare`.

    Parameters
    ----------
    times, patients, lesions
        The tables of those names of the outcomes stage.
    study
        Its `endpoints`, `factors` and `analyses` are used.

    Returns
    -------
    Rows of `estimates`, analyses survival, curve and logrank. Subjects for whom a factor is Unknown are not in its
    groups. Intervals of lesions take those of one patient as a cluster; the log-rank test takes them as independent.
    """
    rows: list[dict] = []
    named = {endpoint: study.analyses.compare.get(endpoint, []) for endpoint in study.endpoints}
    for where, frame, names in each_endpoint(named, times, patients, lesions, study):
        rows += _curve(frame, study.analyses, where)
        rows.append(_follow_up(frame, study.analyses, where))
        for name in names:
            factor = study.factors[name]
            level = assign(frame, factor)
            for group in factor.levels:
                rows += _curve(frame[level == group], study.analyses, {**where, "factor": name, "group": group})
            compared = level.isin(factor.levels)
            rows.append(_logrank(frame[compared], level[compared].astype(str), {**where, "factor": name}))
    return tabulate(rows)


def _options(frame: pd.DataFrame, analyses: Analyses, unit: str) -> dict:
    return {**of_curve(analyses), "cluster": frame["patient_id"] if unit == "lesion" else None}


def _curve(frame: pd.DataFrame, analyses: Analyses, where: dict) -> list[dict]:
    """Rates, median, range of the times and the steps of one group; rates and median with the reason if undefined."""
    where = {**where, "method": kaplan_meier_of(analyses, where["unit"])}
    summary = {**where, "analysis": "survival", "n": len(frame), "events": int(frame["event"].sum())}
    observed = [("min", frame["months"].min()), ("max", frame["months"].max())] if len(frame) else []
    span = [{**summary, "statistic": name, "estimate": end, "method": "observed times"} for name, end in observed]
    try:
        found = kaplan_meier(frame["months"], frame["event"], **_options(frame, analyses, where["unit"]))
    except Undefined as reason:
        empty = {**summary, "reason": str(reason)}
        return [
            *({**empty, "statistic": "survival", "time_months": time} for time in analyses.rates_at_months),
            {**empty, "statistic": "median"},
            *span,
        ]
    return [
        *rate_rows(lambda: found.at(analyses.rates_at_months), analyses.rates_at_months, summary),
        {**summary, "statistic": "median", **_median(found)},
        *span,
        *({**where, "analysis": "curve", **row} for row in _steps(found)),
    ]


def _median(found: KaplanMeier) -> dict:
    median = found.median
    reason = {"reason": "not reached"} if np.isnan(median.estimate) else {}
    return {"estimate": median.estimate, "conf_low": median.conf_low, "conf_high": median.conf_high, **reason}


def _steps(found: KaplanMeier) -> list[dict]:
    """What a plot draws: the curve from time 0, the marks of the censored, and who is at risk each year."""
    curve = found.curve.rename(columns=COLUMNS)
    marked = curve[curve["censored"] > 0].assign(events=lambda at: at["censored"])
    years = np.arange(0, curve["time_months"].max() + 1e-9, YEAR)
    at_risk = found.at_risk(years)
    parts = {
        "survival": curve[["time_months", "estimate", "conf_low", "conf_high", "n", "events"]],
        "censored": marked[["time_months", "estimate", "n", "events"]],
        "at_risk": pd.DataFrame({"time_months": years, "estimate": at_risk, "n": at_risk}),
    }
    return [{"statistic": name, **row} for name, part in parts.items() for row in part.to_dict("records")]


def _follow_up(frame: pd.DataFrame, analyses: Analyses, where: dict) -> dict:
    method = f"reverse {kaplan_meier_of(analyses, where['unit'])}"
    row = {**where, "analysis": "survival", "statistic": "follow_up_median", "method": method, "n": len(frame)}
    try:
        found = follow_up(frame["months"], frame["event"], **_options(frame, analyses, where["unit"]))
    except Undefined as reason:
        return {**row, "reason": str(reason)}
    return {**row, **_median(found), "events": found.n - found.events}


def _logrank(frame: pd.DataFrame, level: pd.Series, where: dict) -> dict:
    row = {**where, "analysis": "logrank", "n": len(frame), "events": int(frame["event"].sum())}
    method = f"log-rank test{DEGREES}{independent(where['unit'])}"
    return test_row(lambda: logrank(frame["months"], frame["event"], level), row, method)
