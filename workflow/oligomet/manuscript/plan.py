"""The statistical analysis plan: what study.yaml declares, in words, before the results; and what has changed since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from oligomet.templates import ManuscriptError

if TYPE_CHECKING:
    from oligomet.study import Study

NO_DECISION = ("sources", "terms")  # how exports are read is no analysis


class Deviation(NamedTuple):
    """A declaration that is not what the frozen plan has: its place in study.yaml, as it was and as it is."""

    place: str
    was: str
    now: str


def declared_plan(study: Study) -> dict[str, Any]:
    """What the plan is made of: every declaration of the analysis, defaults included, as plain values."""
    return study.model_dump(mode="json", by_alias=True, exclude=set(NO_DECISION))


def hash_of(plan: dict[str, Any]) -> str:
    """SHA-256 of the declarations, whatever their order and layout in the file."""
    return hashlib.sha256(json.dumps(plan, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def find_deviations(frozen: dict[str, Any], now: dict[str, Any]) -> list[Deviation]:
    """Each declaration that differs, by its place; '—' where one of the two has none.

    >>> find_deviations({"analyses": {"ties": "efron"}}, {"analyses": {"ties": "breslow"}})
    [Deviation(place='analyses.ties', was='efron', now='breslow')]
    """
    before, after = dict(_leaves(frozen)), dict(_leaves(now))
    places = dict.fromkeys([*before, *after])
    return [
        Deviation(place, before.get(place, "—"), after.get(place, "—"))
        for place in places
        if before.get(place) != after.get(place)
    ]


def check_frozen(frozen: dict[str, Any], file: Path) -> None:
    """A plan that was frozen is as it was made: its declarations have its hash.

    Raises
    ------
    ManuscriptError
        If they have not, with the file.
    """
    if hash_of(frozen["declared"]) != frozen["sha256"]:
        raise ManuscriptError([f"{file}: what it declares does not have its sha256: a frozen plan is not edited"])


def _leaves(plan: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every value with its place; a list is one value."""
    if isinstance(plan, dict):
        for name, value in plan.items():
            yield from _leaves(value, f"{place}.{name}" if place else str(name))
    elif plan is not None:
        yield place, ", ".join(map(str, plan)) if isinstance(plan, list) else str(plan)
