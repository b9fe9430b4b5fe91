"""A paper of a page with a value, a figure, a table, a citation and references to all, staged as a study's is."""

import json
from pathlib import Path

from oligomet.manuscript.word import write_reference_docx

ROOT = Path(__file__).parents[2]
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="60pt" height="40pt">'
    '<rect width="60" height="40" fill="#0b3c6f"/></svg>'
)
PNG = (  # one dark pixel
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNgMMn/DwACZgGL9xd7xAAAAABJRU5ErkJggg=="
)
TABLE = "| Response | n |\n|:---------|---:|\n| **Early** |  |\n| &emsp;Complete | 22 |\n\nOf evaluable lesions."
PAPER = """\
## Abstract {.unnumbered}

Of [189]{.value title="estimates: lesions"} lesions.

## Methods {#sec-methods}

As proposed by Cox [-@cox1972] for [189]{.value title="estimates: lesions"} lesions [see @cox1972, p. 2].

## Results {#sec-results}

See @fig-curve, @tbl-response and @sec-methods.

{{< embed notebooks/one.ipynb#fig-curve >}}

{{< embed notebooks/one.ipynb#tbl-response >}}

### Further {#sec-further}

$x^2$ in @sec-further.

## References {.unnumbered}

::: {#refs}
:::
"""


def cell(label, data, caption=""):
    """A code cell with one output, as an executed notebook has it."""
    kind = label.partition("-")[0]
    source = f'#| label: {label}\n#| {kind}-cap: "{caption}"\nshow()' if caption else f"#| label: {label}\nshow()"
    output = {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}
    return {
        "cell_type": "code",
        "id": label,
        "source": source.splitlines(keepends=True),
        "outputs": [output] if data else [],
        "metadata": {},
        "execution_count": 1,
    }


def figure(label, caption="A curve that falls"):
    return cell(label, {"image/svg+xml": SVG, "image/png": PNG, "text/plain": "figure"}, caption)


def table(label, caption="Response"):
    return cell(label, {"text/markdown": TABLE, "text/plain": "table"}, caption)


def write_notebook(file, cells):
    file.parent.mkdir(parents=True, exist_ok=True)
    language = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    file.write_text(json.dumps({"cells": cells, "metadata": language, "nbformat": 4, "nbformat_minor": 5}))


def small_paper(project, **changed):
    """The project; `changed` replaces or adds files, by name with '_' for the dot of the ending."""
    files = {
        "paper.qmd": PAPER,
        "_quarto.yml": "project: {type: default}\nlang: en-GB\nbibliography: references.bib\nformat: {html: default}\n",
        "_metadata.yml": "title: A small paper\nauthor: Nobody\nkeywords: [synthetic data]\nsubject: synthetic\n"
        "footer: Synthetic cohort\n",
        "references.bib": "@article{cox1972, author={Cox, D. R.}, title={Regression models and life-tables},"
        " journal={J R Stat Soc B}, year={1972}, volume={34}, pages={187--220}}\n",
        "paper.css": "body { max-width: 40em; }\n",
        **changed,
    }
    for name, text in files.items():
        (project / name).write_text(text, encoding="utf-8")
    write_notebook(project / "notebooks" / "one.ipynb", [figure("fig-curve"), table("tbl-response")])
    (project / "bundled").mkdir(exist_ok=True)
    for file in (ROOT / "manuscript" / "bundled").iterdir():
        (project / "bundled" / file.name).write_bytes(file.read_bytes())
    write_reference_docx(project / "reference.docx")
    return project
