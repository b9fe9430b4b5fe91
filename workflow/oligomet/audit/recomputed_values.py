"""The estimate, or the declaration of the study, that answers a claim.

A claim is answered by the row of the estimates table that says the same of the same subjects. Which row that is
follows from the claim: its kind gives the analysis, the statistic and the column, its place the unit, population,
factor and level; `answer` in claims.yaml overrides any of these, or names a declaration of study.yaml (`study:
data_cut`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from oligomet.audit.claims import Claim, Paper
from oligomet.study import Study

ROW_KEYS = ("analysis", "endpoint", "unit", "population", "factor", "level", "statistic", "time_months")
STATISTICS = {"mean": "mean", "median": "median", "minimum": "min", "maximum": "max"}
COLUMN_OF = {"count": "events", "low": "conf_low", "high": "conf_high", "p_value": "p_value"}
LEVEL = "<level>"


@dataclass(frozen=True)
class RecomputedValue:
    """A value in the claim's unit (or a text), and where it comes from; or why there is none.

    `undefined` says that it was estimated, and that there is no value.
    """

    value: float | str | None
    source: str
    reason: str = ""
    undefined: bool = False


def index_estimates(estimates: pd.DataFrame) -> dict[tuple, list[Any]]:
    """The rows of the estimates table by what they are of: named tuples by the values of `ROW_KEYS`, None if empty."""
    found: dict[tuple, list[Any]] = {}
    for row in estimates.astype(object).where(estimates.notna(), None).itertuples(index=False):
        found.setdefault(tuple(getattr(row, key) for key in ROW_KEYS), []).append(row)
    return found


def recomputed_value(
    claim: Claim, paper: Paper, estimates: Mapping[tuple, list[Any]] | None, study: Study | None = None
) -> RecomputedValue:
    """What the workflow finds in the place of a claim.

    Parameters
    ----------
    claim, paper
        A claim of the paper.
    estimates
        As `index_estimates` gives them; None where there is only the paper.
    study
        Its declarations answer the claims about settings.

    Examples
    --------
    A claim of 67.1% overall survival at 12 months is answered by the row analysis survival, endpoint OS, statistic
    survival, time_months 12; its estimate of 0.67149 comes back as 67.149, in the claim's unit.
    """
    if estimates is None:
        return RecomputedValue(None, "", claim.needs or "only the paper is at hand")
    if claim.answer == "none":
        return RecomputedValue(None, "", claim.needs or "no estimate answers it")
    if isinstance(claim.answer, dict) and "study" in claim.answer:
        return _declared(claim.answer, study)
    found = row_criteria(claim, paper)
    if found is None:
        return RecomputedValue(None, "", claim.needs or "no estimate answers it")
    wanted, column, factor = found
    source = ", ".join(f"{key} {value}" for key, value in wanted.items() if value is not None) + f": {column}"
    matching = estimates.get(tuple(wanted.values()), [])
    if len(matching) != 1:
        return RecomputedValue(None, source, claim.needs or f"{len(matching) or 'no'} estimates answer it")
    row = matching[0]
    value = getattr(row, column)
    if value is None:
        return RecomputedValue(None, source, row.reason or "the estimate is empty", undefined=True)
    return RecomputedValue(float(value) * factor, source)


def row_criteria(claim: Claim, paper: Paper) -> tuple[dict[str, Any], str, float] | None:
    """Which row answers a claim (a value for each of `ROW_KEYS`), which column of it, and what that is multiplied by.

    None if nothing in the estimates can: the claim is of a setting, or of something that `answer: none` leaves out.
    """
    given = claim.answer if isinstance(claim.answer, dict) else {}
    if not given and (claim.setting or paper.declared.populations[claim.population].answer == "none"):
        return None
    population = paper.declared.populations[claim.population].answer
    wanted: dict[str, Any] = dict.fromkeys(ROW_KEYS)
    wanted |= {"unit": claim.unit, "population": "all"}
    wanted |= population if isinstance(population, dict) else {}
    column, factor = COLUMN_OF.get(claim.kind, "estimate"), 1.0
    if claim.endpoint and claim.kind != "count":
        wanted |= _of_endpoint(claim, paper)
        factor = 100.0 if claim.kind == "rate" else 1.0
    elif claim.variable:
        variable = paper.declared.variables[claim.variable]
        wanted |= {"analysis": "description", "factor": variable.answer, "statistic": STATISTICS[claim.kind]}
        factor = variable.scale
        if variable.answer is None:
            return None
    elif claim.group or given:
        wanted |= {"analysis": "description", "statistic": "proportion"}
        for name, level in claim.group:
            wanted |= _of_level(paper, name, level)
        factor = 100.0 if claim.kind == "percentage" else 1.0
    else:
        wanted |= {"analysis": "description", "statistic": "count"}
        column = "estimate"
    wanted |= {key: value for key, value in given.items() if key in ROW_KEYS}
    if wanted["time_months"] is not None:
        wanted["time_months"] = float(wanted["time_months"])
    return wanted, given.get("take", column), float(given.get("times", factor))


def _of_endpoint(claim: Claim, paper: Paper) -> dict[str, Any]:
    endpoint = paper.declared.endpoints[claim.endpoint or ""].answer or claim.endpoint
    if claim.contrast:
        factor, level, reference = claim.contrast
        return {
            "analysis": f"cox_{claim.model or 'univariable'}", "endpoint": endpoint, "factor": factor,
            "level": f"{level} vs {reference}", "statistic": "hazard_ratio",
        }  # fmt: skip
    if claim.kind == "p_value":
        return {"analysis": "logrank", "endpoint": endpoint, "factor": claim.factor, "statistic": "chi_square"}
    wanted = {"analysis": "survival", "endpoint": endpoint, "statistic": STATISTICS.get(claim.kind, "survival")}
    for name, level in claim.group:
        wanted |= {"factor": name, "level": level}
    return wanted | ({"time_months": claim.time} if claim.kind == "rate" else {})


def _of_level(paper: Paper, factor: str, level: str) -> dict[str, Any]:
    declared = paper.declared.factors[factor]
    name = declared.levels[level].answer or level
    if declared.answer:
        return {key: name if value == LEVEL else value for key, value in declared.answer.items()}
    return {"factor": factor, "level": name}


def _declared(given: dict[str, str], study: Study | None) -> RecomputedValue:
    """The study's declaration at a path such as dose.level or eligibility.accrual.at_least."""
    source = f"study.yaml: {given['study']}"
    if study is None:
        return RecomputedValue(None, source, "there is no study to declare it")
    section, *names = given["study"].split(".")
    value: Any = getattr(study, section)
    for name in names:
        if isinstance(value, list):
            value = next((each for each in value if getattr(each, "id", None) == name), None)
        else:
            value = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
    if value is None:
        return RecomputedValue(None, source, "the study does not declare it")
    if isinstance(value, dt.date):
        return RecomputedValue(float(value.toordinal()), source)
    return RecomputedValue(value if isinstance(value, str) else float(value) * float(given.get("times", 1)), source)
