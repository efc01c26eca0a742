"""The server that the user named: its address without secrets, and a connection to it.

Belongs here: connecting. Does not: what is done there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote, unquote

import psycopg
from psycopg.conninfo import conninfo_to_dict

from orchestration.postgres.errors import PostgresError, readable_errors
from orchestration.settings import Settings

# A server that stops answering must not keep a run for hours; the address may say otherwise.
DEFAULTS = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
    "application_name": "concord",
}
SECRETS = ("password", "sslpassword")
# Whatever the database's or the role's defaults are, these hold for Concord's session.
SESSION = (
    "set client_encoding = 'UTF8'",
    "set timezone = 'UTC'",
    "set datestyle = 'ISO, YMD'",
    "set search_path = pg_catalog",
    "set statement_timeout = 0",
    "set idle_in_transaction_session_timeout = 0",
)


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server and the roles that read there.

    Attributes:
        url: Its address with user and password; never shown.
        bi_role: Reads all marts but those of finance.
        finance_role: Reads all marts.
    """

    url: str = field(repr=False)
    bi_role: str = "concord_bi"
    finance_role: str = "concord_finance"

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The address taken apart.

        Raises:
            PostgresError: When it is none; the address is not quoted.
        """
        try:
            given = conninfo_to_dict(self.url)
        except (psycopg.Error, ValueError):
            raise PostgresError(
                "CONCORD_POSTGRES_URL is no address that PostgreSQL's client understands; give "
                "postgresql://user:password@host:port/database, with special characters of user "
                "and password as percent codes (%40 for @)"
            ) from None
        return {**DEFAULTS, **{name: str(value) for name, value in given.items()}}

    @cached_property
    def label(self) -> str:
        """Host, port and database, for people."""
        given = self.parameters
        place = given.get("host") or given.get("hostaddr") or "the local server"
        port = f":{given['port']}" if "port" in given else ""
        database = f"/{given['dbname']}" if "dbname" in given else ""
        return self.scrub(f"PostgreSQL at {place}{port}{database}")

    def scrub(self, text: str) -> str:
        """Take the address's secrets out of a text, however they are written."""
        for name in SECRETS:
            if secret := self.parameters.get(name):
                for form in (secret, quote(secret, safe=""), quote(secret), unquote(secret)):
                    text = text.replace(form, "***")
        return text

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection]:
        """Connect; whatever goes wrong while the connection is in use is worded for people.

        Raises:
            PostgresError: When the server cannot be reached or refuses.
        """
        parameters = self.parameters
        with (
            readable_errors(self.label, self.scrub),
            psycopg.connect(**parameters, autocommit=True) as connection,  # type: ignore[arg-type]
        ):
            for statement in SESSION:
                connection.execute(statement)
            yield connection


def server_of(settings: Settings) -> Server:
    """The server that the environment names; ask only when it names one."""
    return Server(
        settings.postgres_url or "", settings.postgres_bi_role, settings.postgres_finance_role
    )
