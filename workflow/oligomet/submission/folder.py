"""The folder of a submission, made of a rendered paper."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from oligomet.journal import FigureStyle, read_journal
from oligomet.manuscript import DOCUMENTS
from oligomet.manuscript.notebook_embeds import NotebookCells
from oligomet.manuscript.outline import Float, find_floats
from oligomet.manuscript.title_page import read_title_page
from oligomet.submission.checklists import fill_checklist
from oligomet.submission.crate import write_codecheck, write_crate
from oligomet.submission.pictures import write_picture

if TYPE_CHECKING:
    from oligomet.study import Study

EMBED = "{{{{< embed {} >}}}}"


def make_submission(
    folder: Path, project: Path, folders: list[Path], journal: str, study: Study, inputs: list[Path], snakefile: Path
) -> None:
    """Everything that one uploads, in `folder`, which is made anew.

    Parameters
    ----------
    folder
        manuscript and supplement as DOCX and PDF, figures/ and tables/ under the numbers that they have there, the
        filled checklists and the cover page as DOCX, ro-crate-metadata.json, codecheck.yml.
    project
        The rendered project of the paper.
    folders
        The study's and the common folder of the manuscript.
    journal
        A folder of journals/.
    study, inputs, snakefile
        What the crate tells of: the study, its declarations and the lock file, the workflow.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("figures", "tables", "checklists"):
        (folder / part).mkdir(parents=True)
    file = next(path for folder in folders if (path := folder / "journals" / journal / "journal.yml").is_file())
    wanted, title_page = read_journal(file), read_title_page(folders)
    for document in DOCUMENTS:
        for kind in ("docx", "pdf"):
            shutil.copy2(project / f"{document}.{kind}", folder / f"{document}.{kind}")
        _write_floats(folder, project, document, wanted.figures)
    checklists = {file.name: file for at in reversed(folders) for file in sorted(at.glob("checklists/*.yml"))}
    for file in checklists.values():
        title, filled = fill_checklist(file, project)
        _write_docx(f"# {title}\n\n{_table(filled)}", folder / "checklists" / f"{file.stem}.docx", project)
    _write_docx(_cover(study, title_page, wanted.name), folder / "cover_page.docx", project)
    results = [path for path in sorted((folder / "figures").iterdir()) if path.suffix == ".pdf"]
    results += sorted((folder / "tables").iterdir())
    manifest = {Path(f"{document}.pdf"): what for document, what in DOCUMENTS.items()}
    write_codecheck(folder, manifest | {path.relative_to(folder): path.stem for path in results}, study, title_page)
    write_crate(folder, inputs, snakefile, study, title_page)


def _write_floats(folder: Path, project: Path, document: str, figures: FigureStyle) -> None:
    """Each figure and table of a document, one file each; tables as DOCX."""
    text = (project / f"{document}.qmd").read_text(encoding="utf-8")
    cells, media = NotebookCells(project), project / "media"
    for one in find_floats(text):
        embedded = _reference(text, one)
        if embedded is None:  # a table of the text itself
            continue
        problems: list[str] = []
        markdown = cells.markdown(embedded, problems)
        name = f"{one.title} {one.number}"
        if one.kind == "tbl":
            _write_docx(markdown, folder / "tables" / f"{name}.docx", project)
        else:
            notebook, _, label = embedded.partition("#")
            svg = media / f"{Path(notebook).stem}-{label}.svg"
            write_picture(svg, folder / "figures" / name, list(figures.formats), figures.resolution_dpi)


def _reference(text: str, one: Float) -> str | None:
    """Where a float is embedded from: notebooks/x.ipynb#label."""
    embeds = (line for line in text.split("\n") if line.startswith("{{< embed ") and f"#{one.label} " in line)
    return next((line.split()[2] for line in embeds), None)


def _cover(study: Study, title_page, journal: str) -> str:
    """What editors ask to be told on a page of its own."""
    lines = [f"# {study.title}", "", f"Submitted to *{journal}*.", ""]
    lines += [f"> {study.synthetic.notice}", ""] if study.synthetic else []
    for one in title_page.authors:
        lines += [f"- {one.name}" + "".join(f", {said}" for said in (*one.affiliations, one.orcid, one.email) if said)]
    for heading, said in title_page.declarations.items():
        lines += ["", f"**{heading}.** {said}"]
    return "\n".join(lines) + "\n"


def _table(rows: pd.DataFrame) -> str:
    """A pipe table with the columns' names as headings."""
    lines = [list(rows.columns), ["---"] * rows.shape[1], *rows.to_numpy().tolist()]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines) + "\n"


def _write_docx(markdown: str, file: Path, project: Path) -> None:
    import pypandoc  # late: only a submission makes documents besides the paper

    command = [
        pypandoc.get_pandoc_path(), "--from=markdown", "--to=docx", "--standalone", f"--output={file.resolve()}",
        "--reference-doc=reference.docx", "--lua-filter=bundled/displays.lua", "--lua-filter=bundled/crossrefs.lua",
    ]  # fmt: skip
    subprocess.run(command, input=markdown, cwd=project, check=True, capture_output=True, encoding="utf-8")
