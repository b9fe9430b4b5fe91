"""A CT of noise with balls outlined in it, as a scanner and a planning system would write them."""

from pathlib import Path

import numpy as np
from pydicom import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, RTStructureSetStorage, generate_uid

PIXELS, EDGE_MM = 50, 2.0
SLICES = np.arange(-24, 25, EDGE_MM)


def dataset(**attributes) -> Dataset:
    made = Dataset()
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def save(made: Dataset, path: Path, kind: str) -> None:
    made.SOPClassUID = kind
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.file_meta.MediaStorageSOPClassUID, made.file_meta.MediaStorageSOPInstanceUID = kind, made.SOPInstanceUID
    made.save_as(path, enforce_file_format=True)


def write_scan(folder: Path, record: str, radii_mm: dict[str, float]) -> None:
    """The files of one patient: a slice each, and an RTSTRUCT with a ball of a radius for each name."""
    folder.mkdir(parents=True)
    study, series, frame = generate_uid(), generate_uid(), generate_uid()
    of_patient = {"PatientID": record, "PatientName": "Secret^Name", "StudyInstanceUID": study}
    noise = np.random.default_rng(1)
    slices = {}
    for number, height in enumerate(SLICES, 1):
        made = dataset(
            **of_patient, Modality="CT", SeriesInstanceUID=series, FrameOfReferenceUID=frame, InstanceNumber=number,
            ImagePositionPatient=[-EDGE_MM * (PIXELS - 1) / 2] * 2 + [float(height)],
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0], PixelSpacing=[EDGE_MM, EDGE_MM], SliceThickness=EDGE_MM,
            Rows=PIXELS, Columns=PIXELS, BitsAllocated=16, BitsStored=16, HighBit=15, PixelRepresentation=1,
            SamplesPerPixel=1, PhotometricInterpretation="MONOCHROME2", RescaleSlope=1, RescaleIntercept=0,
            SOPInstanceUID=generate_uid(),
        )  # fmt: skip
        made.PixelData = noise.normal(40, 10, (PIXELS, PIXELS)).round().astype(np.int16).tobytes()
        slices[height] = dataset(ReferencedSOPClassUID=CTImageStorage, ReferencedSOPInstanceUID=made.SOPInstanceUID)
        save(made, folder / f"slice{number:02d}.dcm", CTImageStorage)
    series_used = dataset(SeriesInstanceUID=series, ContourImageSequence=list(slices.values()))
    study_used = dataset(
        ReferencedSOPClassUID=RTStructureSetStorage,
        ReferencedSOPInstanceUID=study,
        RTReferencedSeriesSequence=[series_used],
    )
    structures = dataset(
        **of_patient, Modality="RTSTRUCT", SeriesInstanceUID=generate_uid(), SOPInstanceUID=generate_uid(),
        ReferencedFrameOfReferenceSequence=[
            dataset(FrameOfReferenceUID=frame, RTReferencedStudySequence=[study_used])
        ],
        StructureSetROISequence=[
            dataset(ROINumber=number, ROIName=name, ReferencedFrameOfReferenceUID=frame)
            for number, name in enumerate(radii_mm, 1)
        ],
        ROIContourSequence=[
            dataset(
                ReferencedROINumber=number,
                ContourSequence=[
                    circle(height, np.sqrt(radius**2 - height**2), slices[height])
                    for height in SLICES
                    if abs(height) < radius
                ],
            )
            for number, radius in enumerate(radii_mm.values(), 1)
        ],
    )  # fmt: skip
    save(structures, folder / "structures.dcm", RTStructureSetStorage)


def circle(height_mm: float, radius_mm: float, image: Dataset) -> Dataset:
    angle = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    points = np.column_stack([radius_mm * np.cos(angle), radius_mm * np.sin(angle), np.full(180, height_mm)])
    return dataset(
        ContourGeometricType="CLOSED_PLANAR",
        NumberOfContourPoints=len(points),
        ContourData=points.round(3).ravel().tolist(),
        ContourImageSequence=[image],
    )
