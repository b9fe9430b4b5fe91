"""The analyses that should have been run, beside those that were: one idea a module, rows of `estimates` each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.declared import declared_robustness
from oligomet.estimates.estimate_rows import tabulate
from oligomet.estimates.robustness.adjusted_p_values import estimate_multiplicity
from oligomet.estimates.robustness.bootstrap import estimate_bootstrap
from oligomet.estimates.robustness.clustering import estimate_clustering
from oligomet.estimates.robustness.competing import estimate_competing
from oligomet.estimates.robustness.continuous import estimate_continuous
from oligomet.estimates.robustness.dose_response import estimate_dose_response
from oligomet.estimates.robustness.imputation import estimate_imputation
from oligomet.estimates.robustness.landmark import estimate_landmark
from oligomet.estimates.robustness.multivariable import estimate_multivariable
from oligomet.estimates.robustness.proportionality import estimate_proportionality
from oligomet.estimates.robustness.specifications import estimate_specifications, take_imputed
from oligomet.estimates.robustness.timing import estimate_timing
from oligomet.estimates.robustness.verdicts import estimate_verdicts

if TYPE_CHECKING:
    from oligomet.study import Study

FOLLOWED = (  # what needs no dates of assessment
    estimate_clustering,
    estimate_competing,
    estimate_proportionality,
    estimate_multivariable,
    estimate_continuous,
    estimate_dose_response,
    estimate_multiplicity,
    estimate_bootstrap,
)


def estimate_robustness(
    times: pd.DataFrame,
    patients: pd.DataFrame,
    lesions: pd.DataFrame,
    responses: pd.DataFrame,
    recensored: pd.DataFrame,
    study: Study,
) -> pd.DataFrame:
    """Every analysis of `robustness` in study.yaml, one after another.

    Where there are more patients than `robustness.at_most_patients`, so many of them, drawn at random, are analysed,
    and a row says so: analysis robustness_sample, statistic count (n: of how many).

    Parameters
    ----------
    times, patients, lesions, responses, recensored
        The tables of those names of the outcomes stage.
    study
        Its `robustness`, `endpoints`, `factors`, `analyses` and `months` are used.
    """
    limit, rows = declared_robustness(study).at_most_patients, []
    if limit is not None and len(patients) > limit:
        rows = [_sample_row(limit, len(patients), study)]
        drawn = patients["patient_id"].sample(limit, random_state=declared_robustness(study).seed)
        times, patients, lesions, responses, recensored = (
            table[table["patient_id"].isin(drawn)] for table in (times, patients, lesions, responses, recensored)
        )
    of_outcomes = (times, patients, lesions)
    parts = [tabulate(rows), *(estimate(*of_outcomes, study) for estimate in FOLLOWED)]
    parts.append(estimate_landmark(*of_outcomes, responses, study))
    parts.append(estimate_timing(*of_outcomes, study, recensored))
    imputation = estimate_imputation(*of_outcomes, study)
    specified = estimate_specifications(*of_outcomes, responses, study, recensored)
    specifications = join(specified, take_imputed(imputation, study))
    return join(*parts, imputation, specifications, estimate_verdicts(specifications, study))


def _sample_row(limit: int, patients: int, study: Study) -> dict:
    return {
        "analysis": "robustness_sample", "unit": "patient", "population": "all", "statistic": "count",
        "estimate": limit, "n": patients, "method": f"drawn at random, seed {declared_robustness(study).seed}",
    }  # fmt: skip


def join(*parts: pd.DataFrame) -> pd.DataFrame:
    """Parts of the estimates, one after another."""
    return tabulate(row for part in parts for row in part.to_dict("records"))
