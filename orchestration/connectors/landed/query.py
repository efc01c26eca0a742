"""The query that reads a landed table as the fields of an API's object, all text.

Belongs here: one table's SQL. Does not: running it (pull.py), or typing (typing_sql.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestration.connectors.errors import FixConfiguration
from orchestration.connectors.landed.landed_table import LandedTable
from orchestration.connectors.landed.loaders import (
    LandedBy,
    gone_condition,
    loader_of,
    newest_first,
    row_filter,
)
from orchestration.connectors.landed.names import column_names
from orchestration.connectors.mapping import ApiObject
from orchestration.connectors.typing_sql import quoted


@dataclass(frozen=True)
class TableQuery:
    """How one object is read.

    Attributes:
        sql: The query; one row per record, its columns are fields of the API.
        columns: Field of the API (of a mapped object: table and column) to the type that it has.
        missing: Fields of the API (of a mapped object: canonical fields) without a column.
        loader: Who landed it.
        absent: What `columns` could have held and does not.
        fields: Columns of the query.
    """

    sql: str
    columns: Mapping[str, str]
    missing: tuple[str, ...]
    loader: LandedBy
    absent: frozenset[str]
    fields: frozenset[str]


def table_query(
    item: ApiObject, custom: Sequence[str], table: LandedTable, tables: Mapping[str, LandedTable]
) -> TableQuery:
    """Return how a table gives an object's records.

    Args:
        item: The object.
        custom: The company's further fields.
        table: The object's table.
        tables: All tables, where one may name the complete loads.

    Raises:
        FixConfiguration: When no loader's marker is there, or the key is missing.
    """
    loader = loader_of(table.columns)
    if loader is None:
        raise no_known_loader(table)
    wanted = dict.fromkeys((*item.api_fields(), *custom))
    found = {name: column for name in wanted if (column := _column(name, table)) is not None}
    if item.id_field not in found:
        raise FixConfiguration(
            f"table {table.name} has no column for {item.id_field}, the key of {item.name}"
        )
    _refuse_missing_conditions(item, table, found)
    stamp = found.get(item.cursor_field) or table.columns[loader.marker][0]
    shown = {
        **{name: f"cast({quoted(column)} as varchar)" for name, column in found.items()},
        item.cursor_field: f"cast({quoted(stamp)} as varchar)",
        **{
            name: "cast(null as varchar)"
            for output in item.outputs.values()
            for name in output.where
            if name not in found
        },
        item.deleted_field: f"cast({gone_condition(loader, table.columns)} as varchar)",
    }
    listed = ", ".join(f"{value} as {quoted(name)}" for name, value in shown.items())
    loads = tables.get(loader.loads_table or "")
    condition = row_filter(loader, table.columns, loads.relation if loads else None)
    order = newest_first(loader, table.columns)
    sql = (
        f"select {listed} from {table.relation} where {condition} "  # noqa: S608
        f"qualify row_number() over (partition by {quoted(found[item.id_field])} "
        f"order by {order}) = 1"
    )
    types = {name: table.columns[column.lower()][1] for name, column in found.items()}
    missing = tuple(name for name in wanted if name not in found and name != item.deleted_field)
    available = frozenset((*types, item.cursor_field, item.deleted_field))
    return TableQuery(sql, types, missing, loader, frozenset(missing), available)


def no_known_loader(table: LandedTable) -> FixConfiguration:
    """The error for a table without any loader's marker."""
    return FixConfiguration(
        f"table {table.name} has no column of a known loader (_fivetran_synced, "
        "_airbyte_extracted_at or _dlt_load_id); deliver it as files with loader: file_drop"
    )


def _refuse_missing_conditions(
    item: ApiObject, table: LandedTable, found: Mapping[str, str]
) -> None:
    """A column that chooses the rows cannot be missing: all of them would be left out."""
    for output in item.outputs.values():
        for name, values in output.where.items():
            if values and name not in found:
                raise FixConfiguration(
                    f"table {table.name} has no column for {name}, which says which rows are "
                    f"{output.entity}; let the loader land it, or leave {item.name} out"
                )


def _column(field: str, table: LandedTable) -> str | None:
    for name in column_names(field):
        if name in table.columns:
            return table.columns[name][0]
    return None
