"""Exports full of identifiers: a word that nothing else has is planted wherever a hospital's files can hold one."""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import openpyxl
import pypdf
from openpyxl.comments import Comment

from oligomet.schemas import SOURCES

WORD = "Qzxjwvkqy"  # of every canary; long enough not to come about by chance in what is packed or encoded
TELEPHONE = "13900774412"
SIGHTED = {  # cells of patients who stay: what stands in them is not read, or goes no further
    "patients": ["edited"],
    "therapies": ["end_date", "relapse_date", "edited"],
    "lesions": ["gtv_diameter_cm", "edited"],
    "measurements": ["long_axis_cm", "short_axis_cm", "new_lesions", "edited"],
    "follow_up": ["in_field_recurrence", "in_field_lesions", "distant_progression", "cause_of_death"],
}


def plant(raw: Path, sources: dict) -> list[str]:
    """Plant canaries in all exports; other identifiers that are found in them: telephones and dates of birth."""
    born = []
    for file in dict.fromkeys(source["file"] for source in sources.values()):
        of_file = {role: source for role, source in sources.items() if source["file"] == file}
        if file.endswith(".xlsx"):
            book = openpyxl.load_workbook(raw / file)
            for role, source in of_file.items():
                sheet = book[source["sheet"]]
                lines = [[cell for cell in row] for row in sheet.iter_rows(values_only=True)]
                lines = _planted(lines, role, source)
                sheet.delete_rows(1, sheet.max_row)
                for line in lines:
                    sheet.append(line)
                sheet["A1"].comment = Comment(f"asked {WORD}", WORD)
                sheet.oddHeader.center.text = WORD
            book.create_sheet(f"{WORD} 1957")["A1"] = WORD
            for name in ("creator", "title", "subject", "keywords", "description", "lastModifiedBy", "category"):
                setattr(book.properties, name, WORD)
            book.save(raw / file)
        else:
            ((role, source),) = of_file.items()
            encoding, delimiter = source.get("encoding", "utf-8"), source.get("delimiter", ",")
            text = (raw / file).read_text(encoding=encoding)
            lines = _planted(list(csv.reader(io.StringIO(text), delimiter=delimiter)), role, source)
            if role == "patients":
                at = lines[0].index(source["columns"]["birth_date"])
                born = [line[at] for line in lines[1:] if re.search(r"\D\d+\D", line[at]) and WORD not in line[at]]
            with (raw / file).open("w", encoding=encoding, newline="") as opened:
                csv.writer(opened, delimiter=delimiter).writerows(lines)
    return [TELEPHONE, *born]


def _planted(lines: list[list], role: str, source: dict) -> list[list]:
    above, header = lines[: source.get("header_row", 1) - 1], lines[source.get("header_row", 1) - 1]
    rows = [[*row] for row in lines[len(above) + 1 :]]
    titles = {name: _title(column) for name, column in source["columns"].items()} | {"edited": source.get("edited")}
    number, declared = header.index(titles["patient_id"]), set(titles.values())
    for row in rows:
        letters = unicodedata.normalize("NFKC", str(row[number]))
        row[number] = re.sub("PUMCH", WORD, letters, flags=re.IGNORECASE)
        for at, title in enumerate(header):
            if title not in declared:  # names, identity cards, surgeons, telephones
                row[at] = f"{WORD} {TELEPHONE}"
        if "drug" in titles:
            at = header.index(titles["drug"])
            row[at] = f"{row[at]}, as {WORD} wished, {TELEPHONE}"
    ghosts = []
    for at, name in enumerate(SOURCES[role]):
        ghost = [*rows[0]]
        ghost[number] = f"{WORD}-GHOST-{at}"
        ghost[header.index(titles[name])] = f"{WORD} {TELEPHONE} {name}"
        ghosts.append(ghost)
    for at, name in enumerate(SIGHTED.get(role, [])):
        rows[at][header.index(titles[name])] = f"{WORD} {TELEPHONE} {name}"
    undeclared = [f"Notes of {WORD}", *([f"{WORD} {TELEPHONE}"] * len([*rows, *ghosts]))]
    return [
        *([*line, None] for line in above),
        *([*row, note] for row, note in zip([header, *rows, *ghosts], undeclared, strict=True)),
    ]


def _title(column: str | dict) -> str:
    return column if isinstance(column, str) else column["header"]


def contents(file: Path) -> Iterator[str]:
    """Everything that a file says: as bytes, unpacked, and as the text and metadata of a page."""
    content = file.read_bytes()
    yield content.decode("utf-8", errors="replace")
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            for member in archive.namelist():
                yield member + archive.read(member).decode("utf-8", errors="replace")
    if file.suffix == ".pdf":
        document = pypdf.PdfReader(file)
        yield str(document.metadata)
        yield from (page.extract_text() for page in document.pages)


@cache
def _folded(file: Path, changed_ns: int) -> list[str]:
    return [text.casefold() for text in contents(file)]


def leaks(folder: Path, identifiers: list[str], but: Path) -> list[str]:
    """The files under `folder` in which an identifier is found, those under `but` aside."""
    words = [word.casefold() for word in (WORD, *identifiers)]
    files = [file for file in sorted(folder.rglob("*")) if file.is_file() and but not in file.parents]
    return [
        f"{file}: {word}"
        for file in files
        for text in _folded(file, file.stat().st_mtime_ns)
        for word in words
        if word in text
    ]
