"""The folder that one uploads, opened file by file."""

import json
import re
import zipfile

import pypdf
import pytest
import yaml
from PIL import Image
from rocrate.rocrate import ROCrate

from oligomet.submission.checklists import NOT_REPORTED, fill_checklist
from oligomet.submission.pictures import write_picture

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt">'
    '<rect width="72" height="36" fill="#0b3c6f"/></svg>'
)


@pytest.fixture(scope="module")
def submission(own_run):
    """The submission of the run, with fewer dots an inch so that it takes less time."""
    journal = own_run.folder / "manuscript/journals/discover-oncology/journal.yml"
    text = journal.read_text(encoding="utf-8")
    assert "resolution_dpi: 600" in text
    journal.write_text(text.replace("resolution_dpi: 600", "resolution_dpi: 300"), encoding="utf-8")
    own_run.snakemake("--cores", "2", "submission")
    return own_run.results / "submission"


def words_of(docx):
    with zipfile.ZipFile(docx) as parts:
        xml = parts.read("word/document.xml").decode()
    return re.sub(r"<w:(?!tbl>)[^>]*>|</[^>]*>", "", xml).replace("\u00a0", " ")  # words, and where tables begin


def test_documents_figures_and_tables_are_there_under_their_numbers(submission):
    for document in ("paper", "supplement"):
        assert len(pypdf.PdfReader(submission / f"{document}.pdf").pages) > 5
        assert "<w:tbl>" in words_of(submission / f"{document}.docx")
    figures = {file.stem for file in (submission / "figures").glob("*.pdf")}
    assert {f"Figure {number}" for number in range(1, 7)} <= figures and "Supplementary Figure 1" in figures
    tables = {file.stem for file in (submission / "tables").iterdir()}
    assert {f"Table {number}" for number in range(1, 6)} <= tables and "Supplementary Table 3" in tables
    assert "survival" in words_of(submission / "tables/Table 4.docx")
    for file in (submission / "figures").glob("*.tiff"):
        with Image.open(file) as picture:
            assert picture.info["compression"] == "tiff_lzw" and picture.size[0] > 100


def test_the_checklists_name_sections_and_pages(submission):
    strobe = words_of(submission / "checklists/strobe.docx")
    assert "Participants: numbers at each stage" in strobe and ", p. " in strobe
    assert NOT_REPORTED not in strobe
    assert "not applicable" in words_of(submission / "checklists/remark.docx")


def test_an_item_without_a_section_is_not_reported(run, tmp_path):
    checklist = {"title": "A list", "items": [{"item": "1", "asks": "Nothing", "sections": ["sec-nowhere"]}]}
    (tmp_path / "list.yml").write_text(yaml.safe_dump(checklist))
    title, filled = fill_checklist(tmp_path / "list.yml", run.results / "manuscript/project")
    assert title == "A list" and filled["where"].tolist() == [NOT_REPORTED]


def test_pages_are_those_of_the_pdf(run, tmp_path):
    checklist = {"title": "", "items": [{"item": "1", "asks": "", "sections": ["sec-endpoints", "sec-limitations"]}]}
    (tmp_path / "list.yml").write_text(yaml.safe_dump(checklist))
    _, filled = fill_checklist(tmp_path / "list.yml", run.results / "manuscript/project")
    pages = pypdf.PdfReader(run.results / "manuscript/paper.pdf").pages
    for place in filled["where"][0].split("; "):
        heading, _, page = place.rpartition(", p. ")
        assert heading in " ".join(pages[int(page) - 1].extract_text().split())


def test_the_crate_names_every_file_and_its_metadata_are_complete(submission):
    crate = ROCrate(submission)
    root = {
        entity["@id"]: entity for entity in json.loads((submission / "ro-crate-metadata.json").read_text())["@graph"]
    }
    assert {"name", "description", "datePublished", "license"} <= set(root["./"])
    files = {part.relative_to(submission).as_posix() for part in submission.rglob("*") if part.is_file()}
    files -= {"ro-crate-metadata.json", ".snakemake_timestamp"}
    listed = {entity.id.replace("%20", " ") for entity in crate.get_entities() if "File" in str(entity.type)}
    assert files <= listed
    assert root["./"]["mainEntity"]["@id"] == "inputs/Snakefile"


def test_the_manifest_names_files_that_are_there(submission):
    codecheck = yaml.safe_load((submission / "codecheck.yml").read_text(encoding="utf-8"))
    assert codecheck["paper"]["title"] and len(codecheck["manifest"]) > 20
    assert [one["file"] for one in codecheck["manifest"] if not (submission / one["file"]).is_file()] == []


def test_a_picture_has_its_size_in_print(tmp_path):
    (tmp_path / "one.svg").write_text(SVG)
    files = write_picture(tmp_path / "one.svg", tmp_path / "Figure 1", ["tiff", "png"], 300)
    assert [file.name for file in files] == ["Figure 1.pdf", "Figure 1.tiff", "Figure 1.png"]
    page = pypdf.PdfReader(files[0]).pages[0].mediabox
    assert (round(page.width), round(page.height)) == (72, 36)
    with Image.open(files[1]) as picture:
        assert picture.size == (300, 150) and picture.getpixel((5, 5)) == (11, 60, 111)
