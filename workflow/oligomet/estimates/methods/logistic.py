"""Logistic regression, of independent or of clustered observations (GEE). From statsmodels.

With independence as working correlation the equations are those of maximum likelihood with a sandwich variance, which
`Logit` has: `GEE` goes through Python cluster by cluster, and took 9 s for 1,890 lesions.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from oligomet.estimates.methods.identifiable import refuse_infinite, refuse_uninformative
from oligomet.estimates.methods.inference import INTERCEPT, Fit, Undefined, codes, design_matrix

if TYPE_CHECKING:
    from statsmodels.discrete.discrete_model import BinaryResultsWrapper
    from statsmodels.genmod.generalized_estimating_equations import GEEResultsWrapper

Correlation = Literal["independence", "exchangeable"]


@dataclass(frozen=True)
class LogisticFit(Fit):
    """A fitted model with an intercept.

    Attributes
    ----------
    loglik_null, loglik
        NaN, the second, for an exchangeable correlation, which has none.
    correlation
        Working correlation of two observations of a cluster (0 for independence).
    """

    correlation: float


def logistic(
    covariates: pd.DataFrame,
    outcome: ArrayLike,
    *,
    cluster: ArrayLike | None = None,
    correlation: Correlation = "independence",
    confidence: float = 0.95,
) -> LogisticFit:
    """Logistic regression by maximum likelihood, or by generalised estimating equations where clusters are given.

    Parameters
    ----------
    covariates
        (n, p) Numbers, no missing value; an intercept is added.
    outcome
        (n,) 0 or 1.
    cluster
        (n,) Whom a row belongs to.
    correlation
        Working correlation within clusters: independence (the maximum-likelihood estimates with a sandwich variance)
        or exchangeable (Liang & Zeger 1986), for which clusters are needed.

    Raises
    ------
    Undefined
        If the outcomes are all the same, a covariate does not vary, covariates are collinear, there are no more
        clusters than coefficients, or a covariate separates the outcomes (its odds ratio is infinite).

    Notes
    -----
    As stats::glm and geepack::geeglm in R (moment estimates of scale and correlation without a correction for the
    number of coefficients; no small-sample correction of the variance).
    """
    if cluster is None and correlation != "independence":
        raise ValueError("an exchangeable correlation needs clusters")
    x, names = design_matrix(covariates)
    x, names = np.column_stack([np.ones(len(x)), x]), [INTERCEPT, *names]
    y = binary(outcome, len(x))
    null = x.T @ x / 4  # at zero everybody's chance is one half
    refuse_uninformative(null, x, names)
    fitted = fit_logistic(covariates, y)
    information = -fitted.model.hessian(fitted.params)
    refuse_infinite(information, null, fitted.params, x, names, "separation")
    beta, covariance, loglik, alpha = fitted.params, np.linalg.inv(information), fitted.llf, 0.0
    if cluster is not None:
        clusters = len(codes(cluster, "cluster")[1])
        if clusters <= len(names):
            raise Undefined("one cluster only" if clusters == 1 else "no more clusters than coefficients")
        by_cluster = fit_logistic(covariates, y, cluster=cluster, correlation=correlation)
        beta, covariance = by_cluster.params, by_cluster.cov_params()
        if correlation == "exchangeable":
            alpha, loglik = float(by_cluster.model.cov_struct.dep_params), np.nan
            largest = np.bincount(codes(cluster, "cluster")[0]).max()
            if alpha >= 1 or 1 + (largest - 1) * alpha <= 0:  # no matrix of correlations
                raise Undefined("the working correlation is out of range")
        if not (by_cluster.converged and np.isfinite(covariance).all()):
            raise Undefined("the fit did not converge")
        if not (np.diag(covariance) > 1e-12 / np.diag(null)).all():
            raise Undefined("no variance between observations")
    share = y.mean()
    return LogisticFit(
        log_ratio=pd.Series(beta, index=names),
        covariance=pd.DataFrame(covariance, index=names, columns=names),
        loglik_null=float(len(y) * (share * np.log(share) + (1 - share) * np.log1p(-share))),
        loglik=float(loglik),
        correlation=alpha,
        n=len(y),
        events=int(y.sum()),
        confidence=confidence,
    )


def fit_logistic(
    covariates: pd.DataFrame,
    outcome: ArrayLike,
    *,
    cluster: ArrayLike | None = None,
    correlation: Correlation = "independence",
) -> BinaryResultsWrapper | GEEResultsWrapper:
    """statsmodels' fit, to look at or question: what `logistic` reads its numbers from. Parameters as there.

    A warning of statsmodels, of separation for one, is not passed on: `logistic` looks at the fit and refuses it in
    words, and this function is for data that it accepts.
    """
    from statsmodels.discrete.discrete_model import Logit
    from statsmodels.genmod.cov_struct import Exchangeable
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_estimating_equations import GEE

    x = pd.DataFrame(covariates).astype(float).reset_index(drop=True)
    x.insert(0, INTERCEPT, 1.0)
    y = binary(outcome, len(x))
    if y.all() or not y.any():
        raise Undefined("no events" if not y.any() else "everybody has the event")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        by: dict[str, Any] = {}
        if cluster is not None:
            groups = codes(cluster, "cluster")[0]
            if correlation == "exchangeable":
                model = GEE(y, x.to_numpy(), groups=groups, family=Binomial(), cov_struct=Exchangeable())
                return model.fit(ddof_scale=0, ctol=1e-10, maxiter=200)  # 0: moments over their number, as geepack
            by = {"cov_type": "cluster", "cov_kwds": {"groups": groups, "use_correction": False}}
        return Logit(y, x.to_numpy()).fit(disp=0, method="newton", tol=1e-12, maxiter=60, **by)


def binary(outcome: ArrayLike, n: int) -> np.ndarray:
    """Outcomes as 0.0 or 1.0, checked."""
    y = pd.to_numeric(pd.Series(np.asarray(outcome).ravel()), errors="coerce").to_numpy(float, na_value=np.nan)
    if len(y) != n:
        raise ValueError(f"{n} rows of covariates but {len(y)} outcomes")
    if np.isnan(y).any():
        raise Undefined("missing outcome")
    if not np.isin(y, (0, 1)).all():
        raise ValueError(f"an outcome is 0 or 1, not {y[~np.isin(y, (0, 1))][0]:g}")
    return y
