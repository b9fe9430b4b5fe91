"""Local control against dose, and how much of it confounding by site and size could be."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.declared import declared_robustness, of_cox, of_curve
from oligomet.estimates.design import chosen, design, each_endpoint
from oligomet.estimates.estimate_rows import VALUES, by_patient, kaplan_meier_of, rate_rows, tabulate, wald
from oligomet.estimates.factor_levels import UNKNOWN, assign
from oligomet.estimates.methods.cox import cox
from oligomet.estimates.methods.inference import Fit, Undefined
from oligomet.estimates.methods.km import kaplan_meier
from oligomet.estimates.methods_python_lacks.splines import spline_basis
from oligomet.estimates.robustness.confounding import e_value_rows
from oligomet.estimates.robustness.continuous import curve_rows, density, grid, spline

if TYPE_CHECKING:
    from oligomet.study import Study

STEP_GY = 10  # hazard ratios are for so much more dose
QUARTERS = 4


def estimate_dose_response(
    times: pd.DataFrame, patients: pd.DataFrame, lesions: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """The endpoint of `robustness.dose_response` by dose: unadjusted, adjusted, and within strata of the confounders.

    Returns
    -------
    Rows of `estimates`, analyses dose_response_unadjusted, dose_response_adjusted and dose_response_stratified: form
    'per 10 Gy' and the contrasts of the factor, statistic hazard_ratio, then e_value and e_value_limit;
    dose_response_curve: statistic unadjusted_hazard_ratio and adjusted_hazard_ratio of a spline at the dose that the
    row's value, against the median dose; dose_response_quarters: statistic survival at time_months (n lesions), value
    the mean dose of a quarter of the lesions. No rows where nothing is declared.

    Notes
    -----
    Subjects are those of whom dose and confounders are known, the same in every model. Confounders enter as numbers
    where their variable is one that was measured, else as the indicators of their levels; strata are their levels.
    Lesions of a level without event tell nothing of dose: their hazard ratio is 0, and they leave the model.
    """
    declared = declared_robustness(study).dose_response
    if declared is None:
        return tabulate([])
    [(where, frame, _)] = each_endpoint({declared.endpoint: []}, times, patients, lesions, study)
    frame = frame[frame[study.factors[declared.factor].variable].notna()]
    for name in declared.adjust:
        frame = frame[assign(frame, study.factors[name]) != UNKNOWN]
    where |= {"factor": declared.factor}
    dose = frame[study.factors[declared.factor].variable].astype(float)
    step = f"per {STEP_GY} Gy"
    groups = design(frame, chosen(study, [declared.factor]))
    exposures = [
        ((dose / STEP_GY).to_frame(step), {step: {"form": step}}),
        (groups.indicators, {column: contrast.where for column, contrast in groups.contrasts.items()}),
    ]
    models = [
        row
        for how in ("unadjusted", "adjusted", "stratified")
        for exposure, named in exposures
        for row in _ratios(frame, exposure, named, how, where, study)
    ]
    return tabulate([*models, *_curves(frame, dose, where, study), *_quarters(frame, dose, where, study)])


def _confounders(study: Study) -> list[str]:
    """The factors that the models are adjusted for."""
    declared = declared_robustness(study).dose_response
    return declared.adjust if declared else []


def _adjustment(frame: pd.DataFrame, study: Study) -> tuple[pd.DataFrame, pd.Series]:
    """The columns of the confounders on the index of `frame`, and who stays in a model with them."""
    columns, stays = pd.DataFrame(index=frame.index), pd.Series(True, frame.index)
    for name in _confounders(study):
        factor = study.factors[name]
        values = frame[factor.variable]
        if pd.api.types.is_numeric_dtype(values) and values.nunique() > 2:
            columns[name] = values.astype(float)
            continue
        level = assign(frame, factor).astype(str)
        eventful = [one for one in factor.levels if frame.loc[level == one, "event"].any()]
        stays &= level.isin(eventful)
        for one in eventful[1:]:
            columns[f"{name}: {one}"] = (level == one).astype(float)
    return columns, stays


def _model(frame: pd.DataFrame, exposure: pd.DataFrame, how: str, unit: str, study: Study) -> Fit:
    if not frame["event"].any():
        raise Undefined("no events")
    strata = None
    if how == "adjusted":
        columns, stays = _adjustment(frame, study)
        frame, exposure = frame[stays], exposure.join(columns)[stays]
    if how == "stratified":
        levels = [assign(frame, study.factors[name]).astype(str) for name in _confounders(study)]
        strata = pd.concat(levels, axis=1).apply(tuple, axis=1).map(str)
    cluster = frame["patient_id"] if unit == "lesion" else None
    return cox(exposure, frame["months"], frame["event"], cluster=cluster, strata=strata, **of_cox(study.analyses))


def _method(how: str, where: dict, study: Study) -> str:
    names = " and ".join(_confounders(study))
    said = {"unadjusted": "unadjusted", "adjusted": f"adjusted for {names}", "stratified": f"within strata of {names}"}
    return f"Cox, {said[how]}, {wald(study.analyses)}{by_patient(where['unit'])}"


def _ratios(
    frame: pd.DataFrame, exposure: pd.DataFrame, named: dict[str, dict], how: str, where: dict, study: Study
) -> list[dict]:
    """`named`: what the rows of each column of the exposure are of."""
    about = {**where, "analysis": f"dose_response_{how}"}
    ratio = {"statistic": "hazard_ratio", "method": _method(how, where, study)}
    try:
        fit = _model(frame, exposure, how, where["unit"], study)
    except Undefined as reason:
        counts = {"n": len(frame), "events": int(frame["event"].sum()), "reason": str(reason)}
        return [{**about, **ratio, **counts, **of} for of in named.values()]
    about |= {"n": fit.n, "events": fit.events}
    rows = []
    for column, of in named.items():
        row = {**about, **ratio, **fit.table[VALUES].loc[column], **of}
        rows += [row, *e_value_rows(row)]
    return rows


def _curves(frame: pd.DataFrame, dose: pd.Series, where: dict, study: Study) -> list[dict]:
    about = {**where, "analysis": "dose_response_curve"}
    rows = []
    for how in ("unadjusted", "adjusted"):
        statistic = {"statistic": f"{how}_hazard_ratio"}
        try:
            columns, at = spline(dose, declared_robustness(study).knots)
            fit = _model(frame, columns, how, where["unit"], study)
        except Undefined as reason:
            method = f"{_method(how, where, study)}, restricted cubic spline"
            rows.append({**about, **statistic, "method": method, "reason": str(reason)})
            continue
        points, middle = grid(dose), dose.median()
        method = f"{_method(how, where, study)}, restricted cubic spline, {len(at)} knots, against {middle:g} Gy"
        named = {**about, **statistic, "method": method}
        found = curve_rows(fit, spline_basis(points, at), spline_basis([middle], at), points, named)
        rows += [{**row, "n": n} for row, n in zip(found, density(dose, points), strict=True)]
    return rows


def _quarters(frame: pd.DataFrame, dose: pd.Series, where: dict, study: Study) -> list[dict]:
    analyses, unit = study.analyses, where["unit"]
    about = {**where, "analysis": "dose_response_quarters", "method": kaplan_meier_of(analyses, unit)}

    def rates(part: pd.DataFrame) -> pd.DataFrame:
        cluster = part["patient_id"] if unit == "lesion" else None
        curve = kaplan_meier(part["months"], part["event"], cluster=cluster, **of_curve(analyses))
        return curve.at(analyses.rates_at_months).drop(columns=["at_risk", "events"])

    rows = []
    for _, members in dose.groupby(pd.qcut(dose, QUARTERS, duplicates="drop"), observed=True):
        part = frame.loc[members.index]
        quarter = {**about, "value": members.mean(), "n": len(part), "events": int(part["event"].sum())}
        rows += rate_rows(partial(rates, part), analyses.rates_at_months, quarter)
    return rows
