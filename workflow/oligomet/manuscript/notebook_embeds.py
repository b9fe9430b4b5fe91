"""What a labelled cell of an executed notebook shows, as markdown that both engines read, where the text embeds it.

``{{< embed notebooks/x.ipynb#label >}}``, as documented at quarto.org, is the only shortcode that is supported: values,
parts and conditions are the templates'. Cross-references are left to Quarto or the filter bundled/crossrefs.lua.
"""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

from oligomet.templates import ManuscriptError

OPTION = re.compile(r"^#\|\s*([\w-]+):\s*(.*?)\s*$", re.MULTILINE)
SHORTCODE = re.compile(r"\{\{<\s*(\w+)\s+(.*?)\s*>\}\}")
ENCODED = {"svg": "utf-8", "eps": "latin-1"}
IMAGES = {"image/svg+xml": "svg", "image/png": "png", "application/postscript": "eps"}


def as_text(value: str | list[str]) -> str:
    """A string of a notebook, which may be kept as a list of lines."""
    return value if isinstance(value, str) else "".join(value)


def cell_options(cell: dict) -> dict[str, str]:
    """The ``#| name: value`` lines of a code cell, unquoted."""
    return {name: value.strip("\"'") for name, value in OPTION.findall(as_text(cell.get("source", "")))}


def copy_notebook(source: Path, project: Path) -> None:
    """Copy an executed notebook into the project's notebooks/, with labels in lower case, as references have them."""
    notebook = json.loads(source.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        text = re.sub(r"^#\|\s*label:.*$", lambda line: line[0].lower(), as_text(cell.get("source", "")), flags=re.M)
        cell["source"] = text.splitlines(keepends=True)
    folder = project / "notebooks"
    folder.mkdir(exist_ok=True)
    (folder / source.name).write_text(json.dumps(notebook, ensure_ascii=False, indent=1), encoding="utf-8")


def describe_pictures(notebooks: Path, said: dict[str, str]) -> None:
    """Say of the labelled pictures what they show, as Quarto's option fig-alt: label -> words."""
    for file in sorted(notebooks.glob("*.ipynb")):
        notebook = json.loads(file.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if words := said.get(cell_options(cell).get("label", "")):
                at = next(place for place, line in enumerate(cell["source"]) if OPTION.match(line))
                cell["source"].insert(at, f'#| fig-alt: "{words}"\n')
        file.write_text(json.dumps(notebook, ensure_ascii=False, indent=1), encoding="utf-8")


def find_shown(notebooks: Path) -> dict[str, str]:
    """The labelled cells that show something: label -> 'notebooks/x.ipynb#label'."""
    found = {}
    for file in sorted(notebooks.glob("*.ipynb")):
        for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
            label = cell_options(cell).get("label")
            if label and cell.get("outputs"):
                found[label] = f"{notebooks.name}/{file.name}#{label}"
    return found


class NotebookCells:
    """The labelled cells of the notebooks of a project, each notebook read once."""

    def __init__(self, project: Path):
        self._project = project
        self._notebooks: dict[str, dict[str, dict]] = {}

    def _cells(self, notebook: str) -> dict[str, dict]:
        if notebook not in self._notebooks:
            content = json.loads((self._project / notebook).read_text(encoding="utf-8"))
            labelled = ((cell_options(cell).get("label"), cell) for cell in content["cells"])
            self._notebooks[notebook] = {label: cell for label, cell in labelled if label}
        return self._notebooks[notebook]

    def markdown(self, reference: str, problems: list[str]) -> str:
        """What ``notebooks/x.ipynb#label`` shows; a label fig-* or tbl-* with its caption becomes a numbered float."""
        notebook, _, label = reference.partition("#")
        if not (self._project / notebook).is_file():
            problems.append(f"embed {reference}: there is no notebook {notebook}")
            return ""
        cells = self._cells(notebook)
        if label not in cells:
            problems.append(f"embed {reference}: no cell has this label; there are {', '.join(cells) or 'none'}")
            return ""
        try:
            alt = cell_options(cells[label]).get("fig-alt", "")
            shown = "\n\n".join(self._outputs(cells[label], f"{Path(notebook).stem}-{label}", alt))
        except ManuscriptError as error:
            problems.append(f"embed {reference}: {error}")
            return ""
        options = cell_options(cells[label])
        caption = options.get(f"{label[:3]}-cap")
        page = f'notebook="../notebooks/{Path(notebook).stem}.html#{label}"'  # from where the rendered paper lies
        return f":::::: {{#{label} {page}}}\n{shown}\n\n{caption}\n::::::" if caption else shown

    def _outputs(self, cell: dict, name: str, alt: str) -> list[str]:
        shown = [
            self._output(output["data"], name, alt)
            for output in cell.get("outputs", [])
            if output["output_type"] in ("display_data", "execute_result")
        ]
        if not any(shown):
            raise ManuscriptError(["the cell shows nothing; is this the executed copy?"])
        return shown

    def _output(self, data: dict, name: str, alt: str) -> str:
        images = {ending: as_text(data[kind]) for kind, ending in IMAGES.items() if kind in data}
        if "text/markdown" in data:
            return as_text(data["text/markdown"])
        if images:
            media = self._project / "media"
            media.mkdir(exist_ok=True)
            for ending, content in images.items():
                raw = base64.b64decode(content) if ending == "png" else content.encode(ENCODED[ending])
                (media / f"{name}.{ending}").write_bytes(raw)
            # without an ending where there is a choice: each format of the paper takes the one that suits it
            file = name if len(images) > 1 else f"{name}.{next(iter(images))}"
            return f"![](media/{file})" + (f'{{fig-alt="{alt}"}}' if alt else "")
        if "text/html" in data:
            return f"```{{=html}}\n{as_text(data['text/html'])}\n```"
        raise ManuscriptError([f"nothing that a paper can show, only {', '.join(data)}"])


def expand(project: str | Path, document: str = "paper.qmd") -> str:
    """The document as markdown that pandoc reads; pictures of embedded cells are written to the project's media/.

    Raises
    ------
    ManuscriptError
        Every missing notebook, missing label and shortcode that is not supported.
    """
    project = Path(project)
    problems: list[str] = []
    cells = NotebookCells(project)

    def resolve(match: re.Match) -> str:
        if match[1] == "embed":
            return cells.markdown(match[2], problems)
        problems.append(f"{document}: the shortcode '{match[1]}' is not supported: {match[0]}")
        return ""

    text = SHORTCODE.sub(resolve, (project / document).read_text(encoding="utf-8"))
    if problems:
        raise ManuscriptError(problems)
    return text
