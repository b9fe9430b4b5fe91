"""The analyses as a person makes them at a notebook: the data, the fit as lifelines or statsmodels gives it, its numbers.

Who is followed, how groups are cut, what they are compared with and which method is used stand in study.yaml, and are
taken as the estimates take them. A fit that has no answer is a `NoFit`, which says why; a notebook goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from oligomet.declarations import ConfigurationError
from oligomet.estimates.groups import UNKNOWN, assign
from oligomet.estimates.methods.common import Undefined
from oligomet.estimates.robustness.landmark import assessed_on, exact, from_landmark
from oligomet.estimates.robustness.models import chosen, design, followed

if TYPE_CHECKING:
    from lifelines import CoxPHFitter, KaplanMeierFitter
    from lifelines.statistics import StatisticalResult
    from statsmodels.base.model import Results

    from oligomet.declarations import Factor
    from oligomet.study import Study

EVERYONE = "everyone"


@dataclass(frozen=True)
class NoFit:
    """In place of a fit: why there is none."""

    reason: str

    def __repr__(self) -> str:
        return f"No fit: {self.reason}."


def find_declared(among: Mapping[str, Any], name: str, what: str) -> Any:
    """What is declared under a name.

    Raises
    ------
    ConfigurationError
        If nothing is; it says what there is.
    """
    if name not in among:
        raise ConfigurationError(f"study.yaml declares no {what} {name}; it declares {', '.join(among)}.")
    return among[name]


def names_of(factors: str | Iterable[str] | None) -> list[str]:
    """One factor, several or none, as a list."""
    return [] if factors is None else [factors] if isinstance(factors, str) else list(factors)


def times_of(
    endpoint: str,
    factors: str | Iterable[str] | None,
    times: pd.DataFrame,
    patients: pd.DataFrame,
    lesions: pd.DataFrame,
    study: Study,
) -> pd.DataFrame:
    """Who is followed for an endpoint and of whom the factors are known, in the order of `times`.

    Parameters
    ----------
    factors
        A factor, or several, or None.
    times, patients, lesions
        The tables of those names of the outcomes stage.

    Returns
    -------
    A row a subject, indexed by subject_id: patient_id where that is a lesion, months, event (1 or 0), why, and for each
    factor its variable and its group.

    Raises
    ------
    ConfigurationError
        If study.yaml does not declare the endpoint or a factor.
    """
    unit = find_declared(study.endpoints, endpoint, "endpoint").per
    frame = followed(endpoint, unit, times, patients, lesions)
    why = times[times["endpoint"] == endpoint].set_index("subject_id")["why"]
    return _shown(frame.assign(why=why), ["months", "event", "why"], unit, factors, study)


def times_from(
    landmark: float,
    endpoint: str,
    factors: str | Iterable[str] | None,
    times: pd.DataFrame,
    patients: pd.DataFrame,
    lesions: pd.DataFrame,
    responses: pd.DataFrame,
    study: Study,
) -> pd.DataFrame:
    """As `times_of`, of the patients still followed at a landmark (months) whose response was known by then.

    The clock is at zero there; months are not rounded. `known_at` is the time of the last lesion's first assessment, in
    months from the start of the endpoint.
    """
    find_declared(study.endpoints, endpoint, "endpoint")
    frame = followed(endpoint, "patient", times, patients, lesions)
    frame = exact(frame, assessed_on(responses), study.months.days_per_month)
    try:
        frame = from_landmark(design(frame, _chosen(factors, study)), landmark).frame
    except Undefined:
        frame = frame.iloc[:0]
    return _shown(frame, ["known_at", "months", "event"], "patient", factors, study)


def responses_of(
    outcome: str, factors: str | Iterable[str] | None, patients: pd.DataFrame, lesions: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """The lesions of which the outcome and the factors are known.

    Parameters
    ----------
    outcome
        A factor with two groups; its first is what is predicted, e.g. objective response.

    Returns
    -------
    A row a lesion, indexed by lesion_id: patient_id, response, event (1: in the outcome's first group), and for each
    factor its variable and its group.
    """
    of_patient = patients[["patient_id", *patients.columns.difference(lesions.columns, sort=False)]]
    frame = lesions.merge(of_patient, on="patient_id", validate="m:1").set_index("lesion_id")
    group = assign(frame, find_declared(study.factors, outcome, "factor"))
    frame = frame.assign(event=(group == study.factors[outcome].levels[0]).astype(int))[group != UNKNOWN]
    return _shown(frame, ["response", "event"], "lesion", factors, study)


def _chosen(factors: str | Iterable[str] | None, study: Study) -> dict[str, Factor]:
    for name in names_of(factors):
        find_declared(study.factors, name, "factor")
    return chosen(study, names_of(factors))


def _shown(
    frame: pd.DataFrame, columns: list[str], unit: str, factors: str | Iterable[str] | None, study: Study
) -> pd.DataFrame:
    """The columns to look at, and the factors, of the subjects of whom every factor is known."""
    of = _chosen(factors, study)
    groups = pd.DataFrame({name: assign(frame, factor) for name, factor in of.items()}, index=frame.index)
    variables = [factor.variable for factor in of.values()]
    kept = dict.fromkeys([*["patient_id"] * (unit == "lesion"), *columns, *variables])
    known = (groups != UNKNOWN).all(axis=1)
    overlap = groups.columns.intersection(list(kept))
    return frame[list(kept)].join(groups.drop(columns=overlap))[known]


def fit_curves(
    followed: pd.DataFrame, factor: str | None, study: Study
) -> dict[str, KaplanMeierFitter | NoFit]:
    """Kaplan-Meier curves of the groups of a factor, or of everyone.

    Parameters
    ----------
    followed
        As `times_of` or `times_from` gives it.
    """
    from oligomet.estimates.methods.km import fit_kaplan_meier

    def fit(label: str, frame: pd.DataFrame):
        try:
            return fit_kaplan_meier(
                frame["months"], frame["event"], confidence=study.analyses.confidence, label=label
            )
        except Undefined as reason:
            return NoFit(str(reason))

    if factor is None:
        return {EVERYONE: fit(EVERYONE, followed)}
    group = assign(followed, study.factors[factor])
    return {level: fit(level, followed[group == level]) for level in study.factors[factor].levels}


def fit_factors(
    followed: pd.DataFrame, factors: str | Iterable[str] | None, study: Study
) -> Results | CoxPHFitter | NoFit:
    """Cox model of a factor or several, with the ties that study.yaml declares.

    Lesions of one patient are a cluster in its variance. A level without events has no hazard ratio and is left out
    with its subjects, who change no other ratio.
    """
    from oligomet.estimates.methods.cox import fit_cox

    def fit(covariates: pd.DataFrame, frame: pd.DataFrame):
        cluster = frame.get("patient_id")
        return fit_cox(covariates, frame["months"], frame["event"], ties=study.analyses.ties, cluster=cluster)

    return _fitted(fit, followed, factors, study)


def fit_response(
    evaluable: pd.DataFrame, factors: str | Iterable[str] | None, study: Study, by_patient: bool = True
) -> Results | NoFit:
    """Logistic regression of an outcome on a factor or several.

    Parameters
    ----------
    evaluable
        As `responses_of` gives it.
    by_patient
        Generalised estimating equations, in which lesions of one patient are a cluster; otherwise every lesion is taken
        as independent.
    """
    from oligomet.estimates.methods.logistic import fit_logistic

    def fit(covariates: pd.DataFrame, frame: pd.DataFrame):
        return fit_logistic(covariates, frame["event"], cluster=frame["patient_id"] if by_patient else None)

    return _fitted(fit, evaluable, factors, study)


def _fitted(fit, frame: pd.DataFrame, factors: str | Iterable[str] | None, study: Study):
    if not names_of(factors):
        return NoFit("study.yaml compares nothing here")
    covariates = design(frame, _chosen(factors, study)).indicators
    empty = [name for name in covariates if not frame["event"][covariates[name] == 1].any()]
    kept = ~covariates[empty].any(axis=1)
    try:
        return fit(covariates.drop(columns=empty)[kept], frame[kept])
    except Undefined as reason:
        return NoFit(str(reason))


def test_curves(followed: pd.DataFrame, factor: str | None) -> StatisticalResult | NoFit:
    """The log-rank test of the groups of a factor."""
    from lifelines.statistics import multivariate_logrank_test

    if factor is None or followed[factor].nunique() < 2:
        return NoFit("there are not two groups to compare")
    return multivariate_logrank_test(followed["months"], followed[factor], followed["event"])


def summary_of(fit: Any) -> Any:
    """What the library says of a fit: its summary, as a frame or as statsmodels prints it."""
    if isinstance(fit, NoFit):
        return fit
    return fit.summary() if callable(fit.summary) else fit.summary


def rates_of(curves: Mapping[str, KaplanMeierFitter | NoFit], study: Study) -> pd.DataFrame:
    """Rates at the declared landmarks and medians, read off the curves.

    Returns
    -------
    By level (empty for everyone), statistic (survival or median) and time_months: estimate, conf_low, conf_high; a rate
    is empty where nobody was followed so long.
    """
    from lifelines.utils import median_survival_times

    lines = []
    for level, curve in curves.items():
        level = None if level == EVERYONE else level
        if isinstance(curve, NoFit):
            continue
        limits = curve.confidence_interval_
        for time in study.analyses.rates_at_months:
            values = [curve.predict(time), *limits[limits.index <= time].iloc[-1]]
            beyond = time > curve.timeline.max() and values[0] > 0
            lines.append([level, "survival", time, *([np.nan] * 3 if beyond else values)])
        medians = [curve.median_survival_time_, *median_survival_times(limits).iloc[0]]
        lines.append([level, "median", np.nan, *(np.nan if np.isinf(value) else value for value in medians)])
    columns = ["level", "statistic", "time_months", "estimate", "conf_low", "conf_high"]
    return pd.DataFrame(lines, columns=columns).set_index(columns[:3])


def chi_square_of(test: StatisticalResult | NoFit) -> pd.DataFrame:
    """A test's estimate (chi-square) and p_value, a row by statistic."""
    values = [] if isinstance(test, NoFit) else [[test.test_statistic, test.p_value]]
    index = pd.Index(["chi_square"] * len(values), name="statistic")
    return pd.DataFrame(values, index, ["estimate", "p_value"], dtype=float)


def ratios_of(fit: Results | CoxPHFitter | NoFit, study: Study) -> pd.DataFrame:
    """Hazard or odds ratios of a model.

    Returns
    -------
    By factor and level ('<level> vs <reference>'): estimate, conf_low, conf_high, p_value (Wald).
    """
    if isinstance(fit, NoFit):
        names, values = [], np.empty((0, 4))
    elif hasattr(fit, "conf_int"):  # statsmodels
        names = fit.model.exog_names
        logs = np.column_stack([fit.params, fit.conf_int(alpha=1 - study.analyses.confidence)])
        values = np.column_stack([np.exp(logs), fit.pvalues])
    else:
        names = list(fit.params_.index)
        values = np.column_stack([np.exp(fit.params_), np.exp(fit.confidence_intervals_), fit.summary["p"]])
    at = [name.partition(": ")[::2] for name in names]
    frame = pd.DataFrame(
        values, pd.MultiIndex.from_tuples(at, names=["factor", "level"]) if at else _NO_LEVEL,
        ["estimate", "conf_low", "conf_high", "p_value"],
    )  # fmt: skip
    return frame[frame.index.get_level_values("level") != ""]  # the intercept of a logistic model


_NO_LEVEL = pd.MultiIndex.from_arrays([[], []], names=["factor", "level"])


def analysis_of(endpoint: str, factors: str | Iterable[str] | None, study: Study) -> str | None:
    """The analysis of the estimates that a Cox model is; None where study.yaml declares none such."""
    names = names_of(factors)
    if set(names) == set(study.analyses.multivariable.get(endpoint, [])):
        return "cox_multivariable"
    return "cox_univariable" if len(names) == 1 else None


def declared_factors(endpoint: str, factors: str | Iterable[str] | None, study: Study) -> list[str]:
    """The factors asked for; without any, those of the declared multivariable model, or all that are compared."""
    declared = study.analyses
    return names_of(factors) or declared.multivariable.get(endpoint, []) or declared.compare.get(endpoint, [])
