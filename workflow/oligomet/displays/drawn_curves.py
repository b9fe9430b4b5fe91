"""The curves of an endpoint as they are drawn, read from the rows `curve` and `incidence_curve` of the estimates."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from oligomet.book import Book
from oligomet.displays.style import COLOURS, LINES


@dataclass(frozen=True)
class Curve:
    """One group's curve and how it is drawn.

    Attributes
    ----------
    steps
        (steps, 6) months, survival and its limits, how many are at risk and how many have the event there.
    censored
        Months, in order.
    at_risk
        Months from the start: how many are followed.
    incidence
        The cumulative incidence where other events compete, a curve itself; None where it is not shown.
    style
        The number of its colour and line.
    """

    name: str | None  # None: everyone
    steps: np.ndarray
    censored: list[float]
    at_risk: dict[float, int]
    incidence: Curve | None = None
    style: int = 0

    @property
    def n(self) -> int:
        return self.at_risk[0]

    @property
    def colour(self) -> str:
        return COLOURS[self.style % len(COLOURS)]

    @property
    def line(self) -> str | tuple:
        return LINES[self.style % len(LINES)]

    @property
    def end(self) -> float:
        return max([*self.steps[:, 0], *self.censored])

    def survival(self, months: ArrayLike) -> np.ndarray:
        """The curve's height at `months`, read off its steps."""
        return self.steps[np.searchsorted(self.steps[:, 0], months, side="right") - 1, 1]

    def counts(self, month: float) -> dict[str, float]:
        """Who is at risk at `month`, and who was censored or had the event before: together, all."""
        at_risk, events = self.at_risk.get(month, 0), self.steps[self.steps[:, 0] < month, 5].sum()
        return {"at_risk": at_risk, "censored": self.n - at_risk - events, "events": events}

    def while_followed(self, at_least: int) -> Curve:
        """The curve as far as so many are followed; the numbers at risk go on."""
        steps = self.steps[self.steps[:, 4] >= at_least]
        if not len(steps) or at_least <= 1:
            return self
        end = steps[-1, 0]
        censored = [month for month in self.censored if month <= end]
        rising = self.incidence
        if rising:
            rising = replace(rising, steps=rising.steps[rising.steps[:, 0] <= end])
        return replace(self, steps=steps, censored=censored, incidence=rising)


def read_curve(
    book: Book, endpoint: str, factor: str | None, group: str | None, style: int, incidence: bool = False
) -> Curve | None:
    """The curve of a group, or of everyone; None where nobody is in it."""
    of = {"endpoint": endpoint, "population": "all", "factor": factor, "group": group}
    found = book.some(analysis="curve", **of)
    at_risk = {one.time_months: one.n for one in found.some(statistic="at_risk")}
    if not at_risk.get(0):
        return None
    columns = ("time_months", "estimate", "conf_low", "conf_high", "n", "events")
    competing = _steps(book.some(analysis="incidence_curve", **of), columns[:4])
    rising = Curve(group, competing, [], {}, style=style) if incidence and len(competing) else None
    censored = [one.time_months for one in found.some(statistic="censored")]
    return Curve(group, _steps(found.some(statistic="survival"), columns), censored, at_risk, rising, style)


def _steps(found: Book, columns: tuple[str, ...]) -> np.ndarray:
    steps = [[np.nan if one[name] is None else one[name] for name in columns] for one in found]
    return np.array(sorted(steps, key=lambda step: step[0]), float).reshape(len(steps), len(columns))


def panel_curves(book: Book, study, endpoint: str, panel: str, incidence: bool, at_least: int) -> list[Curve]:
    """The curves of a panel in the order of the levels; the reference is always drawn in the first style."""
    if panel == "all":
        wanted: list[tuple[str | None, str | None, int]] = [(None, None, 0)]
    else:
        factor = study.factors[panel]
        styles = [factor.reference_level, *(level for level in factor.levels if level != factor.reference_level)]
        wanted = [(panel, level, styles.index(level)) for level in factor.levels]
    found = [read_curve(book, endpoint, *group, incidence) for group in wanted]
    return [curve.while_followed(at_least) for curve in found if curve is not None]
