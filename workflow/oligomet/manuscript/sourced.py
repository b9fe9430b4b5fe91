"""Words and numbers that know where they come from: a row of the estimates, a line of study.yaml, a package.

In the paper what holds a digit is a span of class `value` whose title is its source, so that a reader can ask any
number where it comes from, and a test can tell the numbers that were typed from those that were not.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

SIGN = re.compile(r"(p|[<>≥≤=]) (?=[<>=\d])")  # what follows stays on the same line
SPECIAL = re.compile(r"([\\`*_{}\[\]<>$@^~|#\"'])")
MARKED = re.compile(r'\[((?:[^\]\\]|\\.)*)\]\{\.value title="((?:[^"\\]|\\.)*)"\}')
UNESCAPE = re.compile(r"\\(.)")


class Said(str):
    """Text as it is printed, with its source; in a template it becomes markdown that carries both.

    >>> str(Said("67.1%", "estimates: ..."))
    '[67.1%]{.value title="estimates: ..."}'
    """

    source: str

    def __new__(cls, text: str, source: str):
        said = super().__new__(cls, text)
        said.source = source
        return said

    def __str__(self) -> str:
        plain = self.plain
        text = SPECIAL.sub(r"\\\1", SIGN.sub("\\1\u00a0", plain))
        source = self.source.replace("\\", "\\\\").replace('"', '\\"')
        return f'[{text}]{{.value title="{source}"}}' if re.search(r"\d", plain) else text

    @property
    def plain(self) -> str:
        """The text alone."""
        return str.__str__(self)

    def put(self, change: Callable[[str], str]) -> Said:
        """The same in other words."""
        return Said(change(self.plain), self.source)


class Number(float):
    """A declared number; it counts as one, and is printed as declared, with thousands marked: 30.4167, 0.5, 1,000."""

    source: str

    def __new__(cls, number: float, source: str):
        made = super().__new__(cls, number)
        made.source = source
        return made

    def __str__(self) -> str:
        return str(Said(f"{float(self):,.15g}".replace("-", "−"), self.source))

    def __abs__(self) -> Number:
        return Number(abs(float(self)), self.source)


class Several(list):
    """A declared list."""

    def __init__(self, items: list, source: str):
        super().__init__(items)
        self.source = source


class Named(dict):
    """A declared mapping; what is in it can be asked for as an attribute, too."""

    def __init__(self, items: Mapping, source: str):
        super().__init__(items)
        self.source = source

    def __getattr__(self, name: str) -> Any:
        if name not in self:
            raise AttributeError(name)
        return self[name]

    def __dir__(self) -> list[str]:
        return list(self)


DERIVED = {"levels": "groups", "reference_level": "groups"}  # properties, and the field where they stand


class Declared:
    """A section of a declaration: what is asked of it comes with its place as source."""

    def __init__(self, section: Any, file: str, place: str = ""):
        self._section, self._file, self._place = section, file, place

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._section, name)
        place = f"{self._place}.{DERIVED.get(name, name)}".lstrip(".")
        return value if callable(value) else declared(value, self._file, place)

    def __dir__(self) -> list[str]:
        fields = getattr(type(self._section), "model_fields", None)
        return list(fields or dir(self._section))


def declared(value: Any, file: str, place: str) -> Any:
    """A declaration for a template, with the file and the place in it as source."""
    source = f"{file}: {place}"
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return Said(value.strip(), source)
    if isinstance(value, int | float):
        return Number(value, source)
    if isinstance(value, dt.date):
        return Said(f"{value.day} {value:%B %Y}", source)
    if isinstance(value, Mapping):
        return Named({Said(key, source): declared(item, file, f"{place}.{key}") for key, item in value.items()}, source)
    if isinstance(value, list | tuple):
        places = [f"{place}.{item.id}" if hasattr(item, "id") else place for item in value]
        return Several([declared(item, file, where) for item, where in zip(value, places, strict=True)], source)
    return Declared(value, file, place)


def plain(text: str) -> str:
    """The markdown of a template without its marks, and without what escapes signs."""
    return UNESCAPE.sub(r"\1", MARKED.sub(r"\1", text))


def marked(text: str) -> list[Said]:
    """What is marked in the markdown of a paper, in the order in which it stands there."""
    return [
        Said(UNESCAPE.sub(r"\1", words), UNESCAPE.sub(r"\1", source))
        for words, source in MARKED.findall(text.replace("\u00a0", " "))
    ]
