"""Each published conclusion under every defensible choice of analysis: the rows of the specification curve."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import product
from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.methods.common import Undefined
from oligomet.estimates.methods.cox import cox
from oligomet.estimates.methods.fine_gray import fine_gray
from oligomet.estimates.methods.firth import firth_cox
from oligomet.estimates.robustness.landmark import as_assessed, assessed_on, exact, from_landmark
from oligomet.estimates.robustness.models import Design, chosen, design, followed, ratio_rows, with_frailty
from oligomet.estimates.rows import tabulate

if TYPE_CHECKING:
    from oligomet.study import Study

CONTRAST = "; contrast="  # the last part of a level


@dataclass(frozen=True)
class Choice:
    """One way to analyse. Its level in the estimates is 'unit=patient; dependence=independent; ...; contrast=a vs b'.

    Attributes
    ----------
    unit
        patient | lesion: the subjects.
    dependence
        independent | clustered | frailty: what is said of the lesions of a patient.
    hazard
        cause-specific | subdistribution.
    response
        start | landmark <months> | time-dependent: from when a response counts as known.
    adjustment
        alone | published | prespecified: the model that the factor stands in.
    fit
        likelihood | penalised (Firth).
    ties
        breslow | efron.
    """

    unit: str = "patient"
    dependence: str = "independent"
    hazard: str = "cause-specific"
    response: str = "start"
    adjustment: str = "alone"
    fit: str = "likelihood"
    ties: str = "efron"

    def level(self, contrast: str) -> str:
        return "; ".join(f"{name}={value}" for name, value in asdict(self).items()) + CONTRAST + contrast

    @property
    def label(self) -> str:
        """The choice in words, the usual parts left unsaid."""
        dependence = {"independent": "as independent", "clustered": "clustered", "frailty": "with frailty"}
        said = [
            "patients" if self.unit == "patient" else f"lesions {dependence[self.dependence]}",
            {"subdistribution": "Fine-Gray"}.get(self.hazard, ""),
            "" if self.response == "start" else self.response + (" months" if "landmark" in self.response else ""),
            "alone" if self.adjustment == "alone" else f"{self.adjustment} model",
            "Firth" if self.fit == "penalised" else "",
            f"{self.ties.title()} ties",
        ]
        return ", ".join(part for part in said if part)


def read_level(level: str) -> tuple[Choice, str]:
    """The choice and the contrast that a level of a specification names."""
    choice, _, contrast = level.partition(CONTRAST)
    return Choice(**dict(part.split("=", 1) for part in choice.split("; "))), contrast


def list_choices(endpoint: str, factor: str, study: Study) -> Iterator[Choice]:
    """Every combination of choices that is defined and makes sense for a conclusion, the published analysis first.

    Fine and Gray's model has no frailty and no penalty, and the penalised likelihood neither frailty nor clusters. Ties
    and penalty are varied for responses known from the start only: exact times, as the others have them, leave few
    ties.
    """
    robustness, declared = study.robustness, study.endpoints[endpoint]
    other = {"breslow": "efron", "efron": "breslow"}[study.analyses.ties]
    together = study.analyses.multivariable.get(endpoint, [])
    models = ["alone"]
    models += ["published"] if factor in together and len(together) > 1 else []
    models += ["prespecified"] if endpoint in robustness.prespecified else []
    moments = ["start"]
    if factor in robustness.response_factors and declared.per == "patient":
        moments += [*(f"landmark {months:g}" for months in robustness.landmarks_months), "time-dependent"]
    units = [declared.per] + (["lesion"] if endpoint in robustness.per_lesion and declared.per == "patient" else [])
    hazards = ["cause-specific"] + (["subdistribution"] if declared.competing else [])
    dependences = ["independent", "clustered", "frailty"]
    fits = [("likelihood", study.analyses.ties), ("likelihood", other), ("penalised", study.analyses.ties)]
    for unit, dependence, hazard, moment, (fit, ties), model in product(
        units, dependences, hazards, moments, fits, models
    ):
        plain = (fit, ties) == fits[0]
        if (
            (unit == "patient" and dependence != "independent")
            or (unit != declared.per and moment != "start")
            or (hazard == "subdistribution" and (dependence == "frailty" or not plain or moment != "start"))
            or (fit == "penalised" and dependence != "independent")
            or (not plain and moment != "start")
        ):
            continue
        yield Choice(unit, dependence, hazard, moment, model, fit, "breslow" if hazard == "subdistribution" else ties)


def estimate_specifications(
    times: pd.DataFrame, patients: pd.DataFrame, lesions: pd.DataFrame, responses: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """The hazard ratio of every headline conclusion under every choice.

    Returns
    -------
    Rows of `estimates`, analysis specification, statistic hazard_ratio: endpoint, unit, factor; level the choice and
    the contrast (see `Choice`), method the choice in words; n, events of the model.
    """
    known_on, per_month = assessed_on(responses), study.months.days_per_month
    rows: list[dict] = []
    for endpoint, names in study.robustness.headline.items():
        frames = {
            study.endpoints[endpoint].per: followed(endpoint, study.endpoints[endpoint].per, times, patients, lesions)
        }
        if endpoint in study.robustness.per_lesion:
            frames["lesion"] = followed(study.robustness.per_lesion[endpoint], "lesion", times, patients, lesions)
        models: dict[tuple, list[dict]] = {}
        for factor in names:
            for choice in list_choices(endpoint, factor, study):
                model = factors_of(choice, endpoint, factor, study)
                key = (choice, *sorted(model))
                if key not in models:
                    frame = frames[choice.unit]
                    frame = frame if choice.response == "start" else exact(frame, known_on, per_month)
                    where = {
                        "analysis": "specification",
                        "endpoint": endpoint,
                        "unit": choice.unit,
                        "population": "all",
                    }
                    models[key] = _rows(design(frame, chosen(study, model)), choice, where, study)
                rows += [row for row in models[key] if row["factor"] == factor]
    return tabulate(rows)


def factors_of(choice: Choice, endpoint: str, factor: str, study: Study) -> list[str]:
    """The factors of the model of a choice: the factor itself and those it is adjusted for."""
    others = {
        "alone": [],
        "published": study.analyses.multivariable.get(endpoint, []),
        "prespecified": study.robustness.prespecified.get(endpoint, []),
    }[choice.adjustment]
    return list(dict.fromkeys([*others, factor]))


def _rows(of: Design, choice: Choice, where: dict, study: Study) -> list[dict]:
    of, start, failure = _clock(of, choice, study)

    def fit() -> pd.DataFrame:
        if failure is not None:
            raise failure
        return _table(of, choice, start, study.analyses.confidence)

    found = ratio_rows(fit, of, where, "hazard_ratio", choice.label)
    return [{**row, "level": choice.level(row["level"])} for row in found]


def _clock(of: Design, choice: Choice, study: Study) -> tuple[Design, pd.Series | None, Undefined | None]:
    """The design with its clock set as the choice says, where its intervals start, and why that is impossible."""
    try:
        if choice.response.startswith("landmark"):
            return from_landmark(of, float(choice.response.split()[1])), None, None
        if choice.response == "time-dependent":
            columns = [column for name in study.robustness.response_factors for column in of.columns(name)]
            return *as_assessed(of, columns), None
    except Undefined as reason:
        return of, None, reason
    return of, None, None


def _table(of: Design, choice: Choice, start: pd.Series | None, confidence: float) -> pd.DataFrame:
    cluster = of.cluster if choice.dependence == "clustered" else None
    if choice.hazard == "subdistribution":
        return fine_gray(of.indicators, of.frame["months"], of.cause, cluster=cluster, confidence=confidence).table
    options = {"ties": choice.ties, "confidence": confidence}
    if choice.dependence == "frailty":
        return with_frailty(of, **options).table
    if choice.fit == "penalised":
        return firth_cox(of.indicators, *of.followed, start=start, **options).table
    return cox(of.indicators, *of.followed, start=start, cluster=cluster, **options).table
