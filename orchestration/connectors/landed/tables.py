"""The tables of a database that another loader fills: DuckDB, Parquet files, or PostgreSQL.

Belongs here: opening it without a trace, and what it holds. Does not: which loader filled it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.connectors.errors import FixConfiguration, Retry
from orchestration.connectors.landed.landed_table import LandedTable
from orchestration.connectors.landed.postgres_tables import PostgresPlace, postgres_tables
from orchestration.connectors.typing_sql import literal, quoted

ATTACHED = "landed"


@contextmanager
def landed_tables(
    connection: duckdb.DuckDBPyConnection, place: Path | PostgresPlace, schema: str
) -> Iterator[Mapping[str, LandedTable]]:
    """Give the tables by their names in small letters, as long as the database is open.

    Args:
        connection: A connection of the caller.
        place: The DuckDB file, opened for reading only, or the folder, or the server.
        schema: Schema of the tables, or a folder inside the folder; may be empty for a folder.

    Raises:
        FixConfiguration: When there is no such place or schema.
        Retry: When the loader is writing to the file, or the server is away.
    """
    if isinstance(place, PostgresPlace):
        with postgres_tables(connection, place, schema) as tables:
            yield tables
    elif place.is_dir():
        yield _of_folder(connection, place / schema)
    elif place.is_file():
        _attach(connection, place)
        try:
            yield _of_schema(connection, place, schema)
        finally:
            connection.execute(f"detach {ATTACHED}")
    else:
        raise FixConfiguration(
            f"{place} does not exist; options.database names a DuckDB file or a folder of Parquet "
            "files"
        )


def _attach(connection: duckdb.DuckDBPyConnection, place: Path) -> None:
    try:
        connection.execute(f"attach {literal(str(place))} as {ATTACHED} (read_only)")
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise Retry(f"{place} is being written to; run again when its loader is done") from None
        raise FixConfiguration(f"{place} is no DuckDB file that can be read") from None


def _of_schema(
    connection: duckdb.DuckDBPyConnection, place: Path, schema: str
) -> dict[str, LandedTable]:
    rows = connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where database_name = ? order by schema_name, table_name, column_index",
        [ATTACHED],
    ).fetchall()
    schemas = sorted({row[0] for row in rows})
    if schema.lower() not in [name.lower() for name in schemas]:
        raise FixConfiguration(
            f"{place} has no schema {schema!r} with tables; it has: {', '.join(schemas) or 'none'}"
        )
    columns: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    for schema_name, table, column, kind in rows:
        if schema_name.lower() == schema.lower():
            columns.setdefault((schema_name, table), {})[column.lower()] = (column, kind)
    return {
        table.lower(): LandedTable(
            table, f"{ATTACHED}.{quoted(schema_name)}.{quoted(table)}", found
        )
        for (schema_name, table), found in columns.items()
    }


def _of_folder(connection: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, LandedTable]:
    if not folder.is_dir():
        raise FixConfiguration(f"{folder} does not exist; options.schema names a folder there")
    found = {}
    for path in sorted(folder.iterdir()):
        files = str(path / "**" / "*.parquet") if path.is_dir() else str(path)
        if path.is_dir() and not any(path.rglob("*.parquet")):
            continue
        if path.is_file() and path.suffix != ".parquet":
            continue
        relation = f"read_parquet({literal(files)}, union_by_name = true)"
        described = connection.execute(f"describe select * from {relation}").fetchall()  # noqa: S608
        columns = {name.lower(): (name, kind) for name, kind, *_ in described}
        found[path.stem.lower()] = LandedTable(path.stem, relation, columns)
    return found
