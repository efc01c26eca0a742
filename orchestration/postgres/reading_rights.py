"""Who may read: BI all marts but pay, finance all marts, nobody else by Concord's doing.

Belongs here: grants on the schemas and views that readers use. They are set anew with each switch;
grants to other roles are their owners' affair and stay.
"""

from __future__ import annotations

from collections.abc import Collection

import psycopg
from psycopg import sql

from orchestration.postgres.books import OPEN_TABLES, SCHEMA
from orchestration.postgres.server import Server
from orchestration.publish.tables import FINANCE_SCHEMAS


def set_reading_rights(
    connection: psycopg.Connection, server: Server, views: Collection[tuple[str, str]]
) -> None:
    """Grant and revoke; part of the transaction that switches readers to a version."""
    bi_role, finance_role = sql.Identifier(server.bi_role), sql.Identifier(server.finance_role)
    objects = [(sql.Identifier(*view), view[0]) for view in views]
    objects += [(sql.Identifier(SCHEMA, table), SCHEMA) for table in OPEN_TABLES]
    for schema in sorted({schema for _, schema in objects}):
        _set(connection, sql.SQL("schema {}").format(sql.Identifier(schema)), "usage", schema,
             bi_role, finance_role)  # fmt: skip
    for name, schema in objects:
        _set(connection, sql.SQL("table {}").format(name), "select", schema, bi_role, finance_role)


def _set(
    connection: psycopg.Connection,
    target: sql.Composed,
    privilege: str,
    schema: str,
    bi_role: sql.Identifier,
    finance_role: sql.Identifier,
) -> None:
    is_finance = schema in FINANCE_SCHEMAS
    refused = [sql.SQL("public"), *([bi_role] if is_finance else [])]
    granted = [finance_role, *([] if is_finance else [bi_role])]
    connection.execute(
        sql.SQL("revoke all on {target} from {refused}; grant {right} on {target} to {granted}")
        .format(
            target=target,
            right=sql.SQL(privilege),
            refused=sql.SQL(", ").join(refused),
            granted=sql.SQL(", ").join(granted),
        )
    )  # fmt: skip
