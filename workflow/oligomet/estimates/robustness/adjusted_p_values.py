"""Many factors tested: p values over the whole family of an endpoint's comparisons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pandas as pd

from oligomet.estimates.design import each_endpoint
from oligomet.estimates.estimate_rows import tabulate
from oligomet.estimates.methods.multiplicity import adjust
from oligomet.estimates.robustness.multivariable import logrank_p

if TYPE_CHECKING:
    from oligomet.study import Study

METHODS: dict[Literal["holm", "benjamini-hochberg"], str] = {"holm": "Holm", "benjamini-hochberg": "Benjamini-Hochberg"}


def estimate_multiplicity(times: pd.DataFrame, patients: pd.DataFrame, lesions: pd.DataFrame, study: Study):
    """Log-rank p of every factor of `analyses.compare`, adjusted for all factors of that endpoint.

    Returns
    -------
    Rows of `estimates`, analysis multiplicity: statistic p_value (raw), holm and benjamini_hochberg, with the p value
    as estimate and p_value; n: tests in the family.
    """
    rows: list[dict] = []
    for where, frame, names in each_endpoint(study.analyses.compare, times, patients, lesions, study):
        raw = logrank_p(frame, names, study)
        where |= {"analysis": "multiplicity", "n": int(raw.notna().sum())}
        found = {"p_value": (raw, "log-rank test")}
        for method, name in METHODS.items():
            adjusted = pd.Series(adjust(raw, method), raw.index)
            found[method.replace("-", "_")] = (adjusted, f"log-rank test, {name} over the factors of the endpoint")
        for statistic, (p_values, said) in found.items():
            for factor, p in p_values.items():
                values = {"estimate": p, "p_value": p} if pd.notna(p) else {"reason": "log-rank test undefined"}
                rows.append({**where, "statistic": statistic, "method": said, "factor": factor, **values})
    return tabulate(rows)
