"""Image features by the definitions of IBSI, of the lesions that an RTSTRUCT outlines: a table that a study can read.

Runs in an environment of its own, see README.md beside it; mirp (EUPL-1.2) computes. What mirp would write or log names
patients, so that it writes nothing and its log is closed: the table has the record number (PatientID), the number of
the lesion and the features that were asked for, and lies where the hospital's other exports lie.

    python compute_features.py IMAGES TABLE --region 'GTV\\D*(\\d+)' --feature morph_sphericity ...
"""

from __future__ import annotations

import argparse
import csv
import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

# What the name of a feature begins with, and what mirp calls the family.
FAMILIES = {"cm": "cm", "dzm": "dzm", "ih": "ih", "ivh": "ivh", "loc": "loc_int", "morph": "morph", "ngl": "ngldm",
            "ngt": "ngtdm", "rlm": "rlm", "stat": "stat", "szm": "szm"}  # fmt: skip
LOWEST_HU, HIGHEST_HU = -1000.0, 3000.0


@contextmanager
def silence() -> Iterator[None]:
    """Nothing of what happens in here is printed or logged, as it would name patients."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        try:
            yield
        finally:
            logging.disable(before)


def features_of(names: list[str], bin_width: float | None, spacing_mm: float | None, **images) -> dict[str, float]:
    """The named features of one region.

    Parameters
    ----------
    names
        As mirp calls them, e.g. morph_sphericity.
    bin_width
        Of grey levels, e.g. 25 HU; None: six bins, as there are grey levels in IBSI's digital phantom.
    spacing_mm
        Of the voxels to which image and region are interpolated; None: as they are.
    images
        What mirp's `extract_features` takes: folders and the name of a region, or arrays.

    Raises
    ------
    LookupError
        If there is no such region, or mirp has no feature of a name.
    """
    from mirp import extract_features

    if bin_width is None:
        grey = {"base_discretisation_method": "fixed_bin_number", "base_discretisation_n_bins": 6}
    else:
        grey = {"base_discretisation_method": "fixed_bin_size", "base_discretisation_bin_width": float(bin_width),
                "resegmentation_intensity_range": [LOWEST_HU, HIGHEST_HU]}  # fmt: skip
    families = {name.partition("_")[0] for name in names}
    if unknown := families - set(FAMILIES):
        raise LookupError(f"features begin with {', '.join(FAMILIES)}; found {', '.join(sorted(unknown))}")
    with silence():
        found = extract_features(
            **images, **grey, new_spacing=spacing_mm, base_feature_families=sorted(map(FAMILIES.get, families)),
            write_features=False, export_features=True,
        )  # fmt: skip
    if not found or len(found[0]) != 1:
        raise LookupError("no such region, or an empty one")
    row = found[0].iloc[0]
    if absent := [name for name in names if name not in row]:
        near = [column for column in found[0].columns if column.startswith(absent[0].rsplit("_", 1)[0])]
        raise LookupError(f"mirp has no feature {', '.join(absent)}; it has {', '.join(near[:5]) or 'nothing like it'}")
    return {name: float(row[name]) for name in names}


def outlined(folder: Path) -> tuple[str, list[str]]:
    """The record number of a patient's folder, and the names of the regions of its one RTSTRUCT.

    Raises
    ------
    LookupError
        If it does not have one RTSTRUCT.
    """
    from pydicom import dcmread
    from pydicom.errors import InvalidDicomError

    found = []
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            try:
                dataset = dcmread(file, stop_before_pixels=True)
            except InvalidDicomError:
                continue
            if dataset.get("Modality") == "RTSTRUCT":
                found.append(dataset)
    if len(found) != 1:
        raise LookupError(f"expected one RTSTRUCT; found {len(found)}")
    return str(found[0].PatientID), [str(region.ROIName) for region in found[0].StructureSetROISequence]


def compute(
    images: Path, region: str, names: list[str], bin_width: float, spacing_mm: float, modality: str
) -> tuple[list[list], list[list]]:
    """Rows of the table, and of what was left out: folder, region and why. Each patient has a folder below `images`."""
    rows, left_out = [], []
    for folder in sorted(path for path in images.iterdir() if path.is_dir()):
        try:
            record, regions = outlined(folder)
        except LookupError as reason:
            left_out.append([folder.name, "", str(reason)])
            continue
        matches = {name: match for name in regions if (match := re.fullmatch(region, name))}
        if not matches:
            left_out.append([folder.name, "", f"no region matches {region}"])
        for name, match in matches.items():
            try:
                found = features_of(
                    names, bin_width, spacing_mm, image=str(folder), mask=str(folder), roi_name=[name],
                    image_modality=modality, mask_modality="rtstruct",
                )  # fmt: skip
            except Exception as problem:  # whatever mirp stumbles over is told, and the others go on
                left_out.append([folder.name, name, f"{type(problem).__name__}: {problem}"])
                continue
            rows.append([record, match[1] if match.groups() else name, *found.values()])
    return rows, left_out


def write(path: Path, header: list[str], rows: list[list]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images", type=Path, help="a folder with a folder of DICOM files for each patient")
    parser.add_argument("table", type=Path, help="the CSV file to write")
    parser.add_argument("--region", required=True, help="regular expression: regions that are lesions, (number)")
    parser.add_argument("--feature", action="append", required=True, help="a feature, as mirp calls it; several times")
    parser.add_argument("--record", default="patient_id", help="heading of the record number")
    parser.add_argument("--lesion", default="lesion_number", help="heading of the lesion's number")
    parser.add_argument("--bin-width", type=float, default=25.0, help="of grey levels")
    parser.add_argument("--spacing-mm", type=float, default=1.0, help="of the voxels interpolated to")
    parser.add_argument("--modality", default="ct")
    asked = parser.parse_args(arguments)
    rows, left_out = compute(
        asked.images, asked.region, asked.feature, asked.bin_width, asked.spacing_mm, asked.modality
    )
    write(asked.table, [asked.record, asked.lesion, *asked.feature], rows)
    write(asked.table.with_suffix(".left_out.csv"), ["folder", "region", "reason"], left_out)
    print(f"{len(rows)} lesions with features; {len(left_out)} entries in {asked.table.stem}.left_out.csv")
    return 0 if rows else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
