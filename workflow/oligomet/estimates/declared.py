"""What study.yaml declares of the methods, as their keyword arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from oligomet.declarations import ConfigurationError

if TYPE_CHECKING:
    from oligomet.declarations import Analyses
    from oligomet.estimates.methods_python_lacks.partial_likelihood import Ties
    from oligomet.estimates.methods_python_lacks.survival_limits import Transform
    from oligomet.robustness_declarations import Robustness
    from oligomet.study import Study


class OfCox(TypedDict):
    """How ties are broken in Cox's model, and the coverage of its intervals."""

    ties: Ties
    confidence: float


class OfCurve(TypedDict):
    """The scale of a survival curve's intervals, and their coverage."""

    interval: Transform
    confidence: float


def of_cox(analyses: Analyses) -> OfCox:
    """The declared keyword arguments of `methods.cox.cox` and its relatives."""
    return {"ties": analyses.ties, "confidence": analyses.confidence}


def of_curve(analyses: Analyses) -> OfCurve:
    """The declared keyword arguments of `methods.km.kaplan_meier` and of cumulative incidences."""
    return {"interval": analyses.survival_interval, "confidence": analyses.confidence}


def declared_robustness(study: Study) -> Robustness:
    """The section `robustness` of study.yaml.

    Raises
    ------
    ConfigurationError
        If the study has none: no analysis of it is then asked for.
    """
    if study.robustness is None:
        raise ConfigurationError("study.yaml: robustness is not declared, and this analysis needs it.")
    return study.robustness
