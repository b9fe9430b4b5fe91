"""The published numbers that the synthetic cohort is calibrated to, where each stands, and how near a cohort can come.

The study is the one of oligometastatic ovarian cancer, 142 patients with 189 irradiated lesions, 2013-2020. Rates of
survival are Kaplan-Meier estimates at whole months, hazard ratios are by Cox with Breslow's ties, p values by log-rank,
all per patient. Printed numbers that contradict one another cannot all be met: `reachable` is what one cohort can
carry at once, and the tolerance is as wide as that needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

PATIENTS, LESIONS = 142, 189
LANDMARKS = (12, 24, 60)  # months
RESPONSES = ("CR", "PR", "SD", "PD", "NE")

# Factors and levels bear the names of study.yaml.
TABLE_1 = {
    "age": {"< 60": 91, "≥ 60": 51},
    "kps": {"70-80": 20, "90-100": 122},
    "histology": {
        "Epithelial carcinoma": 132,
        "Serous": 101,
        "Endometrioid": 12,
        "Clear cell carcinoma": 13,
        "Other epithelial": 6,
        "Sex cord-stromal tumour": 6,
        "Germ cell tumour": 4,
    },
    "figo_stage": {"I": 12, "II": 13, "III": 102, "IV": 15},
    "recurrences": {"< 2": 84, "≥ 2": 58},
    "since_last_treatment": {"< 6 months": 35, "≥ 6 months": 107},
    "platinum": {"≥ 6 months": 20, "< 6 months": 122},
    "lesion_groups": {"1": 67, "2": 51, "3-5": 24},
    "visceral": {"Visceral organ": 13, "Non-visceral": 129},
    "surgery": {"Yes": 142},
    "chemotherapy": {"Yes": 142},
    "immunotherapy": {"Yes": 20},
    "targeted_therapy": {"Yes": 24},
}
# 189 can only be the irradiated lesions. The five that the published table does not list are in the lung.
TABLE_2 = {
    "visceral": {"Visceral organ": 21, "Non-visceral": 168},
    "lesion_burden": {"< 2": 67, "2-3": 82, "4-5": 40},
    "since_last_treatment": {"< 6 months": 44, "≥ 6 months": 145},
    "gtv": {"< 3": 114, "≥ 3": 65, "Unknown": 10},
}
BED_OF_EVALUABLE = {"< 60": 36, "≥ 60": 143}
TABLE_3 = {  # CR, PR, SD, PD at the first assessment, and lesions that are not evaluable
    "intracranial": (0, 0, 3, 10, 0),
    "neck": (10, 9, 8, 11, 0),
    "mediastinum": (1, 5, 4, 7, 0),
    "bone": (0, 0, 0, 0, 9),
    "liver": (0, 0, 1, 2, 0),
    "abdominal_cavity": (1, 5, 3, 3, 0),
    "pelvic_cavity": (0, 3, 4, 10, 0),
    "retroperitoneal_nodes": (10, 11, 10, 17, 0),
    "vaginal_stump": (0, 6, 4, 17, 0),
    "lung": (0, 0, 1, 3, 1),
}
WORST_RESPONSE = {"CR/PR": 56, "SD": 38, "PD": 38, "NE": 10}  # not printed; the one way in which the rest fits

# group: printed at the landmarks, tolerance, reachable
OVERALL_SURVIVAL = {
    "all": ((67.1, 52.6, 30.3), (0.4, 2.3, 0.4), (67.1, 50.55, 30.3)),
    "lesion_count, Single": ((67.2, 58.1, 44.6), (0.4, 0.7, 0.4), (67.2, 58.1, 44.6)),
    "lesion_count, ≥ 2": ((66.7, 42.9, 20.6), (0.4, 0.4, 0.4), (66.7, 42.9, 20.4)),
    "disease_control, Yes": ((71.1, 58.4, 36.1), (2.5, 2.5, 0.4), (72.7, 57.0, 36.1)),
    "disease_control, No": ((60.0, 40.2, 19.6), (1.0, 1.0, 1.0), (60.5, 39.5, 19.7)),
    "objective_response, Yes": ((83.2, 64.5, 47.8), (2.5, 2.5, 0.4), (82.1, 64.5, 47.8)),
    "objective_response, No": ((61.6, 40.3, 19.8), (2.5, 2.5, 0.4), (60.5, 41.3, 19.8)),
}
HAZARD_RATIOS = {"lesion_count": 0.598, "disease_control": 0.640, "objective_response": 0.466}
HAZARD_RATIO_P = {
    "lesion_count": (0.008, 0.015),
    "disease_control": (0.013, 0.05),
    "objective_response": (0.001, 0.001),
}
LOCAL_CONTROL = (69.7, 54.3, 40.9)
LOCAL_CONTROL_P = {  # printed, tolerated
    "lesion_count": (0.047, 0.045, 0.049),
    "platinum": (0.035, 0.033, 0.037),
    "since_last_treatment": (0.034, 0.032, 0.036),
    "gtv": (0.025, 0.023, 0.027),
    "bed": (0.07, 0.055, 0.075),
}
PROGRESSION_FREE, PROGRESSION_FREE_MEDIAN = (40.5, 17.8, 1.6), 11
CHEMOTHERAPY_FREE_MEDIAN, LONGEST = 14, 99  # months; both ranges are 1 to 99
OVERALL_SURVIVAL_P = {  # of the other factors of Table 4
    "histology": 0.117,
    "figo_stage": 0.247,
    "recurrences": 0.227,
    "since_last_treatment": 0.309,
    "platinum": 0.338,
    "visceral": 0.074,
    "gtv": 0.208,
    "bed": 0.165,
}
SBRT = {"PR": 3, "SD": 5, "PD": 2}
SBRT_SITES = {"liver": 3, "lung": 1}
SBRT_MEDIAN_SURVIVAL = 24  # months
TOXICITY = {
    "patients without toxicity": 98,
    "patients, acute": 25,
    "patients, acute gastrointestinal": 19,
    "patients, acute haematological": 16,
    "patients, late": 20,
    "patients, late gastrointestinal": 16,
    "patients, late haematological": 4,
    "patients, acute and late": 1,
    "highest grade": 2,
}
AGES = 21, 79  # years
MEDIAN_BED, MEAN_GTV, MEAN_AGE, FIRST_ASSESSMENT_DAYS = 68.04, 3.10, 56, 50


@dataclass(frozen=True)
class Target:
    """A published number: where it stands, and the values (both ends included) that carry it."""

    where: str
    published: float
    low: float
    high: float

    @property
    def tolerance(self) -> str:
        if self.low == self.high:
            return "exact"
        return f"{self.low:g} to {self.high:g}"


def _targets() -> Iterator[tuple[str, Target]]:
    def exact(where: str, value: float) -> Target:
        return Target(where, value, value, value)

    def printed(where: str, value: float, decimals: int) -> Target:
        """All that is printed as `value` to so many decimals."""
        half = 0.5 * 10.0**-decimals
        return Target(where, value, round(value - half, 9), round(value + half - 1e-9, 9))

    def near(where: str, value: float, tolerance: float) -> Target:
        return Target(where, value, round(value - tolerance, 9), round(value + tolerance, 9))

    for where, unit, table in (
        ("Table 1", "patients", TABLE_1),
        ("Table 2", "lesions", TABLE_2),
        ("Table 2", "evaluable lesions", {"bed": BED_OF_EVALUABLE}),
    ):
        for factor, levels in table.items():
            for level, count in levels.items():
                yield f"{unit}, {factor}, {level}", exact(where, count)
    for site, counts in TABLE_3.items():
        yield f"lesions, {site}", exact("Table 2", sum(counts))
        for response, count in zip(RESPONSES, counts, strict=True):
            yield f"lesions, {site}, {response}", exact("Table 3", count)
    for response, count in WORST_RESPONSE.items():
        yield f"patients, worst response {response}", exact("implied by Figure 6", count)

    yield "age, mean", printed("Results", MEAN_AGE, 0)
    yield "age, lowest", exact("Results", AGES[0])
    yield "age, highest", exact("Results", AGES[1])
    yield "months since last treatment, median", printed("Results", 12.77, 2)
    yield "GTV diameter (cm), mean", printed("Results", MEAN_GTV, 2)
    yield "GTV diameter (cm), smallest", exact("Table 2", 1.0)
    yield "GTV diameter (cm), largest", exact("Table 2", 12.3)
    yield "BED10 (Gy), median", printed("Table 2", MEDIAN_BED, 2)
    yield "BED10 (Gy), lowest", printed("Table 2", 28, 0)
    yield "BED10 (Gy), highest", printed("Table 2", 115, 0)
    yield "fractions, fewest", exact("Abstract", 5)
    yield "fractions, most", exact("Abstract", 28)
    yield "dose a fraction (Gy), lowest", exact("Abstract", 1.8)
    yield "dose a fraction (Gy), highest", exact("Abstract", 8)
    yield "days to first assessment, mean", printed("Results", FIRST_ASSESSMENT_DAYS, 0)
    yield "days to first assessment, shortest", Target("Results", 30, 28, 35)  # printed as 1 to 3 months
    yield "days to first assessment, longest", Target("Results", 91, 76, 92)

    for group, (rates, tolerances, _) in OVERALL_SURVIVAL.items():
        for month, rate, tolerance in zip(LANDMARKS, rates, tolerances, strict=True):
            yield f"OS at {month} months, {group}", near("Results", rate, tolerance)
    for factor, ratio in HAZARD_RATIOS.items():
        value, limit = HAZARD_RATIO_P[factor]
        yield f"OS, hazard ratio, {factor}", near("Table 4", ratio, 0.005)
        yield f"OS, p, {factor}", Target("Table 4", value, 0, limit)
    for factor, value in OVERALL_SURVIVAL_P.items():
        yield f"OS, p, {factor}", near("Table 4", value, 0.01)
    for month, rate in zip(LANDMARKS, LOCAL_CONTROL, strict=True):
        yield f"LRFS at {month} months, all", near("Results", rate, 1)
    for factor, (value, low, high) in LOCAL_CONTROL_P.items():
        yield f"LRFS, p, {factor}", Target("Figure 3", value, low, high)
    for month, rate in zip(LANDMARKS, PROGRESSION_FREE, strict=True):
        yield f"PFS at {month} months, all", near("Results", rate, 0.1)
    for endpoint, median in (("PFS", PROGRESSION_FREE_MEDIAN), ("CFI", CHEMOTHERAPY_FREE_MEDIAN)):
        yield f"{endpoint}, median (months)", exact("Results", median)
        yield f"{endpoint}, shortest (months)", exact("Results", 1)
        yield f"{endpoint}, longest (months)", exact("Results", LONGEST)

    yield "SBRT, patients", exact("Discussion", sum(SBRT.values()))
    yield "SBRT, lesions", exact("Discussion", sum(SBRT.values()))
    for response, count in SBRT.items():
        yield f"SBRT, lesions, {response}", exact("Discussion", count)
    for site, count in SBRT_SITES.items():
        yield f"SBRT, lesions, {site}", exact("Discussion", count)
    yield "SBRT, median OS (months)", exact("Discussion", SBRT_MEDIAN_SURVIVAL)
    for name, count in TOXICITY.items():
        yield f"toxicity, {name}", exact("Results", count)


TARGETS: dict[str, Target] = dict(_targets())


def check(measured: Mapping[str, float]) -> pd.DataFrame:
    """Every target against what was measured (`measure.measure`).

    Returns
    -------
    DataFrame with target, where, published, tolerance, measured, met.
    """
    return pd.DataFrame(
        {
            "target": name,
            "where": target.where,
            "published": target.published,
            "tolerance": target.tolerance,
            "measured": measured.get(name, np.nan),
            "met": target.low - 1e-9 <= measured.get(name, np.nan) <= target.high + 1e-9,
        }
        for name, target in TARGETS.items()
    )
