"""What a claims.yaml need not say: the factors and endpoints that study.yaml declares by the same names."""

from __future__ import annotations

import re
from typing import Any

from oligomet.declarations import Factor, Group
from oligomet.estimates.factor_levels import UNKNOWN
from oligomet.sections import Sections
from oligomet.study import Study
from oligomet.variables import columns_of


def complete(raw: dict[str, Any], study: Study | Sections) -> dict[str, Any]:
    """A claims.yaml with the study's factors and endpoints: every one of them can be named in a claim.

    What the file says of one of them stands, key by key and level by level; the rest is the study's. An endpoint that
    is another's name (`same_as`) is followed and answered as that one. If claims name a level that neither declares,
    then the study divides otherwise than the paper (its cut-point was changed): the factor has the paper's levels,
    with the limits that their labels state ('< 3'), and no estimate answers what is said of them.

    Parameters
    ----------
    raw
        The nested maps, lists and texts of the file, not yet checked.
    study
        Its `factors` and `endpoints`.

    Examples
    --------
    With `age: {label: Age, variable: age_years, groups: {"< 60": {below: 60}, ...}}` in study.yaml and
    `variables: {age: {answer: age_years, ...}}` in claims.yaml, the latter need not declare the factor age: it is
    `{says: Age, of: patients, variable: age, levels: {"< 60": {below: 60}, ...}}`.
    """
    named, everyone = _named_levels(raw), _first_populations(raw)
    factors, endpoints = _mapping(raw.get("factors")), _mapping(raw.get("endpoints"))
    for name, factor in study.factors.items():
        unit = "patient" if factor.variable in columns_of("outcomes/patients", study.variables) else "lesion"
        base = {"says": factor.label, "of": everyone.get(unit), "variable": _variable(factor, raw)}
        own = factors.get(name) or {}
        if isinstance(own, dict) and (base | own)["of"]:
            levels = _levels(factor, _mapping(own.get("levels")), named.get(name, []))
            factors = {**factors, name: {**base, **own, "levels": levels}}
    followed = {
        name: {"says": endpoint.label, "of": everyone[endpoint.per], "events": list(endpoint.events)}
        for name, endpoint in study.endpoints.items()
        if endpoint.per in everyone
    }
    for name, own in endpoints.items():
        other = _mapping(own).get("same_as")
        base = {**followed[other], "answer": other} if other in followed else followed.get(name, {})
        followed[name] = {**base, **own} if isinstance(own, dict) else own
    return {**raw, "factors": factors, "endpoints": followed}


def _mapping(value: Any) -> dict[str, Any]:
    """`value`, or an empty map where a file has anything else: its checks will say so."""
    return value if isinstance(value, dict) else {}


def _variable(factor: Factor, raw: dict[str, Any]) -> str | None:
    """The paper's variable that a factor cuts: the one that the factor's own answers, or that has its name."""
    variables = _mapping(raw.get("variables")).items()
    return next((name for name, each in variables if _mapping(each).get("answer", name) == factor.variable), None)


def _levels(factor: Factor, own: dict[str, Any], named: list[str]) -> dict[str, Any]:
    declared = {name: {**_of_group(group), **_mapping(own.get(name))} for name, group in factor.groups.items()}
    declared = {**declared, **{name: level for name, level in own.items() if name not in declared}}
    as_published = all(name in declared or name == UNKNOWN for name in named)
    return {**(declared if as_published else {}), **{name: declared.get(name, _as_labelled(name)) for name in named}}


def _as_labelled(level: str) -> dict[str, float]:
    """The limit that a label states: '< 3', '≥ 6 months'."""
    limit = {"<": "below", "≥": "at_least", ">": "above", "≤": "at_most"}
    stated = re.match(r"([<≥>≤])\s*(\d+(?:\.\d+)?)", level)
    return {limit[stated[1]]: float(stated[2])} if stated else {}


def _of_group(group: Group) -> dict[str, Any]:
    """A group's limits, if they are numbers; one that is a single number has it as both."""
    limits = {name: getattr(group, name) for name in ("below", "at_least", "above", "at_most")}
    if group.is_ is not None:
        limits |= {"at_least": group.is_, "at_most": group.is_}
    numbers = {name: limit for name, limit in limits.items() if isinstance(limit, int | float)}
    return numbers if group.within is None else {**numbers, "within": group.within}


def _first_populations(raw: dict[str, Any]) -> dict[str, str]:
    """The populations that stand for all patients and for all lesions: the first of each unit."""
    first: dict[str, str] = {}
    for name, population in _mapping(raw.get("populations")).items():
        first.setdefault(_mapping(population).get("unit", ""), name)
    return first


def _named_levels(raw: dict[str, Any]) -> dict[str, list[str]]:
    """By factor the levels that the claims name, in their order."""
    named: dict[str, dict[str, None]] = {}
    for entries in _mapping(raw.get("claims")).values():
        for entry in map(_mapping, entries if isinstance(entries, list) else []):
            pairs: list[tuple[Any, Any]] = list(_mapping(entry.get("of")).items())
            if "by" in entry:
                values = [_mapping(entry.get(kind)) for kind in ("count", "percentage")]
                pairs += [(entry["by"], level) for value in values for level in value if level != "total"]
            contrast = _mapping(entry.get("contrast"))
            pairs += [(contrast.get("factor"), contrast[key]) for key in ("level", "reference") if key in contrast]
            for factor, level in pairs:
                named.setdefault(str(factor), {})[str(level)] = None
    return {factor: list(levels) for factor, levels in named.items()}
