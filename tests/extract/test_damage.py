"""Files of every kind, damaged at random: they are read, or it is told in words why not, and never a traceback.

DAMAGES=5000 in the environment tries so many of each kind.
"""

import os
import random
import sqlite3
import warnings
from pathlib import Path

import duckdb
import pandas as pd
import pyreadstat
import pytest
from damaged_study import damaged
from exports import extract, source, workbook
from pydicom.data import get_testdata_file

from oligomet.extract.readers import ExtractError
from oligomet.extract.redcap import make_dictionary
from oligomet.schemas import SOURCES

FILES = Path(__file__).parent / "files"
TIMES = int(os.environ.get("DAMAGES", 40))
JARGON = ("Error", "Traceback", "0x", "codec", "pandas", "openpyxl", "NoneType", "<class")
ROWS = pd.DataFrame({"Record No.": ["007", "OV-2", "OV-3"], "Operation date": ["2019-03-05", "2019年3月5日", ""]})


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
