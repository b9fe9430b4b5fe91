"""Rubin's rules for a coefficient of multiply imputed data.

statsmodels' `MICE.combine` pools only fits that it made itself, and with normal limits for Student's t.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit

from oligomet.estimates.methods.inference import Undefined


@dataclass(frozen=True)
class Pooled:
    """A coefficient over all imputations.

    Attributes
    ----------
    estimate, std_error, conf_low, conf_high, p_value
        By Rubin's rules, with Student's t.
    df
        Degrees of freedom (Barnard & Rubin 1999 where those of the complete data are given).
    missing_information
        Fraction of information that is missing, 0 to 1.
    """

    estimate: float
    std_error: float
    conf_low: float
    conf_high: float
    p_value: float
    df: float
    missing_information: float


def pool(
    estimates: ArrayLike, variances: ArrayLike, *, df_complete: float = np.inf, confidence: float = 0.95
) -> Pooled:
    """Rubin's rules for one coefficient; as mice::pool.scalar in R.

    Parameters
    ----------
    estimates, variances
        (m,) The coefficient and its squared standard error in each imputed data set.
    df_complete
        Degrees of freedom had nothing been missing (rows, or events, less coefficients).

    Raises
    ------
    Undefined
        If there is one imputation only.
    """
    estimates, variances = np.asarray(estimates, float), np.asarray(variances, float)
    m = len(estimates)
    if m < 2:
        raise Undefined("one imputation only")
    mean, within, between = estimates.mean(), variances.mean(), estimates.var(ddof=1)
    total = within + (1 + 1 / m) * between
    share = (1 + 1 / m) * between / total
    df = np.inf if share == 0 else (m - 1) / share**2
    if np.isfinite(df_complete):
        observed = (df_complete + 1) / (df_complete + 3) * df_complete * (1 - share)
        df = observed if np.isinf(df) else df * observed / (df + observed)
    increase = (1 + 1 / m) * between / within
    missing = (increase + 2 / (df + 3)) / (1 + increase)
    error = np.sqrt(total)
    t = stdtrit(min(df, 1e12), 0.5 + confidence / 2)
    return Pooled(
        estimate=float(mean),
        std_error=float(error),
        conf_low=float(mean - t * error),
        conf_high=float(mean + t * error),
        p_value=float(2 * stdtr(min(df, 1e12), -abs(mean) / error)),
        df=float(df),
        missing_information=float(missing),
    )
