"""The figures that study.yaml declares, each by its name."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from oligomet.displays.flow import flow_figure
from oligomet.displays.response import response_figure
from oligomet.displays.survival import survival_figure


def build_figure(name: str, estimates: pd.DataFrame, study) -> Figure:
    """Figure `name` of study.yaml, from the estimates alone."""
    declared = study.figures[name]
    if declared.kind == "flow":
        return flow_figure(estimates, study, declared.title)
    if declared.kind == "response":
        return response_figure(estimates, study, declared.title)
    return survival_figure(estimates, study, declared.endpoint, declared.panels, declared.title)
