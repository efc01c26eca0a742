"""Records that are thrown away: the bin, what leaves it after 15 days, what never comes in.

Belongs here: delete, undelete, hard delete and purge, with all that hangs on a record. Does not:
merges, which use it (organisation).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sample_company.simulators.salesforce.fields import moment_text
from sample_company.simulators.salesforce.records import Records
from sample_company.simulators.salesforce.store import Row, quoted

DAYS_IN_BIN = timedelta(days=15)


class RecycleBin(Records):
    """Records with a bin."""

    _purged_until = ""

    def delete(self, name: str, record: str, *, at: datetime | None = None) -> None:
        """Put a record into the bin, with what hangs on it; KeyError when it is not there.

        Members of campaigns do not go to the bin: they vanish without a trace.
        """
        with self.store.lock:
            self._bin(name, self.read(name, record), moment_text(at or self.clock.now()), {})

    def undelete(self, name: str, record: str) -> None:
        """Take a record out of the bin, with what came in with it; KeyError if it is not there."""
        with self.store.lock:
            row = self.store.find(name, record)
            if row is None or row["IsDeleted"] != "true":
                raise KeyError(f"{name} {record} is not in the bin")
            self._restore(name, row, moment_text(self.clock.now()), str(row["_deleted_at"]))

    def hard_delete(self, name: str, record: str) -> None:
        """Take a record away at once, with what hangs on it; KeyError when it is not there."""
        with self.store.lock:
            row = self.store.find(name, record)
            if row is None:
                raise KeyError(f"{name} {record} is not there")
            now = moment_text(self.clock.now())
            self._log(name, record, now)
            self._remove(name, row, now)

    def purge(self) -> None:
        """Empty the bin of what has been there for 15 days."""
        limit = moment_text(self.clock.now() - DAYS_IN_BIN)
        if limit == self._purged_until:
            return
        with self.store.lock:
            self._purged_until = limit
            for name in self.objects:
                for row in self._due(name, limit):
                    gone = datetime.fromisoformat(f"{row['_deleted_at']}+00:00") + DAYS_IN_BIN
                    self.store.keep_before(name, row, moment_text(gone))
                    self.store.remove(name, str(row["Id"]))

    def deleted_between(self, name: str, start: str, end: str) -> list[tuple[str, str]]:
        """Ids and moments of what was deleted in a span, both ends as `moment_text` writes them."""
        return [
            (record, at)
            for record, at in self.store.run(
                "select id, at from _deleted where object = ? and at >= ? and at <= ? order by at",
                (name, start, end),
            )
        ]

    def _due(self, name: str, limit: str) -> list[Row]:
        """What has been in the bin since `limit` or longer.

        Every request asks this, so it has to go by the index on the bin: an order by id would walk
        through all records, each time.
        """
        found = self.store.run(
            f"select Id from {quoted(name)} indexed by {quoted(name + '_binned')} "  # noqa: S608
            "where _deleted_at is not null and _deleted_at <= ?",
            (limit,),
        )
        rows = (self.store.find(name, record) for (record,) in sorted(found))
        return [row for row in rows if row is not None]

    def _bin(self, name: str, row: Row, stamp: str, extra: Row) -> None:
        record = str(row["Id"])
        changes: Row = {"IsDeleted": "true", "SystemModstamp": stamp, "LastModifiedDate": stamp}
        self._apply(name, row, {**changes, "_deleted_at": stamp, **extra})
        self._log(name, record, stamp)
        for child, field in self._cascades(name):
            rows = list(self.store.select(child, f"{quoted(field)} = ?", (record,)))
            for each in rows:
                if self.objects[child].vanishes_with_parent:
                    self._remove(child, each, stamp)
                elif each["IsDeleted"] == "false" and self.store.find(child, str(each["Id"])):
                    self._bin(child, each, stamp, {})

    def _restore(self, name: str, row: Row, stamp: str, binned_at: str) -> None:
        record = str(row["Id"])
        changes: Row = {"IsDeleted": "false", "SystemModstamp": stamp, "LastModifiedDate": stamp}
        # Who is back is no loser of a merge any more.
        master: Row = {"MasterRecordId": None} if self.objects[name].is_mergeable else {}
        self._apply(name, row, {**changes, **master, "_deleted_at": None})
        self.store.run("delete from _deleted where object = ? and id = ?", (name, record))
        for child, field in self._cascades(name):
            where = f"{quoted(field)} = ? and _deleted_at = ?"
            for each in list(self.store.select(child, where, (record, binned_at))):
                self._restore(child, each, stamp, binned_at)

    def _remove(self, name: str, row: Row, now: str) -> None:
        record = str(row["Id"])
        self.store.keep_before(name, row, now)
        self.store.remove(name, record)
        for child, field in self._cascades(name):
            for each in list(self.store.select(child, f"{quoted(field)} = ?", (record,))):
                self._remove(child, each, now)

    def _log(self, name: str, record: str, stamp: str) -> None:
        self.store.run("delete from _deleted where object = ? and id = ?", (name, record))
        self.store.run("insert into _deleted values (?, ?, ?)", (name, record, stamp))

    def _cascades(self, name: str) -> list[tuple[str, str]]:
        return [
            (kind.name, field.name)
            for kind in self.objects.values()
            for field in kind.fields.values()
            if field.is_cascade and name in field.reference_to
        ]
