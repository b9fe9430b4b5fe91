"""A fitted Cox model, whichever engine fitted it, and the tests that two of them give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.methods.common import ChiSquare, coefficient_table, quadratic_test

if TYPE_CHECKING:
    from oligomet.estimates.methods_python_lacks.exact_ties import DiscreteLikelihood
    from oligomet.estimates.methods_python_lacks.newton import Derivatives
    from oligomet.estimates.methods_python_lacks.partial_likelihood import PartialLikelihood


@dataclass(frozen=True)
class CoxFit:
    """A fitted model.

    Attributes
    ----------
    log_hr
        Log hazard ratios, by covariate.
    covariance
        Their covariance: of the clusters (Lin & Wei 1989) where clusters were given, else of the model.
    model_covariance
        The inverse of the information, whatever `covariance` is.
    loglik_null, loglik
        Log partial likelihood at zero and at the estimates.
    score, robust_score
        Score tests at zero, of the model and by cluster (None without clusters, or where their scores have no joint
        variance). With Breslow's ties and one 0/1 covariate the second is the log-rank test for clustered observations.
    n, events, clusters
        Rows, events and clusters (None without).
    """

    log_hr: pd.Series
    covariance: pd.DataFrame
    model_covariance: pd.DataFrame
    loglik_null: float
    loglik: float
    score: ChiSquare
    robust_score: ChiSquare | None
    n: int
    events: int
    clusters: int | None
    confidence: float
    likelihood: PartialLikelihood | DiscreteLikelihood = field(repr=False, compare=False)
    at: Derivatives = field(repr=False, compare=False)

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
