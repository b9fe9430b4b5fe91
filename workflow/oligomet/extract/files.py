"""Which files a source is read from. The Snakefile asks as well, so nothing heavy is imported here."""

from __future__ import annotations

from pathlib import Path

from oligomet.source_declarations import Source


def find_files(part: Source, raw: Path) -> dict[str, Path]:
    """The records' files by the name they are known by, in order: that declared, those it fits, those in the folder."""
    if not part.file:
        return {}
    raw = Path(raw)
    if (raw / part.file).is_dir():
        found = sorted(path for path in (raw / part.file).rglob("*") if path.is_file())
    elif any(sign in part.file for sign in "*?[") and not (raw / part.file).is_file():
        found = sorted(path for path in raw.glob(part.file) if path.is_file())
    else:
        return {part.file: raw / part.file}
    return {path.relative_to(raw).as_posix(): path for path in found if not path.name.startswith((".", "~$"))}


def raw_files(sources: dict[str, Source], raw: str | Path) -> list[str]:
    """Every file there is that the sources are read from, dictionaries and catalogues too.

    One that is missing is left for the readers of the exports, who name everything that is wrong with them at once.
    """
    parts = [part for source in sources.values() for part in source.parts]
    beside = {
        str(Path(raw, part.file).with_name(name))
        for part in parts
        for name in (part.dictionary, part.catalogue)
        if name and part.file
    }
    found = {str(path) for part in parts for path in find_files(part, Path(raw)).values()}
    return [file for file in sorted(beside | found) if Path(file).is_file()]
