"""A fitted Cox model, whichever engine fitted it, and the tests that two of them give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from oligomet.estimates.methods.inference import ChiSquare, coefficient_table, quadratic_test


@dataclass(frozen=True)
class CoxFit:
    """A fitted model.

    Attributes
    ----------
    log_hr
        Log hazard ratios, by covariate.
    covariance
        Their covariance: of the clusters (Lin & Wei 1989) where clusters were given, else of the model.
    loglik_null, loglik
        Log partial likelihood at zero and at the estimates.
    n, events
        Rows and events.
    """

    log_hr: pd.Series
    covariance: pd.DataFrame
    loglik_null: float
    loglik: float
    n: int
    events: int
    confidence: float

    @property
    def table(self) -> pd.DataFrame:
        """A row a covariate: log_hr, std_error, hazard_ratio, conf_low, conf_high, z, p_value (Wald)."""
        return coefficient_table(self.log_hr, self.covariance, self.confidence, "log_hr", "hazard_ratio")

    def wald(self, names: Sequence[str] | None = None) -> ChiSquare:
        """Wald test that the log hazard ratios of `names` (default: all) are zero, with `covariance`."""
        names = list(self.log_hr.index if names is None else names)
        return quadratic_test(self.log_hr[names], self.covariance.loc[names, names])

    @property
    def likelihood_ratio(self) -> ChiSquare:
        """Likelihood-ratio test of all covariates. It takes rows as independent, clusters or not."""
        return ChiSquare.of(2 * (self.loglik - self.loglik_null), len(self.log_hr))


def likelihood_ratio(full: CoxFit, reduced: CoxFit) -> ChiSquare:
    """Likelihood-ratio test of the covariates of `full` that are not in `reduced`; both fitted to the same rows."""
    if (full.n, full.events) != (reduced.n, reduced.events):
        raise ValueError("the models were fitted to different rows")
    return ChiSquare.of(2 * (full.loglik - reduced.loglik), len(full.log_hr) - len(reduced.log_hr))
