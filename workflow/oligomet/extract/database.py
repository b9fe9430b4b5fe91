"""Tables and queries of databases through SQLAlchemy, and Parquet through DuckDB; nothing is ever written."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from oligomet.extract.grid import Grid, Unreadable, any_text, as_text, reading
from oligomet.extract.headers import plain_header
from oligomet.source_declarations import Source

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine, Select, TextClause


def read_parquet(path: Path, source: Source) -> Grid:
    """The rows of a Parquet file as text, numbered from 1."""
    import duckdb

    with reading("a Parquet file"), duckdb.connect(":memory:") as connection:
        result = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
        header, rows = [column[0] for column in result.description], result.fetchall()
    return _grid(header, rows)


def read_database_file(path: Path, source: Source) -> Grid:
    """A table or query of a SQLite or DuckDB file, opened for reading only; see `read_database`."""
    from sqlalchemy import URL

    start = path.read_bytes()[:16]
    if start[8:12] != b"DUCK" and not start.startswith(b"SQLite format 3"):
        raise Unreadable("this is neither a SQLite nor a DuckDB database.")
    if start[8:12] != b"DUCK":
        return _read(
            URL.create("sqlite", database=f"file:{quote(str(path))}", query={"mode": "ro", "uri": "true"}), source
        )
    return _read(URL.create("duckdb", database=str(path)), source, connect_args={"read_only": True})


def read_database(source: Source) -> Grid:
    """A table or query of the database at `url`, as text, in a transaction that can only read.

    ${NAME} in the address stands for an environment variable. Rows are numbered from 1: those of a table in the order
    of its primary key (without one, and in DuckDB, of all declared columns), those of a query in the order it declares.

    Raises
    ------
    Unreadable
        If a variable is not set, no driver is installed, the server is not to be reached, there is no such table, the
        query has no order, or the database refuses it. The address is never repeated.
    """
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    declared = source.url or ""
    names = re.findall(r"\$\{(\w+)\}", declared)
    unset = [name for name in dict.fromkeys(names) if not os.environ.get(name)]
    if unset:
        raise Unreadable("\n".join(f"the environment variable {name} is not set; url refers to it." for name in unset))
    try:
        url = make_url(re.sub(r"\$\{(\w+)\}", _for_url, declared))
    except ArgumentError:
        raise Unreadable("url is not a database's address, such as postgresql://${USER}@host/name.") from None
    if url.get_backend_name() in ("sqlite", "duckdb"):
        path = Path(url.database or "")
        if not path.is_file():
            raise Unreadable("there is no such file; an embedded database is declared by file:, not by url:.")
        return read_database_file(path, source)
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    return _read(url, source)


def _for_url(variable: re.Match) -> str:
    """A variable is an address from its beginning, or a part of one: a password may hold signs that mean something."""
    value = os.environ[variable[1]]
    return value if variable.start() == 0 else quote(value, safe="")


def _read(url: URL, source: Source, **options) -> Grid:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import NoSuchModuleError

    try:
        engine = create_engine(url, **options)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise Unreadable(f"no driver for {url.drivername} is installed ({error}).") from None
    try:
        with _connected(engine) as connection:
            statement = _ordered(source) if source.query else _selected(engine, source)
            if not isinstance(statement, list):
                result = connection.execute(statement)
                return _grid([*result.keys()], result.fetchall())
            return Grid(statement, [], [])  # not all columns are there: what is missing is told of every source alike
    finally:
        engine.dispose()


@contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    """A connection that reads only, and rolls back; what the database says of a query, in a line."""
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    reading_only = {"postgresql_readonly": True} if engine.dialect.name == "postgresql" else {}
    try:
        connection = engine.connect()
    except DBAPIError as error:
        raise Unreadable(f"the database cannot be reached: {_first_line(error)}") from None
    with connection:
        try:
            yield connection.execution_options(**reading_only)
        except DBAPIError as error:
            raise Unreadable(f"the database refuses to answer: {_first_line(error)}") from None
        except (SQLAlchemyError, UnicodeError) as error:
            raise Unreadable("the database cannot be read; is it complete, and its text in UTF-8?") from error


def _first_line(error: Exception) -> str:
    """What the database says, without the name that its driver has for such a case."""
    said = next(iter(str(getattr(error, "orig", error)).strip().splitlines()), "no reason given")
    return re.sub(r"^[A-Z]\w*( \w+)* Error: ", "", said)


def _ordered(source: Source) -> TextClause:
    from sqlalchemy import text

    query = source.query or ""
    if not re.search(r"\border\s+by\b", query, re.IGNORECASE):
        raise Unreadable("query has no ORDER BY: a row could not be found again by its number.")
    return text(query.replace(":", r"\:"))


def _selected(engine: Engine, source: Source) -> Select | list[str]:
    """The declared columns of a table, in the order of its primary key; its columns, if some are not there."""
    from sqlalchemy import column, inspect, select, table

    schema, _, name = (source.table or "").rpartition(".")
    inspector = inspect(engine)
    there = [*inspector.get_table_names(schema or None), *inspector.get_view_names(schema or None)]
    if name not in there:
        raise Unreadable(f"there is no table {source.table!r}; there are {', '.join(there) or 'none'}.")
    columns = [found["name"] for found in inspector.get_columns(name, schema or None)]
    wanted = {plain_header(header) for header in source.headers}
    chosen = [found for found in columns if plain_header(found) in wanted]
    if len(chosen) < len(wanted):
        return columns
    has_keys = engine.dialect.name != "duckdb"  # whose SQLAlchemy dialect asks for them as PostgreSQL does, in vain
    order = (inspector.get_pk_constraint(name, schema or None)["constrained_columns"] if has_keys else []) or chosen
    # Columns without a type: the values as the driver gives them, for SQLite has texts where it declares dates.
    return select(*map(column, chosen)).select_from(table(name, schema=schema or None)).order_by(*map(column, order))


def _grid(header: list[str], rows: Iterable) -> Grid:
    texts = [[as_text(value) for value in row] for row in rows]
    kept = [number for number, cells in enumerate(texts) if any_text(cells)]
    return Grid(header, [texts[number] for number in kept], [number + 1 for number in kept])
