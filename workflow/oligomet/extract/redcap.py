"""REDCap: a project's export read with its data dictionary, and the dictionary that sets up a registry of our own."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path

from oligomet.extract.delimited import read_delimited
from oligomet.extract.grid import Grid, Unreadable
from oligomet.extract.headers import plain_header
from oligomet.schemas import Column
from oligomet.source_declarations import Source

DICTIONARY = [
    *("Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label"),
    *("Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number"),
    *("Text Validation Min", "Text Validation Max", "Identifier?", "Branching Logic (Show field only if...)"),
    *("Required Field?", "Custom Alignment", "Question Number (surveys only)", "Matrix Group Name", "Matrix Ranking?"),
    "Field Annotation",
]
FIELD, FORM, TYPE, CHOICES = DICTIONARY[0], DICTIONARY[1], DICTIONARY[3], DICTIONARY[5]
BY_API = {FIELD: "field_name", FORM: "form_name", TYPE: "field_type", CHOICES: "select_choices_or_calculations"}
OF_TYPE = {"yesno": {"1": "Yes", "0": "No"}, "truefalse": {"1": "True", "0": "False"}}
REPEATS = "redcap_repeat_instrument"


def read_redcap(path: Path, source: Source) -> Grid:
    """The rows of an instrument, or of the records themselves where none is declared, with labels in place of codes.

    A checkbox field has a column for each choice in the export; under its own name it has the labels of the choices
    that are checked, with semicolons between them. A row that is empty in all declared fields but the record's and
    REDCap's own is no row: REDCap exports one for every event.

    Raises
    ------
    Unreadable
        If export or dictionary cannot be read, or the instrument is none of the dictionary's.
    """
    fields = read_dictionary(path.parent / (source.dictionary or ""))
    grid = read_delimited(path, source)
    forms = dict.fromkeys(form for form, _, _ in fields.values())
    if source.instrument and source.instrument not in forms:
        raise Unreadable(f"there is no instrument {source.instrument!r} in the dictionary; it has {', '.join(forms)}.")
    record = next(iter(fields))
    columns = {name: [cells[at] for cells in grid.rows] for at, name in enumerate(grid.header)}
    columns = _resolved(columns, fields) if source.value_labels else columns
    at_hand = [
        name
        for name in columns
        if plain_header(name) in set(map(plain_header, source.headers)) - {record} and not name.startswith("redcap_")
    ]
    instruments = [_form(cell) for cell in columns.get(REPEATS, [""] * len(grid.rows))]
    wanted = source.instrument if source.instrument in instruments else ""
    kept = [
        at
        for at, instrument in enumerate(instruments)
        if instrument == wanted and (not at_hand or any(columns[name][at].strip() for name in at_hand))
    ]
    rows = [[cells[at] for cells in columns.values()] for at in kept]
    return Grid([*columns], rows, [grid.numbers[at] for at in kept])


def _form(cell: str) -> str:
    """'Follow up', as an export with labels has it, is the instrument follow_up."""
    return "_".join(cell.lower().split())


def read_dictionary(path: Path) -> dict[str, tuple[str, str, dict[str, str]]]:
    """Of every field its form, its type and its choices, label by code; the first field is the record's.

    Raises
    ------
    Unreadable
        If it is no dictionary.
    """
    if not path.is_file():
        raise Unreadable(f"there is no dictionary {path.name}.")
    expected = {"key": [], "file": path.name, "columns": {name: name for name in (FIELD, FORM, TYPE, CHOICES)}}
    try:
        grid = read_delimited(path, Source.model_validate(expected))
    except Unreadable as problem:
        lines = str(problem).split("\n")
        raise Unreadable("\n".join(f"dictionary {path.name}: {line}" for line in lines)) from None
    header = [plain_header(name) for name in grid.header]
    titles = {name: [title for title in (name, BY_API[name]) if title in header] for name in BY_API}
    missing = [name for name, found in titles.items() if not found]
    if missing:
        raise Unreadable(f"dictionary {path.name}: column {', '.join(map(repr, missing))} is missing.")
    places = {name: header.index(found[0]) for name, found in titles.items()}
    return {
        cells[places[FIELD]]: (cells[places[FORM]], cells[places[TYPE]], _choices(cells, places)) for cells in grid.rows
    }


def _choices(cells: list[str], places: Mapping[str, int]) -> dict[str, str]:
    """'1, Liver | 2, Bone' -> {'1': 'Liver', '2': 'Bone'}"""
    kind = cells[places[TYPE]]
    if kind not in ("radio", "dropdown", "checkbox"):
        return OF_TYPE.get(kind, {})
    pairs = (choice.partition(",") for choice in cells[places[CHOICES]].split("|"))
    return {code.strip(): label.strip() for code, _, label in pairs}


def _resolved(columns: dict[str, list[str]], fields: dict) -> dict[str, list[str]]:
    """Labels for codes; what is no code of the field stays as it is, and is for those to judge who know the words."""
    resolved = {
        name: [fields[name][2].get(cell.strip(), cell) for cell in cells] if name in fields else cells
        for name, cells in columns.items()
    }
    for name, (_, kind, choices) in fields.items():
        boxes = {f"{name}___{re.sub(r'[^a-z0-9_]', '_', code.lower())}": label for code, label in choices.items()}
        there = [(box, label) for box, label in boxes.items() if box in columns]
        checked = [[label * _is_checked(cell) for cell in columns[box]] for box, label in there]
        if kind == "checkbox" and checked:
            resolved[name] = ["; ".join(filter(None, labels)) for labels in zip(*checked, strict=True)]
    return resolved


def _is_checked(cell: str) -> bool:
    return cell.strip().lower() in ("1", "checked")


def make_dictionary(roles: Mapping[str, Mapping[str, Column]], terms: Mapping[str, Mapping[str, list[str]]]) -> str:
    """The data dictionary (CSV) of a registry with an instrument a role; all but `patients` are to be made repeating.

    The codes of choices are the study's words. REDCap allows letters, digits and underscores alone: where a role has a
    word with others, its choices are told apart by their labels.

    Parameters
    ----------
    roles
        The columns of the raw exports by role (`oligomet.schemas.SOURCES`).
    terms
        The words of study.yaml: the codes of a vocabulary are the choices of its fields.
    """
    fields = [{FIELD: "record_id", FORM: next(iter(roles)), TYPE: "text", "Field Label": "Record ID"}]
    for role, columns in roles.items():
        fields += [
            {
                FIELD: f"{role}_{name}",
                FORM: role,
                "Field Label": column.meaning,
                **_field(name, column, _words(column, terms), _codes_suffice(columns, terms)),
            }
            for name, column in columns.items()
            if name != "patient_id"
        ]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, DICTIONARY, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(fields)
    return text.getvalue()


def _words(column: Column, terms: Mapping[str, Mapping[str, list[str]]]) -> list[str]:
    return list(terms.get(column.terms, ())) if column.terms else list(column.allowed)


def _codes_suffice(columns: Mapping[str, Column], terms: Mapping[str, Mapping[str, list[str]]]) -> bool:
    return all(re.fullmatch("[A-Za-z0-9_]+", word) for column in columns.values() for word in _words(column, terms))


def _field(name: str, column: Column, words: list[str], by_code: bool) -> dict[str, str]:
    said = {
        "Required Field?": "y" if column.required else "",
        "Identifier?": "y" if name == "birth_date" else "",
        "Text Validation Min": "" if column.at_least is None else f"{column.at_least:g}",
        "Text Validation Max": "" if column.at_most is None else f"{column.at_most:g}",
        "Field Note": column.unit or {"length_cm": "cm", "dose_gy": "Gy"}.get(column.kind, ""),
    }
    if words:
        choices = [
            f"{word}, {word.replace('_', ' ')}" if by_code else f"{number}, {word}"
            for number, word in enumerate(words, 1)
        ]
        return said | {TYPE: "radio", CHOICES: " | ".join(choices)}
    if column.kind == "flag":
        return said | {TYPE: "yesno"}
    validation = {"date": "date_ymd", "integer": "integer", "text": "", "identifier": ""}.get(column.kind, "number")
    return said | {TYPE: "text", "Text Validation Type OR Show Slider Number": validation}


def registry_sources(
    roles: Mapping[str, Mapping[str, Column]],
    keys: Mapping[str, list[str]],
    terms: Mapping[str, Mapping[str, list[str]]],
) -> dict[str, dict]:
    """The section `sources` of study.yaml that reads the exports of such a registry; parameters as `make_dictionary`.

    `keys` are the columns that identify a row, by role.
    """
    return {
        role: {
            "file": "registry.csv",
            "format": "redcap",
            "dictionary": "dictionary.csv",
            **({} if role == next(iter(roles)) else {"instrument": role}),
            "value_labels": not _codes_suffice(columns, terms),
            "key": keys[role],
            "columns": {name: "record_id" if name == "patient_id" else f"{role}_{name}" for name in columns},
        }
        for role, columns in roles.items()
    }
