"""What a paper of its kind has to state, and whether it does.

The items follow STROBE (von Elm et al. 2007), CONSORT 2010 and, for survival, Altman et al. 1995, Br J Cancer 72:511.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from oligomet.audit.claims import Paper
from oligomet.audit.claims_format import RATIOS


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
    middle = any(claim.variable in spans for claim in paper.select(kind=("median", "mean")))
    yield Item("the median follow-up", middle, "rates beyond it rest on few")
    closed = paper.setting("data_cut") is not None
    yield Item("the closing date", closed, "follow-up cannot be held against the calendar")
    for name in sorted(followed):
        defined = paper.declared.endpoints[name].defined
        yield Item(f"what {says[name].lower()} counts as an event", defined, "it can be two different endpoints")
    rates = paper.select(kind="rate")
    if rates:
        limits = bool(paper.select(kind="low", limit_of="rate"))
        yield Item("intervals of the survival rates", limits, "how exact they are cannot be seen")
        at_risk = bool(paper.select(kind="at_risk")) or bool(paper.curves)
        yield Item("numbers at risk", at_risk, "where the curve ends to mean anything cannot be seen")
    later = {each.fails_with.factor for each in paper.declared.endpoints.values() if each.fails_with}
    later |= {name for name, _, _, level in paper.declared.levels() if later & set(level.union)}
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
    ratios = paper.select(kind=RATIOS)
    if ratios:
        events = bool(paper.select(kind="events"))
        yield Item("numbers of events", events, "what a ratio rests on cannot be seen")
        bare = [c for c in ratios if not paper.select(kind="low", section=c.section, row=c.row)]
        yield Item("an interval of each ratio", not bare, "how exact it is cannot be seen")
    tests = [claim for claim in paper.select(kind="p_value") if not claim.contrast and not claim.model]
    if tests:
        level = paper.setting("significance_level") is not None
        yield Item("the level of significance", level, "nothing follows from p")
        named = all(claim.test or claim.endpoint for claim in tests)
        yield Item("the test behind each p value", named, "none can be redone")
