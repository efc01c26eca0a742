"""A real PostgreSQL server for tests, started from Debian's package as an unprivileged user."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

# Characters that an address must carry as percent codes, so that a slip in quoting would show.
ADMIN, PASSWORD = "concord_admin", "s3cr:t/p@ss%wörd"  # noqa: S105


def find_programs() -> Path | None:
    """The folder of the newest installed server."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found := shutil.which("pg_ctl"):
        folders.append(Path(found).resolve().parent)
    return max(folders, key=lambda path: path.as_posix(), default=None)


class PostgresServer:
    """A cluster in a temporary folder."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self.user = _unprivileged_user()
        # Not pytest's folder: only root may enter that one.
        self.folder = Path(tempfile.mkdtemp(prefix="concord_postgres_"))
        password_file = self.folder / "password"
        password_file.write_text(PASSWORD + "\n", encoding="utf-8")
        if self.user is not None:
            for path in (self.folder, password_file):
                shutil.chown(path, self.user)
        self.port = _free_port()
        self._run(
            "initdb", "-D", "data", "-U", ADMIN, "--pwfile", "password", "-A", "scram-sha-256",
            "-E", "UTF8", "--locale", "C", "--no-sync",
        )  # fmt: skip
        self.start()

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run("pg_ctl", "-D", "data", "-o", options, "-l", "log", "-w", "start")

    def stop(self) -> None:
        """Pull the plug: open transactions are lost."""
        self._run("pg_ctl", "-D", "data", "-m", "immediate", "-w", "stop")

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str, user: str = ADMIN, password: str = PASSWORD) -> str:
        return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def psql(self, database: str, query: str, user: str = ADMIN) -> str:
        """What PostgreSQL's own client prints: aligned off, NULL as it is written in CSV."""
        found = subprocess.run(
            [self.programs / "psql", "-X", "-d", self.url(database, user), "--csv", "-t",
             "-v", "ON_ERROR_STOP=1", "-c", query],
            env={"PATH": os.environ["PATH"], "PGTZ": "UTC"},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return found.stdout

    def _run(self, program: str, *arguments: str) -> None:
        as_user: dict[str, Any] = {} if self.user is None else {"user": self.user}
        if self.user is not None:
            as_user |= {"group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []}
        found = subprocess.run(
            [self.programs / program, *arguments], cwd=self.folder, check=False,
            stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT, **as_user,
        )  # fmt: skip
        if found.returncode:
            log = self.folder / "log"
            said = log.read_text()[-2000:] if log.exists() else (found.stdout or b"").decode()
            raise RuntimeError(f"{program} failed: {said}")


@dataclass
class Database:
    """An empty database, and roles of its own."""

    server: PostgresServer
    name: str

    @property
    def url(self) -> str:
        return self.server.url(self.name)

    @property
    def bi_role(self) -> str:
        return f"{self.name}_bi"

    @property
    def finance_role(self) -> str:
        return f"{self.name}_finance"

    def connect(self, user: str = ADMIN) -> psycopg.Connection[Any]:
        return psycopg.connect(self.server.url(self.name, user), autocommit=True)

    def rows(self, query: str, user: str = ADMIN) -> list[tuple[Any, ...]]:
        with self.connect(user) as connection:
            return connection.execute(query).fetchall()

    def execute(self, *statements: str, user: str = ADMIN) -> None:
        with self.connect(user) as connection:
            for statement in statements:
                connection.execute(statement)

    def make_user(self, name: str, *roles: str) -> str:
        """A user who may log in; returns its name in this database's cluster."""
        user = f"{self.name}_{name}"
        self.execute(_create_user(user), *(f'grant "{role}" to "{user}"' for role in roles))
        return user

    def schemas(self) -> set[str]:
        found = self.rows(
            "select nspname from pg_namespace "
            "where nspname !~ '^pg_' and nspname not in ('information_schema', 'public')"
        )
        return {name for (name,) in found}


def _create_user(name: str) -> str:
    statement = sql.SQL("create role {} login password {}")
    return statement.format(sql.Identifier(name), sql.Literal(PASSWORD)).as_string()


def _unprivileged_user() -> str | None:
    """Who the server runs as; PostgreSQL refuses root."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise RuntimeError("no unprivileged user to run PostgreSQL as")


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """A server for as long as the block runs; the test is skipped where none is installed."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: no initdb in /usr/lib/postgresql or the PATH")
    server = PostgresServer(programs)
    try:
        yield server
    finally:
        server.remove()
