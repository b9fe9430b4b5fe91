"""A journal's profile reaches the figures: widths, letters, sizes, font and formats."""

import json
from pathlib import Path

import matplotlib.font_manager
import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image
from test_figures import assert_readable

from oligomet.declarations import ConfigurationError
from oligomet.displays.declared_figures import build_figure
from oligomet.displays.style import MM, drawn_for, figure_bytes, letter
from oligomet.journal import FigureStyle, Widths, read_journal
from oligomet.manuscript.notebook_embeds import NotebookCells
from oligomet.submission.pictures import write_picture

JOURNALS = Path(__file__).parents[2] / "manuscript/journals"
FIGURES = ("figure1", "figure2", "figure3", "figure4", "figure5", "factors")
MARGINS = 16  # mm by which a figure may stand out of the text in the PDF: see bundled/typst-show.typ


@pytest.fixture(scope="module", params=sorted(file.parent.name for file in JOURNALS.glob("*/journal.yml")))
def journal(request):
    return read_journal(JOURNALS / request.param / "journal.yml")


@pytest.mark.parametrize("name", FIGURES)
def test_figures_have_the_journals_widths_and_their_words_seven_points_in_print(study, book, journal, name):
    with drawn_for(journal.figures):
        figure = build_figure(name, book, study)
        assert_readable(figure)
    widths = journal.figures.widths_mm
    width = figure.get_size_inches()[0] / MM
    assert min(abs(width - one) for one in (widths.single, widths.middle, widths.double)) < 1e-6
    shrunk = min(1, (174 + MARGINS) / width)  # a figure wider than the page would be made smaller, with its words
    words = [text for text in figure.findobj(Text) if text.get_text().strip()]
    assert min(text.get_fontsize() for text in words) * shrunk >= 7


@pytest.mark.parametrize("name", ["figure2", "figure3", "factors"])
def test_larger_words_keep_the_width_and_cover_nothing(study, book, name):
    with drawn_for(FigureStyle(size_pt=8)):
        figure = build_figure(name, book, study)
        assert_readable(figure)
    assert figure.get_size_inches()[0] / MM == pytest.approx(180)
    assert min(text.get_fontsize() for text in figure.findobj(Text) if text.get_text().strip()) >= 8


@pytest.mark.parametrize(("letters", "expected"), [("A", "AB"), ("a", "ab"), ("(A)", "(A)(B)"), ("(a)", "(a)(b)")])
def test_panels_and_captions_have_the_journals_letters(study, book, letters, expected):
    with drawn_for(FigureStyle(letters=letters)):
        assert letter(0) + letter(1) == expected
        figure = build_figure("figure5", book, study)
    bold = [text.get_text() for text in figure.texts if text.get_weight() == "bold"]
    assert "".join(bold) == expected
    assert f"{bold[0]}, all patients; {bold[1]}, by metastatic lesions" in figure.about["caption"]


def test_the_journals_font_is_that_of_every_word(study, book):
    with drawn_for(FigureStyle(font="DejaVu Serif")):
        figure = build_figure("figure5", book, study)
        assert {text.get_fontname() for text in figure.findobj(Text)} == {"DejaVu Serif"}


def test_a_font_that_is_not_there_is_told_in_words():
    said = r"figures\.font: Nowhere Sans is not installed.*DejaVu Sans"
    with pytest.raises(ConfigurationError, match=said), drawn_for(FigureStyle(font="Nowhere Sans")):
        pass


def test_mistakes_of_a_profile_are_told_with_their_lines(tmp_path):
    file = tmp_path / "journal.yml"
    file.write_text("name: Ours\nabstract_words: 250\nfigures:\n  size_pt: 5\n  letters: i\n  formats: [gif]\n")
    with pytest.raises(ConfigurationError) as told:
        read_journal(file)
    said = str(told.value)
    assert all(words in said for words in ("line 4", "size_pt", "line 5", "letters", "line 6", "formats"))


def test_eps_is_opaque_says_what_it_is_and_leaves_the_figure_as_it_was(study, book):
    with drawn_for(FigureStyle(formats=["eps"])):
        figure = build_figure("figure5", book, study)
        svg, eps = figure_bytes(figure, "svg"), figure_bytes(figure, "eps")
        data, _ = figure._repr_mimebundle_()
    assert data["application/postscript"].encode("latin-1") == eps == figure_bytes(figure, "eps")
    assert figure_bytes(figure, "svg") == svg
    head = eps[:600].decode("latin-1")
    assert head.startswith("%!PS-Adobe-3.0 EPSF") and "CreationDate" not in head
    assert "%%Title: Overall survival. Synthetic data." in head
    width, height = np.array(figure.get_size_inches()) * 72
    box = next(line for line in head.splitlines() if line.startswith("%%HiResBoundingBox"))
    assert [float(part) for part in box.split()[1:]] == pytest.approx([0, 0, width, height], abs=0.01)


def test_eps_goes_from_the_notebook_to_the_submission(study, book, tmp_path):
    with drawn_for(FigureStyle(formats=["tiff", "eps"])):
        data, _ = build_figure("figure4", book, study)._repr_mimebundle_()
    shown = {"output_type": "display_data", "data": data, "metadata": {}}
    cell = {"cell_type": "code", "source": ["#| label: fig-x\n", "draw()"], "outputs": [shown], "metadata": {}}
    (tmp_path / "one.ipynb").write_text(json.dumps({"cells": [cell]}))
    NotebookCells(tmp_path).markdown("one.ipynb#fig-x", [])
    files = write_picture(tmp_path / "media/one-fig-x.svg", tmp_path / "Figure 1", ["tiff", "eps"], 300)
    assert [file.name for file in files] == ["Figure 1.pdf", "Figure 1.tiff", "Figure 1.eps"]
    assert files[2].read_bytes() == data["application/postscript"].encode("latin-1")
    with Image.open(files[1]) as picture:
        assert picture.size[0] == pytest.approx(85 / 25.4 * 300, abs=2)


def test_without_a_journal_figures_are_drawn_as_here(study, book):
    data, _ = build_figure("figure4", book, study)._repr_mimebundle_()
    assert "application/postscript" not in data
    assert Widths() == FigureStyle().widths_mm
    assert FigureStyle().font in matplotlib.font_manager.fontManager.get_font_names()


def test_whatever_saves_a_figure_draws_it_for_the_journal():
    scripts = [file.read_text(encoding="utf-8") for file in (JOURNALS.parents[1] / "workflow/scripts").glob("*.py")]
    saving = [text for text in scripts if "save_figure(" in text]
    assert len(saving) >= 3  # the paper's, the simulation's and the design's
    assert all("with drawn_for(" in text for text in saving)
