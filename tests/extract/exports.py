"""What the tests of the readers share: a source's declaration, an extraction, and what is said when there is none."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from oligomet.extract.readers import ExtractError, extract_sources
from oligomet.source_declarations import Source
from oligomet.study import read_study

DECLARED = Path(__file__).parents[2] / "studies/pumch2022/study.yaml"
STUDY = read_study(DECLARED)


def source(file: str | None = None, **parts) -> Source:
    declared = {"key": ["patient_id"], "columns": {"patient_id": "Record No.", "date": "Operation date"}, **parts}
    return Source.model_validate({**({"file": file} if file else {}), **declared})


def extract(raw: Path, **sources: Source):
    return extract_sources(STUDY.model_copy(update={"sources": sources}), raw)


def problems(raw: Path, **sources: Source) -> str:
    with pytest.raises(ExtractError) as error:
        extract(raw, **sources)
    return str(error.value).replace(str(raw) + "/", "")


def workbook(path: Path, **sheets: list[list]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return book


def rows_of(raw: Path, declared: Source) -> list[list[str]]:
    """The cells of the declared columns, row by row."""
    return cells(extract(raw, surgeries=declared)["surgeries"], *declared.columns)


def cells(rows: pd.DataFrame, *names: str) -> list[list[str]]:
    return rows[list(names)].to_numpy().tolist()
