"""Render a staged project: by Quarto where it is found, by the bundled pandoc and Typst otherwise."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import yaml

from oligomet.manuscript import ManuscriptError
from oligomet.manuscript.documents import without_absolute_paths, without_times
from oligomet.manuscript.shortcodes import expand, read_metadata

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
        raise ManuscriptError(["manuscript.engine is quarto, and there is no quarto on the path; auto or pandoc would do"])
    return ("quarto" if found else "pandoc") if engine == "auto" else engine


def render(
    project: str | Path, engine: str = "auto", formats: tuple[str, ...] = FORMATS, directory: str | Path | None = None
) -> dict[str, Path]:
    """Render paper.qmd of a staged project; the same project gives the same bytes.

    Parameters
    ----------
    project
        The folder that `staging.stage` made.
    engine
        auto, quarto or pandoc, as config.yaml has it.
    formats
        Some of html, pdf, docx.
    directory
        Where the papers go; the project's own folder if not given.

    Raises
    ------
    ManuscriptError
        What is wrong with the paper: unknown variables, labels, notebooks, references or citations.
    """
    project = Path(project)
    directory = Path(directory) if directory else project
    directory.mkdir(parents=True, exist_ok=True)
    text = expand(project)  # with Quarto too: it would print a question mark where this raises
    check_citations(text, project)
    made = (_quarto if choose_engine(engine) == "quarto" else _pandoc)(project, text, formats)
    papers = {}
    for name, file in made.items():
        papers[name] = directory / f"paper.{name}"
        if file != papers[name]:
            shutil.copyfile(file, papers[name])
        if name == "docx":
            without_times(papers[name])
        if name == "html":
            without_absolute_paths(papers[name], project)
    return papers


def check_citations(text: str, project: Path) -> None:
    """Every cited key must be in the bibliography; cross-references are left to the engines."""
    bibliography = read_metadata(project).get("bibliography", [])
    files = [bibliography] if isinstance(bibliography, str) else bibliography
    known = set(re.findall(r"^\s*@\w+\{([^,\s]+)", "\n".join((project / file).read_text("utf-8") for file in files), re.M))
    cited = set(re.findall(r"(?<![\w.])@([A-Za-z][\w-]*[\w])", text))
    missing = sorted(key for key in cited - known if not re.match(r"(fig|tbl|sec)-", key))
    if missing:
        raise ManuscriptError([f"@{key} is cited and is not in {' or '.join(files) or 'a bibliography'}" for key in missing])


def _run(command: list[str], project: Path, what: str) -> None:
    epoch = {"SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", "0")}
    done = subprocess.run(
        [str(part) for part in command], cwd=project, capture_output=True, encoding="utf-8", env=os.environ | epoch
    )
    if done.returncode:
        raise ManuscriptError([f"{what} could not render the paper:", done.stderr.strip()])


def _quarto(project: Path, text: str, formats: tuple[str, ...]) -> dict[str, Path]:
    for name in formats:
        _run(["quarto", "render", "paper.qmd", "--to", QUARTO_FORMATS[name]], project, "Quarto")
    return {name: project / f"paper.{name}" for name in formats}


def _pandoc(project: Path, text: str, formats: tuple[str, ...]) -> dict[str, Path]:
    import pypandoc  # late: only this engine needs it
    import typst

    pandoc = pypandoc.get_pandoc_path()
    (project / "paper.md").write_text(text, encoding="utf-8")
    (project / "metadata.yaml").write_text(yaml.safe_dump(read_metadata(project), allow_unicode=True), encoding="utf-8")
    common = [
        pandoc, "paper.md", "--from=markdown+autolink_bare_uris", "--standalone", "--fail-if-warnings",
        "--metadata-file=metadata.yaml", "--lua-filter=bundled/crossrefs.lua", "--citeproc",
    ]  # fmt: skip
    options = {
        "html": ["--to=html", "--output=paper.html", "--variable=document-css:false", "--mathml", "--embed-resources",
                 "--css=paper.css", "--default-image-extension=svg", "--toc", "--toc-depth=2"],
        "pdf": ["--to=typst", "--output=paper.typ", "--template=bundled/paper.typ", "--default-image-extension=svg"],
        "docx": ["--to=docx", "--output=paper.docx", "--reference-doc=reference.docx", "--default-image-extension=png"],
    }  # fmt: skip
    for name in formats:
        _run(common + options[name], project, "pandoc")
    if "pdf" in formats:
        typst.compile(str(project / "paper.typ"), output=str(project / "paper.pdf"), root=str(project), ignore_system_fonts=True)
    return {name: project / f"paper.{name}" for name in formats}
