"""Percentile intervals of every headline number from samples of whole patients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from oligomet.estimates.declared import declared_robustness
from oligomet.estimates.design import chosen, design, followed
from oligomet.estimates.estimate_rows import percent, tabulate
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods_python_lacks.resamples import cox_log_hr, draw, medians, survival_at

if TYPE_CHECKING:
    from oligomet.study import Study

TOLERATED = 0.05  # share of samples that may have no value: with more, an interval of the others would flatter
RATES = {"CR": ("CR",), "ORR": ("CR", "PR"), "DCR": ("CR", "PR", "SD")}


def estimate_bootstrap(times: pd.DataFrame, patients: pd.DataFrame, lesions: pd.DataFrame, study: Study):
    """Survival at the declared times, medians and hazard ratios of the headline, response rates of lesions.

    Returns
    -------
    Rows of `estimates`, analysis bootstrap, statistic survival (at time_months) | median of each endpoint; hazard_ratio
    of each headline factor alone; CR | ORR | DCR of the evaluable lesions (endpoint first). The estimate is that of the
    data, the interval the percentiles of the samples; n subjects. In every sample patients are drawn, with all their
    lesions.
    """
    rows: list[dict] = []
    for endpoint, declared in study.endpoints.items():
        frame = followed(endpoint, declared.per, times, patients, lesions)
        where = {"endpoint": endpoint, "unit": declared.per, "population": "all"}
        rows += _curve(frame, where, study)
        for name in declared_robustness(study).headline.get(endpoint, []):
            rows += _ratios(frame, name, where, study)
    return tabulate(rows + _responses(lesions, study))


def _weights(cluster: pd.Series, study: Study) -> np.ndarray:
    """The data themselves, a weight of 1 each, and then the samples."""
    robustness = declared_robustness(study)
    drawn = draw(cluster, robustness.bootstrap_replicates, robustness.seed)
    return np.vstack([np.ones(drawn.shape[1]), drawn])


def _row(values: np.ndarray, where: dict, study: Study) -> dict:
    """The estimate and its interval from the values of the data (first) and of the samples; infinite: not reached."""
    replicates = declared_robustness(study).bootstrap_replicates
    method = f"{percent(study.analyses)} percentile interval of {replicates} samples of patients"
    row = {**where, "analysis": "bootstrap", "method": method}
    estimate, samples = values[0], values[1:]
    if not np.isfinite(estimate):
        return {**row, "reason": "not reached" if np.isinf(estimate) else "undefined"}
    missing = np.isnan(samples).mean()
    if missing > TOLERATED:
        return {**row, "estimate": estimate, "reason": f"no interval: undefined in {missing:.0%} of samples"}
    tail = (1 - study.analyses.confidence) / 2
    limits = np.quantile(samples[~np.isnan(samples)], [tail, 1 - tail], method="inverted_cdf")
    low, high = np.where(np.isfinite(limits), limits, np.nan)
    return {**row, "estimate": estimate, "conf_low": low, "conf_high": high}


def _curve(frame: pd.DataFrame, where: dict, study: Study) -> list[dict]:
    at = study.analyses.rates_at_months
    where = {**where, "n": len(frame), "events": int(frame["event"].sum())}
    targets: list[dict] = [*({"statistic": "survival", "time_months": time} for time in at), {"statistic": "median"}]
    try:
        weights = _weights(frame["patient_id"], study)
        survival = survival_at(weights, frame["months"], frame["event"], at)
        values = [*survival.T, medians(weights, frame["months"], frame["event"])]
    except Undefined as reason:
        return [
            {**where, "analysis": "bootstrap", "method": "bootstrap", **of, "reason": str(reason)} for of in targets
        ]
    return [_row(value, {**where, **of}, study) for of, value in zip(targets, values, strict=True)]


def _ratios(frame: pd.DataFrame, name: str, where: dict, study: Study) -> list[dict]:
    of = design(frame, chosen(study, [name]))
    where = {**where, "statistic": "hazard_ratio", "n": of.n, "events": of.events}
    contrasts = [{**where, **contrast.where} for contrast in of.contrasts.values()]
    try:
        weights = _weights(of.cluster, study)
        ratios = np.exp(cox_log_hr(weights, of.indicators, *of.followed, ties=study.analyses.ties))
    except Undefined as reason:
        return [{**one, "analysis": "bootstrap", "method": "bootstrap", "reason": str(reason)} for one in contrasts]
    return [_row(values, one, study) for one, values in zip(contrasts, ratios.T, strict=True)]


def _responses(lesions: pd.DataFrame, study: Study) -> list[dict]:
    evaluable = lesions[lesions["response"] != "NE"]
    where = {"endpoint": "first", "unit": "lesion", "population": "evaluable", "n": len(evaluable)}
    rows = []
    for rate, classes in RATES.items():
        responded = evaluable["response"].isin(classes)
        one = {**where, "statistic": rate, "events": int(responded.sum())}
        try:
            weights = _weights(evaluable["patient_id"], study)
        except Undefined as reason:
            rows.append({**one, "analysis": "bootstrap", "method": "bootstrap", "reason": str(reason)})
            continue
        rows.append(_row(weights @ responded.to_numpy(float) / weights.sum(axis=1), one, study))
    return rows
