"""What other series found: each by itself, and a random-effects summary of those that can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.estimate_rows import interval_of, tabulate
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods.proportions import proportion
from oligomet.estimates.methods_python_lacks.meta_analysis import pool_proportions

if TYPE_CHECKING:
    from oligomet.declarations import Analyses
    from oligomet.study import Study

INDEPENDENT = "lesions taken as independent"
FOLLOWED = "the published rate as a proportion of all lesions, as if all had been followed for 24 months"


def estimate_literature(literature: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Complete response per lesion and local control at 24 months of the published series, and their summaries.

    Parameters
    ----------
    literature
        The table published/literature. Only original studies that count by lesion are taken, this study excepted:
        with numerator and denominator of the complete response, or with a rate of local control and its lesions.
    study
        Its `analyses` are used, and the kinds of series that its `tables` label, in their order.

    Returns
    -------
    Rows of `estimates`, analysis literature, for each series (population) and outcome (factor). Rates of local control
    come without a standard error: theirs is that of a proportion of all lesions, which is too small by as much as
    follow-up was incomplete.
    """
    studies = literature[(literature["kind"] == "study") & ~literature["status"].eq("this study").fillna(False)]
    responses = studies[studies["response_unit"] == "lesion"]
    responses = responses.assign(events=responses["cr_n"], n=responses["response_n"], counted=responses["cr_n"])
    control = studies[(studies["lc_unit"] == "lesion") & (studies["lc_measure"] == "local control")]
    control = control.assign(events=control["lc_2y_pct"] / 100 * control["lc_n"], n=control["lc_n"])
    control["counted"] = pd.NA
    labelled = [kind for table in study.tables.values() for kind in table.series]
    kinds = dict.fromkeys([*labelled, *literature["series"].dropna()])
    rows: list[dict] = []
    for outcome, found, notes in (
        ("complete_response", responses, [INDEPENDENT]),
        ("local_control_24", control, [INDEPENDENT, FOLLOWED]),
    ):
        found = found.dropna(subset=["events", "n"]).astype({"events": float, "n": int})
        for series in kinds:
            where = {"analysis": "literature", "unit": "study", "population": series, "factor": outcome}
            rows += [{**where, **row} for row in _series(found[found["series"] == series], notes, study.analyses)]
    return tabulate(rows)


def _series(found: pd.DataFrame, notes: list[str], analyses: Analyses) -> list[dict]:
    """The rows of one series and outcome: the studies, then what is said of them together."""
    pooled = {"group": "pooled", "statistic": "proportion", "n": found["n"].sum()}
    if found.empty:
        return [{**pooled, "method": "random effects", "reason": "no study"}]
    counts = found["events"], found["n"]
    alone = proportion(*counts, interval=analyses.proportion_interval, confidence=analyses.confidence)
    said = "; ".join([interval_of(analyses), *notes])
    named = {"group": found["study_id"], "n": found["n"], "events": found["counted"]}
    own = pd.DataFrame({**named, **vars(alone), "statistic": "proportion", "method": said})
    rows = own.to_dict("records")
    method = "random effects: logit, REML"
    try:
        meta = pool_proportions(*counts, confidence=analyses.confidence)
    except Undefined as reason:
        return [*rows, {**pooled, "method": method, "reason": str(reason)}]
    interval = f"{100 * analyses.confidence:g} % Hartung-Knapp interval"
    pooled["method"] = "; ".join([method, f"{len(found)} studies", interval, *notes])
    heterogeneity = {"estimate": meta.q, "p_value": meta.q_p_value}
    return [
        *rows,
        *(
            {"group": one, "statistic": "weight", "estimate": weight, "method": method}
            for one, weight in zip(found["study_id"], meta.weights, strict=True)
        ),
        {**pooled, **vars(meta.pooled)},
        {**pooled, "statistic": "prediction", **vars(meta.prediction)},
        {**pooled, "statistic": "tau2", "estimate": meta.tau2},
        {**pooled, "statistic": "i2", "estimate": meta.i2},
        {**pooled, "statistic": "heterogeneity", **heterogeneity},
    ]
