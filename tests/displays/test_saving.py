"""Figure files: the same bytes each time, embedded letters, and metadata that say what the data are."""

import struct
import zlib

import pypdf
import pytest

from oligomet.displays.declared_figures import build_figure
from oligomet.displays.style import save_figure


@pytest.fixture(scope="module")
def saved(study, book, tmp_path_factory):
    """One figure, built and saved twice."""
    folders = [tmp_path_factory.mktemp(name) for name in ("first", "second")]
    for folder in folders:
        save_figure(build_figure("figure5", book, study), folder / "deep" / "figure5")
    return [folder / "deep" / "figure5" for folder in folders]


def text_chunks(png):
    """The words in a PNG file's tEXt and iTXt chunks."""
    content, place, found = png.read_bytes(), 8, {}
    while place < len(content):
        size, kind = struct.unpack(">I4s", content[place : place + 8])
        data = content[place + 8 : place + 8 + size]
        if kind in (b"tEXt", b"iTXt"):
            key, _, value = data.partition(b"\0")
            found[key.decode()] = value.decode(errors="replace")
        elif kind == b"zTXt":
            key, _, value = data.partition(b"\0")
            found[key.decode()] = zlib.decompress(value[1:]).decode()
        place += size + 12
    return found


@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf"])
def test_two_runs_give_the_same_bytes(saved, suffix):
    first, second = (stem.with_suffix(suffix).read_bytes() for stem in saved)
    assert first == second


def test_png_says_what_it_is(saved, study):
    words = text_chunks(saved[0].with_suffix(".png"))
    assert words["Title"] == "Overall survival"
    assert study.synthetic.notice in words["Description"]
    assert "Software" not in words


def test_pdf_says_what_it_is_and_embeds_its_letters(saved, study):
    document = pypdf.PdfReader(saved[0].with_suffix(".pdf"))
    about = document.metadata
    assert about["/Title"] == "Overall survival"
    assert study.synthetic.notice in about["/Subject"]
    assert about["/Keywords"] == "synthetic data"
    assert "/CreationDate" not in about
    fonts = document.pages[0]["/Resources"]["/Font"].values()
    assert {font.get_object()["/Subtype"] for font in fonts} <= {"/Type0", "/TrueType"}
    assert "At risk" in document.pages[0].extract_text()


def test_svg_says_what_it_is_without_a_date(saved, study):
    text = saved[0].with_suffix(".svg").read_text(encoding="utf-8")
    assert "<dc:title>Overall survival</dc:title>" in text
    assert study.synthetic.notice in text
    assert "dc:date" not in text
    assert "/tmp" not in text


def test_saving_leaves_the_callers_settings_alone(study, book):
    import matplotlib

    before = dict(matplotlib.rcParams)
    build_figure("figure4", book, study)
    assert dict(matplotlib.rcParams) == before
