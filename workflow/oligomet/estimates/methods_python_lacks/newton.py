"""Newton's method for log likelihoods, which knows an infinite estimate when it meets one.

scipy's and statsmodels' optimisers return it as a large number, with a warning.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from oligomet.estimates.methods.identifiable import refuse_infinite, refuse_uninformative
from oligomet.estimates.methods.inference import Undefined


@dataclass(frozen=True)
class Derivatives:
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
    x, names, infinite
        As in `identifiable.refuse_infinite`.

    Raises
    ------
    Undefined
        If a covariate carries no information, covariates are collinear, or an estimate is infinite.

    Notes
    -----
    Iterations end when no coefficient moves by 1e-9 of a standard deviation of its covariate: exact to rounding.
    """
    refuse_uninformative(null.information, x, names)
    spread = np.where(x.std(axis=0) > 0, x.std(axis=0), 1.0)
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
        if gain < 1e-3 or np.ptp(x @ beta) > 500:
            refuse_infinite(at.information, null.information, beta, x, names, infinite)
        if (np.abs(step) * spread < 1e-9).all():
            return beta, at
    raise Undefined("the fit did not converge")
