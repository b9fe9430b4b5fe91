"""Cox models: one factor at a time, and together as declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.groups import UNKNOWN, assign, subjects
from oligomet.estimates.methods.common import ChiSquare, Undefined
from oligomet.estimates.methods.cox import CoxFit, cox, likelihood_ratio
from oligomet.estimates.rows import degrees, tabulate

if TYPE_CHECKING:
    from oligomet.study import Analyses, Factor, Study


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
    that ratio its subjects weigh nothing in any risk set, so the other levels' estimates are those without them.
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
    where = {**where, "n": len(frame), "events": int(frame["event"].sum())}
    contrasts = [
        (name, level) for name, factor in factors.items() for level in factor.levels if level != factor.reference_level
    ]
    here = pd.DataFrame({_column(*contrast): levels[contrast[0]] == contrast[1] for contrast in contrasts})
    reasons = _without_estimate(here, frame["event"])
    others = ~here[list(reasons)].any(axis=1)
    design, followed = here.drop(columns=list(reasons))[others].astype(float), frame[others]

    def fitted(columns: list[str]) -> CoxFit:
        cluster = followed["patient_id"] if where["unit"] == "lesion" else None
        options = {"cluster": cluster, "ties": analyses.ties, "confidence": analyses.confidence}
        return cox(design[columns], followed["months"], followed["event"], **options)

    tests: dict[str | None, ChiSquare] = {}
    try:
        fit = fitted(list(design))
        ratios = fit.table
        for name in factors:
            rest = [column for column in design if not column.startswith(_column(name, ""))]
            tests[name] = likelihood_ratio(fit, fitted(rest)) if rest else fit.likelihood_ratio
        tests[None] = fit.likelihood_ratio
    except Undefined as undefined:
        reasons = {column: reasons.get(column, str(undefined)) for column in here}

    rows = []
    for name, level in contrasts:
        column = _column(name, level)
        row = {
            **where, "factor": name, "level": f"{level} vs {factors[name].reference_level}",
            "statistic": "hazard_ratio", "method": _method(analyses, where["unit"]),
        }  # fmt: skip
        if column in reasons:
            rows.append({**row, "reason": reasons[column]})
        else:
            values = ratios.loc[column, ["conf_low", "conf_high", "p_value"]]
            rows.append({**row, "estimate": ratios.loc[column, "hazard_ratio"], **values})
    for name in [*factors, *([None] if len(factors) > 1 else [])]:
        prefix = "" if name is None else _column(name, "")
        reason = next((reason for column, reason in reasons.items() if column.startswith(prefix)), None)
        rows.append({**where, "factor": name, **_test(tests.get(name), reason, analyses, where["unit"])})
    return rows


def _without_estimate(here: pd.DataFrame, event: pd.Series) -> dict[str, str]:
    """The levels that have no hazard ratio, and why."""
    counts = pd.DataFrame({"n": here.sum(), "events": here[event == 1].sum()})
    nobody = {column: "nobody at this level" for column in counts.index[counts["n"] == 0]}
    return {**{column: "no events at this level" for column in counts.index[counts["events"] == 0]}, **nobody}


def _column(name: str, level: str) -> str:
    return f"{name}: {level}"


def _method(analyses: Analyses, unit: str) -> str:
    by = ", variance by patient" if unit == "lesion" else ""
    return f"Cox, {analyses.ties.title()} ties, {100 * analyses.confidence:g} % Wald interval{by}"


def _test(test: ChiSquare | None, reason: str | None, analyses: Analyses, unit: str) -> dict:
    independent = ", lesions taken as independent" if unit == "lesion" else ""
    method = f"Cox, {analyses.ties.title()} ties, likelihood-ratio test{independent}"
    if reason is not None:
        return {"statistic": "likelihood_ratio", "method": method, "reason": reason}
    values = {"estimate": test.chi_square, "p_value": test.p_value, "method": f"{method}, {degrees(test.df)}"}
    return {"statistic": "likelihood_ratio", **values}
