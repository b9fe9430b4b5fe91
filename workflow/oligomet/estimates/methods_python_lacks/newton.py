"""Newton's method for log likelihoods, which knows an infinite estimate when it meets one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

import numpy as np

from oligomet.estimates.methods.common import Undefined


class Derivatives(Protocol):
    """A log likelihood, its gradient (p,) and negative Hessian (p, p)."""

    loglik: float
    score: np.ndarray
    information: np.ndarray


D = TypeVar("D", bound=Derivatives)


def maximise(
    evaluate: Callable[[np.ndarray], D], null: D, x: np.ndarray, names: list[str], infinite: str
) -> tuple[np.ndarray, D]:
    """The maximum and the derivatives there.

    Parameters
    ----------
    evaluate
        The log likelihood at beta (p,).
    null
        The same at beta = 0, from where the search starts.
    x, names
        (n, p) The covariates, for their scale, and their names, for the reason.
    infinite
        What an infinite estimate is called in this model.

    Raises
    ------
    Undefined
        If a covariate carries no information, covariates are collinear, or an estimate is infinite. The likelihood then
        flattens along one direction while it still rises: the information there falls to nothing beside that at zero.
        That ratio, not the size of the estimate, tells it from a strong effect.

    Notes
    -----
    Iterations end when no coefficient moves by 1e-9 of a standard deviation of its covariate: exact to rounding.
    """
    spread = np.where(x.std(axis=0) > 0, x.std(axis=0), 1.0)
    scale = np.sqrt(np.maximum(np.diag(null.information), 0))
    idle = scale <= 1e-6 * spread  # what rounding leaves of an information of 0
    if idle.any():
        raise Undefined(f"no variation at the events in {', '.join(np.array(names)[idle])}")
    if np.linalg.eigvalsh(null.information / np.outer(scale, scale))[0] < 1e-10:
        raise Undefined("collinear covariates")
    root = np.linalg.inv(np.linalg.cholesky(null.information))
    beta, at = np.zeros(len(names)), null
    for _ in range(60):
        step = np.linalg.solve(at.information, at.score)
        new = evaluate(beta + step)
        while not new.loglik >= at.loglik - 1e-9 * (1 + abs(at.loglik)):
            step = step / 2
            if (np.abs(step) * spread < 1e-9).all():
                raise Undefined("the fit did not converge")
            new = evaluate(beta + step)
        gain, beta, at = new.loglik - at.loglik, beta + step, new
        left, directions = np.linalg.eigh(root @ at.information @ root.T)
        if (left[0] < 1e-6 and gain < 1e-3) or np.ptp(x @ beta) > 500:  # 500: the end of arithmetic
            separating = np.abs(directions[:, 0] @ root) * scale * (x.std(axis=0) > 0)
            raise Undefined(f"{infinite} in {names[int(separating.argmax())]}")
        if (np.abs(step) * spread < 1e-9).all():
            return beta, at
    raise Undefined("the fit did not converge")
