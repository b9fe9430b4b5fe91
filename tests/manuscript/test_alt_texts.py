"""What a picture shows is said for those who do not see it: by a template, with the book's numbers, in each format."""

import json
import re

from oligomet.manuscript.notebook_embeds import NotebookCells, describe_pictures
from oligomet.manuscript.staging import alt_texts

SVG = '<svg xmlns="http://www.w3.org/2000/svg"/>'


def test_words_of_a_template_are_a_line_for_each_label():
    rendered = (
        "\nfig-flow: Boxes: [204]{.value title=\"estimates: n\"} patients,\n  [62]{.value title=\"b\"} excluded.\n\n"
        "fig-survival-os-2: Curves. \\< 3 [49.8%]{.value title=\"c\"}, said \"so\".\n"
    )  # fmt: skip
    assert alt_texts(rendered) == {
        "fig-flow": "Boxes: 204 patients, 62 excluded.",
        "fig-survival-os-2": "Curves. < 3 49.8%, said so.",
    }


def test_a_picture_is_embedded_with_what_it_shows(tmp_path):
    source = ["#| label: fig-flow\n", '#| fig-cap: "From screening"\n', "draw()"]
    data = {"output_type": "display_data", "data": {"image/svg+xml": SVG}, "metadata": {}}
    cell = {"cell_type": "code", "source": source, "outputs": [data], "metadata": {}, "id": "a", "execution_count": 1}
    (tmp_path / "notebooks").mkdir()
    notebook = tmp_path / "notebooks/cohort.ipynb"
    notebook.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    describe_pictures(tmp_path / "notebooks", {"fig-flow": "Boxes: 204 patients.", "fig-other": "Nothing."})
    assert '#| fig-alt: "Boxes: 204 patients."\n' in json.loads(notebook.read_text())["cells"][0]["source"]
    problems = []
    shown = NotebookCells(tmp_path).markdown("notebooks/cohort.ipynb#fig-flow", problems)
    assert problems == []
    assert re.search(r'!\[\]\(media/cohort-fig-flow\.svg\)\{fig-alt="Boxes: 204 patients\."\}', shown)
    assert shown.rstrip(":").rstrip().endswith("From screening")
