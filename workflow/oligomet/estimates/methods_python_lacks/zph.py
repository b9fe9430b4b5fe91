"""Score test of proportional hazards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from oligomet.estimates.methods.common import ChiSquare, Undefined
from oligomet.estimates.methods.cox_fit import CoxFit
from oligomet.estimates.methods_python_lacks.partial_likelihood import PartialLikelihood

Scale = Literal["km", "log", "identity", "rank"]


def proportional_hazards(
    fit: CoxFit, *, terms: Mapping[str, Sequence[str]] | None = None, scale: Scale = "km"
) -> pd.DataFrame:
    """Test that no coefficient changes with time: the score test of the products of covariates with g(t).

    Grambsch & Therneau 1994, with the full information matrix, as survival::cox.zph in R from version 3.0.

    Parameters
    ----------
    fit
        A Cox model.
    terms
        Covariates that are tested together (indicators of one factor), by name; default: each by itself.
    scale
        g(t): 1 - Kaplan-Meier just before t, log t, t, or the rank of t.

    Returns
    -------
    A row a term and a row GLOBAL: chi_square, df, p_value.

    Raises
    ------
    Undefined
        If all events are at one time, or a test's information is singular.
    """
    if not isinstance(fit.likelihood, PartialLikelihood):
        raise ValueError("the test is for Breslow's or Efron's ties")
    names = list(fit.log_hr.index)
    terms = terms or {name: [name] for name in names}
    likelihood, at = fit.likelihood, fit.at
    g = likelihood.time_scale(scale)
    g = g - g.mean()
    if np.ptp(g) < 1e-12:
        raise Undefined("all events at one time")
    score = g @ (likelihood.x[likelihood.event_rows] - at.mean)
    crossed, squared = likelihood.information(at, g), likelihood.information(at, g**2)

    def test(chosen: list[int]) -> ChiSquare:
        # at the maximum the score of the coefficients is zero, so only the products' block of the inverse counts
        schur = squared[np.ix_(chosen, chosen)] - crossed[chosen] @ np.linalg.solve(at.information, crossed[:, chosen])
        size = np.sqrt(np.diag(squared)[chosen])
        if np.linalg.eigvalsh(schur / np.outer(size, size))[0] < 1e-10:
            raise Undefined("too few event times for the test")
        return ChiSquare.of(score[chosen] @ np.linalg.solve(schur, score[chosen]), len(chosen))

    tests = {term: test([names.index(name) for name in members]) for term, members in terms.items()}
    tests["GLOBAL"] = test(list(range(len(names))))
    return pd.DataFrame([vars(result) for result in tests.values()], index=list(tests))
