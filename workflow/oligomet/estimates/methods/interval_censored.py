"""Events of which it is only known between which times they came. From lifelines."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from oligomet.estimates.methods.inference import Undefined, design_matrix, ratio_table

if TYPE_CHECKING:
    from lifelines import KaplanMeierFitter, WeibullAFTFitter

TOLERANCES = (1e-7, 1e-5)  # of the log likelihood; the finer leaves survival wrong by 0.0004 at most in 8 cohorts tried
HAIR = 1e-9  # of the last time: nothing beside the times observed


def interval_data(lower: ArrayLike, upper: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Checked bounds of the times to the event, (n,) each: the event came in (lower, upper].

    Parameters
    ----------
    lower
        Not below 0; 0 where it is not known that the event did not come at once.
    upper
        Infinite where the event was not seen by `lower`; the same as `lower` where its time is known.

    Raises
    ------
    Undefined
        If there is nobody, a bound is missing or negative, one is below the other, a time that is known is 0, or
        nobody has the event.
    """
    lower, upper = (np.asarray(bound, float).ravel() for bound in (lower, upper))
    if not len(lower):
        raise Undefined("no observations")
    if np.isnan(lower).any() or np.isnan(upper).any() or np.isinf(lower).any():
        raise Undefined("missing time")
    if (lower < 0).any():
        raise Undefined("negative time")
    if (upper < lower).any() or (upper == 0).any():
        raise Undefined("interval without length")
    if np.isinf(upper).all():
        raise Undefined("no events")
    return lower, upper


def fit_turnbull(lower: ArrayLike, upper: ArrayLike) -> KaplanMeierFitter:
    """lifelines' Turnbull estimate, to look at or question: what `turnbull` reads its numbers from. As there."""
    from lifelines import KaplanMeierFitter
    from lifelines.exceptions import ConvergenceWarning

    lower, upper = interval_data(lower, upper)
    opened = np.where(lower < upper, lower + HAIR * _last(lower, upper), lower)  # lifelines' intervals are closed
    opened, upper, weights = _alike(opened, upper)
    for tolerance in TOLERANCES:  # lifelines can come to a halt before the finer one is reached
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            fit = KaplanMeierFitter().fit_interval_censoring(
                opened, upper, tol=tolerance, max_iter=2000, weights=weights
            )
        if not any(issubclass(one.category, ConvergenceWarning) for one in said):
            return fit
    raise Undefined("the fit did not converge")


def _alike(lower: np.ndarray, upper: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Closed intervals of which no two hold the same parts of the time axis, and how many each stands for.

    The likelihood only knows which of Turnbull's intervals, each from a lower bound to the upper bound that is next, an
    observation spans: bounds are drawn in to the first and the last of these.
    """
    bounds = np.r_[lower, upper]
    is_upper = np.repeat([False, True], len(lower))
    order = np.lexsort((is_upper, bounds))
    bounds, is_upper = bounds[order], is_upper[order]
    here = np.flatnonzero(~is_upper[:-1] & is_upper[1:])
    first = np.searchsorted(bounds[here], lower)
    last = np.searchsorted(bounds[here + 1], upper, side="right") - 1
    pairs, weights = np.unique(np.stack([bounds[here][first], bounds[here + 1][last]]), axis=1, return_counts=True)
    return pairs[0], pairs[1], weights


def _last(lower: np.ndarray, upper: np.ndarray) -> float:
    """The last time of which anything is known."""
    return np.max(np.r_[lower, upper[np.isfinite(upper)]])


def turnbull(lower: ArrayLike, upper: ArrayLike, times: ArrayLike) -> pd.DataFrame:
    """Turnbull's nonparametric estimate of survival at `times` (Turnbull 1976, J R Stat Soc B 38:290).

    Parameters
    ----------
    lower, upper
        As for `interval_data`.

    Returns
    -------
    A row a time: time, survival and reason, which says why a survival is empty. Within an interval in which the
    estimate falls, but the data do not say where, it falls in the middle, as in survival::survfit of R. There is no
    standard error: the estimate converges too slowly for one.

    Raises
    ------
    Undefined
        As `interval_data`, or if the fit does not converge.
    """
    lower, upper = interval_data(lower, upper)
    curve, last = fit_turnbull(lower, upper).survival_function_, _last(lower, upper)
    ends, (above, below) = curve.index.to_numpy(), curve.to_numpy().T
    rows = []
    for time in np.atleast_1d(np.asarray(times, float)):
        place = np.searchsorted(
            ends, time + 2 * HAIR * last
        )  # lifelines' curve falls after a time that is known, not there
        if place == len(ends):
            survival = 0.0
        else:
            middle = (ends[place - 1] + ends[place]) / 2 if place else time
            survival = below[place] if time >= middle else above[place]
        unknown = time > last and survival > 1e-9
        rows.append((time, np.nan if unknown else survival, f"nobody followed to {time:g}" if unknown else None))
    return pd.DataFrame(rows, columns=["time", "survival", "reason"])


def fit_weibull(covariates: pd.DataFrame, lower: ArrayLike, upper: ArrayLike) -> WeibullAFTFitter:
    """lifelines' Weibull model, to look at or question: what `weibull` reads its numbers from. As there."""
    from lifelines import WeibullAFTFitter
    from lifelines.exceptions import ConvergenceError

    lower, upper = interval_data(lower, upper)
    x, names = design_matrix(covariates)
    data = pd.DataFrame(x, columns=names).assign(**{"(lower)": lower, "(upper)": upper})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # `weibull` looks at the fit and refuses it in words
            return WeibullAFTFitter().fit_interval_censoring(data, "(lower)", "(upper)")
    except ConvergenceError:
        raise Undefined("the fit did not converge") from None


def weibull(covariates: pd.DataFrame, lower: ArrayLike, upper: ArrayLike, *, confidence: float = 0.95) -> pd.DataFrame:
    """Hazard ratios of a Weibull model, the one family in which accelerated time is proportional hazards as well.

    Parameters
    ----------
    covariates
        (n, p) Indicators of the groups of one factor but the reference.
    lower, upper
        As for `interval_data`.

    Returns
    -------
    A row a covariate: log_ratio, std_error, estimate (the hazard ratio), conf_low, conf_high, z, p_value (Wald). With b
    the coefficient of log time and rho the shape, log_ratio is -b rho; its variance is by the delta method.

    Raises
    ------
    Undefined
        As `interval_data`; also if a group has no event, or nobody of it is known to have been free of the event at
        any time (the hazard ratio is then 0 or infinite), or the fit does not converge.
    """
    lower, upper = interval_data(lower, upper)
    x, names = design_matrix(covariates)
    group = pd.DataFrame(x).groupby(list(range(len(names))), sort=False).ngroup().to_numpy()
    if len(np.unique(group)) <= len(names):
        raise Undefined("collinear covariates, or one that does not vary")
    for number in np.unique(group):
        inside = group == number
        if np.isinf(upper[inside]).all() or (lower[inside] == 0).all():
            raise Undefined("monotone likelihood: a group of which nobody, or everybody, had the event")
    fit = fit_weibull(covariates, lower, upper)
    of = [("lambda_", name) for name in names]
    shape = ("rho_", "Intercept")
    rho, slope = np.exp(fit.params_[shape]), fit.params_[of].to_numpy()
    gradient = np.column_stack([-rho * np.eye(len(names)), -rho * slope])
    covariance = gradient @ fit.variance_matrix_.loc[[*of, shape], [*of, shape]].to_numpy() @ gradient.T
    if not (np.diag(covariance) > 0).all():
        raise Undefined("the fit did not converge")
    return ratio_table(pd.Series(-rho * slope, names), pd.DataFrame(covariance, names, names), confidence)
