"""What stands in some schemas of the server: views and tables with their columns.

Belongs here: reading PostgreSQL's catalogue. Does not: changing anything.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import psycopg
from psycopg import sql

from orchestration.postgres.views import ViewColumn

VIEW = "v"


@dataclass(frozen=True)
class Relation:
    """A view or table.

    Attributes:
        oid: PostgreSQL's number of it.
        kind: PostgreSQL's letter for what it is.
        columns: Its columns, in order.
    """

    oid: int
    kind: str
    columns: tuple[ViewColumn, ...]


def relations_in(
    connection: psycopg.Connection, schemas: Collection[str]
) -> dict[tuple[str, str], Relation]:
    """Return what stands in the schemas, by schema and name."""
    found = connection.execute(
        """
        select
            namespace.nspname, class.relname, class.oid, class.relkind::text,
            array_agg(
                array[attribute.attname, format_type(attribute.atttypid, attribute.atttypmod)]
                order by attribute.attnum
            ) filter (where attribute.attname is not null)
        from pg_class as class
        inner join pg_namespace as namespace on class.relnamespace = namespace.oid
        left join pg_attribute as attribute
            on class.oid = attribute.attrelid
            and attribute.attnum > 0 and not attribute.attisdropped
        where namespace.nspname = any(%s) and class.relkind in ('r', 'p', 'v', 'm', 'f')
        group by 1, 2, 3, 4
        """,
        [list(schemas)],
    ).fetchall()
    return {
        (schema, name): Relation(oid, kind, tuple(ViewColumn(*column) for column in columns or ()))
        for schema, name, oid, kind, columns in found
    }


def grants_on(connection: psycopg.Connection, oid: int, name: sql.Composable) -> list[sql.Composed]:
    """Return the statements that give a view made anew the grants that it has."""
    found = connection.execute(
        """
        select null as attname, acl.*
        from pg_class as class, aclexplode(class.relacl) as acl
        where class.oid = %(oid)s and acl.grantee not in (0, class.relowner)
        union all
        select attribute.attname, acl.*
        from pg_class as class
        inner join pg_attribute as attribute on class.oid = attribute.attrelid,
            aclexplode(attribute.attacl) as acl
        where class.oid = %(oid)s and acl.grantee not in (0, class.relowner)
        """,
        {"oid": oid},
    ).fetchall()
    roles = connection.execute("select oid, rolname from pg_roles").fetchall()
    names: dict[int, str] = dict(roles)
    return [
        sql.SQL("grant {}{} on {} to {}{}").format(
            sql.SQL(privilege),
            sql.SQL("" if column is None else "({})").format(*_identifiers(column)),
            name,
            sql.Identifier(names[grantee]),
            sql.SQL(" with grant option" if is_grantable else ""),
        )
        for column, _, grantee, privilege, is_grantable in found
    ]


def _identifiers(column: str | None) -> list[sql.Identifier]:
    return [] if column is None else [sql.Identifier(column)]
