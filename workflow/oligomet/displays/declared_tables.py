"""The tables of the paper, as study.yaml declares them, each by its name."""

from __future__ import annotations

import pandas as pd

from oligomet.book import Book
from oligomet.displays.characteristics_tables import characteristics
from oligomet.displays.complete_response_tables import complete_responses, estimands
from oligomet.displays.compliance_table import compliance
from oligomet.displays.factors_table import factors
from oligomet.displays.literature_table import published_series
from oligomet.displays.prediction_tables import coefficients, performance
from oligomet.displays.response_table import response_by_site
from oligomet.displays.secondary_tables import competing_groups, landmarks
from oligomet.displays.shown_table import ShownTable
from oligomet.displays.subgroup_table import subgroup
from oligomet.displays.toxicity_table import toxicity

TABLES = {
    "patient": characteristics, "lesion": characteristics, "factors": factors, "response": response_by_site,
    "complete_response": complete_responses, "estimands": estimands, "prediction": performance,
    "coefficients": coefficients, "compliance": compliance, "subgroup": subgroup, "toxicity": toxicity,
    "competing": competing_groups, "landmark": landmarks,
}  # fmt: skip


def build_table(name: str, book: Book, study, literature: pd.DataFrame | None = None) -> ShownTable:
    """Table `name` of study.yaml; `literature` is the table published/literature, for one of published series."""
    if literature is not None and study.tables[name].kind == "series":
        return published_series(name, book, study, literature)
    return TABLES[study.tables[name].kind](name, book, study)
