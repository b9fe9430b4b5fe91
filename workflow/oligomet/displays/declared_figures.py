"""The figures of the paper, as study.yaml declares them, each by its name."""

from __future__ import annotations

from oligomet.book import Book
from oligomet.displays.factors_forest import factors_forest
from oligomet.displays.flow_diagram import flow_diagram
from oligomet.displays.lesion_figures import response_incidence
from oligomet.displays.prediction_figure import calibration_and_benefit
from oligomet.displays.response_figure import response_figure
from oligomet.displays.style import Sheet
from oligomet.displays.survival_curves import survival_curves

FIGURES = {
    "flow": flow_diagram, "response": response_figure, "survival": survival_curves,
    "factors": factors_forest, "complete_response": response_incidence, "prediction": calibration_and_benefit,
}  # fmt: skip


def build_figure(name: str, book: Book, study) -> Sheet:
    """Figure `name` of study.yaml, from the estimates alone."""
    return FIGURES[study.figures[name].kind](name, book, study)
