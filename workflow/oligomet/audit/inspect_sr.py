"""The domains and checks of INSPECT-SR, as far as an audit of numbers, or its reader, speaks to them.

They are those of Wilkinson et al. 2025 (medRxiv 2025.09.03.25334905), in our words. It judges trials, and leaves the
judgement of a domain to its reader: what stands here is what the numbers say of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple

import pandas as pd
import yaml

Concerns = Literal["no concerns", "some concerns", "serious concerns"]
JUDGED = ("serious concerns", "some concerns", "no concerns", "not examined")  # the gravest first
OF_SEVERITY = {
    "impossible": JUDGED[0], "inconsistent": JUDGED[1], "ambiguous": JUDGED[1], "slip": JUDGED[2], "sound": JUDGED[2],
}  # fmt: skip
OTHERWISE = "4.10"  # of checks that no other one of INSPECT-SR asks for
DOMAINS = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
NUMBERS = [number for checks in DOMAINS.values() for number in checks]


class InspectedCheck(NamedTuple):
    """A check of INSPECT-SR, what came of it, and whether a reader says so."""

    number: str
    asks: str
    judged: str
    by_reader: bool


class InspectedDomain(NamedTuple):
    """A domain of INSPECT-SR and its checks; judged as the worst of those that were examined."""

    name: str
    checks: list[InspectedCheck]

    @property
    def told(self) -> dict[str, list[InspectedCheck]]:
        """Its checks by what came of them, the gravest first, and last those that were not examined."""
        told = {judged: [check for check in self.checks if check.judged == judged] for judged in JUDGED}
        return {judged: checks for judged, checks in told.items() if checks}

    @property
    def judged(self) -> str:
        """No, some or serious concerns, or that nothing was examined."""
        return next(iter(self.told))


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
    asked = {name: number for checks in DOMAINS.values() for number in checks for name in checks[number]["ours"]}
    found: dict[str, set[str]] = defaultdict(set)
    for check, severity in zip(findings["check"], findings["severity"], strict=True):
        found[asked.get(check, OTHERWISE)].add(OF_SEVERITY[severity])

    def judge(number: str, asks: str) -> InspectedCheck:
        said = {inspected[number]} if number in inspected else set()
        judged = next((each for each in JUDGED if each in found[number] | said), JUDGED[-1])
        return InspectedCheck(number, asks, judged, judged in said)

    return [
        InspectedDomain(domain, [judge(number, check["asks"]) for number, check in checks.items()])
        for domain, checks in DOMAINS.items()
    ]
