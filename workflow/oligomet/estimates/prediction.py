"""Predictors of complete response: a fixed score, a penalised model, and what image features add to it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from oligomet.conditions import holds
from oligomet.declarations import ConfigurationError
from oligomet.estimates.declared import declared_complete_response, declared_prediction
from oligomet.estimates.estimate_rows import tabulate
from oligomet.estimates.factor_levels import UNKNOWN, assign
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods.penalised_logistic import (
    NO_PENALTY,
    PENALTIES,
    PenalisedFit,
    grouped_folds,
    penalised_logistic,
)
from oligomet.estimates.methods.predictive_performance import net_benefit, performance
from oligomet.estimates.methods.proportions import clustered_proportion
from oligomet.estimates.methods_python_lacks.resamples import draw

if TYPE_CHECKING:
    from oligomet.study import Study

COMPARATOR, BASE, FULL, EVERYONE = "score", "without image features", "with image features", "everyone"
CORRECTED = ("c_statistic", "calibration_slope", "observed_expected", "log_loss", "brier")
OF_FIT = ("calibration_slope", "observed_expected")  # what the fit itself brings about in its own lesions
POINTS = "points"  # the one column of the score
GROUPS = 5  # of lesions in a calibration curve, by what was predicted


@dataclass(frozen=True)
class Candidates:
    """The evaluable lesions: their outcomes and patients, and the columns of each model."""

    outcome: pd.Series
    patient: pd.Series
    centre: pd.Series
    models: dict[str, pd.DataFrame]

    @property
    def rarer(self) -> int:
        return int(min(self.outcome.sum(), (1 - self.outcome).sum()))

    def rows(self, at: np.ndarray) -> Candidates:
        """The lesions at these places, which may come several times."""
        taken = {name: frame.iloc[at].reset_index(drop=True) for name, frame in self.models.items()}
        outcome, patient, centre = (
            values.iloc[at].reset_index(drop=True) for values in (self.outcome, self.patient, self.centre)
        )
        return Candidates(outcome, patient, centre, taken)


@dataclass(frozen=True)
class Judged:
    """Predictions (n, repetitions) for lesions that the model has not seen, their performance, and that by resample."""

    predicted: np.ndarray
    found: dict[str, float]
    drawn: pd.DataFrame


def estimate_prediction(
    complete_responses: pd.DataFrame, lesions: pd.DataFrame, patients: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """The models of `prediction`, each judged by lesions of patients that it has not seen.

    Parameters
    ----------
    complete_responses, lesions, patients
        The tables of those names of the outcomes stage; what a lesion has no column for is its patient's.
    study
        Its `complete_response`, `prediction` and `analyses` are used.

    Returns
    -------
    Rows of `estimates`, analysis prediction, unit lesion, population evaluable; see `oligomet.estimates`. A model with
    more candidates than the rarer outcome carries has no fit, and says so.

    Raises
    ------
    ConfigurationError
        If a declared variable is in no table.
    """
    of = candidates(complete_responses, lesions, patients, study)
    where: dict = {"analysis": "prediction", "unit": "lesion", "population": "evaluable"}
    where |= {"n": len(of.outcome), "events": int(of.outcome.sum())}
    rows: list[dict] = []
    judged: dict[str, Judged] = {}
    for model in of.models:
        here = {**where, "form": model}
        rows += _size(of, model, here, study)
        try:
            _refuse_too_many(of, model, study)
            predicted = cross_validate(of, model, study)
            judged[model] = judge(of, predicted, study)
            rows += _judgement(of, judged[model], here, study)
            rows += _refitted(of, model, here, study)
            rows += _centres(of, model, here, study)
        except Undefined as reason:
            rows.append({**here, "statistic": "c_statistic", "method": _validation(study), "reason": str(reason)})
    rows += compare_models(judged, where, study)
    rows += _decisions(of, judged, where, study)
    return tabulate(rows)


def candidates(complete: pd.DataFrame, lesions: pd.DataFrame, patients: pd.DataFrame, study: Study) -> Candidates:
    """The evaluable lesions and the columns of each model; parameters and errors as `estimate_prediction`."""
    declared, endpoint = declared_prediction(study), declared_complete_response(study)
    chosen = (complete["by"] == endpoint.by) & (complete["systemic_therapy"] == endpoint.systemic_therapy)
    known = complete.loc[chosen, ["lesion_id", "complete"]].dropna(subset="complete")
    of_patient = patients[["patient_id", *patients.columns.difference(lesions.columns, sort=False)]]
    frame = lesions.merge(of_patient, on="patient_id", validate="m:1").merge(known, on="lesion_id", validate="1:1")
    named = [*declared.base, *declared.image_features, *declared.comparator]
    if absent := [name for name in dict.fromkeys(named) if name not in frame]:
        raise ConfigurationError(
            f"prediction: {', '.join(absent)}: no column of outcomes/lesions or outcomes/patients. Expected a variable "
            "that is collected or derived."
        )
    models = {}
    if declared.comparator:
        points = [holds(frame[name], condition).fillna(False) for name, condition in declared.comparator.items()]
        models[COMPARATOR] = pd.DataFrame({POINTS: np.sum(points, axis=0)}, index=frame.index)
    models[BASE] = _coded(frame[declared.base], study)
    if declared.image_features:
        models[FULL] = models[BASE].join(_coded(frame[declared.image_features], study))
    centre = frame.get(declared.centre, pd.Series(pd.NA, index=frame.index, dtype="string"))
    return Candidates(frame["complete"].astype(int), frame["patient_id"], centre, models)


def _coded(values: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Numbers as they are; of words the indicators that `Prediction` says, missing where the word is."""
    columns = {}
    for name, column in values.items():
        if pd.api.types.is_numeric_dtype(column):
            columns[name] = column.astype(float)
            continue
        factor = study.factors.get(str(name))
        if factor and factor.variable == name:
            group = assign(values, factor).astype("string").mask(lambda one: one == UNKNOWN)
            others = [level for level in factor.levels if level != factor.reference_level]
        else:
            group, counts = column, column.value_counts()
            others = sorted(set(counts.index) - set(counts.index[:1]))
        columns |= {f"{name}: {word}": (group == word).astype("Float64").astype(float) for word in others}
    return pd.DataFrame(columns, index=values.index)


def _size(of: Candidates, model: str, where: dict, study: Study) -> Iterator[dict]:
    per = declared_prediction(study).lesions_a_parameter
    counted = {"candidates": of.models[model].shape[1], "carried": int(of.rarer // per)}
    method = f"one parameter for {per:g} lesions of the rarer outcome ({of.rarer})"
    yield from ({**where, "statistic": name, "estimate": value, "method": method} for name, value in counted.items())


def _refuse_too_many(of: Candidates, model: str, study: Study) -> None:
    count, carried = of.models[model].shape[1], int(of.rarer // declared_prediction(study).lesions_a_parameter)
    if count > carried:
        raise Undefined(
            f"{count} candidate parameters, of which {of.rarer} lesions of the rarer outcome carry {carried}"
        )


def _validation(study: Study) -> str:
    declared = declared_prediction(study)
    return (
        f"nested cross-validation of whole patients, {declared.folds} folds, {declared.repeats} repetitions; "
        f"{100 * study.analyses.confidence:g} % percentile interval of resampled patients"
    )


def fit_model(of: Candidates, model: str, seed: int) -> PenalisedFit:
    """A model of these lesions: the fixed score is recalibrated, and no penalty is put on its one coefficient."""
    penalties = NO_PENALTY if model == COMPARATOR else PENALTIES
    return penalised_logistic(of.models[model], of.outcome, of.patient, seed, penalties)


def cross_validate(of: Candidates, model: str, study: Study) -> np.ndarray:
    """What is predicted for each lesion by models that have not seen its patient: (n, repetitions)."""
    declared, covariates = declared_prediction(study), of.models[model]
    found = np.empty((len(of.outcome), declared.repeats))
    for repeat in range(declared.repeats):
        seed = declared.seed + repeat
        for fit, left_out in grouped_folds(of.outcome, of.patient, declared.folds, seed):
            some = of.rows(fit)
            fitted = fit_model(some, model, seed)
            found[left_out, repeat] = fitted.predict(covariates.iloc[left_out])
    return found


def _limits(values: np.ndarray, study: Study) -> dict[str, float]:
    tail = (1 - study.analyses.confidence) / 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # all NaN: there are no limits
        low, high = np.nanquantile(values, [tail, 1 - tail], axis=0)
    return {"conf_low": low, "conf_high": high}


def judge(of: Candidates, predicted: np.ndarray, study: Study) -> Judged:
    """The performance of predictions for the lesions of `of`, and that in each resample of their patients."""
    declared = declared_prediction(study)
    weights = draw(of.patient, declared.resamples, declared.seed)
    drawn = pd.DataFrame([performance(of.outcome, predicted, weight) for weight in weights])
    return Judged(predicted, performance(of.outcome, predicted), drawn)


def _judgement(of: Candidates, judged: Judged, where: dict, study: Study) -> Iterator[dict]:
    """Discrimination and calibration of the cross-validated predictions."""
    for name, value in judged.found.items():
        row = {**where, "statistic": name, "estimate": value, "method": _validation(study)}
        yield {**row, **_limits(judged.drawn[name].to_numpy(), study)}
    mean = pd.Series(judged.predicted.mean(axis=1))
    groups = pd.qcut(mean.rank(method="first"), min(GROUPS, len(mean)), labels=False)
    percent = f"{100 * study.analyses.confidence:g} %"
    for _, place in mean.groupby(groups):
        outcome, patient = of.outcome.iloc[place.index], of.patient.iloc[place.index]
        row = {**where, "statistic": "observed", "value": float(place.mean()), "n": len(place)}
        row |= {"events": int(outcome.sum()), "estimate": float(outcome.mean())}
        row |= {"method": f"lesions by fifths of the prediction; GEE, {percent} Wald interval, variance by patient"}
        try:
            limits = clustered_proportion(outcome, patient, confidence=study.analyses.confidence)
            yield {**row, "conf_low": limits.conf_low, "conf_high": limits.conf_high}
        except Undefined:
            yield row


def _refitted(of: Candidates, model: str, where: dict, study: Study) -> Iterator[dict]:
    """The model of all lesions, its performance on these less the optimism of refitting it to resampled patients.

    The interval of the corrected performance is that of the apparent performance in the resamples, moved by the
    optimism (the location-shifted bootstrap of Noma 2021, Stat Med 40:5691). What calibration a fit has in its own
    lesions hardly depends on them, so that its interval is that of the correction, one resample after another.
    """
    declared, covariates = declared_prediction(study), of.models[model]
    final = fit_model(of, model, declared.seed)
    apparent = performance(of.outcome, final.predict(covariates))
    seen, optimism, coefficients = [], [], []
    for weight in draw(of.patient, declared.resamples, declared.seed):
        some = of.rows(np.repeat(np.arange(len(weight)), weight.astype(int)))
        try:
            again = fit_model(some, model, declared.seed)
        except Undefined:
            continue
        there = performance(some.outcome, again.predict(some.models[model]))
        here = performance(of.outcome, again.predict(covariates))
        seen.append(there)
        optimism.append({name: there[name] - here[name] for name in CORRECTED})
        coefficients.append(again.log_or)
    if not optimism:
        raise Undefined("no resample of patients could be fitted")
    optimistic, resampled = pd.DataFrame(optimism), pd.DataFrame(seen)
    too_good = optimistic.mean()
    said = f"apparent less optimism, refitted and tuned in {len(optimism)} resamples of patients, percentile interval"
    for name in CORRECTED:
        yield {**where, "statistic": f"apparent_{name}", "estimate": apparent[name], "method": "in its own lesions"}
        row = {**where, "statistic": f"corrected_{name}", "estimate": apparent[name] - too_good[name], "method": said}
        spread = apparent[name] - optimistic[name] if name in OF_FIT else resampled[name] - too_good[name]
        yield {**row, **_limits(spread.to_numpy(), study)}
    yield from _coefficients(final, pd.DataFrame(coefficients), where, study)


def _coefficients(final: PenalisedFit, drawn: pd.DataFrame, where: dict, study: Study) -> Iterator[dict]:
    method = "logistic regression" if np.isinf(final.inverse_penalty) else "ridge-penalised logistic regression"
    interval = f"{100 * study.analyses.confidence:g} % percentile interval of resampled patients"
    penalty = {"inverse_penalty": final.inverse_penalty} if np.isfinite(final.inverse_penalty) else {}
    penalty |= {"intercept": final.log_or["intercept"]}
    yield from ({**where, "statistic": name, "estimate": value, "method": method} for name, value in penalty.items())
    for name in final.mean.index:
        row = {**where, "factor": name}
        ratio = {"statistic": "odds_ratio_per_sd", "estimate": np.exp(final.log_or[name])}
        yield {**row, **ratio, **_limits(np.exp(drawn[name].to_numpy()), study), "method": f"{method}; {interval}"}
        yield {**row, "statistic": "mean", "estimate": final.mean[name], "method": "of the lesions of the model"}
        yield {**row, "statistic": "sd", "estimate": final.sd[name], "method": "of the lesions of the model"}


def _centres(of: Candidates, model: str, where: dict, study: Study) -> Iterator[dict]:
    """Each centre predicted by a model of the others; those that are too small say so."""
    declared = declared_prediction(study)
    for centre in sorted(of.centre.dropna().unique()):
        left_out = np.flatnonzero(of.centre == centre)
        outcome = of.outcome.iloc[left_out]
        row = {**where, "factor": declared.centre, "group": centre, "n": len(outcome), "events": int(outcome.sum())}
        row |= {"method": "predicted by a model of all other centres; percentile interval of resampled patients"}
        rarer = int(min(outcome.sum(), (1 - outcome).sum()))
        try:
            if len(outcome) < declared.centre_lesions or rarer < declared.centre_rarer:
                raise Undefined(
                    f"{len(outcome)} evaluable lesions, {rarer} of the rarer outcome; "
                    f"{declared.centre_lesions} and {declared.centre_rarer} are needed"
                )
            rest, own = of.rows(np.flatnonzero(of.centre != centre)), of.rows(left_out)
            fitted = fit_model(rest, model, declared.seed)
            judged = judge(own, fitted.predict(own.models[model]), study)
            for name in ("c_statistic", "observed_expected"):
                limits = _limits(judged.drawn[name].to_numpy(), study)
                yield {**row, "statistic": name, "estimate": judged.found[name], **limits}
        except Undefined as reason:
            yield {**row, "statistic": "c_statistic", "reason": str(reason)}


def compare_models(judged: dict[str, Judged], where: dict, study: Study) -> Iterator[dict]:
    """What one model gains over another, in the same lesions and resamples; above nought it is better."""
    gains = {"c_statistic_gained": ("c_statistic", 1), "log_likelihood_gained": ("log_loss", -1)}
    for model, other in ((BASE, COMPARATOR), (FULL, BASE)):
        if model not in judged or other not in judged:
            continue
        one, two = judged[model], judged[other]
        row = {**where, "form": model, "reference": other, "method": _validation(study)}
        for name, (measure, sign) in gains.items():
            gained = sign * (one.found[measure] - two.found[measure])
            limits = _limits(sign * (one.drawn[measure] - two.drawn[measure]).to_numpy(), study)
            yield {**row, "statistic": name, "estimate": gained, **limits}


def _decisions(of: Candidates, judged: dict[str, Judged], where: dict, study: Study) -> Iterator[dict]:
    every = {EVERYONE: np.ones(len(of.outcome)), **{model: one.predicted for model, one in judged.items()}}
    declared = declared_prediction(study)
    method = "net benefit; of the models, cross-validated predictions; percentile interval of resampled patients"
    weights = draw(of.patient, declared.resamples, declared.seed)
    for model, probabilities in every.items():
        for threshold in declared.thresholds:
            benefit = net_benefit(of.outcome, probabilities, threshold)
            drawn = np.array([net_benefit(of.outcome, probabilities, threshold, weight) for weight in weights])
            row = {**where, "form": model, "statistic": "net_benefit", "value": threshold, "method": method}
            yield {**row, "estimate": benefit, **_limits(drawn, study)}
