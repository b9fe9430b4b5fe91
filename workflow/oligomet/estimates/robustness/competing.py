"""Death competes with the event: cumulative incidence and subdistribution hazards beside 1 - Kaplan-Meier and Cox."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.declared import declared_robustness, of_cox, of_curve
from oligomet.estimates.design import chosen, design, followed
from oligomet.estimates.estimate_rows import tabulate
from oligomet.estimates.factor_levels import UNKNOWN, assign
from oligomet.estimates.methods.cox import cox
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods.km import kaplan_meier
from oligomet.estimates.methods_python_lacks.competing_risks import cumulative_incidence, gray
from oligomet.estimates.methods_python_lacks.fine_gray import fine_gray
from oligomet.estimates.robustness.models import BY_PATIENT, INDEPENDENT, ratio_rows, test_row, wald

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
    for endpoint, declared in study.endpoints.items():
        if not declared.competing:
            continue
        frame = followed(endpoint, declared.per, times, patients, lesions)
        where = {"analysis": "competing", "endpoint": endpoint, "unit": declared.per, "population": "all"}
        rows += incidence_rows(frame, where, study)
        for name in robustness.headline.get(headline_of.get(endpoint, endpoint), []):
            rows += factor_rows(frame, where, name, study)
    return tabulate(rows)


def incidence_rows(frame: pd.DataFrame, where: dict, study: Study) -> list[dict]:
    """The probability of the event at the declared times, both ways, of the subjects that `where` names."""
    analyses, at = study.analyses, study.analyses.rates_at_months
    lesion = where["unit"] == "lesion"
    cluster, options = frame["patient_id"] if lesion else None, of_curve(analyses)
    interval = f"{100 * analyses.confidence:g} % {analyses.survival_interval} interval"
    interval += f", {BY_PATIENT}" if lesion else ""
    cause = frame["event"].astype(int).mask(frame["competing"] == 1, 2)

    def complement() -> pd.DataFrame:
        found = kaplan_meier(frame["months"], frame["event"], cluster=cluster, **options).at(at)
        found["estimate"], found["conf_low"], found["conf_high"] = (
            1 - found[name] for name in ("survival", "conf_high", "conf_low")
        )
        return found

    def incidence() -> pd.DataFrame:
        found = cumulative_incidence(frame["months"], cause, cluster=cluster, **options).at(at)
        return found.rename(columns={"incidence": "estimate"})

    ways = {
        "kaplan_meier_complement": (complement, f"1 - Kaplan-Meier, competing events censored, {interval}"),
        "cumulative_incidence": (incidence, f"Aalen-Johansen, {interval}"),
    }
    rows = []
    for statistic, (estimated, method) in ways.items():
        row = {**where, "statistic": statistic, "method": method}
        try:
            found = (
                estimated()
                .rename(columns={"time": "time_months", "at_risk": "n"})
                .drop(columns="survival", errors="ignore")
            )
            rows += [{**row, **one} for one in found.drop(columns="std_error").to_dict("records")]
        except Undefined as reason:
            rows += [{**row, "time_months": time, "reason": str(reason)} for time in at]
    count = int((cause == 2).sum())
    counted = {"statistic": "competing_events", "n": len(frame), "events": count, "method": "observed"}
    return [*rows, {**where, **counted, "estimate": count}]


def factor_rows(frame: pd.DataFrame, where: dict, name: str, study: Study) -> list[dict]:
    """Gray's test of the groups of a factor, and the ratios of both hazards."""
    level = assign(frame, study.factors[name])
    known = level != UNKNOWN
    of = design(frame, chosen(study, [name]))
    lesion = where["unit"] == "lesion"
    cluster = of.cluster if lesion else None
    by = f", {BY_PATIENT}" if lesion else ""
    counts = {"factor": name, "n": of.n, "events": of.events}
    return [
        test_row(
            lambda: gray(of.frame["months"], of.cause, level[known].astype(str)),
            {**where, **counts},
            "Gray's test" + (f", {INDEPENDENT}" if lesion else ""),
        ),
        *ratio_rows(
            lambda: cox(of.indicators, *of.followed, cluster=cluster, **of_cox(study.analyses)).table,
            of, where, "hazard_ratio", f"Cox, cause-specific, {wald(study)}{by}",
        ),
        *ratio_rows(
            lambda: fine_gray(
                of.indicators, of.frame["months"], of.cause, cluster=cluster, confidence=study.analyses.confidence
            ).table,
            of, where, "subdistribution_hazard_ratio", f"Fine-Gray, {wald(study, 'breslow')}{by}",
        ),
    ]  # fmt: skip
