"""One object in one slice of a backfill: the records whose last modification lies in its days.

What is held of these days and was not told is asked for by its id. It was modified since (the daily
run reads it, or has to have read it: then it is read now), or it is gone. So a slice is right about
every record that is or was said to have been modified last in its days, hard deletes too.

Of the histories, whose rows never change, the days are those of the creation. How far the object is
read, its fields and its mapping stay as they are known: the next run does what it would have done.

Belongs here: the order of these steps. Does not: the daily pull (object_pull.py).
"""

from __future__ import annotations

import json

import pyarrow as pa

from orchestration.connectors.context import PullResult
from orchestration.connectors.day_span import DaySpan
from orchestration.connectors.mapping import IS_GONE, MODIFIED_AT, RECORD_ID
from orchestration.connectors.salesforce import soql
from orchestration.connectors.salesforce.object_pull import ObjectPull
from orchestration.connectors.salesforce.rest import first_page, pages
from orchestration.connectors.salesforce.sweep import (
    add_source_ids,
    begin_source_ids,
    stage_gone,
)
from orchestration.connectors.typing_sql import quoted

_IDS_OF_ONE_QUERY = 200


class SlicePull(ObjectPull):
    """The pull of one object's slice."""

    @property
    def span(self) -> DaySpan:
        """The slice's days.

        Raises:
            TypeError: In a pull that is no backfill's.
        """
        if self.context.span is None:
            raise TypeError("no slice")
        return self.context.span

    def changes_query(self) -> str | None:
        """The slice's query, where it can be asked before the fields are described."""
        is_known = self.known.cursor_at is not None and self.known.mapping == self.mapping
        return self._slice_query() if is_known else None

    def run(self, result: PullResult) -> None:
        """Read the slice and deliver it.

        Raises:
            ConnectorError: The class that says what would help; nothing was delivered then.
        """
        if self.known.cursor_at is None:
            result.notes.append(f"{self.where}: it was never read; the next run reads all of it")
            return
        if self.known.mapping != self.mapping:
            self.describe(result)
        self.connection.execute("create or replace temp table told_ids (id varchar)")
        query = self._slice_query()
        if query not in self.quiet:
            for block in self.blocks(query, result):
                self._remember_told(block)
        self._ask_for_untold(result)
        for name, landing in self.landings.items():
            result.changed[name] = landing.settle(rewrite=landing.has_other_columns())
        if self.kept.count:
            self.kept.finish(
                {
                    "until": self.until.isoformat(),
                    "fields": list(self.columns),
                    "ids": sorted(self.id_fields),
                    "slice": str(self.span),
                }
            )

    def _slice_query(self) -> str:
        conditions = soql.days(self.item.cursor_field, self.span.start, self.span.end)
        return soql.select(self.item.name, list(self.columns), conditions + self.fixed_conditions())

    def _remember_told(self, block: pa.Table) -> None:
        self.connection.register("told_block", block)
        self.connection.execute(
            f"insert into told_ids select {quoted(self.item.id_field)} from told_block"  # noqa: S608
        )
        self.connection.unregister("told_block")

    def _ask_for_untold(self, result: PullResult) -> None:
        """Ask for what is held of the days and was not told: it is elsewhere now, or gone."""
        untold = self._untold()
        begin_source_ids(self.connection)
        fields = [self.item.id_field, self.item.cursor_field]
        for some in _parts(untold):
            conditions = [soql.with_ids(some)]
            if self.item.deleted_field in self.columns:
                conditions.append(f"{self.item.deleted_field} = false")
            query = soql.select(self.item.name, fields, conditions)
            for page in pages(self.client, first_page(self.client, query, fields), fields):
                add_source_ids(self.connection, page.rows, self.item)
        found = dict(self.connection.execute("select id, stamp from source_ids").fetchall())
        # What changed after the cursor comes with the next run.
        known_until = self.known.cursor_at
        missed = [name for name in untold if name in found and found[name] <= known_until]
        for some in _parts(missed):
            self.read([soql.with_ids(some)], result)
        if gone := [name for name in untold if name not in found]:
            self.kept.keep("gone", json.dumps(gone).encode())
            count = stage_gone(self.landings, self.item, gone)
            result.notes.append(f"{self.where}: {count:,} records are gone")

    def _untold(self) -> list[str]:
        found: set[str] = set()
        for name, landing in self.landings.items():
            if self.item.outputs[name].deleted_too:
                continue
            rows = self.connection.execute(
                f"select {RECORD_ID} from {landing.held()} where not {IS_GONE} "  # noqa: S608
                f"and {MODIFIED_AT} >= ? and {MODIFIED_AT} < ? "
                f"and {RECORD_ID} not in (select id from told_ids)",
                [self.span.start, self.span.end],
            ).fetchall()
            found |= {str(row[0]) for row in rows}
        return sorted(found)


def _parts(ids: list[str]) -> list[list[str]]:
    return [
        ids[start : start + _IDS_OF_ONE_QUERY] for start in range(0, len(ids), _IDS_OF_ONE_QUERY)
    ]
