"""The choices that an analysis of a published conclusion makes: each is a column of the estimates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from itertools import product
from typing import TYPE_CHECKING, Any

import pandas as pd

from oligomet.columns import FOUND_BY_IMAGING
from oligomet.estimates.declared import declared_robustness

if TYPE_CHECKING:
    from oligomet.book import Entry
    from oligomet.study import Study


@dataclass(frozen=True)
class Choice:
    """One way to analyse. Its attributes are columns of the estimates.

    Attributes
    ----------
    unit
        patient | lesion: the subjects.
    dependence
        independent | clustered | weighted | frailty: what is said of the lesions of a patient. Weighted: each patient
        counts once, her lesions one over their number each, with the variance by patient.
    hazard
        cause-specific | subdistribution.
    clock
        start | landmark | time-dependent: from when a response counts as known, and a landmark's subjects are followed.
    time_months
        Of a landmark.
    adjustment
        alone | published | prespecified: the model that the factor stands in.
    fit
        likelihood | penalised (Firth).
    ties
        breslow | efron, or exact, which only the reanalyses of published numbers ask for.
    missing
        complete | imputed: whom a value lacks is left out, or has it imputed.
    timing
        declared | censored at <events> | unrounded | interval: the times as the endpoint is declared, with the other
        censoring events of `robustness.censoring`, not rounded, or events that imaging found taken to lie between the
        imaging before and the one that found them (a Weibull model, which has no ties).
    """

    unit: str = "patient"
    dependence: str = "independent"
    hazard: str = "cause-specific"
    clock: str = "start"
    time_months: float | None = None
    adjustment: str = "alone"
    fit: str = "likelihood"
    ties: str = "efron"
    missing: str = "complete"
    timing: str = "declared"

    @property
    def where(self) -> dict:
        """The columns of a row of the estimates."""
        return asdict(self)

    @classmethod
    def of(cls, row: Entry | dict) -> Choice:
        """The choice that a row of the estimates holds."""
        values = {field.name: row[field.name] for field in fields(cls)}
        known: dict[str, Any] = {name: None if pd.isna(value) else value for name, value in values.items()}
        return cls(**known)

    @property
    def label(self) -> str:
        """The choice in words, the usual parts left unsaid."""
        dependence = {
            "independent": "as independent",
            "clustered": "clustered",
            "weighted": "with each patient counted once",
            "frailty": "with frailty",
        }
        said = [
            "patients" if self.unit == "patient" else f"lesions {dependence[self.dependence]}",
            {"subdistribution": "Fine-Gray"}.get(self.hazard, ""),
            {"start": "", "landmark": f"landmark {self.time_months:g} months" if self.time_months else ""}.get(
                self.clock, self.clock
            ),
            "alone" if self.adjustment == "alone" else f"{self.adjustment} model",
            "Firth" if self.fit == "penalised" else "",
            "" if self.timing == "interval" else f"{self.ties.title()} ties",
            "missing values imputed" if self.missing == "imputed" else "",
            {"declared": "", "unrounded": "times not rounded", "interval": "Weibull, events between two images"}.get(
                self.timing, self.timing
            ),
        ]
        return ", ".join(part for part in said if part)


def list_choices(endpoint: str, factor: str, study: Study) -> Iterator[Choice]:
    """Every combination of choices that is defined and makes sense for a conclusion, the published analysis first.

    Fine and Gray's model has no frailty, weights or penalty, and the penalised likelihood no clusters of any kind. Ties
    and penalty are varied for responses known from the start only: exact times, as the others have them, leave few
    ties. How follow-up is timed is varied one way at a time around two analyses from the start: the plain one, the
    factor alone in the declared subjects, and the corrected one, lesions of which each patient's count once, adjusted
    as specified in advance. Crossed with the rest it would multiply analyses without asking anything new. Intervals
    are for the plain one, as the library's Weibull model has no variance by patient.
    """
    robustness, declared = declared_robustness(study), study.endpoints[endpoint]
    other = {"breslow": "efron", "efron": "breslow"}[study.analyses.ties]
    together = study.analyses.multivariable.get(endpoint, [])
    models = ["alone"]
    models += ["published"] if factor in together and len(together) > 1 else []
    models += ["prespecified"] if endpoint in robustness.prespecified else []
    clocks: list[tuple[str, float | None]] = [("start", None)]
    if factor in robustness.response_factors and declared.per == "patient":
        clocks += [*(("landmark", months) for months in robustness.landmarks_months), ("time-dependent", None)]
    units = [declared.per] + (["lesion"] if endpoint in robustness.per_lesion and declared.per == "patient" else [])
    hazards = ["cause-specific"] + (["subdistribution"] if declared.competing else [])
    dependences = ["independent", "clustered", "weighted", "frailty"]
    fits = [("likelihood", study.analyses.ties), ("likelihood", other), ("penalised", study.analyses.ties)]
    for unit, dependence, hazard, (clock, landmark), (fit, ties), model in product(
        units, dependences, hazards, clocks, fits, models
    ):
        usual = (fit, ties) == fits[0]
        if (
            (unit == "patient" and dependence != "independent")
            or (unit != declared.per and clock != "start")
            or (
                hazard == "subdistribution" and (dependence in ("weighted", "frailty") or not usual or clock != "start")
            )
            or (fit == "penalised" and dependence != "independent")
            or (not usual and clock != "start")
        ):
            continue
        ties = "breslow" if hazard == "subdistribution" else ties
        yield Choice(unit, dependence, hazard, clock, landmark, model, fit, ties)
    plain = Choice(declared.per, ties=study.analyses.ties)
    corrected = replace(
        plain,
        unit=units[-1],
        dependence="weighted" if units[-1] == "lesion" else "independent",
        adjustment="prespecified" if endpoint in robustness.prespecified else "alone",
    )
    for choice in dict.fromkeys((plain, corrected)):
        timed = endpoint if choice.unit == declared.per else robustness.per_lesion[endpoint]
        yield from (
            replace(choice, timing=timing)
            for timing in list_timings(timed, study)
            if timing != "interval" or choice == plain
        )


def list_timings(endpoint: str, study: Study) -> list[str]:
    """The ways but the declared one in which an endpoint can be timed, as `Choice.timing` names them."""
    censoring = declared_robustness(study).censoring.get(endpoint, [])
    return [
        *([f"censored at {' or '.join(censoring)}".replace("_", " ")] if censoring else []),
        *(["unrounded"] if study.months.round_endpoints_to else []),
        *(["interval"] if set(study.endpoints[endpoint].events) & set(FOUND_BY_IMAGING) else []),
    ]


def factors_of(choice: Choice, endpoint: str, factor: str, study: Study) -> list[str]:
    """The factors of the model of a choice: the factor itself and those it is adjusted for."""
    others = {
        "alone": [],
        "published": study.analyses.multivariable.get(endpoint, []),
        "prespecified": declared_robustness(study).prespecified.get(endpoint, []),
    }[choice.adjustment]
    return list(dict.fromkeys([*others, factor]))
