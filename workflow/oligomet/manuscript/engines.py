"""Render a staged project: by Quarto where it is found, by the bundled pandoc and Typst otherwise."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

import yaml

from oligomet.manuscript.notebook_embeds import expand
from oligomet.manuscript.word import finish_docx
from oligomet.templates import ManuscriptError

FORMATS = ("html", "pdf", "docx")
QUARTO_FORMATS = {"html": "html", "pdf": "typst", "docx": "docx"}


def choose_engine(engine: str = "auto") -> str:
    """'quarto' or 'pandoc': auto takes Quarto where it is installed.

    Raises
    ------
    ManuscriptError
        If Quarto is asked for and is not on the path.
    """
    found = shutil.which("quarto") is not None
    if engine == "quarto" and not found:
        raise ManuscriptError(
            ["manuscript.engine is quarto, and there is no quarto on the path; auto or pandoc do without"]
        )
    return ("quarto" if found else "pandoc") if engine == "auto" else engine


def render(
    project: str | Path, engine: str = "auto", formats: tuple[str, ...] = FORMATS, document: str = "paper"
) -> dict[str, Path]:
    """One document of a project as `render_all` makes it: its files by format."""
    return render_all(project, [document], engine, formats)[document]


def render_all(
    project: str | Path, documents: Iterable[str], engine: str = "auto", formats: tuple[str, ...] = FORMATS
) -> dict[str, dict[str, Path]]:
    """Render documents of a staged project in its folder; the same project gives the same bytes.

    Parameters
    ----------
    project
        The folder that `staging.stage` made.
    documents
        The names of their files, without .qmd.
    engine
        auto, quarto or pandoc, as config.yaml has it.
    formats
        Some of html, pdf, docx.

    Returns
    -------
    dict of dict of Path
        The files by document and format.

    Raises
    ------
    ManuscriptError
        What is wrong with the paper: cells of notebooks that are not there, or whatever an engine says.
    """
    project = Path(project)
    made = {document: {name: project / f"{document}.{name}" for name in formats} for document in documents}
    for document in made:  # for both engines: Quarto's embed brings scripts from the network into the page
        (project / f"{document}.md").write_text(expand(project, f"{document}.qmd"), encoding="utf-8")
    (_quarto if choose_engine(engine) == "quarto" else _pandoc)(project, list(product(made, formats)))
    for files in made.values():
        if "docx" in files:
            finish_docx(files["docx"])
    return made


def _run(command: list[str], project: Path, what: str) -> None:
    epoch = {"SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", "0")}
    done = subprocess.run(
        [str(part) for part in command], cwd=project, capture_output=True, encoding="utf-8", env=os.environ | epoch
    )
    if done.returncode:
        raise ManuscriptError([f"{what} could not render the paper:", done.stderr.strip()])


def _quarto(project: Path, wanted: list[tuple[str, str]]) -> None:
    for document, name in wanted:
        _run(["quarto", "render", f"{document}.md", "--to", QUARTO_FORMATS[name]], project, "Quarto")
    shutil.rmtree(project / ".quarto", ignore_errors=True)  # what it keeps for itself differs from run to run


def _pandoc(project: Path, wanted: list[tuple[str, str]]) -> None:
    import pypandoc  # late: only this engine needs it

    pandoc = pypandoc.get_pandoc_path()
    metadata: dict = {}
    for file in filter(Path.is_file, (project / "_quarto.yml", project / "_metadata.yml")):
        metadata |= yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    known = {key: value for key, value in metadata.items() if key not in ("project", "crossref", "format", "filters")}
    (project / "metadata.yaml").write_text(yaml.safe_dump(known, allow_unicode=True), encoding="utf-8")
    common = [
        pandoc, "--from=markdown+autolink_bare_uris", "--standalone", "--fail-if-warnings",
        "--wrap=none", "--metadata-file=metadata.yaml", "--lua-filter=bundled/displays.lua",
        "--lua-filter=bundled/crossrefs.lua", "--citeproc", "--lua-filter=bundled/links.lua",
    ]  # fmt: skip
    options = {
        "html": ["--to=html", "--variable=document-css:false", "--mathml", "--embed-resources", "--css=paper.css",
                 "--default-image-extension=svg", "--toc", "--toc-depth=2"],
        "pdf": ["--to=typst-smart", "--template=bundled/paper.typ",  # as Typst sees primes in ‘2’
                "--default-image-extension=svg"],
        "docx": ["--to=docx", "--reference-doc=reference.docx", "--default-image-extension=png"],
    }  # fmt: skip

    def make(document: str, name: str) -> None:
        files = [f"{document}.md", f"--output={document}.{'typ' if name == 'pdf' else name}"]
        _run([*common, *options[name], *files], project, "pandoc")
        if name == "pdf":
            _typeset(project / f"{document}.typ")

    with ThreadPoolExecutor() as at_once:
        list(at_once.map(make, *zip(*wanted, strict=True)))


def _typeset(source: Path) -> None:
    """A Typst file to the PDF beside it.

    On some pages with several floats Typst stops with an internal error (typst/typst#8487); then nothing floats.
    """
    import typst

    paper = source.with_suffix(".pdf")
    for floats in ("yes", "no"):
        try:
            return typst.compile(source, paper, source.parent, ignore_system_fonts=True, sys_inputs={"floats": floats})
        except typst.TypstError as error:
            if "internal error" not in str(error) or floats == "no":
                raise ManuscriptError([f"Typst could not set the paper: {error}"]) from None
