"""Cox proportional-hazards regression."""

from oligomet.estimates.methods.cox_fit import CoxFit, likelihood_ratio
from oligomet.estimates.methods_python_lacks.cox_kernel import cox_kernel as cox

__all__ = ["CoxFit", "cox", "likelihood_ratio"]
