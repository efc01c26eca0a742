"""SQL that turns an object's fields, all text, into the typed columns of a delivery.

A value that its type cannot hold stops the pull: it is never stored as NULL.

Belongs here: expressions. Does not: what is read, or where rows go (landing.py).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import duckdb
import pyarrow as pa

from orchestration.canonical import Entity, arrow_type, duckdb_type
from orchestration.connectors.errors import FixConfiguration
from orchestration.connectors.mapping import (
    IS_GONE,
    MODIFIED_AT,
    RECORD_ID,
    ApiObject,
    FieldSource,
    Output,
)

_BASE_62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """A text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"


def delivery_schema(output: Output, entity: Entity, custom: Sequence[str]) -> pa.Schema:
    """The columns of a delivery: technical ones, canonical fields, the company's own."""
    names = [name for name in entity.fields if name in output.fields or name == "is_deleted"]
    return pa.schema(
        [
            pa.field(RECORD_ID, pa.string()),
            pa.field(MODIFIED_AT, pa.timestamp("us", "UTC")),
            pa.field(IS_GONE, pa.bool_()),
            *(pa.field(name, _delivered_type(entity.fields[name].type)) for name in names),
            *(pa.field(name, pa.string()) for name in custom),
        ]
    )


def _delivered_type(field_type: str) -> pa.DataType:
    return pa.timestamp("us", "UTC") if field_type == "timestamp" else arrow_type(field_type)


def typed_columns(
    item: ApiObject,
    output: Output,
    entity: Entity,
    custom: Sequence[str],
    available: Collection[str],
    keyed: Collection[str] = (),
) -> dict[str, str]:
    """Column of the delivery to the SQL of its value.

    Args:
        item: The object.
        output: One of its outputs.
        entity: The entity of that output.
        custom: Fields of the company that are kept as text.
        available: Fields that the org has.
        keyed: Fields with ids of records, which table `page_keys` gives other ids.
    """
    gone = _is_gone(item, output, available)
    columns = {
        RECORD_ID: quoted(item.id_field),
        MODIFIED_AT: f"cast({quoted(item.cursor_field)} as timestamptz)",
        IS_GONE: gone,
    }
    for name in delivery_schema(output, entity, ()).names[len(columns) :]:
        source = output.fields.get(name)
        kind = entity.fields[name].type
        columns[name] = gone if source is None else _value(item, source, kind, available, keyed)
    for name in custom:
        value = known_key(quoted(name)) if name in keyed else quoted(name)
        columns[name] = value if name in available else "cast(null as varchar)"
    return columns


def known_key(value: str) -> str:
    """SQL of the id by which the company's other systems know a record, where there is one."""
    return f"coalesce((select its_key from page_keys where page_keys.its_id = {value}), {value})"  # noqa: S608


def typed_rows(
    connection: duckdb.DuckDBPyConnection, page: pa.Table, columns: dict[str, str], where: str
) -> pa.Table:
    """Return a page's rows, typed.

    Args:
        connection: Any connection; its time zone must be UTC.
        page: The fields as text.
        columns: Of `typed_columns`.
        where: Source and object, for a message.

    Raises:
        FixConfiguration: When a value does not have its field's type.
    """
    connection.register("page", page)
    try:
        shown = ", ".join(f"{value} as {quoted(name)}" for name, value in columns.items())
        return connection.sql(f"select {shown} from page").to_arrow_table()  # noqa: S608
    except (duckdb.ConversionException, duckdb.OutOfRangeException):
        raise _wrong_value(connection, columns, where) from None
    finally:
        connection.unregister("page")


def _wrong_value(
    connection: duckdb.DuckDBPyConnection, columns: dict[str, str], where: str
) -> FixConfiguration:
    for name, value in columns.items():
        try:
            connection.execute(f"select max({value}) from page").fetchall()  # noqa: S608
        except (duckdb.ConversionException, duckdb.OutOfRangeException) as error:
            said = str(error).splitlines()[0].split(" when casting")[0]
            return FixConfiguration(
                f"{where}, {name}: a value does not have the type it had ({said}); "
                "nothing was stored, and the same rows are read again after the field is mended"
            )
    return FixConfiguration(f"{where}: a value does not have its field's type")


def _is_gone(item: ApiObject, output: Output, available: Collection[str]) -> str:
    conditions = []
    if item.deleted_field in available and not output.deleted_too:
        conditions.append(f"coalesce(cast({quoted(item.deleted_field)} as boolean), false)")
    for field, values in output.where.items():
        name = quoted(field)
        if values:
            listed = ", ".join(literal(value) for value in values)
            conditions.append(f"coalesce({name} not in ({listed}), true)")
        else:
            conditions.append(f"{name} is null")
    return f"({' or '.join(conditions)})" if conditions else "false"


def _value(
    item: ApiObject,
    source: FieldSource,
    kind: str,
    available: Collection[str],
    keyed: Collection[str],
) -> str:
    if source.constant is not None:
        return f"cast({literal(source.constant)} as {duckdb_type(kind)})"
    names = [quoted(name) for name in source.sources if name in available]
    if not names or any(name not in available for name in source.when):
        return f"cast(null as {_sql_type(kind)})"
    text = names[0] if len(names) == 1 else f"coalesce({', '.join(names)})"
    if source.together:
        text = f"nullif(trim(concat_ws(' ', {', '.join(names)})), '')"
    if source.words:
        cases = " ".join(f"when {literal(a)} then {literal(b)}" for a, b in source.words.items())
        text = f"case {text} {cases} else {text} end"
    if source.prefix:
        text = f"case when starts_with({text}, {literal(source.prefix)}) then {text} end"
    if kind == "text" and not set(source.sources).isdisjoint(keyed):
        text = known_key(text)
    for field, values in source.when.items():
        listed = ", ".join(literal(value) for value in values)
        text = f"case when {quoted(field)} in ({listed}) then {text} end"
    return _shifted(item, source, _cast(text, kind, source.scale))


def _sql_type(kind: str) -> str:
    return "timestamptz" if kind == "timestamp" else duckdb_type(kind)


def _cast(text: str, kind: str, scale: str | None) -> str:
    if kind in ("text", "email", "currency"):
        return text
    if kind == "date":
        # A moment gives its day in UTC.
        return f"case when length({text}) > 10 then cast(cast({text} as timestamptz) as date) else cast({text} as date) end"  # noqa: E501
    if scale is not None:
        return f"cast(cast({text} as decimal(18, 6)) * {scale} as {_sql_type(kind)})"
    return f"cast({text} as {_sql_type(kind)})"


def _shifted(item: ApiObject, source: FieldSource, value: str) -> str:
    if source.days_later:
        return f"({value} + {source.days_later})"
    if not source.record_order and not source.later_microseconds:
        return value
    places = []
    for power, place in enumerate((15, 14, 13)):
        digit = f"strpos('{_BASE_62}', substr({quoted(item.id_field)}, {place}, 1)) - 1"
        places.append(f"greatest({digit}, 0) * {62**power}")
    order = " + ".join(places) if source.record_order else "0"
    return f"({value} + to_microseconds({order} + {source.later_microseconds}))"
