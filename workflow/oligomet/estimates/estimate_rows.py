"""How rows of the estimates table are made: a row is a dict of its columns, and these complete it.

What has no answer gives the row all the same, without an estimate and with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from oligomet.estimates.methods.inference import ChiSquare, Undefined
from oligomet.estimates.methods.proportions import proportion
from oligomet.schemas import TABLES, conform

if TYPE_CHECKING:
    from oligomet.declarations import Analyses
    from oligomet.estimates.design import Design

INTERVALS = {"exact": "exact (Clopper-Pearson)", "wilson": "Wilson"}
VALUES = ["estimate", "conf_low", "conf_high", "p_value"]
COLUMNS = {"time": "time_months", "survival": "estimate", "incidence": "estimate", "at_risk": "n"}  # of a curve
DEGREES = "<degrees of freedom>"
INDEPENDENT, BY_PATIENT = "lesions taken as independent", "variance by patient"


def tabulate(rows: Iterable[dict]) -> pd.DataFrame:
    """Rows, in their order, as a frame with the columns and types of the estimates table."""
    return conform(pd.DataFrame(list(rows)), TABLES["estimates"])


def percent(analyses: Analyses) -> str:
    """The declared coverage of intervals, e.g. '95 %'."""
    return f"{100 * analyses.confidence:g} %"


def interval_of(analyses: Analyses) -> str:
    """The interval of proportions in words, e.g. '95 % exact (Clopper-Pearson) interval'."""
    return f"{percent(analyses)} {INTERVALS[analyses.proportion_interval]} interval"


def wald(analyses: Analyses, ties: str | None = None) -> str:
    """'Breslow ties, 95 % Wald interval', with the declared ties unless others are given."""
    return f"{(ties or analyses.ties).title()} ties, {percent(analyses)} Wald interval"


def kaplan_meier_of(analyses: Analyses, unit: str) -> str:
    """'Kaplan-Meier, 95 % log-log interval', and how lesions are taken."""
    return f"Kaplan-Meier, {percent(analyses)} {analyses.survival_interval} interval{by_patient(unit)}"


def aalen_johansen_of(analyses: Analyses, unit: str) -> str:
    """'Aalen-Johansen, 95 % log-log interval', and how lesions are taken."""
    return f"Aalen-Johansen, {percent(analyses)} {analyses.survival_interval} interval{by_patient(unit)}"


def by_patient(unit: str) -> str:
    """What is said of a variance of lesions, at the end of a method; of patients nothing."""
    return f", {BY_PATIENT}" if unit == "lesion" else ""


def independent(unit: str) -> str:
    """What is said of a test that takes lesions as independent, at the end of a method; of patients nothing."""
    return f", {INDEPENDENT}" if unit == "lesion" else ""


def degrees(df: int) -> str:
    """Degrees of freedom in words."""
    return f"{df} degree{'s' if df > 1 else ''} of freedom"


def share(events: int, n: int, analyses: Analyses, **where) -> dict:
    """A row for `events` of `n` with its interval."""
    row = {"statistic": "proportion", "events": int(events), "n": int(n), "method": interval_of(analyses), **where}
    return number_row(
        lambda: proportion(events, n, interval=analyses.proportion_interval, confidence=analyses.confidence), row
    )


def number_row(number: Callable[[], object], where: dict) -> dict:
    """A row for what has estimate, conf_low, conf_high, p_value or some of them, as attributes or in a dict."""
    try:
        found = number()
    except Undefined as reason:
        return {**where, "reason": str(reason)}
    found = found if isinstance(found, dict) else vars(found)
    return {**where, **{name: found[name] for name in VALUES if name in found}}


def test_row(test: Callable[[], ChiSquare], where: dict, method: str, statistic: str = "chi_square") -> dict:
    """A row for a chi-square test; its degrees of freedom stand in place of `DEGREES` in the method."""
    row = {**where, "statistic": statistic}
    try:
        found = test()
    except Undefined as reason:
        return {**row, "method": method.replace(DEGREES, ""), "reason": str(reason)}
    method = method.replace(DEGREES, f", {degrees(found.df)}")
    return {**row, "method": method, "estimate": found.chi_square, "p_value": found.p_value}


def ratio_rows(
    fit: Callable[[], Any],
    of: Design,
    where: dict,
    statistic: str,
    method: str,
    without: Mapping[str, str] | None = None,
) -> list[dict]:
    """A row for each contrast of a model.

    Parameters
    ----------
    fit
        Gives a fitted model, or its table, by the columns of the design.
    without
        The columns that have no ratio, whatever the fit says, and why.
    """
    row = {**where, "statistic": statistic, "method": method, "n": of.n, "events": of.events}
    reasons, table = dict(without or {}), pd.DataFrame()
    try:
        if len(reasons) < len(of.contrasts):
            found = fit()
            table = getattr(found, "table", found)[VALUES]
    except Undefined as reason:
        reasons = {**dict.fromkeys(of.contrasts, str(reason)), **reasons}
    return [
        {**row, **contrast.where, **({"reason": reasons[column]} if column in reasons else table.loc[column])}
        for column, contrast in of.contrasts.items()
    ]


def rate_rows(rates: Callable[[], pd.DataFrame], times: Iterable[float], where: dict) -> list[dict]:
    """A row for each of `times`, which `rates` reads off a curve; its columns replace those of `where`."""
    row = {"statistic": "survival", **where}
    try:
        found = rates()
    except Undefined as reason:
        return [{**row, "time_months": time, "reason": str(reason)} for time in times]
    found = found.drop(columns="std_error", errors="ignore").rename(columns=COLUMNS)
    return [{**row, **rate} for rate in found.to_dict("records")]
