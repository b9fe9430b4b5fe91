"""What likelihoods cannot tell: refused with the reason, where a library gives a large number and a warning at most."""

from __future__ import annotations

import numpy as np

from oligomet.estimates.methods.inference import Undefined


def refuse_uninformative(information: np.ndarray, x: np.ndarray, names: list[str]) -> None:
    """Refuse covariates of which the data say nothing.

    Parameters
    ----------
    information
        (p, p) Negative Hessian of the log likelihood where all coefficients are zero.
    x, names
        (n, p) The covariates, for their scale, and their names, for the reason.

    Raises
    ------
    Undefined
        If a covariate carries no information, or covariates are collinear.
    """
    scale = np.sqrt(np.maximum(np.diag(information), 0))
    idle = scale <= 1e-6 * _spread(x)  # what rounding leaves of an information of 0
    if idle.any():
        raise Undefined(f"no variation at the events in {', '.join(np.array(names)[idle])}")
    if np.linalg.eigvalsh(information / np.outer(scale, scale))[0] < 1e-10:
        raise Undefined("collinear covariates")


def refuse_infinite(
    information: np.ndarray, null: np.ndarray, beta: np.ndarray, x: np.ndarray, names: list[str], infinite: str
) -> None:
    """Refuse estimates that only the end of the iterations made finite.

    The likelihood then flattens along one direction while it still rises: the information there falls to nothing
    beside that at zero. That ratio, not the size of the estimate, tells it from a strong effect.

    Parameters
    ----------
    information, null
        (p, p) Negative Hessian at `beta` and at zero.
    beta
        (p,) The estimates.
    x, names
        As in `refuse_uninformative`.
    infinite
        What an infinite estimate is called in this model, e.g. separation.

    Raises
    ------
    Undefined
        Naming the covariate that goes furthest along that direction.
    """
    if not np.isfinite(beta).all():
        raise Undefined("the fit did not converge")
    scale = np.sqrt(np.maximum(np.diag(null), 0))
    if np.ptp(x @ beta) > 500 or not np.isfinite(information).all():  # the end of arithmetic
        raise Undefined(f"{infinite} in {names[int(np.argmax(np.abs(beta) * x.std(axis=0)))]}")
    root = np.linalg.inv(np.linalg.cholesky(null))
    left, directions = np.linalg.eigh(root @ information @ root.T)
    if left[0] < 1e-6:
        separating = np.abs(directions[:, 0] @ root) * scale * (x.std(axis=0) > 0)
        raise Undefined(f"{infinite} in {names[int(separating.argmax())]}")


def _spread(x: np.ndarray) -> np.ndarray:
    return np.where(x.std(axis=0) > 0, x.std(axis=0), 1.0)
