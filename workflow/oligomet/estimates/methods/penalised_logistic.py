"""Logistic regression with Firth's penalty: finite where a covariate separates the outcomes. By firthmodels."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from oligomet.estimates.methods.common import Undefined, design_matrix
from oligomet.estimates.methods.logistic import binary

NEAR = 1e-7  # of the gradient and of a step; nearer, rounding ends its search for a better step as if it had failed


def penalised_logistic(covariates: pd.DataFrame, outcome: ArrayLike, *, confidence: float = 0.95) -> pd.DataFrame:
    """Odds ratios by penalised maximum likelihood (Firth 1993; Heinze & Schemper 2002, Stat Med 21:2409).

    Parameters
    ----------
    covariates
        (n, p) Numbers, no missing value; an intercept is added.
    outcome
        (n,) 0 or 1; rows are taken as independent.

    Returns
    -------
    A row a covariate: log_or, odds_ratio, conf_low, conf_high (of the penalised profile likelihood), p_value (penalised
    likelihood-ratio test).

    Raises
    ------
    Undefined
        If the outcomes are all the same, a covariate does not vary or covariates are collinear, values are missing, or
        the fit or a limit was not found.

    Notes
    -----
    As logistf::logistf in R.
    """
    from firthmodels import FirthLogisticRegression  # late: it takes half a second to import

    x, names = design_matrix(covariates)
    y = binary(outcome, len(x))
    if y.all() or not y.any():
        raise Undefined("no events" if not y.any() else "everybody has the event")
    if np.linalg.matrix_rank(np.column_stack([np.ones(len(x)), x])) <= x.shape[1]:
        raise Undefined("collinear covariates, or one that does not vary")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what they say is asked below
        fit = FirthLogisticRegression(backend="numpy", max_iter=200, gtol=NEAR, xtol=NEAR).fit(x, y)
        limits = fit.conf_int(alpha=1 - confidence, method="pl", max_iter=200, tol=1e-6)[: len(names)]
        p_values = fit.lrt().lrt_pvalues_[: len(names)]
    if not (fit.converged_ and np.isfinite(limits).all() and np.isfinite(p_values).all()):
        raise Undefined("the fit did not converge")
    table = {"log_or": fit.coef_, "odds_ratio": np.exp(fit.coef_)}
    table |= {"conf_low": np.exp(limits[:, 0]), "conf_high": np.exp(limits[:, 1]), "p_value": p_values}
    return pd.DataFrame(table, index=names)
