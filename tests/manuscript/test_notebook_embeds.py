import pytest
from small_paper import cell, small_paper, write_notebook

from oligomet.manuscript.notebook_embeds import expand
from oligomet.templates import ManuscriptError


def test_an_embedded_cell_is_a_float_with_its_caption_and_pictures_for_every_format(tmp_path):
    text = expand(small_paper(tmp_path))

    opened = ':::::: {#fig-curve notebook="../notebooks/one.html#fig-curve"}'
    assert f"{opened}\n![](media/one-fig-curve)\n\nA curve that falls\n::::::" in text
    assert sorted(file.name for file in (tmp_path / "media").iterdir()) == ["one-fig-curve.png", "one-fig-curve.svg"]
    assert "{{<" not in text


def test_all_mistakes_are_reported_at_once(tmp_path):
    paper = (
        "{{< video x.mp4 >}}\n\n{{< embed notebooks/two.ipynb#fig-x >}}\n\n{{< embed notebooks/one.ipynb#fig-y >}}\n"
    )
    with pytest.raises(ManuscriptError) as error:
        expand(small_paper(tmp_path, **{"paper.qmd": paper}))

    said = str(error.value)
    for expected in (
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
