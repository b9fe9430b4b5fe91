"""The exports of a whole study as other programs keep them: each function writes them, and says where each role is.

What is said is the headers of the columns, and the rest of the declaration.
"""

import csv
import sqlite3
from pathlib import Path

import duckdb
import pandas as pd
import pyreadstat
from sqlalchemy import create_engine

from oligomet.extract.redcap import CHOICES, DICTIONARY, FIELD, FORM, REPEATS, TYPE

Exports = dict[str, pd.DataFrame]
Kept = dict[str, tuple[dict[str, str], dict[str, str]]]


def _same(names) -> dict[str, str]:
    return {name: name for name in names}


def keep_in_chinese(folder: Path, exports: Exports) -> Kept:
    """GB18030 with Chinese headers, a semicolon between cells."""
    kept = {}
    for role, frame in exports.items():
        headers = {name: f"项目{number}（{role}）" for number, name in enumerate(frame, 1)}
        frame.rename(columns=headers).to_csv(folder / f"{role}.csv", index=False, encoding="gb18030", sep=";")
        kept[role] = (headers, {"file": f"{role}.csv", "encoding": "gb18030"})
    return kept


def keep_in_sqlite(folder: Path, exports: Exports) -> Kept:
    with sqlite3.connect(folder / "registry.sqlite") as connection:
        for role, frame in exports.items():
            columns = ", ".join(f'"{name}" TEXT' for name in frame)
            connection.execute(f"CREATE TABLE {role} (number INTEGER PRIMARY KEY, {columns})")
            frame.rename_axis("number").reset_index().to_sql(role, connection, if_exists="append", index=False)
    connection.close()
    return {role: (_same(frame), {"file": "registry.sqlite", "table": role}) for role, frame in exports.items()}


def keep_in_postgresql(server: Path, exports: Exports, schema: str) -> Kept:
    """The address of the registry is to stand in the environment, as ADDRESS has it."""
    engine = create_engine(f"postgresql+psycopg://{_ACCOUNT}{server}")
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
        for role, frame in exports.items():
            frame.rename_axis("number").reset_index().to_sql(role, connection, schema=schema, index=False)
            connection.exec_driver_sql(f"ALTER TABLE {schema}.{role} ADD PRIMARY KEY (number)")
    engine.dispose()
    return {
        role: (_same(frame), {"url": "${REGISTRY}", "table": f"{schema}.{role}"}) for role, frame in exports.items()
    }


_ACCOUNT = "reader:p%40ss%2Fw%3Ard@/postgres?host="
ADDRESS = f"postgresql://{_ACCOUNT}"


def keep_in_parquet(folder: Path, exports: Exports) -> Kept:
    for role, frame in exports.items():
        with duckdb.connect(":memory:") as connection:
            connection.register("rows", frame)
            connection.execute(f"COPY rows TO '{folder}/{role}.parquet'")
    return {role: (_same(frame), {"file": f"{role}.parquet"}) for role, frame in exports.items()}


def as_spss_pads(exports: Exports) -> Exports:
    """SPSS pads its texts with spaces, so those at the end of a cell are not to be had back."""
    return {role: frame.apply(lambda cells: cells.str.rstrip(" ")) for role, frame in exports.items()}


def keep_in_spss(folder: Path, exports: Exports) -> Kept:
    """Numbers with value labels, where a column has few words."""
    kept, labelled = {}, 0
    for role, frame in as_spss_pads(exports).items():
        labels = {name: dict(enumerate(words, 1)) for name in frame if (words := _words_of(frame[name]))}
        codes = {
            name: frame[name].map({word: float(code) for code, word in words.items()}) for name, words in labels.items()
        }
        pyreadstat.write_sav(frame.assign(**codes), folder / f"{role}.sav", variable_value_labels=labels)
        kept[role] = (_same(frame), {"file": f"{role}.sav"})
        labelled += len(labels)
    assert labelled > 0
    return kept


def keep_in_redcap(folder: Path, exports: Exports) -> Kept:
    """A project with its dictionary; every role but the patients is a repeating instrument."""
    fields, rows = [{FIELD: "record_id", FORM: "patients", TYPE: "text"}], []
    for role, frame in exports.items():
        codes = {}
        for name in frame.columns.drop("patient_id"):
            words = [word for word in _words_of(frame[name]) if word == word.strip() and "|" not in word]
            codes[name] = {word: f"c{number}" for number, word in enumerate(words)}
            listed = " | ".join(f"{code}, {word}" for word, code in codes[name].items())
            fields.append({FIELD: f"{role}_{name}", FORM: role, TYPE: "dropdown" if words else "text", CHOICES: listed})
        for number, cells in enumerate(frame.to_dict("records"), 1):
            row = {f"{role}_{name}": codes[name].get(cells[name], cells[name]) for name in codes}
            repeats = {} if role == "patients" else {REPEATS: role, "redcap_repeat_instance": number}
            rows.append({"record_id": cells["patient_id"], **repeats, **row})
    names = ["record_id", REPEATS, "redcap_repeat_instance", *(field[FIELD] for field in fields[1:])]
    for file, header, lines in (("dictionary.csv", DICTIONARY, fields), ("export.csv", names, rows)):
        with (folder / file).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, header, restval="")
            writer.writeheader()
            writer.writerows(lines)
    assert any(field[TYPE] == "dropdown" for field in fields)
    project = {"file": "export.csv", "format": "redcap", "dictionary": "dictionary.csv"}
    return {
        role: (
            {name: "record_id" if name == "patient_id" else f"{role}_{name}" for name in frame},
            project | ({} if role == "patients" else {"instrument": role}),
        )
        for role, frame in exports.items()
    }


def _words_of(cells: pd.Series) -> list[str]:
    """The words of a column that has few, as a column of terms or flags does."""
    words = [word for word in cells.unique() if word]
    return words if len(words) < 60 else []
