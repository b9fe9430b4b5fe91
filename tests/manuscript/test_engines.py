import io
import re
import subprocess
import zipfile
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pypandoc
import pypdf
import pytest
from small_paper import PAPER, small_paper

from oligomet.manuscript import engines, word
from oligomet.manuscript.engines import choose_engine, render
from oligomet.templates import ManuscriptError


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    """The small paper in its three formats, by the bundled engine."""
    return render(small_paper(tmp_path_factory.mktemp("project")), "pandoc")


def words_of_docx(file):
    with zipfile.ZipFile(file) as parts:
        xml = parts.read("word/document.xml").decode()
    return " ".join(re.sub(r"<[^>]+>", "", re.sub(r"</w:p>", " ", xml)).split())


def words_of_pdf(file):
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(file).pages).split())


def words_of_html(file):
    body = file.read_text(encoding="utf-8").partition("<body>")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"</(a|span|em)>", "", body)).split())


@pytest.mark.parametrize(
    ("kind", "words_of"), [("html", words_of_html), ("pdf", words_of_pdf), ("docx", words_of_docx)]
)
def test_each_format_has_its_values_numbers_and_citations(papers, kind, words_of):
    words = words_of(papers[kind]).replace("\u00a0", " ").replace("\u200b", "")

    assert "Of 189 lesions." in words
    assert "See Figure 1, Table 1 and Section 1." in re.sub(r" (?=[.,;])", "", words)
    assert "in Section 2.1" in words  # the section further down knows its number
    assert "Figure 1. A curve that falls" in words
    assert "Table 1. Response" in words
    assert "Complete" in words and "Of evaluable lesions." in words
    assert re.search(r"\(see Cox 1972, ?2\)", words)
    assert "Regression Models and Life-Tables" in words  # the bibliography
    assert "?" not in words


def test_html_is_complete_in_itself(papers):
    page = papers["html"].read_text(encoding="utf-8")

    assert 'src="data:image/svg+xml' in page
    assert "max-width: 40em" in page
    assert not re.search(r'(src|href)="(?!data:|#|https://doi|\.\./notebooks/one\.html#)', page)
    assert "<math" in page  # formulas without a script
    assert 'href="#fig-curve"' in page and 'id="fig-curve"' in page
    assert 'href="#tbl-response"' in page and 'id="tbl-response"' in page


def test_a_row_with_one_cell_is_a_heading_over_all_columns(papers):
    assert re.search(r'<td colspan="2"[^>]*><strong>Early', papers["html"].read_text(encoding="utf-8"))


def test_every_file_says_that_its_data_are_synthetic(papers):
    assert '<meta name="keywords" content="synthetic data"' in papers["html"].read_text(encoding="utf-8")
    about = pypdf.PdfReader(papers["pdf"]).metadata
    assert about.title == "A small paper" and "synthetic data" in about["/Keywords"] and about.subject == "synthetic"
    with zipfile.ZipFile(papers["docx"]) as parts:
        core = parts.read("docProps/core.xml").decode()
    assert "<cp:keywords>synthetic data</cp:keywords>" in core and "<dc:subject>synthetic</dc:subject>" in core


def test_word_gets_pixels_and_links_within(papers):
    with zipfile.ZipFile(papers["docx"]) as parts:
        assert [Path(name).suffix for name in parts.namelist() if name.startswith("word/media/")] == [".png"]
        xml = parts.read("word/document.xml").decode()
    assert 'w:anchor="fig-curve"' in xml and 'w:name="fig-curve"' in xml
    assert 'w:anchor="tbl-response"' in xml and 'w:name="tbl-response"' in xml


def test_word_has_numbered_pages_and_lines_and_whole_rows(papers):
    with zipfile.ZipFile(papers["docx"]) as parts:
        xml = parts.read("word/document.xml").decode()
        footers = [parts.read(name).decode() for name in parts.namelist() if re.match(r"word/footer\d", name)]
    assert "<w:lnNumType" in xml and "<w:footerReference" in xml
    assert any('w:instr=" PAGE "' in footer for footer in footers)
    assert xml.count("<w:cantSplit") == len(re.findall("<w:tr[ >]", xml)) > 0


def test_a_column_of_word_has_room_for_its_longest_word(tmp_path):
    heads = ["Series", "Radiotherapy", "Patients", "Lesions", "Complete response", "Local control", "Toxicity"]
    cells = [
        "A series with a long name",
        "a few words of what was done, in many fractions",
        "142",
        "189",
        "x",
        "y",
        "none of it",
    ]
    rows = "\n".join(f"| {' | '.join(row)} |" for row in (heads, ["---"] * 7, cells))
    paper = f"## Results {{#sec-results}}\n\n::: {{#tbl-wide}}\n{rows}\n\nSeries\n:::\n"
    with zipfile.ZipFile(render(small_paper(tmp_path, **{"paper.qmd": paper}), "pandoc", ("docx",))["docx"]) as parts:
        xml = parts.read("word/document.xml").decode()
    widths = [int(width) / 20 for width in re.findall(r'<w:gridCol w:w="(\d+)"', xml)]  # points
    for head, width in zip(heads, widths, strict=True):
        assert width >= 4.2 * max(map(len, head.split())), head  # of letters of 8 points


def test_two_runs_give_the_same_bytes(papers, tmp_path, monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    again = render(small_paper(tmp_path), "pandoc")
    for kind, file in papers.items():
        assert again[kind].read_bytes() == file.read_bytes(), kind


def test_a_reference_to_nothing_is_a_mistake(tmp_path):
    project = small_paper(tmp_path, **{"paper.qmd": PAPER.replace("See @fig-curve", "See @fig-bend")})
    with pytest.raises(ManuscriptError, match="nothing in the paper is called @fig-bend"):
        render(project, "pandoc", ("html",))


def test_typst_that_stumbles_over_floats_is_asked_again_without(tmp_path, monkeypatch):
    import typst

    compile, asked = typst.compile, []

    def stumble(*arguments, sys_inputs, **options):
        asked.append(sys_inputs["floats"])
        if sys_inputs["floats"] == "yes":
            raise typst.TypstError("internal error: parent group")
        return compile(*arguments, sys_inputs=sys_inputs, **options)

    monkeypatch.setattr(typst, "compile", stumble)
    assert render(small_paper(tmp_path), "pandoc", ("pdf",))["pdf"].stat().st_size > 0
    assert asked == ["yes", "no"]


def test_auto_takes_quarto_where_it_is_found(monkeypatch):
    monkeypatch.setattr(engines.shutil, "which", lambda name: "/usr/bin/quarto")
    assert [choose_engine(name) for name in ("auto", "quarto", "pandoc")] == ["quarto", "quarto", "pandoc"]
    monkeypatch.setattr(engines.shutil, "which", lambda name: None)
    assert [choose_engine(name) for name in ("auto", "pandoc")] == ["pandoc", "pandoc"]
    with pytest.raises(ManuscriptError, match="there is no quarto on the path"):
        choose_engine("quarto")


QUARTO = """#!/bin/sh
case "$*" in
  *paper.md*docx) cp reference.docx paper.docx ;;
  *paper.md*typst) echo pdf > paper.pdf ;;
  *paper.md*html) cp paper.md paper.html ;;
esac
mkdir -p .quarto
"""


def test_quarto_is_asked_for_each_format_of_the_text_with_what_it_embeds(tmp_path, monkeypatch):
    command = tmp_path / "bin" / "quarto"
    command.parent.mkdir()
    command.write_text(QUARTO)
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(command.parent), prepend=":")
    (tmp_path / "project").mkdir()
    project = small_paper(tmp_path / "project")

    papers = render(project, "auto")

    assert "![](media/one-fig-curve)" in papers["html"].read_text()
    assert papers["pdf"].read_text() == "pdf\n"
    assert papers["docx"].is_file() and not (project / ".quarto").exists()


def test_what_quarto_says_reaches_the_reader(tmp_path, monkeypatch):
    command = tmp_path / "bin" / "quarto"
    command.parent.mkdir()
    command.write_text("#!/bin/sh\necho 'pandoc is missing' >&2\nexit 1\n")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(command.parent), prepend=":")
    (tmp_path / "project").mkdir()
    with pytest.raises(ManuscriptError, match="Quarto could not render the paper:\npandoc is missing"):
        render(small_paper(tmp_path / "project"), "quarto", ("html",))


def test_styles_of_any_pandoc_are_restyled_in_the_order_of_the_standard(tmp_path, monkeypatch):
    """Some pandocs have kerning in the style of titles, and any may have what the standard did not know."""
    command = [pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.docx"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    other, made = tmp_path / "other.docx", tmp_path / "made.docx"
    with zipfile.ZipFile(io.BytesIO(raw)) as given, zipfile.ZipFile(other, "w") as written:
        for name in given.namelist():
            part = given.read(name).decode("utf-8", "surrogateescape")
            if name == "word/styles.xml":
                before, title, after = part.partition('w:styleId="Title"')
                part = before + title + after.replace("<w:rPr>", '<w:rPr><w:later/><w:kern w:val="28"/>', 1)
            written.writestr(name, part.encode("utf-8", "surrogateescape"))
    monkeypatch.setattr(word.subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=other.read_bytes()))
    word.write_reference_docx(made)
    with zipfile.ZipFile(made) as written:
        styles = ElementTree.fromstring(written.read("word/styles.xml"))
    properties = styles.find(f"{{{word.W}}}style[@{{{word.W}}}styleId='Title']/{{{word.W}}}rPr")
    names = [child.tag.partition("}")[2] for child in properties]
    assert [name for name in names if name in ("color", "kern", "sz", "later")] == ["color", "kern", "sz", "later"]
