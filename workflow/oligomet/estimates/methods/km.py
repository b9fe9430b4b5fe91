"""Kaplan-Meier: survival, its intervals and medians, numbers at risk, follow-up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from oligomet.estimates.methods.common import Estimate, Undefined, codes, normal_quantile, sum_by, survival_data

Transform = Literal["plain", "log", "log-log"]


@dataclass(frozen=True)
class KaplanMeier:
    """A Kaplan-Meier curve.

    Attributes
    ----------
    steps
        A row for each observed time: time, at_risk (just before it), events, censored, survival, std_error (of the
        survival), conf_low, conf_high. A limit is NaN where its transformation does not exist: every one at survival
        0, log-log also at survival 1.
    n, events
        How many were observed, and how many had the event.
    """

    steps: pd.DataFrame
    n: int
    events: int

    @property
    def curve(self) -> pd.DataFrame:
        """`steps` with the origin before them (time 0, survival 1, everybody at risk): what a plot draws."""
        origin = {"time": 0.0, "at_risk": self.n, "events": 0, "censored": 0, "survival": 1.0, "std_error": 0.0}
        return pd.concat([pd.DataFrame([{**origin, "conf_low": 1.0, "conf_high": 1.0}]), self.steps], ignore_index=True)

    @property
    def censor_marks(self) -> pd.DataFrame:
        """Times at which somebody was censored: time, survival, censored (how many)."""
        return self.steps.loc[self.steps["censored"] > 0, ["time", "survival", "censored"]].reset_index(drop=True)

    @property
    def median(self) -> Estimate:
        """Median survival time; its limits are where the limits of the curve reach one half (Brookmeyer-Crowley).

        NaN where not reached. Where the curve runs exactly at one half, the middle of that step (as survival::survfit).
        """
        return Estimate(*(self._crosses_half(self.steps[name]) for name in ("survival", "conf_low", "conf_high")))

    def at(self, times: ArrayLike) -> pd.DataFrame:
        """Survival at `times`: time, survival, std_error, conf_low, conf_high, at_risk (with a time of at least that),
        events (up to and including it) and reason, which says why a survival is empty."""
        times = np.atleast_1d(np.asarray(times, float))
        observed = self.steps["time"].to_numpy()
        rows = self.curve[["survival", "std_error", "conf_low", "conf_high"]].iloc[
            np.searchsorted(observed, times, side="right")
        ]
        beyond = (times > observed[-1]) & (rows["survival"].to_numpy() > 0)
        reasons = [f"nobody followed to {time:g}" if empty else None for time, empty in zip(times, beyond, strict=True)]
        happened = np.r_[0, np.cumsum(self.steps["events"])]
        return pd.DataFrame(
            {
                "time": times,
                **{name: np.where(beyond, np.nan, rows[name]) for name in rows},
                "at_risk": self.at_risk(times),
                "events": happened[np.searchsorted(observed, times, side="right")],
                "reason": reasons,
            }
        )

    def at_risk(self, times: ArrayLike) -> np.ndarray:
        """How many are at risk at the start of each period: observed for at least that long."""
        position = np.searchsorted(self.steps["time"].to_numpy(), np.asarray(times, float), side="left")
        return np.r_[self.steps["at_risk"].to_numpy(), 0][position]

    def _crosses_half(self, values: pd.Series) -> float:
        tolerance = np.sqrt(np.finfo(float).eps)
        below = (values < 0.5 + tolerance).to_numpy()  # NaN is not below
        if not below.any():
            return np.nan
        time, value = self.steps["time"].to_numpy()[below], values.to_numpy()[below]
        lower = value < value[0]
        at_half = abs(value[0] - 0.5) < tolerance and lower.any()
        return float((time[0] + time[np.argmax(lower)]) / 2 if at_half else time[0])


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
    """
    time, event = survival_data(time, event)
    observed, inverse = np.unique(time, return_inverse=True)
    events = np.bincount(inverse, event, len(observed))
    total = np.bincount(inverse, minlength=len(observed))
    at_risk = total[::-1].cumsum()[::-1]
    survival = np.cumprod(1 - events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        if cluster is None:
            relative_error = np.sqrt(np.cumsum(events / (at_risk * (at_risk - events))))
        else:
            relative_error = _clustered_error(inverse, event, events, at_risk, cluster)
        low, high = survival_interval(survival, relative_error, interval, confidence)
        error = np.where(survival > 0, survival * relative_error, np.nan)
    steps = pd.DataFrame(
        {
            "time": observed,
            "at_risk": at_risk,
            "events": events.astype(int),
            "censored": (total - events).astype(int),
            "survival": survival,
            "std_error": error,
            "conf_low": low,
            "conf_high": high,
        }
    )
    return KaplanMeier(steps, len(time), int(events.sum()))


def follow_up(time: ArrayLike, event: ArrayLike, **options) -> KaplanMeier:
    """Reverse Kaplan-Meier (Schemper & Smith 1996): the curve of follow-up, in which the event censors.

    Its median is the median follow-up. Options as in `kaplan_meier`.
    """
    time, event = survival_data(time, event)
    return kaplan_meier(time, ~event, **options)


def survival_interval(
    survival: np.ndarray, relative_error: np.ndarray, interval: Transform, confidence: float
) -> tuple[np.ndarray, np.ndarray]:
    """Limits of survival from the standard error of its logarithm, within [0, 1]."""
    z = normal_quantile(confidence)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if interval == "plain":
            width = z * np.where(survival > 0, survival * relative_error, np.nan)
            return np.maximum(survival - width, 0), np.minimum(survival + width, 1)
        if interval == "log":
            log = np.log(np.where(survival > 0, survival, np.nan))
            return np.exp(log - z * relative_error), np.minimum(np.exp(log + z * relative_error), 1)
        if interval == "log-log":
            log = np.log(np.where((survival > 0) & (survival < 1), survival, np.nan))
            centre, width = np.log(-log), z * relative_error / -log
            return np.exp(-np.exp(centre + width)), np.exp(-np.exp(centre - width))
    raise ValueError(f"interval is plain, log or log-log, not {interval!r}")


def _clustered_error(inverse, event, events, at_risk, cluster) -> np.ndarray:
    """Standard error of log survival from the clusters' summed influences (infinitesimal jackknife).

    The derivative of sum log(1 - d/n) to the weight of one observation is -(dN - Y d/n) / (n - d).
    """
    numbers, names = codes(cluster, "cluster")
    if len(names) < 2:
        raise Undefined("one cluster only")
    hazard = np.cumsum(events / at_risk / (at_risk - events))
    own = np.where(event, 1 / (at_risk - events)[inverse], 0)
    left = inverse[:, None] <= np.arange(len(at_risk))
    influence = np.where(left, (hazard[inverse] - own)[:, None], hazard)
    return np.sqrt((sum_by(numbers, influence, len(names)) ** 2).sum(axis=0))
