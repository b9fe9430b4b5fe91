"""What a claims.yaml may say: populations, variables, factors, endpoints, and entries that state numbers of them."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from oligomet.audit.answers import Answer
from oligomet.declarations import Declaration

KINDS = (
    "count", "percentage", "rate", "mean", "sd", "median", "minimum", "maximum", "hazard_ratio", "low", "high",
    "statistic", "p_value", "value", "date", "text",
)  # fmt: skip
NEEDED = {  # what says of what a number is, where its population does not
    "rate": ["endpoint"], "mean": ["variable"], "sd": ["variable"], "statistic": ["test"],
    "median": ["variable", "endpoint"], "minimum": ["variable", "endpoint"],
    "maximum": ["variable", "endpoint"], "hazard_ratio": ["contrast", "variable"], "low": ["contrast", "variable"],
    "high": ["contrast", "variable"], "p_value": ["contrast", "factor", "variable"], "text": ["setting"],
}  # fmt: skip
DEGREES_OF_FREEDOM = {"t": 1, "F": 2, "r": 1, "chi2": 1, "Q": 1, "z": 0}  # how many a test statistic has
NEVER_NEGATIVE = ("count", "percentage", "rate", "sd", "hazard_ratio", "low", "high", "p_value")
ClaimGroup = tuple[tuple[str, str], ...]  # factors and levels, e.g. (("age", "< 60"), ("visceral", "Yes")), sorted
Place = tuple[str, ClaimGroup]  # a population and the levels that narrow it: whom a number is of
MONTHS = re.compile(r"\d+(?:\.\d+)?")
NUMBERS = re.compile(r"\d{4}\.\d{1,2}\.\d{1,2}|\d{1,3}(?:,\d{3})+|\d+\.\d+|\d+")


class PaperPopulation(Declaration):
    """Who is counted: patients or lesions, all or some of them."""

    says: str
    unit: Literal["patient", "lesion"]
    part_of: str | None = None
    nested_in: str | None = None  # the population of patients whose lesions these are
    answer: Answer | Literal["none"] = Field(default_factory=dict)


class PaperVariable(Declaration):
    """What is measured in a population."""

    says: str
    of: str
    measure: str = ""
    integer: bool = False
    follow_up: bool = False  # months of observation, none longer than the calendar
    totals: str | None = None  # summed over its population it is the size of this one
    at_least: float | None = None  # by its meaning
    formula: Literal["bed"] | None = None
    alpha_beta: float = 10
    fraction: str | None = None
    fractions: str | None = None
    dose: list[str] = Field(default_factory=list)
    not_below: str | None = None  # never smaller than this variable of the same subject
    unless: str | None = None
    answer: str | None = None
    scale: float = 1  # what an estimate in other units is multiplied by


class PaperLevel(Declaration):
    """A group into which a factor divides its population: its limits, if it cuts a variable."""

    says: str = ""
    below: float | None = None
    at_least: float | None = None
    above: float | None = None
    at_most: float | None = None
    within: str | None = None  # a part of this level, not a level beside it
    union: dict[str, list[str]] = Field(default_factory=dict)  # the levels of another factor that make it up
    answer: str | None = None

    @property
    def limited(self) -> bool:
        """Whether it says which values of the variable it holds."""
        return any(limit is not None for limit in (self.below, self.at_least, self.above, self.at_most))


class PaperFactor(Declaration):
    """How a population is divided."""

    says: str
    of: str
    levels: dict[str, PaperLevel]
    variable: str | None = None
    within: dict[str, str] = Field(default_factory=dict)  # divides only those at this level of another factor
    overlapping: bool = False  # a subject can be at several levels
    partial: bool = False  # a subject can be at none of them: grades 3 and 4 only
    answer: Answer = Field(default_factory=dict)  # of counts: columns of the estimates, <group> standing for the level

    @field_validator("levels", mode="before")
    @classmethod
    def _empty_levels(cls, levels: Any) -> Any:
        return {name: value or {} for name, value in levels.items()} if isinstance(levels, dict) else levels

    @property
    def top_levels(self) -> list[str]:
        """The levels that stand beside each other: those that are no part of another."""
        return [name for name, level in self.levels.items() if level.within is None]


class Progression(Declaration):
    """The level of a response at which an endpoint has failed by the time of the assessment."""

    factor: str
    level: str
    assessed: str  # the variable whose maximum is the last month of the assessment


class PaperEndpoint(Declaration):
    """What is followed in a population, and what ends it."""

    says: str
    of: str
    events: list[str]
    same_as: str | None = None
    fails_with: Progression | None = None
    answer: str | None = None


class Contrast(Declaration):
    """Which level of a factor a hazard ratio compares with which."""

    factor: str
    level: str
    reference: str


class PaperEntry(Declaration):
    """What one place of the paper says of one subject: see docs/claims.md."""

    row: int
    id: str | None = None
    of: str | dict[str, str] | None = None
    in_: str | None = Field(None, alias="in")
    by: str | None = None
    variable: str | None = None
    endpoint: str | None = None
    time: float | None = None
    window: float | None = None
    contrast: Contrast | None = None
    per: float | None = Field(None, gt=0)  # of a hazard ratio of a variable: for so many of its units
    confidence: float | None = Field(None, gt=50, lt=100)  # percent, of the interval; else as confidence_level says
    factor: str | None = None
    model: Literal["univariable", "multivariable"] | None = None
    test: str | None = None
    setting: str | None = None
    count: str | dict[str, str] | None = None
    percentage: str | dict[str, str] | None = None
    rate: str | dict[str, str] | None = None
    mean: str | None = None
    sd: str | None = None
    median: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    hazard_ratio: str | None = None
    low: str | None = None
    high: str | None = None
    statistic: str | None = None
    df: list[float] = Field(default_factory=list)
    p_value: str | None = None
    value: str | None = None
    date: str | None = None
    text: str | None = None
    called: Literal["significant", "not significant"] | None = None
    printed: list[str] | None = None
    says: str | None = None
    unclear: str | None = None
    needs: str | None = None
    answer: Answer | Literal["none"] | None = None
    tolerance: float | None = None

    @model_validator(mode="after")
    def _is_of_something(self) -> PaperEntry:
        stated = [kind for kind in KINDS if getattr(self, kind) is not None]
        if not stated:
            raise ValueError(f"states nothing: give one of {', '.join(KINDS)}")
        problems = [
            f"{kind} needs {' or '.join(names)}"
            for kind, names in NEEDED.items()
            if kind in stated and all(getattr(self, name) is None for name in names)
        ]
        if self.statistic is not None and self.test not in DEGREES_OF_FREEDOM:
            problems.append(f"statistic needs a test, one of {', '.join(DEGREES_OF_FREEDOM)}")
        elif self.statistic is not None and (
            len(self.df) != DEGREES_OF_FREEDOM[self.test or ""] or min(self.df, default=1) <= 0
        ):
            problems.append(f"{self.test} needs df, a list of {DEGREES_OF_FREEDOM[self.test or '']} above 0")
        if problems:
            raise ValueError("\n".join(problems))
        return self


class PaperFile(Declaration):
    """A claims.yaml without its claims: what these can be of."""

    paper: str
    title: str
    citation: str
    doi: str = ""
    tolerances: dict[str, float] = Field(default_factory=dict)
    populations: dict[str, PaperPopulation] = Field(min_length=1)
    variables: dict[str, PaperVariable] = Field(default_factory=dict)
    factors: dict[str, PaperFactor] = Field(default_factory=dict)
    endpoints: dict[str, PaperEndpoint] = Field(default_factory=dict)

    def _unknown(self, where: str, what: str, name: str | None) -> list[str]:
        known = getattr(self, what)
        return [] if name is None or name in known else [f"{where}: {name} is not one of the {what}"]

    def mistakes(self) -> list[str]:
        """What the declarations say that they cannot: names that are none, and what would be a part of itself."""
        kinds = ", ".join(KINDS)
        problems = [f"tolerances: {kind} is not one of {kinds}" for kind in self.tolerances if kind not in KINDS]
        for name, population in self.populations.items():
            problems += self._unknown(f"populations.{name}.part_of", "populations", population.part_of)
            problems += self._unknown(f"populations.{name}.nested_in", "populations", population.nested_in)
        for name, variable in self.variables.items():
            problems += self._unknown(f"variables.{name}.of", "populations", variable.of)
            problems += self._unknown(f"variables.{name}.totals", "populations", variable.totals)
            for other in (variable.fraction, variable.fractions, variable.not_below, *variable.dose):
                problems += self._unknown(f"variables.{name}", "variables", other)
        for name, factor in self.factors.items():
            problems += self._unknown(f"factors.{name}.of", "populations", factor.of)
            problems += self._unknown(f"factors.{name}.variable", "variables", factor.variable)
            problems += self._level_problems(f"factors.{name}.within", factor.within)
            for label, level in factor.levels.items():
                if level.within is not None and level.within not in factor.levels:
                    problems.append(f"factors.{name}.levels.{label}.within: {level.within} is not one of its levels")
                for other, parts in level.union.items():
                    for part in parts:
                        problems += self._level_problems(f"factors.{name}.levels.{label}.union", {other: part})
        for name, endpoint in self.endpoints.items():
            problems += self._unknown(f"endpoints.{name}.of", "populations", endpoint.of)
            problems += self._unknown(f"endpoints.{name}.same_as", "endpoints", endpoint.same_as)
            if endpoint.fails_with:
                problems += self._unknown(f"endpoints.{name}.fails_with", "variables", endpoint.fails_with.assessed)
                problems += self._level_problems(
                    f"endpoints.{name}.fails_with", {endpoint.fails_with.factor: endpoint.fails_with.level}
                )
        return problems or self._circles()

    def _circles(self) -> list[str]:
        leads_to: dict[tuple[str, ...], dict[str, list[str]]] = {
            ("populations", "part_of"): {k: [v.part_of] for k, v in self.populations.items() if v.part_of},
            ("populations", "nested_in"): {k: [v.nested_in] for k, v in self.populations.items() if v.nested_in},
            ("variables", "not_below"): {k: [v.not_below] for k, v in self.variables.items() if v.not_below},
            ("factors", "within"): {k: list(v.within) for k, v in self.factors.items()},
            ("endpoints", "same_as"): {k: [v.same_as] for k, v in self.endpoints.items() if v.same_as},
            ("factors", "union"): {
                k: [other for level in v.levels.values() for other in level.union] for k, v in self.factors.items()
            },
        }
        for name, factor in self.factors.items():
            leads_to[f"factors.{name}.levels", "within"] = {k: [v.within] for k, v in factor.levels.items() if v.within}
        return [
            f"{what}.{name}.{key}: leads back to {name}"
            for (what, key), graph in leads_to.items()
            for name in graph
            if name in _reached(graph, name)
        ]

    def _level_problems(self, where: str, levels: dict[str, str]) -> list[str]:
        problems = []
        for factor, level in levels.items():
            problems += self._unknown(where, "factors", factor)
            if factor in self.factors and level not in self.factors[factor].levels:
                problems.append(
                    f"{where}: {level} is not a level of {factor} ({', '.join(self.factors[factor].levels)})"
                )
        return problems

    def mistakes_of(self, entry: PaperEntry) -> list[str]:
        """What an entry names that is not declared, and what it lacks."""
        levels = entry.of if isinstance(entry.of, dict) else {}
        problems = self._level_problems("of", levels)
        for key, what, name in (
            ("of", "populations", None if levels else entry.of), ("in", "populations", entry.in_),
            ("by", "factors", entry.by), ("factor", "factors", entry.factor),
            ("variable", "variables", entry.variable), ("endpoint", "endpoints", entry.endpoint),
        ):  # fmt: skip
            problems += self._unknown(key, what, name if isinstance(name, str) else None)
        if entry.contrast:
            for key in ("level", "reference"):
                problems += self._level_problems(
                    f"contrast.{key}", {entry.contrast.factor: getattr(entry.contrast, key)}
                )
        for kind in KINDS:
            value = getattr(entry, kind)
            if isinstance(value, dict) and kind == "rate":
                problems += [f"rate.{time}: not a number of months" for time in value if not MONTHS.fullmatch(time)]
            elif isinstance(value, dict) and entry.by is None:
                problems.append(f"{kind} has a value a level, so `by` must name their factor")
            elif isinstance(value, dict):
                for level in value.keys() - {"total"}:
                    problems += self._level_problems(kind, {entry.by or "": level})
        if not any((entry.of, entry.in_, entry.endpoint, entry.variable, entry.setting)):
            problems.append("say what it is of: of, in, endpoint, variable or setting")
        return problems

    def place(self, entry: PaperEntry) -> Place:
        """Whom an entry is about: as its `in` and `of` say, or else all of its endpoint's, factor's or variable's."""
        group = tuple(sorted(entry.of.items())) if isinstance(entry.of, dict) else ()
        if entry.in_:
            return entry.in_, group
        if isinstance(entry.of, str):
            return entry.of, ()
        if entry.endpoint:
            return self.endpoints[entry.endpoint].of, group
        if group:
            return self.factors[group[0][0]].of, group
        if entry.variable:
            return self.variables[entry.variable].of, ()
        return next(iter(self.populations)), ()


def _reached(graph: dict[str, list[str]], start: str) -> set[str]:
    """Where a name leads to, step by step."""
    found: set[str] = set()
    todo = list(graph.get(start, []))
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += graph.get(name, [])
    return found
