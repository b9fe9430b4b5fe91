"""DICOM-RT as planning systems write it, and pydicom's own rtplan.dcm. A target of known size, in contours."""

from pathlib import Path

import numpy as np
import pytest
from exports import STUDY, cells, extract, problems, source
from pydicom import Dataset, FileMetaDataset
from pydicom.data import get_testdata_file
from pydicom.uid import ExplicitVRLittleEndian, RTPlanStorage, generate_uid

from oligomet.extract.redcap import make_dictionary
from oligomet.schemas import SOURCES

PLAN = {
    "patient_id": "PatientID",
    "fractions": "NumberOfFractionsPlanned",
    "ptv_dose_gy": "TargetPrescriptionDose",
    "ptv_fraction_gy": "DosePerFraction",
    "technique": "Technique",
    "start_date": "FirstFraction",
    "end_date": "LastFraction",
    "lesion_number": {"header": "DoseReferenceDescription", "pattern": r"PTV\D*(\d+)"},
}


def dataset(**attributes) -> Dataset:
    made = Dataset()
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


def write(path: Path, **attributes) -> Dataset:
    made = dataset(PatientID="OV-007", PatientName="Secret^Name", SOPInstanceUID=generate_uid(), **attributes)
    made.SOPClassUID = RTPlanStorage  # of every kind: the modality tells what it is
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    path.parent.mkdir(exist_ok=True)
    made.save_as(path, enforce_file_format=True)
    return made


def plan(path, targets, fractions=5, kind="DYNAMIC", turning=("CW", None, "NONE"), model="Linac", beam_dose=None):
    dose = {"BeamDose": beam_dose} if beam_dose else {}
    points = [dataset(ControlPointIndex=at, GantryRotationDirection=way) for at, way in enumerate(turning)]
    beam = dataset(BeamNumber=1, BeamType=kind, NumberOfControlPoints=len(points), ControlPointSequence=points)
    setup = dataset(BeamNumber=2, BeamType="STATIC", TreatmentDeliveryType="SETUP", ControlPointSequence=[])
    return write(
        path,
        Modality="RTPLAN",
        RTPlanLabel="SBRT liver",
        RTPlanDate="20190301",
        ManufacturerModelName=model,
        DoseReferenceSequence=[
            dataset(DoseReferenceNumber=at, DoseReferenceType=type_, DoseReferenceDescription=name, **limits)
            for at, (type_, name, limits) in enumerate(targets, 1)
        ],
        FractionGroupSequence=[
            dataset(
                FractionGroupNumber=1,
                NumberOfFractionsPlanned=fractions,
                ReferencedBeamSequence=[dataset(ReferencedBeamNumber=1, **dose)],
            )
        ],
        BeamSequence=[beam, setup],
    )


def target(name, dose):
    return "TARGET", name, {"TargetPrescriptionDose": dose}


def test_a_plan_is_a_row_for_each_target_with_the_days_on_which_it_was_treated(tmp_path):
    made = plan(
        tmp_path / "dicom/plan.dcm",
        [target("PTV 1", 40.0), ("ORGAN_AT_RISK", "liver", {"OrganAtRiskMaximumDose": 15}), target("PTV 2", 35.0)],
    )
    for number, day in enumerate(["20190305", "20190307", "20190309"], 1):
        write(
            tmp_path / f"dicom/record{number}",
            Modality="RTRECORD",
            TreatmentDate=day,
            ReferencedRTPlanSequence=[dataset(ReferencedSOPInstanceUID=made.SOPInstanceUID)],
            TreatmentSessionBeamSequence=[dataset(CurrentFractionNumber=number)],
        )
    write(tmp_path / "dicom/ct1.dcm", Modality="CT", StudyDate="20190220")
    rows = extract(tmp_path, plans=source("dicom", format="rtplan", columns=PLAN))["plans"]
    assert cells(rows, "lesion_number", "ptv_dose_gy", "ptv_fraction_gy", "file", "row") == [
        ["1", "40", "8", "dicom/plan.dcm", 1],
        ["2", "35", "7", "dicom/plan.dcm", 2],
    ]
    assert cells(rows, "patient_id", "fractions", "technique", "start_date", "end_date")[0] == [
        *("OV-007", "5", "VMAT", "2019-03-05", "2019-03-09"),
    ]
    assert "Secret" not in rows.to_string()


@pytest.mark.parametrize(
    ("beams", "technique"),
    [
        ({}, "VMAT"),
        ({"turning": ("NONE", "NONE", "NONE")}, "IMRT"),
        ({"kind": "STATIC", "turning": ("NONE", "NONE")}, "3D-CRT"),
        ({"kind": "STATIC", "turning": ("CW", "NONE")}, "arc"),
        ({"model": "TomoTherapy Hi-Art"}, "tomotherapy"),
    ],
)
def test_the_technique_is_told_by_the_beams(tmp_path, beams, technique):
    plan(tmp_path / "plan.dcm", [target("PTV1", 50)], **beams)
    rows = extract(tmp_path, plans=source("plan.dcm", format="rtplan", columns=PLAN))["plans"]
    assert rows["technique"].tolist() == [technique]
    assert rows["start_date"].tolist() == [""]  # nothing says when it was treated


def test_a_plan_without_a_prescription_has_the_dose_of_its_beams(tmp_path):
    plan(tmp_path / "plan.dcm", [], fractions=25, beam_dose=1.8)
    rows = extract(tmp_path, plans=source("plan.dcm", format="rtplan", columns=PLAN))["plans"]
    assert cells(rows, "fractions", "ptv_dose_gy", "ptv_fraction_gy", "lesion_number") == [["25", "45", "1.8", ""]]


def test_a_plan_of_another_system():
    path = Path(get_testdata_file("rtplan.dcm"))
    rows = extract(path.parent, plans=source(path.name, format="rtplan", columns=PLAN))["plans"]
    assert cells(rows, "patient_id", "fractions", "ptv_dose_gy", "ptv_fraction_gy", "technique") == [
        ["id00001", "30", "30.826203", "1.0275401", "3D-CRT"],
    ]


def test_a_registry_in_redcap_plans_as_dicom_and_follow_up_as_text_are_one_study(tmp_path):
    plan(tmp_path / "dicom/plan1", [target("PTV 1", 40.0), target("PTV 2", 35.0)])
    (tmp_path / "dictionary.csv").write_text(make_dictionary(SOURCES, STUDY.terms), encoding="utf-8")
    (tmp_path / "registry.csv").write_text(
        "record_id,redcap_repeat_instrument,redcap_repeat_instance,lesions_lesion_number,lesions_site\n"
        "OV-007,lesions,1,1,liver\nOV-007,lesions,2,2,bone\n"
    )
    (tmp_path / "follow_up.csv").write_text("Nummer;Tag;Status\nOV-007;1.2.2020;lebt\n", encoding="utf-16")
    registry = {"format": "redcap", "dictionary": "dictionary.csv", "instrument": "lesions"}
    lesions = {"patient_id": "record_id", "lesion_number": "lesions_lesion_number", "site": "lesions_site"}
    found = extract(
        tmp_path,
        lesions=source("registry.csv", **registry, columns=lesions),
        plans=source("dicom", format="rtplan", columns=PLAN),
        follow_up=source("follow_up.csv", columns={"patient_id": "Nummer", "date": "Tag", "status": "Status"}),
    )
    joined = (
        found["lesions"]
        .merge(found["plans"], on=["patient_id", "lesion_number"])
        .merge(found["follow_up"], on="patient_id")
    )
    assert cells(joined, "site", "ptv_dose_gy", "status") == [["liver", "40", "lebt"], ["bone", "35", "lebt"]]


# ---------------------------------------------------------------------------------------------------- structures


def ring(radius_mm, z_mm, centre=(0.0, 0.0), points=360):
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    x, y = centre[0] + radius_mm * np.cos(angle), centre[1] + radius_mm * np.sin(angle)
    points = np.column_stack([x, y, np.full_like(x, z_mm)]).round(4)
    data = points.ravel().tolist()
    return dataset(ContourGeometricType="CLOSED_PLANAR", NumberOfContourPoints=len(points), ContourData=data)


def structures(path, **regions):
    write(
        path,
        Modality="RTSTRUCT",
        StructureSetLabel="plan",
        StructureSetDate="20190225",
        StructureSetROISequence=[dataset(ROINumber=at, ROIName=name) for at, name in enumerate(regions, 1)],
        RTROIObservationsSequence=[
            dataset(ReferencedROINumber=at, RTROIInterpretedType="GTV") for at, _ in enumerate(regions, 1)
        ],
        ROIContourSequence=[
            dataset(ReferencedROINumber=at, ContourSequence=contours)
            for at, contours in enumerate(regions.values(), 1)
            if contours
        ],
    )


SIZES = {"patient_id": "PatientID", "site": "ROIName", "gtv_diameter_cm": "LargestAxialDiameter", "volume": "Volume"}


def test_the_size_of_a_region_from_its_contours(tmp_path):
    slices = np.arange(0, 30, 3.0)  # ten of 3 mm
    structures(
        tmp_path / "rs.dcm",
        cylinder=[ring(15, z) for z in slices],
        hollow=[ring(radius, z) for z in slices for radius in (15, 5)],
        cone=[ring(15 - z / 3, z) for z in slices],
        two_parts=[ring(5, z, centre) for z in slices for centre in ((0, 0), (100, 0))],
        one_slice=[ring(10, 0)],
        empty=[],
    )
    rows = extract(tmp_path, lesions=source("rs.dcm", format="rtstruct", columns=SIZES))["lesions"]
    sizes = {name: (diameter, volume) for name, diameter, volume in cells(rows, "site", "gtv_diameter_cm", "volume")}
    assert sizes["one_slice"] == ("2", "") and sizes["empty"] == ("", "")
    assert [sizes[name][0] for name in ("cylinder", "hollow", "cone", "two_parts")] == ["3", "3", "3", "1"]
    expected = {
        "cylinder": np.pi * 1.5**2 * 3,
        "hollow": np.pi * (1.5**2 - 0.5**2) * 3,
        "cone": np.pi * 0.3 * sum((1.5 - z / 30) ** 2 for z in slices),
        "two_parts": 2 * np.pi * 0.5**2 * 3,
    }
    for name, volume in expected.items():
        assert float(sizes[name][1]) == pytest.approx(volume, rel=1e-3)  # a ring of 360 points is no circle
    assert rows["row"].tolist() == [1, 2, 3, 4, 5, 6]


def test_thirty_millimetres_of_contours_with_a_point_each_five_degrees(tmp_path):
    """A cylinder 30 mm wide and high has 21.21 cc, one of 72 sides 21.18; a ball of 30 mm has 14.14 cc."""
    thin = np.arange(-14.5, 15, 1.0)
    structures(
        tmp_path / "rs.dcm",
        cylinder=[ring(15, z, points=72) for z in np.arange(0, 30, 3.0)],
        ball=[ring(np.sqrt(15**2 - z**2), z, points=72) for z in thin],
        ball_through_its_centre=[ring(np.sqrt(15**2 - z**2), z, points=72) for z in np.arange(-12, 13, 3.0)],
    )
    rows = extract(tmp_path, lesions=source("rs.dcm", format="rtstruct", columns=SIZES))["lesions"]
    sizes = {name: (float(diameter), float(volume)) for name, diameter, volume in cells(
        rows, "site", "gtv_diameter_cm", "volume"
    )}  # fmt: skip
    assert sizes["cylinder"] == (3.0, pytest.approx(21.18, abs=0.005))
    assert sizes["ball"] == (pytest.approx(3.0, abs=0.002), pytest.approx(14.14, rel=0.003))
    assert sizes["ball_through_its_centre"][0] == 3.0


def test_only_the_regions_that_are_targets(tmp_path):
    structures(tmp_path / "a/rs.dcm", GTV1=[ring(10, 0), ring(10, 3)], body=[ring(200, 0)])
    structures(tmp_path / "b/rs.dcm", body=[ring(200, 0)])
    declared = source("*/rs.dcm", format="rtstruct", columns=SIZES, where={"ROIName": ["GTV1", "GTV2"]})
    assert cells(extract(tmp_path, lesions=declared)["lesions"], "site", "file") == [["GTV1", "a/rs.dcm"]]
    nobody = source("*/rs.dcm", format="rtstruct", columns=SIZES, where={"ROIName": "GTV"})
    said = problems(tmp_path, lesions=nobody)
    assert said.split("\n") == [
        "*/rs.dcm: none of 3 rows meets sources.lesions.where.",
        "*/rs.dcm: column 'ROIName' holds 2 other texts.",
    ]


# ---------------------------------------------------------------------------------------------------- what is said


def test_what_is_no_plan_or_was_cut_off_is_told(tmp_path):
    plan(tmp_path / "whole.dcm", [target("PTV1", 50)])
    content = (tmp_path / "whole.dcm").read_bytes()
    for name, kept in (("half.dcm", len(content) // 2), ("nearly.dcm", len(content) - 120)):
        (tmp_path / name).write_bytes(content[:kept])
    (tmp_path / "text.dcm").write_text("no DICOM here\n" * 50)
    write(tmp_path / "scans/ct.dcm", Modality="CT")
    said = problems(
        tmp_path,
        patients=source("half.dcm", format="rtplan", columns=PLAN),
        lesions=source("nearly.dcm", format="rtplan", columns=PLAN),
        plans=source("text.dcm", format="rtplan", columns=PLAN),
        surgeries=source("scans", format="rtplan", columns=PLAN),
        therapies=source("none", format="rtplan", columns=PLAN),
    )
    for name in ("half", "nearly", "text"):
        assert f"{name}.dcm: " in said
    assert said.count("is it complete?") == 3
    assert "scans: there is no RTPLAN among 1 files." in said
    assert "none: there is no such file" in said


def test_contours_that_have_no_axial_diameter(tmp_path):
    tilted = ring(10, 0)
    tilted.ContourData = [*tilted.ContourData[:-1], 30.0]
    structures(tmp_path / "rs.dcm", GTV1=[tilted])
    said = problems(tmp_path, lesions=source("rs.dcm", format="rtstruct", columns=SIZES))
    assert "rs.dcm: row 1, column 'LargestAxialDiameter': the region's contours are not axial." in said
    short = ring(10, 0)
    short.NumberOfContourPoints = 400
    structures(tmp_path / "rs.dcm", GTV1=[short])
    said = problems(tmp_path, lesions=source("rs.dcm", format="rtstruct", columns=SIZES))
    assert "rs.dcm: a contour has not the points that it counts; is the file complete?" in said
