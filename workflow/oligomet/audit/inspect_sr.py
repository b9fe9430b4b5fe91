"""The domains and checks of INSPECT-SR, as far as an audit of numbers, or its reader, speaks to them.

They are those of Wilkinson et al. 2025 (medRxiv 2025.09.03.25334905), in our words. It judges trials, and leaves the
judgement of a domain to its reader: what stands here is what the numbers say of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import pandas as pd

Concerns = Literal["no concerns", "some concerns", "serious concerns"]
CONCERNS: tuple[Concerns, ...] = ("no concerns", "some concerns", "serious concerns")
OF_SEVERITY = {"impossible": 2, "inconsistent": 1, "ambiguous": 1, "slip": 0, "sound": 0}  # which of them
OTHERWISE = "4.10"  # of checks that no other one of INSPECT-SR asks for
DOMAINS: dict[str, dict[str, tuple[str, str]]] = {  # by number what each check asks, and which of ours speak to it
    "Post-publication notices": {
        "1.1": ("retraction", ""),
        "1.2": ("expression of concern or other notice", ""),
        "1.3": ("other studies of the team", ""),
    },
    "Conduct, governance and transparency": {
        "2.1": ("ethical approval", ""),
        "2.2": ("registration", ""),
        "2.3": ("publication against registration", ""),
        "2.4": ("recruitment", "dates"),
        "2.5": ("methods and resources", ""),
    },
    "Text and figures": {
        "3.1": ("duplicated content", "repeated_rows"),
        "3.2": ("manipulated or duplicated figures", ""),
    },
    "Results": {
        "4.1": ("participants against eligibility", "class_limits"),
        "4.2": ("group sizes against allocation", ""),
        "4.3": ("baseline data", "baseline"),
        "4.4": (
            "figures, tables and text against each other",
            "restatements names_of_scales units names_of_endpoints curves_and_text curves_and_comparisons",
        ),
        "4.5": ("losses to follow-up", ""),
        "4.6": (
            "numbers of participants",
            "parts sums unions subsets overlaps class_totals classes_of_both numbers_at_risk numbers_of_events",
        ),
        "4.7": (
            "outcomes and effects",
            "shares monotony endpoints medians_of_endpoints whole_and_groups conditional_survival readings one_time "
            "one_column medians_and_rates medians_not_reached progressing_lesions hazard_ratio_and_rates events "
            "events_of_adjusted widths_of_rates",
        ),
        "4.8": ("means and variances of whole numbers", "means standard_deviations"),
        "4.9": (
            "errors in statistics",
            "wald_p geometric_middle significance test_statistics tests_of_means tests_of_counts ratios_of_counts "
            "standard_errors estimates_and_intervals intervals_of_means rates_and_logrank logrank_and_cox",
        ),
        OTHERWISE: ("other contradictions", ""),
        "4.11": ("other publications of the study", ""),
    },
}

NUMBERS = [number for checks in DOMAINS.values() for number in checks]


class InspectedCheck(NamedTuple):
    """A check of INSPECT-SR, what came of it, empty if nothing speaks to it, and whether a reader says so."""

    number: str
    asks: str
    judged: Concerns | Literal[""]
    by_reader: bool


class InspectedDomain(NamedTuple):
    """A domain of INSPECT-SR and its checks; judged as the worst of those that were examined."""

    name: str
    checks: list[InspectedCheck]

    @property
    def examined(self) -> list[InspectedCheck]:
        """The checks to which a finding or a reader speaks."""
        return [check for check in self.checks if check.judged]

    @property
    def unexamined(self) -> list[InspectedCheck]:
        """The checks to which nothing speaks."""
        return [check for check in self.checks if not check.judged]

    @property
    def judged(self) -> str:
        """No, some or serious concerns, or that nothing was examined."""
        found = [CONCERNS.index(check.judged) for check in self.checks if check.judged]
        return CONCERNS[max(found)] if found else "not examined"


def inspect_domains(findings: pd.DataFrame, inspected: Mapping[str, Concerns]) -> list[InspectedDomain]:
    """The domains of INSPECT-SR, as far as findings and a reader speak to their checks.

    Parameters
    ----------
    findings
        As `consistency.run_checks` gives them: an impossible one is a serious concern, an inconsistent or ambiguous
        one some concern, and slips are none.
    inspected
        What a reader looked up, by number of the check, as `claims.yaml` declares it. The worse of both counts.
    """
    asked = {
        name: number for checks in DOMAINS.values() for number, (_, ours) in checks.items() for name in ours.split()
    }
    worst = findings["severity"].map(OF_SEVERITY).groupby(findings["check"].map(asked).fillna(OTHERWISE)).max()
    by_number = worst.astype(int).to_dict()
    domains = []
    for domain, checks in DOMAINS.items():
        told = []
        for number, (asks, _) in checks.items():
            said = CONCERNS.index(inspected[number]) if number in inspected else -1
            judged = max(said, by_number.get(number, -1))
            by_reader = said >= 0 and said == judged
            told.append(InspectedCheck(number, asks, CONCERNS[judged] if judged >= 0 else "", by_reader))
        domains.append(InspectedDomain(domain, told))
    return domains
