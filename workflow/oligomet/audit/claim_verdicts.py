"""The judgement on each claim."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd

from oligomet.audit.claims import Claim, Paper
from oligomet.audit.findings import SEVERITIES, each_row
from oligomet.audit.printed import Interval, as_printed
from oligomet.audit.recomputed_values import RecomputedValue, recomputed_value
from oligomet.book import Book
from oligomet.study import Study

CLAIM_VERDICTS = {
    "reproduced": "the recomputed value prints as the published one",
    "within tolerance": "not the same in print, but within the tolerance that claims.yaml states",
    "not reproduced": "further off than the tolerance",
    "impossible": "no data give it, by other numbers of the paper",
    "not testable": "not stated well enough to test",
    "needs data": "needs data that no one published",
}
WITHOUT_DATA = ("impossible", "not testable", "needs data")  # what a paper alone can get
COLUMNS = [
    "id", "section", "row", "says", "kind", "unit", "population", "group", "endpoint", "time_months", "printed",
    "recomputed", "difference", "tolerance", "verdict", "reason", "severity", "findings", "answer",
]  # fmt: skip


def judge(paper: Paper, findings: pd.DataFrame, book: Book | None = None, study: Study | None = None) -> pd.DataFrame:
    """A verdict on every claim.

    Parameters
    ----------
    paper
        As `claims.read_claims` gives it.
    findings
        As `consistency.run_checks` gives it.
    book
        The estimates; None where there is only the paper.
    study
        Its declarations answer the claims about settings.

    Returns
    -------
    DataFrame, a row a claim in the paper's order: id, section, row, says, kind, unit, population, group, endpoint,
    time_months, printed, recomputed (as it would print, with one more decimal where that differs), difference
    (recomputed - published), tolerance, verdict (see `CLAIM_VERDICTS`), reason, severity of the gravest finding of
    which it is a subject, findings (their names), answer (the estimate).
    """
    by_claim = _by_claim(findings)
    records = []
    for claim in paper.claims:
        found = by_claim.get(claim.id, [])
        severity = min((each[1] for each in found), key=SEVERITIES.index, default="")
        reply = recomputed_value(claim, paper, book, study)
        verdict, reason = _verdict(claim, severity, reply)
        records.append(
            {
                **{
                    name: getattr(claim, name)
                    for name in ("id", "section", "row", "says", "kind", "unit", "population", "endpoint", "printed")
                },
                "group": "; ".join(f"{factor}: {level}" for factor, level in claim.group),
                "time_months": claim.time,
                "recomputed": _shown(claim, reply),
                "difference": _difference(claim, reply),
                "tolerance": claim.tolerance,
                "verdict": verdict,
                "reason": reason,
                "severity": severity,
                "findings": " ".join(name for name, each in found if each != "sound"),
                "answer": reply.source,
            }
        )
    return pd.DataFrame(records, columns=COLUMNS)


def _verdict(claim: Claim, severity: str, reply: RecomputedValue) -> tuple[str, str]:
    if severity == "impossible":
        return "impossible", "see the findings"
    if claim.unclear:
        return "not testable", claim.unclear
    if claim.kind == "rate" and claim.time is None:
        return "not testable", "a rate without its time"
    if reply.value is None:
        return "not reproduced" if reply.undefined else "needs data", reply.reason
    if claim.kind == "text":
        same = claim.printed.lower() in str(reply.value).lower()
        return (
            ("reproduced", "as the study declares") if same else ("not reproduced", f"the study declares {reply.value}")
        )
    value = float(reply.value)
    declared = "as the study declares" if claim.setting else ""
    if claim.interval.holds(value):
        return "reproduced", declared
    off = abs(claim.interval.gap(Interval(value, value)))
    if claim.tolerance is not None and off <= claim.tolerance + 1e-9:
        return "within tolerance", f"{off:.3g} beyond rounding"
    return "not reproduced", f"{off:.3g} beyond rounding"


def _by_claim(findings: pd.DataFrame) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for finding in each_row(findings):
        for claim in finding.claims.split():
            found.setdefault(claim, []).append((finding.finding, finding.severity))
    return found


def _difference(claim: Claim, reply: RecomputedValue) -> float:
    if reply.value is None or claim.kind == "text" or not claim.stated:
        return math.nan
    return float(reply.value) - claim.value


def _shown(claim: Claim, reply: RecomputedValue) -> str:
    if reply.value is None:
        return ""
    if claim.kind == "text":
        return str(reply.value)
    if claim.kind == "date":
        return dt.date.fromordinal(int(reply.value)).isoformat()
    value = float(reply.value)
    if claim.kind == "count":
        return f"{value:.0f}"
    if claim.kind == "p_value" and value < 0.5 * 10**-claim.decimals:
        return f"{value:.1g}"
    decimals = claim.decimals if claim.stated and claim.interval.holds(value) else claim.decimals + 1
    return as_printed(value, decimals)
