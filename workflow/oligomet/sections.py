"""A study as far as a rule may see it: what a script uses is what makes it run again."""

from __future__ import annotations

from typing import Any

from oligomet.collected import collects
from oligomet.declarations import Declaration

EACH = "*"


class Sections:
    """A study of which only some sections may be looked at.

    A rule names the sections that it depends on, and reruns when one of them changes. Its script sees no others, so
    that a decision can never be used without being tracked. 'analyses.ties' and 'figures.figure5' name parts of one,
    'tables.*.by' a field of each table.
    """

    def __init__(self, declaration: Declaration, names: list[str]):
        self._declaration, self._names = declaration, names

    def __getattr__(self, section: str) -> Any:
        if section.startswith("__"):
            raise AttributeError(section)
        value = getattr(self._declaration, section)
        parts = [rest for name in self._names for first, _, rest in [name.partition(".")] if first == section]
        if not parts:
            raise AttributeError(f"the rule does not declare that it depends on '{section}' of study.yaml")
        return _seen(value, parts)

    def collects(self, name: str) -> bool:
        """As of the study; a rule that asks depends on `not_collected`."""
        return collects(self.not_collected, name)

    def __dir__(self) -> list[str]:
        return self._names

    def values(self) -> dict[str, Any]:
        """What stands in these sections, as plain data: a rule's parameter, so that a change reruns the rule."""
        sections = {name.partition(".")[0] for name in self._names}
        plain = self._declaration.model_dump(mode="json", by_alias=True, include=sections)
        return {name: _at(plain, name.split(".")) for name in self._names}


def _seen(value: Any, parts: list[str]) -> Any:
    """The parts of a section: a dictionary of those named, or a declaration of which only these may be looked at."""
    if "" in parts:
        return value
    if not isinstance(value, dict):
        return Sections(value, parts)
    inside: dict[str, list[str]] = {}
    for part in parts:
        first, _, rest = part.partition(".")
        for name in value if first == EACH else [first]:
            inside.setdefault(name, []).append(rest)
    return {name: _seen(value[name], rests) for name, rests in inside.items()}


def _at(plain: Any, path: list[str]) -> Any:
    if not path:
        return plain
    first, *rest = path
    return {name: _at(value, rest) for name, value in plain.items()} if first == EACH else _at(plain[first], rest)
