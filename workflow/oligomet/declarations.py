"""What study.yaml can declare, section by section: every field stands here once, with its default and its limits."""

from __future__ import annotations

import datetime as dt
import operator
import re
import zoneinfo
from collections.abc import Mapping
from itertools import combinations, pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from oligomet.usual import usual_denials

# What study.yaml once declared, and where that is now; its value is not repeated.
MOVED = {
    "pseudonym_salt": "it does not belong here, where everyone reads it; the key of the pseudonyms is in the "
    "environment variable OLIGOMET_PSEUDONYM_KEY, or in pseudonym.key beside study.yaml, made where there is none",
    "endpoints.*.censored_at": "it is called observed_until, and has the same list",
}

CODED = "as coded by the radiologist"  # a response that was not measured

Scalar = int | float | dt.date | str
Unit = Literal["patient", "lesion"]


class ConfigurationError(ValueError):
    """Every mistake found in a configuration file, a line each."""


def _date_formats(formats: list[str]) -> list[str]:
    """Formats that name a day, in one order: 03/05 cannot be read by two."""
    wrong = [
        declared
        for declared in formats
        if sorted(re.findall("%.", declared)) not in (["%Y", "%d", "%m"], ["%Y", "%b", "%d"])
    ]
    if wrong:
        raise ValueError(f"date format {', '.join(map(repr, wrong))}: expected %Y, %d and one of %m and %b, each once")
    for declared in formats:
        turned = declared.translate(str.maketrans("dm", "md"))
        if "%m" in declared and turned != declared and turned in formats:
            raise ValueError(f"{declared!r} and {turned!r} are two orders of day and month; a date cannot be both")
    return formats


def _window(days: tuple[int, int]) -> tuple[int, int]:
    if days[0] > days[1]:
        raise ValueError(f"expected the first day before the last; it has {days[0]} to {days[1]}")
    return days


DateFormats = Annotated[list[str], AfterValidator(_date_formats)]
Window = Annotated[tuple[int, int], AfterValidator(_window)]


def find_declared(among: Mapping[str, Any], name: str, what: str) -> Any:
    """What is declared under a name.

    Raises
    ------
    ConfigurationError
        If nothing is; it says what there is.
    """
    if name not in among:
        raise ConfigurationError(f"study.yaml declares no {what} {name}; it declares {', '.join(among)}.")
    return among[name]


class Declaration(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @field_validator("*", mode="before")
    @classmethod
    def _yes_is_no_number(cls, value: Any, info: ValidationInfo) -> Any:
        """pydantic takes true for 1; YAML reads a bare yes as true."""
        number = cls.model_fields[str(info.field_name)].annotation in (int, float)
        return str(value).lower() if number and isinstance(value, bool) else value


class Synthetic(Declaration):
    seed: int
    notice: str
    short: str


class Design(Declaration):
    """What kind of study it is: nothing in the records tells, and the paper says it."""

    timing: Literal["retrospective", "prospective"]
    centres: int = Field(ge=1)
    comparison_group: bool = False
    assumptions: list[Annotated[str, Field(min_length=1)]] = []  # what had to be assumed, in words for the reader
    not_recorded: list[Annotated[str, Field(min_length=1)]] = []  # what could matter and no record has


class Months(Declaration):
    days_per_month: float = Field(30.4375, gt=27, lt=32)
    round_endpoints_to: float = Field(0, ge=0)


class Parsing(Declaration):
    missing: list[str] = ["", "-", "NA", "N/A"]
    dates: DateFormats = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d", "%d.%m.%Y", "%d %b %Y"]
    decimal: Literal[".", ","] = "."
    partial_dates: Literal["first", "middle", "last", "quarantine"] = "quarantine"  # of the month or year that is left
    timezone: str | None = None  # where the days are meant: a moment with an offset, or in UTC, is a day there
    earliest: dt.date = dt.date(1900, 1, 1)
    true_words: list[str] = ["yes", "y", "true", "1", "+"]
    false_words: list[str] = ["no", "n", "false", "0"]
    denials: list[Annotated[str, Field(min_length=1)]] = Field(
        default_factory=usual_denials
    )  # no term is read over them

    @model_validator(mode="after")
    def _a_word_means_one_thing(self) -> Parsing:
        said = {word.strip().casefold() for word in self.true_words}
        both = [word for word in self.false_words if word.strip().casefold() in said]
        if both:
            raise ValueError(f"{', '.join(both)} in true_words and in false_words; a word cannot mean both")
        return self

    @field_validator("timezone")
    @classmethod
    def _is_a_timezone(cls, name: str | None) -> str | None:
        if name is not None and name not in zoneinfo.available_timezones():
            raise ValueError(f"{name} is not a time zone; expected a name such as Asia/Shanghai or Europe/Berlin")
        return name


class Privacy(Declaration):
    """What protects the patients beyond their pseudonyms (docs/privacy.md)."""

    shift_dates_days: int = Field(0, ge=0)  # the dates of each patient move by as many days or fewer, never by none
    smallest_cell: int = Field(0, ge=0)  # a smaller count of somebody is not shown; 0: all are


class Site(Declaration):
    label: str
    visceral: bool = False
    nodal: bool = False


class Condition(Declaration):
    """What a value must be; all that is given must hold. A missing value meets no condition."""

    is_: Scalar | list[Scalar] | None = Field(None, alias="is")
    is_not: Scalar | list[Scalar] | None = None
    below: Scalar | None = None
    at_least: Scalar | None = None
    above: Scalar | None = None
    at_most: Scalar | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Condition:
        names = ("is_", "is_not", "below", "at_least", "above", "at_most")
        if all(getattr(self, name) is None for name in names):
            raise ValueError("a condition needs one of: is, is_not, below, at_least, above, at_most")
        return self

    def can_hold_with(self, other: Condition) -> bool:
        """Whether some value, said in either condition or between those that are, meets both.

        Between two whole numbers that follow each other a count has nothing, and none is tried.
        """
        values = [*self._named, *other._named]
        numbers = sorted({value for value in values if isinstance(value, int | float)})
        between = [(low + high) / 2 for low, high in pairwise(numbers) if high - low > 1 or high % 1 or low % 1]
        beyond = [numbers[0] - 1, numbers[-1] + 1] if numbers else []
        days = sorted({value for value in values if isinstance(value, dt.date)})
        near = [day + dt.timedelta(days=step) for day in days for step in (-1, 1)]
        words = [value for value in values if isinstance(value, str)]
        unsaid = ["\0"] if words else []
        candidates = [*numbers, *between, *beyond, *days, *near, *words, *unsaid]
        return any(self._meets(value) and other._meets(value) for value in candidates)

    @property
    def _named(self) -> list[Scalar]:
        lists = [named if isinstance(named, list) else [named] for named in (self.is_, self.is_not)]
        limits = [self.below, self.at_least, self.above, self.at_most]
        return [value for value in [*lists[0], *lists[1], *limits] if value is not None]

    def _meets(self, value: Scalar) -> bool:
        def among(named: Scalar | list[Scalar]) -> bool:
            return value in (named if isinstance(named, list) else [named])

        limits = {"below": operator.lt, "at_least": operator.ge, "above": operator.gt, "at_most": operator.le}
        set_ = [(compare, getattr(self, name)) for name, compare in limits.items() if getattr(self, name) is not None]
        try:
            within = all(compare(value, limit) for compare, limit in set_)
        except TypeError:  # a number is no word and no day
            return False
        return within and (self.is_ is None or among(self.is_)) and (self.is_not is None or not among(self.is_not))


class Dose(Declaration):
    level: Literal["highest", "ptv", "pgtv"] = "highest"
    alpha_beta_tumour_gy: float = Field(10, gt=0)
    tolerance_gy: float = Field(0.5, ge=0)


class Response(Declaration):
    criteria: str = "RECIST 1.1, adapted to each irradiated lesion by itself"
    baseline_days: Window = (-60, 7)
    first_assessment_days: Window = (20, 100)
    best_response_days: Window = (20, 365)
    measurable_long_cm: float = 1.0
    measurable_node_short_cm: float = 1.5
    normal_node_short_cm: float = 1.0
    decrease: float = Field(0.30, gt=0, lt=1)
    increase: float = Field(0.20, gt=0)
    increase_cm: float = Field(0.5, ge=0)
    growth_after_complete_response: Literal["PD", "as_measured"] = "PD"
    unmeasurable_baseline: Literal["NE", "CR_or_not"] = "NE"
    coded: str | None = None  # the variable that is the response as coded by the radiologist; nothing is then measured
    coded_best: str | None = None  # of lesions: the best response, where it is coded apart
    other_modality: Literal["as_measured", "NE"] = "as_measured"  # a scan by another modality than the baseline
    part: str | None = None  # the variable of measurements that tells the parts of a lesion that has split
    merged: str | None = None  # the flag of measurements whose diameter is that of several lesions become one
    merged_lesion: Literal["NE", "as_measured"] = "NE"
    patient: Literal["worst", "best"] = "worst"
    progression: Literal["first assessment", "any imaging"] = "any imaging"  # PD that is the event lesion_progression

    @model_validator(mode="before")
    @classmethod
    def _codes_have_criteria_of_their_own(cls, raw: Any) -> Any:
        """By which criteria a radiologist coded is not known unless the study says so."""
        return {"criteria": CODED, **raw} if isinstance(raw, dict) and raw.get("coded") else raw


class Courses(Declaration):
    """What separates the courses of a patient, and from which of them she is followed."""

    new_after_days: int = Field(90, ge=1)  # from the last fraction to the first of a new course
    starts: Literal["first", "last"] = "first"


class PerPatient(Declaration):
    """Of several irradiated lesions, the one whose value stands for the patient."""

    gtv_diameter_cm: Literal["largest", "smallest"] = "largest"
    bed10_gy: Literal["largest", "smallest"] = "smallest"


class PlatinumFreeInterval(Declaration):
    to: Literal["next relapse", "radiotherapy"] = "next relapse"


class Toxicity(Declaration):
    scale: str
    late_after_days: int = 90


class ToxicityEvent(Declaration):
    """What a toxicity must be to count as the event `toxicity` of an endpoint. All that is given must hold."""

    phase: Literal["any", "acute", "late"] = "any"  # as `toxicity.late_after_days` parts them
    grade: int = Field(1, ge=1, le=5)  # or higher
    systems: list[str] = Field([])  # codes of terms.toxicity; none named: any
    where: dict[str, Condition] = Field({})  # of the study's own columns of toxicities, such as the attribution
    baseline: Literal["worse", "any"] = "worse"  # worse: of a higher grade than that system had before radiotherapy


class Group(Condition):
    within: str | None = None  # a sub-level of this level: shown indented, not compared


class Factor(Declaration):
    label: str
    variable: str
    groups: dict[str, Group]
    reference: str | None = None

    @model_validator(mode="after")
    def _groups_are_apart(self) -> Factor:
        problems = [
            f"groups: {first} and {second} overlap"
            for first, second in combinations(self.levels, 2)
            if self.groups[first].can_hold_with(self.groups[second])
        ]
        problems += [
            f"groups.{name}: expected the group that it is within among {', '.join(self.levels)}"
            for name, group in self.groups.items()
            if self.levels and group.within is not None and group.within not in self.levels
        ]
        problems += [] if self.levels else ["groups: expected one that is not within another"]
        if problems:
            raise ValueError("\n".join(problems))
        return self

    @property
    def levels(self) -> list[str]:
        """The levels that are compared, in their declared order."""
        return [name for name, group in self.groups.items() if group.within is None]

    @property
    def reference_level(self) -> str:
        return self.reference or self.levels[-1]


class Analyses(Declaration):
    confidence: float = Field(0.95, gt=0, lt=1)
    significance: float = Field(0.05, gt=0, lt=1)
    rates_at_months: list[Annotated[float, Field(gt=0)]] = [12, 24, 60]
    survival_interval: Literal["plain", "log", "log-log"] = "log-log"
    proportion_interval: Literal["exact", "wilson"] = "exact"
    ties: Literal["breslow", "efron"] = "efron"
    describe: dict[Unit, list[str]] = {}
    compare: dict[str, list[str]] = {}
    multivariable: dict[str, list[str]] = {}
    logistic: dict[str, Annotated[list[str], Field(min_length=1)]] = {}  # a factor of the response: what may go with it
