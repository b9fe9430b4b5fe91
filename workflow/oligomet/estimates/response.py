"""Response to radiotherapy: how many lesions and patients, at the first assessment and at best."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.estimate_rows import interval_of, share, tabulate
from oligomet.estimates.factor_levels import UNKNOWN, members
from oligomet.estimates.response_models import model_responses
from oligomet.schemas import RESPONSES

if TYPE_CHECKING:
    from oligomet.study import Study

COMBINED = {"ORR": ["CR", "PR"], "DCR": ["CR", "PR", "SD"]}
OUTCOMES = {
    "response",
    "best_response",
    "complete_response",
    "objective_response",
    "disease_control",
}  # no factors of themselves


def estimate_response(
    lesions: pd.DataFrame, patients: pd.DataFrame, responses: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """Proportions of each response, of objective response and of disease control, overall and by factor.

    Parameters
    ----------
    lesions, patients, responses
        The tables of those names of the outcomes stage; a lesion's responses are those of `responses`.
    study
        Its `factors` and `analyses` are used. Every factor is crossed with the response of each unit that has its
        variable, those that are cut from the response itself excepted.

    Returns
    -------
    Rows of `estimates`, analysis response, endpoint first or best; population all (NE in the denominator) or evaluable
    (without NE). After them those of `response_models`.

    Raises
    ------
    ValueError
        If a lesion has no first or no best assessment: one that was never imaged again is NE, not absent.
    """
    assessed = {
        endpoint: lesions["lesion_id"].map(group.set_index("lesion_id")["response"])
        for endpoint, group in responses.groupby("assessment")
    }
    rows: list[dict] = []
    for endpoint, column in (("first", "response"), ("best", "best_response")):
        for unit, frame, response in (
            ("lesion", lesions, assessed[endpoint]),
            ("patient", patients, patients[column]),
        ):
            where = {"analysis": "response", "endpoint": endpoint, "unit": unit}
            rows += _rates(response, study, **where)
            for name, factor in study.factors.items():
                if factor.variable in frame and factor.variable not in OUTCOMES:
                    table = members(frame, factor)
                    for group in table:
                        if group != UNKNOWN or table[UNKNOWN].any():
                            rows += _rates(response[table[group]], study, **where, factor=name, group=group)
    return tabulate([*rows, *model_responses(lesions, patients, study)])


def _rates(response: pd.Series, study: Study, **where) -> list[dict]:
    single = response.value_counts().reindex(RESPONSES, fill_value=0)
    counts = {**single, **{name: single[parts].sum() for name, parts in COMBINED.items()}}
    independent = "; lesions taken as independent" if where["unit"] == "lesion" else ""
    method = interval_of(study.analyses) + independent
    return [
        share(count, n, study.analyses, **where, population=population, statistic=statistic, method=method)
        for population, n in (("all", len(response)), ("evaluable", len(response) - counts["NE"]))
        for statistic, count in counts.items()
        if not (population == "evaluable" and statistic == "NE")
    ]
