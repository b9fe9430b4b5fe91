"""How the values lie that factors cut into groups: a histogram each, with the cut-points."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.colors import to_rgb
from matplotlib.ticker import MaxNLocator

from oligomet.displays import formats
from oligomet.displays.study_words import SUBJECTS, variable_label, with_unit
from oligomet.displays.style import COLOURS, FOOTER, Sheet, styled
from oligomet.displays.words import words_of

COLUMNS, HEIGHT, ROW = 3, 34, 54  # panels in a line; mm of their axes, and from one line to the next
LEFT, RIGHT = 14, 4
PALE = tuple(0.4 + 0.6 * one for one in to_rgb(COLOURS[0]))


def _cut_points(study, variable: str) -> list[float]:
    groups = [
        group for factor in study.factors.values() if factor.variable == variable for group in factor.groups.values()
    ]
    return sorted({limit for group in groups for limit in (group.below, group.at_least) if limit is not None})


def _edges(values: pd.Series, cut: float, whole: bool) -> np.ndarray:
    """Edges of columns of which each lies on one side of `cut`; of whole numbers, a column each."""
    width = 1.0 if whole else np.diff(np.histogram_bin_edges(values, "auto"))[0]
    return cut + width * np.arange(np.floor((values.min() - cut) / width), np.floor((values.max() - cut) / width) + 2)


@styled
def distributions_figure(patients: pd.DataFrame, lesions: pd.DataFrame, study) -> Sheet:
    """A panel a described variable that a factor cuts, of the patients, then of the lesions.

    `patients` and `lesions` are the tables of those names of the outcomes stage; the variables are those of
    `analyses.describe`, the cut-points those of the factors.
    """
    import seaborn

    panels = [
        (unit, name, cuts)
        for unit in SUBJECTS
        for name in study.analyses.describe.get(unit, [])
        if (cuts := _cut_points(study, name))
    ]
    lines = -(-len(panels) // COLUMNS)
    figure = Sheet("double", lines * ROW + FOOTER, study, words_of("distributions.distributions_figure", study))
    for place, (unit, name, cuts) in enumerate(panels):
        down, across = divmod(place, COLUMNS)
        known = {"patient": patients, "lesion": lesions}[unit][name].dropna().astype(float)
        width, bottom = figure.size[0] / COLUMNS, FOOTER + (lines - 1 - down) * ROW + 11
        title = f"{formats.count(len(known))} {SUBJECTS[unit]}"
        lettered = place if len(panels) > 1 else None
        axes = figure.panel(lettered, title, LEFT + across * width, bottom, width - LEFT - RIGHT, HEIGHT)
        whole = bool((known == known.round()).all()) and known.nunique() < 10
        edges = _edges(known, cuts[0], whole) - 0.5 * whole  # a column stands over its number
        seaborn.histplot(x=known, bins=edges, color=PALE, alpha=1, linewidth=0.4, ax=axes)
        for cut in cuts:
            axes.axvline(cut - 0.5 * whole, color=COLOURS[1], linewidth=1, linestyle=(0, (4, 2)))
        axes.margins(y=0.08)
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.set_xlabel(with_unit(variable_label(study, name), name), labelpad=2)
        axes.set_ylabel("Number" if across == 0 else "")
    return figure
