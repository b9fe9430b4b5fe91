"""What a run left: the hash of every file, recorded by the job that made it, and what it was made from.

A job's record, results/<study>/logs/<job>.sha256, is as `sha256sum` writes it, and `sha256sum --check` reads it.
"""

from __future__ import annotations

import csv
import hashlib
import os
import platform
import shutil
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path


def hash_of(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def files_in(paths: Iterable[str | Path]) -> list[Path]:
    """The files, and all that are in the folders, in order."""
    return sorted(
        file
        for path in map(Path, paths)
        for file in (path.rglob("*") if path.is_dir() else [path])
        if file.is_file() and "__pycache__" not in file.parts
    )


def record_outputs(outputs: Iterable[str], record: Path) -> None:
    """Record what a job has made, at its end and at once, so that a killed one leaves no half record."""
    half = record.with_suffix(".half")
    half.write_text("".join(f"{hash_of(file)}  {file}\n" for file in files_in(outputs)), encoding="utf-8")
    half.replace(record)


def recorded(logs: Path) -> Iterator[tuple[Path, dict[Path, str]]]:
    """Every record of a job and the hashes in it, by file; a line that is none is no matter."""
    for record in sorted(logs.glob("*.sha256")):
        lines = (line.split("  ", 1) for line in record.read_text(encoding="utf-8", errors="replace").splitlines())
        yield record, {Path(parts[1]): parts[0] for parts in lines if len(parts) == 2}


def changed_since(logs: Path, everything: bool = False) -> list[Path]:
    """The files that are no longer what their job made; those that are gone aside.

    A file that nothing has touched since its record was written is read only if `everything` is: when a file was last
    changed is kept by the system, and no program can set it back.
    """
    changed = []
    for record, hashes in recorded(logs):
        since = record.stat().st_mtime_ns
        there = [file for file in hashes if file.is_file()]
        touched = [file for file in there if everything or file.stat().st_ctime_ns > since]
        others = [file for file in touched if hash_of(file) != hashes[file]]
        if touched and not others:
            record.touch()
        changed += others
    return changed


def set_aside(file: Path, output: Path) -> Path:
    """Where the changed file is kept: its output, itself or a folder, is removed so that it is made again."""
    kept = output.parent / "edited" / file.name
    kept.parent.mkdir(exist_ok=True)
    shutil.copy2(file, kept)
    if output.is_dir():
        shutil.rmtree(output)
    else:
        output.unlink()
    return kept


def write_run_record(to: Path, inputs: Iterable[str], code: Iterable[str | Path], logs: Path) -> None:
    """What the results were made from and by, and what they are, a row each: kind, name, sha256.

    An environment has no hash: its rows name Python and every installed package, with version.
    """
    packages = Path(sysconfig.get_path("purelib")).glob("*.dist-info")
    named = sorted(package.stem for package in packages)
    made = {file: digest for _, hashes in recorded(logs) for file, digest in hashes.items() if file.is_file()}
    rows = [
        *(("input", file, hash_of(file)) for file in files_in(inputs)),
        *(("code", file, hash_of(file)) for file in files_in(code)),
        *(("environment", name, "") for name in [f"Python {platform.python_version()}", *named]),
        *(("output", file, made[file]) for file in sorted(made)),
    ]
    half = to.with_suffix(".half")
    with half.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened, lineterminator="\n").writerows([("kind", "name", "sha256"), *rows])
    os.replace(half, to)
