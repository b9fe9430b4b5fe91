"""Cox's partial likelihood with its derivatives and residuals, vectorised over risk sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from oligomet.estimates.methods.inference import Undefined, codes, design_matrix, survival_data
from oligomet.estimates.methods_python_lacks.newton import Derivatives, Likelihood

Ties = Literal["breslow", "efron"]


@dataclass(frozen=True)
class Evaluation(Derivatives):
    """The log partial likelihood and its derivatives at one beta (p,), with what these are made of.

    There is a term an event, in the order of `PartialLikelihood.event_rows`.

    Attributes
    ----------
    risk
        (n,) exp(eta) times the row's weight, up to a common factor.
    share
        (events,) The term's weight over S0, the risk set's summed risk, up to the same factor.
    mean
        (events, p) The risk set's mean covariates.
    row_hazard
        (n,) Sum of `share` over the terms in which the row is at risk (tied deaths partly, under Efron).
    """

    risk: np.ndarray
    share: np.ndarray
    mean: np.ndarray
    row_hazard: np.ndarray


class PartialLikelihood(Likelihood):
    """The risk sets of (start, stop] data in strata, laid out once for any number of evaluations.

    Parameters
    ----------
    x, names
        As in `Likelihood`.
    start, stop, event
        (n,) A row is at risk at times in (start, stop], and has the event at stop or not.
    stratum
        (n,) Integers.
    ties
        breslow (Breslow 1974) or efron (Efron 1977).
    weight
        (n,) How much a row counts; one each if None. The terms of tied events share their weights equally.
    """

    def __init__(
        self, x, names: Sequence[str], start, stop, event, stratum, ties: Ties, weight: np.ndarray | None = None
    ):
        if ties not in ("breslow", "efron"):
            raise ValueError(f"ties is breslow or efron, not {ties!r}")
        super().__init__(x, names)
        rows = np.flatnonzero(event)
        rows = rows[np.lexsort((stop[rows], stratum[rows]))]
        changed = (np.diff(stop[rows]) != 0) | (np.diff(stratum[rows]) != 0)
        first = np.flatnonzero(np.r_[True, changed])  # of the events at one time in one stratum
        self.start, self.stop, self.event_rows = start, stop, rows
        self.first = first
        self.set_of_event = np.cumsum(np.r_[0, changed])
        self.set_time, self.set_stratum = stop[rows][first], stratum[rows][first]
        tied = np.diff(np.r_[first, len(rows)])
        order = np.arange(len(rows)) - first[self.set_of_event]
        self.removed = order / tied[self.set_of_event] if ties == "efron" else np.zeros(len(rows))
        self.weight = np.ones(len(x)) if weight is None else weight
        self.term_weight = self.among_tied(self.weight[rows]) / tied[self.set_of_event]
        # a row is in the risk sets entry <= d < leave, where risk sets are ordered by stratum and time
        self.entry, self.leave = self._position(stratum, start), self._position(stratum, stop)
        self._by_entry, self._by_leave = self._ordered(self.entry), self._ordered(self.leave)

    def _position(self, stratum: np.ndarray, time: np.ndarray) -> np.ndarray:
        """How many risk sets lie in earlier strata, or in this one at or before `time`."""
        position = np.empty(len(time), int)
        for this in np.unique(stratum):
            inside = stratum == this
            sets = self.set_time[self.set_stratum == this]
            before = np.searchsorted(self.set_stratum, this, side="left")
            position[inside] = before + np.searchsorted(sets, time[inside], side="right")
        return position

    def _ordered(self, position: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        order = np.argsort(position, kind="stable")
        return order, np.searchsorted(position[order], np.arange(len(self.first)), side="right")

    def over_risk_sets(self, values: np.ndarray) -> np.ndarray:
        """Sums of row values (n, ...) over those at risk: (sets, ...)."""

        def beyond(order, edge):
            total = np.cumsum(values[order][::-1], axis=0)[::-1]
            return np.concatenate([total, np.zeros_like(total[:1])])[edge]

        return beyond(*self._by_leave) - beyond(*self._by_entry)

    def over_time(self, values: np.ndarray) -> np.ndarray:
        """Sums of term values (events, ...) over the times each row is at risk: (n, ...)."""
        sets = np.add.reduceat(values, self.first, axis=0)
        total = np.concatenate([np.zeros_like(sets[:1]), np.cumsum(sets, axis=0)])
        return total[self.leave] - total[self.entry]

    def among_tied(self, values: np.ndarray) -> np.ndarray:
        """Sums of event values (events, ...) over the events tied with each: (events, ...)."""
        return np.add.reduceat(values, self.first, axis=0)[self.set_of_event]

    def evaluate(self, beta: np.ndarray, offset: np.ndarray | float = 0.0) -> Evaluation:
        eta = self.x @ beta + offset
        eta = eta - eta.max()
        risk = self.weight * np.exp(eta)
        weighted = risk[:, None] * self.x
        rows, removed = self.event_rows, self.removed
        s0 = self.over_risk_sets(risk)[self.set_of_event] - removed * self.among_tied(risk[rows])
        s1 = self.over_risk_sets(weighted)[self.set_of_event] - removed[:, None] * self.among_tied(weighted[rows])
        of_row, of_term = self.weight[rows], self.term_weight
        with np.errstate(divide="ignore", invalid="ignore"):  # a step too far: the caller sees it in loglik
            mean, share = s1 / s0[:, None], of_term / s0
            loglik = (of_row * eta[rows]).sum() - (of_term * np.log(s0)).sum()
            row_hazard = self._row_hazard(share)
            information = (weighted * row_hazard[:, None]).T @ self.x - mean.T @ (of_term[:, None] * mean)
        return Evaluation(
            loglik=float(loglik) if np.isfinite(loglik) else -np.inf,
            score=(of_row[:, None] * self.x[rows]).sum(axis=0) - (of_term[:, None] * mean).sum(axis=0),
            information=(information + information.T) / 2,
            risk=risk,
            share=share,
            mean=mean,
            row_hazard=row_hazard,
        )

    def _row_hazard(self, share: np.ndarray) -> np.ndarray:
        hazard = self.over_time(share)
        hazard[self.event_rows] -= self.among_tied(self.removed * share)
        return hazard

    def information(self, at: Evaluation, weight: np.ndarray) -> np.ndarray:
        """The information (p, p) with each term's part times its `weight` (events,)."""
        row_hazard = self._row_hazard(weight * at.share)
        of_term = (weight * self.term_weight)[:, None]
        return (self.x * (at.risk * row_hazard)[:, None]).T @ self.x - (at.mean * of_term).T @ at.mean

    def failed_before(self) -> np.ndarray:
        """1 - Kaplan-Meier just before each event: (events,)."""
        times = self.stop[self.event_rows]
        unique, deaths = np.unique(times, return_counts=True)
        starts, stops = np.sort(self.start), np.sort(self.stop)
        at_risk = np.searchsorted(starts, unique, side="left") - np.searchsorted(stops, unique, side="left")
        survival = np.r_[1.0, np.cumprod(1 - deaths / at_risk)]
        return 1 - survival[np.searchsorted(unique, times, side="left")]

    def _row_mean_hazard(self, mean: np.ndarray, at: Evaluation) -> np.ndarray:
        """As `row_hazard`, each term times its risk set's mean (events, k) of something: (n, k)."""
        hazard = self.over_time(mean * at.share[:, None])
        hazard[self.event_rows] -= self.among_tied((self.removed * at.share)[:, None] * mean)
        return hazard

    def curvature(self, values: np.ndarray, at: Evaluation) -> np.ndarray:
        """What `values` (n, k) of the rows lose of their scores: (n, k).

        The information about the coefficients of any columns a (n, p) and b (n, k) is a' curvature(b), so that a
        product with the information of thousands of indicators needs no such matrix.
        """
        weighted, rows = at.risk[:, None] * values, self.event_rows
        sums = self.over_risk_sets(weighted)[self.set_of_event]
        sums -= self.removed[:, None] * self.among_tied(weighted[rows])
        mean = sums * (at.share / self.term_weight)[:, None]
        return at.risk[:, None] * (values * at.row_hazard[:, None] - self._row_mean_hazard(mean, at))

    def score_residuals(self, at: Evaluation) -> np.ndarray:
        """Each row's part of the score (n, p), weight included: survival::residuals.coxph(type = "score")."""
        rows = self.event_rows
        residuals = -at.risk[:, None] * (self.x * at.row_hazard[:, None] - self._row_mean_hazard(at.mean, at))
        tied = np.diff(np.r_[self.first, len(rows)])[self.set_of_event]
        residuals[rows] += self.weight[rows, None] * (self.x[rows] - self.among_tied(at.mean) / tied[:, None])
        return residuals

    def log_determinant_gradient(self, at: Evaluation) -> np.ndarray:
        """Gradient (p,) of the log determinant of the information, for Firth's penalty.

        The derivative of the information is the sum of the risk sets' third central moments of x; each is taken
        apart into sums over rows and over terms, so that no (events, p, p) array is needed.
        """
        rows, inverse = self.event_rows, np.linalg.inv(at.information)
        size = np.einsum("ni,ij,nj->n", self.x, inverse, self.x)
        weighted = at.risk * size
        mean_size = self.over_risk_sets(weighted)[self.set_of_event] - self.removed * self.among_tied(weighted[rows])
        of_mean = np.einsum("ki,ij,kj->k", at.mean, inverse, at.mean)
        crossed = np.einsum("ni,ij,nj->n", self.x, inverse, self._row_mean_hazard(at.mean, at))
        by_row = weighted * at.row_hazard - 2 * at.risk * crossed
        return by_row @ self.x + (2 * self.term_weight * of_mean - mean_size * at.share) @ at.mean


def risk_sets(
    covariates: pd.DataFrame,
    time: ArrayLike,
    event: ArrayLike,
    *,
    start: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    weight: np.ndarray | None = None,
    ties: Ties = "efron",
) -> PartialLikelihood:
    """The partial likelihood of unchecked data, which are those of `cox.cox`.

    Raises
    ------
    Undefined
        If there is no event, a value is missing, a time is negative or an interval is empty.
    """
    x, names, time, event, stratum = checked(covariates, time, event, strata)
    begin = np.full(len(x), -np.inf)
    if start is not None:
        begin, _ = survival_data(start, np.zeros(len(x)))
        if (begin >= time).any():
            raise Undefined("interval without length")
    return PartialLikelihood(x, names, begin, time, event, stratum, ties, weight)


def checked(
    covariates: pd.DataFrame, time: ArrayLike, event: ArrayLike, strata: ArrayLike | None
) -> tuple[np.ndarray, list[str], np.ndarray, np.ndarray, np.ndarray]:
    """Covariates (n, p) and their names, times, events and strata by number (n,); errors as `risk_sets`."""
    time, event = survival_data(time, event)
    x, names = design_matrix(covariates)
    if len(x) != len(time):
        raise ValueError(f"{len(x)} rows of covariates but {len(time)} times")
    if not event.any():
        raise Undefined("no events")
    return x, names, time, event, np.zeros(len(x), int) if strata is None else codes(strata, "stratum")[0]
