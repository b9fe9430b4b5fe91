"""Claims, places and what some claims have in common, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oligomet.audit.claims import Claim, Place
    from oligomet.audit.claims_format import Entry, PaperFile

WORDS = {
    "count": "Number",
    "percentage": "Percentage",
    "hazard_ratio": "Hazard ratio",
    "low": "Lower limit of the hazard ratio",
    "high": "Upper limit of the hazard ratio",
    "p_value": "p value",
}


def describe(declared: PaperFile, place: Place) -> str:
    """A place in words: 'patients, FIGO stage: III'."""
    population, group = place
    levels = [f"{declared.factors[factor].says}: {level_of(declared, factor, level)}" for factor, level in group]
    return ", ".join([declared.populations[population].says, *levels])


def level_of(declared: PaperFile, factor: str, level: str) -> str:
    return declared.factors[factor].levels[level].says or level


def sentence(declared: PaperFile, entry: Entry, kind: str, place: Place, time: float | None) -> str:
    """What a claim says, where its entry does not say it itself."""
    of = describe(declared, place)
    what = WORDS.get(kind, kind)
    if entry.setting:
        return entry.setting.replace("_", " ").capitalize()
    endpoint = declared.endpoints[entry.endpoint].says if entry.endpoint else ""
    if entry.contrast:
        factor = declared.factors[entry.contrast.factor].says
        versus = f"{entry.contrast.level} vs {entry.contrast.reference}"
        return f"{what}, {factor}: {versus}, {endpoint} ({entry.model or 'model not named'})"
    if kind == "p_value":
        return ", ".join(name for name in (what, entry.test, declared.factors[entry.factor].says, endpoint) if name)
    if entry.endpoint and kind == "rate":
        return f"{endpoint} {f'at {time:g} months' if time is not None else '(time not stated)'}; {of}"
    if entry.endpoint and kind != "count":
        return f"{endpoint}, {kind} (months); {of}"
    if entry.variable:
        variable = declared.variables[entry.variable]
        return f"{variable.says}{f' ({variable.measure})' if variable.measure else ''}, {kind}; {of}"
    return f"{what.capitalize()} of {of}"


def identify(section: str, entry: Entry, kind: str, place: Place, time: float | None) -> str:
    """A claim's name: where it stands and what it is, in letters that survive a URL."""
    subject = [*(f"{factor}-{level}" for factor, level in place[1]), entry.endpoint, entry.variable, entry.setting]
    if entry.contrast:
        subject += [entry.contrast.factor, entry.model or "model"]
    elif entry.factor:
        subject.append(entry.factor)
    when = f"-{time:g}" if time is not None and kind == "rate" else ""
    parts = [section, str(entry.row), *(subject if any(subject) else [place[0]]), kind + when]
    return ".".join(_slug(part) for part in parts if part)


def about(declared: PaperFile, claims: Iterable[Claim]) -> str:
    """What some claims have in common: setting, endpoint, factor or variable, level; or else their population."""
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


def _slug(text: str) -> str:
    text = text.replace("≥", "ge").replace("<", "lt").replace("≤", "le").replace(">", "gt").lower()
    return re.sub(r"[^a-z0-9.]+", "-", text.replace(". ", "-")).strip("-")
