"""What study.yaml declares under `robustness`: the analyses that should have been run, beside those that were."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from oligomet.columns import Event
from oligomet.declarations import Declaration


class DoseResponse(Declaration):
    endpoint: str
    factor: str  # its variable is the dose
    adjust: list[str] = Field([])  # factors that confound dose and control


class Robustness(Declaration):
    """The analyses that should have been run, beside those that were."""

    seed: int = 1
    at_most_patients: int | None = Field(None, ge=100)  # of more, a random sample of so many is analysed
    headline: dict[str, list[str]]  # endpoint: the factors of the published conclusions
    per_lesion: dict[str, str] = Field({})  # endpoint per patient: the same endpoint per lesion
    response_factors: list[str] = Field([])  # known only after radiotherapy
    landmarks_months: list[Annotated[float, Field(gt=0)]] = Field([3, 2, 4])  # the first is the primary one
    rmst_months: float = Field(60, gt=0)
    censoring: dict[str, list[Event]] = Field({})  # endpoint: events at the last of which it might be censored instead
    prespecified: dict[str, list[str]] = Field({})  # the multivariable model as specified in advance
    continuous: dict[str, list[str]] = Field({})  # factors whose variable is also taken as it is
    knots: int = Field(4, ge=3, le=5)
    imputed_datasets: int = Field(20, ge=2)
    dose_response: DoseResponse | None = None
    bootstrap_replicates: int = Field(1000, ge=100)
    same_direction: float = Field(0.9, gt=0.5, le=1)  # share of choices in which a conclusion must keep its direction
    excluding_one: float = Field(0.5, gt=0, le=1)  # share of choices whose interval must exclude 1 if it is to stand

    @model_validator(mode="after")
    def _responses_have_a_landmark(self) -> Robustness:
        if self.response_factors and not self.landmarks_months:
            later = ", ".join(self.response_factors)
            raise ValueError(
                f"landmarks_months: expected at least one month: {later} (response_factors) can only be compared "
                "from a landmark on, when they are known; or declare no response_factors"
            )
        return self
