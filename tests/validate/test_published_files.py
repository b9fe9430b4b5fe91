"""What a study has under published/ is read through with the rest, before anything runs."""

import shutil
from pathlib import Path

import pytest

from oligomet.study import read_study
from oligomet.validate.problems import told
from oligomet.validate.published_files import check_published

STUDY = read_study("studies/pumch2022/study.yaml")


@pytest.fixture
def published(tmp_path):
    return Path(shutil.copytree("studies/pumch2022/published", tmp_path / "published"))


def edit(file: Path, old: str, new: str):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_what_is_shipped_is_right_and_nothing_is_asked_of_a_study_without(published, tmp_path):
    assert check_published(published, STUDY) == []
    assert check_published(tmp_path / "elsewhere", STUDY) == []


def test_everything_is_told_at_once_with_file_row_and_column(published):
    literature = published / "literature.csv"
    edit(literature, "study_id,label", "study_id,lable")
    edit(literature, "ovarian,2022,Discov", "kidney,twenty,Discov")
    edit(literature, ",142,142,", ",142,-3,")
    edit(literature, ",confirmed,", ",sure,")
    edit(published / "claims.yaml", "claims:", "claims:\n  Title: [{row: 3}]")
    text = told(check_published(published, STUDY))
    assert "literature.csv: column label is missing. Did you mean lable?" in text
    assert 'literature.csv, row 2, column year: the cell cannot be read (found: "twenty")\n  Expected a whole' in text
    assert "row 2, column n_ovarian_patients: the cell cannot be read" in text and "Expected at least 0." in text
    assert "row 3, column status" in text and "Expected one of this study, confirmed" in text
    assert "series of the kind kidney, and tables.table5.series has no label for it" in text
    assert "claims.yaml, line " in text and "states nothing" in text


def test_a_file_that_is_no_table_is_told_in_words(published):
    (published / "literature.csv").write_bytes(b"study_id,label\n\xff\xfe,1\n")
    assert "is not text in utf-8" in told(check_published(published, STUDY))
