"""What must be so on the server before anything is written, and what to do where it is not.

Belongs here: the checks, all of them answered at once, with the SQL that an administrator must run.
Making a missing role is here too, because it is the first thing that a lack of rights prevents.
"""

from __future__ import annotations

from collections.abc import Collection

import psycopg
from psycopg import sql

from orchestration.postgres.books import SCHEMA
from orchestration.postgres.errors import PostgresError
from orchestration.postgres.server import Server


def ensure_preconditions(
    connection: psycopg.Connection, server: Server, schemas: Collection[str]
) -> None:
    """Make the roles where they are missing, and check everything else.

    Raises:
        PostgresError: With everything that is wrong and the SQL that mends it.
    """
    problems = [
        *_encoding(connection),
        *_database_rights(connection),
        *_foreign_schemas(connection, [*schemas, SCHEMA]),
        *_missing_roles(connection, server),
    ]
    problems += _mixed_roles(connection, server)
    if problems:
        raise PostgresError(
            f"{server.label} is not ready; an administrator must run: {' '.join(problems)} "
            "Then run `concord postgres`"
        )


def _encoding(connection: psycopg.Connection) -> list[str]:
    found = connection.execute("show server_encoding").fetchone()
    if found and found[0] == "UTF8":
        return []
    return ["create database … encoding 'UTF8' template template0; -- and name it in the address."]


def _database_rights(connection: psycopg.Connection) -> list[str]:
    found = connection.execute(
        "select has_database_privilege(current_database(), 'create'), "
        "format('grant create on database %I to %I;', current_database(), current_user)"
    ).fetchone()
    return [] if found is None or found[0] else [found[1]]


def _foreign_schemas(connection: psycopg.Connection, schemas: Collection[str]) -> list[str]:
    found = connection.execute(
        """
        select format(
            'alter schema %%I owner to %%I; -- it is %%s''s; only if it is for Concord, '
            'otherwise name another database in the address.',
            nspname, current_user, nspowner::regrole
        )
        from pg_namespace
        where nspname = any(%s) and nspowner::regrole::text <> quote_ident(current_user)
        order by nspname
        """,
        [list(schemas)],
    ).fetchall()
    return [text for (text,) in found]


def _missing_roles(connection: psycopg.Connection, server: Server) -> list[str]:
    """Make the roles that are missing; return the statements that were not permitted."""
    refused = []
    for name in (server.bi_role, server.finance_role):
        if connection.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone():
            continue
        statement = sql.SQL("create role {} nologin").format(sql.Identifier(name))
        try:
            connection.execute(statement)
        except psycopg.errors.DuplicateObject:
            continue  # somebody made it just now
        except psycopg.errors.InsufficientPrivilege:
            refused.append(f"{statement.as_string(connection)};")
    return refused


def _mixed_roles(connection: psycopg.Connection, server: Server) -> list[str]:
    found = connection.execute(
        """
        select format('revoke %%I from %%I; -- BI would read pay.', finance.rolname, bi.rolname)
        from pg_roles as bi, pg_roles as finance
        where
            bi.rolname = %s and finance.rolname = %s and not bi.rolsuper
            and pg_has_role(bi.oid, finance.oid, 'member')
        """,
        [server.bi_role, server.finance_role],
    ).fetchone()
    return [found[0]] if found else []
