"""What the checks find, and the checks themselves in the order in which a reader meets them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from oligomet.audit.claims import Claim, Paper
from oligomet.audit.wording import about

Severity = Literal["impossible", "inconsistent", "ambiguous", "sound"]
SEVERITIES: tuple[Severity, ...] = ("impossible", "inconsistent", "ambiguous", "sound")
COLUMNS = ["finding", "check", "severity", "about", "says", "size", "measure", "repair", "claims", "against"]


@dataclass(frozen=True)
class Finding:
    """What one check says of some claims.

    Attributes
    ----------
    severity
        impossible: no data give these numbers, given those they are held against. inconsistent: two statements differ,
        or data could give them only under circumstances that the paper speaks against. ambiguous: it depends on what
        is not stated. sound: checked, and nothing is wrong.
    claims
        The claims that cannot stand as printed (or, if sound, that were checked).
    against
        The claims they were held against.
    says
        The arithmetic, in one sentence.
    size, measure
        How far off, beyond all rounding, and of what.
    repair
        Changes that were tried and with which the check comes out sound; empty if none of those tried does.
    """

    severity: Severity
    claims: tuple[Claim, ...]
    says: str
    against: tuple[Claim, ...] = ()
    size: float = math.nan
    measure: str = ""
    repair: str = ""


Check = Callable[[Paper], Iterable[Finding]]


def all_checks() -> dict[str, Check]:
    """Every check, by the name it has in the findings."""
    from oligomet.audit.checks import (
        dose_limits,
        hazard_ratios_and_p_values,
        kaplan_meier_rates,
        means_and_ranges,
        percentages,
        rates_against_results,
        restatements,
        single_rates,
        sums_and_subsets,
        variable_classes,
    )

    return {
        check.__name__.removeprefix("check_"): check
        for module in (
            sums_and_subsets,
            percentages,
            variable_classes,
            means_and_ranges,
            dose_limits,
            hazard_ratios_and_p_values,
            kaplan_meier_rates,
            rates_against_results,
            single_rates,
            restatements,
        )
        for check in module.CHECKS
    }


def run_checks(paper: Paper) -> pd.DataFrame:
    """Everything that the checks find in a paper's claims, the gravest first.

    Returns
    -------
    DataFrame, a row a finding: finding (F1, F2, ...), check, severity, about (what the claims are of), says, size,
    measure, repair, claims and against (ids, separated by spaces).
    """
    rows = [
        {
            "check": name,
            **{column: getattr(finding, column) for column in ("severity", "says", "size", "measure", "repair")},
            "about": about(paper.declared, finding.claims),
            "claims": " ".join(dict.fromkeys(claim.id for claim in finding.claims)),
            "against": " ".join(dict.fromkeys(claim.id for claim in finding.against)),
        }
        for name, check in all_checks().items()
        for finding in check(paper)
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS[1:])
    frame["severity"] = pd.Categorical(frame["severity"], SEVERITIES, ordered=True)
    frame = frame.sort_values("severity", kind="stable").reset_index(drop=True)
    frame.insert(0, "finding", [f"F{number}" for number in range(1, len(frame) + 1)])
    return frame.assign(severity=frame["severity"].astype(str))
