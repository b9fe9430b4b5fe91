"""What the analyses of robustness share: the rows of a model."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Unpack

import numpy as np
import pandas as pd

from oligomet.estimates.design import Design
from oligomet.estimates.methods.cox import CoxFit, cox
from oligomet.estimates.methods.inference import ChiSquare, Undefined
from oligomet.estimates.methods_python_lacks.frailty import FrailtyFit, cox_frailty

if TYPE_CHECKING:
    from oligomet.estimates.declared import OfCox
    from oligomet.study import Study

RATIOS = ("hazard_ratio", "subdistribution_hazard_ratio", "odds_ratio")  # what the methods' tables call an estimate
INDEPENDENT, BY_PATIENT = "lesions taken as independent", "variance by patient"
EACH_ONCE = f"each patient counted once, {BY_PATIENT}"


def ratio_rows(
    fit: Callable[[], pd.DataFrame],
    of: Design,
    where: dict,
    statistic: str,
    method: str,
    factors: Iterable[str] | None = None,
) -> list[dict]:
    """A row for each contrast (of `factors`, if not of all); with the reason where the fit is undefined.

    Parameters
    ----------
    fit
        Gives a table of coefficients as the methods do, by the columns of the design.
    """
    row = {**where, "statistic": statistic, "method": method}
    row |= {"n": of.n, "events": of.events}
    wanted = {column: at.where for column, at in of.contrasts.items() if factors is None or at.factor in factors}
    try:
        table = fit()
    except Undefined as reason:
        return [{**row, **at, "reason": str(reason)} for at in wanted.values()]
    table = table.rename(columns=dict.fromkeys(RATIOS, "estimate"))[["estimate", "conf_low", "conf_high", "p_value"]]
    return [{**row, **at, **table.loc[column]} for column, at in wanted.items()]


def test_row(test: Callable[[], ChiSquare], where: dict, method: str) -> dict:
    """A row for a chi-square test, or for the reason why there is none."""
    row = {**where, "statistic": "chi_square", "method": method}
    try:
        found = test()
    except Undefined as reason:
        return {**row, "reason": str(reason)}
    return {**row, "estimate": found.chi_square, "p_value": found.p_value}


def number_row(number: Callable[[], object], where: dict) -> dict:
    """A row for an estimate with its interval and p, or for the reason why there is none."""
    try:
        found = vars(number())
    except Undefined as reason:
        return {**where, "reason": str(reason)}
    return {**where, **{name: found.get(name) for name in ("estimate", "conf_low", "conf_high", "p_value")}}


def with_each_patient_once(of: Design, **options: Unpack[OfCox]) -> CoxFit:
    """The Cox model of a design in which the lesions of a patient weigh one together."""
    return cox(of.indicators, *of.followed, cluster=of.cluster, weights=of.each_patient_once, **options)


def with_frailty(of: Design, **options: Unpack[OfCox]) -> FrailtyFit:
    """The Cox model of a design with a frailty shared by the lesions of a patient."""
    with np.errstate(over="ignore"):  # of a step too far, which the fit takes back
        return cox_frailty(of.indicators, *of.followed, of.cluster, **options)


def wald(study: Study, ties: str | None = None) -> str:
    """'Breslow ties, 95 % Wald interval'."""
    return f"{(ties or study.analyses.ties).title()} ties, {100 * study.analyses.confidence:g} % Wald interval"
