"""The optional environment of image features, against the digital phantom of IBSI and a ball of known size.

The phantom is that of the reference manual (Zwanenburg 2016, arXiv 1612.07003), its values those of the same, 3D and
merged over directions where there is a choice, as published: to three digits.
"""

import csv
import json
import subprocess
import warnings
from pathlib import Path

import numpy as np
import pytest
from made_up_scan import write_scan

from whole_run import Run, copy_repository

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-radiomics/bin/python"
PROGRAM = ROOT / "envs/radiomics/compute_features.py"
SAID = "the environment of image features is not installed (make radiomics): nothing of mirp was checked"
if not PYTHON.exists():
    warnings.warn(SAID, stacklevel=1)
pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason=SAID)

OUT = 0  # a voxel that is not of the region; its grey level is anything
PHANTOM = np.array(
    [
        [[1, 4, 4, 1, 1], [1, 4, 6, 1, 1], [4, 1, 6, 4, 1], [4, 4, 6, 4, 1]],
        [[1, 4, 4, 1, 1], [1, 1, 6, 1, 1], [OUT, 1, 3, 1, 1], [4, 4, 6, 1, 1]],
        [[1, 4, 4, OUT, OUT], [1, 1, 1, 1, 1], [1, 1, OUT, 1, 1], [1, 1, 6, 1, 1]],
        [[1, 4, 4, OUT, OUT], [1, 1, 1, 1, 1], [1, 1, 1, 1, 1], [1, 1, 6, 1, 1]],
    ]
)
EDGE = 2.0  # mm of a voxel of the phantom; an array is taken to have voxels of 1 mm
CUBIC, SQUARE, LINEAR = EDGE**3, EDGE**2, EDGE
PUBLISHED = {  # name in mirp: the value of the manual, its tolerance, by how much a voxel of 2 mm has more
    "morph_volume": (556, 4, CUBIC),
    "morph_vol_approx": (592, 4, CUBIC),
    "morph_area_mesh": (388, 3, SQUARE),
    "morph_diam": (13.1, 0.1, LINEAR),
    "morph_sphericity": (0.843, 0.005, 1),
    "morph_asphericity": (0.186, 0.001, 1),
    "morph_pca_elongation": (0.816, 0.005, 1),
    "morph_pca_flatness": (0.749, 0.005, 1),
    "morph_moran_i": (0.0397, 0.0003, 1),
    "stat_mean": (2.15, 0.005, 1),
    "stat_var": (3.05, 0.005, 1),
    "stat_skew": (1.08, 0.005, 1),
    "stat_kurt": (-0.355, 0.0005, 1),
    "stat_energy": (567, 0.5, 1),
    "stat_rms": (2.77, 0.005, 1),
    "ih_entropy_fbn_n6": (1.27, 0.005, 1),
    "cm_joint_max_d1_3d_v_mrg_fbn_n6": (0.509, 0.0005, 1),
    "cm_joint_var_d1_3d_v_mrg_fbn_n6": (3.13, 0.005, 1),
    "cm_joint_entr_d1_3d_v_mrg_fbn_n6": (2.57, 0.005, 1),
    "cm_contrast_d1_3d_v_mrg_fbn_n6": (5.12, 0.005, 1),
    "cm_corr_d1_3d_v_mrg_fbn_n6": (0.183, 0.0005, 1),
    "rlm_sre_3d_v_mrg_fbn_n6": (0.729, 0.0005, 1),
    "szm_sze_3d_fbn_n6": (0.255, 0.0005, 1),
    "dzm_sde_3d_fbn_n6": (1.0, 0.005, 1),
    "ngt_coarseness_3d_fbn_n6": (0.0296, 0.00005, 1),
    "ngt_busyness_3d_fbn_n6": (6.54, 0.005, 1),
    "ngl_lde_d1_a0.0_3d_fbn_n6": (0.045, 0.0005, 1),
}


@pytest.fixture(scope="module")
def of_phantom() -> dict[str, float]:
    code = (
        "import json, sys, numpy as np; from compute_features import features_of; "
        "image, mask, names = json.load(sys.stdin); "
        "print(json.dumps(features_of(names, None, None, image=np.array(image, float), mask=np.array(mask), "
        "image_modality='ct')))"
    )
    asked = json.dumps([PHANTOM.tolist(), (PHANTOM != OUT).astype(int).tolist(), list(PUBLISHED)])
    run = subprocess.run(
        [PYTHON, "-c", code], input=asked, capture_output=True, text=True, check=True, cwd=PROGRAM.parent
    )
    return json.loads(run.stdout)


@pytest.mark.parametrize("name", PUBLISHED)
def test_features_of_the_digital_phantom_are_the_published_ones(of_phantom, name):
    published, tolerance, larger = PUBLISHED[name]
    assert of_phantom[name] * larger == pytest.approx(published, abs=tolerance)


def test_lesions_of_dicom_get_a_row_each_and_nobody_is_named_but_by_the_record(tmp_path):
    write_scan(tmp_path / "dicom/one", "OV-007", {"GTV 1": 15.0, "GTV 2": 8.0, "body": 22.0})
    write_scan(tmp_path / "dicom/two", "OV-008", {"spleen": 10.0})
    (tmp_path / "dicom/three").mkdir()
    features = ["morph_volume", "morph_sphericity", "cm_joint_entr_d1_3d_v_mrg_fbs_w25.0"]
    run = subprocess.run(
        [PYTHON, PROGRAM, tmp_path / "dicom", tmp_path / "table.csv", "--region", r"GTV\D*(\d+)", "--record=Record",
         *(f"--feature={name}" for name in features)],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    with (tmp_path / "table.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["Record", "lesion_number", *features]
    assert [(row["Record"], row["lesion_number"]) for row in rows] == [("OV-007", "1"), ("OV-007", "2")]
    for row, radius in zip(rows, (15.0, 8.0), strict=True):
        assert float(row["morph_volume"]) == pytest.approx(4 / 3 * np.pi * radius**3, rel=0.06)  # of voxels, 2 mm apart
    left_out = (tmp_path / "table.left_out.csv").read_text(encoding="utf-8")
    assert "two,,no region matches" in left_out and "three,,expected one RTSTRUCT; found 0" in left_out
    assert "OV-00" not in run.stdout + run.stderr and "Secret" not in run.stdout + run.stderr + left_out
    assert {path.name for path in tmp_path.iterdir()} == {"dicom", "table.csv", "table.left_out.csv"}


def test_a_study_that_declares_its_images_gets_its_table(tmp_path):
    made = Run(copy_repository(tmp_path / "oligomet"))
    (made.folder / ".venv-radiomics").symlink_to(PYTHON.parents[1])
    study = made.folder / "studies/mito_rt3"
    declared = (study / "study.yaml").read_text(encoding="utf-8")
    images = "radiomics: {images: {c04/radiomics.csv: c04/dicom}, spacing_mm: 2}\n"
    (study / "study.yaml").write_text(declared + images, encoding="utf-8")
    write_scan(study / "raw/c04/dicom/one", "9", {"GTV1": 12.0, "lung": 20.0})
    said = made.snakemake("radiomics", "--cores", "1", "--config", "study=mito_rt3")
    with (study / "raw/c04/radiomics.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["Record"], row["Lesion"]) for row in rows] == [("9", "1")]
    assert 0.8 < float(rows[0]["morph_sphericity"]) < 1
    assert float(rows[0]["cm_joint_entr_d1_3d_v_mrg_fbs_w25.0"]) > 0
    log = (made.folder / "results/mito_rt3/logs/radiomics_0.log").read_text(encoding="utf-8")
    assert log == "1 lesions with features; 0 entries in radiomics.left_out.csv\n"
    assert "Secret" not in said + log
