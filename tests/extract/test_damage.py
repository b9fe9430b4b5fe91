"""Files of every kind, damaged at random: they are read, or it is told in words why not, and never a traceback.

DAMAGES=5000 in the environment tries so many of each kind.
"""

import csv
import io
import os
import random
import shutil
import sqlite3
import warnings
from pathlib import Path

import duckdb
import pandas as pd
import pyreadstat
import pytest
from exports import DECLARED, STUDY, extract, source, workbook
from pydicom.data import get_testdata_file

from oligomet.cohort.build import build_cohort
from oligomet.cohort.pseudonyms import PUBLIC_KEY
from oligomet.extract.readers import ExtractError, extract_sources
from oligomet.extract.redcap import make_dictionary
from oligomet.schemas import SOURCES

FILES = Path(__file__).parent / "files"
TIMES = int(os.environ.get("DAMAGES", 40))
JARGON = ("Error", "Traceback", "0x", "codec", "pandas", "openpyxl", "NoneType", "<class")
ROWS = pd.DataFrame({"Record No.": ["007", "OV-2", "OV-3"], "Operation date": ["2019-03-05", "2019年3月5日", ""]})


ABSURD = ["", "99999", "-1", "0", "1e9", "2999-01-01", "1.13.2019", "🙂", "yes;no", "12 parsec", " ", "NA", "９９９"]


def make_worse(lines: list[list[str]], chance: random.Random) -> None:
    """Rows dropped, doubled, moved, shifted or cut, cells exchanged or absurd."""
    at, other = chance.randrange(1, len(lines)), chance.randrange(1, len(lines))
    cell, column = chance.randrange(len(lines[at])), chance.randrange(len(lines[0]))
    match chance.randrange(8):
        case 0:
            del lines[at]
        case 1:
            lines.insert(other, [*lines[at]])
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            lines[at] = [*lines[at][cell:], *lines[at][:cell]]
        case 4:
            lines[at][cell], lines[other][cell] = lines[other][cell], lines[at][cell]
        case 5:
            lines[at][cell] = lines[at][cell][: chance.randrange(4)]
        case _:
            for line in chance.sample(lines[1:], chance.choice([1, 1, 5, 50])):
                line[column] = chance.choice(ABSURD)


@pytest.mark.parametrize("seed", range(max(4, TIMES // 10)))
def test_every_row_of_worse_exports_is_used_or_quarantined(tmp_path, seed):
    chance, raw = random.Random(seed), DECLARED.with_name("raw")
    shutil.copytree(raw, tmp_path, dirs_exist_ok=True)
    for role in ("patients", "measurements", "follow_up", "toxicities"):
        declared = STUDY.sources[role]
        text = (raw / declared.file).read_text(declared.encoding)
        lines = list(csv.reader(io.StringIO(text), delimiter=declared.delimiter or ","))
        for _ in range(20):
            make_worse(lines, chance)
        with (tmp_path / declared.file).open("w", encoding=declared.encoding, newline="") as file:
            csv.writer(file, delimiter=declared.delimiter or ",").writerows(lines)
    extracted = extract_sources(STUDY, tmp_path)
    cohort = build_cohort(extracted, STUDY, PUBLIC_KEY)  # in which rows add up, or there is an error
    accounting = cohort["accounting"].set_index("role")
    assert accounting["raw"].to_dict() == {role: len(rows) for role, rows in extracted.items()}


def damaged(content: bytes, chance: random.Random) -> bytes:
    """A few bytes dropped, doubled, changed, moved or emptied, or the end cut off."""
    for _ in range(chance.choice([1, 1, 1, 2, 5, 20])):
        start = chance.randrange(len(content) or 1)
        end = min(len(content), start + chance.choice([1, 1, 2, 8, 64]))
        piece = content[start:end]
        instead = chance.choice(
            [
                b"",
                piece * 2,
                bytes(len(piece)),
                piece[::-1],
                bytes(chance.randrange(256) for _ in piece),
                b"\n",
                b'"',
                b",",
            ]
        )
        content = content[:start] + instead + content[end:] if chance.random() < 0.9 else content[:start]
    return content


def make(kind: str, folder: Path) -> dict:
    """A whole file of a kind, and how it is declared."""
    path = folder / f"whole.{kind}"
    if kind == "csv":
        path.write_bytes(ROWS.to_csv(index=False).encode("gb18030"))
    elif kind == "xlsx":
        workbook(path, A=[list(ROWS.columns), *ROWS.to_numpy().tolist()])
    elif kind in ("xls", "ods"):
        path.write_bytes((FILES / f"operations.{kind}").read_bytes())
        return {"header_rows": 2, "columns": {"patient_id": "Patient Record No.", "date": "Surgery Operation date"}}
    elif kind in ("sav", "dta", "xpt"):
        getattr(pyreadstat, {"xpt": "write_xport"}.get(kind, f"write_{kind}"))(
            ROWS.set_axis(["id", "day"], axis=1), path
        )
        return {"columns": {"patient_id": "id", "date": "day"}}
    elif kind == "parquet":
        with duckdb.connect(":memory:") as connection:
            connection.register("rows", ROWS)
            connection.execute(f"COPY rows TO '{path}'")
    elif kind == "sqlite":
        with sqlite3.connect(path) as connection:
            ROWS.to_sql("t", connection, index=False)
        connection.close()
        return {"table": "t"}
    elif kind == "redcap":
        path.write_bytes(make_dictionary(SOURCES, {"site": {"liver": [], "bone": []}}).encode())
        export = "record_id,redcap_repeat_instrument,lesions_site\n7,lesions,liver\n8,lesions,bone\n"
        (folder / "export.csv").write_text(export)
        columns = {"patient_id": "record_id", "site": "lesions_site"}
        return {"dictionary": "damaged.redcap", "format": "redcap", "instrument": "lesions", "columns": columns}
    else:
        path.write_bytes(Path(get_testdata_file(f"{kind}.dcm")).read_bytes())
        return {"format": kind, "columns": {"patient_id": "PatientID"}, "key": ["patient_id"]}
    return {}


@pytest.mark.parametrize(
    "kind", ["csv", "xlsx", "xls", "ods", "sav", "dta", "xpt", "parquet", "sqlite", "redcap", "rtplan"]
)
def test_damaged_files(tmp_path, kind):
    parts = make(kind, tmp_path)
    whole, path = (tmp_path / f"whole.{kind}").read_bytes(), tmp_path / f"damaged.{kind}"
    declared = source("export.csv" if kind == "redcap" else path.name, **parts)
    path.write_bytes(whole)
    assert len(extract(tmp_path, lesions=declared)["lesions"]) > 0
    told = 0
    for seed in range(TIMES):
        path.write_bytes(damaged(whole, random.Random(seed)))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                extract(tmp_path, lesions=declared)
        except ExtractError as problem:
            told += 1
            assert not any(word in str(problem) for word in JARGON), (seed, str(problem))
            assert all(line.startswith(str(tmp_path)) for line in str(problem).split("\n")), (seed, str(problem))
    assert told > 0
