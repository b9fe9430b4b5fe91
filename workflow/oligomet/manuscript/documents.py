"""The same bytes for the same paper: what engines write about the time and the place of a run is taken out."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip archive can say


def without_times(docx: str | Path) -> None:
    """Rewrite a DOCX with its parts in a fixed order and at a fixed time."""
    with zipfile.ZipFile(docx) as archive:
        parts = {name: archive.read(name) for name in sorted(archive.namelist())}
    with zipfile.ZipFile(docx, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, ZIP_EPOCH), content, zipfile.ZIP_DEFLATED)


def without_absolute_paths(html: str | Path, project: Path) -> None:
    """Quarto notes in every embedded cell where its notebook was; make these paths relative to the project."""
    text = Path(html).read_text(encoding="utf-8")
    relative = re.sub(rf"{re.escape(str(project.resolve()))}/?", "", text)
    if relative != text:
        Path(html).write_text(relative, encoding="utf-8")
