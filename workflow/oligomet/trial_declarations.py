"""What a trial declares beside its endpoints: complete response, the size of the sample, a prediction of response."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from oligomet.declarations import Condition, Declaration, Window

ALL = "all"  # the hypothesis of all lesions, beside those of the groups
SystemicTherapy = Literal["ignored", "excluded after", "composite"]
Share = Annotated[float, Field(gt=0, lt=1)]


class Hypothesis(Declaration):
    """The rate that is held to be too low, the one that is hoped for, and where both come from."""

    null_rate: Share
    target_rate: Share
    why: str = Field(min_length=1)

    @model_validator(mode="after")
    def _hopes_for_more(self) -> Hypothesis:
        if self.target_rate <= self.null_rate:
            said = f"{self.target_rate:g} and {self.null_rate:g}"
            raise ValueError(f"expected a target rate above the null rate; it has {said}")
        return self


class CompleteResponse(Declaration):
    """Complete response of an irradiated lesion as an endpoint: its estimand, and what is asked of its rate."""

    by: Literal["measured", "reader"] = "measured"  # whose response counts; both are given where there are both
    reader: str | None = None  # the variable of measurements that is the response as the reader called it
    within_days: Window = (20, 365)  # from the last fraction
    modalities: list[str] = Field([])  # imaging that counts after radiotherapy; none named: any
    modalities_at: dict[str, list[str]] = Field({})  # the same for single sites, e.g. MRI for brain
    confirmed_after_days: int | None = Field(None, ge=1)  # complete again on imaging so much later; none: no need
    systemic_therapy: SystemicTherapy = "ignored"  # begun after radiotherapy and before the complete response
    denominator: Literal["evaluable", "all"] = "evaluable"  # of the tests; both are shown
    strata: str | None = None  # a factor of lesions
    hypotheses: dict[str, Hypothesis] = Field({})  # of all or of strata, in the order of a fixed sequence
    test: Literal["exact", "clustered"] = "clustered"
    one_sided_significance: Share = 0.05
    multiplicity: Literal["none", "bonferroni", "holm", "fixed sequence"] = "holm"
    incidence_at_months: list[Annotated[float, Field(gt=0)]] = Field([3, 6, 9])

    @model_validator(mode="after")
    def _has_its_judge(self) -> CompleteResponse:
        if self.by == "reader" and self.reader is None:
            raise ValueError("by: reader needs reader, the variable of measurements that the reader's response is")
        return self


class Secondary(Declaration):
    """What is asked of endpoints beside the comparisons of `analyses`; a study with `robustness` has it there."""

    competing: dict[str, list[str]] = Field({})  # endpoint with a competing event: factors, by Gray's test
    landmark: dict[str, list[str]] = Field({})  # endpoint: factors of the response, from landmarks on
    landmarks_months: list[Annotated[float, Field(gt=0)]] = Field([6], min_length=1)


class Radiomics(Declaration):
    """How `snakemake radiomics` computes the tables of sources.image_features, in an environment of its own."""

    images: dict[str, str]  # table: folder of images and RTSTRUCT, a folder a patient; both in the study's raw/
    region: str = r"GTV\D*(\d+)"  # a regular expression: regions that are lesions, and in its group their number
    modality: Literal["ct", "mr", "pt"] = "ct"
    spacing_mm: float = Field(1, gt=0)  # of the voxels to which image and region are interpolated
    bin_width: float = Field(25, gt=0)  # of grey levels

    @model_validator(mode="after")
    def _names_a_lesion(self) -> Radiomics:
        try:
            groups = re.compile(self.region).groups
        except re.error as error:
            raise ValueError(f"region: {self.region!r} is not a regular expression ({error})") from None
        if groups != 1:
            raise ValueError(f"region: expected one group, the lesion's number; {self.region!r} has {groups}")
        return self


class SampleSize(Declaration):
    """What size the hypotheses of the complete response ask for, and what becomes of it where lesions are alike."""

    power: Share = 0.8
    planned: dict[str, Annotated[int, Field(ge=2)]] = Field(
        {}
    )  # lesions, by hypothesis; none: as one exact stage needs
    intraclass_correlations: list[Annotated[float, Field(ge=0, lt=1)]] = Field([0, 0.1, 0.3, 0.5])
    lesions_a_patient: list[Annotated[int, Field(ge=1)]] = Field([1, 2, 4])
    lost_scans: list[Annotated[float, Field(ge=0, lt=1)]] = Field([0, 0.1, 0.2])
    replicates: int = Field(10_000, ge=100)
    seed: int = 1


class Prediction(Declaration):
    """A model of complete response: what may go into it, and how it is judged.

    Variables are columns of outcomes/lesions and outcomes/patients. One of words has an indicator for each group of the
    factor of its name but the reference, or without such a factor for each word but the most frequent.
    """

    clinical: list[str] = Field([])
    dosimetric: list[str] = Field([])
    genetic: list[str] = Field([])
    image_features: list[str] = Field([])  # what they add to the others is tested
    comparator: dict[str, Condition] = Field({})  # a fixed score: a point for each that is met
    lesions_a_parameter: float = Field(10, gt=0)  # of the rarer outcome
    folds: int = Field(5, ge=2)
    repeats: int = Field(5, ge=1)
    resamples: int = Field(200, ge=20)  # of patients, for intervals and optimism
    thresholds: list[Share] = Field([0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])  # of the decision curve
    centre: str = "centre"  # the variable that names it
    centre_lesions: int = Field(20, ge=2)  # evaluable ones of a centre that is left out and predicted
    centre_rarer: int = Field(5, ge=1)  # of these, with the rarer outcome
    seed: int = 1

    @property
    def base(self) -> list[str]:
        """Everything but the image features."""
        return [*self.clinical, *self.dosimetric, *self.genetic]
