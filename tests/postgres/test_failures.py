"""A server that is away, goes away, or a kill: readers keep a whole version; no secret is told."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from orchestration.postgres.errors import PostgresError
from orchestration.postgres.server import Server
from tests.postgres.postgres_server import PASSWORD, Database, PostgresServer
from tests.postgres.published_home import PublishedHome

pytestmark = pytest.mark.xdist_group("postgres")

CONTEXT = multiprocessing.get_context("forkserver")


@pytest.mark.parametrize("step", ["books opened", "table core.fct_booking", "switching"])
def test_a_server_that_goes_away_in_the_middle_leaves_the_old_version(
    home: PublishedHome, step: str
) -> None:
    home.release(1)
    home.build(2)
    home.publish_files()
    server = home.database.server

    def on_step(name: str) -> None:
        if name == step:
            server.stop()

    try:
        with pytest.raises(PostgresError, match="cannot be reached or went away"):
            home.bring(on_step)
        with pytest.raises(PostgresError, match="cannot be reached or went away"):
            home.bring()
    finally:
        server.start()
    assert set(home.generations().values()) == {1}
    assert home.bring().version == "000002"
    assert set(home.generations().values()) == {2}


def bring_and_die(folder: Path, database: Database, step: int) -> None:
    home = PublishedHome(folder, database)
    count = 0

    def on_step(_: str) -> None:
        nonlocal count
        count += 1
        if count == step:
            os.kill(os.getpid(), signal.SIGKILL)

    home.bring(on_step)


@pytest.mark.slow
def test_a_kill_at_any_step_leaves_a_whole_version_and_the_next_publish_clears_up(
    home: PublishedHome,
) -> None:
    home.release(1)
    steps: list[str] = []
    home.build(2)
    home.publish_files()
    home.bring(steps.append)
    switched = steps.index("switched")
    seen = 2
    for generation, step in enumerate((0, 1, switched - 2, switched - 1, switched), start=3):
        home.build(generation)
        home.publish_files(keep=2)
        process = CONTEXT.Process(target=bring_and_die, args=(home.folder, home.database, step + 1))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        if step >= switched:
            seen = generation
        assert set(home.generations().values()) == {seen}, steps[step]
    # The versions that no reader ever saw are of no use, though their folders are kept.
    home.release(9, keep=7)
    kept = {name.split("__")[1] for name in home.database.schemas() if "__" in name}
    assert kept == {"000007", "000008"}
    assert set(home.generations().values()) == {9}


def test_a_home_restored_from_a_backup_gives_a_number_twice(home: PublishedHome) -> None:
    home.release(1)
    home.release(2)
    # As if version 2 had been made by a run that the restored home knows nothing of.
    home.database.execute(
        "update concord.version_table set run_id = 'lost' where publish_version = '000002'",
        "update concord.publication set run_id = 'lost' where publish_version = '000002'",
    )
    result = home.bring()
    assert result.copied_tables == 10
    assert set(home.generations().values()) == {2}
    assert "core__000002_2" in home.database.schemas()


def test_a_wrong_password_is_told_without_it(home: PublishedHome, postgres: PostgresServer) -> None:
    home.build(1)
    home.publish_files()
    wrong = "wr0ng/p@ss"
    home.url = postgres.url(home.database.name, password=wrong)
    with pytest.raises(PostgresError, match="password authentication failed") as caught:
        home.bring()
    assert f"127.0.0.1:{postgres.port}/{home.database.name}" in str(caught.value)
    assert_secret_free(str(caught.value), wrong)


def test_nothing_of_the_address_s_secrets_is_shown() -> None:
    server = Server("postgresql://me:h%40rd%2Fword@host:5/db?sslpassword=k3y")
    assert server.label == "PostgreSQL at host:5/db"
    assert "word" not in repr(server)
    assert server.scrub("a h@rd/word, h%40rd%2Fword and k3y") == "a ***, *** and ***"
    assert server.scrub(server.url) == "postgresql://me:***@host:5/db?sslpassword=***"
    for bad in ("postgresql://me:p%zzword@host/db", "postgresql://me:pw@host:pw0rd/db?x=pw0rd"):
        with pytest.raises(PostgresError) as caught:
            Server(bad).label  # noqa: B018  asking is the test
        for secret in ("zzword", "pw0rd"):
            assert secret not in str(caught.value)


def assert_secret_free(text: str, password: str = PASSWORD) -> None:
    for part in (password, password.split("/")[-1]):
        assert part not in text
