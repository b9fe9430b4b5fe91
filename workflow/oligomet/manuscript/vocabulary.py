"""What a template may name: the study's declarations, the numbers of the book, and what is shown and published."""

from __future__ import annotations

import platform
from collections.abc import Callable
from difflib import get_close_matches
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pandas as pd

from oligomet.book import Book, Entry
from oligomet.displays import formats
from oligomet.estimates.methods.group_tests import SIMULATED
from oligomet.manuscript import calls
from oligomet.manuscript.calls import Asked, tell
from oligomet.manuscript.robustness import robustness_lookups
from oligomet.manuscript.sourced import Declared, Said
from oligomet.manuscript.templates import listing
from oligomet.schemas import TABLES

if TYPE_CHECKING:
    from oligomet.study import Study

SOFTWARE = (
    "snakemake", "papermill", "numpy", "scipy", "pandas", "lifelines", "statsmodels", "seaborn", "matplotlib",
)  # fmt: skip


class Vocabulary:
    """The names of a paper's templates.

    Parameters
    ----------
    book, study
        The numbers and the declarations.
    shown
        The labelled cells of the executed notebooks that show something: label -> what embeds it.
    claims
        The audit's table of claims as text, if the study has published numbers.
    report
        Takes what is wrong with a call.
    """

    def __init__(
        self,
        book: Book,
        study: Study,
        shown: dict[str, str],
        claims: pd.DataFrame | None,
        report: Callable[[str], None],
    ):
        self._book, self._study, self._shown, self._claims, self._report = book, study, shown, claims, report
        self._declared = Declared(study, "study.yaml")
        self._asked = {
            "patients": self._ask("patients", calls.OF_UNIT, unit="patient"),
            "lesions": self._ask("lesions", calls.OF_UNIT, unit="lesion"),
            "flow": self._ask("flow", calls.OF_FLOW),
            "response": self._ask("response", calls.OF_RESPONSE),
            "toxicity": self._ask("toxicity", calls.OF_TOXICITY),
            "literature": self._ask("literature", calls.OF_LITERATURE),
        }
        self._endpoints = {
            name: Asked(name, calls.OF_ENDPOINT, book, report, {"endpoint": name}, self._declared.endpoints[name])
            for name in study.endpoints
        }
        self._software = {name: Said(version(name), f"the installed package {name}") for name in SOFTWARE}
        self._software["python"] = Said(platform.python_version(), "the interpreter")

    def _ask(self, name: str, of: dict[str, calls.Call], **bound: str) -> Asked:
        return Asked(name, of, self._book, self._report, bound)

    def context(self) -> dict[str, Any]:
        """The names as Jinja takes them; an endpoint is known by its own name and in `endpoints`."""
        return {
            **self._endpoints,
            **self._asked,
            **robustness_lookups(self._study),
            "endpoints": self._endpoints,
            "study": self._declared,
            "book": self._book,
            "tell": tell,
            "derived": derived,
            "software": self._software,
            "published": self.published,
            "claims": self._claims,
            "shown": self._shown,
            "embed": self.embed,
            "see": self.see,
            "simulated_tables": Said(formats.count(SIMULATED), "oligomet.estimates.methods.group_tests: SIMULATED"),
            "has_column": lambda unit, factor: self._study.factors[factor].variable in TABLES[f"outcomes/{unit}s"],
        }

    def names(self) -> dict[str, Said]:
        """All that can be said of the book, the software and the published paper, by its name in a template."""
        asked = [*self._asked.values(), *self._endpoints.values()]
        found = {name: said for each in asked for name, said in each.names()}
        found |= {f"software.{name}": said for name, said in self._software.items()}
        return found | {f'published("{name}")': self.published(name) for name in self._printed()}

    def made(self) -> dict[tuple[str, str], str]:
        """What was asked for so far: text and source -> the call."""
        return {key: name for each in (*self._asked.values(), *self._endpoints.values()) for key, name in each.made.items()}

    def _printed(self) -> dict[str, Any]:
        if self._claims is None:
            return {}
        return {claim.id: claim for claim in self._claims[self._claims["printed"] != ""].itertuples()}

    def published(self, claim: str) -> Said:
        """The number that the published paper printed, by the claim's id in the table of the audit."""
        printed = self._printed()
        if claim not in printed:
            self._report(f"'{claim}' is no published number; {_nearest(claim, printed)}")
            return Said("?", "")
        found = printed[claim]
        return Said(found.printed, f"published paper, {found.section}: {found.says}")

    def embed(self, label: str) -> str:
        """The shortcode that shows a labelled cell of a notebook."""
        if label not in self._shown:
            self._report(f"no notebook shows '{label}'; {_nearest(label, self._shown)}")
            return ""
        return f"{{{{< embed {self._shown[label]} >}}}}"

    def see(self, *labels: str, last: str = "and") -> str:
        """References to those of the labels that a notebook shows: '@fig-a and @tbl-b'."""
        return listing([f"@{label}" for label in labels if label in self._shown], last)


def derived(number: float | str, source: str) -> Said:
    """A number made of rows of the book, as a sum or a count of them, with what it was made of."""
    return Said(number if isinstance(number, str) else formats.count(number), source)


def _nearest(name: str, known: dict[str, Any]) -> str:
    near = get_close_matches(name, known, calls.NEAREST, 0)
    return f"the nearest are {', '.join(near)}" if near else "there is none"
