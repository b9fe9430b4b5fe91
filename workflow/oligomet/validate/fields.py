"""What a field of the declarations may hold, in words and by an example that holds nothing."""

from __future__ import annotations

import datetime as dt
import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo

_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", Any: "a value",
          dt.date: "a day, e.g. 2021-12-30"}  # fmt: skip
_LISTS = {str: "words", int: "whole numbers", float: "numbers", dt.date: "days"}
_EXAMPLES = {str: "?", bool: False, dt.date: dt.date(2000, 1, 1), Any: "?"}
_LIMITS = ((annotated_types.Gt, "gt", "above"), (annotated_types.Ge, "ge", "at least"),
           (annotated_types.Lt, "lt", "below"), (annotated_types.Le, "le", "at most"))  # fmt: skip


def _plain(annotation: Any, limits: tuple = ()) -> tuple[Any, tuple]:
    """An annotation without its limits, and these."""
    if isinstance(annotation, FieldInfo):
        return _plain(annotation.annotation, tuple(annotation.metadata))
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        found = [limit for info in more for limit in (info.metadata if isinstance(info, FieldInfo) else [info])]
        return _plain(inner, (*limits, *found))
    return annotation, limits


def _choices(annotation: Any) -> list[Any]:
    """The annotations of which one must fit, without None."""
    if get_origin(annotation) in (Union, types.UnionType):
        return [choice for choice in get_args(annotation) if choice is not type(None)]
    return [annotation]


def _models(annotation: Any) -> list[type[BaseModel]]:
    plain = [_plain(choice)[0] for choice in _choices(_plain(annotation)[0])]
    return [choice for choice in plain if isinstance(choice, type) and issubclass(choice, BaseModel)]


def fields_of(annotation: Any) -> dict[str, FieldInfo]:
    """The fields that may stand under a place, by the names that study.yaml gives them."""
    return {
        info.alias or name: info for model in _models(annotation) for name, info in model.model_fields.items()
    }  # fmt: skip


def field_at(model: Any, path: tuple) -> Any:
    """The annotation of what stands at a path under `model`; None where nothing is foreseen."""
    annotation = model
    for part in path:
        plain = _choices(_plain(annotation)[0])
        named = fields_of(annotation)
        inner = [get_args(choice) for choice in map(lambda choice: _plain(choice)[0], plain) if get_args(choice)]
        if part in named:
            annotation = named[part]
        elif inner and get_origin(plain[-1]) is not Literal:
            origin, arguments = get_origin(_plain(plain[-1])[0]), inner[-1]
            annotation = arguments[part] if origin is tuple and part in range(len(arguments)) else arguments[-1]
        else:
            return None
    return annotation


def in_words(annotation: Any) -> str:
    """What is expected at a place, e.g. 'a number above 0 and below 1'."""
    plain, limits = _plain(annotation)
    choices = _choices(plain)
    if len(choices) > 1:
        words = [in_words(choice) for choice in choices]
        return f"{', '.join(words[:-1])} or {words[-1]}"
    plain, more = _plain(choices[0])
    return _one_in_words(plain, (*limits, *more))


def _one_in_words(plain: Any, limits: tuple) -> str:
    said = [
        f"{word} {getattr(limit, name):g}"
        for limit in limits
        for kind, name, word in _LIMITS
        if isinstance(limit, kind)
    ]
    within = f" {' and '.join(said)}" if said else ""
    arguments = get_args(plain)
    if get_origin(plain) is Literal:
        return f"one of {', '.join(map(str, arguments))}" if len(arguments) > 1 else f'"{arguments[0]}"'
    if get_origin(plain) is list:
        inner = _plain(arguments[0])[0]
        least = " with at least one entry" if any(isinstance(limit, annotated_types.MinLen) for limit in limits) else ""
        return f"a list{least} of {_LISTS.get(inner) or 'entries, each ' + in_words(arguments[0])}, in brackets"
    if get_origin(plain) is tuple:
        return f"a list of {len(arguments)} {_LISTS.get(arguments[0], 'entries')}, e.g. [-60, 7]"
    if get_origin(plain) is dict:
        return f"'name: value' lines, each value {in_words(arguments[1])}"
    if names := fields_of(plain):
        return f"'name: value' lines with {', '.join(names)}"
    return f"{_WORDS.get(plain, 'a value')}{within}"


def stand_in(annotation: Any) -> Any:
    """The least that a field accepts: it takes a mistake's place, so that what else is wrong can be looked for."""
    plain, limits = _plain(annotation)
    plain, more = _plain(_choices(plain)[0])
    limits = (*limits, *more)
    if get_origin(plain) is Literal:
        return get_args(plain)[0]
    if get_origin(plain) is list:
        least = any(isinstance(limit, annotated_types.MinLen) for limit in limits)
        return [stand_in(get_args(plain)[0])] * least
    if get_origin(plain) is tuple:
        return list(range(len(get_args(plain))))
    if get_origin(plain) is dict:
        key, value = get_args(plain)
        return {stand_in(key): stand_in(value)}
    if models := _models(plain):
        needed = {name: stand_in(info) for name, info in fields_of(plain).items() if info.is_required()}
        return {**needed, "is": "?"} if "is" in fields_of(models[0]) else needed
    return _number(plain, limits) if plain in (int, float) else _EXAMPLES.get(plain, "?")


def _number(kind: type, limits: tuple) -> Any:
    value = {name: getattr(limit, name) for limit in limits for cls, name, _ in _LIMITS if isinstance(limit, cls)}
    low, high = value.get("ge", value.get("gt")), value.get("le", value.get("lt"))
    if low is not None and high is not None:
        return kind((low + high) / 2)
    return kind(low + 1) if low is not None else kind(high - 1) if high is not None else kind(1)
