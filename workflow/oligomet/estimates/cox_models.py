"""Cox models of a design, in each way in which the lesions of a patient are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import numpy as np

from oligomet.estimates.declared import of_cox
from oligomet.estimates.estimate_rows import BY_PATIENT
from oligomet.estimates.methods.cox import cox
from oligomet.estimates.methods.inference import Fit
from oligomet.estimates.methods_python_lacks.frailty import FrailtyFit, cox_frailty

if TYPE_CHECKING:
    from oligomet.declarations import Analyses
    from oligomet.estimates.declared import OfCox
    from oligomet.estimates.design import Design

EACH_ONCE = f"each patient counted once, {BY_PATIENT}"


def cox_of(of: Design, unit: str, analyses: Analyses) -> Fit:
    """The declared model, with the variance by patient where the unit is the lesion."""
    return cox(of.indicators, *of.followed, cluster=of.clusters(unit), **of_cox(analyses))


def with_each_patient_once(of: Design, **options: Unpack[OfCox]) -> Fit:
    """The model in which the lesions of a patient weigh one together."""
    return cox(of.indicators, *of.followed, cluster=of.cluster, weights=of.each_patient_once, **options)


def with_frailty(of: Design, **options: Unpack[OfCox]) -> FrailtyFit:
    """The model with a frailty shared by the lesions of a patient."""
    with np.errstate(over="ignore"):  # of a step too far, which the fit takes back
        return cox_frailty(of.indicators, *of.followed, of.cluster, **options)
