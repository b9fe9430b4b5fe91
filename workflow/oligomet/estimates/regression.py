"""Cox models: one factor at a time, and together as declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.declared import of_cox
from oligomet.estimates.design import Design, chosen, design, without_ratio
from oligomet.estimates.estimate_rows import degrees, tabulate
from oligomet.estimates.factor_levels import subjects
from oligomet.estimates.methods.cox import cox, likelihood_ratio_of
from oligomet.estimates.methods.inference import Undefined

if TYPE_CHECKING:
    from oligomet.declarations import Analyses
    from oligomet.study import Study


def estimate_regression(
    times: pd.DataFrame, patients: pd.DataFrame, lesions: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Hazard ratios of the factors of `analyses.compare`, each alone, and of `analyses.multivariable`, together.

    Parameters
    ----------
    times, patients, lesions
        The tables of those names of the outcomes stage.
    study
        Its `endpoints`, `factors` and `analyses` are used.

    Returns
    -------
    Rows of `estimates`, analyses cox_univariable and cox_multivariable; `n` and `events` are the model's. A model has
    the subjects for whom each of its factors is known. Lesions of one patient are a cluster in intervals and Wald
    tests, the likelihood-ratio tests take them as independent.

    Notes
    -----
    A level without events has no ratio (see `design.without_ratio`): its row is empty and says so. The tests need no
    finite ratio and are of all levels that somebody has.
    """
    rows: list[dict] = []
    for endpoint, declared in study.endpoints.items():
        frame = subjects(endpoint, declared.per, times, patients, lesions)
        where = {"endpoint": endpoint, "unit": declared.per, "population": "all"}
        models = [("cox_univariable", [name]) for name in study.analyses.compare.get(endpoint, [])]
        models += [("cox_multivariable", names) for names in [study.analyses.multivariable.get(endpoint, [])] if names]
        for analysis, names in models:
            of = design(frame, chosen(study, names))
            rows += _model(of, names, study.analyses, {**where, "analysis": analysis, "n": of.n, "events": of.events})
    return tabulate(rows)


def _model(of: Design, names: list[str], analyses: Analyses, where: dict) -> list[dict]:
    """The rows of one model: a hazard ratio for each contrast, a test for each factor, and for all if they are many."""
    reasons, failure, ratios = without_ratio(of, "events"), None, pd.DataFrame()
    try:
        ratios = _ratios(of, list(reasons), analyses, where["unit"])
    except Undefined as undefined:
        failure = str(undefined)
    by = ", variance by patient" if where["unit"] == "lesion" else ""
    method = f"Cox, {analyses.ties.title()} ties, {100 * analyses.confidence:g} % Wald interval{by}"
    rows = []
    for column, contrast in of.contrasts.items():
        row = {**where, **contrast.where, "statistic": "hazard_ratio", "method": method}
        reason = reasons.get(column, failure)
        rows.append({**row, **({"reason": reason} if reason else ratios.loc[column])})
    for name in [*names, *([None] if len(names) > 1 else [])]:
        tested = list(of.contrasts) if name is None else of.columns(name)
        rows.append({**where, "factor": name, **_test(tested, of, analyses, where["unit"])})
    return rows


def _ratios(of: Design, without: list[str], analyses: Analyses, unit: str) -> pd.DataFrame:
    """The hazard ratios, by column of the design, without the columns that have none."""
    some = of.rows(~of.indicators[without].any(axis=1))
    cluster = some.cluster if unit == "lesion" else None
    fit = cox(some.indicators.drop(columns=without), *some.followed, cluster=cluster, **of_cox(analyses))
    return fit.table.rename(columns={"hazard_ratio": "estimate"})[["estimate", "conf_low", "conf_high", "p_value"]]


def _test(tested: list[str], of: Design, analyses: Analyses, unit: str) -> dict:
    """The likelihood-ratio test of columns of the design, as far as somebody is in them."""
    present = of.indicators.loc[:, of.indicators.any()]
    independent = ", lesions taken as independent" if unit == "lesion" else ""
    method = f"Cox, {analyses.ties.title()} ties, likelihood-ratio test{independent}"
    row = {"statistic": "likelihood_ratio", "method": method}
    try:
        tested = [name for name in tested if name in present]
        test = likelihood_ratio_of(tested, present, *of.followed, ties=analyses.ties)
    except Undefined as reason:
        return {**row, "reason": str(reason)}
    values = {"estimate": test.chi_square, "p_value": test.p_value}
    return {**row, **values, "method": f"{method}, {degrees(test.df)}"}
