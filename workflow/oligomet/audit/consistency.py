"""The consistency of a paper with itself: every check of `checks/`, run over its claims."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from oligomet.audit.checks import (
    baseline,
    cross_tables,
    dose_limits,
    hazard_ratios_and_p_values,
    intervals,
    kaplan_meier_rates,
    means_and_ranges,
    numbers_at_risk,
    percentages,
    plain_limits,
    rates_against_results,
    reconstructed_curves,
    restatements,
    single_rates,
    statistics_and_deviations,
    sums_and_subsets,
    variable_classes,
)
from oligomet.audit.claims import Claim, Paper
from oligomet.audit.claims_format import PaperFile
from oligomet.audit.findings import SEVERITIES, Check
from oligomet.audit.wording import level_of

CHECK_FAMILIES = (  # in the order in which a reader meets them
    plain_limits, sums_and_subsets, percentages, variable_classes, means_and_ranges, statistics_and_deviations,
    baseline, cross_tables, dose_limits, intervals, hazard_ratios_and_p_values, kaplan_meier_rates,
    rates_against_results, numbers_at_risk, reconstructed_curves, single_rates, restatements,
)  # fmt: skip
ALL_CHECKS: dict[str, Check] = {  # by the name that each has in the findings
    check.__name__.removeprefix("check_"): check for family in CHECK_FAMILIES for check in family.CHECKS
}
COLUMNS = ["finding", "check", "severity", "about", "says", "size", "measure", "repair", "claims", "against"]


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
        for name, check in ALL_CHECKS.items()
        for finding in check(paper)
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS[1:])
    frame["severity"] = pd.Categorical(frame["severity"], SEVERITIES, ordered=True)
    frame = frame.sort_values("severity", kind="stable").reset_index(drop=True)
    frame.insert(0, "finding", [f"F{number}" for number in range(1, len(frame) + 1)])
    return frame.assign(severity=frame["severity"].astype(str))


def about(declared: PaperFile, claims: Iterable[Claim]) -> str:
    """What some claims have in common, as the heading of a finding: 'Overall survival, Arm', or else 'Patients'."""
    claims = list(claims)
    endpoints = {claim.endpoint for claim in claims if claim.endpoint}
    if len(endpoints) > 1:
        endpoints = {declared.endpoints[name].same_as or name for name in endpoints}
    levels = {level for claim in claims for level in claim.group} | {(c.factor, "") for c in claims if c.factor}
    common = (
        {claim.setting.replace("_", " ").capitalize() for claim in claims if claim.setting},
        {declared.endpoints[name].says for name in endpoints},
        {declared.variables[claim.variable].says for claim in claims if claim.variable},
        {declared.factors[factor].says for factor, _ in levels},
        {level_of(declared, factor, level) for factor, level in levels if level} if len(levels) == 1 else set(),
    )
    named = [next(iter(each)) for each in common if len(each) == 1]
    populations = {declared.populations[claim.population].says.capitalize() for claim in claims}
    return ", ".join(dict.fromkeys(named)) or (populations.pop() if len(populations) == 1 else "")
