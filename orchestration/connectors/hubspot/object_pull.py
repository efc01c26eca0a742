"""One CRM object in one pull: what changed, from HubSpot to durable deliveries, then the cursor.

A search only says which records changed; their values come from a batch of reads, and their
associations from another. With every sweep all records are read from the list, and what was
delivered and is not there any more is asked for by its id before it counts as gone.

Nothing of a pull can be seen before all its pages arrived and were understood. The cursor moves
last: a kill at any moment gives the same rows again, never a gap.

Belongs here: the order of these steps. Does not: requests (reading.py), rows (staging.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import duckdb

from orchestration.company.hubspot_source import HubSpotSource
from orchestration.connectors.context import PullContext, PullResult
from orchestration.connectors.hubspot.client import Client
from orchestration.connectors.hubspot.describe import (
    FAMILIES,
    NO_PIPELINES,
    Pipelines,
    describe,
    read_pipelines,
)
from orchestration.connectors.hubspot.mapping_hash import mapping_hash
from orchestration.connectors.hubspot.objects import HubSpotObject
from orchestration.connectors.hubspot.reading import (
    Page,
    association_pages,
    batch_records,
    list_pages,
    object_pages,
    search_ids,
    whole,
)
from orchestration.connectors.hubspot.records import Assembly
from orchestration.connectors.hubspot.staging import Stager, object_landings
from orchestration.connectors.raw_pages import PullPages, new_pull
from orchestration.connectors.watch import check_fields, hidden_fields
from orchestration.state import ConnectorObject

# Kind of a kept page: archived records that were never read before, with their history.
ARCHIVED_HISTORY = "bin_history"
# Records that are put together at a time: as many as one request about associations takes.
CHUNK = 1000


@dataclass
class ObjectPull:
    """The pull of one object.

    Attributes:
        context: Of the source's pull.
        source: The source as written.
        client: The account.
        item: The object.
        until: Upper end of the window: the same for all objects of a run.
        connection: DuckDB of this thread.
        owner_of: User's id to owner's id.
    """

    context: PullContext
    source: HubSpotSource
    client: Client
    item: HubSpotObject
    until: datetime
    connection: duckdb.DuckDBPyConnection
    owner_of: Mapping[str, str]
    known: ConnectorObject = field(init=False)
    now: ConnectorObject = field(init=False)
    columns: dict[str, str] = field(init=False)
    kept: PullPages = field(init=False)
    stager: Stager = field(init=False)
    is_described: bool = field(init=False, default=False)
    hidden: list[str] = field(init=False, default_factory=list)
    pipelines: Pipelines = field(init=False, default=NO_PIPELINES)
    pipelines_page: bytes = field(init=False, default=b"")

    def __post_init__(self) -> None:
        """Look up what is known of the object."""
        self.known = self.context.state.connector_object(self.context.source, self.item.name)
        self.now = self.known
        self.columns = json.loads(self.known.columns or "{}")
        self.kept = new_pull(self.context.raw_pages / self.item.name)
        landings = object_landings(self.context.deliveries, self.source, self.item, self.connection)
        self.stager = Stager(
            self.item, landings, self.connection, self.columns, self.custom, self.where
        )

    @property
    def custom(self) -> list[str]:
        """The company's further properties of this object."""
        return list(self.source.options.custom_properties.get(self.item.name, []))

    @property
    def where(self) -> str:
        """Source and object, for messages."""
        return f"source {self.context.source}, object {self.item.name}"

    @property
    def properties(self) -> list[str]:
        """The columns that are properties, to be asked for."""
        return [name for name in self.columns if name not in self.item.derived_columns()]

    @property
    def history(self) -> list[str]:
        """The properties whose history is asked for."""
        return [name for name in self.item.history if name in self.columns]

    def run(self, result: PullResult) -> None:
        """Pull.

        Raises:
            ConnectorError: The class that says what would help; nothing was delivered then.
        """
        options = self.source.options
        since = self.known.cursor_at
        if since is not None and since >= self.until and not self.context.is_full:
            return  # the clock stands still: nothing can be new
        self._read_pipelines()
        mapping = mapping_hash(self.item, self.custom, self.pipelines)
        is_remapped = self.known.mapping != mapping
        last = self.known.last_sweep_at
        is_due = last is None or self.until - last >= timedelta(days=options.sweep_days)
        is_sweep = self.context.is_full or is_due or since is None or is_remapped
        self._remember(pending=f"reading up to {self.until.isoformat()}")
        if is_sweep or since is None:
            self._read_all()
        else:
            self._read_changed(since - timedelta(minutes=options.overlap_minutes))
        self.stager.end(is_sweep)
        if is_sweep and since is not None and self.stager.count_gone:
            result.notes.append(
                f"{self.where}: the sweep found {self.stager.count_gone:,} records gone"
            )
        self._note(result)
        for name, landing in self.stager.landings.items():
            rewrite = is_remapped and since is not None
            result.changed[name] = landing.settle(rewrite=rewrite)
        self._finish(mapping, is_sweep)

    def _note(self, result: PullResult) -> None:
        if self.hidden:
            names = ", ".join(self.hidden)
            result.notes.append(f"{self.where}: the account lacks {names}; what they fill is blank")
        for name, value in self.stager.misfits.items():
            result.notes.append(
                f"{self.where}: the history of {name} holds {value!r}, older than its type "
                f"({self.columns[name]}); such changes are left out"
            )

    def _read_pipelines(self) -> None:
        if self.item.stage_field:
            self.pipelines_page, self.pipelines = read_pipelines(self.client, self.item)

    def describe(self) -> None:
        """Compare the object's properties with what they were.

        Raises:
            ConnectorError: FixConfiguration when one vanished or changed its type.
        """
        if self.is_described:
            return
        found = describe(self.client, self.item)
        self.columns = check_fields(
            self.context.source, self.item, self.custom, self.columns, found, FAMILIES
        )
        self.hidden = hidden_fields(self.item, self.columns)
        self.stager.columns = self.columns
        self.is_described = True

    def _read_all(self) -> None:
        self.describe()
        if self.history:
            # The list may hold only a part of a record's history; the batch read holds it all.
            ids: list[str] = []
            for page in list_pages(self.client, self.item.list_path, {"archived": "false"}):
                ids += [str(record["id"]) for record in page.records]
                if len(ids) >= CHUNK:
                    self._read_ids(ids)
                    ids = []
            self._read_ids(ids)
        else:
            self._read_list()
        for answers in object_pages(
            self.client, self.item.list_path, self.properties, is_archived=True
        ):
            self._archived(answers)
        if self.known.cursor_at is not None:
            # What no list shows may have moved between two pages: its id says whether it is gone.
            self._read_ids(self.stager.vanished())

    def _archived(self, answers: list[Page]) -> None:
        """Stage a page of the bin; of what was never read before, its history too."""
        never_read: set[str] = set()
        for page in whole(answers)[0]:
            self._keep("archived", page)
            never_read |= self.stager.archived(page)
        if not (self.history and never_read):
            return
        for page in batch_records(
            self.client,
            self.item.list_path,
            sorted(never_read),
            self.properties,
            self.history,
            is_archived=True,
        ):
            self._keep(ARCHIVED_HISTORY, page)
            assembly = self._assembly()
            assembly.add(page)
            self.stager.archived_history(assembly)

    def _read_list(self) -> None:
        assembly = self._assembly()
        again: list[str] = []
        pages = object_pages(self.client, self.item.list_path, self.properties, is_archived=False)
        for answers in pages:
            found, torn = whole(answers)
            again += torn
            for page in found:
                self._keep("records", page)
                assembly.add(page)
            if len(assembly.records) >= CHUNK:
                self._flush(assembly)
                assembly = self._assembly()
        self._flush(assembly)
        self._read_ids(again)

    def _read_changed(self, since: datetime) -> None:
        if self.item.is_archived_read_often:
            self._read_archived()
        found = search_ids(
            self.client, self.item.list_path, self.item.cursor_field, since, self.until
        )
        ids: list[str] = []
        for _, page in found:
            ids += page
        if ids:
            self.describe()
            self._read_ids(ids)

    def _read_archived(self) -> None:
        """Mark what was archived since; what it was stays as it was last seen."""
        pages = list_pages(self.client, self.item.list_path, {"archived": "true"})
        ids = [str(record["id"]) for page in pages for record in page.records]
        self._gone(ids)

    def _read_ids(self, ids: Sequence[str]) -> None:
        """Read records by their ids; those that are not there are gone."""
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            assembly = self._assembly()
            asked = set(chunk)
            pages = batch_records(
                self.client, self.item.list_path, chunk, self.properties, self.history
            )
            for page in pages:
                # A merged record answers with the one it was merged into, under that one's id.
                self._keep("records", page)
                assembly.add(page)
            self._flush(assembly)
            self._gone(sorted(asked - set(assembly.records)))

    def _gone(self, ids: Sequence[str]) -> None:
        if ids:
            self.kept.keep("gone", json.dumps(ids).encode())
            self.stager.gone(ids)

    def _assembly(self) -> Assembly:
        return Assembly(self.item, self.pipelines, self.owner_of)

    def _flush(self, assembly: Assembly) -> None:
        if not assembly.records:
            return
        for column, link in self.item.links.items():
            for page in association_pages(
                self.client, self.item.name, link.to, list(assembly.records)
            ):
                self.kept.keep(f"links_{column}", page.body)
                assembly.add_links(column, page)
        self.kept.keep("chunk", b"")
        self.stager.flush(assembly)

    def _keep(self, kind: str, page: Page) -> None:
        if not page.records:
            return
        if not self.kept.count:
            if self.pipelines_page:
                self.kept.keep("pipelines", self.pipelines_page)
            if self.item.history or self.item.user_field:
                self.kept.keep("users", json.dumps(dict(self.owner_of), sort_keys=True).encode())
        self.kept.keep(kind, page.body)

    def _finish(self, mapping: str, is_sweep: bool) -> None:
        if self.kept.count:
            facts = {"until": self.until.isoformat(), "columns": self.columns, "is_full": is_sweep}
            self.kept.finish(facts)
        self._remember(
            cursor_at=self.until,
            pulled_at=self.until,
            last_sweep_at=self.until if is_sweep else self.known.last_sweep_at,
            columns=json.dumps(self.columns, sort_keys=True),
            mapping=mapping,
            note=None,
            pending=None,
        )

    def _remember(self, **changes: Any) -> None:
        self.now = replace(self.now, **changes)
        self.context.state.save_connector_object(self.now)
