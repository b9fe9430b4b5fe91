"""What study.yaml declares of the analyses: arguments of the methods, and the sections that may be left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict, TypeVar

from oligomet.declarations import ConfigurationError

if TYPE_CHECKING:
    from oligomet.declarations import Analyses
    from oligomet.estimates.methods_python_lacks.partial_likelihood import Ties
    from oligomet.estimates.methods_python_lacks.survival_limits import Transform
    from oligomet.robustness_declarations import Robustness
    from oligomet.study import Study
    from oligomet.trial_declarations import CompleteResponse, Prediction, Secondary

Section = TypeVar("Section")


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
    """The section `robustness` of study.yaml, or ConfigurationError where it is left out."""
    return _there(study.robustness, "robustness")


def declared_complete_response(study: Study) -> CompleteResponse:
    """The section `complete_response` of study.yaml, or ConfigurationError where it is left out."""
    return _there(study.complete_response, "complete_response")


def declared_prediction(study: Study) -> Prediction:
    """The section `prediction` of study.yaml, or ConfigurationError where it is left out."""
    return _there(study.prediction, "prediction")


def declared_secondary(study: Study) -> Secondary:
    """The section `secondary` of study.yaml, or ConfigurationError where it is left out."""
    return _there(study.secondary, "secondary")


def _there(section: Section | None, name: str) -> Section:
    if section is None:
        raise ConfigurationError(f"study.yaml: {name} is not declared, and this analysis needs it.")
    return section
