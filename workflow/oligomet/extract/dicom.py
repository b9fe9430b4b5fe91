"""DICOM-RT through pydicom: what a plan prescribes and how large the contours of a structure are; no pixel is read."""

from __future__ import annotations

import warnings
from collections import defaultdict
from functools import lru_cache, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oligomet.extract.grid import Flawed, Grid, Unreadable, as_text, reading
from oligomet.source_declarations import Source

if TYPE_CHECKING:
    from pydicom import Dataset

# Names that DICOM has are DICOM's; the others say what is worked out from several of its attributes.
PLAN = [
    *("PatientID", "RTPlanLabel", "RTPlanName", "RTPlanDate", "ApprovalStatus", "FractionGroupNumber"),
    *("NumberOfFractionsPlanned", "DoseReferenceNumber", "DoseReferenceDescription", "TargetPrescriptionDose"),
    *("DosePerFraction", "Technique", "FirstFraction", "LastFraction", "FractionsDelivered"),
]
STRUCTURE = [
    *("PatientID", "StructureSetLabel", "StructureSetDate", "ROINumber", "ROIName", "RTROIInterpretedType"),
    *("LargestAxialDiameter", "Volume"),
]
AXIAL_MM = 0.1  # points of an axial contour lie this close to one height


def read_plan(path: Path, source: Source) -> Grid:
    """An RTPLAN as a row for each target that a fraction group is prescribed to; a file of another kind has no row.

    Doses are in Gy. `TargetPrescriptionDose` is that of the dose reference of type TARGET, or, where a plan has none,
    the sum of its beams' doses times the fractions, with an empty `DoseReferenceDescription`. `FirstFraction`,
    `LastFraction` and `FractionsDelivered` come from the treatment records (RTRECORD) in the same folder that refer to
    the plan, and are empty without any. `Technique` is told by the beams: VMAT, tomotherapy, IMRT, arc or 3D-CRT.

    Raises
    ------
    Unreadable
        If the file is no DICOM file, or a plan that was cut off.
    """
    plan = _dataset(path)
    if plan.get("Modality") != "RTPLAN":
        return Grid(PLAN, [], [])
    with reading("a plan"):
        _check_complete(plan)
        rows = _plan_rows(plan, _records(path.parent).get(plan.get("SOPInstanceUID"), {}))
    return Grid(PLAN, rows, list(range(1, len(rows) + 1)))


def _plan_rows(plan: Dataset, delivered: dict[str, str]) -> list[list[str]]:
    days = sorted(set(filter(None, delivered.values())))
    rows = []
    for group in plan.get("FractionGroupSequence", []):
        fractions = group.get("NumberOfFractionsPlanned")
        for target in _targets(plan, group):
            dose = target.get("TargetPrescriptionDose")
            rows.append(
                [
                    *(_said(plan, name) for name in PLAN[:5]),
                    *(_said(group, name) for name in PLAN[5:7]),
                    *(_said(target, name) for name in PLAN[7:9]),
                    as_text(float(dose)) if dose is not None else "",
                    as_text(float(dose) / int(fractions)) if dose is not None and fractions else "",
                    _technique(plan),
                    *([days[0], days[-1], as_text(len(delivered))] if days else ["", "", ""]),
                ]
            )
    return rows


def read_structures(path: Path, source: Source) -> Grid:
    """An RTSTRUCT as a row for each of its regions; a file of another kind has no row.

    `LargestAxialDiameter` is in cm, the longest distance between two points of one contour, as a target's diameter is
    measured on planning CT. `Volume` is in cm3, the areas of the contours (an inner one is a hole) times the distance
    of their slices, the median of those between neighbours. A region without contours has neither, and one of a single
    slice without thickness no volume.

    Raises
    ------
    Unreadable
        If the file is no DICOM file, or contours that were cut off.
    """
    structures = _dataset(path)
    if structures.get("Modality") != "RTSTRUCT":
        return Grid(STRUCTURE, [], [])
    with reading("a structure set"):
        rows = _structure_rows(structures)
    return Grid(STRUCTURE, rows, list(range(1, len(rows) + 1)))


def _structure_rows(structures: Dataset) -> list[list[str]]:
    contours = {item.get("ReferencedROINumber"): item for item in structures.get("ROIContourSequence", [])}
    types = {item.get("ReferencedROINumber"): item for item in structures.get("RTROIObservationsSequence", [])}
    rows = []
    for region in structures.get("StructureSetROISequence", []):
        number = region.get("ROINumber")
        rows.append(
            [
                *(_said(structures, name) for name in STRUCTURE[:3]),
                *(_said(region, name) for name in STRUCTURE[3:5]),
                _said(types.get(number, {}), "RTROIInterpretedType"),
                *_measures(contours.get(number, {})),
            ]
        )
    return rows


def _dataset(path: Path) -> Dataset:
    from pydicom import config, dcmread

    with reading("a DICOM file"), config.disable_value_validation(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of tags that a text file seems to have
        dataset = dcmread(path, stop_before_pixels=True, force=True)  # older systems leave out the preamble
        dataset.walk(lambda *_: None)  # values are decoded where they are used, and errors are to be found here
        if not dataset.get("Modality"):
            raise Unreadable("this is not a DICOM file that can be read; is it complete?")
    return dataset


def _check_complete(plan: Dataset) -> None:
    """A file that was cut off is read up to there without complaint: a plan must have the beams that it counts."""
    groups, beams = plan.get("FractionGroupSequence", []), plan.get("BeamSequence", [])
    referred = [
        item.get("ReferencedBeamNumber") for group in groups for item in group.get("ReferencedBeamSequence", [])
    ]
    complete = {
        beam.get("BeamNumber")
        for beam in beams
        if len(beam.get("ControlPointSequence", [])) == int(beam.get("NumberOfControlPoints") or 0)
    }
    if not groups or not complete.issuperset(referred):
        raise Unreadable("the plan has no fraction group, or not all of the beams that it refers to; is it complete?")


def _said(dataset: Any, name: str) -> str:
    """The value of an attribute as text, a date of DICOM (20190305) as ISO; empty where there is none."""
    value = str(dataset.get(name) or "").strip()
    if name.endswith("Date") and len(value) == 8 and value.isdigit():
        return f"{value[:4]}-{value[4:6]}-{value[6:]}"
    return value


def _targets(plan: Dataset, group: Dataset) -> list[Any]:
    """The dose references of type TARGET that the group refers to, or all, or what its beams add up to."""
    referred = {item.get("ReferencedDoseReferenceNumber") for item in group.get("ReferencedDoseReferenceSequence", [])}
    targets = [item for item in plan.get("DoseReferenceSequence", []) if item.get("DoseReferenceType") == "TARGET"]
    prescribed = [item for item in targets if item.get("TargetPrescriptionDose") is not None]
    chosen = [item for item in prescribed if item.get("DoseReferenceNumber") in referred] or prescribed
    if chosen:
        return chosen
    beams = [item.get("BeamDose") for item in group.get("ReferencedBeamSequence", [])]
    fractions = group.get("NumberOfFractionsPlanned")
    known = [float(dose) for dose in beams if dose is not None]
    return [{"TargetPrescriptionDose": sum(known) * int(fractions)} if known and fractions else {}]


def _technique(plan: Dataset) -> str:
    """How the beams move, in the words of the field; empty for a plan without photon beams."""
    found = set()
    for beam in plan.get("BeamSequence", []):
        if beam.get("TreatmentDeliveryType", "TREATMENT") != "TREATMENT":
            continue
        points = beam.get("ControlPointSequence", [])
        model = " ".join(_said(part, "ManufacturerModelName") for part in (plan, beam)).lower()
        rotates = any(point.get("GantryRotationDirection") in ("CW", "CC") for point in points)
        modulated = beam.get("BeamType") == "DYNAMIC" or len(points) > 2
        if any(name in model for name in ("tomo", "hi-art", "radixact")):
            found.add("tomotherapy")
        elif rotates:
            found.add("VMAT" if modulated and len(points) > 2 else "arc")
        else:
            found.add("IMRT" if modulated else "3D-CRT")
    return " and ".join(sorted(found))


@lru_cache(maxsize=8)
def _records(folder: Path) -> dict[str, dict[str, str]]:
    """Of every plan that was treated, the day of each treatment by the fraction's number or the record."""
    days: dict[str, dict[str, str]] = defaultdict(dict)
    for path in sorted(folder.iterdir()):
        try:
            record = _dataset(path)
        except Unreadable:  # told where it is read for itself
            continue
        if record.get("Modality") != "RTRECORD":
            continue
        for plan in record.get("ReferencedRTPlanSequence", []):
            sessions = [item.get("CurrentFractionNumber") for item in record.get("TreatmentSessionBeamSequence", [])]
            fraction = next((str(number) for number in sessions if number is not None), str(path.name))
            days[plan.get("ReferencedSOPInstanceUID")][fraction] = _said(record, "TreatmentDate")
    return dict(days)


def _measures(region: Any) -> tuple[str, str]:
    """Largest axial diameter in cm and volume in cm3 of a region's closed contours."""
    import numpy as np
    from scipy.spatial.distance import pdist
    from shapely import MultiPoint

    slices: dict[float, list[np.ndarray]] = defaultdict(list)
    thickness = []
    for contour in region.get("ContourSequence", []):
        if not str(contour.get("ContourGeometricType", "")).startswith("CLOSED"):
            continue
        numbers = contour.get("ContourData") or []
        if len(numbers) != 3 * int(contour.get("NumberOfContourPoints") or len(numbers) // 3):
            raise Unreadable("a contour has not the points that it counts; is the file complete?")
        points = np.asarray(numbers, dtype=float).reshape(-1, 3)
        if np.ptp(points[:, 2]) > AXIAL_MM:
            return (Flawed("the region's contours are not axial."),) * 2
        slices[round(float(points[0, 2]), 1)].append(points[:, :2])
        thickness += [float(contour.ContourSlabThickness)] if contour.get("ContourSlabThickness") else []
    if not slices:
        return "", ""
    hulls = [np.asarray(MultiPoint(points).convex_hull.boundary.coords) for part in slices.values() for points in part]
    longest = max(pdist(hull).max() for hull in hulls if len(hull))
    distances = np.diff(sorted(slices)) if len(slices) > 1 else thickness
    area = sum(_area(part) for part in slices.values())
    volume = area * float(np.median(distances)) / 1000 if len(distances) else float("nan")
    return as_text(round(float(longest) / 10, 3)), as_text(round(volume, 3))


def _area(contours: list) -> float:
    """In mm2; what two contours of a slice both enclose is a hole."""
    from shapely import Polygon, make_valid, symmetric_difference

    rings = [make_valid(Polygon(points)) for points in contours if len(points) > 2]
    return float(reduce(symmetric_difference, rings, Polygon()).area)
