"""The estimate, or the declaration of the study, that answers a claim.

A claim is answered by the row of the estimates that says the same of the same subjects. Which row that is follows from
the claim: its kind gives the analysis, the statistic and the column, its place the unit, population, factor and group;
`answer` in claims.yaml overrides any of these, or names a declaration of study.yaml (`study: data_cut`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from oligomet.audit.claim_answers import GROUP
from oligomet.audit.claims import Claim, Paper
from oligomet.book import Book
from oligomet.study import Study

STATISTICS = {"mean": "mean", "sd": "sd", "median": "median", "minimum": "min", "maximum": "max"}
UNANSWERED = ("hazard_ratio", "low", "high", "p_value", "statistic")  # unless of an endpoint by groups
COLUMN_OF = {"count": "events", "low": "conf_low", "high": "conf_high", "p_value": "p_value"}
ASKED = (  # of every claim: what it does not name has to be empty
    "analysis", "endpoint", "unit", "population", "factor", "group", "reference", "grade", "statistic", "time_months",
)  # fmt: skip


@dataclass(frozen=True)
class RecomputedValue:
    """A value in the claim's unit (or a text), and where it comes from; or why there is none.

    `undefined` says that it was estimated, and that there is no value.
    """

    value: float | str | None
    source: str
    reason: str = ""
    undefined: bool = False


def recomputed_value(claim: Claim, paper: Paper, book: Book | None, study: Study | None = None) -> RecomputedValue:
    """What the workflow finds in the place of a claim.

    Parameters
    ----------
    claim, paper
        A claim of the paper.
    book
        The estimates; None where there is only the paper.
    study
        Its declarations answer the claims about settings.

    Examples
    --------
    A claim of 67.1% overall survival at 12 months is answered by the row analysis survival, endpoint OS, statistic
    survival, time_months 12; its estimate of 0.67149 comes back as 67.149, in the claim's unit.
    """
    if book is None:
        return RecomputedValue(None, "", claim.needs or "only the paper is at hand")
    if claim.answer == "none":
        return RecomputedValue(None, "", claim.needs or "no estimate answers it")
    if isinstance(claim.answer, dict) and "study" in claim.answer:
        return _declared(claim.answer, study)
    found = question_of(claim, paper)
    if found is None:
        return RecomputedValue(None, "", claim.needs or "no estimate answers it")
    question, column, factor = found
    source = ", ".join(f"{key} {value}" for key, value in question.items() if value is not None) + f": {column}"
    try:
        row = book.one(**question)
    except LookupError as nearest:
        return RecomputedValue(None, source, claim.needs or "; ".join(map(str.strip, str(nearest).splitlines())))
    if row[column] is None:
        return RecomputedValue(None, source, row.reason or "the estimate is empty", undefined=True)
    return RecomputedValue(float(row[column]) * factor, source)


def question_of(claim: Claim, paper: Paper) -> tuple[dict[str, Any], str, float] | None:
    """What the book is asked for a claim, which column of the row answers, and what that is multiplied by.

    None if nothing in the estimates can: the claim is of a setting, or of something that `answer: none` leaves out.
    """
    given = claim.answer if isinstance(claim.answer, dict) else {}
    if not given and (claim.setting or paper.declared.populations[claim.population].answer == "none"):
        return None
    population = paper.declared.populations[claim.population].answer
    question: dict[str, Any] = dict.fromkeys(ASKED)
    question |= {"unit": claim.unit, "population": "all"}
    question |= population if isinstance(population, dict) else {}
    column, factor = COLUMN_OF.get(claim.kind, "estimate"), 1.0
    if not given and claim.kind in UNANSWERED and (claim.variable or not claim.endpoint):
        return None
    if claim.endpoint and claim.kind != "count":
        question |= _of_endpoint(claim, paper)
        factor = 100.0 if claim.kind == "rate" else 1.0
    elif claim.variable:
        variable = paper.declared.variables[claim.variable]
        question |= {"analysis": "description", "factor": variable.answer, "statistic": STATISTICS.get(claim.kind)}
        factor = variable.scale
        if variable.answer is None:
            return None
    elif claim.group or given:
        question |= {"analysis": "description", "statistic": "proportion"}
        for name, level in claim.group:
            question |= _of_level(paper, name, level)
        factor = 100.0 if claim.kind == "percentage" else 1.0
    else:
        question |= {"analysis": "description", "statistic": "count"}
        column = "estimate"
    question |= {key: value for key, value in given.items() if key not in ("take", "times")}
    for number in ("time_months", "value"):
        if question.get(number) is not None:
            question[number] = float(question[number])
    return question, given.get("take", column), float(given.get("times", factor))


def _of_endpoint(claim: Claim, paper: Paper) -> dict[str, Any]:
    endpoint = paper.declared.endpoints[claim.endpoint or ""].answer or claim.endpoint
    if claim.contrast:
        factor, level, reference = claim.contrast
        return {
            "analysis": f"cox_{claim.model or 'univariable'}", "endpoint": endpoint, "factor": factor,
            "group": level, "reference": reference, "statistic": "hazard_ratio",
        }  # fmt: skip
    if claim.kind in ("p_value", "statistic"):
        return {"analysis": "logrank", "endpoint": endpoint, "factor": claim.factor, "statistic": "chi_square"}
    question = {"analysis": "survival", "endpoint": endpoint, "statistic": STATISTICS.get(claim.kind, "survival")}
    for name, level in claim.group:
        question |= {"factor": name, "group": level}
    return question | ({"time_months": claim.time} if claim.kind == "rate" else {})


def _of_level(paper: Paper, factor: str, level: str) -> dict[str, Any]:
    declared = paper.declared.factors[factor]
    name = declared.levels[level].answer or level
    if declared.answer:
        return {key: name if value == GROUP else value for key, value in declared.answer.items()}
    return {"factor": factor, "group": name}


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
