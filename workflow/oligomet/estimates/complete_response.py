"""Complete response of irradiated lesions as an endpoint: its rate against what was hoped for, and when it comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from oligomet.estimates.declared import declared_complete_response
from oligomet.estimates.estimate_rows import interval_of, share, tabulate
from oligomet.estimates.factor_levels import assign
from oligomet.estimates.methods.agreement import kappa, kappa_interval
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods.multiplicity import adjust
from oligomet.estimates.methods.proportions import clustered_proportion, p_above
from oligomet.estimates.methods_python_lacks.competing_risks import CumulativeIncidence, cumulative_incidence
from oligomet.trial_declarations import ALL

if TYPE_CHECKING:
    from oligomet.study import Study

JUDGED = {"measured": "as measured", "reader": "as the reader called it"}
BOTH = "measured and reader"
BY_PATIENT = "variance by patient"


def estimate_complete_response(complete_responses: pd.DataFrame, lesions: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Rates of complete response by judge, by what is done with systemic therapy, and by stratum; tests and agreement.

    Parameters
    ----------
    complete_responses, lesions
        The tables of those names of the outcomes stage.
    study
        Its `complete_response`, `factors` and `analyses` are used.

    Returns
    -------
    Rows of `estimates`, analyses complete_response and complete_response_curve, unit lesion; see
    `oligomet.estimates`.
    """
    declared = declared_complete_response(study)
    found = complete_responses
    if declared.strata:
        levels = assign(lesions, study.factors[declared.strata]).astype("string").set_axis(lesions["lesion_id"])
        found = found.assign(stratum=found["lesion_id"].map(levels))
    rows: list[dict] = []
    for (by, taken), these in found.groupby(["by", "systemic_therapy"], sort=False):
        where = {"analysis": "complete_response", "endpoint": by, "unit": "lesion", "form": taken}
        for stratum, group in _strata(these, study):
            rows += _rates(group, study, {**where, **stratum})
            rows += _incidence(group, study, {**where, **stratum})
    primary = _of(found, declared.by, declared.systemic_therapy)
    rows += _tests(primary, study)
    rows += _therapy(primary, study)
    if set(JUDGED) <= set(found["by"]):
        measured, reader = (_of(found, by, declared.systemic_therapy) for by in JUDGED)
        rows += _agreement(measured, reader, study)
    for stratum, group in _strata(primary, study):
        rows += _curve(group, study, stratum)
    return tabulate(rows)


def _of(found: pd.DataFrame, by: str, taken: str) -> pd.DataFrame:
    return found[(found["by"] == by) & (found["systemic_therapy"] == taken)]


def _strata(found: pd.DataFrame, study: Study) -> Iterator[tuple[dict, pd.DataFrame]]:
    """All lesions, then those of each stratum: the columns that name it, and its lesions."""
    name = declared_complete_response(study).strata
    yield {}, found
    for level in study.factors[name].levels if name else ():
        yield {"factor": name, "group": level}, found[found["stratum"] == level]


def _populations(found: pd.DataFrame) -> dict[str, tuple[pd.Series, pd.Series]]:
    """The outcomes, 0 or 1, and the patients of the evaluable lesions and of all treated ones."""
    evaluable = found[found["complete"].notna()]
    frames = {"evaluable": evaluable, "all": found.assign(complete=found["complete"].fillna(0))}
    return {name: (frame["complete"].astype(int), frame["patient_id"]) for name, frame in frames.items()}


def _rates(found: pd.DataFrame, study: Study, where: dict) -> Iterator[dict]:
    percent = f"{100 * study.analyses.confidence:g} %"
    for population, (complete, patient) in _populations(found).items():
        row = {**where, "population": population, "n": len(complete), "events": int(complete.sum())}
        exact = f"{interval_of(study.analyses)}; lesions taken as independent"
        alone = share(row["events"], row["n"], study.analyses, **where, population=population, dependence="independent")
        yield {**alone, "statistic": "proportion", "method": exact}
        equations = f"GEE, logistic, intercept alone, independence, {percent} Wald interval, {BY_PATIENT}"
        row |= {"dependence": "clustered", "statistic": "proportion", "method": equations}
        try:
            clustered = clustered_proportion(complete, patient, confidence=study.analyses.confidence)
            yield {**row, **vars(clustered)}
        except Undefined as reason:
            yield {**row, "reason": str(reason)}
        yield {
            **row,
            "statistic": "patients",
            "estimate": patient.nunique(),
            "method": "patients who have these lesions",
        }


def _tests(found: pd.DataFrame, study: Study) -> Iterator[dict]:
    """One-sided tests against the rates that are too low, and their p values with the declared rule for several."""
    declared = declared_complete_response(study)
    groups = {ALL: {}, **{level: columns for columns, _ in _strata(found, study) for level in [columns.get("group")]}}
    rows: dict[str, list[dict]] = {"exact": [], "clustered": []}
    for name, rates in declared.hypotheses.items():
        columns = {} if name == ALL else groups[name]
        lesions = found if name == ALL else found[found["stratum"] == name]
        complete, patient = _populations(lesions)[declared.denominator]
        for test, of in rows.items():
            row = {
                "analysis": "complete_response",
                "endpoint": declared.by,
                "unit": "lesion",
                "form": declared.systemic_therapy,
                "population": declared.denominator,
                **columns,
                "value": rates.null_rate,
                "dependence": "independent" if test == "exact" else "clustered",
                "n": len(complete),
                "events": int(complete.sum()),
            }
            try:
                p = p_above(complete, rates.null_rate, cluster=None if test == "exact" else patient)
                of.append({**row, "estimate": complete.mean(), "p_value": p})
            except Undefined as reason:
                of.append({**row, "reason": str(reason)})
    said = {"exact": "exact binomial test", "clustered": "Rao-Scott test by patient"}
    for test, of in rows.items():
        yield from ({**row, "statistic": "test", "method": f"{said[test]}, one-sided"} for row in of)
    chosen = rows[declared.test]
    adjusted = _adjusted([row.get("p_value", np.nan) for row in chosen], declared.multiplicity)
    for row, p in zip(chosen, adjusted, strict=True):
        method = f"{said[declared.test]}, one-sided; several hypotheses: {declared.multiplicity}"
        yield {**row, "statistic": "decision", "p_value": p, "method": method}


def _adjusted(p_values: list[float], rule: Literal["none", "bonferroni", "holm", "fixed sequence"]) -> np.ndarray:
    """Each is compared with the declared significance; one that follows a failure in a fixed sequence has no chance."""
    if rule == "fixed sequence":
        return np.maximum.accumulate(np.asarray(p_values, float))
    return np.asarray(p_values, float) if rule == "none" else adjust(p_values, rule)


def _therapy(found: pd.DataFrame, study: Study) -> Iterator[dict]:
    declared = declared_complete_response(study)
    where = {"analysis": "complete_response", "endpoint": declared.by, "unit": "lesion", "population": "all"}
    row = {**where, "form": declared.systemic_therapy, "statistic": "therapy_first"}
    method = "lesions with systemic therapy begun between radiotherapy and their best response"
    yield {**share(found["therapy_first"].sum(), len(found), study.analyses, **row), "method": method}


def _agreement(measured: pd.DataFrame, reader: pd.DataFrame, study: Study) -> Iterator[dict]:
    """How far the two judges agree on the lesions that both could evaluate, and of what they say to each."""
    pair = measured.merge(reader, on="lesion_id", suffixes=("", "_reader")).dropna(
        subset=["complete", "complete_reader"]
    )
    one, other, patient = pair["complete"].astype(int), pair["complete_reader"].astype(int), pair["patient_id"]
    where = {"analysis": "complete_response", "endpoint": BOTH, "unit": "lesion", "population": "evaluable"}
    where |= {"form": declared_complete_response(study).systemic_therapy}
    cells = {"both": one & other, "measured_only": one & (1 - other), "reader_only": (1 - one) & other}
    cells |= {"neither": (1 - one) & (1 - other), "agreement": (one == other).astype(int)}
    yield from (
        share(cell.sum(), len(pair), study.analyses, **where, statistic=name, dependence="independent")
        for name, cell in cells.items()
    )
    confidence = study.analyses.confidence
    method = f"Cohen's kappa, {100 * confidence:g} % percentile interval of resampled patients"
    row = {**where, "statistic": "kappa", "dependence": "clustered", "n": len(pair), "method": method}
    try:
        low, high = kappa_interval(one, other, patient, confidence=confidence)
        yield {**row, "estimate": kappa(one, other), "conf_low": low, "conf_high": high}
    except Undefined as reason:
        yield {**row, "reason": str(reason)}


def _fit(found: pd.DataFrame, study: Study) -> CumulativeIncidence:
    return cumulative_incidence(
        found["months"], found["cause"], cluster=found["patient_id"], confidence=study.analyses.confidence
    )


def _method(study: Study) -> str:
    percent = f"{100 * study.analyses.confidence:g} %"
    return f"Aalen-Johansen, {percent} log-log interval, {BY_PATIENT}; competing: what makes it impossible"


def _incidence(found: pd.DataFrame, study: Study, where: dict) -> Iterator[dict]:
    """Cumulative incidence of a first complete response at the declared times."""
    row = {**where, "population": "all", "statistic": "cumulative_incidence", "dependence": "clustered"}
    row |= {"method": _method(study)}
    times = declared_complete_response(study).incidence_at_months
    try:
        for at in _fit(found, study).at(times).rename(columns={"incidence": "estimate"}).to_dict("records"):
            here = {name: at[name] for name in ("estimate", "conf_low", "conf_high", "events", "reason")}
            yield {**row, **here, "time_months": at["time"], "n": at["at_risk"]}
    except Undefined as reason:
        yield from ({**row, "time_months": time, "reason": str(reason)} for time in times)


def _curve(found: pd.DataFrame, study: Study, stratum: dict) -> Iterator[dict]:
    declared = declared_complete_response(study)
    where = {"analysis": "complete_response_curve", "endpoint": declared.by, "unit": "lesion", "population": "all"}
    where |= {"form": declared.systemic_therapy, **stratum, "dependence": "clustered", "method": _method(study)}
    try:
        steps = _fit(found, study).curve.drop_duplicates("time", keep="last")  # somebody may be followed for no time
    except Undefined:
        return
    columns = {"incidence": "estimate", "time": "time_months", "at_risk": "n"}
    kept = [*columns.values(), "conf_low", "conf_high", "events"]
    for step in steps.rename(columns=columns)[kept].to_dict("records"):
        yield {**where, "statistic": "cumulative_incidence", **step}
