"""Hazard ratios as a paper printed them, for the displays that mark them beside the computed ones."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from oligomet.audit.claims_reader import read_claims
from oligomet.estimates.design import Contrast


class Ratio(NamedTuple):
    """A printed hazard ratio with its limits."""

    estimate: float
    low: float
    high: float


def printed_ratios(claims: Path | None, study) -> dict[tuple[str, Contrast], Ratio]:
    """The first print of each in the study's claims.yaml, if it has one: (endpoint, contrast) -> ratio."""
    found: dict[tuple[str, Contrast], Ratio] = {}
    if claims is None:
        return found
    paper = read_claims(claims, study)
    for claim in paper.select(kind="hazard_ratio"):
        place = {"section": claim.section, "row": claim.row, "contrast": claim.contrast}
        limits = [paper.select(kind=kind, **place) for kind in ("low", "high")]
        if all(limits):
            endpoint = paper.declared.endpoints[str(claim.endpoint)].answer or str(claim.endpoint)
            ratio = Ratio(claim.value, limits[0][0].value, limits[1][0].value)
            found.setdefault((endpoint, Contrast(*claim.compared)), ratio)
    return found
