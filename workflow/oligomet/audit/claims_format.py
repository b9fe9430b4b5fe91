"""What a claims.yaml may say: populations, variables, factors, endpoints, and entries that state numbers of them."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from oligomet.audit.claim_answers import Answer
from oligomet.declarations import Declaration

KINDS = (
    "count", "events", "at_risk", "percentage", "rate", "mean", "sd", "se", "median", "q1", "q3", "minimum", "maximum",
    "hazard_ratio", "odds_ratio", "risk_ratio", "low", "high", "statistic", "p_value", "value", "date", "text",
)  # fmt: skip
RATIOS = ("hazard_ratio", "odds_ratio", "risk_ratio")
ESTIMATES = (*RATIOS, "mean", "median", "rate", "percentage")  # that low and high can be the limits of
BY_MONTH = ("rate", "at_risk", "low", "high")
NEEDED = {  # what says of what a number is, where its population does not
    "rate": ["endpoint"], "events": ["endpoint"], "at_risk": ["endpoint"], "mean": ["variable"], "sd": ["variable"],
    "se": ["variable"], "statistic": ["test"], "odds_ratio": ["outcome"], "risk_ratio": ["outcome"],
    "median": ["variable", "endpoint"], "q1": ["variable", "endpoint"], "q3": ["variable", "endpoint"],
    "minimum": ["variable", "endpoint"], "maximum": ["variable", "endpoint"],
    "hazard_ratio": ["contrast", "variable"], "low": ["contrast", "variable", "endpoint", "percentage"],
    "high": ["contrast", "variable", "endpoint", "percentage"], "p_value": ["contrast", "factor", "variable"],
    "text": ["setting"],
}  # fmt: skip
DEGREES_OF_FREEDOM = {"t": 1, "F": 2, "r": 1, "chi2": 1, "Q": 1, "z": 0}  # how many a test statistic has
NEVER_NEGATIVE = ("count", "events", "at_risk", "percentage", "rate", "sd", "se", *RATIOS, "p_value")
WHOLE = ("count", "events", "at_risk")
WORDS = {"not reached": ("median", "q1", "q3", "low", "high"), "NS": ("p_value",)}  # in the place of a number, of these
ClaimGroup = tuple[tuple[str, str], ...]  # factors and levels, e.g. (("age", "< 60"), ("visceral", "Yes")), sorted
Place = tuple[str, ClaimGroup]  # a population and the levels that narrow it: whom a number is of
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
    binary: bool = False  # 0 or 1
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
    randomised: bool = False  # chance alone divided them
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
    defined: bool = True  # false if the paper does not say what ends it
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
    outcome: dict[str, str] | None = None  # of an odds or risk ratio: a factor and the level that is asked for
    model: Literal["univariable", "multivariable"] | None = None
    test: str | None = None
    setting: str | None = None
    count: str | dict[str, str] | None = None
    events: str | dict[str, str] | None = None
    at_risk: str | dict[str, str] | None = None
    percentage: str | dict[str, str] | None = None
    rate: str | dict[str, str] | None = None
    mean: str | None = None
    sd: str | None = None
    se: str | None = None
    median: str | None = None
    q1: str | None = None
    q3: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    hazard_ratio: str | None = None
    odds_ratio: str | None = None
    risk_ratio: str | None = None
    low: str | dict[str, str] | None = None
    high: str | dict[str, str] | None = None
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
        if self.outcome is not None and (len(self.outcome) != 1 or self.contrast is None):
            problems.append("outcome needs a contrast, and is one factor with its level")
        if (self.low or self.high) and sum(getattr(self, kind) is not None for kind in ESTIMATES) > 1:
            problems.append("low and high: of which of its estimates? Give each an entry of its own")
        if problems:
            raise ValueError("\n".join(problems))
        return self

    @property
    def limit_of(self) -> str:
        """The kind of the estimate that low and high are the limits of."""
        return next((kind for kind in ESTIMATES if getattr(self, kind) is not None), "hazard_ratio")


class PaperCurve(Declaration):
    """A survival curve read off a figure: a CSV of months, percent and numbers at risk, in the folder curves."""

    endpoint: str
    file: str
    in_: str | None = Field(None, alias="in")
    of: dict[str, str] = Field(default_factory=dict)


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
    curves: list[PaperCurve] = Field(default_factory=list)

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
