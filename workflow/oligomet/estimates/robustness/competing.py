"""Death competes with the event: cumulative incidence and subdistribution hazards beside 1 - Kaplan-Meier and Cox."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.cox_models import cox_of
from oligomet.estimates.declared import declared_robustness, of_curve
from oligomet.estimates.design import cause_of, chosen, design, each_endpoint
from oligomet.estimates.estimate_rows import (
    aalen_johansen_of,
    by_patient,
    independent,
    percent,
    rate_rows,
    ratio_rows,
    tabulate,
    test_row,
    wald,
)
from oligomet.estimates.methods.km import kaplan_meier
from oligomet.estimates.methods_python_lacks.competing_risks import cumulative_incidence, gray
from oligomet.estimates.methods_python_lacks.fine_gray import fine_gray

if TYPE_CHECKING:
    from oligomet.study import Study


def estimate_competing(times: pd.DataFrame, patients: pd.DataFrame, lesions: pd.DataFrame, study: Study):
    """The endpoints that declare a competing event, overall and by their headline factors.

    Returns
    -------
    Rows of `estimates`, analysis competing. Statistic kaplan_meier_complement (1 - Kaplan-Meier, which takes those who
    had the competing event as if they still could have the event) and cumulative_incidence (Aalen-Johansen) at the
    declared times, `n` at risk, `events` so far; competing_events (n, events). By factor: chi_square (Gray's test),
    hazard_ratio (cause-specific) and subdistribution_hazard_ratio (Fine-Gray). Lesions are clustered in patients,
    but for Gray's test.
    """
    rows: list[dict] = []
    robustness = declared_robustness(study)
    headline_of = {per_lesion: endpoint for endpoint, per_lesion in robustness.per_lesion.items()}
    named = {
        endpoint: robustness.headline.get(headline_of.get(endpoint, endpoint), [])
        for endpoint, declared in study.endpoints.items()
        if declared.competing
    }
    for where, frame, names in each_endpoint(named, times, patients, lesions, study):
        where |= {"analysis": "competing"}
        rows += incidence_rows(frame, where, study)
        for name in names:
            rows += factor_rows(frame, where, name, study)
    return tabulate(rows)


def incidence_rows(frame: pd.DataFrame, where: dict, study: Study) -> list[dict]:
    """The probability of the event at the declared times, both ways, of the subjects that `where` names."""
    analyses, at, unit = study.analyses, study.analyses.rates_at_months, where["unit"]
    cluster, options = frame["patient_id"] if unit == "lesion" else None, of_curve(analyses)
    interval = f"{percent(analyses)} {analyses.survival_interval} interval{by_patient(unit)}"
    cause = cause_of(frame)

    def complement() -> pd.DataFrame:
        found = kaplan_meier(frame["months"], frame["event"], cluster=cluster, **options).at(at)
        turned = {"survival": "survival", "conf_low": "conf_high", "conf_high": "conf_low"}
        return found.assign(**{name: 1 - found[of] for name, of in turned.items()})

    def incidence() -> pd.DataFrame:
        return cumulative_incidence(frame["months"], cause, cluster=cluster, **options).at(at)

    complemented = f"1 - Kaplan-Meier, competing events censored, {interval}"
    count = int((cause == 2).sum())
    counted = {"statistic": "competing_events", "n": len(frame), "events": count, "method": "observed"}
    return [
        *rate_rows(complement, at, {**where, "statistic": "kaplan_meier_complement", "method": complemented}),
        *rate_rows(
            incidence, at, {**where, "statistic": "cumulative_incidence", "method": aalen_johansen_of(analyses, unit)}
        ),
        {**where, **counted, "estimate": count},
    ]


def factor_rows(frame: pd.DataFrame, where: dict, name: str, study: Study) -> list[dict]:
    """Gray's test of the groups of a factor, and the ratios of both hazards."""
    of, unit = design(frame, chosen(study, [name])), where["unit"]
    by, confidence = by_patient(unit), study.analyses.confidence
    data = of.indicators, of.frame["months"], of.cause
    return [
        test_row(
            lambda: gray(*data[1:], of.level(name)),
            {**where, "factor": name, "n": of.n, "events": of.events},
            f"Gray's test{independent(unit)}",
        ),
        *ratio_rows(
            partial(cox_of, of, unit, study.analyses),
            of, where, "hazard_ratio", f"Cox, cause-specific, {wald(study.analyses)}{by}",
        ),
        *ratio_rows(
            partial(fine_gray, *data, cluster=of.clusters(unit), confidence=confidence),
            of, where, "subdistribution_hazard_ratio", f"Fine-Gray, {wald(study.analyses, 'breslow')}{by}",
        ),
    ]  # fmt: skip
