"""How strong something unmeasured would have to be to explain a hazard ratio: rows of E-values beside it."""

from __future__ import annotations

import pandas as pd

from oligomet.estimates.methods_python_lacks.e_value import e_value, e_value_of_limit, risk_ratio

METHOD = "E-value of the hazard ratio as a ratio of risks"


def e_value_rows(ratio: dict, prefix: str = "") -> list[dict]:
    """The E-value of a hazard ratio and that of the limit of its interval nearer to 1 (VanderWeele & Ding 2017).

    Parameters
    ----------
    ratio
        A row of `estimates`: estimate, conf_low, conf_high, n, events, and whatever names it.
    prefix
        Before the statistics e_value and e_value_limit.

    Returns
    -------
    The two rows, named as `ratio`; without estimate, and with its reason, where it has none.
    """
    named = {name: value for name, value in ratio.items() if name not in ("conf_low", "conf_high", "p_value")}
    both = [
        {**named, "statistic": f"{prefix}e_value", "method": METHOD, "estimate": None},
        {**named, "statistic": f"{prefix}e_value_limit", "method": f"{METHOD}, limit nearer to 1", "estimate": None},
    ]
    if pd.isna(ratio["estimate"]):
        return both
    share = ratio["events"] / ratio["n"]
    risk, *limits = (risk_ratio(ratio[name], share) for name in ("estimate", "conf_low", "conf_high"))
    return [{**both[0], "estimate": e_value(risk)}, {**both[1], "estimate": e_value_of_limit(*limits)}]
