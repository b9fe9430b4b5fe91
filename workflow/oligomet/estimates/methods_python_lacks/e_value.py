"""How strong unmeasured confounding would have to be.

The words unmeasured confounding are not in the source of lifelines, statsmodels, firthmodels.
"""

from __future__ import annotations

import numpy as np

COMMON = 0.15  # share with the event above which a hazard ratio is no longer near the ratio of risks


def risk_ratio(hazard_ratio: float, share: float) -> float:
    """The ratio of risks that a hazard ratio stands for when `share` (0 to 1) of the subjects have the event.

    The hazard ratio itself where events are rare, else (1 - 0.5^sqrt(HR)) / (1 - 0.5^sqrt(1/HR)) (VanderWeele 2017,
    Biometrics 73:1394).
    """
    if share < COMMON:
        return hazard_ratio
    root = np.sqrt(hazard_ratio)
    return float(np.expm1(-np.log(2) * root) / np.expm1(-np.log(2) / root))


def e_value(risk_ratio: float) -> float:
    """The E-value (VanderWeele & Ding 2017, Ann Intern Med 167:268): RR + sqrt(RR (RR - 1)), of 1/RR where RR < 1.

    The least risk ratio that an unmeasured confounder must have with both exposure and outcome, beyond what was
    adjusted for, to explain the association away; 1 where there is none.
    """
    above = max(risk_ratio, 1 / risk_ratio)
    return float(above + np.sqrt(above * (above - 1)))


def e_value_of_limit(low: float, high: float) -> float:
    """The E-value of the limit of an interval of risk ratios that is nearer to 1; 1 if the interval holds 1."""
    if low <= 1 <= high:
        return 1.0
    return e_value(low if low > 1 else high)
