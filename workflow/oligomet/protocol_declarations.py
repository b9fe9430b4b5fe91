"""What a trial's protocol asks of treatment, imaging and accrual, as study.yaml declares it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field, model_validator

from oligomet.declarations import Declaration


class PlannedTreatment(Declaration):
    """What a plan must be; one that is not is a deviation, and is analysed as it was given."""

    fractions: Annotated[list[int], Field(min_length=1)]  # any of these numbers
    dose_gy: tuple[float, float]  # total dose to the PTV, lowest and highest
    pause_weekdays: int = Field(2, ge=0)  # by which daily fractions may take longer


class PlannedImaging(Declaration):
    """The modalities that the protocol has; when imaging is due is `imaging_schedule`."""

    modalities: list[str] = Field([])  # codes of terms.modality; none named: any
    modalities_at: dict[str, list[str]] = Field({})  # the same for single sites, e.g. MRI for brain


class PlannedAccrual(Declaration):
    """How many lesions by when, evenly over the time."""

    begins: dt.date
    ends: dt.date
    lesions: int = Field(ge=1)
    by: str | None = None  # a factor of lesions, with a number planned for each of its groups
    planned: dict[str, Annotated[int, Field(ge=1)]] = Field({})

    @model_validator(mode="after")
    def _hangs_together(self) -> PlannedAccrual:
        if self.ends <= self.begins:
            raise ValueError(f"expected an end after {self.begins}; it has {self.ends}")
        if bool(self.by) != bool(self.planned):
            raise ValueError("expected by (a factor of lesions) and planned (lesions, by its groups), both or neither")
        return self


class Protocol(Declaration):
    """What is checked of each centre, beside what cannot be read."""

    treatment: PlannedTreatment | None = None
    imaging: PlannedImaging = PlannedImaging()
    accrual: PlannedAccrual | None = None
