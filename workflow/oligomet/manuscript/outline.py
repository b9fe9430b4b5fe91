"""What a document of the project holds, and under which number: its sections, figures and tables."""

from __future__ import annotations

import re
from itertools import count
from typing import NamedTuple

import yaml

LABEL = re.compile(r"\{#([\w-]+)|\{\{< embed \S+#(\S+) >\}\}")
HEAD = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
HEADING = re.compile(r"^(#+) +(.*?) *\{((?:#([\w-]+))?[^}\n]*)\}$", re.MULTILINE)
KINDS = {"fig": "Figure", "tbl": "Table"}


class Section(NamedTuple):
    """A heading with a label: its number as the engines print it ('2.5', empty if it has none) and its title."""

    label: str
    number: str
    title: str


class Float(NamedTuple):
    """A figure or table: what its label begins with, what the document calls its kind, and its number."""

    label: str
    kind: str
    title: str
    number: int


def find_sections(text: str) -> list[Section]:
    """The headings of a document that have a label, in their order, from its highest level on."""
    found: list[Section] = []
    counts: list[int] = []
    top = 0
    for marks, title, attributes, label in HEADING.findall(text):
        top = top or len(marks)
        depth = len(marks) - top
        unnumbered = ".unnumbered" in attributes
        if not unnumbered:
            counts = [*counts[: depth + 1], *[0] * (depth + 1 - len(counts))]
            counts[depth] += 1
        if label:
            found.append(Section(label, "" if unnumbered else ".".join(map(str, counts)), title))
    return found


def find_floats(text: str) -> list[Float]:
    """The figures and tables of a document, numbered as the engines number them."""
    head = HEAD.match(text)
    declared = (yaml.safe_load(head[1]).get("crossref") or {}) if head else {}
    numbers = {kind: count(1) for kind in KINDS}
    labels = [own or embedded for own, embedded in LABEL.findall(text)]
    return [
        Float(label, kind, declared.get(f"{kind}-title", KINDS[kind]), next(numbers[kind]))
        for label in labels
        if (kind := label.partition("-")[0]) in KINDS
    ]
