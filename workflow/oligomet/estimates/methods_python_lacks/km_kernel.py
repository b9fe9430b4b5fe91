"""Kaplan-Meier with the variance of clustered observations; and the kernel of simulations.

lifelines and statsmodels take no clusters; Greenwood's error is not the clustered one in 26 of 30 cohorts (at worst
0.132 for 0.244).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from oligomet.estimates.methods.inference import Undefined, codes, survival_data
from oligomet.estimates.methods.survival_curve import KaplanMeier
from oligomet.estimates.methods_python_lacks.survival_limits import Transform, survival_interval


def km_kernel(
    time: ArrayLike,
    event: ArrayLike,
    *,
    interval: Transform = "log-log",
    confidence: float = 0.95,
    cluster: ArrayLike | None = None,
) -> KaplanMeier:
    """Product-limit estimate with Greenwood's variance, or the infinitesimal jackknife's by cluster.

    Parameters and errors as `km.kaplan_meier`, which is to be called unless thousands of curves are wanted.
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
        error = np.where(survival > 0, survival * relative_error, np.nan)
    low, high = survival_interval(survival, relative_error, interval, confidence)
    return KaplanMeier.of(observed, at_risk, events, total - events, survival, error, low, high)


def _clustered_error(inverse, event, events, at_risk, cluster) -> np.ndarray:
    """Standard error of log survival from the clusters' summed influences (infinitesimal jackknife).

    The derivative of sum log(1 - d/n) to the weight of one observation is -(dN - Y d/n) / (n - d).
    """
    numbers, names = codes(cluster, "cluster")
    if len(names) < 2:
        raise Undefined("one cluster only")
    hazard = np.cumsum(events / at_risk / (at_risk - events))
    own = np.where(event, 1 / (at_risk - events)[inverse], 0)
    # A row's influence is the hazard so far until it leaves, and then what it left with. So a cluster's is its sum of
    # these plus the hazard for each member who is still there, and its square changes only when a member leaves.
    order = np.argsort(inverse, kind="stable")
    when, of, left_with = inverse[order], numbers[order], (hazard[inverse] - own)[order]
    grouped = pd.Series(left_with).groupby(of)
    gone = grouped.cumsum().to_numpy()
    before = gone - left_with
    there = np.bincount(of)[of] - 1.0 - grouped.cumcount().to_numpy()

    def changed(by: np.ndarray) -> np.ndarray:
        return np.cumsum(np.bincount(when, by, len(hazard)))

    of_gone = changed(gone**2 - before**2)
    of_both = changed(gone * there - before * (there + 1))
    of_there = (np.bincount(of) ** 2).sum() - changed(2 * there + 1)
    total = of_gone + 2 * hazard * of_both + hazard**2 * of_there
    return np.sqrt(np.where(total > 1e-13 * of_gone, total, 0))  # influences may cancel, but for rounding
