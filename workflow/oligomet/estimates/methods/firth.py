"""Firth's penalised likelihood: Cox and logistic regression that survive separation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtri, expit

from oligomet.estimates.methods.common import ChiSquare, Undefined, design_matrix, survival_data
from oligomet.estimates.methods.cox import risk_sets
from oligomet.estimates.methods.logistic import binary, with_intercept
from oligomet.estimates.methods.partial_likelihood import Ties


@dataclass(frozen=True)
class _Penalised:
    """Log likelihood + log det(information) / 2, its gradient, and the information without the penalty."""

    loglik: float
    score: np.ndarray
    information: np.ndarray


@dataclass(frozen=True)
class FirthFit:
    """A fitted model.

    Attributes
    ----------
    table
        A row a covariate: log_hr (log_or), std_error, hazard_ratio (odds_ratio), conf_low, conf_high, chi_square and
        p_value. Interval and p come from the profile of the penalised likelihood, which is far from symmetrical where
        this method is needed; std_error is the information's.
    loglik
        The penalised log likelihood at the estimates.
    n, events
        Rows and events.
    """

    table: pd.DataFrame
    loglik: float
    n: int
    events: int
    names: list[str]
    evaluate: Callable[[np.ndarray], _Penalised] = field(repr=False, compare=False)
    estimates: np.ndarray = field(repr=False, compare=False)

    def likelihood_ratio(self, names: Sequence[str]) -> ChiSquare:
        """Penalised likelihood-ratio test that the coefficients of `names` are zero, under the penalty of the model."""
        free = np.array([name not in names for name in self.names])
        _, restricted = _maximise(self.evaluate, np.where(free, self.estimates, 0.0), free)
        return ChiSquare.of(2 * (self.loglik - restricted.loglik), int((~free).sum()))


def firth_cox(
    covariates: pd.DataFrame,
    time: ArrayLike,
    event: ArrayLike,
    *,
    start: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    ties: Ties = "efron",
    confidence: float = 0.95,
) -> FirthFit:
    """Cox regression with Firth's penalty (Heinze & Schemper 2001, Biometrics 57:114). Parameters as `cox.cox`.

    Raises
    ------
    Undefined
        If there is no event, or a covariate does not vary where events happen, or covariates are collinear.
    """
    time, event = survival_data(time, event)
    x, names = design_matrix(covariates)
    likelihood = risk_sets(x, time, event, start=start, strata=strata, ties=ties)

    def evaluate(beta: np.ndarray) -> _Penalised:
        at = likelihood.evaluate(beta)
        penalty = _half_log_determinant(at.information)
        gradient = likelihood.log_determinant_gradient(at) / 2 if np.isfinite(penalty) else 0
        return _Penalised(at.loglik + penalty, at.score + gradient, at.information)

    return _fit(evaluate, names, names, confidence, len(time), int(event.sum()), ("log_hr", "hazard_ratio"))


def firth_logistic(covariates: pd.DataFrame, outcome: ArrayLike, *, confidence: float = 0.95) -> FirthFit:
    """Logistic regression with an intercept and Firth's penalty (Heinze & Schemper 2002, Stat Med 21:2409).

    Parameters
    ----------
    covariates
        (n, p) Numbers, no missing value.
    outcome
        (n,) 0 or 1.

    Raises
    ------
    Undefined
        If a covariate does not vary or covariates are collinear, or values are missing. Outcomes that are all the same
        are no obstacle.
    """
    x, names = with_intercept(*design_matrix(covariates))
    y = binary(outcome, len(x))

    def evaluate(beta: np.ndarray) -> _Penalised:
        eta = x @ beta
        p = expit(eta)
        weight = p * (1 - p)
        information = (x * weight[:, None]).T @ x
        penalty = _half_log_determinant(information)
        if not np.isfinite(penalty):
            return _Penalised(-np.inf, np.zeros(len(beta)), information)
        leverage = weight * np.einsum("ni,ij,nj->n", x, np.linalg.inv(information), x)
        score = x.T @ (y - p + leverage * (0.5 - p))
        return _Penalised(float(y @ eta - np.logaddexp(0, eta).sum()) + penalty, score, information)

    return _fit(evaluate, names, names[1:], confidence, len(y), int(y.sum()), ("log_or", "odds_ratio"))


def _half_log_determinant(information: np.ndarray) -> float:
    sign, value = np.linalg.slogdet(information)
    return value / 2 if sign > 0 else -np.inf


def _fit(evaluate, names, shown, confidence, n, events, columns) -> FirthFit:
    null = evaluate(np.zeros(len(names)))
    scale = np.sqrt(np.maximum(np.diag(null.information), np.finfo(float).tiny))
    if not np.isfinite(null.loglik) or np.linalg.eigvalsh(null.information / np.outer(scale, scale))[0] < 1e-10:
        raise Undefined("collinear covariates, or one that does not vary")
    beta, at = _maximise(evaluate, np.zeros(len(names)), np.ones(len(names), bool))
    error = np.sqrt(np.diag(np.linalg.inv(at.information)))
    rows = []
    for name in shown:
        j = names.index(name)
        free = np.arange(len(names)) != j
        restricted = _maximise(evaluate, np.where(free, beta, 0.0), free)[1]
        test = ChiSquare.of(2 * (at.loglik - restricted.loglik), 1)
        limits = [_profile_limit(evaluate, beta, at.loglik, j, side * error[j], 1 - confidence) for side in (-1, 1)]
        rows.append([beta[j], error[j], np.exp(beta[j]), *np.exp(limits), test.chi_square, test.p_value])
    table = ["std_error", columns[1], "conf_low", "conf_high", "chi_square", "p_value"]
    return FirthFit(
        pd.DataFrame(rows, index=shown, columns=[columns[0], *table]), at.loglik, n, events, names, evaluate, beta
    )


def _maximise(evaluate, beta: np.ndarray, free: np.ndarray) -> tuple[np.ndarray, _Penalised]:
    """The maximum over the coefficients that are free, from `beta`, by Newton's method."""
    beta, at = beta.copy(), evaluate(beta)
    if not free.any():
        return beta, at
    for _ in range(100):
        step = np.zeros(len(beta))
        error = np.sqrt(1 / np.diag(at.information)[free])
        move = np.linalg.solve(_curvature(evaluate, beta, at, free, error), at.score[free])
        step[free] = move / max(1.0, np.abs(move / error).max() / 5)  # no more than five standard errors at once
        new = evaluate(beta + step)
        while not new.loglik >= at.loglik - 1e-10 * (1 + abs(at.loglik)):
            step = step / 2
            if (np.abs(step[free]) < 1e-12 * error).all():
                raise Undefined("the fit did not converge")
            new = evaluate(beta + step)
        beta, at = beta + step, new
        if (np.abs(step[free]) < 1e-9 * error).all():
            return beta, at
    raise Undefined("the fit did not converge")


def _curvature(evaluate, beta: np.ndarray, at: _Penalised, free: np.ndarray, error: np.ndarray) -> np.ndarray:
    """The negative Hessian of the penalised likelihood, by differences of its gradient; where that is not concave,
    the information without the penalty."""
    width = 1e-4 * error
    shifts = np.eye(len(beta))[free] * width[:, None]
    slopes = [
        (evaluate(beta - s).score - evaluate(beta + s).score)[free] / (2 * w)
        for s, w in zip(shifts, width, strict=True)
    ]
    curvature = (np.array(slopes) + np.array(slopes).T) / 2
    scaled = curvature * np.outer(error, error)
    if np.isfinite(scaled).all() and np.linalg.eigvalsh(scaled)[0] > 1e-3:
        return curvature
    return at.information[np.ix_(free, free)]


def _profile_limit(evaluate, beta, highest, j: int, step: float, tail: float) -> float:
    """Where the penalised profile likelihood of coefficient j has fallen by half the chi-square quantile."""
    from scipy.optimize import brentq  # late: it takes a second to import

    free = np.arange(len(beta)) != j
    drop = chdtri(1, tail) / 2
    start = beta

    def excess(value: float) -> float:
        nonlocal start
        start, at = _maximise(evaluate, np.where(free, start, value), free)
        return at.loglik - highest + drop

    inside, outside = beta[j], beta[j] + 2 * step
    while excess(outside) > 0:
        inside, outside = outside, beta[j] + 2 * (outside - beta[j])
    return float(brentq(excess, inside, outside, xtol=1e-10 * abs(step), rtol=1e-12))
