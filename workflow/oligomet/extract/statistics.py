"""Files of statistics programs through pyreadstat: SPSS (.sav, .zsav), Stata (.dta), SAS (.sas7bdat, .xpt)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from oligomet.extract.grid import Grid, Unreadable, any_text, as_text, reading
from oligomet.source_declarations import Source

PROGRAMS = {".sav": "SPSS", ".zsav": "SPSS", ".dta": "Stata", ".sas7bdat": "SAS", ".xpt": "SAS transport"}


def read_statistics(path: Path, source: Source) -> Grid:
    """The cases as text, under the names of the variables; a row's number is that of the case.

    A value that has a label is read as its label, unless `value_labels: false`; a value that the file declares missing
    is an empty cell. SAS keeps labels in a catalogue of its own, which `catalogue` names.

    Raises
    ------
    Unreadable
        If the file is no such file, or its text is not in the declared encoding.
    """
    import pyreadstat

    suffix = path.suffix.lower()
    readers: dict[str, Callable] = {
        ".sav": pyreadstat.read_sav,
        ".zsav": pyreadstat.read_sav,
        ".dta": pyreadstat.read_dta,
        ".sas7bdat": pyreadstat.read_sas7bdat,
        ".xpt": pyreadstat.read_xport,
    }
    if suffix not in readers:
        raise Unreadable(f"no statistics program's file ends in {suffix or 'nothing'}; known are {', '.join(readers)}.")
    options: dict[str, Any] = {"output_format": "dict", "encoding": source.encoding}
    if source.catalogue:
        catalogue = path.with_name(source.catalogue)
        if not catalogue.is_file():
            raise Unreadable(f"there is no catalogue {source.catalogue}.")
        options["catalog_file"] = str(catalogue)
    with reading(f"a file of {PROGRAMS[suffix]} ({suffix}), in {source.encoding or 'the encoding that it names'},"):
        columns, about = readers[suffix](str(path), **options)
    labels = about.variable_value_labels if source.value_labels else {}
    texts = [_texts(values, labels.get(name, {})) for name, values in columns.items()]
    rows = [list(cells) for cells in zip(*texts, strict=True)]
    kept = [number for number, cells in enumerate(rows) if any_text(cells)]
    return Grid([name or "" for name in columns], [rows[number] for number in kept], [number + 1 for number in kept])


def _texts(values: list, labels: dict) -> list[str]:
    return [str(labels[value]) if value in labels else as_text(value) for value in values]
