"""What the templates on robustness ask beyond the declarations and the rows: what was concluded, and what changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from oligomet.estimates.robustness.choices import Choice, list_timings
from oligomet.estimates.robustness.dose_response import STEP_GY
from oligomet.estimates.robustness.verdicts import primary_choice, published_choice, published_meanings

if TYPE_CHECKING:
    from oligomet.book import Book, Entry
    from oligomet.robustness_declarations import Robustness
    from oligomet.study import Study


def robustness_lookups(study: Study) -> dict[str, Any]:
    """The names that the templates on robustness have of their own; none where nothing of it is declared."""
    declared, level = study.robustness, study.analyses.significance
    if declared is None:
        return {}
    models = [*declared.headline.values(), *declared.prespecified.values()]
    return {
        "conclusions": list_conclusions(study, declared),
        "varied_timings": list_varied_timings(study, declared),
        "censored_alike": list_censored_alike(study, declared),
        "imputable_factors": [name for names in models for name in names if name not in declared.response_factors],
        "STEP_GY": STEP_GY,
        "with_small_p": lambda rows: [row for row in rows if row.p_value is not None and row.p_value < level],
        "excludes_one": excludes_one,
        "excluding_one": excluding_one,
        "same_contrast": same_contrast,
        "list_changes": list_changes,
    }


@dataclass(frozen=True)
class Conclusion:
    """A published conclusion, that a factor tells of an endpoint.

    Attributes
    ----------
    published, primary
        The analysis as published and the primary corrected one.
    meant
        'SD against PD' where the published model compares other responses than the factor names, else None.
    known_late
        Whether the factor is known only after radiotherapy, and the subjects are patients: it can be counted from then.
    by_lesion
        Whether lesions are subjects as well.
    """

    endpoint: str
    factor: str
    published: Choice
    primary: Choice
    meant: str | None
    known_late: bool
    by_lesion: bool


def list_conclusions(study: Study, declared: Robustness) -> list[Conclusion]:
    """The conclusions that `robustness.headline` declares, in its order."""
    meant = published_meanings(study)
    return [
        Conclusion(
            endpoint,
            name,
            published_choice(endpoint, name, study),
            primary_choice(endpoint, name, study),
            meant.get((endpoint, name)),
            known_late=name in declared.response_factors and study.endpoints[endpoint].per == "patient",
            by_lesion=endpoint in declared.per_lesion and name not in declared.response_factors,
        )
        for endpoint, names in declared.headline.items()
        for name in names
    ]


def list_varied_timings(study: Study, declared: Robustness) -> set[str]:
    """The ways, beside the declared one, in which the endpoints of the conclusions are timed."""
    endpoints = [name for name, factors in declared.headline.items() if factors]
    endpoints += [declared.per_lesion[name] for name in endpoints if name in declared.per_lesion]
    return {timing for name in endpoints for timing in list_timings(name, study)}


def list_censored_alike(study: Study, declared: Robustness) -> list[list[str]]:
    """The endpoints of `robustness.censoring`, those together whose censoring changes from the same to the same."""
    alike: dict[tuple, list[str]] = {}
    for name, events in declared.censoring.items():
        endpoint = study.endpoints[name]
        key = (tuple(events), tuple(endpoint.observed_until), endpoint.starts, endpoint.censors_death)
        alike.setdefault(key, []).append(name)
    return list(alike.values())


def excludes_one(ratio: Entry) -> bool:
    """Whether there is an interval, and it lies on one side of 1."""
    return ratio.conf_low is not None and (ratio.conf_high < 1 or ratio.conf_low > 1)


def excluding_one(ratios: Iterable[Entry]) -> list[Entry]:
    """Those of `ratios` whose interval excludes 1."""
    return [ratio for ratio in ratios if excludes_one(ratio)]


def same_contrast(rows: Book, row: Entry) -> Book:
    """Those of `rows` that are of the endpoint, the factor and the groups of `row`."""
    return rows.some(endpoint=row.endpoint, factor=row.factor, group=row.group, reference=row.reference)


@dataclass(frozen=True)
class Change:
    """A ratio as it was, and after one decision was made otherwise."""

    before: Entry
    after: Entry

    @property
    def turned(self) -> bool:
        """Whether the ratio is on the other side of 1."""
        return (self.before.estimate < 1) != (self.after.estimate < 1)

    @property
    def crossed(self) -> bool:
        """Whether the interval came to exclude 1, or ceased to."""
        return excludes_one(self.before) != excludes_one(self.after)

    @property
    def share_before(self) -> float:
        """The subjects that there were, as a share of those that there are."""
        return self.before.n / self.after.n


def list_changes(after: Iterable[Entry], book: Book, **before: Any) -> list[Change]:
    """Each defined row of `after` with the defined row that differs in what `before` names, and in its method, only."""
    changes = []
    for row in after:
        where = {name: value for name, value in row.where.items() if name != "method"}
        was = book.maybe(**where | before)
        if was is not None and was.is_defined and row.is_defined:
            changes.append(Change(was, row))
    return changes
