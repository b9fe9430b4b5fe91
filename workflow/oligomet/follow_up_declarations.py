"""What study.yaml can declare of endpoints, of how patients were followed, and of what was found in records."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from oligomet.columns import Check, Event
from oligomet.declarations import Declaration, ToxicityEvent, Unit


class Endpoint(Declaration):
    label: str
    per: Unit
    starts: Literal["radiotherapy_start", "radiotherapy_end"]
    events: Annotated[list[Event], Field(min_length=1)]  # the first of these
    observed_until: Annotated[list[Event], Field(min_length=1)]  # the last of these
    observed_before: list[Event] = Field([])  # the first of these ends it: what is recorded later does not count
    missed_scans: int | None = Field(None, ge=1)  # so many in a row end it, by `imaging_schedule`
    competing: list[Event] = Field([])
    on_one_day: Literal["event", "competing"] = "event"  # which of the two counts
    toxicity: ToxicityEvent | None = None  # which toxicities are its event `toxicity`

    @model_validator(mode="after")
    def _says_which_toxicity(self) -> Endpoint:
        named = "toxicity" in [*self.events, *self.competing]
        if named != (self.toxicity is not None):
            raise ValueError("expected toxicity (phase, grade, ...) and the event toxicity, both or neither")
        return self

    @model_validator(mode="after")
    def _ends_by_something_else(self) -> Endpoint:
        ending = {*self.events, *self.competing}
        if both := [event for event in self.observed_before if event in ending]:
            raise ValueError(f"observed_before: {', '.join(both)} ends it already, as an event or a competing one")
        return self

    @property
    def censors_death(self) -> bool:
        """Death ends its follow-up and is no event: its Kaplan-Meier curve is freedom from the event, not survival."""
        return "death" in self.competing and "death" not in self.events


class ImagingSchedule(Declaration):
    """When imaging was due, in days from the last fraction."""

    due_days: Annotated[list[int], Field(min_length=1)]
    then_every_days: int | None = Field(None, ge=1)  # after the last of these
    tolerance_days: int = Field(30, ge=0)  # earlier or later, and still the one that was due

    @model_validator(mode="after")
    def _days_follow_each_other(self) -> ImagingSchedule:
        if any(later <= day for day, later in zip(self.due_days, self.due_days[1:], strict=False)):
            raise ValueError("due_days: expected days in their order, each once")
        return self

    def due(self, until: int) -> list[int]:
        """The days until `until` on which imaging was due."""
        step = self.then_every_days
        more = range(self.due_days[-1] + step, until + 1, step) if step else ()
        return [day for day in [*self.due_days, *more] if day <= until]


class Dismissed(Declaration):
    """A finding that a person has looked at: the record is right."""

    check: Check
    record: Annotated[str, Field(min_length=1)]  # `source` in cohort/findings
    reason: Annotated[str, Field(min_length=1)]


class CrossChecks(Declaration):
    """From when on values that could be true are reported as contradicting another."""

    size_factor: float = Field(10, gt=1)  # between two scans of a lesion, and between these and its GTV
    imaging_days_before: int = Field(1096, ge=0)  # of the first fraction
    export_ends_days: int = Field(183, ge=0)  # before the day to which it should go
    dismissed: list[Dismissed] = Field([])
