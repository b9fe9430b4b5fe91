"""Pictures of the audit as inline SVG: all claims at a glance, and the analyses around a published hazard ratio."""

from __future__ import annotations

import math
from html import escape

import pandas as pd

SIGNS = {
    "reproduced": "✓",
    "within tolerance": "≈",
    "not reproduced": "≠",
    "impossible": "✕",
    "not testable": "?",
    "needs data": "–",
}
FILLS = {
    "reproduced": "#00795c", "within tolerance": "#3d9bd1", "not reproduced": "#d98a00", "impossible": "#b3261e",
    "not testable": "#8a8a8a", "needs data": "#c9c9c9",
}  # fmt: skip
FONT = 'font-family="system-ui, sans-serif"'


def picture_of_claims(claims: pd.DataFrame, columns: int = 44) -> str:
    """A square a claim, a band a section in the paper's order: its sign is the verdict, a ring marks findings.

    Parameters
    ----------
    claims
        As `verdicts.judge` gives it.
    columns
        Squares in a line.
    """
    size, gap, label = 17, 3, 96
    step, y, parts = size + gap, 4, []
    for section, rows in claims.groupby("section", sort=False):
        parts.append(
            f'<text x="{label - 10}" y="{y + 13}" text-anchor="end" font-size="12" fill="#1b1b1b">{escape(section)}</text>'
        )
        for n, claim in enumerate(rows.itertuples()):
            x, top = label + (n % columns) * step, y + (n // columns) * step
            title = f"{claim.says}: {claim.printed} – {claim.verdict}"
            ring = f'<rect x="{x + 1.5}" y="{top + 1.5}" width="{size - 3}" height="{size - 3}" fill="none" stroke="#fff" stroke-width="1"/>'
            marked = isinstance(claim.findings, str) and claim.findings
            outline = f'<rect x="{x - 1}" y="{top - 1}" width="{size + 2}" height="{size + 2}" fill="none" stroke="#111" stroke-width="1.6"/>'
            colour = "#1b1b1b" if claim.verdict == "needs data" else "#fff"
            parts.append(
                f'<a href="#{escape(claim.id)}" class="square"><title>{escape(title)}</title>'
                f'<rect x="{x}" y="{top}" width="{size}" height="{size}" fill="{FILLS[claim.verdict]}"/>{ring * 0}{outline if marked else ""}'
                f'<text x="{x + size / 2}" y="{top + 13}" text-anchor="middle" font-size="12" fill="{colour}">{SIGNS[claim.verdict]}</text></a>'
            )
        y += ((len(rows) - 1) // columns + 1) * step + 6
    width = label + columns * step + 4
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {y}" width="{width}" role="img" aria-label="All claims by section and verdict" {FONT}>'
    return head + "".join(parts) + "</svg>"


def picture_of_ratios(rows: pd.DataFrame, published: tuple[float, float, float]) -> str:
    """Hazard ratios of all analyses of a target, nearest first, with the published one as a band."""
    shown = rows.head(24)
    low = min(shown["conf_low"].min(), published[1]) / 1.05
    high = max(shown["conf_high"].max(), published[2]) * 1.05
    left, width, line = 12, 420, 12

    def x(value: float) -> float:
        return left + width * (math.log(value) - math.log(low)) / (math.log(high) - math.log(low))

    height = line * len(shown) + 44
    parts = [
        f'<rect x="{x(published[1]):.1f}" y="6" width="{x(published[2]) - x(published[1]):.1f}" height="{height - 34}" fill="#ececea"/>',
        f'<line x1="{x(published[0]):.1f}" x2="{x(published[0]):.1f}" y1="6" y2="{height - 28}" stroke="#b3261e" stroke-width="1.5"/>',
    ]
    for n, row in enumerate(shown.itertuples()):
        y = 14 + n * line
        fill = "#1b1b1b" if row.unit == "patient" else "#fff"
        parts.append(
            f"<g><title>{escape(f'{row.rank}. {row.recomputed}: {in_words(row)}')}</title>"
            f'<line x1="{x(row.conf_low):.1f}" x2="{x(row.conf_high):.1f}" y1="{y}" y2="{y}" stroke="#1b1b1b"/>'
            f'<circle cx="{x(row.estimate):.1f}" cy="{y}" r="3.4" fill="{fill}" stroke="#1b1b1b"/></g>'
        )
    for tick in (0.2, 0.3, 0.4, 0.5, 0.7, 1, 1.5, 2, 3, 5):
        if low < tick < high:
            parts.append(
                f'<line x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{height - 28}" y2="{height - 23}" stroke="#1b1b1b"/>'
                f'<text x="{x(tick):.1f}" y="{height - 11}" text-anchor="middle" font-size="11">{tick:g}</text>'
            )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 12} {height}" width="{left + width + 12}" role="img" aria-label="Hazard ratios of the analyses" {FONT}>'
    return head + "".join(parts) + "</svg>"


def in_words(row: tuple) -> str:
    """The choices of an analysis, those that were none left out."""
    said = [f"by {row.unit}"]
    if row.lesion != "-":
        said.append(f"{row.lesion} lesion")
    if row.assessment != "-":
        said.append(f"{row.assessment} response")
    if row.model != "-":
        said.append(row.model)
    if row.ties != "-":
        said.append(f"{row.ties.capitalize() if row.ties != 'exact' else 'exact'} ties")
    if row.death != "-":
        said.append("death an event" if row.death == "event" else "death censored")
    if row.follow_up != "all":
        said.append(f"follow-up cut at {row.follow_up}")
    if not pd.isna(row.time_months):
        said.append(f"at {row.time_months:g} months")
    if row.labels != "as printed":
        said.append("labels swapped")
    return ", ".join(said)
