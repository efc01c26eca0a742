"""One object in one slice of a backfill: what was modified last in its days, or happened in them.

    records        by search for their last modification, those of the recycle bin by its list; what
                   is held of the days and was not told is asked for by its id
    submissions    by the day of the submission, read back from the newest
    e-mail events  by the day of the event; the messages that they belong to are made anew

A record comes with its whole history and all its associations. How far the object is read, its
columns and its mapping stay as they are known: the next run does what it would have done.

Belongs here: the order of these steps. Does not: the daily pull (object_pull.py, lists.py,
messages.py).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from orchestration.connectors.context import PullResult
from orchestration.connectors.day_span import DaySpan
from orchestration.connectors.hubspot.lists import ListPull, normalised
from orchestration.connectors.hubspot.mapping_hash import mapping_hash
from orchestration.connectors.hubspot.messages import MessagePull
from orchestration.connectors.hubspot.object_pull import ObjectPull
from orchestration.connectors.hubspot.reading import Page, object_pages, search_ids

# HubSpot's moments are of this grain.
_TICK = timedelta(milliseconds=1)


class RecordSlice(ObjectPull):
    """The pull of one CRM object's slice."""

    @property
    def span(self) -> DaySpan:
        """The slice's days.

        Raises:
            TypeError: In a pull that is no backfill's.
        """
        if self.context.span is None:
            raise TypeError("no slice")
        return self.context.span

    def run(self, result: PullResult) -> None:
        """Read the slice and deliver it.

        Raises:
            ConnectorError: The class that says what would help; nothing was delivered then.
        """
        if self.known.cursor_at is None:
            result.notes.append(f"{self.where}: it was never read; the next run reads all of it")
            return
        self._read_pipelines()
        if self.known.mapping != mapping_hash(self.item, self.custom, self.pipelines):
            self.describe()
        self._read_slice()
        self.stager.end(is_full=False)
        if self.stager.count_gone:
            result.notes.append(f"{self.where}: {self.stager.count_gone:,} records are gone")
        self._note(result)
        for name, landing in self.stager.landings.items():
            result.changed[name] = landing.settle(rewrite=landing.has_other_columns())
        if self.kept.count:
            self.kept.finish(
                {
                    "until": self.until.isoformat(),
                    "columns": self.columns,
                    "is_full": False,
                    "slice": str(self.span),
                }
            )

    def _read_slice(self) -> None:
        found = search_ids(
            self.client,
            self.item.list_path,
            self.item.cursor_field,
            self.span.start,
            self.span.end - _TICK,
        )
        self._read_described([record for _, page in found for record in page])
        self._read_bin()
        self._read_described(self.stager.vanished(self.span.start, self.span.end))

    def _read_described(self, ids: list[str]) -> None:
        if ids:
            self.describe()
            self._read_ids(ids)

    def _read_bin(self) -> None:
        """Stage the pages of the recycle bin that have a record of these days."""
        bin_pages = object_pages(
            self.client, self.item.list_path, self.properties, is_archived=True
        )
        for answers in bin_pages:
            if not any(self._is_inside(page) for page in answers):
                continue
            self.describe()
            self._archived(answers)

    def _is_inside(self, page: Page) -> bool:
        stamps = (record["properties"].get(self.item.cursor_field) for record in page.records)
        moments = (datetime.fromisoformat(stamp) for stamp in stamps if stamp)
        return any(self.span.start <= moment < self.span.end for moment in moments)


class SubmissionSlice(RecordSlice, ListPull):
    """The pull of a slice of form submissions."""

    def _read_slice(self) -> None:
        self.describe()
        for origin, page in self._submissions(self.span.start):
            told = normalised(self.item, page, origin)
            if self._is_inside(told):
                self._keep(f"list_{origin}", page)
                assembly = self._assembly()
                assembly.add(told)
                self.stager.flush(assembly)
        self._gone(self.stager.vanished(self.span.start, self.span.end))


class MessageSlice(RecordSlice, MessagePull):
    """The pull of a slice of the events of marketing e-mails."""

    def _read_slice(self) -> None:
        self.until = self.span.end - _TICK
        self._read_list_since(self.span.start)
