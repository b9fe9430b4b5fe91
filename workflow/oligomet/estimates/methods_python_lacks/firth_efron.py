"""Firth's Cox regression with Efron's ties.

firthmodels has Breslow's ties only: 0.169 where Efron's give 0.210.
"""

from __future__ import annotations

import numpy as np
from scipy.special import chdtrc, chdtri

from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods_python_lacks.newton import Derivatives
from oligomet.estimates.methods_python_lacks.partial_likelihood import PartialLikelihood


def firth_kernel(likelihood: PartialLikelihood, *, confidence: float = 0.95) -> tuple[np.ndarray, float]:
    """The model of `firth.firth_cox` for the partial likelihood of data that it has checked.

    Returns
    -------
    (5, p) log hazard ratios, standard errors, lower and upper profile limits, p values; and the log likelihood.
    """

    def evaluate(beta: np.ndarray) -> Derivatives:
        """Log likelihood + log det(information) / 2, its gradient, and the information without the penalty."""
        at = likelihood.evaluate(beta)
        penalty = _half_log_determinant(at.information)
        gradient = likelihood.log_determinant_gradient(at) / 2 if np.isfinite(penalty) else 0
        return Derivatives(at.loglik + penalty, at.score + gradient, at.information)

    beta, at = _maximise(evaluate, np.zeros(len(likelihood.names)), np.ones(len(likelihood.names), bool))
    error = np.sqrt(np.diag(np.linalg.inv(at.information)))
    curvature = _curvature(evaluate, beta, at)
    level = at.loglik - chdtri(1, 1 - confidence) / 2
    columns = []
    for j in range(len(beta)):
        free = np.arange(len(beta)) != j
        restricted = _maximise(evaluate, np.where(free, beta, 0.0), free, curvature)[1]
        p_value = chdtrc(1, max(2 * (at.loglik - restricted.loglik), 0.0))
        limits = [_profile_limit(evaluate, beta, level, j, side * error[j], curvature) for side in (-1, 1)]
        columns.append([beta[j], error[j], *limits, p_value])
    return np.array(columns).T, at.loglik


def _half_log_determinant(information: np.ndarray) -> float:
    sign, value = np.linalg.slogdet(information)
    return value / 2 if sign > 0 else -np.inf


def _maximise(evaluate, beta: np.ndarray, free: np.ndarray, curvature=None) -> tuple[np.ndarray, Derivatives]:
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


def _curvature(evaluate, beta: np.ndarray, at: Derivatives) -> np.ndarray:
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
