"""A Kaplan-Meier curve, whatever estimated it: rates, medians and numbers at risk are read off it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from oligomet.estimates.methods.inference import Estimate


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
    def median(self) -> Estimate:
        """Median survival time; its limits are where the limits of the curve reach one half (Brookmeyer-Crowley).

        NaN where not reached. Where the curve runs exactly at one half it is the middle of that step, the rule of
        survival::survfit: deaths at 1, 3, 4 and 5 have the median 3.5. lifelines gives the step's beginning, 3.
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
