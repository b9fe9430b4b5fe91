"""Cox proportional-hazards regression. From statsmodels; where it has not R's numbers (Efron's ties with clusters,
weighted rows, rows at risk in (start, stop]) from the own kernel."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from oligomet.estimates.methods.identifiable import refuse_uninformative
from oligomet.estimates.methods.inference import ChiSquare, Fit, Undefined, codes, survival_data
from oligomet.estimates.methods_python_lacks.cox_kernel import cox_kernel, refuse_clusters
from oligomet.estimates.methods_python_lacks.partial_likelihood import Ties, risk_sets

if TYPE_CHECKING:
    from statsmodels.duration.hazard_regression import PHRegResults


def cox(
    covariates: pd.DataFrame,
    time: ArrayLike,
    event: ArrayLike,
    *,
    start: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    ties: Ties = "efron",
    confidence: float = 0.95,
) -> Fit:
    """Fit a Cox model.

    Parameters
    ----------
    covariates
        (n, p) Numbers (indicators for factors), no missing value.
    time, event
        (n,) Time of the event or of censoring, and 1 or 0.
    start
        (n,) For time-dependent covariates or delayed entry: a row is at risk in (start, time].
    strata
        (n,) Labels of strata with baseline hazards of their own.
    cluster
        (n,) Whom a row belongs to: the covariance is then the sandwich over clusters, and `wald` and `table` use it.
        A cluster for every row gives the robust covariance of independent rows.
    weights
        (n,) How much a row counts, positive; only with `cluster`. One over the size of its cluster makes each cluster
        count once (Williamson, Datta & Satten 2003, Biometrics 59:36).
    ties
        breslow or efron.

    Raises
    ------
    Undefined
        If there is no event, a value is missing, a time is negative, an interval is empty, a covariate does not vary
        where events happen, covariates are collinear, there are no more clusters than covariates, or the likelihood is
        monotone (a covariate separates those with the event from those at risk: its hazard ratio is infinite).

    Notes
    -----
    As survival::coxph in R.
    """
    if ties not in ("breslow", "efron"):
        raise ValueError(f"ties is breslow or efron, not {ties!r}")
    if start is not None or weights is not None or (cluster is not None and ties == "efron"):
        return cox_kernel(
            covariates, time, event, start=start, strata=strata, cluster=cluster, weights=weights, ties=ties,
            confidence=confidence,
        )  # fmt: skip
    likelihood = risk_sets(covariates, time, event, strata=strata, ties=ties)
    names, null = likelihood.names, likelihood.null
    refuse_uninformative(null.information, likelihood.x, names)
    refuse_clusters(cluster, names)
    try:
        fitted = fit_cox(covariates, time, event, strata=strata, cluster=cluster, ties=ties)
        beta, covariance = fitted.params, fitted.cov_params()
        with np.errstate(over="ignore"):
            at = likelihood.evaluate(beta)
        likelihood.refuse_infinite(beta, at)
        if (np.abs(np.linalg.solve(at.information, at.score)) * likelihood.x.std(axis=0) > 1e-6).any():
            raise np.linalg.LinAlgError
    except Undefined:
        raise
    except ValueError:  # a LinAlgError is one; statsmodels raises the other where it has no covariance
        # statsmodels halves no step and can miss the maximum: of 22 subjects with 9 events it had no answer where R's
        # ratios are exp(-0.4286) and exp(1.8356)
        return cox_kernel(covariates, time, event, strata=strata, cluster=cluster, ties=ties, confidence=confidence)
    if not (np.diag(covariance) > 1e-12 / np.diag(null.information)).all():
        raise Undefined("no variance between observations")
    n, events, table = len(likelihood.x), len(likelihood.event_rows), pd.DataFrame(covariance, names, names)
    return Fit(pd.Series(beta, names), table, null.loglik, float(fitted.llf), n, events, confidence)


def fit_cox(
    covariates: pd.DataFrame,
    time: ArrayLike,
    event: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    ties: Ties = "efron",
) -> PHRegResults:
    """statsmodels' fit, to look at or question: what `cox` reads its numbers from. Parameters as there.

    A warning of statsmodels that it did not converge is not passed on: `cox` looks at the fit and refuses it in words,
    and this function is for data that it accepts.

    Notes
    -----
    Clusters with Breslow's ties only: with Efron's, statsmodels' variance is not R's. Who is censored before the first
    event of the stratum takes part in nothing, and is left out where there are clusters: statsmodels gives such rows
    score residuals of NaN, which would spoil the variance of all.
    """
    from statsmodels.duration.hazard_regression import PHReg

    time, event = survival_data(time, event)
    x = pd.DataFrame(covariates).astype(float).reset_index(drop=True)
    rows = np.ones(len(time), bool)
    stratum = None if strata is None else codes(strata, "stratum")[0]
    groups = None
    if cluster is not None:
        of = np.zeros(len(time), int) if stratum is None else stratum
        first = pd.Series(time).where(event).groupby(of).transform("min")
        rows = time >= first.to_numpy()
        groups = codes(cluster, "cluster")[0][rows]
    within = None if stratum is None else stratum[rows]
    model = PHReg(time[rows], x[rows], event[rows].astype(int), strata=within, ties=ties)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = model.fit(groups=groups)
        if np.isfinite(fitted.llf):
            return fitted
        near = model.fit(method="bfgs", disp=False).params  # Newton's method had overshot
        return model.fit(groups=groups, start_params=near)


def likelihood_ratio(full: Fit, reduced: Fit) -> ChiSquare:
    """Likelihood-ratio test of the covariates of `full` that are not in `reduced`; both fitted to the same rows."""
    if (full.n, full.events) != (reduced.n, reduced.events):
        raise ValueError("the models were fitted to different rows")
    return ChiSquare.of(2 * (full.loglik - reduced.loglik), len(full.log_ratio) - len(reduced.log_ratio))


def likelihood_ratio_of(
    tested: list[str],
    covariates: pd.DataFrame,
    time: ArrayLike,
    event: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    ties: Ties = "efron",
) -> ChiSquare:
    """Likelihood-ratio test that the coefficients of `tested` are zero beside the other covariates.

    It needs no finite estimate: under separation the likelihood has an upper bound, which the fit approaches, and the
    test is as valid as ever.

    Raises
    ------
    Undefined
        If there is no event, or the covariates carry no information or are collinear, as in `cox`.
    """
    likelihood = risk_sets(covariates, time, event, strata=strata, ties=ties)
    names, null = likelihood.names, likelihood.null
    refuse_uninformative(null.information, likelihood.x, names)
    models = names, [name for name in names if name not in tested]
    try:
        bounds = [
            fit_cox(covariates[columns], time, event, strata=strata, ties=ties).llf if columns else null.loglik
            for columns in models
        ]
    except ValueError:  # a LinAlgError is one; statsmodels raises the other where it has no covariance
        raise Undefined("the fit did not converge") from None
    if not np.isfinite(bounds).all():
        raise Undefined("the fit did not converge")
    return ChiSquare.of(2 * (bounds[0] - bounds[1]), len(tested))
