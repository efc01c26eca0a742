"""Which models and tests stand as this run would make them, so that dbt need not do it again.

What a node gives depends on the project's files, on the keyed hash of personal data and on what it
reads: rules tables and what was published before by their rows, raw views by their text, which
names every delivered file by its content. All of it together is the node's fingerprint. A node
whose fingerprint is the one that was remembered with it holds the very rows that building it again
would write; a test that passed then passes now. The memory lies in the warehouse itself, so it is
lost with it.

Belongs here: fingerprints and the memory of them. Does not: building (assets.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from orchestration.hash_key import hash_key
from orchestration.ingest.published_before import SCHEMA as PUBLISHED_SCHEMA
from orchestration.ingest.warehouse import RULES_SCHEMA, warehouse
from orchestration.settings import Settings
from orchestration.sources.file_drop import RAW_SCHEMA
from orchestration.transform.nodes import Project
from orchestration.transform.project import fingerprint
from orchestration.transform.results import NodeResult

SCHEMA = "standing"
TABLE = f"{SCHEMA}.node"
VIEW = "view"


@dataclass(frozen=True)
class BuildPlan:
    """What a build has to do.

    Attributes:
        fingerprints: Of every model and test as this run makes it, by dbt id.
        kept: Rows of each model that stands (None for a view) and of each test that passed (None).
    """

    fingerprints: dict[str, str]
    kept: dict[str, int | None]

    @property
    def to_build(self) -> list[str]:
        """The dbt ids of what must be built, in the order of the project."""
        return [unique_id for unique_id in self.fingerprints if unique_id not in self.kept]


def plan_build(settings: Settings, project: Project, is_from_scratch: bool = False) -> BuildPlan:
    """Say what stands and what must be built.

    Args:
        settings: The home.
        project: The models and tests.
        is_from_scratch: Whether everything is to be built, whatever stands.

    Raises:
        SettingsError: When the hash key cannot be read.
    """
    code = _hash(fingerprint(settings), duckdb.__version__, hash_key(settings))
    with warehouse(settings) as connection:
        fingerprints = _node_fingerprints(connection, project, code)
        known = {} if is_from_scratch else _remembered(connection)
        relations = _relations(connection)
    kept = {
        unique_id: known[unique_id][1]
        for unique_id, value in fingerprints.items()
        if unique_id in known
        and known[unique_id][0] == value
        and (unique_id in project.tests or _place(project, unique_id) in relations)
    }
    return BuildPlan(fingerprints, kept)


def forget(settings: Settings, unique_ids: Iterable[str]) -> None:
    """Take the memory of nodes back; call it before they are built, for a build may be killed."""
    with warehouse(settings) as connection:
        _make_table(connection)
        connection.execute(f"delete from {TABLE} where unique_id in $1", [list(unique_ids)])  # noqa: S608


def remember(settings: Settings, plan: BuildPlan, results: Iterable[NodeResult]) -> None:
    """Note the nodes that a build made well; a test that warned is looked at again next time."""
    good = [
        item
        for item in results
        if item.status in ("success", "pass") and item.unique_id in plan.fingerprints
    ]
    with warehouse(settings) as connection:
        _make_table(connection)
        connection.execute(
            f"insert or replace into {TABLE} select unnest($1), unnest($2), unnest($3::bigint[])",  # noqa: S608
            [
                [item.unique_id for item in good],
                [plan.fingerprints[item.unique_id] for item in good],
                [item.row_count for item in good],
            ],
        )


def _make_table(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"create schema if not exists {SCHEMA}")
    connection.execute(
        f"create table if not exists {TABLE} "
        "(unique_id varchar primary key, fingerprint varchar not null, row_count bigint)"
    )


def _remembered(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, int | None]]:
    try:
        rows = connection.execute(
            f"select unique_id, fingerprint, row_count from {TABLE}"  # noqa: S608
        ).fetchall()
    except duckdb.CatalogException:
        return {}
    return {unique_id: (value, count) for unique_id, value, count in rows}


def _relations(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str, bool]]:
    return set(
        connection.execute(
            "select schema_name, view_name, true from duckdb_views() union all "
            "select schema_name, table_name, false from duckdb_tables()"
        ).fetchall()
    )


def _place(project: Project, unique_id: str) -> tuple[str, str, bool]:
    model = project.models[unique_id]
    return model.schema, model.name, model.materialized == VIEW


def _node_fingerprints(
    connection: duckdb.DuckDBPyConnection, project: Project, code: str
) -> dict[str, str]:
    """A view depends on the columns below it only; what reads it depends on the rows it shows."""
    data = _source_fingerprints(connection, project)
    columns = _hash(code, _columns_below(connection))

    def of(unique_id: str, reads: Iterable[str]) -> str:
        return _hash(code, unique_id, *(data_of(item) for item in reads))

    def data_of(unique_id: str) -> str:
        if unique_id not in data and unique_id in project.models:
            data[unique_id] = of(unique_id, project.models[unique_id].reads)
        return data.get(unique_id, "")

    found = {}
    for unique_id, model in project.models.items():
        is_view = model.materialized == VIEW
        found[unique_id] = _hash(columns, unique_id) if is_view else data_of(unique_id)
    for unique_id, test in project.tests.items():
        found[unique_id] = of(unique_id, test.reads)
    return found


def _source_fingerprints(connection: duckdb.DuckDBPyConnection, project: Project) -> dict[str, str]:
    texts = {
        (schema, name): text
        for schema, name, text in connection.execute(
            "select schema_name, view_name, sql from duckdb_views() where schema_name = $1",
            [RAW_SCHEMA],
        ).fetchall()
    }
    return {
        unique_id: (
            _hash(texts.get((schema, table), "absent"))
            if schema == RAW_SCHEMA
            else _rows_hash(connection, schema, table)
        )
        for unique_id, (schema, table) in project.sources.items()
    }


def _rows_hash(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> str:
    # The order of a long table is left to chance, and its rows are too many for Python.
    chosen = "*" if schema == RULES_SCHEMA else "count(*), sum(hash(t)::hugeint), bit_xor(hash(t))"
    try:
        rows = connection.execute(f'select {chosen} from {schema}."{table}" as t')  # noqa: S608
    except duckdb.CatalogException:
        return "absent"
    # Values, not buffers: what lies below a NULL is left to chance.
    return _hash(repr(rows.description), repr(rows.fetchall()))


def _columns_below(connection: duckdb.DuckDBPyConnection) -> str:
    found = connection.execute(
        """
        select md5(string_agg(concat_ws('.', schema_name, table_name, column_name, data_type), ','
            order by schema_name, table_name, column_index))
        from duckdb_columns()
        where schema_name in ($1, $2, $3)
        """,
        [RAW_SCHEMA, RULES_SCHEMA, PUBLISHED_SCHEMA],
    ).fetchall()
    return str(found[0][0])


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
