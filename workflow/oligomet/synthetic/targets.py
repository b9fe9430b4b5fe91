"""The published numbers that the synthetic cohort is calibrated to, where each stands, and how near a cohort can come.

The study is Radiotherapy for oligometastatic ovarian cancer, 142 patients and 189 irradiated lesions, 2013-2020. Percentages of
survival are Kaplan-Meier estimates at whole months, hazard ratios are by Cox with Breslow's ties, p values by log-rank, all per
patient. Where the printed numbers contradict one another, `reachable` is what one cohort can carry, and the tolerance says so.
"""

from __future__ import annotations

import numpy as np

PATIENTS, LESIONS = 142, 189
LONGEST = 99  # months, the upper end of the printed ranges of PFS and CFI
LANDMARKS = (12, 24, 60)

# ------------------------------------------------------------------------------------------------------ survival, per cent
# group: published at 12, 24, 60 months (Results; Figures 5 and 6), tolerance, reachable
_OVERALL_SURVIVAL = {
    "all": ((67.1, 52.6, 30.3), (0.4, 2.3, 0.4), (67.1, 50.55, 30.3)),
    "lesion_count: Single": ((67.2, 58.1, 44.6), (0.4, 0.7, 0.4), (67.2, 58.1, 44.6)),
    "lesion_count: ≥ 2": ((66.7, 42.9, 20.6), (0.4, 0.4, 0.4), (66.8, 42.9, 20.4)),
    "disease_control: Yes": ((71.1, 58.4, 36.1), (2.5, 2.5, 0.4), (72.7, 57.0, 36.1)),
    "disease_control: No": ((60.0, 40.2, 19.6), (1.0, 1.0, 1.0), (60.5, 39.5, 19.7)),
    "objective_response: Yes": ((83.2, 64.5, 47.8), (2.5, 2.5, 0.4), (82.1, 64.5, 47.8)),
    "objective_response: No": ((61.6, 40.3, 19.8), (2.5, 2.5, 0.4), (60.5, 41.3, 19.8)),
}
_published, _tolerance, _reachable = (np.array(part) for part in zip(*_OVERALL_SURVIVAL.values(), strict=True))
OVERALL_SURVIVAL_AIM = _reachable
OVERALL_SURVIVAL_SLACK = 0.9 * (_tolerance - np.abs(_reachable - _published))

# lesion_count, disease_control, objective_response (Table 4)
HAZARD_RATIOS = np.array([0.598, 0.640, 0.466])
HAZARD_RATIO_P_AIM = (0.0135, 0.045, 0.0009)

LOCAL_CONTROL_AIM = np.array([69.75, 54.3, 40.9])
LOCAL_CONTROL_SLACK = np.array([0.3, 0.35, 0.5])
LOCAL_CONTROL_P = {"lesion_count": 0.047, "platinum": 0.035, "since_last_treatment": 0.034, "gtv": 0.025, "bed": 0.065}

PROGRESSION_FREE = np.array([40.5, 17.8, 1.6])
PROGRESSION_FREE_MEDIAN, CHEMOTHERAPY_FREE_MEDIAN = 11, 14

# ------------------------------------------------------------------------------------------------------------- Table 4
OVERALL_SURVIVAL_P = {
    "histology": 0.117,
    "figo_stage": 0.247,
    "recurrences": 0.227,
    "since_last_treatment": 0.309,
    "platinum": 0.338,
    "visceral": 0.074,
    "gtv": 0.208,
    "bed": 0.165,
}
SBRT_MEDIAN_SURVIVAL = 24

# ------------------------------------------------------------------------------------------------------------- Tables 2 and 3
COMPLETE, PROGRESSED, RESPONDED = 22, 80, 61
THREE_TO_FIVE = 24
RESPONSE_BY_SITE = {  # CR, PR, SD, PD, not evaluable
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

# ------------------------------------------------------------------------------------------------------------- Table 1
YOUNGER, MEAN_AGE = 91, 56  # below 60 years
KPS = (4, 16, 62, 60)  # 70, 80, 90, 100: 20 and 122
TISSUE = {"epithelial": 132, "sex_cord_stromal": 6, "germ_cell": 4}
EPITHELIAL = {"serous": 101, "endometrioid": 12, "clear_cell": 13, "other_epithelial": 6}
FIGO = {"I": 12, "II": 13, "III": 102, "IV": 15}
TWICE_RECURRENT, SENSITIVE = 58, 20
RECENTLY_TREATED, RECENTLY_TREATED_LESIONS = 35, 44
IMMUNE, TARGETED = 20, 24

LARGE, LOW_BED, MEDIAN_BED = 65, 36, 68.04
