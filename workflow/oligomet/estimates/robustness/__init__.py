"""The analyses that should have been run, beside those that were: one idea a module, rows of `estimates` each.

What they leave of the published conclusions, under every choice of analysis, is in `conclusions`, a job of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.estimate_rows import tabulate
from oligomet.estimates.robustness.adjusted_p_values import estimate_multiplicity
from oligomet.estimates.robustness.bootstrap import estimate_bootstrap
from oligomet.estimates.robustness.clustering import estimate_clustering
from oligomet.estimates.robustness.competing import estimate_competing
from oligomet.estimates.robustness.continuous import estimate_continuous
from oligomet.estimates.robustness.dose_response import estimate_dose_response
from oligomet.estimates.robustness.landmark import estimate_landmark
from oligomet.estimates.robustness.multivariable import estimate_multivariable
from oligomet.estimates.robustness.proportionality import estimate_proportionality
from oligomet.estimates.robustness.sample import sampled
from oligomet.estimates.robustness.timing import estimate_timing

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
    """Every analysis of `robustness` in study.yaml but those of `conclusions`, one after another.

    Of more patients than `robustness.at_most_patients` a sample is analysed, and a row says so (see `sample`).

    Parameters
    ----------
    times, patients, lesions, responses, recensored
        The tables of those names of the outcomes stage.
    study
        Its `robustness`, `endpoints`, `factors`, `analyses` and `months` are used.
    """
    drawn = sampled(patients, study)
    times, patients, lesions, responses, recensored = drawn.of(times, patients, lesions, responses, recensored)
    of_outcomes = (times, patients, lesions)
    parts = [tabulate(drawn.rows), *(estimate(*of_outcomes, study) for estimate in FOLLOWED)]
    parts.append(estimate_landmark(*of_outcomes, responses, study))
    parts.append(estimate_timing(*of_outcomes, study, recensored))
    return join(*parts)


def join(*parts: pd.DataFrame) -> pd.DataFrame:
    """Parts of the estimates, one after another."""
    return tabulate(row for part in parts for row in part.to_dict("records"))
