"""What a node's rows depend on, as one value: the project, the key, and the rows that it reads.

A source's rows are known by themselves (rules tables, what was published before) or by the text of
their view, which names every delivered file by its content. A model's rows are known by what made
them, as long as nobody says that other inputs gave the same rows.

Belongs here: fingerprints. Does not: the memory of them, what stands (standing.py).
"""

from __future__ import annotations

import hashlib

import duckdb

from orchestration.ingest.published_before import SCHEMA as PUBLISHED_SCHEMA
from orchestration.ingest.warehouse import RULES_SCHEMA
from orchestration.ledger.source import SCHEMA as LEDGER_SCHEMA
from orchestration.sources.file_drop import RAW_SCHEMA
from orchestration.transform.nodes import Project
from orchestration.transform.rows_digest import DIGEST

VIEW = "view"


class Fingerprints:
    """The fingerprints of one state of the inputs."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, project: Project, code: str) -> None:
        """Look at the sources; everything else follows from them.

        Args:
            connection: The warehouse.
            project: The models and tests.
            code: Stands for whatever reaches every node: files, versions, the hash key.
        """
        self._project = project
        self._code = code
        self._columns = hash_of(code, _columns_below(connection))
        self._contents: dict[str, str] = _source_contents(connection, project)

    def of(self, unique_id: str) -> str:
        """A view depends on the columns below it only; what reads it, on the rows it shows."""
        model = self._project.models.get(unique_id)
        if model is not None and model.materialized == VIEW:
            return hash_of(self._columns, unique_id)
        return self._rows(unique_id)

    @property
    def code(self) -> str:
        """Stands for whatever reaches every node."""
        return self._code

    def settle(self, unique_id: str, content: str) -> None:
        """Say what stands for a model's rows, where it is not its fingerprint."""
        self._contents[unique_id] = content

    def content(self, unique_id: str) -> str:
        """What stands for the rows that a source or model shows; empty for neither."""
        if unique_id not in self._contents and unique_id in self._project.models:
            self._contents[unique_id] = self._rows(unique_id)
        return self._contents.get(unique_id, "")

    def _rows(self, unique_id: str) -> str:
        reads = (self._project.models.get(unique_id) or self._project.tests[unique_id]).reads
        return hash_of(self._code, unique_id, *(self.content(item) for item in reads))


def hash_of(*parts: str) -> str:
    """One value for several."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _source_contents(connection: duckdb.DuckDBPyConnection, project: Project) -> dict[str, str]:
    texts = {
        (schema, name): text
        for schema, name, text in connection.execute(
            "select schema_name, view_name, sql from duckdb_views() where schema_name = $1",
            [RAW_SCHEMA],
        ).fetchall()
    }
    return {
        unique_id: (
            hash_of(texts.get((schema, table), "absent"))
            if schema == RAW_SCHEMA
            else _table_content(connection, schema, table)
        )
        for unique_id, (schema, table) in project.sources.items()
    }


def _table_content(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> str:
    # The order of a long table is left to chance, and its rows are too many for Python.
    chosen = "*" if schema == RULES_SCHEMA else DIGEST
    try:
        rows = connection.execute(f'select {chosen} from {schema}."{table}" as t')  # noqa: S608
    except duckdb.CatalogException:
        return "absent"
    # Values, not buffers: what lies below a NULL is left to chance.
    return hash_of(repr(rows.description), repr(rows.fetchall()))


def _columns_below(connection: duckdb.DuckDBPyConnection) -> str:
    [(found,)] = connection.execute(
        """
        select md5(string_agg(concat_ws('.', schema_name, table_name, column_name, data_type), ','
            order by schema_name, table_name, column_index))
        from duckdb_columns()
        where schema_name in ($1, $2, $3, $4)
        """,
        [RAW_SCHEMA, RULES_SCHEMA, PUBLISHED_SCHEMA, LEDGER_SCHEMA],
    ).fetchall()
    return str(found)
