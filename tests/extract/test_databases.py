"""Databases: SQLite and DuckDB in files, PostgreSQL as a server that the tests start, and Parquet."""

import sqlite3

import duckdb
import pytest
from exports import extract, problems, rows_of, source
from pydantic import ValidationError
from sqlalchemy import create_engine, text

TABLE = """
CREATE TABLE operations (
    "Record No." VARCHAR(20) PRIMARY KEY, name VARCHAR(20), "Operation date" DATE, size DECIMAL(5, 2)
)
"""
ROWS = "INSERT INTO operations VALUES ('OV-2', 'B', '2019-04-05', NULL), ('007', 'A', '2019-03-05', 2.40)"
COLUMNS = {"patient_id": "Record No.", "date": "Operation date", "size": "size"}
EXPECTED = [["007", "2019-03-05", "2.4"], ["OV-2", "2019-04-05", ""]]
QUERY = """SELECT "Record No." AS id, "Operation date" AS day FROM operations WHERE name <> 'B:x' ORDER BY 1"""


@pytest.fixture(params=["sqlite", "duckdb"])
def embedded(tmp_path, request):
    """A database in a file, whose name does not tell which kind it is."""
    path = tmp_path / "registry.db"
    with (sqlite3 if request.param == "sqlite" else duckdb).connect(path) as connection:
        connection.execute(TABLE)
        connection.execute(ROWS)
    connection.close()
    return tmp_path


def test_a_table_of_an_embedded_database_in_the_order_of_its_key(embedded):
    before = (embedded / "registry.db").read_bytes()
    rows = extract(embedded, surgeries=source("registry.db", table="operations", columns=COLUMNS))["surgeries"]
    assert rows[list(COLUMNS)].to_numpy().tolist() == EXPECTED
    assert rows["row"].tolist() == [1, 2]
    assert set(rows["file"]) == {"registry.db"} and set(rows["sheet"]) == {"operations"}
    assert (embedded / "registry.db").read_bytes() == before


def test_an_embedded_database_by_its_address(embedded, monkeypatch):
    kind = "sqlite" if (embedded / "registry.db").read_bytes().startswith(b"SQLite") else "duckdb"
    monkeypatch.setenv("FOLDER", f"{kind}:///{embedded}")
    assert rows_of(embedded, source(url="${FOLDER}/registry.db", table="operations", columns=COLUMNS)) == EXPECTED
    assert problems(embedded, surgeries=source(url="${FOLDER}/none.db", table="operations")) == (
        "${FOLDER}/none.db[operations]: there is no such file; an embedded database is declared by file:, not by url:."
    )


def test_a_query_must_say_in_which_order(embedded):
    declared = {"columns": {"patient_id": "id", "date": "day"}}
    rows = rows_of(embedded, source("registry.db", query=QUERY, **declared))
    assert rows == [["007", "2019-03-05"], ["OV-2", "2019-04-05"]]
    said = problems(embedded, surgeries=source("registry.db", query=QUERY.split("ORDER")[0], **declared))
    assert said == "registry.db[query]: query has no ORDER BY: a row could not be found again by its number."


def test_nothing_can_be_written(embedded):
    said = problems(embedded, surgeries=source("registry.db", query="DELETE FROM operations -- order by"))
    assert "registry.db[query]: the database refuses to answer: " in said
    assert rows_of(embedded, source("registry.db", table="operations", columns=COLUMNS)) == EXPECTED


def test_tables_columns_and_queries_that_are_not_there(embedded):
    said = problems(
        embedded,
        patients=source("registry.db", table="surgeries"),
        plans=source("registry.db", table="operations", columns={"patient_id": "Record", "date": "Operation date"}),
        lesions=source("registry.db", query="SELECT nothing FROM operations ORDER BY 1"),
    )
    assert "registry.db[surgeries]: there is no table 'surgeries'; there are operations." in said
    assert "column 'Record' (sources.plans.columns.patient_id) is missing." in said
    assert "the columns there are: Record No., name, Operation date, size." in said
    assert "registry.db[query]: the database refuses to answer: " in said


def test_a_file_that_is_no_database(tmp_path):
    (tmp_path / "a.duckdb").write_text("x" * 5000)
    (tmp_path / "a.sqlite").write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    said = problems(tmp_path, patients=source("a.duckdb", table="t"), plans=source("a.sqlite", table="t"))
    assert "a.duckdb[t]: this is neither a SQLite nor a DuckDB database." in said
    assert "a.sqlite[t]: the database" in said


def test_secrets_and_shapes_that_a_declaration_cannot_have():
    for wrong, told in [
        ({"url": "postgresql://me:secret@host/db", "table": "t"}, "a password does not belong here"),
        ({"url": "postgresql://host/db?user=me&password=secret", "table": "t"}, "a password does not belong here"),
        ({"url": "${URL}"}, "expected one of table, query"),
        ({"url": "${URL}", "table": "t", "file": "a.csv"}, "expected one of file, files, url"),
    ]:
        with pytest.raises(ValidationError, match=told):
            source(**wrong)


def test_parquet_and_moments_that_know_their_offset(tmp_path):
    with duckdb.connect(":memory:") as connection:
        rows = "(VALUES ('007', TIMESTAMPTZ '2019-01-01 00:00:00+08', 2.40), ('OV-2', NULL, NULL)) AS t (id, day, size)"
        connection.execute(f"COPY (SELECT * FROM {rows}) TO '{tmp_path}/a.parquet'")
    columns = {"patient_id": "id", "date": "day", "size": "size"}
    # In UTC, whatever the zone of this machine: whose day it is, is not for a reader to say.
    assert rows_of(tmp_path, source("a.parquet", columns=columns)) == [
        ["007", "2018-12-31 16:00:00+00:00", "2.4"],
        ["OV-2", "", ""],
    ]


# ------------------------------------------------------------------------------------------------ a real server


@pytest.fixture
def registry(server, monkeypatch):
    """A table in the server; its address in an environment variable, as one and in parts."""
    address = f"reader:p%40ss%2Fw%3Ard@/postgres?host={server}"
    monkeypatch.setenv("REGISTRY", f"postgresql://{address}")
    monkeypatch.setenv("REGISTRY_PASSWORD", "p@ss/w:rd")
    engine = create_engine(f"postgresql+psycopg://{address}")
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS operations"))
        connection.execute(text(TABLE))
        connection.execute(text(ROWS))
    yield engine
    engine.dispose()


def test_a_table_of_a_server_by_credentials_from_the_environment(registry, server, tmp_path):
    in_parts = f"postgresql://reader:${{REGISTRY_PASSWORD}}@/postgres?host={server}"
    for url in ("${REGISTRY}", in_parts):
        rows = extract(tmp_path, surgeries=source(url=url, table="public.operations", columns=COLUMNS))["surgeries"]
        assert rows[list(COLUMNS)].to_numpy().tolist() == EXPECTED
        assert set(rows["file"]) == {url} and set(rows["sheet"]) == {"public.operations"}
    query = source(url="${REGISTRY}", query=QUERY, columns={"patient_id": "id", "date": "day"})
    assert rows_of(tmp_path, query) == [["007", "2019-03-05"], ["OV-2", "2019-04-05"]]


def test_a_server_is_only_read(registry, tmp_path):
    writing = "WITH gone AS (DELETE FROM operations RETURNING *) SELECT * FROM gone ORDER BY 1"
    said = problems(tmp_path, surgeries=source(url="${REGISTRY}", query=writing))
    assert said.startswith("${REGISTRY}[query]: the database refuses to answer: cannot execute ")
    assert said.endswith(" in a read-only transaction")
    with registry.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM operations")).scalar() == 2


def test_what_keeps_a_server_from_being_read_is_told_without_its_secrets(registry, server, tmp_path, monkeypatch):
    monkeypatch.setenv("WRONG", "seCret/1")
    monkeypatch.setenv("NO_URL", "seCret")
    monkeypatch.delenv("UNSET", raising=False)
    said = problems(
        tmp_path,
        patients=source(url=f"postgresql://reader:${{WRONG}}@/postgres?host={server}", table="operations"),
        plans=source(url="postgresql://${UNSET}@host/db", table="operations"),
        lesions=source(url="${NO_URL}", table="operations"),
        surgeries=source(url="${REGISTRY}", table="plans"),
        therapies=source(url="nonesuch://host/db", table="plans"),
    )
    assert "the database cannot be reached" in said and "password authentication failed" in said
    assert "the environment variable UNSET is not set; url refers to it." in said
    assert "${NO_URL}[operations]: url is not a database's address" in said
    assert "${REGISTRY}[plans]: there is no table 'plans'; there are operations." in said
    assert "no driver for nonesuch is installed" in said
    assert "seCret" not in said and "p@ss" not in said and "p%40ss" not in said


def test_a_nul_in_a_cell_is_damage_and_no_end_of_it(tmp_path):
    with sqlite3.connect(tmp_path / "registry.sqlite") as connection:
        connection.execute("CREATE TABLE t (number INTEGER PRIMARY KEY, id TEXT, size TEXT)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?)", [(1, "7", "18"), (2, "8", "1\0008")])
    connection.close()
    declared = source("registry.sqlite", table="t", columns={"patient_id": "id", "date": "size"})
    assert "row 2, column 'size': a NUL byte stands in it" in problems(tmp_path, surgeries=declared)
