"""The claims of a paper: the single numbers that it states, and what the checks look them up in."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from oligomet.audit.claims_format import RATIOS, WHOLE, ClaimGroup, PaperCurve, PaperFile, PaperVariable, Place
from oligomet.audit.curves import Curve
from oligomet.audit.printed import Interval, read_number
from oligomet.audit.wording import RATIO_AND_LIMITS, describe_place

READ = ("value", "decimals", "relation", "interval")  # from a number as printed
USUAL_LEVEL = 0.05  # of significance


@dataclass(frozen=True)
class Claim:
    """One number (or one named scale) that the paper states, with everything that says what it is of."""

    id: str
    section: str
    row: int
    kind: str
    printed: str
    value: float
    decimals: int
    relation: str
    interval: Interval
    unit: str
    population: str
    group: ClaimGroup = ()
    divides: str = ""  # the factor of the group whose level a share is: the last that the entry names
    variable: str | None = None
    endpoint: str | None = None
    followed: str = ""  # the endpoint that it stands for: of 'local control', the one that it is declared the same as
    time: float | None = None
    window: float | None = None
    contrast: tuple[str, str, str] | None = None  # factor, level, reference
    per: float | None = None  # units of the variable, of a hazard ratio that compares no groups
    confidence: float | None = None  # percent, of its interval
    factor: str | None = None  # of a test
    by: str | None = None  # of a test: the factor whose levels are counted in the groups
    outcome: tuple[str, str] | None = None  # of an odds or risk ratio: factor and level
    limit_of: str | None = None  # of a limit: the kind of its estimate
    model: str | None = None
    test: str | None = None
    df: tuple[float, ...] = ()  # of a test statistic
    setting: str | None = None
    called: str | None = None
    unclear: str | None = None
    needs: str | None = None
    says: str = ""
    answer: dict | None = field(default=None, compare=False)
    tolerance: float | None = None
    tokens: tuple[str, ...] = ()

    @property
    def place(self) -> Place:
        """Of whom it is: the population, and the levels that narrow it."""
        return self.population, self.group

    @property
    def compared(self) -> tuple[str, str, str]:
        """Factor, level and reference of a hazard ratio that compares two groups, or of one of its limits."""
        assert self.contrast is not None, f"{self.id} compares nothing"
        return self.contrast

    @property
    def stated(self) -> bool:
        """Whether it gives a number: the name of a scale does not, nor does what is only announced."""
        return self.kind != "text" and math.isfinite(self.value)

    def reprinted(self, printed: str) -> Claim:
        """The same claim with another number."""
        number = read_number(printed, whole=self.kind in WHOLE)
        return replace(self, printed=printed, **{name: getattr(number, name) for name in READ})


@dataclass(frozen=True)
class Paper:
    """The declarations and the claims; what the checks look things up in."""

    declared: PaperFile
    claims: tuple[Claim, ...]
    curves: tuple[tuple[PaperCurve, Curve], ...] = ()

    def select(self, **criteria) -> list[Claim]:
        """The claims that state a number and whose attributes equal the values given, of a kind or of several in turn.

        >>> paper.select(kind="rate", endpoint="OS", group=())  # of all patients
        """
        kinds = criteria.pop("kind", None)
        kinds = (kinds,) if isinstance(kinds, str) else kinds
        claims = self._stated if kinds is None else [claim for kind in kinds for claim in self._by_kind.get(kind, ())]
        return [claim for claim in claims if all(getattr(claim, name) == value for name, value in criteria.items())]

    def first(self, **criteria) -> Claim | None:
        """The first of those that `select` gives; None if there is none."""
        return next(iter(self.select(**criteria)), None)

    @cached_property
    def _stated(self) -> list[Claim]:
        return [claim for claim in self.claims if claim.stated]

    @cached_property
    def _by_kind(self) -> dict[str, list[Claim]]:
        return _grouped(self._stated, lambda claim: claim.kind)

    @cached_property
    def _counts(self) -> dict[Place, list[Claim]]:
        return _grouped(self._by_kind.get("count", ()), lambda claim: claim.place)

    def counts(self, place: Place) -> list[Claim]:
        """The claims that say how many there are in a place."""
        return self._counts.get(place, [])

    def counted(self, place: Place, section: str | None = None) -> Claim | None:
        """The claim of how many there are in a place: as `section` says, or else as is said most often.

        >>> paper.counted(("patients", (("age", "< 60"),))).value
        91.0
        """
        found = self.counts(place)
        if not found:
            return None
        often = Counter(claim.value for claim in found)
        here = [claim for claim in found if claim.section == section]
        return max(here or found, key=lambda claim: often[claim.value])

    def counted_each(self, places: Iterable[Place], section: str | None = None) -> list[Claim]:
        """How many there are in each of several places, as `counted`; none if one of them is not counted."""
        found = [self.counted(place, section) for place in places]
        counted = [claim for claim in found if claim is not None]
        return counted if len(counted) == len(found) else []

    def variable_of(self, claim: Claim) -> PaperVariable:
        """The variable that a mean, median or limit is of."""
        return self.declared.variables[claim.variable or ""]

    def setting(self, name: str) -> Claim | None:
        """The first claim of a setting, e.g. significance_level or data_cut."""
        return next((claim for claim in self.claims if claim.setting == name), None)

    def confidence_of(self, claim: Claim) -> tuple[float, bool]:
        """The confidence (0 to 1) of the interval that a claim belongs to, 0.95 if not stated, and whether it is."""
        level = self.setting("confidence_level")
        stated = claim.confidence or (level.value if level is not None else 0.0)
        share = stated / 100 if stated > 1 else stated
        return (share, True) if 0.5 < share < 1 else (0.95, False)

    def replaced(self, claim: Claim, by: Claim) -> Paper:
        """The paper with another claim in the place of one."""
        return replace(self, claims=tuple(by if each is claim else each for each in self.claims))

    def divided(self, claim: Claim, factor: str) -> Place:
        """Whom a factor divides that a claim is grouped by: its place without the factor.

        Of a factor that is declared within another, those at that level: systems of acute toxicity divide the patients
        at the level 'Acute' of the factor phase.
        """
        rest = {item for item in claim.group if item[0] != factor}
        return claim.population, tuple(sorted({*rest, *self.declared.factors[factor].within.items()}))

    def describe(self, place: Place) -> str:
        """A place in words: 'patients, FIGO stage: III'."""
        return describe_place(self.declared, place)

    @property
    def significance(self) -> float:
        """The level below which p values are called significant: as stated, or the usual."""
        stated = self.setting("significance_level")
        return stated.value if stated is not None else USUAL_LEVEL


def narrowed(place: Place, factor: str, level: str) -> Place:
    """Of those in a place the ones at a level of a factor: of the patients treated before, those under 60."""
    return place[0], tuple(sorted({**dict(place[1]), factor: level}.items()))


def counts_by_factor(paper: Paper) -> Iterator[tuple[str, Place, dict[str, Claim]]]:
    """The counts of the levels of a factor, as one section prints them side by side.

    Yields
    ------
    The factor, whom it divides, and by level the (first) claim that counts it; once a section, factor and place.
    """
    counted: dict[tuple, dict[str, Claim]] = defaultdict(dict)
    for claim in paper.select(kind="count", endpoint=None, variable=None):
        for factor, level in claim.group:
            counted[claim.section, factor, paper.divided(claim, factor)].setdefault(level, claim)
    for (_, factor, place), claims in counted.items():
        yield factor, place, claims


@dataclass
class Ratio:
    """A hazard, odds or risk ratio as one place prints it, with its limits and its p value; None: not printed."""

    estimate: Claim | None = None
    low: Claim | None = None
    high: Claim | None = None
    p_value: Claim | None = None


def ratios_of(paper: Paper) -> Iterator[Ratio]:
    """The ratios of a paper, of groups or of a variable: one a row, place, endpoint, comparison, outcome and model."""
    found: dict[tuple, Ratio] = defaultdict(Ratio)
    for claim in paper.select():
        if claim.limit_of not in (None, *RATIOS) or (claim.kind == "p_value" and _tests_something_else(claim)):
            continue
        if claim.contrast or (claim.variable and claim.kind in (*RATIO_AND_LIMITS, "p_value")):
            of = claim.contrast or (claim.variable, claim.per)
            ratio = found[claim.section, claim.row, claim.place, claim.endpoint, of, claim.outcome, claim.model]
            setattr(ratio, "estimate" if claim.kind in RATIOS else claim.kind, claim)
    yield from found.values()


def _tests_something_else(p: Claim) -> bool:
    """Whether a p value is not of the ratio beside it being 1: one of the counts, or of a margin (non-inferiority)."""
    test = p.test or ""
    return bool(test and p.outcome) or "inferior" in test.lower()


def _grouped(claims: Iterable[Claim], key: Callable[[Claim], Any]) -> dict[Any, list[Claim]]:
    found: dict[Any, list[Claim]] = defaultdict(list)
    for claim in claims:
        found[key(claim)].append(claim)
    return dict(found)
