"""Stops a pull at a value that nobody knows, where a field can hold only a few.

What counts as known: the values that Concord's entity lists (its own words), the words of a
connector's field that says it has no others, and three letters for a currency. A value that is
mapped later, under `value_aliases`, is known from then on.

Belongs here: the comparison of typed rows, and the words. Does not: stages, statuses and channels,
which the company maps in funnel.yml and channels.csv; guards name what is missing there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from orchestration.canonical import Entity
from orchestration.connectors.errors import FixConfiguration
from orchestration.connectors.mapping import IS_GONE, RECORD_ID, FieldSource, Output
from orchestration.connectors.typing_sql import literal, quoted

_SHOWN = 5


def check_values(
    connection: duckdb.DuckDBPyConnection,
    rows: pa.Table,
    item: str,
    output: Output,
    entity: Entity,
    where: str,
) -> pa.Table:
    """Return typed rows in which every value is known; rows that are gone are not looked at.

    Args:
        connection: Any connection.
        rows: Rows of `typed_rows`.
        item: The object, as `value_aliases` names it.
        output: Its output.
        entity: The entity of that output.
        where: Source and object, for a message.

    Raises:
        FixConfiguration: Names every field with what is known and what is not.
    """
    tests = {
        name: test
        for name, source in output.fields.items()
        if name in rows.column_names and (test := _unknown(name, source, entity))
    }
    if not tests or not len(rows):
        return rows
    connection.register("typed_page", rows)
    try:
        counts = ", ".join(f"count_if({test} and not {IS_GONE})" for test in tests.values())
        [found] = connection.execute(f"select {counts} from typed_page").fetchall()  # noqa: S608
        texts = [
            _text(connection, item, name, test, output.fields[name], entity)
            for (name, test), count in zip(tests.items(), found, strict=True)
            if count
        ]
    finally:
        connection.unregister("typed_page")
    if texts:
        raise FixConfiguration(
            f"{where}: {'; '.join(texts)}. Nothing was stored; the same rows come after it"
        )
    return rows


def check_conditions(
    rows: Sequence[Mapping[str, str | None]], output: Output, item: str, where: str
) -> None:
    """Refuse a value that neither gives a row nor is known to give none.

    Args:
        rows: Records as texts.
        output: The output, with what gives a row (`where`) and what gives none (`where_not`).
        item: The object, as `value_aliases` names it.
        where: Source and object, for a message.

    Raises:
        FixConfiguration: Names the field, what is known and what is not.
    """
    for column, values in output.where_not.items():
        known = (*output.where.get(column, ()), *values)
        held = {row.get(column): row.get("id") for row in rows}
        if unknown := sorted(value for value in held if value and value not in known):
            filled = [name for name, one in output.fields.items() if one.sources == (column,)]
            lines = "".join(f" {item}: {{{name}: {{{unknown[0]}: …}}}}" for name in filled[:1])
            raise FixConfiguration(
                f"{where}: field {column} holds {_listed(unknown)} (such as record "
                f"{held[unknown[0]]}), and known are {', '.join(known)}; say which of these it "
                f"stands for under options.value_aliases:{lines}. Nothing was stored; the same "
                "rows come after it"
            )


def _unknown(name: str, source: FieldSource, entity: Entity) -> str | None:
    """SQL that is true of a value that is not known; None where all are."""
    field, value = entity.fields[name], f"nullif(trim({quoted(name)}), '')"
    if source.constant is not None:
        return None
    if field.type == "currency":
        return f"({value} is not null and not regexp_matches({value}, '^[A-Za-z]{{3}}$'))"
    if field.values:
        # As the marts compare: neither case nor the mark between two words counts.
        value = f"replace(replace(lower({value}), '-', '_'), ' ', '_')"
    known = field.values or (tuple(source.words.values()) if source.is_closed else ())
    if not known:
        return None
    return f"({value} is not null and {value} not in ({', '.join(map(literal, known))}))"


def _text(
    connection: duckdb.DuckDBPyConnection,
    item: str,
    name: str,
    test: str,
    source: FieldSource,
    entity: Entity,
) -> str:
    values = connection.execute(
        f"select {quoted(name)}, count(*), min({RECORD_ID}) from typed_page "  # noqa: S608
        f"where {test} and not {IS_GONE} group by 1 order by 1"
    ).fetchall()
    first, count, record = values[0]
    said = f"field {' or '.join(source.sources)} holds {_listed([row[0] for row in values])}"
    said += f" ({count:,} records with the first, such as {record})"
    if entity.fields[name].type == "currency":
        return f"{said}, and a currency has the three letters of ISO 4217; mend it in the source"
    targets = entity.fields[name].values or tuple(dict.fromkeys(source.words.values()))
    known = dict.fromkeys((*source.words, *targets))
    return (
        f"{said}, and known for {name} are {', '.join(known)}; say which of "
        f"{', '.join(targets)} it stands for"
        f"{' (or keep it, as itself)' if not entity.fields[name].values else ''} under "
        f"options.value_aliases: {item}: {{{name}: {{{first}: …}}}}"
    )


def _listed(values: Sequence[str]) -> str:
    more = len(values) - _SHOWN
    shown = ", ".join(repr(value) for value in values[:_SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown
