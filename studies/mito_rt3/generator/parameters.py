"""What is true of the synthetic trial: the centres, who comes, how lesions respond and what becomes of patients.

Times are months from the last fraction, hazards are per month.
"""

from __future__ import annotations

from dataclasses import dataclass

LESIONS, NODES = 205, 90  # as planned; the other lesions are of parenchyma
FIRST_TREATED, LAST_TREATED = "2020-02-03", "2023-03-31"
LESIONS_A_PATIENT = {1: 0.47, 2: 0.30, 3: 0.15, 4: 0.08}
MONTH = 30.4375  # days
VISITS = (3, 6, 9, 12, 16, 20, 24, 30, 36, 42)  # months after the last fraction: every 3, every 4, every 6


@dataclass(frozen=True)
class Centre:
    """A centre: its share of the patients, and what of its imaging is missed, late, or read otherwise than measured."""

    share: float
    missed: float
    late: float
    misread: float
    opens: str


CENTRES = {
    "C01": Centre(0.27, 0.04, 0.05, 0.05, "2020-02-03"),
    "C02": Centre(0.22, 0.07, 0.08, 0.08, "2020-02-17"),
    "C03": Centre(0.17, 0.05, 0.10, 0.05, "2020-06-01"),
    "C04": Centre(0.15, 0.12, 0.12, 0.10, "2020-09-14"),
    "C05": Centre(0.12, 0.20, 0.20, 0.12, "2021-01-11"),
    "C06": Centre(0.07, 0.08, 0.15, 0.15, "2021-05-03"),
}

BRCA = {"brca1": 0.24, "brca2": 0.11, "wild_type": 0.65}
ENTRY = {"comorbidity": 0.22, "severe_toxicity": 0.28, "no_drug_or_refusal": 0.50}
PERSISTENT = 0.18
RADIATED_BEFORE = 0.15
NODAL_SITES = {"retroperitoneal_nodes": 0.58, "mediastinum": 0.17, "groin": 0.13, "neck": 0.12}
PARENCHYMA = {"liver": 0.42, "lung": 0.30, "spleen": 0.12, "intracranial": 0.10, "adrenal": 0.06}
SCHEDULES = {
    (1, 30.0): 0.18,
    (3, 10.0): 0.20,
    (3, 15.0): 0.16,
    (5, 6.0): 0.14,
    (5, 7.0): 0.12,
    (5, 8.0): 0.12,
    (5, 10.0): 0.08,
}
DEVIATING = {(1, 24.0): 2, (3, 8.0): 2, (4, 10.0): 1, (5, 5.0): 1}  # schedules outside the protocol: that many lesions
INTERRUPTED = 4  # patients whose daily fractions were not daily

# Complete response of a lesion: logit of its probability. The frailty of a patient is shared by her lesions.
COMPLETE = {"intercept": -0.55, "nodal": 0.7, "young": 0.45, "small": 0.7, "high_dose": 0.6}
FRAILTY = 0.8  # standard deviation, on the logit scale
OTHERWISE = {"PR": 0.55, "SD": 0.30, "PD": 0.15}
TO_RESPONSE = 4.2, 0.45  # months: median, and standard deviation of the logarithm
LOCAL_FAILURE = {"CR": 0.0045, "PR": 0.016, "SD": 0.030}  # after the response was there; PD fails at the first imaging

DISTANT = 0.046  # hazard of progression elsewhere
DISTANT_MUTATED, DISTANT_LESION = 0.70, 1.18  # hazard ratios: BRCA mutated, each lesion more
DEATH, DEATH_PROGRESSED, DEATH_MUTATED = 0.006, 0.026, 0.65  # hazards without and with progression, hazard ratio
LOST = 0.006
THERAPY_PROGRESSED, THERAPY_BEFORE = 0.80, 0.004  # share treated after progression; hazard without one
LATE_TOXICITY = 0.0035  # hazard of a late toxicity of grade 2 or more that radiotherapy caused
UNRELATED_TOXICITY = 0.004  # of another, which it did not
ACUTE_TOXICITY = 0.32  # share of patients with an acute toxicity
IMAGES_NOT_SENT = 0.04  # share of lesions without image features; these say nothing about response but by volume
BASELINE_TOXICITY = 0.20  # share with a toxicity of earlier therapy
