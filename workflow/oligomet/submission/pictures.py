"""The figures of a document, one file each under its number, as a journal asks for them."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Literal

TIFF = {"compression": "tiff_lzw"}
PAGE = '#set page(width: auto, height: auto, margin: 0pt, fill: white)\n#image("{file}")\n'


def write_picture(svg: Path, stem: Path, formats: list[str], resolution: int) -> list[Path]:
    """A vector picture as PDF, and as the formats asked for.

    Parameters
    ----------
    svg
        The picture; its size is its size in print.
    stem
        Where the files go, without ending.
    formats
        Of these: tiff (LZW), png; eps, which lies beside the picture.
    resolution
        Of pixels, in dots per inch.

    Returns
    -------
    The files that were written.
    """
    import typst  # late: only a submission turns pictures into others
    from PIL import Image

    def made(kind: Literal["pdf", "png"]) -> bytes:
        page, pixels = PAGE.format(file=svg.name).encode(), float(resolution) if kind == "png" else None
        return typst.compile(  # type: ignore[type-var]  # the stub wants the page and its root to be of one type
            page, root=str(svg.parent), ignore_system_fonts=True, format=kind, ppi=pixels
        )

    files = [stem.with_suffix(".pdf")]
    files[0].write_bytes(made("pdf"))
    for kind in formats:
        file = stem.with_suffix(f".{kind}")
        files.append(file)
        if kind == "eps":
            shutil.copy2(svg.with_suffix(".eps"), file)
            continue
        with Image.open(io.BytesIO(made("png"))) as picture:
            options = TIFF if kind == "tiff" else {}
            picture.convert("RGB").save(file, dpi=(resolution, resolution), **options)
    return files
