"""Gets hold of the views for a moment, without ending or long delaying anybody who reads them.

Belongs here: the locks of a switch. A transaction that has read a view holds on to it until its
end, and may read others in any order, so waiting for one view while holding another invites a
deadlock, which PostgreSQL would end after a second, perhaps at the reader's cost. So the only long
wait is for the first view, with nothing in hand; for the others it is short. When one cannot be
had, all are let go and the next try begins with that one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import psycopg
from psycopg import sql

# Both far below PostgreSQL's deadlock_timeout of 1 s.
FIRST_WAIT = "500ms"
NEXT_WAIT = "50ms"

Key = tuple[str, str]


class ViewLocks:
    """Tries to lock the views of a switch; remembers which were hard to get."""

    def __init__(self, connection: psycopg.Connection) -> None:
        """Keep the connection."""
        self._connection = connection
        self._first: list[Key] = []

    def take(self, shown: Mapping[Key, str]) -> None:
        """Lock every view that will change, until the transaction ends.

        Args:
            shown: The version schema that each view is to show.

        Raises:
            psycopg.errors.LockNotAvailable: When somebody holds one.
        """
        changing = self._changing(shown)
        order = [key for key in self._first if key in changing]
        order += [key for key in changing if key not in order]
        wait = FIRST_WAIT
        for key in order:
            self._connection.execute(sql.SQL("set local lock_timeout = {}").format(wait))
            statement = sql.SQL("lock table only {} in access exclusive mode")
            try:
                self._connection.execute(statement.format(sql.Identifier(*key)))
            except psycopg.errors.LockNotAvailable:
                self._first = [key, *(other for other in self._first if other != key)]
                raise
            wait = NEXT_WAIT

    def _changing(self, shown: Mapping[Key, str]) -> list[Key]:
        found = self._connection.execute(
            """
            select seen.schema_name, seen.table_name, seen.version_schema
            from concord.published_table as seen
            inner join pg_namespace as namespace on seen.schema_name = namespace.nspname
            inner join pg_class as class
                on namespace.oid = class.relnamespace and seen.table_name = class.relname
            where class.relkind = 'v'
            order by 1, 2
            """
        ).fetchall()
        return [
            (schema, table) for schema, table, place in found if shown.get((schema, table)) != place
        ]


def open_readers(connection: psycopg.Connection, schemas: Collection[str]) -> str:
    """Who has read views of these schemas in a transaction that is still open."""
    found = connection.execute(
        """
        select distinct format('%%s (process %%s)', activity.usename, activity.pid)
        from pg_locks as lock
        inner join pg_class as class on lock.relation = class.oid
        inner join pg_namespace as namespace on class.relnamespace = namespace.oid
        inner join pg_stat_activity as activity on lock.pid = activity.pid
        where namespace.nspname = any(%s) and class.relkind = 'v' and lock.pid <> pg_backend_pid()
        order by 1 limit 5
        """,
        [sorted(schemas)],
    ).fetchall()
    return ", ".join(text for (text,) in found) or "they have just ended"
