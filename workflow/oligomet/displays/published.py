"""Hazard ratios as a paper printed them, for the displays that mark them beside the computed ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from oligomet.audit.claims import Paper


class Ratio(NamedTuple):
    """A printed hazard ratio with its limits."""

    estimate: float
    low: float
    high: float


def published_ratios(paper: Paper) -> dict[tuple[str, str, str], Ratio]:
    """The first print of each: (endpoint, factor, contrast), in the words of study.yaml, -> ratio."""
    found: dict[tuple[str, str, str], Ratio] = {}
    for claim in paper.select(kind="hazard_ratio"):
        factor, level, reference = claim.contrast
        place = {"section": claim.section, "row": claim.row, "contrast": claim.contrast}
        limits = [paper.select(kind=kind, **place) for kind in ("low", "high")]
        if all(limits):
            endpoint = paper.declared.endpoints[claim.endpoint].answer or claim.endpoint
            ratio = Ratio(claim.value, limits[0][0].value, limits[1][0].value)
            found.setdefault((endpoint, factor, f"{level} vs {reference}"), ratio)
    return found
