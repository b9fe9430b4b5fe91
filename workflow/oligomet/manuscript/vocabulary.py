"""What a template may name: the study's declarations, the numbers of the book, and what is shown and published."""

from __future__ import annotations

import platform
import re
from collections.abc import Callable
from difflib import get_close_matches
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from oligomet.book import Book
from oligomet.collected import needs
from oligomet.displays import formats
from oligomet.displays.study_words import variable_label
from oligomet.estimates.methods.group_tests import SIMULATED
from oligomet.manuscript import calls
from oligomet.manuscript.calls import Asked, tell
from oligomet.manuscript.filters import BRACKET
from oligomet.manuscript.lookups import Lookups
from oligomet.manuscript.published import PublishedAnalysis
from oligomet.manuscript.robustness import robustness_lookups
from oligomet.manuscript.sourced import Declared, Said
from oligomet.manuscript.title_page import TitlePage
from oligomet.templates import listing

if TYPE_CHECKING:
    from oligomet.study import Study

SOFTWARE = (
    "snakemake", "papermill", "numpy", "scipy", "pandas", "lifelines", "statsmodels", "scikit-learn", "seaborn",
    "matplotlib",
)  # fmt: skip


class Vocabulary:
    """The names of a paper's templates.

    Parameters
    ----------
    book, study
        The numbers and the declarations.
    shown
        The labelled cells of the executed notebooks that show something: label -> what embeds it.
    report
        Takes what is wrong with a call.
    title_page
        Authors and keywords.
    published
        The published paper that the study repeats, with the audit's verdicts, if there is one.
    """

    def __init__(
        self,
        book: Book,
        study: Study,
        shown: dict[str, str],
        report: Callable[[str], None],
        title_page: TitlePage | None = None,
        published: PublishedAnalysis | None = None,
    ):
        self._book, self._study, self._shown, self._published, self._report = book, study, shown, published, report
        self._declared = Declared(study, "study.yaml")
        self._title_page = Declared(title_page or TitlePage(), "title_page.yml")
        self._embedded: set[str] = set()
        self._claims = [] if published is None else list(published.verdicts.itertuples())
        self._asked = {
            "patients": self._ask("patients", calls.OF_UNIT, unit="patient"),
            "lesions": self._ask("lesions", calls.OF_UNIT, unit="lesion"),
            "flow": self._ask("flow", calls.OF_FLOW),
            "response": self._ask("response", calls.OF_RESPONSE),
            "toxicity": self._ask("toxicity", calls.OF_TOXICITY),
            "literature": self._ask("literature", calls.OF_LITERATURE),
        }
        declared = self._declared.endpoints
        self._endpoints = {
            name: Asked(name, calls.OF_ENDPOINT, book, report, {"endpoint": name}, declared[name])
            for name in study.endpoints
        }
        self._software = {name: Said(version(name), f"the installed package {name}") for name in SOFTWARE}
        self._software["python"] = Said(platform.python_version(), "the interpreter")

    def _ask(self, name: str, of: dict[str, calls.Call], **bound: str) -> Asked:
        return Asked(name, of, self._book, self._report, bound)

    def context(self) -> dict[str, Any]:
        """The names as Jinja takes them; an endpoint is known by its own name and in `endpoints`."""
        lookups = Lookups(self._book, self._study).context()
        return {
            **self._endpoints,
            **self._asked,
            **lookups,
            "headline": self._endpoints.get(lookups["headline"]),
            **robustness_lookups(self._study),
            "endpoints": self._endpoints,
            "study": self._declared,
            "title_page": self._title_page,
            "book": self._book,
            "tell": tell,
            "derived": derived,
            "lacks": partial(needs, self._study),  # what is not collected and a variable rests on
            "variables_in_words": self.variables_in_words,
            "simulated_tables": Said(formats.count(SIMULATED), "oligomet.estimates.methods.group_tests: SIMULATED"),
            "software": self._software,
            "published": self.published,
            "published_analysis": self._published,
            "claims": self._claims,
            "verdicts": self.verdicts,
            "shown": self._shown,
            "embed": self.embed,
            "labels": self.labels,
            "see": self.see,
            "further": self.further,
        }

    def names(self) -> dict[str, Said]:
        """All that can be said of the book, the software and the published paper, by its name in a template."""
        asked = [*self._asked.values(), *self._endpoints.values()]
        found = {name: said for each in asked for name, said in each.names()}
        found |= {f"software.{name}": said for name, said in self._software.items()}
        return found | {f'published("{name}")': self.published(name) for name in self._printed()}

    def made(self) -> dict[tuple[str, str], str]:
        """What was asked for so far: text and source -> the call."""
        asked = [*self._asked.values(), *self._endpoints.values()]
        return {key: name for each in asked for key, name in each.made.items()}

    def _printed(self) -> dict[str, Any]:
        return {str(claim.id): claim for claim in self._claims if claim.printed}

    def published(self, claim: str) -> Said:
        """The number that the published paper printed, by the claim's id in the table of the audit."""
        printed = self._printed()
        if claim not in printed:
            self._report(f"'{claim}' is no published number; {_nearest(claim, printed)}")
            return Said("?", "")
        found = printed[claim]
        return Said(found.printed, f"published paper, {found.section}: {found.says}")

    def verdicts(self, verdict: str | None = None) -> Said:
        """How many published numbers met a verdict of the audit; without one, how many there are."""
        met = [claim for claim in self._claims if verdict in (None, claim.verdict)]
        source = f"the audit's table of claims, {f'verdict {verdict}' if verdict else 'all'}"
        return derived(len(met), source)

    def variables_in_words(self, names: list[str] | dict[str, Any]) -> Said:
        """Variables as readers know them, within a sentence: 'age and GTV diameter'."""
        labels = [BRACKET.sub("", formats.lower(variable_label(self._study, str.__str__(name)))) for name in names]
        return Said(listing(labels), f"study.yaml: {', '.join(map(str.__str__, names))}")

    def embed(self, label: str) -> str:
        """The shortcode that shows a labelled cell of a notebook."""
        if label not in self._shown:
            self._report(f"no notebook shows '{label}'; {_nearest(label, self._shown)}")
            return ""
        self._embedded.add(label)
        return f"{{{{< embed {self._shown[label]} >}}}}"

    def further(self) -> list[str]:
        """The figures and tables that were not embedded so far, in the order of the notebooks."""
        return [label for label in self._shown if label.startswith(("fig-", "tbl-")) and label not in self._embedded]

    def labels(self, *names: str) -> list[str]:
        """Those of the labels that a notebook shows, each with those counted after it: 'fig-flow', 'fig-flow-2'."""
        found = (re.compile(rf"{re.escape(name)}(-\d+)?") for name in names)
        return list(dict.fromkeys(label for name in found for label in self._shown if name.fullmatch(label)))

    def see(self, *names: str, last: str = "and") -> str:
        """References to those of the labels that a notebook shows: '@fig-a and @tbl-b'."""
        return listing([f"@{label}" for label in self.labels(*names)], last)


def derived(number: float | str, source: str) -> Said:
    """A number made of rows of the book, as a sum or a count of them, with what it was made of."""
    return Said(number if isinstance(number, str) else formats.count(number), source)


def _nearest(name: str, known: dict[str, Any]) -> str:
    near = get_close_matches(name, known, calls.NEAREST, 0)
    return f"the nearest are {', '.join(near)}" if near else "there is none"
