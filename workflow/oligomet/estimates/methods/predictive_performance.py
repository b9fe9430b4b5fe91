"""How good predicted probabilities are: discrimination, calibration, net benefit.

The recalibration is scikit-learn's. Its scores are not used: they spend nine tenths of their time on checks of small
arrays, and thousands of resamples are judged here; the tests hold these one-line formulas against them.

`weight` says how often each subject counts, as in a resample; predictions may have a column for each repetition of the
cross-validation, whose performances are averaged.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from oligomet.estimates.methods.penalised_logistic import PRECISE

NEVER = 1e-6  # a probability is kept this far from 0 and 1, whose logarithms are infinite

MEASURES = ("c_statistic", "log_loss", "brier", "observed_expected", "calibration_slope")


def performance(outcome: ArrayLike, predicted: np.ndarray, weight: ArrayLike | None = None) -> dict[str, float]:
    """Every measure of `MEASURES`; NaN where a resample has one outcome only.

    c_statistic (area under the ROC curve), mean log_loss and Brier score, observed over expected events, and the slope
    of the logistic recalibration, below 1 where predictions are too extreme (Van Calster 2019, BMC Med 17:230).
    """
    from sklearn.linear_model import LogisticRegression

    outcome = np.asarray(outcome, int)
    weight = np.ones(len(outcome)) if weight is None else np.asarray(weight, float)
    there = weight > 0
    outcome, weight = outcome[there], weight[there]
    if len(np.unique(outcome)) < 2:
        return dict.fromkeys(MEASURES, np.nan)
    found = []
    for column in np.clip(predicted.reshape(len(there), -1)[there].T, NEVER, 1 - NEVER):
        logit = np.log(column / (1 - column))[:, None]
        slope = np.nan
        if np.ptp(logit) > NEVER:
            slope = LogisticRegression(C=np.inf, **PRECISE).fit(logit, outcome, weight).coef_[0, 0]
        found.append(
            (
                _concordance(outcome, column, weight),
                -np.average(np.log(np.where(outcome == 1, column, 1 - column)), weights=weight),
                np.average((outcome - column) ** 2, weights=weight),
                (weight * outcome).sum() / (weight * column).sum(),
                slope,
            )
        )
    return dict(zip(MEASURES, np.mean(found, axis=0), strict=True))


def _concordance(outcome: np.ndarray, predicted: np.ndarray, weight: np.ndarray) -> float:
    """The share of pairs of both outcomes in which the event has the higher prediction; ties count half."""
    case, other = outcome == 1, outcome == 0
    higher = (np.sign(predicted[case][:, None] - predicted[other]) + 1) / 2
    return float(np.average(higher, weights=weight[case][:, None] * weight[other]))


def net_benefit(outcome: ArrayLike, predicted: np.ndarray, threshold: float, weight: ArrayLike | None = None) -> float:
    """True positives less false ones, these at the odds of the threshold, per subject (Vickers 2006, MDM 26:565)."""
    outcome = np.asarray(outcome, int)
    chosen = (predicted.reshape(len(outcome), -1) >= threshold).mean(axis=1)
    worth = np.where(outcome == 1, 1, -threshold / (1 - threshold))
    return float(np.average(chosen * worth, weights=None if weight is None else np.asarray(weight, float)))
