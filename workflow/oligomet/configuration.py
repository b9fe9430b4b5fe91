"""A configuration file as plain data, and plain data as a declaration: all mistakes at once, in words."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from oligomet.declarations import MOVED, ConfigurationError, Declaration


def checked(model: type[Declaration], raw: Any, file: str) -> Any:
    """`raw` as a `model`.

    Raises
    ------
    ConfigurationError
        All mistakes, a line each, with `file` and the place in it.
    """
    if not isinstance(raw, dict):
        raise ConfigurationError(f"{file}: expected 'name: value' lines, found {type(raw).__name__}")
    try:
        return model.model_validate(raw)
    except ValidationError as problems:
        lines = []
        for problem in problems.errors():
            where = ".".join(str(part) for part in problem["loc"])
            said = problem["msg"].removeprefix("Value error, ")
            found = "" if problem["type"] in ("missing", "value_error") else f" (found: {problem['input']!r})"
            if where in MOVED:
                said, found = MOVED[where], ""
            lines += [f"{file}: {where + ': ' if where else ''}{line}{found}" for line in said.split("\n")]
        raise ConfigurationError("\n".join(lines)) from None


class _Loader(yaml.CSafeLoader):  # the safe one, ten times faster than Python's
    """YAML in which a name stands once and a day is one of the calendar; anything else is an error with its line."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        seen: dict[Any, int] = {}
        for key, _ in node.value:
            name, line = self.construct_object(key, deep=True), key.start_mark.line + 1
            if isinstance(name, Hashable) and name in seen:
                raise yaml.YAMLError(f"line {line}: {name} stands here again; it is in line {seen[name]} already")
            if isinstance(name, Hashable):
                seen[name] = line
        return super().construct_mapping(node, deep)

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> Any:
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError:
            raise yaml.YAMLError(f"line {node.start_mark.line + 1}: {node.value} is no day of the calendar") from None


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_yaml_timestamp)


def load(path: Path) -> Any:
    """What stands in a YAML file.

    Raises
    ------
    ConfigurationError
        If there is no such file, it is no YAML, a name stands twice in one place, or a day is none of the calendar.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _Loader)
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: there is no such file") from None
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path}: not readable as YAML: {error}") from None
