"""Rates under other decisions on time: where follow-up is censored, rounding, events known to the last imaging only."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from oligomet.estimates.declared import declared_robustness, of_curve
from oligomet.estimates.design import followed
from oligomet.estimates.estimate_rows import kaplan_meier_of, rate_rows, tabulate
from oligomet.estimates.methods.interval_censored import turnbull
from oligomet.estimates.methods.km import kaplan_meier
from oligomet.estimates.robustness.choices import list_timings

if TYPE_CHECKING:
    from oligomet.study import Study

HALF_A_DAY = 0.5  # what follow-up that ends on its first day is taken to last, where it must have a length


def estimate_timing(
    times: pd.DataFrame, patients: pd.DataFrame, lesions: pd.DataFrame, study: Study, recensored: pd.DataFrame
) -> pd.DataFrame:
    """The rates of the headline's endpoints, per patient and per lesion, under each other decision on time.

    Parameters
    ----------
    recensored
        outcomes/recensored, which has rows where `robustness.censoring` declares any.

    Returns
    -------
    Rows of `estimates`, analysis timing, timing the decision (see `choices.Choice.timing`; the declared one is analysis
    survival): statistic survival at the declared times (n at risk, events so far; those of intervals are all subjects
    and all events); set_aside, the subjects (of n) who have no time under another censoring.
    """
    rows: list[dict] = []
    robustness = declared_robustness(study)
    for endpoint in dict.fromkeys([*robustness.headline, *robustness.per_lesion.values(), *robustness.censoring]):
        for timing in list_timings(endpoint, study):
            frame = timed(endpoint, timing, times, patients, lesions, study, recensored)
            where = {
                "analysis": "timing", "endpoint": endpoint, "unit": study.endpoints[endpoint].per,
                "population": "all", "timing": timing,
            }  # fmt: skip
            rows += _rates(frame, where, study)
            if timing.startswith("censored"):
                rows.append(_set_aside(recensored[recensored["endpoint"] == endpoint], where))
    return tabulate(rows)


def timed(
    endpoint: str,
    timing: str,
    times: pd.DataFrame,
    patients: pd.DataFrame,
    lesions: pd.DataFrame,
    study: Study,
    recensored: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """`models.followed` of an endpoint, timed as `choices.Choice.timing` names it; of intervals, with `free_months`."""
    if timing.startswith("censored"):
        if recensored is None:
            raise ValueError(f"outcomes/recensored is needed for an endpoint {timing}")
        times = recensored.dropna(subset=["days"])
    frame = followed(endpoint, study.endpoints[endpoint].per, times, patients, lesions)
    if timing not in ("unrounded", "interval"):
        return frame
    days, per_month = frame["days"].astype(float), study.months.days_per_month
    if timing == "unrounded":
        return frame.assign(months=days / per_month)
    days = days.clip(lower=HALF_A_DAY)
    free = frame["free_days"].astype(float).mask(frame["event"] == 0, days)
    return frame.assign(months=days / per_month, free_months=free / per_month)


def bounds(frame: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Between which months each event of a frame of `timed` came; the upper is infinite for the censored."""
    return frame["free_months"], frame["months"].where(frame["event"] == 1, np.inf)


def _rates(frame: pd.DataFrame, where: dict, study: Study) -> list[dict]:
    analyses, at = study.analyses, study.analyses.rates_at_months
    method = kaplan_meier_of(analyses, where["unit"])
    cluster = frame["patient_id"] if where["unit"] == "lesion" else None

    def rates() -> pd.DataFrame:
        return kaplan_meier(frame["months"], frame["event"], cluster=cluster, **of_curve(analyses)).at(at)

    if where["timing"] == "interval":
        method, rates = "Turnbull, events between two images", partial(turnbull, *bounds(frame), at)
    return rate_rows(rates, at, {**where, "method": method, "n": len(frame), "events": int(frame["event"].sum())})


def _set_aside(recensored: pd.DataFrame, where: dict) -> dict:
    """How many have no time, with the reasons as the method."""
    reasons = recensored["reason"].dropna()
    return {
        **where, "statistic": "set_aside", "estimate": len(reasons), "n": len(recensored), "events": len(reasons),
        "method": "; ".join(reasons.unique()) or "observed",
    }  # fmt: skip
