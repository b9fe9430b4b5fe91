"""What study.yaml can declare of how patients were followed, and of what a person has looked at in their records."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from oligomet.declarations import Declaration


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
