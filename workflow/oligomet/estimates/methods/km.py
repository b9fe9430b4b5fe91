"""Kaplan-Meier: survival, its intervals and medians, numbers at risk, follow-up. From lifelines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from oligomet.estimates.methods.inference import survival_data
from oligomet.estimates.methods.survival_curve import KaplanMeier
from oligomet.estimates.methods_python_lacks.km_kernel import km_kernel
from oligomet.estimates.methods_python_lacks.survival_limits import Transform, survival_interval

if TYPE_CHECKING:
    from lifelines import KaplanMeierFitter


def fit_kaplan_meier(
    time: ArrayLike, event: ArrayLike, *, confidence: float = 0.95, label: str = "survival"
) -> KaplanMeierFitter:
    """lifelines' Kaplan-Meier of checked data, to look at or question: what `kaplan_meier` reads its numbers from.

    Parameters and errors as `kaplan_meier`; `label` is the name of the curve.
    """
    from lifelines import KaplanMeierFitter

    time, event = survival_data(time, event)
    return KaplanMeierFitter(alpha=1 - confidence, label=label).fit(time, event)


def kaplan_meier(
    time: ArrayLike,
    event: ArrayLike,
    *,
    interval: Transform = "log-log",
    confidence: float = 0.95,
    cluster: ArrayLike | None = None,
) -> KaplanMeier:
    """Product-limit estimate with Greenwood's variance, or the infinitesimal jackknife's by cluster.

    Parameters
    ----------
    time, event
        (n,) Time of the event or of censoring, and 1 or 0. Censoring at the time of an event comes after it.
    interval
        The scale of the interval: plain, log or log(-log) survival (Kalbfleisch & Prentice 1980).
    cluster
        (n,) Whom an observation belongs to, if observations of one cluster are not independent (lesions of a patient).

    Raises
    ------
    Undefined
        If nobody is observed, a time or event is missing, a time is negative, or there is only one cluster.

    Notes
    -----
    As survival::survfit in R (with its `cluster` argument). Without events the survival is 1, and that is an answer.
    Limits of a survival of 0 or 1 are empty, where lifelines repeats the survival.
    """
    if cluster is not None:
        return km_kernel(time, event, interval=interval, confidence=confidence, cluster=cluster)
    fitted = fit_kaplan_meier(time, event, confidence=confidence)
    table = fitted.event_table[fitted.event_table["removed"] > 0]
    at_risk, events = table["at_risk"], table["observed"]
    survival = fitted.survival_function_.iloc[:, 0].loc[table.index]
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.sqrt(np.cumsum(events / (at_risk * (at_risk - events))))
        error = (survival * greenwood).where(survival > 0)
    if interval == "log-log":  # the one that lifelines has
        between = (survival > 0) & (survival < 1)
        limits = fitted.confidence_interval_survival_function_.loc[table.index].where(between, axis=0)
        low, high = limits.iloc[:, 0], limits.iloc[:, 1]
    else:
        low, high = survival_interval(survival.to_numpy(), greenwood.to_numpy(), interval, confidence)
    return KaplanMeier.of(table.index, at_risk, events, table["censored"], survival, error, low, high)


def follow_up(time: ArrayLike, event: ArrayLike, **options) -> KaplanMeier:
    """Reverse Kaplan-Meier (Schemper & Smith 1996): the curve of follow-up, in which the event censors.

    Its median is the median follow-up. Options as in `kaplan_meier`.
    """
    time, event = survival_data(time, event)
    return kaplan_meier(time, ~event, **options)
