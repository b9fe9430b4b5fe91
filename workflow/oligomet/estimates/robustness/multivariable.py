"""Factors together: chosen in advance for clinical reasons, and, for comparison, by their own small p."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.cox_models import cox_of
from oligomet.estimates.declared import declared_robustness, of_cox
from oligomet.estimates.design import chosen, design, each_endpoint
from oligomet.estimates.estimate_rows import percent, ratio_rows, tabulate, wald
from oligomet.estimates.factor_levels import UNKNOWN, assign
from oligomet.estimates.methods.firth import firth_cox
from oligomet.estimates.methods.inference import Undefined
from oligomet.estimates.methods.logrank import logrank

if TYPE_CHECKING:
    from oligomet.study import Study


def estimate_multivariable(times: pd.DataFrame, patients: pd.DataFrame, lesions: pd.DataFrame, study: Study):
    """The models of `robustness.prespecified`, and those of the factors with a log-rank p below the level.

    Returns
    -------
    Rows of `estimates`, analyses multivariable_prespecified and multivariable_selected: statistic hazard_ratio and
    firth_hazard_ratio of each contrast (the second is finite even where a factor separates those with the event from
    the others), and events_per_variable (events over coefficients). A selection without any factor has the last row
    only, with the reason.
    """
    rows: list[dict] = []
    for where, frame, names in each_endpoint(declared_robustness(study).prespecified, times, patients, lesions, study):
        rows += _model(frame, names, {**where, "analysis": "multivariable_prespecified"}, study)
        selected = select(frame, study.analyses.compare.get(where["endpoint"], []), study)
        rows += _model(frame, selected, {**where, "analysis": "multivariable_selected"}, study)
    return tabulate(rows)


def logrank_p(frame: pd.DataFrame, names: list[str], study: Study) -> pd.Series:
    """The log-rank p of each factor, by name; missing where the test is undefined."""
    found = {}
    for name in names:
        level = assign(frame, study.factors[name])
        known = level != UNKNOWN
        try:
            found[name] = logrank(
                frame.loc[known, "months"], frame.loc[known, "event"], level[known].astype(str)
            ).p_value
        except Undefined:
            found[name] = float("nan")
    return pd.Series(found, dtype=float)


def select(frame: pd.DataFrame, names: list[str], study: Study) -> list[str]:
    """The factors whose log-rank p is below `analyses.significance`, in their order."""
    p_values = logrank_p(frame, names, study)
    return list(p_values.index[p_values < study.analyses.significance])


def _model(frame: pd.DataFrame, names: list[str], where: dict, study: Study) -> list[dict]:
    how = "specified in advance" if where["analysis"].endswith("prespecified") else "selected by log-rank p"
    per_variable = {**where, "statistic": "events_per_variable", "method": f"events over coefficients, {how}"}
    if not names:
        return [{**per_variable, "reason": f"no factor with p < {study.analyses.significance:g}"}]
    of = design(frame, chosen(study, names))
    analyses = study.analyses
    firth = f"Cox with Firth's penalty, {how}, {analyses.ties.title()} ties, {percent(analyses)} profile interval"
    likelihood = partial(cox_of, of, where["unit"], analyses)
    penalised = partial(firth_cox, of.indicators, *of.followed, **of_cox(analyses))
    return [
        *ratio_rows(likelihood, of, where, "hazard_ratio", f"Cox, {how}, {wald(analyses)}"),
        *ratio_rows(penalised, of, where, "firth_hazard_ratio", firth),
        {**per_variable, "estimate": of.events / len(of.contrasts), "n": len(of.contrasts), "events": of.events},
    ]
