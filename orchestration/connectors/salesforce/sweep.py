"""Compares all ids of an object with those that were delivered.

A record that vanished without a trace (a hard delete, a purged bin) is gone; one that was missed
(a commit later than the overlap) is read. The comparison has no upper end: a record that changed a
moment ago is still there, it only comes with the next run.

Belongs here: the comparison. Does not: asking or landing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from orchestration.connectors.context import PullResult
from orchestration.connectors.landing import Landing
from orchestration.connectors.mapping import IS_GONE, MODIFIED_AT, RECORD_ID, ApiObject
from orchestration.connectors.salesforce import soql
from orchestration.connectors.typing_sql import quoted

if TYPE_CHECKING:
    from orchestration.connectors.salesforce.object_pull import ObjectPull

_IDS_OF_ONE_QUERY = 200
# Beyond so many missed records the whole object is read again, which takes fewer requests.
_MANY_MISSED = 20_000


def sweep(pull: ObjectPull, result: PullResult) -> tuple[int, int]:
    """Stage what vanished and what was missed; returns how many of each."""
    item = pull.item
    main = next(iter(item.outputs))
    connection = pull.connection
    fields = [item.id_field, item.cursor_field]
    moved = item.moved_column()
    if item.moved_field and moved:
        fields.append(item.moved_field)
    conditions = soql.filters(item.outputs[main].where)
    if item.deleted_field in pull.columns:
        conditions.append(f"{item.deleted_field} = false")
    begin_source_ids(connection)
    query = soql.select(item.name, fields, conditions)
    for table in pull.rows(query, result, fields, kind="ids_"):
        add_source_ids(connection, table, item)
    if item.moved_field and moved:
        pull.keys.rename_parents()
    missed = connection.execute(
        f"select id from source_ids left join {pull.landings[main].held()} as held "  # noqa: S608
        f"on id = {RECORD_ID} where stamp <= ? and (held.{RECORD_ID} is null or held.{IS_GONE} "
        f"or held.{MODIFIED_AT} is distinct from stamp "
        f"or {f'held.{quoted(moved)} is distinct from parent' if moved else 'false'}) order by id",
        [pull.until],
    ).fetchall()
    _read_missed(pull, [row[0] for row in missed], result)
    return stage_vanished(connection, item, pull.landings), len(missed)


def begin_source_ids(connection: duckdb.DuckDBPyConnection) -> None:
    """Make table `source_ids`, empty."""
    connection.execute(
        "create or replace temp table source_ids (id varchar, stamp timestamptz, parent varchar)"
    )


def add_source_ids(connection: duckdb.DuckDBPyConnection, page: pa.Table, item: ApiObject) -> None:
    """Add a page of ids and stamps, and of parents where the page has them."""
    has_parent = item.moved_field is not None and item.moved_field in page.column_names
    parent = quoted(item.moved_field or "") if has_parent else "null"
    connection.register("id_page", page)
    connection.execute(
        f"insert into source_ids select {quoted(item.id_field)}, "  # noqa: S608
        f"cast({quoted(item.cursor_field)} as timestamptz), {parent} from id_page"
    )
    connection.unregister("id_page")


def stage_vanished(
    connection: duckdb.DuckDBPyConnection, item: ApiObject, landings: Mapping[str, Landing]
) -> int:
    """Stage the records that table `source_ids` does not name; returns how many rows."""
    count = 0
    for name, landing in landings.items():
        if item.outputs[name].deleted_too:
            continue
        gone: pa.Table = connection.sql(
            f"select {RECORD_ID} as id from {landing.held()} where not {IS_GONE} "  # noqa: S608
            f"and {RECORD_ID} not in (select id from source_ids)"
        ).to_arrow_table()
        count += landing.stage_gone(gone) if len(gone) else 0
    return count


def stage_gone(landings: Mapping[str, Landing], item: ApiObject, ids: Sequence[str]) -> int:
    """Stage that records are gone; returns how many of the dataset that has most."""
    table = pa.table({"id": pa.array(ids, pa.string())})
    counts = [
        landing.stage_gone(table)
        for name, landing in landings.items()
        if not item.outputs[name].deleted_too
    ]
    return max(counts, default=0)


def _read_missed(pull: ObjectPull, ids: list[str], result: PullResult) -> None:
    if len(ids) > _MANY_MISSED:
        pull.read(soql.window(pull.item.cursor_field, None, pull.until), result)
        return
    for start in range(0, len(ids), _IDS_OF_ONE_QUERY):
        pull.read([soql.with_ids(ids[start : start + _IDS_OF_ONE_QUERY])], result)
