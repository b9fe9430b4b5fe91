"""Response as a predictor of survival: who responds must have lived to respond. What remains once that is undone?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypedDict

import pandas as pd

from oligomet.estimates.declared import declared_robustness, of_cox
from oligomet.estimates.design import Design, chosen, design, followed
from oligomet.estimates.estimate_rows import tabulate
from oligomet.estimates.methods.cox import cox
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods_python_lacks.landmarks import at_landmark, split_at_change
from oligomet.estimates.robustness.models import ratio_rows, wald

if TYPE_CHECKING:
    from oligomet.study import Study


def estimate_landmark(
    times: pd.DataFrame, patients: pd.DataFrame, lesions: pd.DataFrame, responses: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Hazard ratios of the headline's response factors: as if known at the start, from landmarks, as they become known.

    Parameters
    ----------
    responses
        outcomes/responses: a patient's response is known when the last lesion has had its first assessment, a lesion's
        when it has had its own.

    Returns
    -------
    Rows of `estimates`, analysis landmark: statistic naive_hazard_ratio; landmark_hazard_ratio at time_months (n,
    events: from there on); time_dependent_hazard_ratio. Variances of lesions take those of one patient as a cluster.
    Times are exact here, not rounded, as they are compared with
    dates.
    """
    rows: list[dict] = []
    robustness = declared_robustness(study)
    for endpoint, names in robustness.headline.items():
        unit = study.endpoints[endpoint].per
        known_on = assessed_on(responses, f"{unit}_id")
        frame = exact(followed(endpoint, unit, times, patients, lesions), known_on, study.months.days_per_month)
        for name in [name for name in names if name in robustness.response_factors]:
            of = design(frame, chosen(study, [name]))
            rows += landmark_rows(of, endpoint, robustness.landmarks_months, study)
    return tabulate(rows)


def assessed_on(responses: pd.DataFrame, by: str = "patient_id") -> pd.Series:
    """By patient_id or lesion_id, the day on which the last of the evaluable lesions had its first assessment."""
    first = responses[(responses["assessment"] == "first") & (responses["response"] != "NE")]
    return first.groupby(by)["date"].max()


def exact(frame: pd.DataFrame, known_on: pd.Series, days_per_month: float) -> pd.DataFrame:
    """`frame` with months that are not rounded, and `known_at`, the months to the assessment (`known_on`: the day)."""
    whose = frame.index.to_series() if known_on.index.name == "lesion_id" else frame["patient_id"]
    known = (whose.map(known_on) - frame["start_date"]).dt.days / days_per_month
    return frame.assign(months=frame["days"].astype(float) / days_per_month, known_at=known)


def from_landmark(of: Design, landmark: float) -> Design:
    """Those still followed at the landmark whose response was known by then, with the clock set to zero there.

    Raises
    ------
    Undefined
        If there is nobody.
    """
    kept = at_landmark(*of.followed, landmark, of.frame["known_at"])
    kept = kept[kept["known"]]
    if kept.empty:
        raise Undefined(f"no response known at {landmark:g}")
    frame = of.frame.iloc[kept["row"]]
    frame = frame.assign(months=kept["time"].to_numpy(), event=kept["event"].to_numpy().astype(int))
    return Design(frame, of.indicators.iloc[kept["row"]], of.contrasts)


def as_assessed(of: Design, response_columns: list[str]) -> Design:
    """Follow-up split at the assessment of the response: a time-dependent covariate.

    Returns
    -------
    Contrasts as before; the `frame` has one or two rows a patient, with start and assessed. Those not yet assessed are
    neither responders nor others: with `assessed` as a stratum, levels of response are compared among those assessed,
    and nothing is taken as constant between the two states.
    """
    split = split_at_change(*of.followed, of.frame["known_at"])
    frame = of.frame.iloc[split["row"]].reset_index(names="subject_id")
    frame = frame.assign(
        start=split["start"], months=split["stop"], event=split["event"].astype(int), assessed=split["changed"]
    )
    indicators = of.indicators.iloc[split["row"]].reset_index(drop=True)
    indicators[response_columns] = indicators[response_columns].mul(split["changed"], axis=0)
    return Design(frame, indicators, of.contrasts)


class Between(TypedDict, total=False):
    """From when on a row is at risk, and beside whom."""

    start: pd.Series
    strata: pd.Series


def between(parts: Design) -> Between:
    """What `cox` must know of the parts that `as_assessed` makes."""
    return {"start": parts.frame["start"], "strata": parts.frame["assessed"]}


def landmark_rows(of: Design, endpoint: str, landmarks_months: list[float], study: Study) -> list[dict]:
    """The contrasts of a response: as if known at the start, from each landmark, as it becomes known."""
    unit = study.endpoints[endpoint].per
    where = {"analysis": "landmark", "endpoint": endpoint, "unit": unit, "population": "all"}
    options = of_cox(study.analyses)

    def cluster(some: Design) -> pd.Series | None:
        return some.cluster if unit == "lesion" else None

    def fitted(some: Design) -> pd.DataFrame:
        return cox(some.indicators, *some.followed, cluster=cluster(some), **options).table

    method = f"Cox, {wald(study)}"
    rows = ratio_rows(lambda: fitted(of), of, where, "naive_hazard_ratio", f"{method}, taken as known from the start")
    for landmark in landmarks_months:
        here = {**where, "population": f"followed beyond {landmark:g} months", "time_months": landmark}
        said = f"{method}, response known by {landmark:g} months, time from there"
        try:
            some = from_landmark(of, landmark)
        except Undefined as reason:
            rows += _empty(of, here, "landmark_hazard_ratio", said, str(reason))
            continue
        rows += ratio_rows(partial(fitted, some), some, here, "landmark_hazard_ratio", said)
    said = f"{method}, response as a time-dependent covariate, stratified by whether it has been assessed"
    try:
        parts = as_assessed(of, list(of.contrasts))
    except Undefined as reason:
        return rows + _empty(of, where, "time_dependent_hazard_ratio", said, str(reason))
    return rows + ratio_rows(
        lambda: cox(parts.indicators, *parts.followed, cluster=cluster(parts), **between(parts), **options).table,
        parts, where, "time_dependent_hazard_ratio", said,
    )  # fmt: skip


def _empty(of: Design, where: dict, statistic: str, method: str, reason: str) -> list[dict]:
    row = {**where, "statistic": statistic, "method": method, "n": 0, "events": 0, "reason": reason}
    return [{**row, **contrast.where} for contrast in of.contrasts.values()]
