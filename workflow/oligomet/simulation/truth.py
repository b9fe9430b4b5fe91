"""What the simulation takes for true: the study's rates, the scenarios, and the cohorts drawn from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.random import Generator

from oligomet.simulation.scenarios import Scenario

if TYPE_CHECKING:
    from oligomet.study import Study

ONE_TO_FIVE = np.arange(1, 6)
EFFECT = 2  # hazard ratio of the factors that have an effect


@dataclass(frozen=True)
class Setting:
    """What is taken from the study. Rates are per month, shares between 0 and 1, times in months.

    Attributes
    ----------
    sizes
        (patients,) Irradiated lesions of each patient.
    failure, death, loss
        Rates of failure of a lesion, of death, and of loss to follow-up.
    time
        When the rate of lesions without failure is judged: the middle one of the study's declared times.
    lesions_respond, patients_respond
        Shares of the evaluable with an objective response.
    windows
        First and last month after radiotherapy of an assessment, by its name.
    landmark
        The study's primary landmark.
    significance, confidence
        Of its tests and intervals.
    """

    sizes: np.ndarray
    failure: float
    death: float
    loss: float
    time: float
    lesions_respond: float
    patients_respond: float
    windows: dict[str, tuple[float, float]]
    landmark: float
    significance: float
    confidence: float

    @property
    def patients(self) -> int:
        return len(self.sizes)

    @property
    def free(self) -> float:
        """Share of lesions without failure at `time` if nobody died."""
        return float(np.exp(-self.failure * self.time))


def describe_setting(times: pd.DataFrame, patients: pd.DataFrame, lesions: pd.DataFrame, study: Study) -> Setting:
    """The setting of a study: its first endpoint of `robustness.per_lesion`, and its responses.

    Raises
    ------
    ValueError
        If the study declares no endpoint per lesion.
    """
    if study.robustness is None or not study.robustness.per_lesion:
        raise ValueError("study.yaml: the simulation needs an endpoint under robustness.per_lesion")
    per_patient, per_lesion = next(iter(study.robustness.per_lesion.items()))
    of_lesions, of_patients = (times[times["endpoint"] == name] for name in (per_lesion, per_patient))
    deaths = of_patients["competing"].sum()
    lost = len(of_patients) - of_patients["event"].sum() - deaths
    assessments = {"first": study.response.first_assessment_days, "best": study.response.best_response_days}
    at, month = study.analyses.rates_at_months, study.months.days_per_month
    return Setting(
        sizes=lesions.groupby("patient_id").size().to_numpy(),
        failure=float(of_lesions["event"].sum() / of_lesions["months"].sum()),
        death=float(deaths / of_patients["months"].sum()),
        loss=float(lost / of_patients["months"].sum()),
        time=float(at[len(at) // 2]),
        lesions_respond=float(lesions["objective_response"].mean()),
        patients_respond=float(patients["objective_response"].mean()),
        windows={name: (first / month, last / month) for name, (first, last) in assessments.items()},
        landmark=float(study.robustness.landmarks_months[0]),
        significance=study.analyses.significance,
        confidence=study.analyses.confidence,
    )


def draw_cohort(
    setting: Setting, scenario: Scenario, random: Generator, log_hr: float = 0, size: int = 0
) -> pd.DataFrame:
    """Lesions of `size` patients (default: as many as the study has).

    Returns
    -------
    A row a lesion: patient, of_lesion and of_patient (the factors, 0 or 1, each with the log hazard ratio `log_hr`),
    months, event, responded.
    """
    size = size or setting.patients
    number = random.choice(setting.sizes if scenario.lesions == "study" else ONE_TO_FIVE, size)
    patient = np.repeat(np.arange(size), number)
    variance = scenario.frailty or 0
    frailty = random.gamma(1 / variance, variance, size) if variance else np.ones(size)
    of_lesion, of_patient = random.integers(0, 2, len(patient)), random.integers(0, 2, size)[patient]
    hazard = (
        frailty[patient] * np.exp(log_hr * (of_lesion + of_patient)) * _within(setting.free, variance) / setting.time
    )
    fails = random.exponential(size=len(patient)) / hazard
    ends = random.exponential(1 / (setting.death + setting.loss), size)[patient]
    resists = random.exponential(size=len(patient)) / frailty[patient]
    return pd.DataFrame(
        {
            "patient": patient,
            "of_lesion": of_lesion,
            "of_patient": of_patient,
            "months": np.minimum(fails, ends),
            "event": (fails <= ends).astype(int),
            "responded": (resists < _within(1 - setting.lesions_respond, variance)).astype(int),
        }
    )


def draw_responders(setting: Setting, window: str, random: Generator) -> pd.DataFrame:
    """Patients whose response, known at a time in the `window`, changes nothing: months, event (death), known_at (NaN
    where no response was seen)."""
    n = setting.patients
    dies, lost = random.exponential(1 / setting.death, n), random.exponential(1 / setting.loss, n)
    months = np.minimum(dies, lost)
    known_at = random.uniform(*setting.windows[window], n)
    responds = (random.random(n) < setting.patients_respond) & (known_at < months)
    return pd.DataFrame(
        {"months": months, "event": (dies <= lost).astype(int), "known_at": np.where(responds, known_at, np.nan)}
    )


def _within(free: float, variance: float) -> float:
    """The cumulative hazard within a patient at which a share `free` of all lesions is free of the event.

    With a gamma frailty of mean 1, the share is (1 + variance H)^(-1/variance); without one, exp(-H).
    """
    return float(np.expm1(-variance * np.log(free)) / variance if variance else -np.log(free))
