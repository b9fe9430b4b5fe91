"""Firth's penalised likelihood: Cox and logistic regression that survive separation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtri, expit

from oligomet.estimates.methods.common import ChiSquare, Undefined, design_matrix, survival_data
from oligomet.estimates.methods.logistic import binary, with_intercept
from oligomet.estimates.methods_python_lacks.cox_kernel import risk_sets
from oligomet.estimates.methods_python_lacks.partial_likelihood import Ties


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
        this method is needed; std_error is the information's. A limit is NaN where the profile does not end within 16
        standard errors: the data set no bound on that side.
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
    curvature = _curvature(evaluate, beta, at)
    rows = []
    for name in shown:
        j = names.index(name)
        free = np.arange(len(names)) != j
        restricted = _maximise(evaluate, np.where(free, beta, 0.0), free, curvature)[1]
        test = ChiSquare.of(2 * (at.loglik - restricted.loglik), 1)
        drop = chdtri(1, 1 - confidence) / 2
        limits = [_profile_limit(evaluate, beta, at.loglik - drop, j, side * error[j], curvature) for side in (-1, 1)]
        rows.append([beta[j], error[j], np.exp(beta[j]), *np.exp(limits), test.chi_square, test.p_value])
    table = ["std_error", columns[1], "conf_low", "conf_high", "chi_square", "p_value"]
    return FirthFit(
        pd.DataFrame(rows, index=shown, columns=[columns[0], *table]), at.loglik, n, events, names, evaluate, beta
    )


def _maximise(evaluate, beta: np.ndarray, free: np.ndarray, curvature=None) -> tuple[np.ndarray, _Penalised]:
    """The maximum over the coefficients that are free, from `beta`, by Newton's method.

    The curvature is costly, so one that is given or found is kept while each step is less than half the one before.
    """
    beta, at = beta.copy(), evaluate(beta)
    if not free.any():
        return beta, at
    size = np.inf
    for _ in range(200):
        if curvature is None:
            curvature = _curvature(evaluate, beta, at)
        step = np.zeros(len(beta))
        error = np.sqrt(1 / np.diag(at.information)[free])
        move = np.linalg.solve(curvature[np.ix_(free, free)], at.score[free])
        step[free] = move / max(1.0, np.abs(move / error).max() / 5)  # no more than five standard errors at once
        new = evaluate(beta + step)
        while not new.loglik >= at.loglik - 1e-10 * (1 + abs(at.loglik)):
            step = step / 2
            if (np.abs(step[free]) < 1e-12 * error).all():
                raise Undefined("the fit did not converge")
            new = evaluate(beta + step)
        beta, at = beta + step, new
        before, size = size, np.abs(step[free] / error).max()
        if size < 1e-9:
            return beta, at
        if size > before / 2:
            curvature = None
    raise Undefined("the fit did not converge")


def _curvature(evaluate, beta: np.ndarray, at: _Penalised) -> np.ndarray:
    """The negative Hessian of the penalised likelihood, by differences of its gradient; where that is not concave,
    the information without the penalty."""
    error = np.sqrt(1 / np.diag(at.information))
    width = 1e-4 * error
    slopes = [
        (evaluate(beta - shift).score - evaluate(beta + shift).score) / (2 * w)
        for shift, w in zip(np.diag(width), width, strict=True)
    ]
    curvature = (np.array(slopes) + np.array(slopes).T) / 2
    scaled = curvature * np.outer(error, error)
    if np.isfinite(scaled).all() and np.linalg.eigvalsh(scaled)[0] > 1e-3:
        return curvature
    return at.information


def _profile_limit(evaluate, beta, level, j: int, step: float, curvature) -> float:
    """Where the penalised profile likelihood of coefficient j has fallen to `level`, on the side of `step`; NaN if it
    does not fall that far within 16 standard errors."""
    from scipy.optimize import brentq  # late: it takes a second to import

    free = np.arange(len(beta)) != j
    along = np.zeros(len(beta))  # how the others move with it: from elsewhere the search may not find back
    along[j] = 1.0
    along[free] = -np.linalg.solve(curvature[np.ix_(free, free)], curvature[free, j])
    start = beta

    def excess(value: float) -> float:
        nonlocal start
        start, at = _maximise(evaluate, start + along * (value - start[j]), free, curvature)
        return at.loglik - level

    try:
        for far in (2, 4, 8, 16):
            if excess(beta[j] + far * step) <= 0:
                near = beta[j] + (far / 2 if far > 2 else 0) * step
                return float(brentq(excess, near, beta[j] + far * step, xtol=1e-9 * abs(step), rtol=1e-12))
    except ValueError:  # the others' estimates are infinite out there, or the profile has more than one hill
        pass
    return np.nan
