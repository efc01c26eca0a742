"""Drops what readers no longer need: tables of old versions, and those of a copy that was cut off.

Belongs here: choosing and dropping them. A table that somebody reads or built upon stays, is
mentioned, and is tried again next time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import psycopg
from psycopg import sql

from orchestration.postgres.books import Books, Content
from orchestration.postgres.view_locks import FIRST_WAIT


def drop_old_tables(
    connection: psycopg.Connection,
    books: Books,
    kept_versions: Mapping[str, str | None],
    wanted: Collection[Content],
) -> list[str]:
    """Drop the tables that no view shows, of versions that are not kept.

    Args:
        connection: The server.
        books: What stands there.
        kept_versions: The versions that are kept as folders, with the runs that published them.
        wanted: Tables of the version that is being brought here.

    Returns:
        Remarks on what could not be dropped.
    """
    seen = books.seen()
    shown_before = books.publications()
    old: dict[str, list[str]] = {}
    for content, version_schema in books.copied().items():
        version = (content.publish_version, content.run_id)
        is_kept = version in shown_before and kept_versions.get(version[0]) == version[1]
        is_seen = seen.get((content.schema_name, content.table_name)) == version_schema
        if not (is_kept or is_seen or content in wanted):
            old.setdefault(version_schema, []).append(content.table_name)
    remarks = [_drop(connection, books, schema, tables) for schema, tables in sorted(old.items())]
    return [remark for remark in remarks if remark]


def _drop(
    connection: psycopg.Connection, books: Books, version_schema: str, tables: list[str]
) -> str | None:
    names = sql.SQL(", ").join(sql.Identifier(version_schema, table) for table in tables)
    try:
        with connection.transaction():
            connection.execute(sql.SQL("set local lock_timeout = {}").format(FIRST_WAIT))
            connection.execute(sql.SQL("drop table {}").format(names))
            books.forget_copied(version_schema, tables)
            if not books.has_copied(version_schema):
                schema = sql.Identifier(version_schema)
                connection.execute(sql.SQL("drop schema if exists {}").format(schema))
    except psycopg.errors.DependentObjectsStillExist as error:
        why = ", ".join((error.diag.message_detail or "something depends on it").splitlines())
        return f"old schema {version_schema} stays: {why}"
    except psycopg.errors.LockNotAvailable:
        return f"old schema {version_schema} stays until the next run: somebody reads it"
    return None
