"""Claims and places in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from oligomet.audit.claims_format import RATIOS, PaperEntry, PaperFile, Place

if TYPE_CHECKING:
    from oligomet.audit.claims import Claim

KIND_WORDS = {
    "count": "Number",
    "percentage": "Percentage",
    "hazard_ratio": "Hazard ratio",
    "low": "Lower limit of the hazard ratio",
    "high": "Upper limit of the hazard ratio",
    "p_value": "p value",
    "statistic": "Test statistic",
    "sd": "standard deviation",
    "se": "standard error",
    "q1": "lower quartile",
    "q3": "upper quartile",
    "events": "Events",
    "at_risk": "Number at risk",
    "odds_ratio": "Odds ratio",
    "risk_ratio": "Risk ratio",
}
RATIO_AND_LIMITS = (*RATIOS, "low", "high")


def describe_place(declared: PaperFile, place: Place) -> str:
    """A place in words: 'patients, FIGO stage: III'."""
    population, group = place
    levels = [f"{declared.factors[factor].says}: {level_of(declared, factor, level)}" for factor, level in group]
    return ", ".join([declared.populations[population].says, *levels])


def plus(counts: Iterable[Claim]) -> str:
    """A sum of counts: '39 + 22 = 61'."""
    values = [claim.value for claim in counts]
    return f"{' + '.join(f'{value:g}' for value in values)} = {sum(values):g}"


def level_of(declared: PaperFile, factor: str, level: str) -> str:
    """A level in words: what it is said to be, or else its name."""
    return declared.factors[factor].levels[level].says or level


def sentence(declared: PaperFile, entry: PaperEntry, kind: str, place: Place, time: float | None) -> str:
    """What a claim says, where its entry does not: 'Overall survival at 12 months; patients, Age: < 60'."""
    of = describe_place(declared, place)
    what = KIND_WORDS.get(kind, kind)
    if kind in ("low", "high") and entry.limit_of != "hazard_ratio":
        what = f"{'Lower' if kind == 'low' else 'Upper'} limit of the {entry.limit_of.replace('_', ' ')}"
    if entry.setting:
        return entry.setting.replace("_", " ").capitalize()
    endpoint = declared.endpoints[entry.endpoint].says if entry.endpoint else ""
    if entry.contrast:
        factor = declared.factors[entry.contrast.factor].says
        versus = f"{entry.contrast.level} vs {entry.contrast.reference}"
        if entry.outcome:
            ((outcome, level),) = entry.outcome.items()
            return f"{what}, {factor}: {versus}, {declared.factors[outcome].says}: {level_of(declared, outcome, level)}"
        return f"{what}, {factor}: {versus}, {endpoint} ({entry.model or 'model not named'})"
    limits = ("low", "high") if entry.limit_of in RATIOS else ()
    if entry.variable and (kind in (*RATIOS, *limits) or (kind == "p_value" and not entry.test and not entry.factor)):
        variable = declared.variables[entry.variable]
        unit = f"{entry.per or 1:g} {variable.measure}".strip()
        return ", ".join(name for name in (what, f"{variable.says} per {unit}", endpoint) if name)
    if kind in ("p_value", "statistic"):
        measured = declared.variables[entry.variable].says if entry.variable else ""
        compared = declared.factors[entry.factor].says if entry.factor else ""
        counted = declared.factors[entry.by].says if entry.by else ""
        return ", ".join(name for name in (what, entry.test, measured, counted, compared, endpoint) if name)
    if entry.endpoint and kind == "rate":
        return f"{endpoint} {f'at {time:g} months' if time is not None else '(time not stated)'}; {of}"
    if entry.endpoint and kind in ("at_risk", "low", "high") and time is not None:
        return f"{what}, {endpoint} at {time:g} months; {of}"
    if entry.endpoint and kind not in ("count", "events"):
        return f"{endpoint}, {kind} (months); {of}"
    if entry.variable:
        variable = declared.variables[entry.variable]
        return f"{variable.says}{f' ({variable.measure})' if variable.measure else ''}, {what}; {of}"
    return f"{what.capitalize()} of {of}"


def identify(section: str, entry: PaperEntry, kind: str, place: Place, time: float | None) -> str:
    """A claim's id: where it stands and what it is, in letters that survive a URL: 'table-1.3.age-lt-60.count'."""
    by_month = kind in ("rate", "at_risk") or (kind in ("low", "high") and entry.limit_of == "rate")
    subject = [*(f"{factor}-{level}" for factor, level in place[1]), entry.endpoint, entry.variable, entry.setting]
    if entry.contrast:
        subject += [entry.contrast.factor, entry.model or "model", *(entry.outcome or {})]
    elif entry.factor:
        subject += [entry.factor, entry.by]
    when = f"-{time:g}" if time is not None and by_month else ""
    parts = [section, str(entry.row), *(subject if any(subject) else [place[0]]), kind + when]
    return ".".join(_slug(part) for part in parts if part)


def _slug(text: str) -> str:
    text = text.replace("≥", "ge").replace("<", "lt").replace("≤", "le").replace(">", "gt").lower()
    return re.sub(r"[^a-z0-9.]+", "-", text.replace(". ", "-")).strip("-")
