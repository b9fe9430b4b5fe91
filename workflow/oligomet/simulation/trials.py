"""What every method says of one simulated cohort: right or wrong, or a log hazard ratio."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.random import Generator

from oligomet.estimates.methods.inference import Fit, Undefined, normal_quantile
from oligomet.estimates.methods.logrank import logrank
from oligomet.estimates.methods.proportions import clustered_proportion, proportion
from oligomet.estimates.methods_python_lacks.cox_kernel import cox_kernel, score_test
from oligomet.estimates.methods_python_lacks.km_kernel import km_kernel
from oligomet.estimates.methods_python_lacks.landmarks import at_landmark, split_at_change
from oligomet.estimates.methods_python_lacks.resamples import draw, survival_at
from oligomet.simulation.scenarios import Scenario
from oligomet.simulation.truth import EFFECT, Setting, draw_cohort, draw_responders

FACTORS = {"of_lesion": "factor of the lesion", "of_patient": "factor of the patient"}
RESAMPLES = 200  # of the bootstrap; 1000 in an analysis, where there is one
Answers = dict[tuple[str, str, str], float]  # (measure, target, method) -> 1 or 0, or a log hazard ratio


def try_cohort(setting: Setting, scenario: Scenario, true_log_hr: pd.Series, random: Generator) -> Answers:
    """One cohort without and one with effects of the factors; NaN where a method is undefined.

    Parameters
    ----------
    true_log_hr
        What the model estimates of the effects, by factor (`limit_of_cox`).
    """
    answers: Answers = {}
    cohort = draw_cohort(setting, scenario, random)
    for factor, target in FACTORS.items():
        answers |= _type_1_errors(cohort, factor, target, setting)
    answers |= _rates(cohort, setting, int(random.integers(2**31)))
    answers |= _responses(cohort, setting)
    affected = draw_cohort(setting, scenario, random, log_hr=np.log(EFFECT))
    return answers | _effects(affected, true_log_hr, setting)


def limit_of_cox(setting: Setting, scenario: Scenario, random: Generator, patients: int = 50_000) -> pd.Series:
    """What the Cox model estimates of the two effects in a cohort as good as endless."""
    endless = draw_cohort(setting, scenario, random, log_hr=np.log(EFFECT), size=patients)
    return cox_kernel(endless[list(FACTORS)], endless["months"], endless["event"]).log_ratio


def try_responders(setting: Setting, scenario: Scenario, random: Generator) -> Answers:
    """One cohort in which response has no effect, compared by response in three ways."""
    cohort = draw_responders(setting, scenario.window or "first", random)
    time, event, known_at = (cohort[name] for name in ("months", "event", "known_at"))

    def from_start() -> Fit:
        return cox_kernel(known_at.notna().to_frame("response"), time, event)

    def from_landmark() -> Fit:
        left = at_landmark(time, event, setting.landmark, known_at)
        return cox_kernel(left[["known"]], left["time"], left["event"])

    def time_dependent() -> Fit:
        split = split_at_change(time, event, known_at)
        return cox_kernel(split[["changed"]], split["stop"], split["event"], start=split["start"])

    ways = {
        "responders from the start": from_start,
        f"landmark at {setting.landmark:g} months": from_landmark,
        "time-dependent": time_dependent,
    }
    answers: Answers = {}
    for method, way in ways.items():
        try:
            found = way().table.iloc[0]
            p_value, log_hr = found["p_value"], found["log_ratio"]
        except Undefined:
            p_value = log_hr = np.nan
        answers["type-I error", "response", method] = _below(p_value, setting)
        answers["mean log hazard ratio", "response", method] = log_hr
    return answers


def _below(p_value: float, setting: Setting) -> float:
    return np.nan if np.isnan(p_value) else float(p_value < setting.significance)


def _cox(cohort: pd.DataFrame, factors: list[str]) -> dict[str, Fit]:
    """The same estimates with the model's variance and with that of the clusters."""
    rows = cohort[factors], cohort["months"], cohort["event"]
    return {"naive": cox_kernel(*rows), "clustered": cox_kernel(*rows, cluster=cohort["patient"])}


def _type_1_errors(cohort: pd.DataFrame, factor: str, target: str, setting: Setting) -> Answers:
    def naive_and_clustered() -> dict[str, float]:
        wald = {f"Cox, {name}": fit.table["p_value"].iloc[0] for name, fit in _cox(cohort, [factor]).items()}
        test = score_test(cohort[[factor]], cohort["months"], cohort["event"], cluster=cohort["patient"])
        return {**wald, "log-rank, clustered": test.p_value}

    def plain() -> dict[str, float]:
        return {"log-rank, naive": logrank(cohort["months"], cohort["event"], cohort[factor]).p_value}

    methods = ("Cox, naive", "Cox, clustered", "log-rank, clustered")
    p_values = {**_or_missing(naive_and_clustered, methods), **_or_missing(plain, ("log-rank, naive",))}
    return {("type-I error", target, method): _below(p, setting) for method, p in p_values.items()}


def _effects(cohort: pd.DataFrame, truth: pd.Series, setting: Setting) -> Answers:
    def covered() -> dict[tuple[str, str], float]:
        fits = _cox(cohort, list(FACTORS))
        away = (fits["naive"].log_ratio - truth).abs()
        z = normal_quantile(setting.confidence)
        covariances = {f"Cox, {name}": fit.covariance for name, fit in fits.items()}
        return {
            (FACTORS[factor], method): float(away[factor] <= z * np.sqrt(covariance[factor][factor]))
            for method, covariance in covariances.items()
            for factor in FACTORS
        }

    cells = [(target, method) for method in ("Cox, naive", "Cox, clustered") for target in FACTORS.values()]
    return {("coverage", *cell): hit for cell, hit in _or_missing(covered, cells).items()}


def _rates(cohort: pd.DataFrame, setting: Setting, seed: int) -> Answers:
    time, event, patient = cohort["months"], cohort["event"], cohort["patient"]

    def greenwood(cluster: pd.Series | None) -> tuple[float, float]:
        curve = km_kernel(time, event, confidence=setting.confidence, cluster=cluster)
        return tuple(curve.at(setting.time)[["conf_low", "conf_high"]].iloc[0])

    def resampled() -> tuple[float, float]:
        drawn = survival_at(draw(patient, RESAMPLES, seed), time, event, [setting.time])
        tail = (1 - setting.confidence) / 2
        return tuple(np.nanquantile(drawn, [tail, 1 - tail]))

    ways = {
        "Kaplan-Meier, naive": lambda: greenwood(None),
        "Kaplan-Meier, clustered": lambda: greenwood(patient),
        "Kaplan-Meier, bootstrap": resampled,
    }
    return {("coverage", "rate", name): _covers(way, setting.free) for name, way in ways.items()}


def _responses(cohort: pd.DataFrame, setting: Setting) -> Answers:
    responded = cohort["responded"]

    def exact() -> tuple[float, float]:
        found = proportion(responded.sum(), len(responded), confidence=setting.confidence)
        return found.conf_low, found.conf_high

    def estimating_equations() -> tuple[float, float]:
        found = clustered_proportion(responded, cohort["patient"], confidence=setting.confidence)
        return found.conf_low, found.conf_high

    ways = {"exact, naive": exact, "GEE, clustered": estimating_equations}
    return {("coverage", "response rate", name): _covers(way, setting.lesions_respond) for name, way in ways.items()}


def _covers(interval: Callable[[], tuple[float, float]], truth: float) -> float:
    try:
        low, high = interval()
    except Undefined:
        return np.nan
    return np.nan if np.isnan([low, high]).any() else float(low <= truth <= high)


def _or_missing(way: Callable[[], dict], cells) -> dict:
    try:
        return way()
    except Undefined:
        return dict.fromkeys(cells, np.nan)
