"""Lets all readers see a version, in one transaction.

Belongs here: pointing the views of the stable schemas (`core`, `funnel`, ...) at the tables of a
version. Does not: copying these (table_copy.py), the comparison of columns (views.py).

A view is replaced, never its table renamed, so that the users' own views and grants stay.
PostgreSQL lets a view be replaced only when nobody reads it, and a transaction that read one view
of a version keeps the others from being switched: no reader ever sees two versions.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from orchestration.postgres.books import Books, Content, Publication
from orchestration.postgres.errors import PostgresError
from orchestration.postgres.reading_rights import set_reading_rights
from orchestration.postgres.relations import VIEW, Relation, grants_on, relations_in
from orchestration.postgres.server import Server
from orchestration.postgres.view_locks import ViewLocks, open_readers
from orchestration.postgres.views import ViewColumn, ViewPlan, plan_view
from orchestration.publish.layout import OnStep

PAUSE_SECONDS = 0.1
PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Shown:
    """A table of the version, and where its rows stand.

    Attributes:
        content: The table.
        version_schema: Schema that it was copied into.
        comment: What it holds.
        column_comments: What its columns hold.
    """

    content: Content
    version_schema: str
    comment: str | None = None
    column_comments: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """Schema and name of its view."""
        return self.content.schema_name, self.content.table_name


def switch_readers(
    connection: psycopg.Connection,
    server: Server,
    publication: Publication,
    shown: Sequence[Shown],
    on_step: OnStep,
    patience: float = PATIENCE_SECONDS,
) -> None:
    """Let readers see a version; wait for readers in the middle of something.

    Raises:
        PostgresError: When other objects depend on columns that the version lacks, or readers do
            not let go of the views. Readers then see what they saw before.
    """
    give_up = time.monotonic() + patience
    locks = ViewLocks(connection)
    while True:
        try:
            with connection.transaction():
                connection.execute("lock table concord.publication in share row exclusive mode")
                locks.take({table.key: table.version_schema for table in shown})
                _Switch(connection, server, publication, shown).run()
                on_step("switching")
            return
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            if time.monotonic() > give_up:
                raise PostgresError(
                    f"{server.label}: the views could not be switched for {patience:.0f} s, "
                    "because transactions that read them stay open: "
                    f"{open_readers(connection, {table.key[0] for table in shown})}. "
                    "End these or wait, then run `concord postgres`"
                ) from None
            time.sleep(PAUSE_SECONDS)


class _Switch:
    """One try at it, inside a transaction."""

    def __init__(
        self,
        connection: psycopg.Connection,
        server: Server,
        publication: Publication,
        shown: Sequence[Shown],
    ) -> None:
        self._connection = connection
        self._server = server
        self._publication = publication
        self._shown = {table.key: table for table in shown}
        self._books = Books(connection)
        self._problems: list[str] = []

    def run(self) -> None:
        before = self._books.standing()
        self._goes_back = before is not None and (
            int(self._publication.publish_version) < int(before.publish_version)
        )
        seen = self._books.seen()
        relations = self._relations()
        for schema in sorted({schema for schema, _ in self._shown}):
            self._execute("create schema if not exists {}", sql.Identifier(schema))
        for key in sorted(set(seen) - set(self._shown)):
            self._remove(key, relations.get(key))
        for key, table in self._shown.items():
            if key not in relations:
                self._create(table, relations)
            elif key not in seen or relations[key].kind != VIEW:
                self._problems.append(f"{_name(key)} is in the way: it is not Concord's; rename it")
            elif seen[key] != table.version_schema:
                self._show(table, relations)
        if self._problems:
            raise PostgresError(
                f"{self._server.label} cannot show version {self._publication.publish_version}: "
                f"{'; '.join(self._problems)}. Change or drop these objects, then run "
                "`concord postgres`"
            )
        self._comment()
        set_reading_rights(self._connection, self._server, list(self._shown))
        if before != self._publication:
            self._books.add_publication(self._publication)

    def _relations(self) -> dict[tuple[str, str], Relation]:
        schemas = {schema for schema, _ in self._shown} | {
            table.version_schema for table in self._shown.values()
        }
        return relations_in(self._connection, schemas)

    def _show(self, table: Shown, relations: Mapping[tuple[str, str], Relation]) -> None:
        """Let a view that stands show another table."""
        view = relations[table.key]
        target = relations[table.version_schema, table.content.table_name]
        plan = plan_view(view.columns, target.columns)
        if plan.is_compatible:
            self._replace(table, plan)
            return
        grants = grants_on(self._connection, view.oid, sql.Identifier(*table.key))
        readers = self._drop(table.key)
        if readers is None:
            self._create(table, relations)
            for grant in grants:
                self._regrant(grant)
        elif self._goes_back and not plan.retyped:
            self._replace(table, plan)  # what the earlier version did not have yet is NULL
        else:
            self._problems.append(f"{table.content.name}: {plan.changes}, but {readers}")

    def _create(self, table: Shown, relations: Mapping[tuple[str, str], Relation]) -> None:
        target = relations[table.version_schema, table.content.table_name]
        self._replace(table, ViewPlan(target.columns))

    def _replace(self, table: Shown, plan: ViewPlan) -> None:
        chosen = [
            _nothing(column) if column.name in plan.gone else sql.Identifier(column.name)
            for column in plan.columns
        ]
        self._execute(
            "create or replace view {} as select {} from {}",
            sql.Identifier(*table.key),
            sql.SQL(", ").join(chosen),
            sql.Identifier(table.version_schema, table.content.table_name),
        )
        version = table.content.publish_version
        self._books.set_seen(*table.key, version, table.version_schema)

    def _remove(self, key: tuple[str, str], view: Relation | None) -> None:
        """Take away a view whose table the version does not have."""
        readers = self._drop(key)
        if readers is None:
            self._books.forget_seen(*key)
        elif self._goes_back and view is not None:
            nothing = sql.SQL(", ").join(_nothing(column) for column in view.columns)
            self._execute(
                "create or replace view {} as select {} where false", sql.Identifier(*key), nothing
            )
            self._books.set_seen(*key, None, None)
        else:
            self._problems.append(f"{_name(key)} is no longer published, but {readers}")

    def _drop(self, key: tuple[str, str]) -> str | None:
        """Drop a view; return what depends on it where that prevents it."""
        try:
            with self._connection.transaction():
                self._execute("drop view if exists {}", sql.Identifier(*key))
        except psycopg.errors.DependentObjectsStillExist as error:
            return ", ".join((error.diag.message_detail or "something depends on it").splitlines())
        return None

    def _regrant(self, grant: sql.Composed) -> None:
        try:
            with self._connection.transaction():
                self._connection.execute(grant)
        except psycopg.errors.UndefinedColumn:
            return  # it was on a column that is gone

    def _comment(self) -> None:
        """Give views and columns their comments, where they have others."""
        found = self._connection.execute(
            """
            select namespace.nspname, class.relname, attribute.attname,
                case when attribute.attnum is null then obj_description(class.oid, 'pg_class')
                    else col_description(class.oid, attribute.attnum) end
            from pg_class as class
            inner join pg_namespace as namespace on class.relnamespace = namespace.oid
            left join lateral (
                select null::name as attname, null::smallint as attnum
                union all
                select attname, attnum from pg_attribute
                where attrelid = class.oid and attnum > 0 and not attisdropped
            ) as attribute on true
            where class.relkind = 'v' and namespace.nspname = any(%s)
            """,
            [sorted({schema for schema, _ in self._shown})],
        ).fetchall()
        for schema, name, column, standing in found:
            table = self._shown.get((schema, name))
            if table is None:
                continue
            wanted = table.comment if column is None else table.column_comments.get(column)
            if wanted and wanted != standing:
                what = "view" if column is None else "column"
                names = (schema, name) if column is None else (schema, name, column)
                self._execute(f"comment on {what} {{}} is {{}}", sql.Identifier(*names), wanted)

    def _execute(self, statement: str, *parts: object) -> None:
        self._connection.execute(sql.SQL(statement).format(*parts))


def _nothing(column: ViewColumn) -> sql.Composed:
    return sql.SQL("null::{} as {}").format(sql.SQL(column.kind), sql.Identifier(column.name))


def _name(key: tuple[str, str]) -> str:
    return ".".join(key)
