"""Pictures of the audit as inline SVG: all claims at a glance, and the analyses around a published hazard ratio."""

from __future__ import annotations

import math
from html import escape
from typing import Any

import pandas as pd

from oligomet.audit.findings import each_row
from oligomet.audit.printed import read_number
from oligomet.audit.reanalyses_in_words import analysis_in_words

SIGNS = {
    "reproduced": "✓", "within tolerance": "≈", "not reproduced": "≠", "impossible": "✕", "not testable": "?",
    "needs data": "–",
}  # fmt: skip
FILLS = {  # told apart without colour by their signs, and by lightness
    "reproduced": "#00795c", "within tolerance": "#3d9bd1", "not reproduced": "#d98a00", "impossible": "#b3261e",
    "not testable": "#8a8a8a", "needs data": "#c9c9c9",
}  # fmt: skip
INK = "#1b1b1b"
SIZE, GAP, MARGIN, PER_LINE = 17, 3, 120, 44  # of the squares; of the sections' names; squares in a line
SHOWN, LINE, WIDTH, LEFT = 24, 12, 420, 12  # analyses drawn; their distance; the axis and what is left of it
RATIO_TICKS = (0.2, 0.3, 0.4, 0.5, 0.7, 1, 1.5, 2, 3, 5)


def picture_of_claims(claims: pd.DataFrame) -> str:
    """A square a claim, a band a section in the paper's order: its sign is the verdict, a frame marks findings.

    Parameters
    ----------
    claims
        As `claim_verdicts.judge` gives it.
    """
    step, y, parts = SIZE + GAP, 4, []
    for section, rows in claims.groupby("section", sort=False):
        parts.append(_text(MARGIN - 10, y + 13, str(section), "end"))
        for n, claim in enumerate(each_row(rows)):
            parts.append(_square(MARGIN + n % PER_LINE * step, y + n // PER_LINE * step, claim))
        y += ((len(rows) - 1) // PER_LINE + 1) * step + 6
    return _svg(MARGIN + PER_LINE * step + 4, y, "All claims by section and verdict", parts)


def _square(x: float, y: float, claim: Any) -> str:
    title = escape(f"{claim.says}: {claim.printed} – {claim.verdict}")
    outer = f'x="{x - 1}" y="{y - 1}" width="{SIZE + 2}" height="{SIZE + 2}"'
    frame = f'<rect {outer} fill="none" stroke="{INK}" stroke-width="2"/>'
    colour = INK if claim.verdict == "needs data" else "#fff"
    return (
        f'<a href="#{escape(claim.id)}" class="square"><title>{title}</title>'
        f'<rect x="{x}" y="{y}" width="{SIZE}" height="{SIZE}" fill="{FILLS[claim.verdict]}"/>'
        f"{frame if claim.findings else ''}{_text(x + SIZE / 2, y + 13, SIGNS[claim.verdict], 'middle', colour)}</a>"
    )


def picture_of_ratios(rows: pd.DataFrame) -> str:
    """Hazard ratios of the analyses of one target, nearest on top, over the published one as a line and a band.

    Parameters
    ----------
    rows
        The rows of one target, as `reanalyses.reanalyse` gives them.
    """
    shown = rows.head(SHOWN)
    estimate, low, high = published_ratio(rows)
    least, most = min(shown["conf_low"].min(), low) / 1.05, max(shown["conf_high"].max(), high) * 1.05

    def x(value: float) -> float:
        return round(LEFT + WIDTH * math.log(value / least) / math.log(most / least), 1)

    axis = LINE * len(shown) + 16
    parts = [
        f'<rect x="{x(low)}" y="6" width="{x(high) - x(low):.1f}" height="{axis - 6}" fill="#ececea"/>',
        _line(x(estimate), 6, x(estimate), axis, FILLS["impossible"]),
    ]
    for n, row in enumerate(each_row(shown)):
        y, fill = 14 + n * LINE, INK if row.unit == "patient" else "#fff"
        parts.append(
            f"<g><title>{escape(f'{row.rank}. {row.recomputed}: {analysis_in_words(row)}')}</title>"
            f"{_line(x(row.conf_low), y, x(row.conf_high), y)}"
            f'<circle cx="{x(row.estimate)}" cy="{y}" r="3.4" fill="{fill}" stroke="{INK}"/></g>'
        )
    for tick in RATIO_TICKS:
        if least < tick < most:
            parts += [_line(x(tick), axis, x(tick), axis + 5), _text(x(tick), axis + 17, f"{tick:g}", "middle")]
    return _svg(LEFT + WIDTH + 12, axis + 28, "Hazard ratios of the analyses", parts)


def published_ratio(rows: pd.DataFrame) -> tuple[float, float, float]:
    """Estimate and limits as published, from '0.598 (0.405 to 0.884)'."""
    text = rows["published"].iloc[0].replace("(", " ").replace(")", " ").replace(" to ", " ")
    estimate, low, high = (read_number(part).value for part in text.split())
    return estimate, low, high


def _text(x: float, y: float, text: str, anchor: str, fill: str = INK) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="12" fill="{fill}">{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, stroke: str = INK) -> str:
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{stroke}"/>'


def _svg(width: float, height: float, label: str, parts: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img" '
        f'aria-label="{label}" font-family="system-ui, sans-serif">{"".join(parts)}</svg>'
    )
