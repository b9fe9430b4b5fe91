"""Cox models: one factor at a time, and together as declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.groups import UNKNOWN, assign, subjects
from oligomet.estimates.methods.common import Undefined
from oligomet.estimates.methods.cox import cox, likelihood_ratio_of
from oligomet.estimates.rows import degrees, tabulate

if TYPE_CHECKING:
    from oligomet.declarations import Analyses, Factor
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
    A level without events has the hazard ratio 0, which no interval describes: its row is empty and says so. With
    that ratio its subjects weigh nothing in any risk set, so the other levels' estimates are those without them. The
    tests need no finite ratio and are of all levels that somebody has.
    """
    rows: list[dict] = []
    for endpoint, declared in study.endpoints.items():
        frame = subjects(endpoint, declared.per, times, patients, lesions)
        where = {"endpoint": endpoint, "unit": declared.per, "population": "all"}
        for name in study.analyses.compare.get(endpoint, []):
            model = {name: study.factors[name]}
            rows += _model(frame, model, study.analyses, {**where, "analysis": "cox_univariable"})
        names = study.analyses.multivariable.get(endpoint, [])
        if names:
            model = {name: study.factors[name] for name in names}
            rows += _model(frame, model, study.analyses, {**where, "analysis": "cox_multivariable"})
    return tabulate(rows)


def _model(frame: pd.DataFrame, factors: dict[str, Factor], analyses: Analyses, where: dict) -> list[dict]:
    """The rows of one model: a hazard ratio for each contrast, a test for each factor, and for all if they are many."""
    levels = pd.DataFrame({name: assign(frame, factor) for name, factor in factors.items()})
    known = (levels != UNKNOWN).all(axis=1)
    frame, levels = frame[known], levels[known]
    contrasts = {
        _column(name, level): (name, f"{level} vs {factor.reference_level}", levels[name] == level)
        for name, factor in factors.items()
        for level in factor.levels
        if level != factor.reference_level
    }
    design = pd.DataFrame({column: here for column, (_, _, here) in contrasts.items()}, frame.index, dtype=float)
    reasons = _without_estimate(design, frame["event"])
    followed = ~design[list(reasons)].any(axis=1)
    failure = None
    try:
        ratios = _ratios(design.drop(columns=list(reasons))[followed], frame[followed], analyses, where)
    except Undefined as undefined:
        failure = str(undefined)

    where = {**where, "n": len(frame), "events": int(frame["event"].sum())}
    method = _method(analyses, where["unit"])
    rows = []
    for column, (name, contrast, _) in contrasts.items():
        row = {**where, "factor": name, "level": contrast, "statistic": "hazard_ratio", "method": method}
        reason = reasons.get(column, failure)
        rows.append({**row, **({"reason": reason} if reason else ratios.loc[column])})
    present = design.loc[:, design.any()]
    for name in [*factors, *([None] if len(factors) > 1 else [])]:
        tested = [column for column in present if _belongs(column, name)]
        rows.append({**where, "factor": name, **_test(tested, present, frame, analyses, where["unit"])})
    return rows


def _ratios(design: pd.DataFrame, frame: pd.DataFrame, analyses: Analyses, where: dict) -> pd.DataFrame:
    """The hazard ratios, by column of the design."""
    cluster = frame["patient_id"] if where["unit"] == "lesion" else None
    options = {"cluster": cluster, "ties": analyses.ties, "confidence": analyses.confidence}
    fit = cox(design, frame["months"], frame["event"], **options)
    return fit.table.rename(columns={"hazard_ratio": "estimate"})[["estimate", "conf_low", "conf_high", "p_value"]]


def _without_estimate(design: pd.DataFrame, event: pd.Series) -> dict[str, str]:
    """The levels that have no hazard ratio, and why."""
    n, events = design.sum(), design[event == 1].sum()
    return {
        column: "nobody at this level" if n[column] == 0 else "no events at this level"
        for column in design
        if events[column] == 0
    }


def _column(name: str, level: str) -> str:
    return f"{name}: {level}"


def _belongs(column: str, name: str | None) -> bool:
    """Whether a column of the design is of the factor; every one is of None, all factors together."""
    return name is None or column.startswith(_column(name, ""))


def _method(analyses: Analyses, unit: str) -> str:
    by = ", variance by patient" if unit == "lesion" else ""
    return f"Cox, {analyses.ties.title()} ties, {100 * analyses.confidence:g} % Wald interval{by}"


def _test(tested: list[str], design: pd.DataFrame, frame: pd.DataFrame, analyses: Analyses, unit: str) -> dict:
    """The likelihood-ratio test of columns of the design."""
    independent = ", lesions taken as independent" if unit == "lesion" else ""
    row = {
        "statistic": "likelihood_ratio",
        "method": f"Cox, {analyses.ties.title()} ties, likelihood-ratio test{independent}",
    }
    try:
        test = likelihood_ratio_of(tested, design, frame["months"], frame["event"], ties=analyses.ties)
    except Undefined as reason:
        return {**row, "reason": str(reason)}
    return {
        **row,
        "estimate": test.chi_square,
        "p_value": test.p_value,
        "method": f"{row['method']}, {degrees(test.df)}",
    }
