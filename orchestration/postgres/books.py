"""Concord's own books on the server, in schema `concord`: what was copied, what readers see.

Belongs here: these tables. They are written in the same transaction as what they tell of, so they
are right after any crash.

A table's content is known by the version it was published in and the run that published it:
a held table of a later version is the same content, and is copied once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import psycopg

from orchestration.postgres.errors import PostgresError

SCHEMA = "concord"
# The tables that readers may look at.
OPEN_TABLES = ("publication", "published_table")

_TABLES = """
create schema if not exists concord;
create table if not exists concord.home (home_id text not null);
create table if not exists concord.version_table (
    version_schema text not null,
    schema_name text not null,
    table_name text not null,
    publish_version text not null,
    run_id text not null,
    row_count bigint not null,
    copied_at timestamptz not null default now(),
    primary key (version_schema, table_name)
);
create table if not exists concord.published_table (
    schema_name text not null,
    table_name text not null,
    publish_version text,
    version_schema text,
    primary key (schema_name, table_name)
);
create table if not exists concord.publication (
    publication_id bigint generated always as identity primary key,
    publish_version text not null,
    run_id text not null,
    as_of_date date not null,
    switched_at timestamptz not null default now()
);
comment on schema concord is 'Concord''s books on what it published here';
comment on table concord.publication is
'Grain: one row per switch of all readers to a version; the last row is what they see.';
comment on table concord.published_table is
'Grain: one row per published view: the version that its rows were published in.';
"""


@dataclass(frozen=True)
class Content:
    """What a table holds: where it belongs, and the version and run that it was published in."""

    schema_name: str
    table_name: str
    publish_version: str
    run_id: str

    @property
    def name(self) -> str:
        """Schema and table, for messages."""
        return f"{self.schema_name}.{self.table_name}"


@dataclass(frozen=True)
class Publication:
    """What readers were switched to."""

    publish_version: str
    run_id: str
    as_of_date: date


class Books:
    """The books, read and written through one connection."""

    def __init__(self, connection: psycopg.Connection) -> None:
        """Keep the connection."""
        self._connection = connection

    def open(self, home_id: str) -> None:
        """Make the books where they are missing, and refuse those of another home.

        Raises:
            PostgresError: When another home publishes into this database.
        """
        exists = self._connection.execute("select to_regclass('concord.publication')").fetchone()
        with self._connection.transaction():
            if exists is None or exists[0] is None:
                self._connection.execute(_TABLES)
            owner = self._connection.execute("select home_id from concord.home").fetchone()
            if owner is None:
                self._connection.execute("insert into concord.home values (%s)", [home_id])
            elif owner[0] != home_id:
                raise PostgresError(
                    "this database holds the marts of another CONCORD_HOME. Name another database "
                    "in CONCORD_POSTGRES_URL; or, if that home is gone for good, hand the database "
                    "over with `delete from concord.home` and run `concord postgres`"
                )

    def standing(self) -> Publication | None:
        """Return what readers see, None before the first publish."""
        found = self._connection.execute(
            "select publish_version, run_id, as_of_date from concord.publication "
            "order by publication_id desc limit 1"
        ).fetchone()
        return Publication(*found) if found else None

    def publications(self) -> set[tuple[str, str]]:
        """Return the versions that readers have ever seen here, with their runs."""
        found = self._connection.execute("select publish_version, run_id from concord.publication")
        return {(version, run_id) for version, run_id in found.fetchall()}

    def copied(self) -> dict[Content, str]:
        """Return the tables that were copied whole and are still there, with their schemas."""
        found = self._connection.execute(
            """
            select schema_name, table_name, publish_version, run_id, version_schema
            from concord.version_table
            where to_regclass(format('%I.%I', version_schema, table_name)) is not null
            """
        ).fetchall()
        return {Content(*row[:4]): row[4] for row in found}

    def add_copied(self, content: Content, version_schema: str, row_count: int) -> None:
        """Enter a table that was copied; part of the transaction that copies it."""
        self._connection.execute(
            """
            insert into concord.version_table
            (version_schema, schema_name, table_name, publish_version, run_id, row_count)
            values (%s, %s, %s, %s, %s, %s)
            """,
            [
                version_schema,
                content.schema_name,
                content.table_name,
                content.publish_version,
                content.run_id,
                row_count,
            ],
        )

    def forget_copied(self, version_schema: str, table_names: Iterable[str]) -> None:
        """Strike out tables that were dropped; part of the transaction that drops them."""
        self._connection.execute(
            "delete from concord.version_table where version_schema = %s and table_name = any(%s)",
            [version_schema, list(table_names)],
        )

    def has_copied(self, version_schema: str) -> bool:
        """Return whether a schema still holds tables that were copied."""
        found = self._connection.execute(
            "select 1 from concord.version_table where version_schema = %s limit 1",
            [version_schema],
        )
        return found.fetchone() is not None

    def seen(self) -> dict[tuple[str, str], str | None]:
        """Return the version schema that each published view shows; None for an empty view."""
        found = self._connection.execute(
            "select schema_name, table_name, version_schema from concord.published_table"
        ).fetchall()
        return {(schema, table): version_schema for schema, table, version_schema in found}

    def set_seen(
        self, schema_name: str, table_name: str, version: str | None, version_schema: str | None
    ) -> None:
        """Enter what a view shows; part of the switch."""
        self._connection.execute(
            """
            insert into concord.published_table values (%s, %s, %s, %s)
            on conflict (schema_name, table_name) do update
            set publish_version = excluded.publish_version, version_schema = excluded.version_schema
            """,
            [schema_name, table_name, version, version_schema],
        )

    def forget_seen(self, schema_name: str, table_name: str) -> None:
        """Strike out a view that was dropped; part of the switch."""
        self._connection.execute(
            "delete from concord.published_table where schema_name = %s and table_name = %s",
            [schema_name, table_name],
        )

    def add_publication(self, publication: Publication) -> None:
        """Enter a switch; part of it."""
        self._connection.execute(
            "insert into concord.publication (publish_version, run_id, as_of_date) "
            "values (%s, %s, %s)",
            [publication.publish_version, publication.run_id, publication.as_of_date],
        )
