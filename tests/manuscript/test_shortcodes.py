import pytest
from small_paper import PAPER, cell, small_paper, write_notebook

from oligomet.manuscript import ManuscriptError
from oligomet.manuscript.shortcodes import expand


def test_values_parts_and_metadata_are_filled_in(tmp_path):
    text = expand(small_paper(tmp_path))

    assert 'Of [189]{.value title="estimates: lesions"} lesions.' in text
    assert "As proposed by Cox [-@cox1972] for [189]" in text  # an included part has its values, too
    assert "the title is *A small paper*" in text
    assert "{{<" not in text


def test_a_block_is_there_when_its_condition_holds(tmp_path):
    text = expand(small_paper(tmp_path))

    assert "The cohort is synthetic." in text
    assert "The cohort is real" not in text  # and its unknown value is no mistake


def test_a_condition_that_nobody_set_does_not_hold(tmp_path):
    paper = '::: {.content-hidden when-meta="facts.unheard.of"}\nShown.\n:::\n'
    assert expand(small_paper(tmp_path, **{"paper.qmd": paper})).strip() == "Shown."


def test_conditions_within_conditions(tmp_path):
    paper = (
        '::: {.content-visible when-meta="facts.synthetic"}\nOuter.\n\n'
        '::: {.content-visible when-meta="facts.published"}\nInner.\n:::\n\nOuter again.\n:::\n'
    )
    assert expand(small_paper(tmp_path, **{"paper.qmd": paper})).split() == ["Outer.", "Outer", "again."]


def test_an_embedded_cell_is_a_float_with_its_caption_and_pictures_for_every_format(tmp_path):
    text = expand(small_paper(tmp_path))

    assert ":::::: {#fig-curve}\n![](media/one-fig-curve)\n\nA curve that falls\n::::::" in text
    assert sorted(file.name for file in (tmp_path / "media").iterdir()) == ["one-fig-curve.png", "one-fig-curve.svg"]


def test_all_mistakes_are_reported_at_once(tmp_path):
    paper = (
        "{{< var lesions.m >}} {{< var lesions.24 >}} {{< meta unheard >}} {{< video x.mp4 >}}\n\n"
        "{{< include _missing.qmd >}}\n\n"
        "{{< embed notebooks/two.ipynb#fig-x >}}\n\n{{< embed notebooks/one.ipynb#fig-y >}}\n"
    )
    with pytest.raises(ManuscriptError) as error:
        expand(small_paper(tmp_path, **{"paper.qmd": paper}))

    said = str(error.value)
    for expected in (
        "paper.qmd: there is no file _missing.qmd to include",
        "{{< var lesions.m >}}: there is no such variable",
        "{{< var lesions.24 >}}: Quarto takes a number in a path for a place in a list",
        "{{< meta unheard >}}: there is no such metadata",
        "the shortcode 'video' is not supported",
        "embed notebooks/two.ipynb#fig-x: there is no notebook notebooks/two.ipynb",
        "embed notebooks/one.ipynb#fig-y: no cell has this label; there are fig-curve, tbl-response",
    ):
        assert expected in said


def test_a_cell_that_was_not_executed_is_a_mistake(tmp_path):
    project = small_paper(tmp_path)
    write_notebook(project / "notebooks" / "one.ipynb", [cell("fig-curve", {}), cell("tbl-response", {})])

    with pytest.raises(ManuscriptError, match="the cell shows nothing"):
        expand(project)


def test_a_file_that_includes_itself_is_a_mistake(tmp_path):
    with pytest.raises(ManuscriptError, match=r"_methods\.qmd: includes itself"):
        expand(small_paper(tmp_path, **{"_methods.qmd": "{{< include _methods.qmd >}}"}))


def test_a_block_that_is_not_closed_is_a_mistake(tmp_path):
    paper = PAPER + '\n::: {.content-visible when-meta="facts.synthetic"}\n'
    with pytest.raises(ManuscriptError, match="not closed"):
        expand(small_paper(tmp_path, **{"paper.qmd": paper}))
