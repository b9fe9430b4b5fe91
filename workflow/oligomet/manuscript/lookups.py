"""What a template asks of study and book beyond a number: which factors, in which order, with which groups."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from oligomet.book import Book
from oligomet.displays import formats
from oligomet.manuscript.sourced import Named, Said
from oligomet.schemas import TABLES

if TYPE_CHECKING:
    from oligomet.study import Study


class Lookups:
    """Functions of a study and its book that templates call by their names."""

    def __init__(self, book: Book, study: Study):
        self._book, self._study = book, study

    def context(self) -> dict[str, Any]:
        """The functions by name, and what needs no argument."""
        names = (
            "by_frequency", "cut_factors", "described_variables", "differing", "factor_on", "level", "reached",
            "untested", "variables_of",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names} | {
            "row_totals": self.row_totals(),
            "headline": self.headline(),
            "assessed": self.assessed(),
            "site": self.factor_on("site", "lesion"),
        }

    def level(self, factor: str, group: str) -> Said:
        """A group of a factor, with the place where it is declared."""
        return Said(group, f"study.yaml: factors.{factor}.groups")

    def factor_on(self, variable: str, unit: str) -> str | None:
        """The first factor of a variable, if a patient, or a lesion, has such."""
        if variable not in TABLES[f"outcomes/{unit}s"]:
            return None
        return next((name for name, factor in self._study.factors.items() if factor.variable == variable), None)

    def variables_of(self, factors: Iterable[str]) -> list[str]:
        """The variables of factors, each once."""
        return list(dict.fromkeys(self._study.factors[name].variable for name in factors))

    def by_frequency(self, unit: str, factor: str) -> list[Said]:
        """The levels of a factor that are compared, the most frequent first."""
        where = {"analysis": "description", "unit": unit, "population": "all", "by": None, "statistic": "proportion"}
        counts = {row.group: row.events for row in self._book.some(**where, factor=factor)}
        levels = sorted(self._study.factors[factor].levels, key=lambda level: -counts[level])
        return [self.level(factor, level) for level in levels]

    def described_variables(self, unit: str) -> list[str]:
        """The variables that are described for a patient, or a lesion."""
        shown = [name for table in self._study.tables.values() if table.unit == unit for name in table.variables]
        described = [name for each, names in self._study.analyses.describe.items() if each == unit for name in names]
        return list(dict.fromkeys([*described, *shown]))

    def differing(self, endpoint: str) -> list[str]:
        """The factors by which an endpoint differed in the log-rank test, the smallest p first."""
        names = self._study.analyses.compare.get(endpoint, [])
        tests = self._book.some(analysis="logrank", endpoint=endpoint, factor=names)
        level = self._study.analyses.significance
        small = [test for test in tests if test.p_value is not None and test.p_value < level]
        return [test.factor for test in sorted(small, key=lambda test: test.p_value)]

    def untested(self, endpoint: str) -> list[str]:
        """The factors by which an endpoint was to be compared and could not be: no event, or one group."""
        tests = self._book.some(analysis="logrank", endpoint=endpoint)
        return [test.factor for test in tests if test.p_value is None]

    def reached(self, *endpoints: str) -> list[float]:
        """The declared months until which somebody was followed for one of the endpoints."""
        where = {"analysis": "survival", "statistic": "survival", "factor": None}
        rates = self._book.some(**where, endpoint=list(endpoints))
        return sorted({rate.time_months for rate in rates if rate.is_defined})

    def cut_factors(self) -> list[str]:
        """The factors of the comparisons that cut a continuous variable."""
        compared = {name for names in self._study.analyses.compare.values() for name in names}
        return [
            name
            for name, factor in self._study.factors.items()
            if name in compared and any(group.below or group.at_least for group in factor.groups.values())
        ]

    def assessed(self) -> bool:
        """Whether the response of any lesion is known."""
        where = {
            "analysis": "response",
            "unit": "lesion",
            "population": "evaluable",
            "factor": None,
            "statistic": "ORR",
        }
        return any(row.n for row in self._book.some(**where))

    def headline(self) -> str | None:
        """The endpoint of patients whose only event is death, or the first of theirs."""
        of_patients = {name: one for name, one in self._study.endpoints.items() if one.per == "patient"}
        survival = [name for name, one in of_patients.items() if one.events == ["death"]]
        return next(iter([*survival, *of_patients]), None)

    def row_totals(self) -> Named:
        """Rows of all exports together, raw, analysed and quarantined, and entries of the quarantine by kind."""
        totals: dict[str, float] = {}
        for row in self._book.some(analysis="flow", unit="row", statistic="count"):
            totals[row.group] = totals.get(row.group, 0) + row.estimate
        source = "estimates: analysis flow, unit row, group {}, statistic count, the sum over the exports"
        most = sorted(totals.items(), key=lambda total: -total[1])
        said = {kind: Said(formats.count(number), source.format(kind)) for kind, number in most}
        return Named(said, source)
