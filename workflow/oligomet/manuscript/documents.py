"""The same bytes for the same paper: what engines write about the time and the place of a run is taken out."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip archive can say


def write_zip(file: str | Path, parts: dict[str, bytes]) -> None:
    """A zip archive of `parts`, in the order of their names and at a fixed time."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(parts):
            archive.writestr(zipfile.ZipInfo(name, ZIP_EPOCH), parts[name], zipfile.ZIP_DEFLATED)


def without_times(docx: str | Path) -> None:
    """Rewrite a DOCX as `write_zip` writes it."""
    with zipfile.ZipFile(docx) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    write_zip(docx, parts)


def without_absolute_paths(html: str | Path, project: Path) -> None:
    """Quarto notes in every embedded cell where its notebook was; make these paths relative to the project."""
    text = Path(html).read_text(encoding="utf-8")
    relative = re.sub(rf"{re.escape(str(project.resolve()))}/?", "", text)
    if relative != text:
        Path(html).write_text(relative, encoding="utf-8")
