"""Competing risks: cumulative incidence (Aalen-Johansen) and Gray's test.

lifelines' Aalen-Johansen moves ties apart at random: another incidence in 18 of 29 cohorts (at worst 0.565 for 0.378).
statsmodels' `CumIncidenceRight` has R's incidence (off in 0 of 29 cohorts) with another variance in 28 of 29 cohorts
(at worst 0 for 0.0511), and no clusters. Gray's test is in neither.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from oligomet.estimates.methods.inference import ChiSquare, Undefined, codes, quadratic_test, sum_by, survival_data
from oligomet.estimates.methods.survival_curve import Curve
from oligomet.estimates.methods_python_lacks.survival_limits import Transform, survival_interval


class CumulativeIncidence(Curve):
    """The cumulative incidence of one cause among competing ones.

    `steps` have two columns more, competing (events of other causes) and event_free (nothing happened yet). Limits are
    NaN as long as the incidence is 0.
    """

    VALUE, FREE, ORIGIN = "incidence", "event_free", 0.0


def cumulative_incidence(
    time: ArrayLike,
    cause: ArrayLike,
    *,
    of: int = 1,
    interval: Transform = "log-log",
    confidence: float = 0.95,
    cluster: ArrayLike | None = None,
) -> CumulativeIncidence:
    """Aalen-Johansen estimate of the probability of one cause, with the others as competing events.

    Parameters
    ----------
    time, cause
        (n,) Time of the first event or of censoring; 0 for censored, else the cause (1, 2, ...).
    of
        The cause of interest.
    interval
        The scale of the interval: plain, log or log(-log) incidence.
    cluster
        (n,) Whom an observation belongs to, if observations of one cluster are not independent.

    Raises
    ------
    Undefined
        If nobody is observed, a time or cause is missing, a time is negative, or there is only one cluster.

    Notes
    -----
    Variance as cmprsk::cuminc in R (delta method, with the hypergeometric correction of ties); by cluster, the
    infinitesimal jackknife as survival::survfit(Surv(time, factor(cause)) ~ 1, id, cluster).
    """
    time, cause = survival_data(time, cause, causes=True)
    observed, inverse = np.unique(time, return_inverse=True)
    total = np.bincount(inverse, minlength=len(observed))
    at_risk = total[::-1].cumsum()[::-1]
    events = np.bincount(inverse, cause == of, len(observed))
    competing = np.bincount(inverse, (cause != of) & (cause > 0), len(observed))
    event_free = np.cumprod(1 - (events + competing) / at_risk)
    before = np.r_[1.0, event_free[:-1]]
    incidence = np.cumsum(before * events / at_risk)
    if cluster is None:
        variance = _variance(incidence, before, event_free, at_risk, events, competing)
    else:
        numbers, names = codes(cluster, "cluster")
        if len(names) < 2:
            raise Undefined("one cluster only")
        influence = _influence(inverse, cause == of, cause > 0, before, at_risk, events, competing)
        variance = (sum_by(numbers, influence, len(names)) ** 2).sum(axis=0)
    error = np.sqrt(np.maximum(variance, 0))
    happened = np.where(incidence > 0, incidence, np.nan)
    low, high = survival_interval(happened, error / happened, interval, confidence)
    steps = pd.DataFrame(
        {
            "time": observed,
            "at_risk": at_risk,
            "events": events.astype(int),
            "competing": competing.astype(int),
            "censored": (total - events - competing).astype(int),
            "incidence": incidence,
            "std_error": error,
            "conf_low": low,
            "conf_high": high,
            "event_free": event_free,
        }
    )
    return CumulativeIncidence(steps, len(time), int(events.sum()))


def _ties(deaths: np.ndarray, at_risk: np.ndarray) -> np.ndarray:
    """Hypergeometric correction: d deaths among n at once vary less than d deaths one after another."""
    return np.where(deaths > 1, 1 - (deaths - 1) / np.maximum(at_risk - 1, 1), 1.0)


def _variance(incidence, before, event_free, at_risk, events, competing) -> np.ndarray:
    """Sum over earlier times u of the squared change that a death at u makes to the incidence F(t) at t.

    An event of the cause moves it by 1 - (F(t) - F(u)) / S(u), a competing one by -(F(t) - F(u)) / S(u), each times
    S(u-) / n(u): the coefficients of 1, F(t) and F(t) squared are summed apart.
    """
    alive = event_free > 0
    per_survivor = np.divide(1, event_free, out=np.zeros_like(event_free), where=alive)
    own = (before / at_risk) ** 2 * events * _ties(events, at_risk)
    other = (before / at_risk) ** 2 * competing * _ties(competing, at_risk) * alive
    reached = incidence * per_survivor
    constant = np.cumsum(own * (1 + reached) ** 2 + other * reached**2)
    linear = np.cumsum((own * (1 + reached) + other * reached) * per_survivor)
    square = np.cumsum((own + other) * per_survivor**2)
    return constant - 2 * incidence * linear + incidence**2 * square


def _influence(inverse, is_cause, is_event, before, at_risk, events, competing) -> np.ndarray:
    """Derivative of the incidence to the weight of each observation: (n, times)."""
    deaths = events + competing
    left = np.maximum(at_risk - deaths, 1e-300)  # nobody left: there is no later time at which it matters
    times = np.arange(len(at_risk))
    reached = inverse[:, None] == times
    present = inverse[:, None] >= times
    log_survival = np.cumsum((present * (deaths / at_risk) - reached * is_event[:, None]) / left, axis=1)
    log_before = np.concatenate([np.zeros((len(inverse), 1)), log_survival[:, :-1]], axis=1)
    jump = (reached * is_cause[:, None] - present * (events / at_risk)) / at_risk
    return np.cumsum(before * (log_before * events / at_risk + jump), axis=1)


def gray(
    time: ArrayLike, cause: ArrayLike, group: ArrayLike, *, of: int = 1, strata: ArrayLike | None = None
) -> ChiSquare:
    """Gray's test that the cumulative incidence of one cause is the same in all groups (within strata, if given).

    Gray 1988, Ann Stat 16:1141, with rho = 0; as cmprsk::cuminc in R.

    Parameters
    ----------
    time, cause, group, strata
        (n,) Times; 0 for censored, else the cause; labels.
    of
        The cause of interest.

    Raises
    ------
    Undefined
        If there is one group only, no event of the cause, the groups are never at risk together, the common
        incidence reaches 1 before an event at which two groups are at risk, or so many events are tied that the
        correction for ties makes the variance negative (where cmprsk gives a negative statistic).
    """
    time, cause = survival_data(time, cause, causes=True)
    numbers, names = codes(group, "group")
    if len(names) < 2:
        raise Undefined("one group only")
    if not (cause == of).any():
        raise Undefined("no events")
    stratum = np.zeros(len(time), int) if strata is None else codes(strata, "stratum")[0]
    score, variance = np.zeros(len(names)), np.zeros((len(names), len(names)))
    for this in np.unique(stratum):
        inside = stratum == this
        more = _gray_score(time[inside], cause[inside], numbers[inside], len(names), of)
        score, variance = score + more[0], variance + more[1]
    if np.linalg.eigvalsh(variance)[0] < -1e-9 * np.abs(variance).max():
        raise Undefined("too many ties for the variance of the test")  # where its correction for them turns it negative
    try:
        return quadratic_test(score[:-1], variance[:-1, :-1])  # the scores add to zero: one is redundant
    except Undefined:
        raise Undefined("groups never at risk together") from None


def _gray_score(time, cause, numbers, groups: int, of: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores (k,) and their covariance (k, k) in one stratum; arrays below are (times, groups)."""
    times, inverse = np.unique(time, return_inverse=True)

    def counted(mask: np.ndarray) -> np.ndarray:
        return np.bincount(inverse[mask] * groups + numbers[mask], minlength=len(times) * groups).reshape(-1, groups)

    own, other = counted(cause == of), counted((cause != of) & (cause > 0))
    at_risk = counted(np.ones(len(time), bool))[::-1].cumsum(axis=0)[::-1]
    happened = (own + other).any(axis=1)
    if not happened.any():
        return np.zeros(groups), np.zeros((groups, groups))
    own, other, at_risk = own[happened], other[happened], at_risk[happened]
    n = np.maximum(at_risk, 1)
    survival = np.cumprod(1 - (own + other) / n, axis=0)
    before = np.vstack([np.ones(groups), survival[:-1]])
    incidence = np.cumsum(before * own / n, axis=0)
    incidence_before = np.vstack([np.zeros(groups), incidence[:-1]])

    hazard_share = np.divide(at_risk, before, out=np.zeros_like(before), where=at_risk > 0)
    total = hazard_share.sum(axis=1, keepdims=True)
    events = own.sum(axis=1, keepdims=True)
    expected = hazard_share * (1 - incidence_before)
    score = (own - events * expected / expected.sum(axis=1, keepdims=True)).sum(axis=0)

    pooled = np.cumsum(events / total, axis=0)  # the common incidence under the hypothesis
    pooled_before = np.vstack([[0.0], pooled[:-1]])
    a = hazard_share[:, :, None] * (np.eye(groups) - (hazard_share / total)[:, None, :])
    several = ((at_risk > 0).sum(axis=1, keepdims=True) > 1) & (events > 0)
    if (several & (pooled_before > 1 - 1e-9)).any():
        raise Undefined("incidence of 1 before the last event")
    jump = np.divide(events, total * (1 - pooled_before), out=np.zeros_like(total), where=several)
    c = np.cumsum(a * jump[:, :, None], axis=0)
    to_come = c[-1] - c

    ratio = np.divide(1 - pooled, survival, out=np.zeros_like(survival), where=survival > 0)
    crowd = np.where(events > 1, 1 - (events - 1) / np.maximum(total * before - 1, 1e-300), 1.0)
    own_variance = np.where(at_risk > 0, crowd * before * events / (total * n), 0)
    other_variance = np.where(survival > 0, _ties(other, at_risk) * before**2 * other / n**2, 0)
    own_part = a + to_come * (1 - ratio)[:, None, :]
    other_part = to_come * ratio[:, None, :]
    variance = np.einsum("tik,tjk,tk->ij", own_part, own_part, own_variance)
    return score, variance + np.einsum("tik,tjk,tk->ij", other_part, other_part, other_variance)
