"""The families of analyses, one after another: each is a function of some tables and the study."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oligomet.estimates.comparison import estimate_comparison
from oligomet.estimates.descriptive import estimate_descriptive
from oligomet.estimates.flow import estimate_flow
from oligomet.estimates.literature import estimate_literature
from oligomet.estimates.regression import estimate_regression
from oligomet.estimates.response import estimate_response
from oligomet.estimates.survival import estimate_survival
from oligomet.estimates.toxicity import estimate_toxicity

if TYPE_CHECKING:
    from oligomet.study import Study

FAMILIES = {  # what each reads, in the order of its parameters
    estimate_flow: ("screened", "quarantine", "accounting"),
    estimate_descriptive: ("patients", "lesions", "responses"),
    estimate_comparison: ("patients", "lesions"),
    estimate_response: ("lesions", "patients", "responses"),
    estimate_survival: ("times", "patients", "lesions"),
    estimate_regression: ("times", "patients", "lesions"),
    estimate_toxicity: ("toxicities", "patients"),
    estimate_literature: ("literature",),
}


def estimate_analyses(tables: dict[str, pd.DataFrame], study: Study) -> pd.DataFrame:
    """The rows of every family, in the order of `FAMILIES`.

    Parameters
    ----------
    tables
        By name: those of the outcomes stage, screened, quarantine and accounting of the cohort stage, and literature.
    study
        Its `analyses`, `eligibility`, `endpoints`, `factors`, `tables` and `terms` are used.
    """
    parts = [family(*(tables[name] for name in names), study) for family, names in FAMILIES.items()]
    return pd.concat(parts, ignore_index=True)
