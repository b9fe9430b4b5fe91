"""Firth's penalised likelihood."""

from oligomet.estimates.methods_python_lacks.firth_efron import FirthFit, firth_cox, firth_logistic

__all__ = ["FirthFit", "firth_cox", "firth_logistic"]
