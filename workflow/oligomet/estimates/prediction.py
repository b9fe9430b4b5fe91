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
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods.penalised_logistic import PenalisedFit, grouped_folds, penalised_logistic
from oligomet.estimates.methods.predictive_performance import net_benefit, performance
from oligomet.estimates.methods.proportions import clustered_proportion
from oligomet.estimates.methods_python_lacks.resamples import draw

if TYPE_CHECKING:
    from oligomet.study import Study

COMPARATOR, BASE, FULL, EVERYONE = "score", "without image features", "with image features", "everyone"
CORRECTED = ("c_statistic", "log_loss", "brier")
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
    predicted: dict[str, np.ndarray] = {}
    for model in of.models:
        here = {**where, "form": model}
        rows += _size(of, model, here, study)
        try:
            _refuse_too_many(of, model, study)
            predicted[model] = cross_validate(of, model, study)
            rows += _judged(of, predicted[model], here, study)
            rows += _refitted(of, model, here, study)
            rows += _centres(of, model, here, study)
        except Undefined as reason:
            rows.append({**here, "statistic": "c_statistic", "method": _validation(study), "reason": str(reason)})
    rows += compare_models(of, predicted, where, study)
    rows += _decisions(of, predicted, where, study)
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
    models[BASE] = _coded(frame[declared.base])
    if declared.image_features:
        models[FULL] = models[BASE].join(_coded(frame[declared.image_features]))
    centre = frame.get(declared.centre, pd.Series(pd.NA, index=frame.index, dtype="string"))
    return Candidates(frame["complete"].astype(int), frame["patient_id"], centre, models)


def _coded(values: pd.DataFrame) -> pd.DataFrame:
    """Numbers as they are; of words an indicator for each but the most frequent, missing where the word is."""
    columns = {}
    for name, column in values.items():
        if pd.api.types.is_numeric_dtype(column):
            columns[name] = column.astype(float)
        else:
            counts = column.value_counts()
            for word in sorted(set(counts.index) - {counts.index[0]} if len(counts) else ()):
                columns[f"{name}: {word}"] = (column == word).astype("Float64").astype(float)
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


def cross_validate(of: Candidates, model: str, study: Study) -> np.ndarray:
    """What is predicted for each lesion by models that have not seen its patient: (n, repetitions)."""
    declared, covariates = declared_prediction(study), of.models[model]
    found = np.empty((len(of.outcome), declared.repeats))
    for repeat in range(declared.repeats):
        seed = declared.seed + repeat
        for fit, left_out in grouped_folds(of.outcome, of.patient, declared.folds, seed):
            some = of.rows(fit)
            fitted = penalised_logistic(some.models[model], some.outcome, some.patient, seed)
            found[left_out, repeat] = fitted.predict(covariates.iloc[left_out])
    return found


def _limits(values: np.ndarray, study: Study) -> dict[str, float]:
    tail = (1 - study.analyses.confidence) / 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # all NaN: there are no limits
        low, high = np.nanquantile(values, [tail, 1 - tail], axis=0)
    return {"conf_low": low, "conf_high": high}


def _judged(of: Candidates, predicted: np.ndarray, where: dict, study: Study) -> Iterator[dict]:
    """Discrimination and calibration of the cross-validated predictions."""
    declared = declared_prediction(study)
    weights = draw(of.patient, declared.resamples, declared.seed)
    found = performance(of.outcome, predicted)
    drawn = pd.DataFrame([performance(of.outcome, predicted, weight) for weight in weights])
    for name, value in found.items():
        row = {**where, "statistic": name, "estimate": value, "method": _validation(study)}
        yield {**row, **_limits(drawn[name].to_numpy(), study)}
    mean = pd.Series(predicted.mean(axis=1))
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
    """The model of all lesions, its performance on these less the optimism of refitting it to resampled patients."""
    declared, covariates = declared_prediction(study), of.models[model]
    final = penalised_logistic(covariates, of.outcome, of.patient, declared.seed)
    apparent = performance(of.outcome, final.predict(covariates))
    optimism, coefficients = [], []
    for weight in draw(of.patient, declared.resamples, declared.seed):
        some = of.rows(np.repeat(np.arange(len(weight)), weight.astype(int)))
        try:
            again = penalised_logistic(some.models[model], some.outcome, some.patient, declared.seed)
        except Undefined:
            continue
        there = performance(some.outcome, again.predict(some.models[model]))
        here = performance(of.outcome, again.predict(covariates))
        optimism.append({name: there[name] - here[name] for name in CORRECTED})
        coefficients.append(again.log_or)
    if not optimism:
        raise Undefined("no resample of patients could be fitted")
    corrected = pd.DataFrame(optimism).mean()
    said = f"refitted and tuned in {len(optimism)} resamples of patients"
    for name in CORRECTED:
        yield {**where, "statistic": f"apparent_{name}", "estimate": apparent[name], "method": "in its own lesions"}
        yield {
            **where,
            "statistic": f"corrected_{name}",
            "estimate": apparent[name] - corrected[name],
            "method": f"apparent less optimism, {said}",
        }
    yield from _coefficients(final, pd.DataFrame(coefficients), where, study)


def _coefficients(final: PenalisedFit, drawn: pd.DataFrame, where: dict, study: Study) -> Iterator[dict]:
    method = "ridge-penalised logistic regression"
    interval = f"{100 * study.analyses.confidence:g} % percentile interval of resampled patients"
    penalty = {"inverse_penalty": final.inverse_penalty, "intercept": final.log_or["intercept"]}
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
            rest = of.rows(np.flatnonzero(of.centre != centre))
            fitted = penalised_logistic(rest.models[model], rest.outcome, rest.patient, declared.seed)
            predicted = fitted.predict(of.models[model].iloc[left_out])
            found = performance(outcome, predicted)
            weights = draw(of.patient.iloc[left_out], declared.resamples, declared.seed)
            drawn = pd.DataFrame([performance(outcome, predicted, weight) for weight in weights])
            for name in ("c_statistic", "observed_expected"):
                yield {**row, "statistic": name, "estimate": found[name], **_limits(drawn[name].to_numpy(), study)}
        except Undefined as reason:
            yield {**row, "statistic": "c_statistic", "reason": str(reason)}


def compare_models(of: Candidates, predicted: dict[str, np.ndarray], where: dict, study: Study) -> Iterator[dict]:
    """What one model gains over another, in the same lesions and resamples; above nought it is better."""
    declared = declared_prediction(study)
    for model, other in ((BASE, COMPARATOR), (FULL, BASE)):
        if model not in predicted or other not in predicted:
            continue
        row = {**where, "form": model, "reference": other, "method": _validation(study)}

        def gained(weight: np.ndarray | None, model: str = model, other: str = other) -> tuple[float, float]:
            one, two = (performance(of.outcome, predicted[name], weight) for name in (model, other))
            return one["c_statistic"] - two["c_statistic"], two["log_loss"] - one["log_loss"]

        drawn = np.array([gained(weight) for weight in draw(of.patient, declared.resamples, declared.seed)])
        for place, name in enumerate(("c_statistic_gained", "log_likelihood_gained")):
            limits = _limits(drawn[:, place], study)
            yield {**row, "statistic": name, "estimate": gained(None)[place], **limits}


def _decisions(of: Candidates, predicted: dict[str, np.ndarray], where: dict, study: Study) -> Iterator[dict]:
    every = {EVERYONE: np.ones(len(of.outcome)), **predicted}
    method = "net benefit; of the models, cross-validated predictions"
    for model, probabilities in every.items():
        for threshold in declared_prediction(study).thresholds:
            benefit = net_benefit(of.outcome, probabilities, threshold)
            row = {**where, "form": model, "statistic": "net_benefit", "value": threshold}
            yield {**row, "estimate": benefit, "method": method}
