"""Every number of the prose as a named value that knows its source: an estimate, a line of study.yaml, a package.

The prose says ``{{< var endpoints.OS.at_12.rate_ci >}}``. In the paper a value that holds a digit is a span of class
`value` whose title is its source, so that a reader can ask any number where it comes from and a test can tell the
numbers that were typed from those that were not. A sentence is a value, too, made of others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from oligomet.displays import formats
from oligomet.manuscript import configured
from oligomet.manuscript.wanted import NAMES, wanted_estimates

if TYPE_CHECKING:
    from oligomet.study import Study

SIGN = re.compile(r"(p|[<>≥≤=]) (?=[<>=\d])")  # what follows stays on the same line
MARKED = re.compile(r'\[((?:[^\]\\]|\\.)*)\]\{\.value title="((?:[^"\\]|\\.)*)"\}')
UNESCAPE = re.compile(r"\\(.)")
SPECIAL = re.compile(r"([\\`*_{}\[\]<>$@^~|#\"'])")


@dataclass(frozen=True)
class Value:
    """What the prose says under `key`, and where it comes from."""

    key: str
    text: str
    source: str

    @property
    def markdown(self) -> str:
        """The text as pandoc reads it; in a span with its source if it holds a digit."""
        text = SPECIAL.sub(r"\\\1", SIGN.sub("\\1\u00a0", self.text))
        source = self.source.replace("\\", "\\\\").replace('"', '\\"')
        return f'[{text}]{{.value title="{source}"}}' if re.search(r"\d", self.text) else text


class Sentence(Value):
    """Markdown, made of values: it stands as it is."""

    @property
    def markdown(self) -> str:
        return self.text


def prose_values(estimates: pd.DataFrame, study: Study) -> dict[str, Value]:
    """The numbers of the prose by key, in the order of the declarations.

    Parameters
    ----------
    estimates
        The estimates table.
    study
        Endpoints, factors, rules and cut-points: what is declared there has its values here, whatever it is called.

    Raises
    ------
    LookupError
        Naming every estimate that the prose wants and that is not there, or not there once.
    """
    values = {key: Value(key, text, f"study.yaml: {path}") for key, text, path in configured.settings(study)}
    told = estimates[estimates["analysis"] != "curve"]  # the steps of the curves are drawn, never told
    found = _by_key(told)
    missing = []
    for wanted in wanted_estimates(study):
        answers = found.get(_key(wanted.criteria), [])
        if len(answers) == 1:
            values[wanted.key] = Value(wanted.key, wanted.show(answers[0]), _source(answers[0]))
        else:
            missing.append(f"{wanted.key}: {len(answers)} estimates answer {wanted.criteria}; exactly one should")
    if missing:
        raise LookupError("\n".join(missing))
    for key, text, source in (*_literature_counts(told), *configured.software()):
        values[key] = Value(key, text, source)
    return values


def _key(criteria: dict) -> tuple:
    return tuple(criteria.get(name) for name in NAMES)


def _by_key(estimates: pd.DataFrame) -> dict[tuple, list[dict]]:
    """The rows by what names them: a thousand look-ups in the frame itself would take seconds."""
    rows: dict[tuple, list[dict]] = {}
    for found in estimates.astype(object).where(estimates.notna(), None).to_dict("records"):
        rows.setdefault(_key(found), []).append(found)
    return rows


def _source(found: dict) -> str:
    named = {name: found[name] for name in NAMES if found[name] is not None}
    where = ", ".join(
        f"{name} {said:g}" if isinstance(said, float) else f"{name} {said}" for name, said in named.items()
    )
    counts = ", ".join(f"{name} {found[name]}" for name in ("n", "events") if found[name] is not None)
    return f"estimates: {where}" + (f"; {counts}" if counts else "")


def _literature_counts(estimates: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    series = estimates[(estimates["analysis"] == "literature") & (estimates["statistic"] == "proportion")]
    for (population, outcome), group in series.groupby(["population", "factor"], sort=False):
        key = f"literature.{population}.{outcome}.studies"
        yield key, formats.count((group["level"] != "pooled").sum()), f"estimates: literature, {population}, {outcome}"


def values_in(name: str, text: str) -> dict[str, Value]:
    """The values that another stage has marked in its text, by the order in which they stand there."""
    found = enumerate(MARKED.findall(text.replace("\u00a0", " ")), start=1)
    return {
        f"{name}.value_{number}": Value(
            f"{name}.value_{number}", UNESCAPE.sub(r"\1", said), UNESCAPE.sub(r"\1", source)
        )
        for number, (said, source) in found
    }


def values_table(values: dict[str, Value], told: set[str]) -> pd.DataFrame:
    """Each value as it is printed, with its source, and whether the paper says it: what values.csv holds.

    The numbers within a sentence are values of their own; of the sentence the words are shown.
    """
    spoken = [MARKED.sub(r"\1", value.text) for value in values.values()]
    return pd.DataFrame(
        {
            "key": list(values),
            "text": spoken,
            "source": [value.source for value in values.values()],
            "in_paper": [int(key in told) for key in values],
        }
    )


def nested(values: dict[str, Value]) -> dict:
    """The values as markdown in nested mappings, as _variables.yml holds them: 'a.b' -> {'a': {'b': ...}}."""
    tree: dict = {}
    for key, value in values.items():
        *path, last = key.split(".")
        branch = tree
        for part in path:
            branch = branch.setdefault(part, {})
        branch[last] = value.markdown
    return tree
