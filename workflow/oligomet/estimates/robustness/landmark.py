"""Response as a predictor of survival: who responds must have lived to respond. What remains once that is undone?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Unpack

import pandas as pd

from oligomet.estimates.cox_models import cox_of
from oligomet.estimates.declared import declared_robustness, of_cox
from oligomet.estimates.design import Design, chosen, design, each_endpoint
from oligomet.estimates.estimate_rows import ratio_rows, tabulate, wald
from oligomet.estimates.methods.cox import cox
from oligomet.estimates.methods.inference import Fit, Undefined
from oligomet.estimates.methods_python_lacks.landmarks import at_landmark, split_at_change

if TYPE_CHECKING:
    from oligomet.estimates.declared import OfCox
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
    for where, frame, names in each_endpoint(robustness.headline, times, patients, lesions, study):
        frame = exact(frame, assessed_on(responses, f"{where['unit']}_id"), study.months.days_per_month)
        for name in [name for name in names if name in robustness.response_factors]:
            rows += _of_factor(design(frame, chosen(study, [name])), {**where, "analysis": "landmark"}, study)
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


def fit_assessed(parts: Design, cluster: pd.Series | None, **options: Unpack[OfCox]) -> Fit:
    """The Cox model of the parts that `as_assessed` makes."""
    between = {"start": parts.frame["start"], "strata": parts.frame["assessed"]}
    return cox(parts.indicators, *parts.followed, cluster=cluster, **between, **options)


def _of_factor(of: Design, where: dict, study: Study) -> list[dict]:
    unit, analyses = where["unit"], study.analyses
    method = f"Cox, {wald(analyses)}"

    def rows(design_of: Callable[[], Design], fit: Callable[[Design], Fit], way: str, said: str, **at) -> list[dict]:
        here = {**where, **at}
        statistic, said = f"{way}_hazard_ratio", f"{method}, {said}"
        try:
            some = design_of()
        except Undefined as reason:
            nobody = {**here, "statistic": statistic, "method": said, "n": 0, "events": 0, "reason": str(reason)}
            return [{**nobody, **contrast.where} for contrast in of.contrasts.values()]
        return ratio_rows(lambda: fit(some), some, here, statistic, said)

    def plain(some: Design) -> Fit:
        return cox_of(some, unit, analyses)

    def assessed(parts: Design) -> Fit:
        return fit_assessed(parts, parts.clusters(unit), **of_cox(analyses))

    found = rows(lambda: of, plain, "naive", "taken as known from the start")
    for months in declared_robustness(study).landmarks_months:
        said = f"response known by {months:g} months, time from there"
        at = {"population": f"followed beyond {months:g} months", "time_months": months}
        found += rows(partial(from_landmark, of, months), plain, "landmark", said, **at)
    said = "response as a time-dependent covariate, stratified by whether it has been assessed"
    return found + rows(lambda: as_assessed(of, list(of.contrasts)), assessed, "time_dependent", said)
