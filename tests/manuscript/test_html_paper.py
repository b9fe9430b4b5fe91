"""The HTML paper as a page: numbers lead to their rows, figures to their notebooks, and nothing runs out of a phone."""

import re

import pytest
from browser import widths
from small_paper import PAPER, small_paper

from oligomet.manuscript.engines import render

CELLS = ["Number of months", "---", "12.34"]
WIDE = "\n::: {#tbl-wide}\n" + "\n".join(f"| {' | '.join([cell] * 14)} |" for cell in CELLS) + "\n\nWide\n:::\n"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    paper = PAPER.replace("### Further", f"{WIDE}\n### Further").replace("@fig-curve,", "@fig-curve, @tbl-wide,")
    return render(small_paper(tmp_path_factory.mktemp("page"), **{"paper.qmd": paper}), "pandoc", ("html",))["html"]


def test_a_number_leads_to_its_row_and_back(page):
    text = page.read_text(encoding="utf-8")
    said = re.findall(r'<a href="#row-1"([^>]*) class="value" title="estimates: lesions">189</a>', text)
    assert [" id=" in one for one in said] == [True, False]  # the row leads back to where it is said first
    assert re.search(r'<a href="#said-1" id="row-1"[^>]*>189</a></td>\s*<td[^>]*>estimates: lesions</td>', text)


def test_a_figure_leads_to_its_place_in_the_notebook(page):
    text = page.read_text(encoding="utf-8")
    for label in ("fig-curve", "tbl-response"):
        assert f'<a href="../notebooks/one.html#{label}">Notebook.</a>' in text


def test_other_formats_have_neither(tmp_path):
    papers = render(small_paper(tmp_path), "pandoc", ("pdf", "docx"))
    assert "row-1" not in (tmp_path / "paper.typ").read_text(encoding="utf-8")
    assert "notebooks/" not in (tmp_path / "paper.typ").read_text(encoding="utf-8")
    assert set(papers) == {"pdf", "docx"}


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_scrolls_sideways(page, tmp_path, width):
    asked, needed = widths(page, tmp_path, width)
    assert needed <= asked


def test_a_page_that_is_too_wide_would_be_found(page, tmp_path):
    wide = tmp_path / "wide.html"
    wide.write_text(page.read_text(encoding="utf-8").replace("<body>", "<body><p style='width: 500px'>wide</p>"))
    assert widths(wide, tmp_path, 390)[1] >= 500
