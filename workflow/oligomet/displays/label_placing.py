"""Where the words go: next to the curve they name, and on nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes

PAD = 0.025  # of the panel's height, between a curve and its name


class Placer:
    """Finds room in a panel of falling curves: each has `.survival(months)` and `.end`.

    A box is free if no curve runs through it and no word stands in it. Everything is in axes coordinates, 0 to 1.
    """

    def __init__(self, axes: Axes, curves: list):
        self.axes = axes
        self.x = np.linspace(0, 1, 401)
        months = self.x * axes.get_xlim()[1]
        top = axes.get_ylim()[1]
        # heights over x; where a curve has ended nothing is in the way
        self.heights = [np.where(months <= curve.end, curve.survival(months) / top, np.nan) for curve in curves]
        self.taken: list[tuple[float, float, float, float]] = []

    def beside(self, which: int, texts: list[str], **style) -> bool:
        """Write one of `texts`, an earlier one for preference, above, below or after the curve `which`, far from the
        others. Returns whether there was room for any."""
        places = []
        for rank, text in enumerate(texts):
            width, height = self._size(text)
            places += [
                (self._clearness(which, left, bottom, width, height) - 0.1 * rank, left, bottom, width, height, text)
                for left, bottom in self._places(which, width, height)
                if self._free(left, bottom, width, height)
            ]
        if places:
            self._write(*max(places)[1:], **style)
        return bool(places)

    def _places(self, which: int, width: float, height: float) -> Iterator[tuple[float, float]]:
        """Where a box could go: touching the curve from above or below, or after its end."""
        for left in np.arange(0.02, 1 - width, 0.01):
            yield from ((left, bottom) for bottom in self._beside(which, left, width, height))
        followed = np.flatnonzero(~np.isnan(self.heights[which]))[-1]
        after = self.x[followed] + 0.02
        if after < 1 - width:
            yield after, max(0.02, self.heights[which][followed] - height / 2)

    def _under(self, left: float, width: float) -> np.ndarray:
        return (self.x >= left - 0.01) & (self.x <= left + width + 0.01)

    def _beside(self, which: int, left: float, width: float, height: float) -> list[float]:
        """The two heights, within the panel, at which a box touches the curve from above and from below."""
        own = self.heights[which][self._under(left, width)]
        if np.isnan(own).all():
            return []
        bottoms = (np.nanmax(own) + PAD, np.nanmin(own) - PAD - height)
        return [bottom for bottom in bottoms if 0.01 <= bottom <= 1.02 - height]

    def _clearness(self, which: int, left: float, bottom: float, width: float, height: float) -> float:
        """Higher the nearer a box is to its own curve and the farther from the others."""
        away = [np.abs(line[self._under(left, width)] - bottom - height / 2) for line in self.heights]
        nearest = [np.nanmin(gap, initial=0.3) for place, gap in enumerate(away) if place != which]
        own = (
            PAD if np.isnan(away[which]).all() else np.nanmean(away[which])
        )  # all: the box stands after the curve's end
        return min(nearest, default=0.3) - 1.5 * own

    def corner(self, text: str, **style) -> bool:
        """Write `text` where the panel is free, in a corner if one is, else far from all curves: False if nowhere."""
        width, height = self._size(text)
        right, top = 0.99 - width, 0.96 - height
        corners = [(right, top), (0.03, 0.04), (right, 0.04)]
        anywhere = [(left, bottom) for bottom in np.arange(top, 0.04, -0.04) for left in np.arange(right, 0.03, -0.04)]

        def gap(at: tuple[float, float]) -> float:
            """To the nearest curve above or below."""
            under = self._under(at[0], width)
            return min(np.nanmin(np.abs(line[under] - at[1] - height / 2), initial=1) for line in self.heights)

        free = [at for at in corners if self._free(*at, width, height)][:1]
        free = free or sorted((at for at in anywhere if self._free(*at, width, height)), key=gap)[-1:]
        for left, bottom in free:
            self._write(left, bottom, width, height, text, **style)
        return bool(free)

    def _size(self, text: str) -> tuple[float, float]:
        shown = self.axes.text(0, 0, text)
        box = shown.get_window_extent()
        shown.remove()
        return box.width / self.axes.bbox.width, box.height / self.axes.bbox.height

    def _free(self, left: float, bottom: float, width: float, height: float) -> bool:
        for line in self.heights:
            part = line[self._under(left, width)]
            part = part[~np.isnan(part)]
            # a step is a vertical line too: the curve blocks every height between its first and last one here
            if part.size and part.min() - 0.4 * PAD < bottom + height and part.max() + 0.4 * PAD > bottom:
                return False
        return not any(
            left < x + w and x < left + width and bottom < y + h and y < bottom + height for x, y, w, h in self.taken
        )

    def _write(self, left: float, bottom: float, width: float, height: float, text: str, **style) -> None:
        self.taken.append((left, bottom, width, height))
        self.axes.text(left, bottom, text, va="bottom", transform=self.axes.transAxes, **style)
