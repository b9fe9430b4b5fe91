"""What goes with a response: logistic regression of lesions, one factor at a time and together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.groups import UNKNOWN, assign
from oligomet.estimates.methods.common import Undefined
from oligomet.estimates.methods.firth import firth_logistic
from oligomet.estimates.methods.logistic import logistic

if TYPE_CHECKING:
    from oligomet.study import Study

BY_PATIENT, ALONE = "variance by patient", "lesions taken as independent"


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
    population evaluable, level '<level> vs <reference>': statistic odds_ratio (generalised estimating equations with
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
        level = assign(frame, study.factors[outcome])
        known = frame[level != UNKNOWN]
        responded = (level[known.index] != study.factors[outcome].reference_level).astype(float)
        where = {"endpoint": outcome, "unit": "lesion", "population": "evaluable"}
        for name in names:
            rows += _model(known, responded, [name], {**where, "analysis": "logistic_univariable"}, study)
        rows += _model(known, responded, names, {**where, "analysis": "logistic_multivariable"}, study)
    return rows


def _model(frame: pd.DataFrame, responded: pd.Series, names: list[str], where: dict, study: Study) -> list[dict]:
    levels = pd.DataFrame({name: assign(frame, study.factors[name]) for name in names})
    known = (levels != UNKNOWN).all(axis=1)
    frame, responded, levels = frame[known], responded[known], levels[known]
    contrasts = {
        (name, f"{level} vs {study.factors[name].reference_level}"): levels[name] == level
        for name in names
        for level in study.factors[name].levels
        if level != study.factors[name].reference_level
    }
    keys = {f"{name}: {contrast}": (name, contrast) for name, contrast in contrasts}
    design = pd.DataFrame({column: contrasts[key] for column, key in keys.items()}, frame.index, dtype=float)
    reasons = _without_estimate(design, responded)
    modelled = ~design[list(reasons)].any(axis=1)
    confidence = study.analyses.confidence

    def equations() -> pd.DataFrame:
        options = {"cluster": frame.loc[modelled, "patient_id"], "confidence": confidence}
        return logistic(design.loc[modelled].drop(columns=list(reasons)), responded[modelled], **options).table

    def penalised() -> pd.DataFrame:
        return firth_logistic(design, responded, confidence=confidence).table

    percent = f"{100 * confidence:g} %"
    counts = {"n": len(frame), "events": int(responded.sum())}
    rows = []
    ways = {
        "odds_ratio": (equations, reasons, f"GEE, logistic, independence, {percent} Wald interval, {BY_PATIENT}"),
        "firth_odds_ratio": (
            penalised,
            {},
            f"logistic, Firth's penalty, {percent} profile interval, {ALONE}",
        ),
    }
    for statistic, (fit, own, method) in ways.items():
        table, failure = None, None
        try:
            table = fit() if len(own) < len(keys) else None
        except Undefined as undefined:
            failure = str(undefined)
        for column, (name, contrast) in keys.items():
            row = {**where, **counts, "factor": name, "level": contrast, "statistic": statistic, "method": method}
            reason = own.get(column, failure)
            if reason is None:
                found = table.loc[column]
                row |= {"estimate": found["odds_ratio"], **found[["conf_low", "conf_high", "p_value"]]}
            rows.append({**row, "reason": reason})
    return rows


def _without_estimate(design: pd.DataFrame, responded: pd.Series) -> dict[str, str]:
    """The levels that have no odds ratio, and why."""
    n, events = design.sum(), design[responded == 1].sum()
    return {
        column: "nobody at this level"
        if n[column] == 0
        else "no response at this level"
        if events[column] == 0
        else "a response throughout this level"
        for column in design
        if n[column] == 0 or events[column] in (0, n[column])
    }
