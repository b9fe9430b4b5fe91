"""A claims.yaml as it stands: its maps, lists and texts, the line of each, and what is written twice."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import ValidationError

from oligomet.declarations import ConfigurationError
from oligomet.validate.document import MARKUP, MOST_VALUES

Location = tuple[str | int, ...]  # keys and positions that lead to a value: ("claims", "Abstract", 3, "count")

SHOWN = [("title",), ("citation",), ("doi",)]  # in the paper; elsewhere <group> is a place for a name

SAID = {  # of the types of pydantic's errors
    "extra_forbidden": "there is no such key",
    "missing": "is missing",
    "model_type": "should have 'name: value' lines",
    "dict_type": "should have 'name: value' lines",
    "list_type": "should be a list",
    "string_type": "should be one value",
    "too_short": "is empty",
}


class Mistake(NamedTuple):
    """Something wrong in a file, where it is and in words."""

    where: Location
    says: str


class ClaimsFile(NamedTuple):
    """What a file holds, everything scalar as text; the line of each value; keys that stand there twice."""

    raw: Any
    lines: dict[Location, int]
    mistakes: list[Mistake]


def read_claims_file(path: Path) -> ClaimsFile:
    """The nested maps, lists and texts of a file, so that the decimals of a number stay as printed.

    Raises
    ------
    ConfigurationError
        If it is not there or not YAML.
    """
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), yaml.CBaseLoader)
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: there is no such file") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: not readable as YAML: {error}") from None
    lines: dict[Location, int] = {}
    mistakes: list[Mistake] = []
    met = count(1)

    def value(node: yaml.Node | None, where: Location) -> Any:
        if node is None:
            return None
        if next(met) > MOST_VALUES:
            raise ConfigurationError(f"{path}: not readable as YAML: it says more than {MOST_VALUES} things")
        if where in SHOWN and isinstance(node, yaml.ScalarNode) and MARKUP.search(node.value):
            mistakes.append(Mistake(where, "a tag is no text; write '<' before a space or a number"))
        lines.setdefault(where, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            return [value(each, (*where, n)) for n, each in enumerate(node.value)]
        if not isinstance(node, yaml.MappingNode):
            return node.value
        found: dict[str, Any] = {}
        for key_node, each in node.value:
            key = str(key_node.value)
            lines[*where, key] = key_node.start_mark.line + 1
            if key in found:
                mistakes.append(Mistake((*where, key), "stands here twice, and only one of them can be meant"))
            found[key] = value(each, (*where, key))
        return found

    return ClaimsFile(value(node, ()), lines, mistakes)


def in_words(error: ValidationError, where: Location = ()) -> list[Mistake]:
    """The mistakes that pydantic found below a place, as a reader of the file would put them."""
    mistakes = []
    for each in error.errors():
        place = (*where, *each["loc"])
        says = each["msg"].removeprefix("Value error, ").replace("Input should be", "should be")
        if each["type"] in SAID:
            says = SAID[each["type"]]
        elif isinstance(each["input"], str) and each["type"] != "value_error":
            says += f", found {each['input']!r}"
        mistakes += [Mistake(place, line) for line in says.split("\n")]
    return mistakes


def tell(file: str, mistakes: Sequence[Mistake], lines: dict[Location, int]) -> ConfigurationError:
    """All mistakes, in the order of the file, a line each: 'claims.yaml, line 12: claims.Abstract.3: ...'."""

    def line_of(where: Location) -> int | None:
        return next((lines[where[:n]] for n in range(len(where), 0, -1) if where[:n] in lines), None)

    told = []
    for where, says in sorted(dict.fromkeys(mistakes), key=lambda mistake: line_of(mistake.where) or 0):
        line = line_of(where)
        place = ".".join(map(str, where))
        told.append(f"{file}{f', line {line}' if line else ''}: {place + ': ' if place else ''}{says}")
    return ConfigurationError("\n".join(told))
