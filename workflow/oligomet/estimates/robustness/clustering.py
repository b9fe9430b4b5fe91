"""Lesions of a patient are not independent: what taking them as such does, beside the answers to it.

The number of a patient's lesions may tell of their fate: an informative cluster size. A variance by patient mends the
interval, not the ratio, in which a patient counts as often as she has lesions; weights of one over their number answer
for one lesion a patient (Hoffman, Sen & Weinberg 2001; Williamson, Datta & Satten 2003).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.cox_models import EACH_ONCE, cox_of, with_each_patient_once, with_frailty
from oligomet.estimates.declared import declared_robustness, of_cox
from oligomet.estimates.design import Design, chosen, design, each_endpoint
from oligomet.estimates.estimate_rows import (
    BY_PATIENT,
    INDEPENDENT,
    number_row,
    percent,
    ratio_rows,
    tabulate,
    test_row,
    wald,
)
from oligomet.estimates.factor_levels import of_lesions
from oligomet.estimates.methods.inference import ChiSquare, Fit
from oligomet.estimates.methods.logistic import logistic
from oligomet.estimates.methods_python_lacks.cox_kernel import score_test
from oligomet.estimates.methods_python_lacks.frailty import FrailtyFit

if TYPE_CHECKING:
    from oligomet.declarations import Analyses
    from oligomet.study import Study


def estimate_clustering(times: pd.DataFrame, patients: pd.DataFrame, lesions: pd.DataFrame, study: Study):
    """The headline factors of the endpoints per lesion, and of response per lesion, one at a time.

    Returns
    -------
    Rows of `estimates`, analysis clustering, unit lesion. For an endpoint: statistic naive_hazard_ratio,
    clustered_hazard_ratio, weighted_hazard_ratio (each patient counted once) and frailty_hazard_ratio, frailty_variance
    (with the p of its test), chi_square (the score test, naive and by patient). For a response factor as endpoint:
    naive_odds_ratio, clustered_odds_ratio (independence working correlation, sandwich variance) and
    exchangeable_odds_ratio.
    """
    rows: list[dict] = []
    robustness = declared_robustness(study)
    for endpoint, per_lesion in robustness.per_lesion.items():
        names = [name for name in robustness.headline.get(endpoint, []) if name not in robustness.response_factors]
        for where, frame, _ in each_endpoint({per_lesion: names}, times, patients, lesions, study):
            for name in names:
                of = design(frame, chosen(study, [name]))
                rows += _hazards(of, {**where, "analysis": "clustering"}, name, study.analyses)
        rows += [
            row
            for outcome in robustness.response_factors
            for name in names
            for row in _odds(patients, lesions, outcome, name, study)
        ]
    return tabulate(rows)


def _hazards(of: Design, where: dict, name: str, analyses: Analyses) -> list[dict]:
    options = of_cox(analyses)

    @cache
    def shared() -> FrailtyFit:
        return with_frailty(of, **options)

    def by_score(cluster: pd.Series | None) -> ChiSquare:
        return score_test(of.indicators, *of.followed, cluster=cluster, ties=analyses.ties)

    score, said = f"score test, {analyses.ties.title()} ties", f"Cox, {wald(analyses)}"
    frailty = f"Cox, gamma frailty of the patient, {wald(analyses)}"
    ways: dict[str, tuple[Callable[[], Fit], str]] = {
        "naive": (lambda: cox_of(of, "patient", analyses), f"{said}, {INDEPENDENT}"),
        "clustered": (lambda: cox_of(of, "lesion", analyses), f"{said}, {BY_PATIENT}"),
        "weighted": (lambda: with_each_patient_once(of, **options), f"{said}, {EACH_ONCE}"),
        "frailty": (shared, frailty),
    }
    rows = [
        row for way, (fit, method) in ways.items() for row in ratio_rows(fit, of, where, f"{way}_hazard_ratio", method)
    ]
    where = {**where, "factor": name, "n": of.n, "events": of.events}
    variance = number_row(
        lambda: {"estimate": shared().variance, "p_value": shared().test.p_value},
        {**where, "statistic": "frailty_variance", "method": frailty},
    )
    return [
        *rows,
        variance,
        test_row(lambda: by_score(None), where, f"{score}, {INDEPENDENT}"),
        test_row(lambda: by_score(of.cluster), where, f"{score}, {BY_PATIENT}"),
    ]


def _odds(patients: pd.DataFrame, lesions: pd.DataFrame, outcome: str, name: str, study: Study) -> list[dict]:
    """Odds of the outcome's first level in the lesions of whom it and the factor are known."""
    responded = design(of_lesions(lesions, patients), chosen(study, [outcome]))
    of = design(responded.frame.assign(event=responded.indicators.max(axis=1)), chosen(study, [name]))
    where = {"analysis": "clustering", "endpoint": outcome, "unit": "lesion", "population": "evaluable"}

    fit = partial(logistic, of.indicators, of.frame["event"], confidence=study.analyses.confidence)
    interval = f"{percent(study.analyses)} Wald interval"
    ways: dict[str, tuple[dict, str]] = {
        "naive_odds_ratio": ({}, f"logistic regression, {interval}, {INDEPENDENT}"),
        "clustered_odds_ratio": ({"cluster": of.cluster}, f"GEE, independence, {interval}, {BY_PATIENT}"),
        "exchangeable_odds_ratio": (
            {"cluster": of.cluster, "correlation": "exchangeable"},
            f"GEE, exchangeable correlation, {interval}, {BY_PATIENT}",
        ),
    }
    return [
        row
        for statistic, (options, method) in ways.items()
        for row in ratio_rows(partial(fit, **options), of, where, statistic, method)
    ]
