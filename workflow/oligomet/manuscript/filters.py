"""What the templates of the paper may do with words and numbers, which keep their source."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Any

from oligomet import templates
from oligomet.displays import formats
from oligomet.manuscript.sourced import SPECIAL, Said

BRACKET = re.compile(r" \(([^()]*)\)$")
UNITS = {"cm", "Gy"}


def capitalised(text: str) -> str:
    """A sentence with a capital at its beginning: the rest stays as it is."""
    return text.put(capitalised) if isinstance(text, Said) else text[:1].upper() + text[1:]


def in_sentence(label: Said) -> Said:
    """A label within a sentence, without what its brackets add: 'GTV diameter (cm)' -> 'GTV diameter'."""
    return label.put(lambda text: formats.lower(BRACKET.sub("", text)))


def unit(label: Said) -> str:
    """The unit in the brackets of a label, with the space before it: ' cm', or nothing."""
    found = BRACKET.search(label.plain)
    return f" {found[1]}" if found and found[1] in UNITS else ""


def percent(number: Any, digits: int = 0) -> Said:
    """A declared proportion in per cent: 0.3 -> '30%'."""
    return Said(formats.percent(float(number), digits), number.source)


def how_many(items: Any) -> Said:
    """How many were declared."""
    return Said(formats.count(len(items)), items.source)


def or_none(number: Said) -> Said:
    """A count in a sentence: 'none' where it is nought."""
    return number.put(lambda text: "none" if text == "0" else text)


def lowered(label: str) -> str:
    """A label within a sentence: 'Metastatic lesions' -> 'metastatic lesions', 'GTV diameter' as it is."""
    return label.put(formats.lower) if isinstance(label, Said) else formats.lower(label)


def cell(text: str) -> str:
    """Text in which markdown sees no markup, for a table: its numbers carry no source."""
    return SPECIAL.sub(r"\\\1", text)


def quoted(value: Any) -> str:
    """Text or a list as YAML and JSON write it."""
    return json.dumps(value, ensure_ascii=False)


FILTERS = {
    function.__name__: function
    for function in (
        capitalised, in_sentence, lowered, or_none, unit, percent, how_many, cell, quoted,
    )
}  # fmt: skip

make_environment = partial(templates.make_environment, filters=FILTERS)
render_templates = partial(templates.render_templates, filters=FILTERS)
