"""Secondary endpoints of a trial: with death competing, by group, and by response from landmarks on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.declared import declared_secondary
from oligomet.estimates.design import chosen, design, each_endpoint
from oligomet.estimates.estimate_rows import tabulate
from oligomet.estimates.factor_levels import assign
from oligomet.estimates.robustness.competing import factor_rows, incidence_rows
from oligomet.estimates.robustness.landmark import assessed_on, exact, landmark_rows

if TYPE_CHECKING:
    from oligomet.study import Study


def estimate_secondary(
    times: pd.DataFrame, patients: pd.DataFrame, lesions: pd.DataFrame, responses: pd.DataFrame, study: Study
) -> pd.DataFrame:
    """What `secondary` of study.yaml declares, by patients or by lesions as the endpoints are.

    Parameters
    ----------
    times, patients, lesions, responses
        The tables of those names of the outcomes stage.
    study
        Its `secondary`, `endpoints`, `factors`, `analyses` and `months` are used.

    Returns
    -------
    Rows of `estimates`, analysis competing, overall and of each group; and analysis landmark. As
    `robustness.competing` and `robustness.landmark` have them.
    """
    declared, rows = declared_secondary(study), []
    tables = times, patients, lesions, study
    for where, frame, names in each_endpoint(declared.competing, *tables):
        where |= {"analysis": "competing"}
        rows += incidence_rows(frame, where, study)
        for name in names:
            level = assign(frame, study.factors[name])
            for group in study.factors[name].levels:
                rows += incidence_rows(frame[level == group], {**where, "factor": name, "group": group}, study)
            rows += factor_rows(frame, where, name, study)
    for where, frame, names in each_endpoint(declared.landmark, *tables):
        frame = exact(frame, assessed_on(responses, f"{where['unit']}_id"), study.months.days_per_month)
        for name in names:
            rows += landmark_rows(design(frame, chosen(study, [name])), where, declared.landmarks_months, study)
    return tabulate(rows)
