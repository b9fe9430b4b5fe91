"""The published conclusions under every defensible choice of analysis, and the verdict on each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.robustness import join
from oligomet.estimates.robustness.imputation import estimate_imputation
from oligomet.estimates.robustness.sample import sampled
from oligomet.estimates.robustness.specifications import estimate_specifications, take_imputed
from oligomet.estimates.robustness.verdicts import estimate_verdicts

if TYPE_CHECKING:
    from oligomet.study import Study


def estimate_conclusions(
    times: pd.DataFrame,
    patients: pd.DataFrame,
    lesions: pd.DataFrame,
    responses: pd.DataFrame,
    recensored: pd.DataFrame,
    study: Study,
) -> pd.DataFrame:
    """Models with missing values imputed, the specifications, and the verdicts that follow from these.

    Parameters
    ----------
    times, patients, lesions, responses, recensored, study
        As of `estimate_robustness`, and of the same sample.
    """
    of = sampled(patients, study).of
    times, patients, lesions, responses, recensored = of(times, patients, lesions, responses, recensored)
    imputation = estimate_imputation(times, patients, lesions, study)
    specified = estimate_specifications(times, patients, lesions, responses, study, recensored)
    specifications = join(specified, take_imputed(imputation, study))
    return join(imputation, specifications, estimate_verdicts(specifications, study))
