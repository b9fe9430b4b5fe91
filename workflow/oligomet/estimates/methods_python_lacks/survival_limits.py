"""Limits of survival or incidence on the plain, log and log(-log) scale.

lifelines has the last of them only, and only from Greenwood's variance of a survival.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from oligomet.estimates.methods.inference import normal_quantile

Transform = Literal["plain", "log", "log-log"]


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
