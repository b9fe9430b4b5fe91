"""Fine and Gray's proportional subdistribution hazards.

The word subdistribution is not in the source of lifelines, statsmodels, firthmodels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from oligomet.estimates.methods.inference import (
    ChiSquare,
    Undefined,
    codes,
    coefficient_table,
    design_matrix,
    quadratic_test,
    sandwich,
    sum_by,
    survival_data,
)
from oligomet.estimates.methods_python_lacks.newton import Derivatives, maximise


@dataclass(frozen=True)
class FineGrayFit:
    """A fitted model.

    Attributes
    ----------
    log_shr
        Log subdistribution hazard ratios, by covariate.
    covariance
        Their covariance, which counts that the censoring distribution was estimated (by cluster, where given).
    loglik_null, loglik
        Log pseudo-likelihood at zero and at the estimates.
    n, events, competing
        Rows, events of the cause and competing events.
    """

    log_shr: pd.Series
    covariance: pd.DataFrame
    loglik_null: float
    loglik: float
    n: int
    events: int
    competing: int
    confidence: float

    @property
    def table(self) -> pd.DataFrame:
        """A row a covariate: log_shr, std_error, subdistribution_hazard_ratio, conf_low, conf_high, z, p_value."""
        return coefficient_table(
            self.log_shr, self.covariance, self.confidence, "log_shr", "subdistribution_hazard_ratio"
        )

    def wald(self, names: list[str] | None = None) -> ChiSquare:
        """Wald test that the coefficients of `names` (default: all) are zero."""
        names = list(self.log_shr.index if names is None else names)
        return quadratic_test(self.log_shr[names], self.covariance.loc[names, names])


@dataclass(frozen=True)
class _Evaluation(Derivatives):
    risk: np.ndarray
    hazard: np.ndarray  # (times,) jumps of the baseline subdistribution hazard
    mean: np.ndarray  # (times, p) weighted mean covariates of the risk set


class _PseudoLikelihood:
    """Weighted partial likelihood, laid out once.

    Who has had a competing event at T stays at risk at t > T with weight G(t-) / G(T-), G being the Kaplan-Meier curve
    of censoring. The weight is a factor of the time by one of the person, so that sums over risk sets are cumulative
    sums.
    """

    def __init__(self, x: np.ndarray, time: np.ndarray, cause: np.ndarray, of: int):
        order = np.argsort(time, kind="stable")
        self.order = order
        self.x, self.time = (x - x.mean(axis=0))[order], time[order]
        self.own, self.censored = cause[order] == of, cause[order] == 0
        self.other = ~self.own & ~self.censored
        self.times, deaths = np.unique(self.time[self.own], return_counts=True)
        self.deaths = deaths.astype(float)
        self.first = np.searchsorted(
            self.time, self.times, side="left"
        )  # who is observed to the event time begins here
        self.until = np.searchsorted(self.times, self.time, side="right")  # event times up to one's own
        self.at_risk = len(time) - np.searchsorted(self.time, self.time, side="left")
        self.uncensored, self.person = self._censoring()

    def _censoring(self) -> tuple[np.ndarray, np.ndarray]:
        """G(t-) at the event times, and 1 / G(T-) of those with a competing event (0 for others)."""
        unique, position, total = np.unique(self.time, return_inverse=True, return_counts=True)
        at_risk = total[::-1].cumsum()[::-1]
        before = np.r_[1.0, np.cumprod(1 - np.bincount(position, self.censored) / at_risk)[:-1]]
        uncensored = before[np.searchsorted(unique, self.times)]
        return uncensored, np.where(self.other, 1 / before[position], 0.0)

    def over_risk_sets(self, values: np.ndarray) -> np.ndarray:
        """Weighted sums of row values over those at risk at each event time."""
        zero = np.zeros_like(values[:1])
        observed = np.concatenate([np.cumsum(values[::-1], axis=0)[::-1], zero])[self.first]
        shape = (-1,) + (1,) * (values.ndim - 1)
        gone = np.concatenate([zero, np.cumsum(values * self.person.reshape(shape), axis=0)])[self.first]
        return observed + self.uncensored.reshape(shape) * gone

    def over_time(self, values: np.ndarray) -> np.ndarray:
        """Weighted sums of values at event times over the times each row is at risk."""
        zero = np.zeros_like(values[:1])
        shape = (-1,) + (1,) * (values.ndim - 1)
        later = np.concatenate([np.cumsum((values * self.uncensored.reshape(shape))[::-1], axis=0)[::-1], zero])
        seen = np.concatenate([zero, np.cumsum(values, axis=0)])
        return seen[self.until] + self.person.reshape(shape) * later[self.until]

    def evaluate(self, beta: np.ndarray) -> _Evaluation:
        eta = self.x @ beta
        eta = eta - eta.max()
        risk = np.exp(eta)
        weighted = risk[:, None] * self.x
        with np.errstate(divide="ignore", invalid="ignore"):  # a step too far: the caller sees it in loglik
            total = self.over_risk_sets(risk)
            mean, hazard = self.over_risk_sets(weighted) / total[:, None], self.deaths / total
            loglik = eta[self.own].sum() - self.deaths @ np.log(total)
            information = (weighted * self.over_time(hazard)[:, None]).T @ self.x - (
                mean * self.deaths[:, None]
            ).T @ mean
        return _Evaluation(
            loglik=float(loglik) if np.isfinite(loglik) else -np.inf,
            score=self.x[self.own].sum(axis=0) - self.deaths @ mean,
            information=(information + information.T) / 2,
            risk=risk,
            hazard=hazard,
            mean=mean,
        )

    def influences(self, at: _Evaluation) -> np.ndarray:
        """Each row's part of the score (n, p): eta + psi of Fine & Gray 1999, sorted by time."""
        eta = -at.risk[:, None] * (
            self.x * self.over_time(at.hazard)[:, None] - self.over_time(at.hazard[:, None] * at.mean)
        )
        eta[self.own] += self.x[self.own] - at.mean[self.until[self.own] - 1]
        return eta + self._censoring_influences(at)

    def _censoring_influences(self, at: _Evaluation) -> np.ndarray:
        """What the estimate of the censoring distribution adds: the integral of q / pi over dM of censoring."""
        before = np.searchsorted(self.time, self.time, side="left")
        gone = np.concatenate([[0.0], np.cumsum(at.risk * self.person)])[before, None]
        gone_x = np.cumsum((at.risk * self.person)[:, None] * self.x, axis=0)
        gone_x = np.concatenate([np.zeros_like(gone_x[:1]), gone_x])[before]
        jump = (self.uncensored * at.hazard)[:, None]
        following = np.searchsorted(self.times, self.time, side="left")

        def to_come(values: np.ndarray) -> np.ndarray:
            total = np.cumsum(values[::-1], axis=0)[::-1]
            return np.concatenate([total, np.zeros_like(total[:1])])[following]

        q = gone_x * to_come(jump) - gone * to_come(jump * at.mean)
        own = np.where(self.censored[:, None], q / self.at_risk[:, None], 0)
        expected = np.cumsum(own / self.at_risk[:, None], axis=0)
        last_tied = np.searchsorted(self.time, self.time, side="right") - 1
        return own - expected[last_tied]


def fine_gray(
    covariates: pd.DataFrame,
    time: ArrayLike,
    cause: ArrayLike,
    *,
    of: int = 1,
    cluster: ArrayLike | None = None,
    confidence: float = 0.95,
) -> FineGrayFit:
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
    As cmprsk::crr in R: one censoring distribution, Breslow's ties.
    """
    time, cause = survival_data(time, cause, causes=True)
    x, names = design_matrix(covariates)
    if len(x) != len(time):
        raise ValueError(f"{len(x)} rows of covariates but {len(time)} times")
    if not (cause == of).any():
        raise Undefined("no events")
    likelihood = _PseudoLikelihood(x, time, cause, of)
    null = likelihood.evaluate(np.zeros(len(names)))
    beta, at = maximise(likelihood.evaluate, null, x, names, "monotone likelihood")
    influences = likelihood.influences(at)
    if cluster is not None:
        numbers, labels = codes(cluster, "cluster")
        if len(labels) <= len(names):
            raise Undefined("one cluster only" if len(labels) == 1 else "no more clusters than covariates")
        influences = sum_by(numbers[likelihood.order], influences, len(labels))
    return FineGrayFit(
        log_shr=pd.Series(beta, index=names),
        covariance=pd.DataFrame(sandwich(influences, at.information), index=names, columns=names),
        loglik_null=null.loglik,
        loglik=at.loglik,
        n=len(time),
        events=int((cause == of).sum()),
        competing=int(((cause != of) & (cause > 0)).sum()),
        confidence=confidence,
    )
