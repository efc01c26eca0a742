"""One object in one pull: what changed, from the source to durable deliveries, then the cursor.

Nothing of a pull can be seen before all its pages arrived and were understood. The cursor moves
last: a kill at any moment gives the same rows again, never a gap.

Belongs here: the order of these steps. Does not: requests (rest, bulk), files (landing).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from orchestration.canonical import load_entities
from orchestration.company.salesforce_source import SalesforceSource
from orchestration.connectors.context import PullContext, PullResult
from orchestration.connectors.known_values import check_values
from orchestration.connectors.landing import Landing
from orchestration.connectors.mapping import ApiObject, mapping_hash
from orchestration.connectors.raw_pages import PullPages, new_pull
from orchestration.connectors.salesforce import soql
from orchestration.connectors.salesforce.answers import BulkRefused, FieldRefused
from orchestration.connectors.salesforce.bulk import bulk_pages
from orchestration.connectors.salesforce.client import Client
from orchestration.connectors.salesforce.describe import FAMILIES, describe
from orchestration.connectors.salesforce.record_keys import RecordKeys
from orchestration.connectors.salesforce.rest import Page, first_page, pages
from orchestration.connectors.salesforce.sweep import sweep
from orchestration.connectors.typing_sql import delivery_schema, typed_columns, typed_rows
from orchestration.connectors.watch import DescribedField, check_fields, hidden_fields
from orchestration.state import ConnectorObject

_BLOCK_ROWS = 20_000


@dataclass
class ObjectPull:
    """The pull of one object.

    Attributes:
        context: Of the source's pull.
        source: The source as written.
        client: The org.
        item: The object.
        until: Upper end of the window: the same for all objects of a run.
        connection: DuckDB of this thread.
        keys: The ids by which other systems know the records.
        quiet: Queries that are known to find nothing.
    """

    context: PullContext
    source: SalesforceSource
    client: Client
    item: ApiObject
    until: datetime
    connection: duckdb.DuckDBPyConnection
    keys: RecordKeys
    quiet: frozenset[str] = frozenset()
    known: ConnectorObject = field(init=False)
    now: ConnectorObject = field(init=False)
    landings: dict[str, Landing] = field(init=False)
    columns: dict[str, str] = field(init=False)
    kept: PullPages = field(init=False)
    is_described: bool = field(init=False, default=False)
    has_formula: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        """Look up what is known of the object."""
        self.known = self.context.state.connector_object(self.context.source, self.item.name)
        self.now = self.known
        self.columns = json.loads(self.known.columns or "{}")
        self.landings = object_landings(
            self.context.deliveries, self.source, self.item, self.connection
        )
        self.kept = new_pull(self.context.raw_pages / self.item.name)

    @property
    def custom(self) -> list[str]:
        """The company's further fields of this object."""
        return list(self.source.options.custom_fields.get(self.item.name, []))

    @property
    def key_fields(self) -> list[str]:
        """The field with this object's key, where it has one."""
        return [self.keys.fields[self.item.name]] if self.item.name in self.keys.fields else []

    @property
    def id_fields(self) -> frozenset[str]:
        """The fields with ids for which there may be keys; none of what is only kept."""
        if not self.landings:
            return frozenset()
        return self.keys.id_fields(self.item, self.columns)

    @property
    def where(self) -> str:
        """Source and object, for messages."""
        return f"source {self.context.source}, object {self.item.name}"

    @property
    def mapping(self) -> str:
        """A hash of all that shapes the rows now."""
        return mapping_hash(self.item, [*self.custom, *_shown_keys(self.keys)])

    @property
    def is_sweep(self) -> bool:
        """Whether all is to be read and compared."""
        last, days = self.known.last_sweep_at, timedelta(days=self.source.options.sweep_days)
        return self.context.is_full or last is None or self.until - last >= days

    def changes_query(self) -> str | None:
        """The query of what changed, where that is all that has to be asked; else None."""
        since = self.known.cursor_at
        if since is None or since >= self.until or not self.landings or self.is_sweep:
            return None
        return self._window_query(since) if self.known.mapping == self.mapping else None

    def run(self, result: PullResult) -> None:
        """Pull.

        Raises:
            ConnectorError: The class that says what would help; nothing was delivered then.
        """
        mapping, is_sweep = self.mapping, self.is_sweep
        is_remapped = self.known.mapping != mapping
        since = self.known.cursor_at
        if not (self.landings or since is None or is_remapped or is_sweep):
            return  # what is only kept comes with the sweeps
        if since is None or is_remapped or is_sweep:
            before = set(self.columns)
            self.describe(result)
            has_more = bool(set(self.columns) - before)
            if self.context.is_full or is_remapped or has_more or self.has_formula:
                since = None
        if since is not None and since >= self.until:
            return  # the clock stands still: nothing can be new
        self._remember(pending=f"reading up to {self.until.isoformat()}")
        query = self._window_query(since)
        if query not in self.quiet:
            self._read_query(query, result)
        # A first pull that was killed may have delivered and remembered nothing.
        is_first = self.known.cursor_at is None and not any(
            landing.deliveries() for landing in self.landings.values()
        )
        if is_sweep and not is_first and self.landings:
            self._sweep(result)
        for name, landing in self.landings.items():
            result.changed[name] = landing.settle(
                rewrite=is_remapped and self.known.cursor_at is not None
            )
        if self.kept.count or is_sweep:
            self.kept.finish(
                {
                    "until": self.until.isoformat(),
                    "fields": list(self.columns),
                    "ids": sorted(self.id_fields),
                    "is_sweep": is_sweep and not is_first,
                }
            )
        self._remember(
            cursor_at=self.until,
            pulled_at=self.until,
            last_sweep_at=self.until if is_sweep else self.known.last_sweep_at,
            columns=json.dumps(self.columns, sort_keys=True),
            mapping=mapping,
            note=None,
            pending=None,
        )

    def describe(self, result: PullResult) -> None:
        """Compare the object's fields with what they were.

        Raises:
            ConnectorError: FixConfiguration when a field vanished or changed its type.
        """
        if self.is_described:
            return
        paths = tuple(name for name in (*self.item.api_fields(), *self.custom) if "." in name)
        found = describe(self.client, self.item.name, paths)
        self.columns = check_fields(
            self.context.source,
            self.item,
            [*self.custom, *self.key_fields],
            self.columns,
            found,
            FAMILIES,
        )
        if hidden := hidden_fields(self.item, self.columns):
            result.notes.append(
                f"{self.where}: {', '.join(hidden)} do not exist, or the user may not see them; "
                "what they fill is blank"
            )
        formulas = [name for name in self.columns if _is_formula(found, name)]
        self.has_formula = bool(formulas)
        if formulas:
            result.notes.append(
                f"{self.where}: {', '.join(formulas)} are formulas, which change without a trace; "
                f"all records are read again with every sweep"
            )
        self.is_described = True

    def _window_query(self, since: datetime | None) -> str:
        overlap = timedelta(minutes=self.source.options.overlap_minutes)
        lower = since - overlap if since else None
        conditions = soql.window(self.item.cursor_field, lower, self.until)
        return soql.select(self.item.name, list(self.columns), conditions + self.fixed_conditions())

    def fixed_conditions(self) -> list[str]:
        """Conditions that leave out what never gives a row, where records do not change."""
        if not self.item.is_fixed:
            return []
        return soql.filters(next(iter(self.item.outputs.values())).where)

    def read(self, conditions: Iterable[str], result: PullResult) -> None:
        """Read the records that fulfil conditions, and stage them."""
        self._read_query(soql.select(self.item.name, list(self.columns), conditions), result)

    def _read_query(self, query: str, result: PullResult) -> None:
        for _ in self.blocks(query, result):
            pass

    def blocks(self, query: str, result: PullResult) -> Iterator[pa.Table]:
        """Stage the records of a query, and yield them as they came."""
        asked = list(self.columns)
        for table in in_blocks(self.rows(query, result)):
            if len(table):
                self.describe(result)
                # A field that appeared since the query was made comes, of all records, with the
                # next sweep: it is not known before.
                kept = (name for name in asked if name in self.columns)
                self.columns = {name: self.columns[name] for name in kept}
            if len(table) and self.key_fields:
                stamp, limit = self.item.cursor_field, soql.moment(self.until)
                self.keys.learn(self.item.name, table, stamp, limit, may_change=False)
            ids = self.id_fields
            self.keys.prepare_page(table, ids)
            stage_rows(self.landings, self.item, self.custom, self.columns, table, self.where, ids)
            yield table

    def rows(
        self,
        query: str,
        result: PullResult,
        fields: Sequence[str] | None = None,
        kind: str = "",
    ) -> Iterator[pa.Table]:
        """Yield the records of a query as texts; every page is kept."""
        names = list(fields or self.columns)
        try:
            first = first_page(self.client, query, names)
        except FieldRefused:
            self.is_described = False
            self.describe(result)  # says which field, and what it was
            raise
        if first.next_path and first.total > self.source.options.bulk_threshold:
            try:
                for body, table in bulk_pages(self.client, query, names):
                    self.kept.keep(f"{kind}csv", body)
                    yield table
                return
            except BulkRefused:
                result.notes.append(f"{self.where}: no Bulk 2.0; read page by page")
        yield from self._rest(first, names, kind)

    def _rest(self, first: Page, names: Sequence[str], kind: str) -> Iterator[pa.Table]:
        for page in pages(self.client, first, names):
            if len(page.rows):
                self.kept.keep(f"{kind}json", page.body)
            yield page.rows

    def _sweep(self, result: PullResult) -> None:
        gone, refetched = sweep(self, result)
        if gone or refetched:
            result.notes.append(
                f"{self.where}: the sweep found {gone:,} records gone and {refetched:,} missed"
            )

    def _remember(self, **changes: Any) -> None:
        self.now = replace(self.now, **changes)
        self.context.state.save_connector_object(self.now)


def in_blocks(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Small tables put together: what is done once for each may look at all that is known."""
    waiting: list[pa.Table] = []
    for table in tables:
        waiting.append(table)
        if sum(map(len, waiting)) >= _BLOCK_ROWS:
            yield pa.concat_tables(waiting)
            waiting = []
    if waiting:
        yield pa.concat_tables(waiting)


def object_landings(
    folder: Path,
    source: SalesforceSource,
    item: ApiObject,
    connection: duckdb.DuckDBPyConnection,
) -> dict[str, Landing]:
    """The folders of an object's datasets."""
    found = {}
    custom = source.options.custom_fields.get(item.name, [])
    for position, (name, output) in enumerate(item.outputs.items()):
        entity = load_entities()[output.entity]
        schema = delivery_schema(output, entity, custom if position == 0 else ())
        found[name] = Landing(folder / name, schema, "is_deleted" in entity.fields, connection)
    return found


def stage_rows(
    landings: dict[str, Landing],
    item: ApiObject,
    custom: Sequence[str],
    available: Iterable[str],
    table: pa.Table,
    where: str,
    id_fields: Collection[str] = (),
) -> None:
    """Type a page's rows and stage them in every dataset of the object.

    Args:
        landings: The datasets' folders.
        item: The object.
        custom: The company's further fields.
        available: Fields that the page has.
        table: The page as texts.
        where: Source and object, for messages.
        id_fields: Fields with ids for which table `page_keys` may have keys.
    """
    names = set(available)
    for position, (name, output) in enumerate(item.outputs.items()):
        entity = load_entities()[output.entity]
        own = custom if position == 0 else ()
        columns = typed_columns(item, output, entity, own, names, id_fields)
        landing = landings[name]
        rows = typed_rows(landing.connection, table, columns, where)
        landing.stage(check_values(landing.connection, rows, item.name, output, entity, where))


def _shown_keys(keys: RecordKeys) -> list[str]:
    """What of the keys shapes rows, for a hash; nothing where there are none."""
    return [f"key {name}={field}" for name, field in sorted(keys.fields.items())]


def _is_formula(found: dict[str, DescribedField], name: str) -> bool:
    return name in found and found[name].is_formula
