"""Whether the declared analysis is the published one, as far as the claims tell."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from oligomet.audit.claims import Paper
    from oligomet.declarations import Group
    from oligomet.study import Study

LIMIT = re.compile(r"([<≥>≤])\s*(\d+(?:\.\d+)?)")
NAMED = {"<": "below", "≥": "at_least", ">": "above", "≤": "at_most"}


@dataclass(frozen=True)
class PublishedAnalysis:
    """The published paper beside the study that repeats it.

    Parameters
    ----------
    paper
        Its claims, read together with the study.
    verdicts
        The audit's table of claims as text.
    study
        Whose declarations are compared with it.
    """

    paper: Paper
    verdicts: pd.DataFrame
    study: Study

    @cached_property
    def _levels(self) -> dict[str, set[str]]:
        """The levels of each factor that its claims name."""
        named: dict[str, set[str]] = defaultdict(set)
        for claim in self.paper.claims:
            compared = [(claim.contrast[0], level) for level in claim.contrast[1:]] if claim.contrast else []
            for factor, level in (*claim.group, *compared):
                named[factor].add(level)
        return named

    def divides_as(self, factor: str) -> bool:
        """Whether the paper divides by this factor, and at the limits that the study declares."""
        groups = self.study.factors[factor].groups
        named = self._levels.get(factor, set()) - {"Unknown"}
        return bool(named) and all(level in groups and _as_labelled(level, groups[level]) for level in named)

    @cached_property
    def _compared(self) -> set[tuple[str, str]]:
        """Endpoint and factor of each comparison that the paper has a test or a hazard ratio of."""
        endpoints = self.paper.declared.endpoints
        return {
            (endpoints[claim.endpoint].same_as or claim.endpoint, claim.factor)
            for claim in self.paper.claims
            if claim.endpoint and claim.factor and claim.kind in ("p_value", "hazard_ratio")
        }

    @property
    def otherwise_divided(self) -> list[str]:
        """Factors of the comparisons that both have, and that the study divides otherwise."""
        factors = {factor for _, factor in self._compared & self._declared}
        return [name for name in self.study.factors if name in factors and not self.divides_as(name)]

    @cached_property
    def _declared(self) -> set[tuple[str, str]]:
        compare = self.study.analyses.compare
        return {(endpoint, factor) for endpoint, factors in compare.items() for factor in factors}

    @property
    def left_out(self) -> list[tuple[str, str]]:
        """Endpoint and factor of what only the paper compares."""
        known = {(endpoint, factor) for endpoint in self.study.endpoints for factor in self.study.factors}
        return sorted(self._compared & known - self._declared)

    @property
    def added(self) -> list[tuple[str, str]]:
        """Endpoint and factor of what only the study compares."""
        return sorted(self._declared - self._compared)

    @property
    def settings(self) -> list[str]:
        """Declarations that no statement of the paper agrees with, as the audit names them: 'data cut'."""
        told = self.verdicts[self.verdicts["kind"].isin(["value", "text", "date"])]
        told = told[told["answer"].str.startswith("study.yaml")]
        agreed = set(told.loc[told["verdict"].isin(["reproduced", "within tolerance"]), "says"])
        return [says for says in dict.fromkeys(told["says"]) if says not in agreed]

    @property
    def kept(self) -> list[str]:
        """Factors that are divided as published."""
        return [name for name in self.study.factors if self.divides_as(name)]


def _as_labelled(level: str, group: Group) -> bool:
    """Whether a group is what its label states: '< 3' is below 3."""
    stated = LIMIT.match(level)
    if stated is None:
        return True
    declared = getattr(group, NAMED[stated[1]])
    return declared is None or float(declared) == float(stated[2])
