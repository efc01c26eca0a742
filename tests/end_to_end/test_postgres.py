"""The sample company in PostgreSQL, by the real command against a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.conftest import Finished
from tests.end_to_end.conftest import RunHome
from tests.postgres.postgres_server import PASSWORD, PostgresServer, running_server

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("sample")]


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    with running_server() as server:
        yield server


def command(sample: RunHome, postgres: PostgresServer, *arguments: str) -> Finished:
    finished = sample.again(*arguments, CONCORD_POSTGRES_URL=postgres.url("postgres"))
    for secret in (PASSWORD, postgres.url("postgres")):
        assert secret not in finished.text
    assert "Traceback" not in finished.text
    return finished


def version_seen(postgres: PostgresServer) -> str:
    printed = postgres.psql("postgres", "select distinct publish_version from core.fct_booking")
    return printed.strip()


def current(sample: RunHome) -> str:
    return sample.current.readlink().name


def assert_equal_everywhere(sample: RunHome, postgres: PostgresServer) -> None:
    tables = sample.query("select schema_name || '.' || table_name from duckdb_tables()")
    assert len(tables) >= 30
    with psycopg.connect(postgres.url("postgres")) as connection:
        connection.execute("set timezone = 'UTC'")
        for (table,) in tables:
            mine = connection.execute(f"select * from {table}").fetchall()
            naive = [
                tuple(
                    value.replace(tzinfo=None) if hasattr(value, "astimezone") else value
                    for value in row
                )
                for row in mine
            ]
            assert sorted(naive, key=repr) == sorted(sample.query(f"from {table}"), key=repr), table


def test_the_published_marts_are_read_back_equal(sample: RunHome, postgres: PostgresServer) -> None:
    first = command(sample, postgres, "postgres")
    assert first.code == 0, first.text
    assert_equal_everywhere(sample, postgres)
    run = command(sample, postgres, "run")
    assert run.code == 0, run.text
    assert f"version {current(sample)}" in run.out
    assert "PostgreSQL" in run.out
    assert_equal_everywhere(sample, postgres)
    described = postgres.psql(
        "postgres",
        "select count(*) from pg_attribute where attrelid = 'core.fct_booking'::regclass "
        "and attnum > 0 and attname <> 'publish_version' "
        "and col_description(attrelid, attnum) is null",
    )
    assert described.strip() == "0"
    back = command(sample, postgres, "rollback")
    assert back.code == 0, back.text
    assert version_seen(postgres) == current(sample)


def test_a_server_that_is_away_fails_its_step_only(
    sample: RunHome, postgres: PostgresServer
) -> None:
    assert command(sample, postgres, "postgres").code == 0
    before = current(sample)
    postgres.stop()
    try:
        run = command(sample, postgres, "run")
        status = command(sample, postgres, "status")
    finally:
        postgres.start()
    assert run.code == 1
    assert int(current(sample)) > int(before)
    for finished in (run, status):
        assert f"PostgreSQL stays at version {before}" in finished.out
        assert "cannot be reached" in finished.out
    assert status.code == 1
    assert version_seen(postgres) == before
    assert command(sample, postgres, "postgres").code == 0
    assert version_seen(postgres) == current(sample)
    healed = command(sample, postgres, "status")
    assert healed.code == 0, healed.text
    assert_no_secret_in(sample.home)


def test_without_a_server_there_is_nothing(sample: RunHome) -> None:
    finished = sample.again("postgres")
    assert finished.code == 3
    assert "set CONCORD_POSTGRES_URL" in finished.err
    assert "PostgreSQL" not in sample.finished.text


def assert_no_secret_in(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            assert PASSWORD.encode() not in content, path
            assert PASSWORD.rsplit("@", 1)[-1].encode() not in content, path
