"""Values that are missing: complete cases beside multiple imputation by chained equations."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from oligomet.estimates.cox_models import cox_of
from oligomet.estimates.declared import declared_robustness
from oligomet.estimates.design import Design, chosen, design, each_endpoint
from oligomet.estimates.estimate_rows import by_patient, percent, ratio_rows, tabulate, wald
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods.km import kaplan_meier
from oligomet.estimates.methods_python_lacks.chained_equations import impute
from oligomet.estimates.methods_python_lacks.rubin import pool

if TYPE_CHECKING:
    from oligomet.study import Study


def estimate_imputation(
    times: pd.DataFrame, patients: pd.DataFrame, lesions: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """The models of `robustness` in which a value is missing, with complete cases and with the missing values imputed.

    Models: each headline factor alone, and the factors specified in advance together; for the endpoints per lesion of
    `per_lesion` the same factors, with lesions as subjects.

    Returns
    -------
    Rows of `estimates`, analyses imputation_univariable and imputation_multivariable, population complete | imputed:
    statistic hazard_ratio of each contrast; of the imputed also missing_information (fraction, 0 to 1).

    Notes
    -----
    Imputed are the factors' variables, not their groups. Each is predicted from those of all factors of the endpoint's
    models, from the event and from the Nelson-Aalen cumulative hazard at the end of follow-up (White & Royston 2009,
    Stat Med 28:1982). What is the patient's is imputed once a patient, what is a lesion's once a lesion. The factors
    that are known only after radiotherapy are left out: who lacks a response has often died or stopped coming, so that
    its absence is no accident, and landmark analyses answer that.
    """
    rows: list[dict] = []
    robustness = declared_robustness(study)
    for endpoint in dict.fromkeys([*robustness.headline, *robustness.prespecified]):
        alone = [name for name in robustness.headline.get(endpoint, []) if name not in robustness.response_factors]
        together = [
            name for name in robustness.prespecified.get(endpoint, []) if name not in robustness.response_factors
        ]
        named = dict.fromkeys([endpoint, robustness.per_lesion.get(endpoint, endpoint)], alone)
        for where, frame, _ in each_endpoint(named, times, patients, lesions, study):
            rows += _endpoint(frame.sort_index(), alone, together, where, study)
    return tabulate(rows)


def _endpoint(frame: pd.DataFrame, alone: list[str], together: list[str], where: dict, study: Study) -> list[dict]:
    variables = {name: study.factors[name].variable for name in dict.fromkeys([*alone, *together])}
    missing = {name for name, variable in variables.items() if frame[variable].isna().any()}
    models = [("imputation_univariable", [name]) for name in alone if name in missing]
    models += [("imputation_multivariable", together)] if missing & set(together) else []
    if not models:
        return []
    completed: list[pd.DataFrame] = []
    failure = None
    try:
        completed = _complete(frame, list(dict.fromkeys(variables.values())), study)
    except Undefined as reason:
        failure = reason
    rows = []
    complete = f"Cox, complete cases, {wald(study.analyses)}{by_patient(where['unit'])}"
    for analysis, names in models:
        about, of = {**where, "analysis": analysis, "population": "complete"}, design(frame, chosen(study, names))
        rows += ratio_rows(partial(cox_of, of, where["unit"], study.analyses), of, about, "hazard_ratio", complete)
        known = completed or [frame[[]]]  # where that failed, nothing more than was known
        filled = [design(frame.assign(**values), chosen(study, names)) for values in known]
        rows += _imputed(filled, failure, {**about, "population": "imputed"}, study)
    return rows


def _complete(frame: pd.DataFrame, variables: list[str], study: Study) -> list[pd.DataFrame]:
    """The incomplete ones of `variables`, completed as often as declared."""
    curve = kaplan_meier(frame["months"], frame["event"]).steps
    hazard = (curve["events"] / curve["at_risk"]).cumsum().set_axis(curve["time"])
    outcome = pd.DataFrame(
        {"event": frame["event"].astype(float), "cumulative hazard": np.asarray(hazard.asof(frame["months"]))},
        frame.index,
    )
    owner = frame["patient_id"]
    robustness = declared_robustness(study)
    return impute(
        frame[variables],
        outcome,
        robustness.imputed_datasets,
        robustness.seed,
        cluster=owner,
        of_cluster=of_patients(frame[variables], owner),
    )


def of_patients(variables: pd.DataFrame, owner: pd.Series) -> list[str]:
    """The variables that never differ between the rows of a patient, unknown ones included: they are the patient's."""
    values = variables.groupby(owner.to_numpy()).nunique(dropna=False)
    return list(values.columns[(values <= 1).all()])


def _imputed(filled: list[Design], failure: Undefined | None, where: dict, study: Study) -> list[dict]:
    """Rubin's rules over the completed data sets; degrees of freedom as if events were observations."""
    method = (
        f"Cox, {study.analyses.ties.title()} ties, {declared_robustness(study).imputed_datasets} imputations by "
        "chained equations with predictive mean matching, Rubin's rules, "
        f"{percent(study.analyses)} interval{by_patient(where['unit'])}"
    )

    @cache
    def pooled() -> pd.DataFrame:
        if failure is not None:
            raise failure
        fits = [cox_of(of, where["unit"], study.analyses) for of in filled]
        spare = max(fits[0].events - len(fits[0].log_ratio), 1)
        of_column = {
            column: pool(
                [fit.log_ratio[column] for fit in fits],
                [fit.covariance.loc[column, column] for fit in fits],
                df_complete=spare,
                confidence=study.analyses.confidence,
            )
            for column in fits[0].log_ratio.index
        }
        table = pd.DataFrame({column: vars(one) for column, one in of_column.items()}).T
        table[["estimate", "conf_low", "conf_high"]] = np.exp(table[["estimate", "conf_low", "conf_high"]])
        return table

    rows = ratio_rows(pooled, filled[0], where, "hazard_ratio", method)
    if "reason" in rows[0]:
        return rows
    without = dict.fromkeys(("conf_low", "conf_high", "p_value"))
    lost = pooled()["missing_information"]
    return rows + [
        {**row, **without, "statistic": "missing_information", "estimate": lost[column]}
        for row, column in zip(rows, filled[0].contrasts, strict=True)
    ]
