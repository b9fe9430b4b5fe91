"""The tables of the paper, as study.yaml declares them, each by its name."""

from __future__ import annotations

import pandas as pd

from oligomet.book import Book
from oligomet.displays.characteristics_tables import characteristics
from oligomet.displays.complete_response_tables import complete_responses, estimands
from oligomet.displays.factors_table import factors
from oligomet.displays.literature_table import published_series
from oligomet.displays.prediction_displays import coefficients, performance
from oligomet.displays.response_table import response_by_site
from oligomet.displays.shown_table import ShownTable

KINDS = {
    "complete_response": complete_responses,
    "estimands": estimands,
    "prediction": performance,
    "coefficients": coefficients,
}


def build_table(name: str, book: Book, study, literature: pd.DataFrame) -> ShownTable:
    """Table `name` of study.yaml; its declaration says what kind it is.

    `literature` is the table published/literature, for a table of published series.
    """
    declared = study.tables[name]
    if declared.kind:
        return KINDS[declared.kind](book, study)
    if declared.file:
        return published_series(name, book, literature, study)
    build = characteristics if declared.unit else factors if declared.endpoint else response_by_site
    return build(name, book, study)
