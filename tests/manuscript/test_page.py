"""The HTML paper as a page: numbers lead to their rows, figures to their notebooks, and nothing runs out of a phone."""

import re
import shutil
import subprocess
import warnings

import pytest
from small_paper import PAPER, small_paper

from oligomet.manuscript.engines import render

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WIDE = (
    "\n::: {#tbl-wide}\n|"
    + " Number of months |" * 14
    + "\n|"
    + "---|" * 14
    + "\n|"
    + " 12.34 |" * 14
    + "\n\nWide\n:::\n"
)
PROBE = (
    "<script>onload = () => parent.postMessage([innerWidth, document.documentElement.scrollWidth].join(), '*')</script>"
)


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


def widths(page, folder, width):
    """How wide the page was asked to be, and how wide it is."""
    if CHROMIUM is None:
        warnings.warn("no Chromium here: nobody looked whether pages scroll sideways", stacklevel=2)
        pytest.skip("no Chromium here: nobody looked whether pages scroll sideways")
    text = page.read_text(encoding="utf-8")
    (folder / "page.html").write_text(text.replace("</body>", f"{PROBE}</body>"), encoding="utf-8")
    frame = f"<iframe src='page.html' style='border: 0; width: {width}px; height: 800px'></iframe>"
    told = "<title></title><script>onmessage = message => document.title = message.data</script>"
    (folder / "frame.html").write_text(told + frame, encoding="utf-8")
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1400,900",
               "--virtual-time-budget=20000", "--dump-dom", (folder / "frame.html").as_uri()]  # fmt: skip
    shown = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300, check=True).stdout
    asked, needed = re.search(r"<title>(\d+),(\d+)</title>", shown).groups()
    assert int(asked) == width
    return width, int(needed)


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_scrolls_sideways(page, tmp_path, width):
    asked, needed = widths(page, tmp_path, width)
    assert needed <= asked


def test_a_page_that_is_too_wide_would_be_found(page, tmp_path):
    wide = tmp_path / "wide.html"
    wide.write_text(page.read_text(encoding="utf-8").replace("<body>", "<body><p style='width: 500px'>wide</p>"))
    assert widths(wide, tmp_path, 390)[1] >= 500
