"""What goes with a response: logistic regression of lesions, one factor at a time and together."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.design import Design, chosen, design, without_ratio
from oligomet.estimates.estimate_rows import BY_PATIENT, INDEPENDENT, percent, ratio_rows
from oligomet.estimates.factor_levels import of_lesions
from oligomet.estimates.methods.firth import firth_logistic
from oligomet.estimates.methods.logistic import logistic

if TYPE_CHECKING:
    from oligomet.declarations import Analyses
    from oligomet.study import Study


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
    frame = of_lesions(lesions, patients)
    rows: list[dict] = []
    for outcome, names in study.analyses.logistic.items():
        responded = design(frame, chosen(study, [outcome]))
        known = responded.frame.assign(event=responded.indicators.max(axis=1))
        where = {"endpoint": outcome, "unit": "lesion", "population": "evaluable"}
        for name in names:
            of = design(known, chosen(study, [name]))
            rows += _model(of, {**where, "analysis": "logistic_univariable"}, study.analyses)
        of = design(known, chosen(study, names))
        rows += _model(of, {**where, "analysis": "logistic_multivariable"}, study.analyses)
    return rows


def _model(of: Design, where: dict, analyses: Analyses) -> list[dict]:
    without, confidence = without_ratio(of, "response", everyone=True), analyses.confidence
    some = of.leaving_out(list(without))
    equations = partial(logistic, some.indicators, some.frame["event"], cluster=some.cluster, confidence=confidence)
    penalised = partial(firth_logistic, of.indicators, of.frame["event"], confidence=confidence)
    covered = percent(analyses)
    odds = f"GEE, logistic, independence, {covered} Wald interval, {BY_PATIENT}"
    firth = f"logistic, Firth's penalty, {covered} profile interval, {INDEPENDENT}"
    return [
        *ratio_rows(equations, of, where, "odds_ratio", odds, without),
        *ratio_rows(penalised, of, where, "firth_odds_ratio", firth),
    ]
