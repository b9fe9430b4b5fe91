"""A YAML file as data, with the line on which each thing stands, and everything that YAML itself would pass over."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from oligomet.validate.problems import Problem

MOST_VALUES = 50_000  # aliases of aliases multiply: a file that says more than this is no declaration

Keys = tuple[str | int, ...]
MARKUP = re.compile(r"<[A-Za-z/!?]")  # would be a tag on a page; "< 3" is not
NOT_SHOWN = ("sources", "terms", "parsing")  # what stands in exports, and patterns
KEY = "(a name)"  # stands for a name while it is read


@dataclass
class Document:
    """What stands in a file; `lines` gives the line of each path of keys and places in lists."""

    file: str
    values: Any = None
    lines: dict[Keys, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Keys) -> int | None:
        """The line of the deepest part of `path` that is in the file."""
        return next((self.lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in self.lines), None)

    def path(self, place: str, words: str = "") -> Keys:
        """The path that a dotted place means, as far as it is in the file.

        A key may hold points itself; an entry of a list is named by its `id`; an entry of a list or mapping that
        `words` begin with is the one that is meant.
        """
        value, rest = self.values, place
        path: Keys = ()
        while rest:
            keys = {str(name): name for name in _names(value)}
            fits = [key for key in keys if rest == key or rest.startswith(f"{key}.")]
            if not fits:
                return path
            key = max(fits, key=len)
            path, value, rest = (*path, _index(value, keys[key])), _entry(value, keys[key]), rest[len(key) + 1 :]
        if isinstance(value, list):
            return next(((*path, n) for n, item in enumerate(value) if words.startswith(f"{item} ")), path)
        if isinstance(value, dict):
            return next(((*path, key) for key in value if words.startswith(f"{key} ")), path)
        return path


def _names(value: Any) -> list:
    if isinstance(value, dict):
        return list(value)
    if isinstance(value, list):
        return [item["id"] for item in value if isinstance(item, dict) and "id" in item] + list(range(len(value)))
    return []


def _index(value: Any, name: Any) -> str | int:
    if isinstance(value, list) and not isinstance(name, int):
        return next(n for n, item in enumerate(value) if isinstance(item, dict) and item.get("id") == name)
    return name


def _entry(value: Any, name: Any) -> Any:
    return value[_index(value, name)]


def read_document(path: Path) -> Document:
    """The data of a YAML file with its lines.

    What cannot be read, a key that is given twice and a day that is not in the calendar are in `problems`; `values` is
    None where nothing could be read.
    """
    document = Document(str(path))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        document.problems.append(Problem(document.file, "there is no such file"))
        return document
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is in another encoding: save it in UTF-8"
        document.problems.append(Problem(document.file, f"cannot be read as text ({why})"))
        return document
    loader = yaml.CSafeLoader(text)  # the safe one, ten times faster
    try:
        node = loader.get_single_node()
        document.values = _Walk(document, loader).value(node, ()) if node else {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        said = f"not readable as YAML: {', '.join(filter(None, [error.context, error.problem]))}"
        tab = line is not None and "\t" in "".join(text.splitlines()[line - 1 : line])
        expected = "Expected 'name: value' lines; a value with a colon, a hash or a bracket needs quotes."
        expected = "Indent with spaces, not with tabs." if tab else expected
        document.problems.append(Problem(document.file, said, expected, line=line))
    except RecursionError:
        document.problems.append(Problem(document.file, "not readable as YAML: something stands within itself (&, *)"))
    except yaml.YAMLError as error:
        document.problems.append(Problem(document.file, f"not readable as YAML: {error}"))
    finally:
        loader.dispose()
    return document


class _Walk:
    """Builds the data node by node, since a finished mapping has forgotten its lines and the keys that it had twice."""

    def __init__(self, document: Document, loader: yaml.CSafeLoader):
        self.document, self.loader, self.met = document, loader, 0

    def value(self, node: yaml.Node, path: Keys) -> Any:
        self.met += 1
        if self.met > MOST_VALUES:
            raise yaml.YAMLError(f"it says more than {MOST_VALUES} things")
        self.document.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, number)) for number, item in enumerate(node.value)]
        try:
            if MARKUP.search(node.value) and path[:1] not in [(section,) for section in NOT_SHOWN]:
                expected = "Expected words as readers see them; '<' before a space or a number."
                self._say("a tag is no text", path, node, expected)
            return self.loader.construct_object(node)
        except ValueError:
            said, expected = f"{node.value} is no day of the calendar", "Expected a day as year-month-day, 2021-12-30."
            self._say(said, path, node, expected)
            return node.value

    def _mapping(self, node: yaml.MappingNode, path: Keys) -> dict:
        given = [key.value for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
        self.loader.flatten_mapping(node)
        values: dict = {}
        for key_node, value_node in node.value:
            key = self.value(key_node, (*path, KEY))
            self.document.lines.pop((*path, KEY), None)
            if isinstance(key, list | dict):
                self._say("a list or a mapping cannot be a name", path, key_node, "Put quotes around the name.")
                continue
            if key in values and given.count(key_node.value) > 1:
                first = self.document.lines[(*path, key)]
                self._say(f"given twice, first in line {first}", (*path, key), key_node, "Keep the one that is meant.")
            self.document.lines[(*path, key)] = key_node.start_mark.line + 1
            values[key] = self.value(value_node, (*path, key))
        return values

    def _say(self, said: str, path: Keys, node: yaml.Node, expected: str) -> None:
        place = ".".join(map(str, path))
        self.document.problems.append(Problem(self.document.file, said, expected, place, line=node.start_mark.line + 1))
