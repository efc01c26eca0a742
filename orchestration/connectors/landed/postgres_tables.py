"""Tables that another loader landed in PostgreSQL: copied as they are at one moment, then read.

All of a pull is read in one transaction of isolation `repeatable read`, so that tables belong
together while their loader goes on writing. A table is copied when it is first asked for, with the
server's COPY, into a file of this pull; the types that DuckDB reads it with are said one by one.

Belongs here: the connection, the copy and the types. Does not: what a table means (pull.py).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

import duckdb

from orchestration.connectors.errors import FixConfiguration, Retry
from orchestration.connectors.landed.landed_table import LandedTable
from orchestration.connectors.secrets import read_secret
from orchestration.connectors.typing_sql import literal, quoted

if TYPE_CHECKING:
    import psycopg

_FOLDER_PREFIX = ".landed_postgres"
# What has no type of its own in DuckDB, or would lose digits there, is read as text.
_TYPES = {
    "int2": "SMALLINT",
    "int4": "INTEGER",
    "int8": "BIGINT",
    "float4": "FLOAT",
    "float8": "DOUBLE",
    "bool": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMP WITH TIME ZONE",
    "json": "JSON",
    "jsonb": "JSON",
}
_TEXT = "VARCHAR"
_SOON = ("starting up", "shutting down", "too many", "remaining connection slots")
# Tables, views and their like, with every column that is there; not the system's own.
_COLUMNS = """
    select relation.relname, attribute.attname, type.typname
    from pg_catalog.pg_attribute as attribute
    inner join pg_catalog.pg_class as relation on attribute.attrelid = relation.oid
    inner join pg_catalog.pg_namespace as namespace on relation.relnamespace = namespace.oid
    inner join pg_catalog.pg_type as type on attribute.atttypid = type.oid
    where
        relation.relkind in ('r', 'p', 'v', 'm', 'f')
        and attribute.attnum > 0 and not attribute.attisdropped
        and lower(namespace.nspname) = lower(%s)
        and pg_catalog.has_table_privilege(relation.oid, 'select')
    order by relation.relname, attribute.attnum
"""


@dataclass(frozen=True)
class PostgresPlace:
    """Which server.

    Attributes:
        variable: The variable with its address (or with `_FILE`, the file that holds it).
        variables: The environment.
        folder: Where copies are made and removed again.
        row_limit: Rows of each table at most; None for all.
    """

    variable: str
    variables: Mapping[str, str] = field(repr=False)
    folder: Path
    row_limit: int | None = None

    def __str__(self) -> str:
        """The place in words; the address holds a password."""
        return f"the PostgreSQL database of {self.variable}"


@contextmanager
def postgres_tables(
    connection: duckdb.DuckDBPyConnection, place: PostgresPlace, schema: str
) -> Iterator[Mapping[str, LandedTable]]:
    """Give the tables of a schema by their names in small letters, all as of one moment.

    Raises:
        FixConfiguration: When the address is none, the schema has no table that can be read, or
            the server refuses.
        Retry: When the server cannot be reached.
    """
    place.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in place.folder.glob(f"{_FOLDER_PREFIX}*"):
        rmtree(left)  # of a pull that was killed
    with (
        _snapshot(place) as server,
        tempfile.TemporaryDirectory(prefix=_FOLDER_PREFIX, dir=place.folder) as folder,
    ):
        yield _Copies(connection, server, place, schema, Path(folder))


class _Copies(Mapping[str, LandedTable]):
    """The tables; each is copied when it is first asked for."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        server: psycopg.Connection,
        place: PostgresPlace,
        schema: str,
        folder: Path,
    ) -> None:
        self._connection, self._server = connection, server
        self._place, self._folder = place, folder
        self._kinds: dict[str, dict[str, str]] = {}
        self._names: dict[str, str] = {}
        rows = server.execute(_COLUMNS, (schema,)).fetchall()
        for table, column, kind in rows:
            self._names[table.lower()] = table
            self._kinds.setdefault(table.lower(), {})[column] = _TYPES.get(kind, _TEXT)
        if not rows:
            raise FixConfiguration(
                f"{place} has no schema {schema!r} with tables that its user may read; set "
                "options.schema, or grant usage on the schema and select on its tables"
            )
        self._schema = self._written(schema)
        self._copied: dict[str, LandedTable] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __getitem__(self, name: str) -> LandedTable:
        if name not in self._copied:
            self._copied[name] = self._copy(name)
        return self._copied[name]

    def _written(self, schema: str) -> str:
        """The schema as it is written at the server."""
        rows = self._server.execute(
            "select nspname from pg_catalog.pg_namespace where lower(nspname) = lower(%s) "
            "order by nspname = %s desc, nspname",
            (schema, schema),
        ).fetchall()
        if len(rows) > 1 and rows[0][0] != schema:
            raise FixConfiguration(
                f"{self._place} has several schemas called so: {', '.join(row[0] for row in rows)};"
                " write options.schema with the same capitals as one of them"
            )
        return str(rows[0][0])

    def _copy(self, name: str) -> LandedTable:
        from psycopg import sql

        kinds = self._kinds[name]
        limit = self._place.row_limit
        query = sql.SQL(
            "copy (select {columns} from {table} {limit}) to stdout "
            "(format csv, null '\\N', force_quote *)"
        ).format(
            columns=sql.SQL(", ").join(
                sql.SQL("{}::text").format(sql.Identifier(column)) for column in kinds
            ),
            table=sql.Identifier(self._schema, self._names[name]),
            limit=sql.SQL("" if limit is None else "limit {}").format(limit),
        )
        path = self._folder / f"{len(self._copied)}.csv"
        with self._server.cursor() as cursor, cursor.copy(query) as copy, path.open("wb") as file:
            for block in copy:
                file.write(block)
        return LandedTable(
            self._names[name],
            _relation(path, kinds),
            {column.lower(): (column, kind) for column, kind in kinds.items()},
        )


def _relation(path: Path, kinds: Mapping[str, str]) -> str:
    """SQL that reads a copy: every column as text first, then as its own type, strictly."""
    texts = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in kinds)
    columns = ", ".join(
        f"cast({quoted(column)} as {kind}) as {quoted(column)}" for column, kind in kinds.items()
    )
    return (
        f"(select {columns} from read_csv({literal(str(path))}, columns = {{{texts}}}, "  # noqa: S608
        "auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"', "
        "nullstr = '\\N', allow_quoted_nulls = false, max_line_size = 100000000))"
    )


def _is_away(error: psycopg.Error) -> bool:
    """Whether the server is not there, or not now: 08 is the connection, 57P a shutdown."""
    if error.sqlstate is not None:
        return error.sqlstate.startswith(("08", "53", "57P"))
    # A refusal to log in comes without a state, but in the server's own words.
    said = str(error)
    return "FATAL" not in said or any(text in said for text in _SOON)


@contextmanager
def _snapshot(place: PostgresPlace) -> Iterator[psycopg.Connection]:
    """A transaction that sees one moment and writes nothing."""
    # The client is loaded only by who reads a server.
    import psycopg

    from orchestration.postgres.server import SESSION, Server

    server = Server(read_secret(place.variables, place.variable))
    try:
        parameters = server.parameters
    except Exception:  # the address is not quoted
        raise FixConfiguration(
            f"{place.variable} is no address that PostgreSQL's client understands; give "
            "postgresql://user:password@host:port/database, with special characters of user and "
            "password as percent codes (%40 for @)"
        ) from None
    try:
        with psycopg.connect(**parameters, autocommit=True) as connection:  # type: ignore[arg-type]
            for statement in SESSION:
                connection.execute(statement)
            connection.execute("begin isolation level repeatable read read only")
            yield connection
            connection.execute("rollback")
    except psycopg.Error as error:
        said = error.diag.message_primary or " ".join(str(error).split())
        text = server.scrub(f"{place} ({server.label}): {said}")
        if _is_away(error):
            raise Retry(f"{text}; run again when the server can be reached") from None
        raise FixConfiguration(f"{text} (SQLSTATE {error.sqlstate})") from None
