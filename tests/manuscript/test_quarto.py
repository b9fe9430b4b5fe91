"""The same paper by Quarto, where there is one: nothing of it is lost, and it looks as the bundled engine has it."""

import re
import shutil
import warnings
import zipfile

import pypdf
import pytest
from small_paper import PAPER, ROOT, small_paper, write_notebook
from small_paper import cell as made_cell
from test_engines import words_of_docx, words_of_html, words_of_pdf

from oligomet.manuscript.engines import render

TABLE = (
    "```{=html}\n<table><thead><tr><th>Response</th><th>n</th></tr></thead>"
    "<tbody><tr><td>Complete</td><td>22</td></tr></tbody></table>\n<p>Of evaluable lesions.</p>\n```"
)


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    if shutil.which("quarto") is None:
        warnings.warn("no Quarto here: nobody looked whether it renders the paper", stacklevel=2)
        pytest.skip("no Quarto here: nobody looked whether it renders the paper")
    config = (ROOT / "manuscript" / "_quarto.yml").read_text(encoding="utf-8")
    metadata = (
        "title: A small paper\nsubtitle: By Quarto\nauthor: Nobody\nkeywords: [synthetic data]\nsubject: synthetic\n"
        "footer: Synthetic cohort\nbibliography: references.bib\n"
    )
    paper = PAPER.replace("one.ipynb#tbl-response", "two.ipynb#tbl-response")
    project = tmp_path_factory.mktemp("project")
    small_paper(project, **{"_quarto.yml": config, "_metadata.yml": metadata, "paper.qmd": paper})
    table = made_cell("tbl-response", {"text/markdown": TABLE, "text/plain": "table"}, "Response")
    write_notebook(project / "notebooks" / "two.ipynb", [table])
    return render(project, "quarto")


@pytest.mark.parametrize(
    ("kind", "words_of"), [("html", words_of_html), ("pdf", words_of_pdf), ("docx", words_of_docx)]
)
def test_each_format_has_its_numbers_and_the_notes_of_its_tables(papers, kind, words_of):
    words = re.sub(r" (?=[.,;])", "", words_of(papers[kind]).replace("\u00a0", " "))

    assert "See Figure 1, Table 1 and Section 1." in words
    assert "Figure 1. A curve that falls" in words
    assert "Table 1. Response" in words
    assert "Complete" in words and "Of evaluable lesions." in words
    assert "Regression Models and Life-Tables" in words
    assert "?" not in words


def test_the_page_asks_no_network_and_leads_to_rows_and_notebooks(papers):
    page = papers["html"].read_text(encoding="utf-8")
    assert not re.search(r'(src|href)="(?!data:|#|https://doi|\.\./notebooks/(one|two)\.html#)', page)
    assert page.count("Notebook.</a>") == 2 and 'href="#row-1"' in page


def test_pages_say_what_they_are(papers):
    pdf = pypdf.PdfReader(papers["pdf"])
    about = pdf.metadata
    assert (about.title, about.author, about.subject) == ("A small paper: By Quarto", "Nobody", "synthetic")
    text = pdf.pages[0].extract_text()
    assert "Synthetic cohort" in text and "1 of 1" in text
    assert re.search(r"^Abstract[ .]+1$", text, re.MULTILINE)  # a section without a number is in the contents, too


def test_word_has_tables_in_the_text_and_no_table_in_a_table(papers):
    with zipfile.ZipFile(papers["docx"]) as parts:
        xml = parts.read("word/document.xml").decode()
    assert xml.count("<w:tbl>") == 1
    assert xml.count('<w:pStyle w:val="TableCaption" />') == 1 and xml.count('<w:pStyle w:val="ImageCaption" />') == 1
    assert not re.search(r"</w:pPr>\s*<w:pPr>", xml)
