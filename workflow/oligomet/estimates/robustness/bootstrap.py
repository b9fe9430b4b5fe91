"""Percentile intervals of every headline number from samples of whole patients."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from oligomet.estimates.declared import declared_robustness
from oligomet.estimates.design import chosen, design, each_endpoint
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
    headline = declared_robustness(study).headline
    named = {endpoint: headline.get(endpoint, []) for endpoint in study.endpoints}
    for where, frame, names in each_endpoint(named, times, patients, lesions, study):
        rows += _curve(frame, where, study)
        for name in names:
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


def _rows(samples: Callable[[], np.ndarray], targets: list[dict], where: dict, study: Study) -> list[dict]:
    """A row for each target, a column of the values of the data (first) and of the samples."""
    try:
        values = samples()
    except Undefined as reason:
        undefined = {**where, "analysis": "bootstrap", "method": "bootstrap", "reason": str(reason)}
        return [{**undefined, **of} for of in targets]
    return [_row(column, {**where, **of}, study) for of, column in zip(targets, values.T, strict=True)]


def _curve(frame: pd.DataFrame, where: dict, study: Study) -> list[dict]:
    at, followed = study.analyses.rates_at_months, (frame["months"], frame["event"])

    def samples() -> np.ndarray:
        weights = _weights(frame["patient_id"], study)
        return np.column_stack([survival_at(weights, *followed, at), medians(weights, *followed)])

    targets: list[dict] = [*({"statistic": "survival", "time_months": time} for time in at), {"statistic": "median"}]
    return _rows(samples, targets, {**where, "n": len(frame), "events": int(frame["event"].sum())}, study)


def _ratios(frame: pd.DataFrame, name: str, where: dict, study: Study) -> list[dict]:
    of = design(frame, chosen(study, [name]))

    def samples() -> np.ndarray:
        weights = _weights(of.cluster, study)
        return np.exp(cox_log_hr(weights, of.indicators, *of.followed, ties=study.analyses.ties))

    where = {**where, "statistic": "hazard_ratio", "n": of.n, "events": of.events}
    return _rows(samples, [contrast.where for contrast in of.contrasts.values()], where, study)


def _responses(lesions: pd.DataFrame, study: Study) -> list[dict]:
    evaluable = lesions[lesions["response"] != "NE"]
    responded = {rate: evaluable["response"].isin(classes) for rate, classes in RATES.items()}

    def samples() -> np.ndarray:
        weights = _weights(evaluable["patient_id"], study)
        return np.column_stack([weights @ one.to_numpy(float) / weights.sum(axis=1) for one in responded.values()])

    where = {"endpoint": "first", "unit": "lesion", "population": "evaluable", "n": len(evaluable)}
    targets = [{"statistic": rate, "events": int(one.sum())} for rate, one in responded.items()]
    return _rows(samples, targets, where, study)
