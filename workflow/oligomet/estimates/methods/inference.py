"""What the methods share: the refusal, small results, and the checks of their data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtrc, ndtr, ndtri

INTERCEPT = "intercept"


class Undefined(ValueError):
    """The method has no answer for these data. The message is the reason, short enough for a cell of a table."""


@dataclass(frozen=True)
class Estimate:
    """A value and its interval; NaN where a limit does not exist (a median that is not reached)."""

    estimate: float
    conf_low: float
    conf_high: float


@dataclass(frozen=True)
class ChiSquare:
    """A chi-square statistic, its degrees of freedom and p value."""

    chi_square: float
    df: int
    p_value: float

    @classmethod
    def of(cls, chi_square: float, df: int) -> ChiSquare:
        return cls(float(chi_square), int(df), float(chdtrc(df, max(chi_square, 0.0))))


def normal_quantile(confidence: float) -> float:
    """The standard normal quantile that leaves (1 - confidence) / 2 above it."""
    return float(ndtri(0.5 + confidence / 2))


def two_sided_p(z: ArrayLike) -> np.ndarray:
    """Two-sided p of standard normal statistics, without cancellation in the tail."""
    return 2 * ndtr(-np.abs(z))


def quadratic_test(value: ArrayLike, covariance: ArrayLike) -> ChiSquare:
    """Wald-type test that all of `value` is zero.

    Raises
    ------
    Undefined
        If the covariance is singular: fewer clusters, or groups at risk together, than degrees of freedom.
    """
    value, covariance = np.atleast_1d(value), np.atleast_2d(covariance)
    scale = np.sqrt(np.maximum(np.diag(covariance), 0))  # rounding may leave a variance of 0 below it
    if not np.all(scale > 0) or np.linalg.eigvalsh(covariance / np.outer(scale, scale))[0] < 1e-10:
        raise Undefined("joint test with a singular variance")
    return ChiSquare.of(float(value @ np.linalg.solve(covariance, value)), len(value))


def sandwich(scores: np.ndarray, information: np.ndarray) -> np.ndarray:
    """Covariance (p, p) of estimates from independent parts of the score (parts, p) and its derivative (p, p).

    Raises
    ------
    Undefined
        If the parts leave an estimate without variance, as where all have the event at one time.
    """
    inverse = np.linalg.inv(information)
    influences = scores @ inverse
    covariance = influences.T @ influences
    if (np.diag(covariance) <= 1e-12 * np.diag(inverse)).any():
        raise Undefined("no variance between observations")
    return covariance


def ratio_table(log_ratio: pd.Series, covariance: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """A row a coefficient: log_ratio, std_error, estimate (the ratio), conf_low, conf_high, z, p_value (Wald)."""
    error = pd.Series(np.sqrt(np.diag(covariance)), index=log_ratio.index)
    width = normal_quantile(confidence) * error
    return pd.DataFrame(
        {
            "log_ratio": log_ratio,
            "std_error": error,
            "estimate": np.exp(log_ratio),
            "conf_low": np.exp(log_ratio - width),
            "conf_high": np.exp(log_ratio + width),
            "z": log_ratio / error,
            "p_value": two_sided_p(log_ratio / error),
        }
    )


@dataclass(frozen=True)
class Fit:
    """A fitted regression, whichever engine fitted it.

    Attributes
    ----------
    log_ratio
        Logs of the hazard, subdistribution hazard or odds ratios, by covariate; `INTERCEPT` first where there is one.
    covariance
        Their covariance: of the clusters (the sandwich) where clusters were given, else of the model.
    loglik_null, loglik
        Log likelihood (partial, pseudo or marginal, as the model has it) without covariates and at the estimates.
    n, events
        Rows and events.
    """

    log_ratio: pd.Series
    covariance: pd.DataFrame
    loglik_null: float
    loglik: float
    n: int
    events: int
    confidence: float

    @property
    def covariates(self) -> list[str]:
        return [name for name in self.log_ratio.index if name != INTERCEPT]

    @property
    def table(self) -> pd.DataFrame:
        """A row a covariate: log_ratio, std_error, estimate (the ratio), conf_low, conf_high, z, p_value (Wald)."""
        names = self.covariates
        return ratio_table(self.log_ratio[names], self.covariance.loc[names, names], self.confidence)

    def wald(self, names: Sequence[str] | None = None) -> ChiSquare:
        """Wald test that the coefficients of `names` (default: all covariates) are zero, with `covariance`."""
        names = self.covariates if names is None else list(names)
        return quadratic_test(self.log_ratio[names], self.covariance.loc[names, names])

    @property
    def likelihood_ratio(self) -> ChiSquare:
        """Likelihood-ratio test of all covariates. It takes rows as independent, clusters or not."""
        return ChiSquare.of(2 * (self.loglik - self.loglik_null), len(self.covariates))


def same_times(time: np.ndarray) -> np.ndarray:
    """`time` with values that differ by rounding error only made equal (survival::aeqSurv in R, same tolerance).

    Divisions by the length of a month can tear tied days apart in the last bit.
    """
    unique, inverse = np.unique(time, return_inverse=True)
    gap = np.diff(unique)
    tolerance = np.sqrt(np.finfo(float).eps)
    apart = (gap > tolerance) & (gap > tolerance * np.mean(np.abs(unique)))
    first = np.maximum.accumulate(np.where(np.r_[True, apart], np.arange(len(unique)), 0))
    return unique[first][inverse.reshape(time.shape)]


def survival_data(time: ArrayLike, event: ArrayLike, causes: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Checked times (float) and events (bool; integer codes, 0 for censored, where `causes`).

    Raises
    ------
    Undefined
        If there is nobody, or a time is missing, infinite or negative, or an event is missing or no 0/1.
    """
    time = pd.to_numeric(pd.Series(np.asarray(time).ravel()), errors="coerce").to_numpy(float, na_value=np.nan)
    status = pd.to_numeric(pd.Series(np.asarray(event).ravel()), errors="coerce").to_numpy(float, na_value=np.nan)
    if len(time) != len(status):
        raise ValueError(f"{len(time)} times but {len(status)} events")
    if not len(time):
        raise Undefined("no observations")
    if not np.isfinite(time).all():
        raise Undefined("missing time")
    if (time < 0).any():
        raise Undefined("negative time")
    if np.isnan(status).any():
        raise Undefined("missing event indicator")
    allowed = (status >= 0) & (status == np.round(status)) if causes else np.isin(status, (0, 1))
    if not allowed.all():
        raise ValueError(f"an event is 0 or 1, not {status[~allowed][0]:g}")
    return same_times(time), status.astype(int) if causes else status.astype(bool)


def codes(labels: ArrayLike, what: str) -> tuple[np.ndarray, pd.Index]:
    """Labels as integers 0, 1, ... and the distinct labels in sorted (or categorical) order.

    Raises
    ------
    Undefined
        If a label is missing.
    """
    numbers, names = pd.factorize(pd.Series(labels).reset_index(drop=True), sort=True)
    if (numbers < 0).any():
        raise Undefined(f"missing {what}")
    return numbers, pd.Index(names)


def sum_by(numbers: np.ndarray, values: np.ndarray, groups: int) -> np.ndarray:
    """Sums of the rows of `values` (n, p) within each code: (groups, p)."""
    return np.stack([np.bincount(numbers, column, groups) for column in values.T], axis=1)


def design_matrix(covariates: pd.DataFrame | ArrayLike) -> tuple[np.ndarray, list[str]]:
    """Covariates as a float matrix (n, p) and their names.

    Raises
    ------
    Undefined
        If there is none, or one is missing somewhere: whom to leave out is the caller's decision.
    """
    frame = covariates if isinstance(covariates, pd.DataFrame) else pd.DataFrame(np.atleast_1d(covariates))
    names = [str(name) for name in frame.columns]
    matrix = frame.astype(float).to_numpy(float, na_value=np.nan)
    if matrix.shape[1] == 0:
        raise Undefined("no covariates")
    missing = ~np.isfinite(matrix).all(axis=0)
    if missing.any():
        raise Undefined(f"missing values in {', '.join(np.array(names)[missing])}")
    return matrix, names
