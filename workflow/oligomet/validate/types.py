"""Every field of a file that holds what it may not hold, in words; and the file without these mistakes.

What is wrong in one place must not hide what is wrong in another: each mistake is replaced by a stand-in and the rest
is looked at again, until nothing but what refers to the stand-ins is in doubt.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError

from oligomet.declarations import MOVED
from oligomet.validate.document import Document, Keys
from oligomet.validate.fields import field_at, fields_of, in_words, stand_in
from oligomet.validate.problems import Problem, did_you_mean, shown

ROUNDS = 8  # a mistake within a mistake shows in the next round


def check_types(model: type[BaseModel], document: Document) -> tuple[Any, list[Problem]]:
    """The declarations as `model`, with stand-ins for what is wrong, and every mistake.

    Declarations are None where they cannot be had even with stand-ins.
    """
    if not isinstance(document.values, dict):
        return None, [Problem(document.file, f"expected 'name: value' lines, found {shown(document.values)}")]
    values = copy.deepcopy(document.values)
    problems: dict[tuple, Problem] = {}
    for _ in range(ROUNDS):
        try:
            return model.model_validate(values), list(problems.values())
        except ValidationError as failure:
            errors = failure.errors()
        for error in errors:
            path, beyond = _resolve(values, error["loc"])
            place, problem = _told(model, document, values, path, beyond, error)
            if not any(place[: len(known)] == known for known in problems):
                problems[place] = problem
            _repair(model, values, path, beyond, error["type"])
    return None, list(problems.values())


def _resolve(values: Any, location: tuple) -> tuple[Keys, tuple]:
    """The part of a location that is in the file, and the rest: a name that is missing, or one of pydantic's own."""
    for end, part in enumerate(location):
        inside = part in values if isinstance(values, dict) else isinstance(values, list) and part in range(len(values))
        if not inside:
            return location[:end], location[end:]
        values = values[part]
    return location, ()


def _value(values: Any, path: Keys) -> Any:
    for part in path:
        values = values[part]
    return values


def _told(
    model, document: Document, values: Any, path: Keys, beyond: tuple, error: Mapping[str, Any]
) -> tuple[tuple, Problem]:
    """The problem that an error stands for, and the path that it is about."""
    kind, place, expected = error["type"], path, ""
    if kind == "missing":
        place = (*path, *beyond)
        said, expected = "this must be declared", f"Expected {in_words(field_at(model, place))}."
    elif "[key]" in beyond and not isinstance(path[-1], str):
        name = next(key for key in _value(values, path[:-1]) if key == path[-1])
        said, expected = f"found {shown(name)} as a name", "Expected a word: put quotes around it."
    elif moved := [now for was, now in MOVED.items() if fnmatchcase(".".join(map(str, path)), was)]:
        said = moved[0]
    elif kind == "extra_forbidden" or "[key]" in beyond:
        above = field_at(model, path[:-1])
        names = list(fields_of(above)) or _words(above)
        said = f"{path[-1]} is not known here.{did_you_mean(path[-1], names)}"
        expected = f"Known are {', '.join(names)}."
    elif kind == "value_error":
        said = error["msg"].removeprefix("Value error, ").replace("\n", "; ")
    else:
        value, field = _value(values, path), field_at(model, path)
        said, expected = f"found {shown(value)}", f"Expected {in_words(field)}."
        if isinstance(value, str):
            expected += did_you_mean(value, _words(field))
        elif isinstance(value, bool):
            expected += " YAML reads yes, no, on and off as true or false: put quotes around a word."
    return place, Problem(document.file, said, expected, ".".join(map(str, place)), document.line(path))


def _words(annotation: Any) -> list[str]:
    """The words that a field allows, where it lists them."""
    plain = getattr(annotation, "annotation", annotation)
    if get_origin(plain) is Literal:
        return list(get_args(plain))
    return [word for inner in get_args(plain) for word in _words(inner)]


def _repair(model: type[BaseModel], values: Any, path: Keys, beyond: tuple, kind: str) -> None:
    """Put a stand-in where an error was, as far as it is still there."""
    try:
        holder = _value(values, path if kind == "missing" else path[:-1])
        if kind == "extra_forbidden" or "[key]" in beyond:
            del holder[path[-1]]
        elif kind == "missing":
            for part in beyond[:-1]:
                holder = holder[part]
            holder[beyond[-1]] = stand_in(field_at(model, (*path, *beyond)))
        else:
            holder[path[-1]] = stand_in(field_at(model, path))
    except (KeyError, IndexError, TypeError):
        return  # an earlier repair of the round has taken the place away
