"""What goes with a response: logistic regression of lesions, one factor at a time and together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.design import Design, chosen, design, without_ratio
from oligomet.estimates.methods.firth import firth_logistic
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods.logistic import logistic

if TYPE_CHECKING:
    from oligomet.study import Study

BY_PATIENT, ALONE = "variance by patient", "lesions taken as independent"
COLUMNS = ["estimate", "conf_low", "conf_high", "p_value"]


def model_responses(lesions: pd.DataFrame, patients: pd.DataFrame, study: Study) -> list[dict]:
    """Odds ratios of the outcomes of `analyses.logistic`, each factor alone and all together.

    Parameters
    ----------
    lesions, patients
        The tables of those names of the outcomes stage; what a lesion has no column for is its patient's.
    study
        Its `factors` and `analyses` are used. The outcome is a factor of the response: any level but its reference.

    Returns
    -------
    Rows of `estimates`, analyses logistic_univariable and logistic_multivariable, endpoint the outcome, unit lesion,
    population evaluable, by contrast: statistic odds_ratio (generalised estimating equations with
    independence, variance by patient) and firth_odds_ratio (lesions taken as independent). n, events: of the model,
    which has the lesions whose outcome and factors are known.

    Notes
    -----
    A level in which no lesion has the outcome, or every one, has the odds ratio 0 or infinity, which no interval
    describes: its odds_ratio is empty and says so. Its lesions tell nothing of the others then, whose estimates are
    those without them. Firth's penalty keeps it finite.
    """
    frame = lesions.merge(
        patients[["patient_id", *patients.columns.difference(lesions.columns, sort=False)]], on="patient_id"
    )
    rows: list[dict] = []
    for outcome, names in study.analyses.logistic.items():
        responded = design(frame, chosen(study, [outcome]))
        known = responded.frame.assign(event=responded.indicators.max(axis=1))
        where = {"endpoint": outcome, "unit": "lesion", "population": "evaluable"}
        for name in names:
            of = design(known, chosen(study, [name]))
            rows += _model(of, {**where, "analysis": "logistic_univariable"}, study.analyses.confidence)
        of = design(known, chosen(study, names))
        rows += _model(of, {**where, "analysis": "logistic_multivariable"}, study.analyses.confidence)
    return rows


def _model(of: Design, where: dict, confidence: float) -> list[dict]:
    reasons = without_ratio(of, "response", everyone=True)
    some = of.rows(~of.indicators[list(reasons)].any(axis=1))

    def equations() -> pd.DataFrame:
        columns = some.indicators.drop(columns=list(reasons))
        return logistic(columns, some.frame["event"], cluster=some.cluster, confidence=confidence).table

    def penalised() -> pd.DataFrame:
        return firth_logistic(of.indicators, of.frame["event"], confidence=confidence).table

    percent = f"{100 * confidence:g} %"
    ways = {
        "odds_ratio": (equations, reasons, f"GEE, logistic, independence, {percent} Wald interval, {BY_PATIENT}"),
        "firth_odds_ratio": (penalised, {}, f"logistic, Firth's penalty, {percent} profile interval, {ALONE}"),
    }
    where = {**where, "n": of.n, "events": of.events}
    rows = []
    for statistic, (fit, without, method) in ways.items():
        table, failure = pd.DataFrame(), None
        try:
            if len(without) < len(of.contrasts):
                table = fit().rename(columns={"odds_ratio": "estimate"})[COLUMNS]
        except Undefined as undefined:
            failure = str(undefined)
        for column, contrast in of.contrasts.items():
            row = {**where, **contrast.where, "statistic": statistic, "method": method}
            reason = without.get(column, failure)
            rows.append({**row, **({"reason": reason} if reason else table.loc[column])})
    return rows
