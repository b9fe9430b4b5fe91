"""Who is analysed, as study.yaml declares it: what must hold of a variable, or of several together."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from oligomet.declarations import Condition
from oligomet.schemas import SOURCES, TABLES

# Not a decision: a patient without radiotherapy has no time zero. It comes last: a declared rule can say it better.
NO_RADIOTHERAPY = ("no_radiotherapy", "no irradiated lesion on record")
# One whose lesions are all excluded has none either. It comes first: rules of lesions are applied before those of hers.
NO_ELIGIBLE_LESION = ("no_eligible_lesion", "no irradiated lesion that is eligible")

# What a rule may ask for of a patient: her own row, and what is counted from the other sources.
OF_PATIENTS = (
    *(name for name in SOURCES["patients"] if name not in ("patient_id", "birth_date")),
    "age_years",  # at the first fraction
    "radiotherapy_start",  # of the course from which the patient is followed, as all that follows here
    "radiotherapy_end",
    "irradiated_lesions",
    "cytoreductive_surgeries",  # before the first fraction
    "systemic_courses",  # begun before the first fraction
    "contacts_after_radiotherapy",  # after the last fraction, death included
)
# And of a lesion: with its dose, of the level that study.yaml chooses.
OF_LESIONS = (
    *(name for name in TABLES["cohort/lesions"] if not name.endswith(("_id", "source"))),
    *("dose_gy", "fraction_gy", "bed10_gy", "eqd2_gy"),
)


class Requirement(Condition):
    """What must hold of a variable, or of several: any one of the requirements, or all."""

    variable: str | None = None
    any_of: list[Requirement] = Field([])
    all_of: list[Requirement] = Field([])

    @model_validator(mode="after")
    def _says_something(self) -> Requirement:
        ways = [name for name in ("variable", "any_of", "all_of") if getattr(self, name)]
        if len(ways) != 1:
            raise ValueError("expected one of variable, any_of, all_of")
        if bool(self._named) != bool(self.variable):
            words = "is, is_not, below, at_least, above, at_most"
            raise ValueError(f"a variable needs one of {words}, and any_of and all_of have none of their own")
        return self

    @property
    def asked(self) -> list[Requirement]:
        """The requirements of single variables that it is made of."""
        if self.variable:
            return [self]
        return [leaf for part in (*self.any_of, *self.all_of) for leaf in part.asked]

    @property
    def variables(self) -> list[str]:
        """The variables that it asks for, each once."""
        return list(dict.fromkeys(str(leaf.variable) for leaf in self.asked))


class Eligibility(Requirement):
    """A rule of eligibility: who does not meet it is excluded for the reason `excluded`."""

    id: str
    of: Literal["patients", "lesions"] = "patients"  # lesions with their doses: a lesion is excluded, not its patient
    excluded: str
