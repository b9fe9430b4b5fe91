"""Curves over time, whatever estimated them: rates, medians and numbers at risk are read off them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from oligomet.estimates.methods.inference import Estimate


@dataclass(frozen=True)
class Curve:
    """A curve in steps.

    Attributes
    ----------
    steps
        A row for each observed time: time, at_risk (just before it), events, censored, the value, std_error (of the
        value), conf_low, conf_high. A limit is NaN where its transformation does not exist.
    n, events
        How many were observed, and how many had the event.
    """

    steps: pd.DataFrame
    n: int
    events: int

    VALUE: ClassVar[str]  # what the column of the value is called
    FREE: ClassVar[str]  # the column that says how many have had no event of any kind
    ORIGIN: ClassVar[float]  # the value at time 0

    @property
    def curve(self) -> pd.DataFrame:
        """`steps` with the origin before them, where everybody is at risk: what a plot draws."""
        value = dict.fromkeys((self.VALUE, "conf_low", "conf_high"), self.ORIGIN)
        origin = dict.fromkeys(self.steps, 0) | {"time": 0.0, "at_risk": self.n, self.FREE: 1.0, **value}
        return pd.concat([pd.DataFrame([origin]), self.steps], ignore_index=True)

    def at(self, times: ArrayLike) -> pd.DataFrame:
        """The value at `times`: time, the value, std_error, conf_low, conf_high, at_risk (with a time of at least
        that), events (up to and including it) and reason, which says why a value is empty."""
        times = np.atleast_1d(np.asarray(times, float))
        observed = self.steps["time"].to_numpy()
        position = np.searchsorted(observed, times, side="right")
        beyond = (times > observed[-1]) & (self.steps[self.FREE].iloc[-1] > 0)
        rows = self.curve[[self.VALUE, "std_error", "conf_low", "conf_high"]].iloc[position]
        reasons = [f"nobody followed to {time:g}" if empty else None for time, empty in zip(times, beyond, strict=True)]
        return pd.DataFrame(
            {
                "time": times,
                **{name: np.where(beyond, np.nan, rows[name]) for name in rows},
                "at_risk": self.at_risk(times),
                "events": np.r_[0, np.cumsum(self.steps["events"])][position],
                "reason": reasons,
            }
        )

    def at_risk(self, times: ArrayLike) -> np.ndarray:
        """How many are at risk at the start of each period: observed for at least that long."""
        position = np.searchsorted(self.steps["time"].to_numpy(), np.asarray(times, float), side="left")
        return np.r_[self.steps["at_risk"].to_numpy(), 0][position]


class KaplanMeier(Curve):
    """A Kaplan-Meier curve; its value is survival. No limit exists at survival 0, nor on the log-log scale at 1."""

    VALUE = FREE = "survival"
    ORIGIN = 1.0

    @classmethod
    def of(cls, time, at_risk, events, censored, survival, std_error, conf_low, conf_high) -> KaplanMeier:
        """The curve of these columns of `steps`."""
        counts = {"at_risk": at_risk, "events": events, "censored": censored}
        counts = {name: np.asarray(count).astype(int) for name, count in counts.items()}
        limits = {"conf_low": conf_low, "conf_high": conf_high}
        values = {"survival": survival, "std_error": std_error, **limits}
        steps = pd.DataFrame({"time": time, **counts, **{name: np.asarray(value) for name, value in values.items()}})
        return cls(steps, int(counts["at_risk"][0]), int(counts["events"].sum()))

    @property
    def median(self) -> Estimate:
        """Median survival time; its limits are where the limits of the curve reach one half (Brookmeyer-Crowley).

        NaN where not reached. Where the curve runs exactly at one half it is the middle of that step, the rule of
        survival::survfit: deaths at 1, 3, 4 and 5 have the median 3.5. lifelines gives the step's beginning, 3.
        """
        return Estimate(*(self._crosses_half(self.steps[name]) for name in ("survival", "conf_low", "conf_high")))

    def _crosses_half(self, values: pd.Series) -> float:
        tolerance = np.sqrt(np.finfo(float).eps)
        below = (values < 0.5 + tolerance).to_numpy()  # NaN is not below
        if not below.any():
            return np.nan
        time, value = self.steps["time"].to_numpy()[below], values.to_numpy()[below]
        lower = value < value[0]
        at_half = abs(value[0] - 0.5) < tolerance and lower.any()
        return float((time[0] + time[np.argmax(lower)]) / 2 if at_half else time[0])
