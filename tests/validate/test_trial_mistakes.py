"""What a trial declares and cannot mean, told in words."""

from pathlib import Path

import pytest

from oligomet.study import declared_in
from oligomet.validate.problems import told

TEXT = Path("studies/mito_rt3/study.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("competing: {LC: [node, brca]", "competing: {OS: [node, brca]",
         "secondary.competing.OS: the endpoint declares no competing event"),
        ("competing: {LC: [node, brca]", "competing: {LCC: [node, brca]",
         "secondary.competing.LCC: LCC is not a declared endpoint"),
        ("competing: {LC: [node, brca]", "competing: {LC: [nodes, brca]",
         "secondary.competing.LC: nodes is not a declared factor. Did you mean node"),
        ("landmark: {LC: [complete]", "landmark: {LC: [ptv]",
         "secondary.landmark.LC: expected a factor of the response at the first assessment"),
        ("landmarks_months: [5, 6]", "landmarks_months: []", "secondary.landmarks_months: found []"),
        ("prediction: # of", "radiomics: {images: {lesions.csv: dicom}}\nprediction: # of",
         "radiomics.images: lesions.csv is no file of sources.image_features"),
        ("prediction: # of", "radiomics: {images: {c04/radiomics.csv: dicom}, region: GTV}\nprediction: # of",
         "expected one group, the lesion's number; 'GTV' has 0"),
        ("image_features: [joint_entropy,", "image_features: [entropy,",
         "prediction: entropy is no column of outcomes/patients or outcomes/lesions"),
    ],
)  # fmt: skip
def test_it_is_told(tmp_path, old, new, expected):
    assert old in TEXT
    file = tmp_path / "study.yaml"
    file.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    assert expected in told(declared_in(file, "mito_rt3")[1])
