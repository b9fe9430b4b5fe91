"""What a paper of its kind has to state, and whether it does; the domains of INSPECT-SR that an audit can speak to.

The items follow STROBE (von Elm et al. 2007), CONSORT 2010 and, for survival, Altman et al. 1995, Br J Cancer 72:511.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from oligomet.audit.claims import Paper
from oligomet.audit.claims_format import RATIOS
from oligomet.audit.findings import GRAVE

DOMAINS = {  # of INSPECT-SR, and the checks that speak to each
    "Post-publication notices": (),
    "Conduct, governance and transparency": ("dates", "follow_up", "baseline"),
    "Text and figures": ("repeated_rows", "curves_and_text", "curves_and_comparisons"),
    "Discrepancies in results": None,  # all others
}
CONCERNS = {"impossible": "serious concerns", "inconsistent": "some concerns", "ambiguous": "some concerns"}


class Item(NamedTuple):
    """Something that a paper of its kind states, whether it is among the claims, and why it matters."""

    what: str
    stated: bool
    why: str


def reporting_items(paper: Paper) -> list[Item]:
    """The items that apply to a paper, by what it claims."""
    return [*_of_survival(paper), *_of_comparisons(paper)]


def _of_survival(paper: Paper) -> Iterator[Item]:
    followed = {claim.endpoint for claim in paper.select() if claim.endpoint}
    if not followed:
        return
    says = {name: each.says for name, each in paper.declared.endpoints.items()}
    spans = {name for name, variable in paper.declared.variables.items() if variable.follow_up}
    middle = any(c.variable in spans for kind in ("median", "mean") for c in paper.select(kind=kind))
    yield Item("the median follow-up", middle, "rates beyond it rest on few")
    yield Item(
        "the closing date", paper.setting("data_cut") is not None, "follow-up cannot be held against the calendar"
    )
    for name in sorted(followed):
        defined = paper.declared.endpoints[name].defined
        yield Item(f"what {says[name].lower()} counts as an event", defined, "it can be two different endpoints")
    rates = paper.select(kind="rate")
    limits = any(claim.limit_of == "rate" for claim in paper.select(kind="low"))
    if rates:
        yield Item("intervals of the survival rates", limits, "how exact they are cannot be seen")
        at_risk = bool(paper.select(kind="at_risk")) or bool(paper.curves)
        yield Item("numbers at risk", at_risk, "where the curve ends to mean anything cannot be seen")
    later = {each.fails_with.factor for each in paper.declared.endpoints.values() if each.fails_with}
    later |= {
        name
        for name, factor in paper.declared.factors.items()
        if any(later & set(level.union) for level in factor.levels.values())
    }
    by_response = [c for c in paper.select() if c.endpoint and ({c.factor} | {f for f, _ in c.group}) & later]
    if by_response:
        landmark = paper.setting("landmark") is not None
        why = "who lives longer has more time to respond, which is immortal time"
        yield Item("a landmark, where survival is told by response", landmark, why)
    units = {paper.declared.populations[paper.declared.endpoints[name].of].unit for name in followed}
    if "lesion" in units:
        clustered = paper.setting("clustering") is not None
        yield Item("how several lesions of a patient are reckoned with", clustered, "they are not independent")


def _of_comparisons(paper: Paper) -> Iterator[Item]:
    ratios = [claim for kind in RATIOS for claim in paper.select(kind=kind)]
    if ratios:
        events = bool(paper.select(kind="events"))
        yield Item("numbers of events", events, "what a ratio rests on cannot be seen")
        bare = [c for c in ratios if not paper.select(kind="low", section=c.section, row=c.row)]
        yield Item("an interval of each ratio", not bare, "how exact it is cannot be seen")
    tests = [claim for claim in paper.select(kind="p_value") if not claim.contrast and not claim.model]
    if tests:
        yield Item(
            "the level of significance", paper.setting("significance_level") is not None, "nothing follows from p"
        )
        yield Item(
            "the test behind each p value", all(claim.test or claim.endpoint for claim in tests), "none can be redone"
        )


def inspect_domains(findings: pd.DataFrame) -> list[tuple[str, str]]:
    """Each domain of INSPECT-SR with what the findings say of it: no, some or serious concerns, or not looked at."""
    elsewhere = {name for checks in DOMAINS.values() if checks for name in checks}
    judged = []
    for domain, checks in DOMAINS.items():
        here = findings[findings["check"].isin(checks) if checks is not None else ~findings["check"].isin(elsewhere)]
        found = [CONCERNS[each] for each in (*GRAVE, "ambiguous") if (here["severity"] == each).any()]
        judged.append((domain, "not looked at" if here.empty else next(iter(found), "no concerns")))
    return judged
