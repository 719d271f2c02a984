"""Reads the result of a query from a database, by SQLAlchemy. Nothing is changed there, and no password is shown."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from xlkpi.fill.tables.table import Table, TableError
from xlkpi.i18n.extras import DATABASE, need
from xlkpi.xlsx.cells import LARGEST_AREA

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

_URL = re.compile(r"[a-z][a-z0-9_+]*://", re.IGNORECASE)
_READS = re.compile(r"\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*(?:select|with|values|table)\b", re.IGNORECASE | re.DOTALL)
_READ_ONLY = {
    "sqlite": "PRAGMA query_only = ON",
    "postgresql": "SET TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
    "oracle": "SET TRANSACTION READ ONLY",
}
"""What makes a connection refuse to write, where the database has such a thing. Nothing is committed in any case."""


def is_url(source: str) -> bool:
    """Whether a source is a database rather than a file."""
    return _URL.match(source) is not None


def read_query(url: str, query: str) -> Table:
    """The rows of a query, headers first. Raises `TableError`, `MissingExtraError`."""
    need(DATABASE)
    from sqlalchemy import create_engine
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

    if not _READS.match(query):
        raise TableError("fill_query_changes")
    try:
        address = make_url(url)
        _must_exist(address)
        engine = create_engine(address, hide_parameters=True)
        try:
            with engine.connect() as connection:
                return Table(_shown(address), None, _rows(connection, query))
        finally:
            engine.dispose()
    except (ArgumentError, NoSuchModuleError):
        raise TableError("fill_no_url") from None
    except ImportError as error:
        raise TableError("fill_no_driver", module=error.name or str(error)) from None
    except SQLAlchemyError as error:
        raise TableError("fill_query_failed", error=_reason(error, address)) from None


def _rows(connection: Connection, query: str) -> list[list[object]]:
    from sqlalchemy import text

    read_only = _READ_ONLY.get(connection.dialect.name)
    if read_only is not None:
        connection.execute(text(read_only))
    # exec_driver_sql: a colon in the query is no parameter.
    result = connection.exec_driver_sql(query)
    if not result.returns_rows:
        raise TableError("fill_query_changes")
    headers = list(result.keys())
    most = LARGEST_AREA // max(1, len(headers))
    rows = [list(row) for row in result.fetchmany(most + 1)]
    connection.rollback()
    if len(rows) > most:
        raise TableError("fill_table_large")
    return [[*headers], *rows]


def _must_exist(address: URL) -> None:
    """SQLite would make an empty database of a name that is misspelt."""
    file = address.database
    if address.get_backend_name() == "sqlite" and file and file != ":memory:" and not Path(file).is_file():
        raise TableError("fill_no_database", path=file)


def _shown(address: URL) -> str:
    return str(address.render_as_string(hide_password=True))


def _reason(error: Exception, address: URL) -> str:
    """The first line of what the database says, without the password."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    line = said[0] if said else type(error).__name__
    return line.replace(str(address.password), "***") if address.password else line
