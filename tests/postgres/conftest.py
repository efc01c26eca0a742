from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from tests.postgres.postgres_server import Database, PostgresServer, running_server
from tests.postgres.published_home import PublishedHome

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def database(postgres: PostgresServer) -> Database:
    name = f"marts{next(_numbers)}"
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name} template template0 encoding 'UTF8'")
    return Database(postgres, name)


@pytest.fixture
def home(tmp_path: Path, database: Database) -> Iterator[PublishedHome]:
    made = PublishedHome(tmp_path / "home", database)
    yield made
    made.state.close()
