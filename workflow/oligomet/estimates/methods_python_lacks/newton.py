"""Newton's method for log likelihoods, which knows an infinite estimate when it meets one.

scipy's and statsmodels' optimisers return it as a large number, with a warning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from oligomet.estimates.methods.identifiable import refuse_infinite, refuse_uninformative
from oligomet.estimates.methods.inference import Undefined


@dataclass(frozen=True)
class Derivatives:
    """A log likelihood, its gradient (p,) and negative Hessian (p, p)."""

    loglik: float
    score: np.ndarray
    information: np.ndarray


class Likelihood:
    """A log likelihood of the coefficients of covariates x (n, p), centred inside, which changes no result."""

    def __init__(self, x: np.ndarray, names: Sequence[str]):
        self.x, self.names = x - x.mean(axis=0), list(names)

    def evaluate(self, beta: np.ndarray) -> Derivatives:
        raise NotImplementedError

    @cached_property
    def null(self) -> Derivatives:
        """Where all coefficients are zero."""
        return self.evaluate(np.zeros(self.x.shape[1]))

    def maximum(self) -> np.ndarray:
        """The coefficients (p,) where it is largest.

        Iterations end when no coefficient moves by 1e-9 of a standard deviation of its covariate: exact to rounding.

        Raises
        ------
        Undefined
            If a covariate carries no information, covariates are collinear, or an estimate is infinite.
        """
        refuse_uninformative(self.null.information, self.x, self.names)
        spread = np.where(self.x.std(axis=0) > 0, self.x.std(axis=0), 1.0)
        beta, at = np.zeros(self.x.shape[1]), self.null
        for _ in range(60):
            step = np.linalg.solve(at.information, at.score)
            new = self.evaluate(beta + step)
            while not new.loglik >= at.loglik - 1e-9 * (1 + abs(at.loglik)):
                step = step / 2
                if (np.abs(step) * spread < 1e-9).all():
                    raise Undefined("the fit did not converge")
                new = self.evaluate(beta + step)
            gain, beta, at = new.loglik - at.loglik, beta + step, new
            if gain < 1e-3 or np.ptp(self.x @ beta) > 500:
                self.refuse_infinite(beta, at)
            if (np.abs(step) * spread < 1e-9).all():
                return beta
        raise Undefined("the fit did not converge")

    def refuse_infinite(self, beta: np.ndarray, at: Derivatives) -> None:
        """Refuse coefficients, with the derivatives there, that only the end of the iterations made finite."""
        refuse_infinite(at.information, self.null.information, beta, self.x, self.names, "monotone likelihood")
