"""A survival curve read off a figure, and the times of its subjects reconstructed from it.

The algorithm is that of Guyot et al. 2012, BMC Med Res Methodol 12:9 (as in the R packages IPDfromKM and survHE):
the censored are spread evenly between two numbers at risk, events follow from the curve's steps, and the number of the
censored is changed until the next number at risk comes out.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oligomet.audit.claims_file import Location, Mistake

COLUMNS = ("months", "percent", "at_risk")
MOST_ROUNDS = 1000  # in which the censored of an interval are changed


@dataclass(frozen=True)
class Curve:
    """Points of a curve in the order of time (months, percent) and its numbers at risk (months, subjects)."""

    months: tuple[float, ...]
    percent: tuple[float, ...]
    risk_months: tuple[float, ...]
    at_risk: tuple[int, ...]


def read_curve(path: Path, where: Location, mistakes: list[Mistake]) -> Curve | None:
    """A curve from a CSV with the columns months, percent and at_risk; a row has a point, a number at risk, or both.

    What is wrong with the file is added to `mistakes`, with its row.
    """
    if not path.is_file():
        mistakes.append(Mistake((*where, "file"), f"{path} is not there"))
        return None
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        rows = list(csv.DictReader(file))
    found: dict[str, list[tuple[float, float]]] = {"percent": [], "at_risk": []}
    before = len(mistakes)
    for number, row in enumerate(rows, start=2):
        for column in ("percent", "at_risk"):
            if not (row.get(column) or "").strip():
                continue
            try:
                point = float(row["months"]), float(row[column])
                if not (0 <= point[0] < 10_000 and 0 <= point[1] <= (100 if column == "percent" else 1e6)):
                    raise ValueError
            except (KeyError, TypeError, ValueError):
                found_there = f"months {row.get('months')!r}, {column} {row[column]!r}"
                says = f"{path}, row {number}: {found_there} is no point of a curve"
                mistakes.append(Mistake((*where, "file"), says))
                continue
            found[column].append(point)
    points, risks = (
        sorted(found[column], key=lambda point: (point[0], -point[1])) for column in ("percent", "at_risk")
    )
    if not points or not risks or risks[0][0] != 0 or risks[0][1] < 1:
        says = f"{path} needs the columns {', '.join(COLUMNS)}, points of the curve, and a number at risk at 0 months"
        mistakes.append(Mistake((*where, "file"), says))
    if len(mistakes) > before:
        return None
    (months, percent), (risk_months, at_risk) = zip(*points, strict=True), zip(*risks, strict=True)
    return Curve(months, percent, risk_months, tuple(int(n) for n in at_risk))


def reconstruct(curve: Curve, events: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Months and events (1, or 0 for censored) of subjects whose Kaplan-Meier curve and numbers at risk these are.

    Parameters
    ----------
    curve
        As read off; where points rise, which survival cannot, the lower one before them counts.
    events
        How many there are in all, if that is printed: after the last number at risk nothing else says who was censored.

    Returns
    -------
    Two arrays, a value a subject, in the order of time; subjects still followed at the last point are censored there.
    """
    time = np.concatenate([[0.0], curve.months])
    survival = np.minimum.accumulate(np.concatenate([[1.0], np.asarray(curve.percent) / 100]))
    kept = [i for i in range(len(curve.risk_months)) if curve.risk_months[i] <= time[-1]]
    risk = [curve.at_risk[i] for i in kept]
    first = np.searchsorted(time, [curve.risk_months[i] for i in kept], side="left")
    first[0] = 0
    last = np.append(first[1:], len(time))
    lost = np.zeros(len(time), int)
    dead = np.zeros(len(time), int)
    state = risk[0], 1.0  # still followed, and the curve
    for i in range(len(risk)):
        span = np.arange(first[i], last[i])
        if not len(span):
            continue
        closing = i == len(risk) - 1
        if closing:
            passed = max(time[first[i]] - time[0], 1e-9)
            censored = min(round(lost.sum() * (time[-1] - time[first[i]]) / passed), state[0]) if i else 0
        else:
            drop = survival[first[i + 1]] / survival[first[i]] if survival[first[i]] > 0 else 0
            censored = max(0, round(state[0] * drop - risk[i + 1]))
        for _ in range(MOST_ROUNDS):
            lost[span] = _spread(time, span, censored, time[last[i]] if not closing else time[-1])
            dead[span], lost[span], after = _walk(survival[span], lost[span], state)
            if closing:
                surplus = 0 if events is None else int(dead.sum()) - events
                surplus = surplus if after[0] >= 0 and 0 <= censored + surplus <= state[0] else 0
            else:
                surplus = after[0] - risk[i + 1]
            changed = max(0, censored + surplus)
            if surplus == 0 or changed == censored:
                break
            censored = changed
        state = after
    months = np.concatenate(
        [np.repeat(time, dead), np.repeat(_middles(time), lost), np.repeat(time[-1], max(0, state[0]))]
    )
    event = np.concatenate([np.ones(dead.sum(), int), np.zeros(len(months) - dead.sum(), int)])
    order = np.lexsort((-event, months))
    return months[order], event[order]


def _spread(time: np.ndarray, span: np.ndarray, censored: int, end: float) -> np.ndarray:
    """How many of the censored, spread evenly over a span of points, come after each of them."""
    at = time[span[0]] + np.arange(1, censored + 1) * (end - time[span[0]]) / (censored + 1)
    return np.bincount(np.searchsorted(time[span], at, side="right") - 1, minlength=len(span))[: len(span)]


def _walk(
    survival: np.ndarray, lost: np.ndarray, state: tuple[int, float]
) -> tuple[np.ndarray, np.ndarray, tuple[int, float]]:
    """Events at each point that bring the Kaplan-Meier curve nearest to it, the lost, and the state at the end."""
    followed, curve = state
    dead = np.zeros(len(survival), int)
    for k, target in enumerate(survival):
        if followed > 0 and curve > 0:
            dead[k] = min(followed, max(0, round(followed * (1 - target / curve))))
            curve *= 1 - dead[k] / followed
        lost[k] = min(lost[k], max(0, followed - dead[k]))
        followed -= dead[k] + lost[k]
    return dead, lost, (int(followed), curve)


def _middles(time: np.ndarray) -> np.ndarray:
    return (time + np.append(time[1:], time[-1])) / 2
