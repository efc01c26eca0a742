"""Reads the keys of an org's records: all of them at first and with every sweep, single ones later.

What changed in between comes with the records themselves.

Belongs here: when and how keys are asked for. Does not: the map (record_keys.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import duckdb
import pyarrow as pa

from orchestration.company.salesforce_source import SalesforceSource
from orchestration.connectors.context import PullContext
from orchestration.connectors.errors import ConnectorError, FixConfiguration, ObjectMissing
from orchestration.connectors.salesforce import soql
from orchestration.connectors.salesforce.answers import BulkRefused
from orchestration.connectors.salesforce.bulk import bulk_pages
from orchestration.connectors.salesforce.client import Client
from orchestration.connectors.salesforce.describe import describe_object
from orchestration.connectors.salesforce.record_keys import RecordKeys
from orchestration.connectors.salesforce.rest import first_page, pages
from orchestration.state import ConnectorObject

_IDS_OF_ONE_QUERY = 200
_ID, _STAMP, _DELETED = "Id", "SystemModstamp", "IsDeleted"


def state_name(name: str) -> str:
    """Under which name the state knows the keys of an object."""
    return f"{name} (keys)"


def known_keys(
    context: PullContext, source: SalesforceSource, connection: duckdb.DuckDBPyConnection
) -> RecordKeys:
    """The map as it was left, for a replay: nobody is asked.

    Raises:
        ConnectorError: When keys were chosen that no pull has read yet.
    """
    keys = _map_of(context, source, connection)
    for name, field in source.options.keys.items():
        known = context.state.connector_object(context.source, state_name(name))
        was_read = context.state.connector_object(context.source, name).cursor_at is not None
        if was_read and json.loads(known.columns or "{}").get("field") != field:
            raise ConnectorError(
                f"source {context.source}: options.keys has {name}.{field}, which was not read "
                "yet; `concord run` first"
            )
    return keys


def read_keys(
    context: PullContext,
    source: SalesforceSource,
    client: Client,
    until: datetime,
    connection: duckdb.DuckDBPyConnection,
) -> RecordKeys:
    """The map, read as a whole where that is due.

    Raises:
        ConnectorError: FixConfiguration when a key's field or a key is wrong; names what.
    """
    keys = _map_of(context, source, connection)
    reading = _KeyReading(context, source, client, until, keys)
    keys.ask = reading.ask
    for name in source.options.keys:
        reading.prepare(name)
    return keys


def keys_of_slice(
    context: PullContext,
    source: SalesforceSource,
    client: Client,
    until: datetime,
    connection: duckdb.DuckDBPyConnection,
) -> RecordKeys:
    """The map as it was left, for a slice of a backfill; it learns what the slice brings.

    Raises:
        ConnectorError: When keys were chosen that no pull has read yet.
    """
    keys = known_keys(context, source, connection)
    for name in source.options.keys:
        known = context.state.connector_object(context.source, state_name(name))
        if prefix := json.loads(known.columns or "{}").get("prefix"):
            keys.prefixes[prefix] = name
    keys.ask = _KeyReading(context, source, client, until, keys).ask
    return keys


def _map_of(
    context: PullContext, source: SalesforceSource, connection: duckdb.DuckDBPyConnection
) -> RecordKeys:
    return RecordKeys(
        source=context.source,
        fields=source.options.keys,
        delivered=frozenset(source.objects()),
        folder=context.deliveries,
        connection=connection,
    )


@dataclass
class _KeyReading:
    context: PullContext
    source: SalesforceSource
    client: Client
    until: datetime
    keys: RecordKeys

    def prepare(self, name: str) -> None:
        field = self.keys.fields[name]
        known = self.context.state.connector_object(self.context.source, state_name(name))
        said = json.loads(known.columns or "{}")
        is_other = said.get("field") != field
        is_new = is_other or known.mapping is None
        is_due = known.last_sweep_at is None or (
            self.until - known.last_sweep_at >= timedelta(days=self.source.options.sweep_days)
        )
        if not (is_new or is_due or self.context.is_full):
            self.keys.prefixes[said["prefix"]] = name
            return
        try:
            prefix, described = describe_object(self.client, name, ())
        except ObjectMissing:
            return  # its own pull says so, where it has one
        if field not in described:
            raise FixConfiguration(
                f"source {self.context.source}, object {name}: field {field} does not exist, or "
                "the user may not see it; correct options.keys"
            )
        if is_other:
            self.keys.forget(name)
        has_bin = _DELETED in described
        fields = self._fields(name, has_bin)
        table = pa.concat_tables(self._pages(soql.select(name, fields, []), fields))
        self.keys.learn(name, table, _STAMP, soql.moment(self.until), may_change=is_new)
        self.keys.prefixes[prefix] = name
        columns = {"field": field, "prefix": prefix, "has_bin": has_bin}
        record = ConnectorObject(self.context.source, state_name(name))
        self.context.state.save_connector_object(
            replace(
                record,
                cursor_at=self.until,
                pulled_at=self.until,
                last_sweep_at=self.until,
                columns=json.dumps(columns, sort_keys=True),
                mapping=field,
            )
        )

    def ask(self, name: str, records: Sequence[str]) -> None:
        """Let the map learn single records; those that the org does not know stay unknown."""
        known = self.context.state.connector_object(self.context.source, state_name(name))
        has_bin = json.loads(known.columns or "{}").get("has_bin", False)
        for start in range(0, len(records), _IDS_OF_ONE_QUERY):
            some = records[start : start + _IDS_OF_ONE_QUERY]
            fields = self._fields(name, has_bin)
            query = soql.select(name, fields, [soql.with_ids(some)])
            for table in self._pages(query, fields):
                self.keys.learn(name, table, _STAMP, soql.moment(self.until))

    def _fields(self, name: str, has_bin: bool) -> list[str]:
        return [_ID, _STAMP, self.keys.fields[name], *([_DELETED] if has_bin else [])]

    def _pages(self, query: str, fields: Sequence[str]) -> Iterator[pa.Table]:
        first = first_page(self.client, query, fields)
        if first.next_path and first.total > self.source.options.bulk_threshold:
            try:
                for _, table in bulk_pages(self.client, query, fields):
                    yield table
                return
            except BulkRefused:
                pass
        for page in pages(self.client, first, fields):
            yield page.rows
