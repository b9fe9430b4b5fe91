"""Cox models: one factor at a time, and together as declared."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.cox_models import cox_of
from oligomet.estimates.design import Design, chosen, design, each_endpoint, without_ratio
from oligomet.estimates.estimate_rows import DEGREES, by_patient, independent, ratio_rows, tabulate, test_row, wald
from oligomet.estimates.methods.cox import likelihood_ratio_of
from oligomet.estimates.methods.inference import ChiSquare

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
    named = {endpoint: study.analyses.compare.get(endpoint, []) for endpoint in study.endpoints}
    for where, frame, names in each_endpoint(named, times, patients, lesions, study):
        together = study.analyses.multivariable.get(where["endpoint"], [])
        models = [("cox_univariable", [name]) for name in names]
        models += [("cox_multivariable", together)] if together else []
        for analysis, names in models:
            rows += _model(design(frame, chosen(study, names)), names, study.analyses, {**where, "analysis": analysis})
    return tabulate(rows)


def _model(of: Design, names: list[str], analyses: Analyses, where: dict) -> list[dict]:
    """The rows of one model: a hazard ratio for each contrast, a test for each factor, and for all if they are many."""
    without, unit = without_ratio(of, "events"), where["unit"]
    fit = partial(cox_of, of.leaving_out(list(without)), unit, analyses)
    rows = ratio_rows(fit, of, where, "hazard_ratio", f"Cox, {wald(analyses)}{by_patient(unit)}", without)
    tests = f"Cox, {analyses.ties.title()} ties, likelihood-ratio test{independent(unit)}{DEGREES}"
    for name in [*names, *([None] if len(names) > 1 else [])]:
        tested = list(of.contrasts) if name is None else of.columns(name)
        row = {**where, "n": of.n, "events": of.events, "factor": name}
        rows.append(test_row(partial(_test, tested, of, analyses), row, tests, "likelihood_ratio"))
    return rows


def _test(tested: list[str], of: Design, analyses: Analyses) -> ChiSquare:
    """The likelihood-ratio test of columns of the design, as far as somebody is in them."""
    present = of.indicators.loc[:, of.indicators.any()]
    tested = [name for name in tested if name in present]
    return likelihood_ratio_of(tested, present, *of.followed, ties=analyses.ties)
