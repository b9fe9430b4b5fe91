"""Lesions of a patient are not independent: what taking them as such does, beside the answers to it.

The number of a patient's lesions may tell of their fate: an informative cluster size. A variance by patient mends the
interval, not the ratio, in which a patient counts as often as she has lesions; weights of one over their number answer
for one lesion a patient (Hoffman, Sen & Weinberg 2001; Williamson, Datta & Satten 2003).
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.declared import declared_robustness, of_cox
from oligomet.estimates.design import Design, chosen, design, followed
from oligomet.estimates.estimate_rows import tabulate
from oligomet.estimates.methods.cox import cox
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods.logistic import logistic
from oligomet.estimates.methods_python_lacks.cox_kernel import score_test
from oligomet.estimates.robustness.models import (
    BY_PATIENT,
    EACH_ONCE,
    INDEPENDENT,
    ratio_rows,
    test_row,
    wald,
    with_each_patient_once,
    with_frailty,
)

if TYPE_CHECKING:
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
        frame = followed(per_lesion, "lesion", times, patients, lesions)
        where = {"analysis": "clustering", "endpoint": per_lesion, "unit": "lesion", "population": "all"}
        for name in names:
            rows += _hazards(design(frame, chosen(study, [name])), where, name, study)
        for outcome in robustness.response_factors:
            for name in names:
                rows += _odds(patients, lesions, outcome, name, study)
    return tabulate(rows)


def _hazards(of: Design, where: dict, name: str, study: Study) -> list[dict]:
    ties, options = study.analyses.ties, of_cox(study.analyses)
    data = of.indicators, *of.followed

    @cache
    def shared():
        return with_frailty(of, **options)

    counts = {"factor": name, "n": of.n, "events": of.events}
    score, said = f"score test, {ties.title()} ties", f"Cox, {wald(study)}"
    frailty_method = f"Cox, gamma frailty of the patient, {wald(study)}"
    return [
        *ratio_rows(lambda: cox(*data, **options).table, of, where, "naive_hazard_ratio", f"{said}, {INDEPENDENT}"),
        *ratio_rows(
            lambda: cox(*data, cluster=of.cluster, **options).table,
            of, where, "clustered_hazard_ratio", f"{said}, {BY_PATIENT}",
        ),
        *ratio_rows(
            lambda: with_each_patient_once(of, **options).table,
            of,
            where,
            "weighted_hazard_ratio",
            f"Cox, {wald(study)}, {EACH_ONCE}",
        ),
        *ratio_rows(lambda: shared().table, of, where, "frailty_hazard_ratio", frailty_method),
        _variance(shared, {**where, **counts, "method": frailty_method}),
        test_row(lambda: score_test(*data, ties=ties), {**where, **counts}, f"{score}, {INDEPENDENT}"),
        test_row(
            lambda: score_test(*data, cluster=of.cluster, ties=ties), {**where, **counts}, f"{score}, {BY_PATIENT}"
        ),
    ]  # fmt: skip


def _variance(shared, where: dict) -> dict:
    row = {**where, "statistic": "frailty_variance"}
    try:
        found = shared()
    except Undefined as reason:
        return {**row, "reason": str(reason)}
    return {**row, "estimate": found.variance, "p_value": found.test.p_value}


def _odds(patients: pd.DataFrame, lesions: pd.DataFrame, outcome: str, name: str, study: Study) -> list[dict]:
    """Odds of the outcome's first level in the lesions of whom it and the factor are known."""
    of_patient = patients[["patient_id", *patients.columns.difference(lesions.columns, sort=False)]]
    frame = lesions.merge(of_patient, on="patient_id", validate="m:1")
    responded = design(frame, chosen(study, [outcome]))
    of = design(responded.frame.assign(event=responded.indicators.max(axis=1)), chosen(study, [name]))
    where = {"analysis": "clustering", "endpoint": outcome, "unit": "lesion", "population": "evaluable"}

    def table(**options) -> pd.DataFrame:
        return logistic(of.indicators, of.frame["event"], confidence=study.analyses.confidence, **options).table

    interval = f"{100 * study.analyses.confidence:g} % Wald interval"
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
        for row in ratio_rows(partial(table, **options), of, where, statistic, method)
    ]
