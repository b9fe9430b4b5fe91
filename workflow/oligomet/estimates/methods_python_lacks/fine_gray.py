"""Fine and Gray's proportional subdistribution hazards.

The word subdistribution is not in the source of lifelines, statsmodels, firthmodels.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from oligomet.estimates.methods.inference import Fit, Undefined, design_matrix, sandwich, survival_data
from oligomet.estimates.methods_python_lacks.cox_kernel import by_cluster, refuse_clusters
from oligomet.estimates.methods_python_lacks.partial_likelihood import Evaluation, PartialLikelihood


class _PseudoLikelihood(PartialLikelihood):
    """Partial likelihood of rows sorted by time, in which who has had a competing event at T stays at risk.

    The weight of such a row at t > T is G(t-) / G(T-), G being the Kaplan-Meier curve of censoring: a factor of the
    time (`uncensored`) by one of the row (`person`, 0 for all others), so that sums over risk sets are cumulative sums.
    """

    def __init__(self, x: np.ndarray, names: list[str], time: np.ndarray, cause: np.ndarray, of: int):
        super().__init__(x, names, np.full(len(x), -np.inf), time, cause == of, np.zeros(len(x), int), "breslow")
        self.censored = cause == 0
        unique, position, total = np.unique(time, return_inverse=True, return_counts=True)
        at_risk = total[::-1].cumsum()[::-1]
        before = np.r_[1.0, np.cumprod(1 - np.bincount(position, self.censored) / at_risk)[:-1]]
        self.uncensored = before[np.searchsorted(unique, self.set_time)]
        self.person = np.where((cause != of) & ~self.censored, 1 / before[position], 0.0)

    def over_risk_sets(self, values: np.ndarray) -> np.ndarray:
        (order, edge), shape = self._by_leave, (-1,) + (1,) * (values.ndim - 1)
        gone = np.cumsum((values * self.person.reshape(shape))[order], axis=0)
        gone = np.concatenate([np.zeros_like(gone[:1]), gone])[edge]
        return super().over_risk_sets(values) + self.uncensored.reshape(shape) * gone

    def over_time(self, values: np.ndarray) -> np.ndarray:
        shape = (-1,) + (1,) * (values.ndim - 1)
        sets = np.add.reduceat(values, self.first, axis=0)
        later = _to_come(sets * self.uncensored.reshape(shape))[self.leave]
        return super().over_time(values) + self.person.reshape(shape) * later

    def influences(self, at: Evaluation) -> np.ndarray:
        """Each row's part of the score (n, p): eta + psi of Fine & Gray 1999."""
        return self.score_residuals(at) + self._censoring_influences(at)

    def _censoring_influences(self, at: Evaluation) -> np.ndarray:
        """What the estimate of the censoring distribution adds: the integral of q / pi over dM of censoring."""
        time, weight = self.stop, at.risk * self.person
        before = np.searchsorted(time, time, side="left")
        gone = np.r_[0.0, np.cumsum(weight)][before, None]
        gone_x = np.cumsum(weight[:, None] * self.x, axis=0)
        gone_x = np.concatenate([np.zeros_like(gone_x[:1]), gone_x])[before]
        jump = (self.uncensored * np.add.reduceat(at.share, self.first))[:, None]
        following = np.searchsorted(self.set_time, time, side="left")
        q = gone_x * _to_come(jump)[following] - gone * _to_come(jump * at.mean[self.first])[following]
        at_risk = (len(time) - before)[:, None]
        own = np.where(self.censored[:, None], q / at_risk, 0)
        expected = np.cumsum(own / at_risk, axis=0)
        last_tied = np.searchsorted(time, time, side="right") - 1
        return own - expected[last_tied]


def _to_come(values: np.ndarray) -> np.ndarray:
    """The sum of each row of `values` and of those after it, and 0 at the end."""
    total = np.cumsum(values[::-1], axis=0)[::-1]
    return np.concatenate([total, np.zeros_like(total[:1])])


def fine_gray(
    covariates: pd.DataFrame,
    time: ArrayLike,
    cause: ArrayLike,
    *,
    of: int = 1,
    cluster: ArrayLike | None = None,
    confidence: float = 0.95,
) -> Fit:
    """Regression of the cumulative incidence of one cause on covariates (Fine & Gray 1999, JASA 94:496).

    Parameters
    ----------
    covariates
        (n, p) Numbers, no missing value.
    time, cause
        (n,) Time of the first event or of censoring; 0 for censored, else the cause (1, 2, ...).
    of
        The cause of interest.
    cluster
        (n,) Whom a row belongs to: influences are then summed by cluster (Zhou & al 2012, Biostatistics 13:371).

    Raises
    ------
    Undefined
        As `cox.cox`.

    Notes
    -----
    The covariance counts that the censoring distribution was estimated.
    As cmprsk::crr in R: one censoring distribution, Breslow's ties.
    """
    time, cause = survival_data(time, cause, causes=True)
    x, names = design_matrix(covariates)
    if len(x) != len(time):
        raise ValueError(f"{len(x)} rows of covariates but {len(time)} times")
    if not (cause == of).any():
        raise Undefined("no events")
    order = np.argsort(time, kind="stable")
    likelihood = _PseudoLikelihood(x[order], names, time[order], cause[order], of)
    beta = likelihood.maximum()
    at = likelihood.evaluate(beta)
    influences = likelihood.influences(at)
    if cluster is not None:
        refuse_clusters(cluster, names)
        influences = by_cluster(influences, np.asarray(cluster)[order])
    covariance = pd.DataFrame(sandwich(influences, at.information), names, names)
    events = int((cause == of).sum())
    return Fit(pd.Series(beta, names), covariance, likelihood.null.loglik, at.loglik, len(time), events, confidence)
