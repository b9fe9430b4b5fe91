"""Analyses as a person makes them at a notebook: the data, the fit that lifelines or statsmodels gives, its numbers.

Who is followed, how groups are cut, what they are compared with and which method is used stand in study.yaml, and are
taken as the estimates take them. A fit that has no answer is a `NoFit`, which says why; a notebook goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from oligomet.declarations import find_declared
from oligomet.estimates.design import contrasts_of, design, followed
from oligomet.estimates.factor_levels import UNKNOWN, assign, of_lesions
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods.survival_curve import KaplanMeier
from oligomet.estimates.robustness.landmark import assessed_on, exact, from_landmark

if TYPE_CHECKING:
    from lifelines import KaplanMeierFitter
    from lifelines.statistics import StatisticalResult
    from statsmodels.discrete.discrete_model import BinaryResultsWrapper
    from statsmodels.duration.hazard_regression import PHRegResults
    from statsmodels.genmod.generalized_estimating_equations import GEEResultsWrapper

    from oligomet.declarations import Factor, Unit
    from oligomet.study import Study

EVERYONE = "everyone"


@dataclass(frozen=True)
class NoFit:
    """In place of a fit: why there is none."""

    reason: str

    def __repr__(self) -> str:
        return f"No fit: {self.reason}."


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
    chosen = _chosen(factors, study)
    try:
        frame = from_landmark(design(frame, chosen), landmark).frame if chosen else frame.iloc[:0]
    except Undefined:
        frame = frame.iloc[:0]
    return _shown(frame, ["known_at", "months", "event"], "patient", factors, study)


def responses_of(
    outcome: str | None,
    factors: str | Iterable[str] | None,
    patients: pd.DataFrame,
    lesions: pd.DataFrame,
    study: Study,
) -> pd.DataFrame:
    """The lesions of which the outcome and the factors are known.

    Parameters
    ----------
    outcome
        A factor; what is not its reference is what is predicted, e.g. objective response. None: every lesion.

    Returns
    -------
    A row a lesion, indexed by lesion_id: patient_id, response, event (1: not in the outcome's reference group; absent
    without an outcome), and for each factor its variable and its group.
    """
    frame = of_lesions(lesions, patients).set_index("lesion_id")
    if outcome is None:
        return _shown(frame, ["response"], "lesion", factors, study)
    factor = find_declared(study.factors, outcome, "factor")
    group = assign(frame, factor)
    frame = frame.assign(event=(group != factor.reference_level).astype(int))[group != UNKNOWN]
    return _shown(frame, ["response", "event"], "lesion", factors, study)


def _chosen(factors: str | Iterable[str] | None, study: Study) -> dict[str, Factor]:
    return {name: find_declared(study.factors, name, "factor") for name in names_of(factors)}


def _shown(
    frame: pd.DataFrame, columns: list[str], unit: str, factors: str | Iterable[str] | None, study: Study
) -> pd.DataFrame:
    """The columns to look at, and the factors, of the subjects of whom every factor is known."""
    of = _chosen(factors, study)
    found = frame[[*["patient_id"] * (unit == "lesion"), *columns]].copy()
    known = pd.Series(True, index=frame.index)
    for factor in of.values():
        found[factor.variable], found[factor.label] = frame[factor.variable], assign(frame, factor)
        known &= found[factor.label] != UNKNOWN
    return found[known]


def fit_curves(followed: pd.DataFrame, factor: str | None, study: Study) -> dict[str, KaplanMeierFitter | NoFit]:
    """Kaplan-Meier curves of the groups of a factor, or of everyone.

    Parameters
    ----------
    followed
        As `times_of` or `times_from` gives it, with the factor.
    """
    from oligomet.estimates.methods.km import fit_kaplan_meier

    def fit(label: str, frame: pd.DataFrame) -> KaplanMeierFitter | NoFit:
        try:
            return fit_kaplan_meier(frame["months"], frame["event"], confidence=study.analyses.confidence, label=label)
        except Undefined as reason:
            return NoFit(str(reason))

    if factor is None:
        return {EVERYONE: fit(EVERYONE, followed)}
    group = assign(followed, study.factors[factor])
    return {level: fit(level, followed[group == level]) for level in study.factors[factor].levels}


def compare_curves(followed: pd.DataFrame, factor: str | None, study: Study) -> StatisticalResult | NoFit:
    """The log-rank test of the groups of a factor, by lifelines; the estimates have it from statsmodels."""
    from lifelines.statistics import multivariate_logrank_test

    if factor is None:
        return NoFit("no groups are compared")
    group = assign(followed, study.factors[factor]).astype(str)
    if group.nunique() < 2 or not followed["event"].any():
        return NoFit("one group only" if followed["event"].any() else "no events")
    return multivariate_logrank_test(followed["months"], group, followed["event"])


def fit_factors(followed: pd.DataFrame, factors: str | Iterable[str] | None, study: Study) -> PHRegResults | NoFit:
    """Cox model of a factor or several, with the ties that study.yaml declares.

    Lesions of one patient are a cluster in the variance; with Efron's ties they are taken as independent here, because
    the libraries' clustered variance is another one than the estimates'.
    """
    from oligomet.estimates.methods.cox import cox, fit_cox

    def fit(covariates: pd.DataFrame, frame: pd.DataFrame) -> PHRegResults:
        ties = study.analyses.ties
        cluster = frame.get("patient_id") if ties == "breslow" else None
        data = covariates, frame["months"], frame["event"]
        cox(*data, ties=ties, cluster=cluster)  # refuses in words what statsmodels would answer with any number
        return fit_cox(*data, ties=ties, cluster=cluster)

    return _fitted(fit, followed, factors, study, lambda share: share > 0)


def fit_response(
    evaluable: pd.DataFrame, factors: str | Iterable[str] | None, study: Study, by_patient: bool = True
) -> BinaryResultsWrapper | GEEResultsWrapper | NoFit:
    """Logistic regression of an outcome on a factor or several.

    Parameters
    ----------
    evaluable
        As `responses_of` gives it, with the factors.
    by_patient
        Generalised estimating equations, in which lesions of one patient are a cluster; otherwise every lesion is taken
        as independent.
    """
    from oligomet.estimates.methods.logistic import INTERCEPT, fit_logistic, logistic

    def fit(covariates: pd.DataFrame, frame: pd.DataFrame) -> BinaryResultsWrapper | GEEResultsWrapper:
        cluster = frame["patient_id"] if by_patient else None
        logistic(covariates, frame["event"], cluster=cluster)  # refuses as `cox` does
        found = fit_logistic(covariates, frame["event"], cluster=cluster)
        found.model.exog_names[:] = [INTERCEPT, *covariates]
        return found

    return _fitted(fit, evaluable, factors, study, lambda share: 0 < share < 1)


def _fitted(
    fit: Callable,
    frame: pd.DataFrame,
    factors: str | Iterable[str] | None,
    study: Study,
    estimable: Callable[[float], bool],
) -> Any:
    """A fit of indicators of factors; a level without a ratio is left out with its subjects: they change no other."""
    if not names_of(factors):
        return NoFit("no groups are compared")
    covariates = design(frame, _chosen(factors, study)).indicators
    events = frame["event"].astype(float)  # of a level without a subject the share is no number
    without = [name for name in covariates if not estimable(events[covariates[name] == 1].mean())]
    kept = ~covariates[without].any(axis=1)
    covariates = covariates.drop(columns=without)
    if covariates.empty:
        return NoFit("no level beside the reference has a ratio")
    try:
        return fit(covariates[kept], frame[kept])
    except Undefined as reason:
        return NoFit(str(reason))


def summary_of(fit: Any) -> Any:
    """The library's summary of a fit: lifelines has it as a frame, statsmodels makes it when it is called."""
    if isinstance(fit, NoFit):
        return fit
    return fit.summary() if callable(fit.summary) else fit.summary


def rates_of(curves: Mapping[str, KaplanMeierFitter | NoFit], study: Study) -> pd.DataFrame:
    """Rates at the declared landmarks and medians, read off the curves.

    Returns
    -------
    By group (where there are groups), statistic (survival or median) and time_months: estimate, conf_low, conf_high.
    A rate is empty where nobody was followed so long; limits are empty where survival is 0 or 1, where lifelines
    repeats it. A median is R's, as `KaplanMeier.median` says.
    """
    lines = []
    for name, curve in curves.items():
        if isinstance(curve, NoFit):
            continue
        survival = curve.survival_function_.iloc[:, 0]
        steps = curve.confidence_interval_.where((survival > 0) & (survival < 1))
        steps.columns = ["conf_low", "conf_high"]
        steps.insert(0, "survival", survival)
        for time in study.analyses.rates_at_months:
            followed = time <= steps.index[-1] or survival.iloc[-1] == 0
            lines.append([name, "survival", time, *(steps.loc[:time].iloc[-1] if followed else [np.nan] * 3)])
        median = KaplanMeier(steps.rename_axis("time").reset_index(), len(curve.durations), 0).median
        lines.append([name, "median", np.nan, median.estimate, median.conf_low, median.conf_high])
    keys, values = ["group", "statistic", "time_months"], ["estimate", "conf_low", "conf_high"]
    rates = pd.DataFrame(lines, columns=[*keys, *values]).astype({"group": "string"}).set_index(keys)
    return rates.droplevel("group") if EVERYONE in curves else rates


def chi_square_of(test: StatisticalResult | NoFit) -> pd.DataFrame:
    """A test's chi-square and p, by statistic: estimate, p_value."""
    values = [] if isinstance(test, NoFit) else [[test.test_statistic, test.p_value]]
    index = pd.Index(["chi_square"] * len(values), dtype="string", name="statistic")
    return pd.DataFrame(values, index, ["estimate", "p_value"], dtype=float)


def ratios_of(fit: PHRegResults | BinaryResultsWrapper | GEEResultsWrapper | NoFit, study: Study) -> pd.DataFrame:
    """Hazard or odds ratios of a model, by factor, group and reference, without the intercept.

    Returns
    -------
    estimate, conf_low, conf_high, p_value (Wald).
    """
    columns = ["estimate", "conf_low", "conf_high", "p_value"]
    if isinstance(fit, NoFit):
        names, values = [], np.empty((0, 4))
    else:
        names = list(fit.model.exog_names)
        limits = fit.conf_int(alpha=1 - study.analyses.confidence)
        values = np.column_stack([np.exp(fit.params), np.exp(limits), fit.pvalues])
    contrasts = {str(contrast): contrast.where for contrast in contrasts_of(study.factors)}
    at = [name for name in names if name in contrasts]
    index = pd.DataFrame([contrasts[name] for name in at], columns=["factor", "group", "reference"], dtype="string")
    frame = pd.DataFrame(values, names, columns).loc[at]
    return frame.set_axis(pd.MultiIndex.from_frame(index))


def analysis_of(outcome: str, factors: str | Iterable[str] | None, study: Study) -> str:
    """The analysis of the estimates that a model of an endpoint or of a response is, if study.yaml declares it."""
    kind, declared = "logistic", study.analyses.logistic
    if outcome in study.endpoints:
        kind, declared = "cox", study.analyses.multivariable
    names = names_of(factors)
    together = set(names) == set(declared.get(outcome, [])) and names
    return f"{kind}_multivariable" if together else f"{kind}_univariable" * (len(names) == 1)


def declared_factors(outcome: str | None, factors: str | Iterable[str] | None, study: Study) -> list[str]:
    """The factors asked for; without any, those of the model that study.yaml declares, or else all that it compares."""
    declared = study.analyses
    models = (declared.multivariable, declared.logistic, declared.compare)
    return names_of(factors) or next((model[outcome] for model in models if outcome in model), [])


def summaries_of(frame: pd.DataFrame, unit: Unit, study: Study) -> pd.DataFrame:
    """pandas' description of the variables that study.yaml describes, by factor and statistic: estimate."""
    names = {"std": "sd", "25%": "q1", "50%": "median", "75%": "q3"}
    found = frame[study.analyses.describe.get(unit, [])].astype(float).describe().drop(index="count").rename(names)
    rows = found.rename_axis("statistic").reset_index().melt("statistic", var_name="factor", value_name="estimate")
    return rows.astype({"factor": "string", "statistic": "string"}).set_index(["factor", "statistic"])
